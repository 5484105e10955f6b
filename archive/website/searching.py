"""Search on the site: the query language of the archive (docs/search.md) asked of a release.

Guarantees: an answer is one page and says how many there are; a query that cannot be understood is answered with what is wrong.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from archive.search import QueryError, Wanted, parse_query, pieces, snippet, wanted
from archive.search.sql import Condition
from archive.selection import Selection

PAGE = 20
_AROUND = 45

Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A report found, with title and snippet cut into pieces: (text, whether it matches)."""

    report: sqlite3.Row
    title: Pieces
    snippet: Pieces


@dataclass(frozen=True, slots=True)
class Found:
    """One page of an answer to a search; `fault` says what is wrong with a query that cannot be understood."""

    query: str
    fault: QueryError | None
    total: int
    page: int
    pages: int
    hits: tuple[Hit, ...]


def search(db: sqlite3.Connection, query: str, page: int) -> Found:
    """Return page `page` (from 1) of the reports that `query` wants, best first; none for an empty query."""
    if not query:
        return Found(query, None, 0, 1, 1, ())
    try:
        asked = wanted(parse_query(query), _of_release)
    except QueryError as error:
        return Found(query, error, 0, 1, 1, ())
    tables, where, order = "search_entry e JOIN report p ON p.id = e.report_id", asked.where, ""
    values = list(asked.values)
    if asked.match is not None:
        tables = "search CROSS JOIN search_entry e ON e.rowid = search.rowid JOIN report p ON p.id = e.report_id"
        where, order = f"search MATCH ? AND {where}", "bm25(search, 10.0, 5.0, 1.0),"
        values.insert(0, asked.match)
    (total,) = db.execute(f"SELECT count(*) FROM {tables} WHERE {where}", values).fetchone()  # noqa: S608
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    cursor = db.cursor()
    cursor.row_factory = sqlite3.Row
    rows = cursor.execute(
        f"SELECT p.* FROM {tables} WHERE {where} ORDER BY {order} p.report_year DESC, p.id LIMIT ? OFFSET ?",  # noqa: S608
        (*values, PAGE, (page - 1) * PAGE),
    ).fetchall()
    return Found(query, None, total, page, pages, tuple(_hit(db, row, asked) for row in rows))


def _of_release(selection: Selection) -> Condition:
    """Return what must hold of `report p` of a release for it to be selected."""
    where: list[str] = []
    values: list[str | int] = []
    if selection.portals:
        on = "EXISTS (SELECT 1 FROM document d WHERE d.report_id = p.id AND d.portal GLOB ?)"
        where.append("(" + " OR ".join(on for _ in selection.portals) + ")")
        values += selection.portals
    if selection.unit:
        where.append("(p.unit_id = ? OR p.unit_name = ?)")
        values += [selection.unit, selection.unit]
    if selection.place:
        where.append("p.place_code GLOB ?")
        values.append(selection.place_glob)
    if selection.years:
        where.append("p.report_year BETWEEN ? AND ?")
        values += selection.years
    if selection.level:
        where.append("p.level = ?")
        values.append(selection.level)
    if selection.kind:
        where.append("p.unit_id IN (SELECT id FROM unit WHERE kind = ?)")
        values.append(selection.kind)
    if selection.form:
        where.append("EXISTS (SELECT 1 FROM json_each(p.forms) f WHERE f.value = ?)")
        values.append(selection.form)
    if selection.trust:
        where.append(f"p.cells_{selection.trust} > 0")
    return " AND ".join(where) or "1", values


def _hit(db: sqlite3.Connection, report: sqlite3.Row, asked: Wanted) -> Hit:
    sections = db.execute("SELECT text, heading FROM section WHERE report_id = ? ORDER BY position", (report["id"],))
    texts = [*(text for row in sections for text in row), report["preface"] or ""]
    return Hit(
        report,
        pieces(report["title"] or report["unit_name"], asked.phrases),
        pieces(snippet(texts, asked.phrases, _AROUND), asked.phrases),
    )
