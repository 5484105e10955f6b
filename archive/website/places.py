"""A place: its units, what is known of each in each year and why not, and totals where adding up is defensible.

Guarantees: a total adds only figures of reports that say they speak for their body alone, one report a body, a government's office
not beside its government, and only figures that are verified, stated or corrected; it says how many reports it rests on and how many it leaves out.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response

from archive.publication.lookups import MAIN_FIGURES
from archive.register.places import above, current_code, full_name_in, name_in
from archive.selection import NOWHERE
from archive.website.answers import csv_answer, json_answer
from archive.website.asking import all_rows, ask, ask_lately, below
from archive.website.coverage import HAVE, UnitYears, units_years
from archive.website.pages import missing, page_number
from archive.website.site import language_of, render
from archive.website.units import CellKey
from archive.website.words import word

if TYPE_CHECKING:  # Datasette loads this package while datasette.app is being imported
    from datasette.app import Datasette

UNITS_A_PAGE = 60
_MOST_YEARS = 30


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over the reports of bodies that speak for themselves alone: over `counted` of them, of `reports` on the year."""

    value: int
    counted: int
    reports: int


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A place, without a name for what is nowhere; `below` are (code, name, units, reports)."""

    code: str
    name: str
    above: tuple[tuple[str, str], ...]
    below: tuple[tuple[str, str, int, int], ...]
    years: tuple[int, ...]
    units: tuple[UnitYears, ...]
    published: dict[int, int]
    totals: dict[CellKey, dict[int, Total]]


def place(db: sqlite3.Connection, code: str) -> PlaceView | None:
    """Return a place of GB/T 2260, or what is nowhere; None for a code that never was."""
    code = current_code(code)
    if name_in(code) is None and code != NOWHERE:
        return None
    known = sorted(units_years(db, code), key=lambda unit: (unit.unit_id[:6], not unit.in_release, unit.name))
    years = sorted({year for unit in known for year in unit.years})[-_MOST_YEARS:]
    return PlaceView(
        code,
        full_name_in(code),
        tuple((c, name_in(c) or c) for c in reversed(list(above(code)))),
        _below(code, known),
        tuple(years),
        tuple(known),
        {year: sum(unit.years.get(year) in HAVE for unit in known) for year in years},
        _totals(db, code),
    )


async def _ask_place(request: Request, datasette: Datasette) -> PlaceView | None:
    """Return the place of the address: a province and a city are kept, for they are many units each."""
    code = request.url_vars["code"]

    def question(db: sqlite3.Connection) -> PlaceView | None:
        return place(db, code)

    return await (ask_lately(datasette, question, f"place/{code}") if code.endswith("00") else ask(datasette, question))


def _below(code: str, known: list[UnitYears]) -> tuple[tuple[str, str, int, int], ...]:
    """Return the places right below with the numbers of their units and reports."""
    stem = len(code.rstrip("0")) + len(code.rstrip("0")) % 2
    units: Counter[str] = Counter()
    reports: Counter[str] = Counter()
    for unit in known:
        inner = unit.unit_id[: stem + 2].ljust(6, "0")
        if inner != code and unit.in_release:
            units[inner] += 1
            reports[inner] += len(unit.reports)
    return tuple((inner, name_in(inner) or inner, units[inner], reports[inner]) for inner in sorted(units))


def _totals(db: sqlite3.Connection, code: str) -> dict[CellKey, dict[int, Total]]:
    where, values = below("p.place_code", code)
    reports: Counter[int] = Counter()
    for row in all_rows(
        db,
        f"SELECT report_year, count(*) AS n FROM report p WHERE {where} GROUP BY 1",  # noqa: S608
        *values,
    ):
        reports[row["report_year"]] = row["n"]
    where, values = below("f.place_code", code)
    found: dict[CellKey, dict[int, Total]] = {}
    for key in MAIN_FIGURES:
        rows = all_rows(
            db,
            f"""SELECT report_year, sum(sure) AS value, count(sure) AS counted FROM figure f
                WHERE "table" = ? AND "row" = ? AND "column" = ? AND {where} AND adds
                GROUP BY 1 HAVING count(sure) ORDER BY 1""",  # noqa: S608
            *key,
            *values,
        )
        found[key] = {
            row["report_year"]: Total(row["value"], row["counted"], reports[row["report_year"]]) for row in rows
        }
    return found


async def page(request: Request, datasette: Datasette) -> Response:
    """Show a place."""
    view = await _ask_place(request, datasette)
    if view is None:
        return await missing(datasette, request)
    language = language_of(request)
    figures = [(key, word(f"figure.{key[1]}", language)) for key in MAIN_FIGURES]
    pages = max(1, -(-len(view.units) // UNITS_A_PAGE))
    number = min(max(page_number(request), 1), pages)
    units = view.units[(number - 1) * UNITS_A_PAGE : number * UNITS_A_PAGE]
    return await render(
        datasette, request, "place.html", view=view, figures=figures, units=units, number=number, pages=pages
    )


async def page_json(request: Request, datasette: Datasette) -> Response:
    """Give a place with all its units and totals."""
    view = await _ask_place(request, datasette)
    if view is None:
        return json_answer({"error": "no such place"}, 404)
    return json_answer(
        {
            "code": view.code,
            "name": view.name,
            "above": [{"code": code, "name": name} for code, name in view.above],
            "below": [{"code": c, "name": n, "units": u, "reports": r} for c, n, u, r in view.below],
            "units": [_unit_json(unit) for unit in view.units],
            "totals": {
                "/".join(key): {
                    y: {"value": t.value, "counted": t.counted, "reports": t.reports} for y, t in by.items()
                }
                for key, by in view.totals.items()
            },
        }
    )


def _unit_json(unit: UnitYears) -> dict[str, Any]:
    years = {y: {"coverage": s, "report_id": unit.reports.get(y)} for y, s in unit.years.items()}
    return {"id": unit.unit_id, "name": unit.name, "years": years}


async def page_csv(request: Request, datasette: Datasette) -> Response:
    """Give the coverage of a place, a row a unit and year."""
    view = await _ask_place(request, datasette)
    if view is None:
        return await missing(datasette, request)
    rows = [(u.unit_id, u.name, y, s, u.reports.get(y, "")) for u in view.units for y, s in u.years.items()]
    return csv_answer(
        f"gongkai-{view.code}-coverage.csv", ("unit_id", "unit", "report_year", "coverage", "report_id"), rows
    )
