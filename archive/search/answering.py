"""Answers queries from the archive's index.

Guarantees: an answer says how many reports there are in all, however few of them it holds.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from archive.search.language import And, Filter, parse_query
from archive.search.sql import wanted
from archive.search.text import Wanted as Phrases
from archive.search.text import snippet
from archive.selection import Selection


@dataclass(frozen=True, slots=True)
class Hit:
    """A report that matches, best first, with a piece of its text around the first match."""

    report_id: str
    title: str
    unit_id: str
    unit: str
    report_year: int
    scope: str
    snippet: str


@dataclass(frozen=True, slots=True)
class Answer:
    """`hits` of `total` reports; `stale` addresses changed since the index was last brought up to date."""

    total: int
    hits: tuple[Hit, ...]
    stale: int


def search(
    db: sqlite3.Connection, query: str, limit: int = 20, *, skip: int = 0, selection: Selection | None = None
) -> Answer:
    """Return the reports that `query` wants, best first, `limit` of them after the first `skip`; raises QueryError.

    `selection` narrows it like filters in the query. Without words to rank by, the newest years come first.
    """
    node = parse_query(query)
    if selection is not None and not selection.is_everything:
        node = And((node, Filter(selection))) if not isinstance(node, And) else And((*node.parts, Filter(selection)))
    asked = wanted(node, Selection.condition)
    source = "search_entry e"
    values = list(asked.values)
    if asked.match is not None:
        # in this order: else SQLite may ask the index once for each report
        source = "search CROSS JOIN search_entry e ON e.rowid = search.rowid"
    tables = f"{source} JOIN report p ON p.id = e.report_id JOIN unit u ON u.id = p.unit_id"
    where = asked.where
    if asked.match is not None:
        where = f"search MATCH ? AND {where}"
        values.insert(0, asked.match)
    order = "bm25(search, 10.0, 5.0, 1.0)" if asked.match is not None else "p.report_year DESC, u.name"
    (total,) = db.execute(f"SELECT count(*) FROM {tables} WHERE {where}", values).fetchone()  # noqa: S608
    rows = db.execute(
        f"""SELECT e.report_id, e.reading_id, r.title, u.id AS unit_id, u.name AS unit, p.report_year, p.scope
            FROM {tables} JOIN reading r ON r.id = e.reading_id
            WHERE {where} ORDER BY {order}, e.report_id LIMIT ? OFFSET ?""",  # noqa: S608
        (*values, limit, skip),
    ).fetchall()
    hits = tuple(
        Hit(
            row["report_id"],
            row["title"],
            row["unit_id"],
            row["unit"],
            row["report_year"],
            row["scope"],
            _snippet(db, row["reading_id"], asked.phrases),
        )
        for row in rows
    )
    (stale,) = db.execute("SELECT count(*) FROM stale_document").fetchone()
    return Answer(total, hits, stale)


def _snippet(db: sqlite3.Connection, reading_id: str, phrases: Phrases) -> str:
    texts = [
        text
        for row in db.execute("SELECT text, heading FROM section WHERE reading_id = ? ORDER BY position", (reading_id,))
        for text in row
    ]
    (preface,) = db.execute("SELECT preface FROM reading WHERE id = ?", (reading_id,)).fetchone()
    return snippet([*texts, preface or ""], phrases)
