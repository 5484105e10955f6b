"""Search on the site: the query language of the archive (docs/search.md) asked of a release, with facets and an order.

Guarantees: an answer says how many there are and is the whole of them, page by page; a query or filter that cannot be understood is
answered with what is wrong, never left out.
"""

from __future__ import annotations

import json
import re
import sqlite3
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from datasette.utils.asgi import Request, Response

from archive.register.meant import places_meant
from archive.register.places import full_name_in, name_in
from archive.search import QueryError, Wanted, parse_query, pieces, snippet, wanted
from archive.search.language import LONGEST
from archive.search.sql import Condition
from archive.selection import FILTERS, NOWHERE, TRUST, Columns, Selection, parse_selection
from archive.website.answers import csv_answer, json_answer
from archive.website.asking import Rows, all_rows, ask, ask_lately, ask_once
from archive.website.comparing import MOST
from archive.website.facets import EVERYTHING, FACETS, narrow, read_facets, spread
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
    "newest": "",
    "oldest": "p.report_year,",
    "unit": "p.place_code, p.unit_name,",
    "captured": "p.captured_at DESC,",
}
"""What stands equal comes in the order of the index: the newest year first."""

_JOINED = "p.id = e.report_id"
_ID = re.compile(r"[0-9A-Za-z-]{1,64}")

Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A report found, with title and snippet cut into pieces: (text, whether it matches)."""

    report: sqlite3.Row
    title: Pieces
    snippet: Pieces


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asked for: a query, filters by facet, an order; `chosen` are reports to be compared with what is found."""

    query: str
    filters: Mapping[str, str]
    order: str
    chosen: tuple[str, ...] = ()

    @property
    def parameters(self) -> dict[str, str]:
        """Return it as the parameters of an address."""
        order = {} if self.order == "best" else {"sort": self.order}
        return {"q": self.query, **self.filters, **order}

    def address(self, **changes: str | None) -> str:
        """Return the parameters as they stand in an address, with some of them changed or (None) left out."""
        asked = {key: value for key, value in (self.parameters | changes).items() if value}
        return urlencode(asked)

    def page(self, **changes: str | None) -> str:
        """Return the same for a page of ours, which keeps what was chosen."""
        return "&".join(filter(None, (self.address(**changes), urlencode([("with", key) for key in self.chosen]))))


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
    if len(meant := places_meant(filters.get("place", ""))) == 1:
        filters["place"] = meant[0]  # the page's links and its other forms then have the code
    order = request.args.get("sort") or "best"
    chosen = tuple(key for key in dict.fromkeys(request.args.getlist("with")) if _ID.fullmatch(key))[: MOST - 1]
    return Asked(query, filters, order if order in ORDERS else "best", chosen)


@dataclass(frozen=True, slots=True)
class Hits:
    """The rows of the index that answer a question, in their order and as bits."""

    rows: Sequence[int]
    bits: int


def find(db: sqlite3.Connection, asked: Asked) -> Hits | QueryError | UsageError:
    """Return all that is asked for, or what is wrong with the question."""
    try:
        source, where, values, order = _question(asked)
    except (QueryError, UsageError) as error:
        return error
    # one value for all: a step for each row would wait for Python as often. SQLite keeps the order of a subquery under an aggregate
    sql = f"SELECT json_group_array(n) FROM (SELECT {source} WHERE {where} ORDER BY {order})"  # noqa: S608
    rows = array("I", json.loads(db.execute(sql, values).fetchone()[0]))
    marks = bytearray(b"0" * (max(rows, default=0) + 1))
    for row in rows:
        marks[-1 - row] = ord("1")
    return Hits(rows, int(marks, 2))


def _question(asked: Asked) -> tuple[str, str, list[Any], str]:
    """Return what is asked for in SQL: row and tables, condition, values, order."""
    conditions, values, order, told = [], [], ORDERS[asked.order], None
    row, source = "e.rowid", f"search_entry e JOIN report p ON {_JOINED}"
    if asked.query:
        told = wanted(parse_query(asked.query), _of_release)
        conditions, values = [told.where] if told.where != "1" else [], list(told.values)
    words = [f"{key}={value}" for key, value in asked.filters.items() if key in FILTERS]
    if words:
        condition, given = _of_release(parse_selection(words))
        conditions.append(condition)
        values += given
    if "finding" in asked.filters:
        conditions.append("EXISTS (SELECT 1 FROM finding f WHERE f.report_id = p.id AND f.code = ?)")
        values.append(asked.filters["finding"])
    if told and told.match is not None:
        # a query of text alone is answered by the index alone
        more = f" CROSS JOIN search_entry e ON e.rowid = search.rowid JOIN report p ON {_JOINED}"
        row, source = "search.rowid", f"search{more if conditions or order else ''}"
        conditions.insert(0, "search MATCH ?")
        values.insert(0, told.match)
        if asked.order == "best":
            order = "bm25(search, 10.0, 5.0, 1.0),"
    where = " AND ".join(f"({c})" for c in conditions) or "1"
    return f"{row} AS n FROM {source}", where, values, f"{order} {row}"


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


def _reports(db: sqlite3.Connection, rows: Sequence[int]) -> Rows:
    """Return the reports at some rows of the index, in their order."""
    sql = f"""SELECT p.* FROM json_each(?) h CROSS JOIN search_entry e ON e.rowid = h.value JOIN report p ON {_JOINED}
              ORDER BY h.key"""  # noqa: S608
    return all_rows(db, sql, json.dumps(list(rows)))


