"""What bodies did to their reports: changed, withdrew and restored them, as the feeds tell it.

Guarantees: a change is a version of kind `content` or `withdrawn` (and `first`, where asked for), never a `technical` one; figures
and sentences before and after are those that one parser reads out of both bodies.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from archive.decisions.corrections import figures_in_force
from archive.histories.pairs import same_parser
from archive.histories.sentences import TextChange, compare_texts
from archive.queries import ReportKey
from archive.reading.loading import load_reading
from archive.selection import Selection


@dataclass(frozen=True, slots=True)
class CellChange:
    """A figure before and after, each as printed or by its state; a correction in force stands behind the later one."""

    cell: tuple[str, str, str]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """A version that its body made; `at` is when it was first seen so."""

    version_id: str
    report_id: str
    unit_id: str
    unit: str
    place_code: str | None
    report_year: int
    title: str | None
    kind: str
    is_restored: bool
    at: str
    url: str
    reason: str | None
    cells: tuple[CellChange, ...]
    text: tuple[TextChange, ...]


def changes(
    db: sqlite3.Connection, selection: Selection, *, new: bool = False, limit: int | None = None
) -> Iterator[Change]:
    """Yield the changes of the selected reports, newest first; `new` takes in reports first seen."""
    reports, values = selection.reports()
    kinds = ("content", "withdrawn", *(("first",) if new else ()))
    rows = db.execute(
        f"""SELECT v.id, v.kind, v.captured_at, v.reason, v.reading_id, v.document_id, d.url, p.id AS report_id, p.report_year,
                   p.scope, u.id AS unit_id, u.name AS unit, u.place_code,
                   (SELECT w.reading_id FROM version w WHERE w.document_id = v.document_id AND w.sequence < v.sequence
                    AND w.reading_id IS NOT NULL ORDER BY w.sequence DESC LIMIT 1) AS reading_before
            FROM version v JOIN document d ON d.id = v.document_id JOIN report p ON p.id = d.report_id
            JOIN unit u ON u.id = p.unit_id
            WHERE v.kind IN ({", ".join("?" * len(kinds))}) AND p.id IN ({reports})
            ORDER BY v.captured_at DESC, v.id LIMIT ?""",  # noqa: S608
        (*kinds, *values, -1 if limit is None else limit),
    ).fetchall()
    for row in rows:
        yield _change(db, row)


def _change(db: sqlite3.Connection, row: sqlite3.Row) -> Change:
    key = ReportKey(row["report_id"], row["unit_id"], row["unit"], row["report_year"], row["scope"], row["document_id"])
    corrected = figures_in_force(db, key)
    text: tuple[TextChange, ...] = ()
    if row["kind"] == "content" and row["reading_before"]:
        text = compare_texts(*(load_reading(db, r) for r in same_parser(db, row["reading_before"], row["reading_id"])))
    cells = []
    for c in db.execute("SELECT * FROM cell_change WHERE version_id = ?", (row["id"],)):
        cell = (c["table"], c["row"], c["column"])
        after = _told(c["state_after"], c["value_after"])
        if cell in corrected:
            after += f" ✎ {_told(*corrected[cell])}"
        cells.append(CellChange(cell, _told(c["state_before"], c["value_before"]), after))
    shown = row["reading_id"] or row["reading_before"]
    (title,) = db.execute("SELECT title FROM reading WHERE id = ?", (shown,)).fetchone()
    is_restored = row["reason"] == "restored"
    return Change(
        row["id"],
        row["report_id"],
        row["unit_id"],
        row["unit"],
        row["place_code"],
        row["report_year"],
        title,
        row["kind"],
        is_restored,
        row["captured_at"],
        row["url"],
        None if is_restored else row["reason"],
        tuple(cells),
        text,
    )


def _told(state: str | None, value: int | str | None) -> str:
    return str(value) if state == "value" else state or "absent"
