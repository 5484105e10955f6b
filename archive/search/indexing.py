"""Keeps the archive's index up to date with what its reports show.

Guarantees: the index holds of each report the text of the reading that it shows, and of no other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.processes import Processes, connection
from archive.search.text import index_text

_Texts = tuple[str, str, str]
"""What is indexed of a report: title, issuer, body."""


@dataclass(frozen=True, slots=True)
class _Change:
    """A report that shows another reading than the index knows; a reading of None: the index knew, or now shows, none."""

    report_id: str
    unit: str
    rowid: int | None
    before: str | None
    after: str | None


def index_reports(db: sqlite3.Connection, report_ids: Iterable[str], processes: Processes) -> None:
    """Bring the index up to date with the versions that reports show now."""
    changes = [change for report_id in report_ids for change in _change(db, report_id)]
    each = processes.each(connection)
    for change, (before, after) in zip(changes, each.map(_texts, changes), strict=True):
        if before is not None:
            # A contentless index is told what to forget: the text it was given (FTS5, "The 'delete' command").
            db.execute(
                "INSERT INTO search (search, rowid, title, issuer, body) VALUES ('delete', ?, ?, ?, ?)",
                (change.rowid, *before),
            )
            db.execute("DELETE FROM search_entry WHERE rowid = ?", (change.rowid,))
        if after is not None:
            cursor = db.execute(
                "INSERT INTO search_entry (report_id, reading_id) VALUES (?, ?)", (change.report_id, change.after)
            )
            db.execute(
                "INSERT INTO search (rowid, title, issuer, body) VALUES (?, ?, ?, ?)", (cursor.lastrowid, *after)
            )


def _change(db: sqlite3.Connection, report_id: str) -> Iterator[_Change]:
    row = db.execute(
        """SELECT u.name, s.reading_id, e.rowid AS entry, e.reading_id AS known FROM report p JOIN unit u ON u.id = p.unit_id
           LEFT JOIN shown_reading s ON s.report_id = p.id LEFT JOIN search_entry e ON e.report_id = p.id WHERE p.id = ?""",
        (report_id,),
    ).fetchone()
    if row["known"] != row["reading_id"]:
        yield _Change(report_id, row["name"], row["entry"], row["known"], row["reading_id"])


def _texts(db: sqlite3.Connection, change: _Change) -> tuple[_Texts | None, _Texts | None]:
    """Return what the index was given for a report, and what it is to be given."""
    before, after = (
        None if reading is None else _indexed_text(db, change.unit, reading)
        for reading in (change.before, change.after)
    )
    return before, after


def _indexed_text(db: sqlite3.Connection, unit: str, reading_id: str) -> _Texts:
    reading = db.execute(
        "SELECT title, issuer, region_name, preface FROM reading WHERE id = ?", (reading_id,)
    ).fetchone()
    sections = db.execute("SELECT heading, text FROM section WHERE reading_id = ? ORDER BY position", (reading_id,))
    body = [reading["preface"], *(text for section in sections for text in section)]
    return index_text(reading["title"]), index_text(unit, reading["issuer"], reading["region_name"]), index_text(*body)