def _hit(db: sqlite3.Connection, report: sqlite3.Row, told: Wanted | None) -> Hit:
    sections = db.execute("SELECT text, heading FROM section WHERE report_id = ? ORDER BY position", (report["id"],))
    texts = [*(text for row in sections for text in row), report["preface"] or ""]
    phrases = told.phrases if told else ()
    return Hit(
        report,
        pieces(report["title"] or report["unit_name"], phrases),
        pieces(snippet(texts, phrases, _AROUND), phrases),
    )


async def _find(datasette: Datasette, asked: Asked) -> Hits | QueryError | UsageError:
    """Return all that is asked for. What the index is asked is kept: the next page needs no search, nor does narrowing by a facet."""
    facets = await ask_once(datasette, read_facets)
    held = {facet: value for facet, value in asked.filters.items() if value in facets[facet]}
    rest = replace(asked, filters={facet: value for facet, value in asked.filters.items() if facet not in held})
    found = await ask_lately(datasette, lambda db: find(db, rest), f"search?{rest.address()}")
    return Hits(*narrow(facets, held, found.rows, found.bits)) if held and isinstance(found, Hits) else found


async def _answer(request: Request, datasette: Datasette) -> Found:
    asked, page = read_asked(request), page_number(request)
    facets = await ask_once(datasette, read_facets)
    if not asked.query and not asked.filters:  # what there is by facet
        return Found(asked, None, 0, 1, 1, (), spread(facets, EVERYTHING))
    found = await _find(datasette, asked)
    if not isinstance(found, Hits):
        return Found(asked, found, 0, 1, 1, (), {})
    pages = max(1, -(-len(found.rows) // PAGE))
    page = min(max(page, 1), pages)
    rows = found.rows[(page - 1) * PAGE : page * PAGE]
    told = wanted(parse_query(asked.query), _of_release) if asked.query else None
    hits = await ask(datasette, lambda db: tuple(_hit(db, report, told) for report in _reports(db, rows)))
    spreads = spread(facets, found.bits)
    if (chosen := asked.filters.get("place", NOWHERE)) != NOWHERE:
        # the release counts by province; within a place a search has fewer hits, which are counted now
        where = replace(asked, chosen=()).address()
        spreads["place"] = await ask_lately(datasette, lambda db: _places(db, chosen, found.rows), f"places?{where}")
    return Found(asked, None, len(found.rows), page, pages, hits, spreads)


def _places(db: sqlite3.Connection, place: str, rows: Sequence[int]) -> list[tuple[str, int]]:
    """Return the places right below `place` (a code) that the hits are spread over, with their numbers; [] for a county."""
    if not place.endswith("00"):
        return []
    counted: Counter[str] = Counter()
    sql = f"""SELECT p.place_code AS code, count(*) AS n FROM json_each(?) h CROSS JOIN search_entry e ON e.rowid = h.value
              JOIN report p ON {_JOINED} GROUP BY 1"""  # noqa: S608
    for row in all_rows(db, sql, json.dumps(list(rows))):
        code = row["code"] or NOWHERE
        city = code[:4] + "00"
        # what a province governs itself (济源) has no city above it
        below = city if place.endswith("0000") and name_in(city) else code
        if below != place:
            counted[below] += row["n"]
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))


async def page(request: Request, datasette: Datasette) -> Response:
    """Show a page of what a query finds."""
    found = await _answer(request, datasette)
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
        datasette,
        request,
        "search.html",
        found=found,
        facet_name=name,
        orders=ORDERS,
        most=FACET_VALUES,
        most_compared=MOST,
    )


_COLUMNS = (
    "id", "title", "unit_id", "unit_name", "place_code", "place_name", "level", "report_year", "scope", "published", "state", "cells",
    "cells_verified", "cells_stated", "cells_inferred", "cells_disputed", "cells_undecidable", "checks_failed", "source_url", "captured_at",
)  # fmt: skip


async def page_json(request: Request, datasette: Datasette) -> Response:
    """Give a page of what a query finds, with the numbers by facet."""
    found = await _answer(request, datasette)
    if found.fault:
        return json_answer({"error": found.fault.message("en"), "error_zh": found.fault.message("zh")}, 400)
    return json_answer(
        {
            "query": found.asked.parameters,
            "total": found.total,
            "page": found.page,
            "pages": found.pages,
            "facets": {facet: dict(values) for facet, values in found.facets.items()},
            "reports": [
                {name: hit.report[name] for name in _COLUMNS} | {"snippet": "".join(text for text, _ in hit.snippet)}
                for hit in found.hits
            ],
        }
    )


async def page_csv(request: Request, datasette: Datasette) -> Response:
    """Give all that a query finds, a row a report; refuses more than CSV_ROWS of them rather than cut them off."""
    asked = read_asked(request)
    if not asked.query and not asked.filters:
        return json_answer({"error": "ask for something: q=, or one of " + ", ".join(f"{f}=" for f in FACETS)}, 400)
    found = await _find(datasette, asked)
    if not isinstance(found, Hits):
        return json_answer({"error": found.message("en")}, 400)
    if len(found.rows) > CSV_ROWS:
        error = f"more than {CSV_ROWS} reports: narrow the search, or take the files of the release at /data"
        return json_answer({"error": error}, 400)
    rows = await ask(datasette, lambda db: _reports(db, found.rows))
    return csv_answer("gongkai-search.csv", _COLUMNS, ([row[name] for name in _COLUMNS] for row in rows))
