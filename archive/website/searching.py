"""Search on the site: the query language of the archive (docs/search.md) asked of a release, with facets and an order.

Guarantees: an answer says how many there are and is the whole of them, page by page; a query or filter that cannot be understood is
answered with what is wrong, never left out.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from datasette.utils.asgi import Request, Response

from archive.register.places import full_name_in
from archive.search import QueryError, Wanted, parse_query, pieces, snippet, wanted
from archive.search.language import LONGEST
from archive.search.sql import Condition
from archive.selection import FILTERS, NOWHERE, TRUST, Columns, Selection, parse_selection
from archive.website.answers import csv_answer, json_answer
from archive.website.asking import Rows, all_rows, ask, ask_once
from archive.website.facets import FACETS, Values, read_facets, spread
from archive.website.pages import page_number
from archive.website.site import language_of, page_values, render
from archive.website.words import finding_name, word, word_or
from parsers.errors import UsageError

if TYPE_CHECKING:  # Datasette loads this package while datasette.app is being imported
    from datasette.app import Datasette

PAGE = 20
CSV_ROWS = 20_000
_AROUND = 45
LONGEST_QUERY = LONGEST + 1
"""What is cut off is said to be too long, and not left out without a word."""
FACET_VALUES = 12
"""As many values of a facet are shown before the rest folds away."""

ORDERS = {
    "best": "",
    "newest": "p.report_year DESC,",
    "oldest": "p.report_year,",
    "unit": "p.place_code, p.unit_name,",
    "captured": "p.captured_at DESC,",
}

Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A report found, with title and snippet cut into pieces: (text, whether it matches)."""

    report: sqlite3.Row
    title: Pieces
    snippet: Pieces


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asked for: a query, filters by facet, an order."""

    query: str
    filters: Mapping[str, str]
    order: str

    @property
    def parameters(self) -> dict[str, str]:
        """Return it as the parameters of an address."""
        order = {} if self.order == "best" else {"sort": self.order}
        return {"q": self.query, **self.filters, **order}

    def address(self, **changes: str | None) -> str:
        """Return the parameters as they stand in an address, with some of them changed or (None) left out."""
        asked = {key: value for key, value in (self.parameters | changes).items() if value}
        return urlencode(asked)


@dataclass(frozen=True, slots=True)
class Found:
    """One page of an answer to a search; `fault` says what is wrong with what was asked."""

    asked: Asked
    fault: QueryError | UsageError | None
    total: int
    page: int
    pages: int
    hits: tuple[Hit, ...]
    facets: dict[str, list[tuple[str, int]]]

    @property
    def query(self) -> str:
        """Return the query."""
        return self.asked.query


def read_asked(request: Request) -> Asked:
    """Return what the address asks for."""
    query = (request.args.get("q") or "").strip()[:LONGEST_QUERY]
    filters = {facet: value for facet in FACETS if (value := (request.args.get(facet) or "").strip())}
    order = request.args.get("sort") or "best"
    return Asked(query, filters, order if order in ORDERS else "best")


def search(db: sqlite3.Connection, asked: Asked, page: int, size: int, facets: dict[str, Values]) -> Found:
    """Return page `page` (from 1) of the reports that are asked for; none where nothing is asked, but what there is by facet."""
    if not asked.query and not asked.filters:
        return Found(asked, None, 0, 1, 1, (), spread(facets, facets["year"]))
    try:
        told, source, where, values, rank = _question(asked)
    except (QueryError, UsageError) as error:
        return Found(asked, error, 0, 1, 1, (), {})
    order = ORDERS[asked.order] or rank
    found = db.execute(f"SELECT e.rowid FROM {source} WHERE {where} ORDER BY {order} p.report_year DESC, p.id", values)  # noqa: S608
    rows = [row[0] for row in found]
    pages = max(1, -(-len(rows) // size))
    page = min(max(page, 1), pages)
    hits = tuple(_hit(db, row, told) for row in rows[(page - 1) * size : page * size])
    return Found(asked, None, len(rows), page, pages, hits, spread(facets, rows))


def _question(asked: Asked) -> tuple[Wanted | None, str, str, list[Any], str]:
    """Return what is wanted, and its SQL: tables, condition, values, order by rank."""
    source, conditions, values, rank, told = "search_entry e JOIN report p ON p.id = e.report_id", [], [], "", None
    if asked.query:
        told = wanted(parse_query(asked.query), _of_release)
        conditions, values = [told.where], list(told.values)
        if told.match is not None:
            source = "search CROSS JOIN search_entry e ON e.rowid = search.rowid JOIN report p ON p.id = e.report_id"
            conditions.insert(0, "search MATCH ?")
            values.insert(0, told.match)
            rank = "bm25(search, 10.0, 5.0, 1.0),"
    words = [f"{key}={value}" for key, value in asked.filters.items() if key in FILTERS]
    if words:
        condition, given = _of_release(parse_selection(words))
        conditions.append(condition)
        values += given
    if "finding" in asked.filters:
        conditions.append("EXISTS (SELECT 1 FROM finding f WHERE f.report_id = p.id AND f.code = ?)")
        values.append(asked.filters["finding"])
    return told, source, " AND ".join(f"({c})" for c in conditions), values, rank


_OF_RELEASE = Columns(
    unit_id="p.unit_id",
    unit_name="p.unit_name",
    place_code="p.place_code",
    level="p.level",
    kind="p.unit_id IN (SELECT id FROM unit WHERE kind = ?)",
    form="EXISTS (SELECT 1 FROM json_each(p.forms) f WHERE f.value = ?)",
    trust={key: f"p.cells_{key} > 0" for key in TRUST},
)


def _of_release(selection: Selection) -> Condition:
    return selection.condition(_OF_RELEASE)


def _hit(db: sqlite3.Connection, row: int, told: Wanted | None) -> Hit:
    (report,) = all_rows(
        db, "SELECT p.* FROM search_entry e JOIN report p ON p.id = e.report_id WHERE e.rowid = ?", row
    )
    sections = db.execute("SELECT text, heading FROM section WHERE report_id = ? ORDER BY position", (report["id"],))
    texts = [*(text for row in sections for text in row), report["preface"] or ""]
    phrases = told.phrases if told else ()
    return Hit(
        report,
        pieces(report["title"] or report["unit_name"], phrases),
        pieces(snippet(texts, phrases, _AROUND), phrases),
    )


async def _answer(request: Request, datasette: Datasette, size: int) -> Found:
    asked, page = read_asked(request), page_number(request)
    facets = await ask_once(datasette, read_facets)
    return await ask(datasette, lambda db: search(db, asked, page, size, facets))


async def page(request: Request, datasette: Datasette) -> Response:
    """Show a page of what a query finds."""
    found = await _answer(request, datasette, PAGE)
    language, term = language_of(request), page_values(datasette, request)["term"]

    def name(facet: str, value: str) -> str:
        if facet == "place":
            return word("front.no_place", language) if value == NOWHERE else full_name_in(value) or value
        if facet == "trust":
            return str(term("state" if value == "undecidable" else "trust", value))
        if facet == "finding":
            return finding_name(value, language)
        if facet == "form":
            return word_or(f"generation.{value}", language, value)
        return word_or(f"{facet}.{value}", language, value) if facet in ("level", "kind") else value

    return await render(
        datasette, request, "search.html", found=found, facet_name=name, orders=ORDERS, most=FACET_VALUES
    )


_COLUMNS = (
    "id", "title", "unit_id", "unit_name", "place_code", "place_name", "level", "report_year", "scope", "published", "state", "cells",
    "cells_verified", "cells_stated", "cells_inferred", "cells_disputed", "cells_undecidable", "checks_failed", "source_url", "captured_at",
)  # fmt: skip


async def page_json(request: Request, datasette: Datasette) -> Response:
    """Give a page of what a query finds, with the numbers by facet."""
    found = await _answer(request, datasette, PAGE)
    if found.fault:
        return json_answer({"error": found.fault.message("en"), "error_zh": found.fault.message("zh")}, 400)
    return json_answer(
        {
            "query": found.asked.parameters,
            "total": found.total,
            "page": found.page,
            "pages": found.pages,
            "facets": {facet: dict(values) for facet, values in found.facets.items()},
            "reports": [{name: hit.report[name] for name in _COLUMNS} for hit in found.hits],
        }
    )


async def page_csv(request: Request, datasette: Datasette) -> Response:
    """Give all that a query finds, a row a report; refuses more than CSV_ROWS of them rather than cut them off."""
    asked = read_asked(request)
    rows = await ask(datasette, lambda db: _all_hits(db, asked))
    if isinstance(rows, str):
        return json_answer({"error": rows}, 400)
    return csv_answer("gongkai-search.csv", _COLUMNS, ([row[name] for name in _COLUMNS] for row in rows))


def _all_hits(db: sqlite3.Connection, asked: Asked) -> Rows | str:
    if not asked.query and not asked.filters:
        return "ask for something: q=, or one of " + ", ".join(f"{facet}=" for facet in FACETS)
    try:
        _, source, where, values, rank = _question(asked)
    except (QueryError, UsageError) as error:
        return str(error.message("en"))
    order = ORDERS[asked.order] or rank
    rows = all_rows(
        db,
        f"SELECT p.* FROM {source} WHERE {where} ORDER BY {order} p.report_year DESC, p.id LIMIT ?",  # noqa: S608
        *values,
        CSV_ROWS + 1,
    )
    if len(rows) > CSV_ROWS:
        return f"more than {CSV_ROWS} reports: narrow the search, or take the files of the release at /data"
    return rows
