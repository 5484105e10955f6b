"""A unit: its years side by side, its main series to be drawn as charts, whom it came from, and how it stands beside its peers."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from functools import cache
from statistics import median
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response

from archive.publication.codebook import crosswalk
from archive.publication.lookups import MAIN_FIGURES
from archive.website import queries
from archive.website.answers import csv_answer, json_answer
from archive.website.asking import Rows, all_rows, ask, has_rows, one_row
from archive.website.coverage import units_years
from archive.website.pages import missing
from archive.website.site import language_of, render
from archive.website.words import word

if TYPE_CHECKING:  # Datasette loads this package while datasette.app is being imported
    from datasette.app import Datasette

CellKey = tuple[str, str, str]
Cells = dict[CellKey, sqlite3.Row]
_PEERS = 200
_REPORTS = """SELECT p.*, EXISTS (SELECT 1 FROM check_result k WHERE k.report_id = p.id) AS checked
    FROM report p WHERE unit_id = ? ORDER BY report_year, scope, id"""


@dataclass(frozen=True, slots=True)
class Peers:
    """The unit's figures of its newest year beside its parent's and the median of bodies of its kind and name in its province.

    `median` leaves out figures that are in dispute or not sure; `counted` says how many each rests on.
    """

    year: int
    own: sqlite3.Row
    parent: sqlite3.Row | None
    parent_cells: Cells
    median: dict[CellKey, float]
    counted: dict[CellKey, int]
    reports: Rows


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit with, for each year that is known of, its state and its reports with their main figures."""

    unit: sqlite3.Row
    years: tuple[tuple[int, str, tuple[tuple[sqlite3.Row, Cells], ...]], ...]
    parent: sqlite3.Row | None
    before: Rows
    after: Rows
    peers: Peers | None
    notices: dict[int, sqlite3.Row]
    """Of reports that are withheld, by year."""

    def years_cells(self, report_id: str) -> Cells:
        """Return the main figures of one of the reports."""
        return next(cells for _, _, reports in self.years for one, cells in reports if one["id"] == report_id)

    def is_of_other_form(self, report: sqlite3.Row, table: str) -> bool:
        """Tell whether a report has a list in place of a table: what the table has and the list has not is not missing."""
        forms = queries.forms(report)
        return table not in forms and "statistics" in forms


def unit(db: sqlite3.Connection, unit_id: str) -> UnitView | None:
    """Return a unit with its reports by year, or None."""
    row = one_row(db, "SELECT * FROM unit WHERE id = ?", unit_id)
    if row is None:
        return None
    reports = all_rows(db, _REPORTS, unit_id)
    by_year: dict[int, list[tuple[sqlite3.Row, Cells]]] = {}
    for one in reports:
        by_year.setdefault(one["report_year"], []).append((one, main_cells(db, one["id"])))
    (states,) = units_years(db, unit=unit_id)
    years = tuple((year, state, tuple(by_year.get(year, ()))) for year, state in states.years.items())
    parent = one_row(db, "SELECT * FROM unit WHERE id = ?", row["parent_id"]) if row["parent_id"] else None
    return UnitView(
        row, years, parent, _relations(db, unit_id, "successor", "predecessor"),
        _relations(db, unit_id, "predecessor", "successor"), _peers(db, row, reports[-1], parent),
        {notice["report_year"]: notice for notice in queries.notices(db, "w.unit_id = ?", (unit_id,))},
    )  # fmt: skip


def main_cells(db: sqlite3.Connection, report_id: str) -> Cells:
    """Return the main figures of a report; of a list before 2019 those cells of it that mean the same."""
    found = {}
    tables = {row[0] for row in db.execute('SELECT DISTINCT "table" FROM cell WHERE report_id = ?', (report_id,))}
    for key in MAIN_FIGURES:
        for one in (key,) if key[0] in tables else _in_lists().get(key, ()):
            cell = one_row(
                db,
                'SELECT * FROM cell WHERE report_id = ? AND "table" = ? AND "row" = ? AND "column" = ?',
                report_id,
                *one,
            )
            if cell is not None:
                found[key] = cell
                break
    return found


@cache
def _in_lists() -> dict[CellKey, tuple[CellKey, ...]]:
    """Return the cells of lists before 2019 that mean the same as a main figure (crosswalk.toml: `same`)."""
    concepts = {concept["since_2019"]: concept for concept in crosswalk() if concept["comparable"] == "same"}
    same = {key: concepts["/".join(key)] for key in MAIN_FIGURES if "/".join(key) in concepts}
    return {
        key: tuple(("statistics", concept[form], "value") for form in ("since_2014", "local") if form in concept)
        for key, concept in same.items()
    }


def _relations(db: sqlite3.Connection, unit_id: str, own: str, other: str) -> Rows:
    if not has_rows(db, "unit_relation"):
        return []
    return all_rows(
        db,
        f"""SELECT r.{other}_id AS id, u.name, r.fate, r.reason FROM unit_relation r JOIN unit u ON u.id = r.{other}_id
            WHERE r.{own}_id = ? ORDER BY u.name""",  # noqa: S608
        unit_id,
    )


def _peers(db: sqlite3.Connection, row: sqlite3.Row, newest: sqlite3.Row, parent: sqlite3.Row | None) -> Peers | None:
    if row["place_code"] is None or row["place_name"] is None:
        return None
    year = newest["report_year"]
    reports = all_rows(
        db,
        """SELECT p.id, p.unit_id, p.unit_name, p.scope FROM unit u JOIN report p ON p.unit_id = u.id
           WHERE u.place_code >= ? AND u.place_code < ? AND u.level IS ? AND u.kind = ? AND u.id <> ?
             AND substr(u.name, length(u.place_name) + 1) = ? AND p.report_year = ? AND p.scope = ?
           ORDER BY u.place_code, p.id LIMIT ?""",
        row["place_code"][:2],
        row["place_code"][:2] + "~",
        row["level"],
        row["kind"],
        row["id"],
        row["name"][len(row["place_name"]) :],
        year,
        newest["scope"],
        _PEERS,
    )
    values: dict[CellKey, list[int]] = {key: [] for key in MAIN_FIGURES}
    for cell in all_rows(
        db,
        """SELECT f."table", f."row", f."column", f.sure FROM json_each(?) k CROSS JOIN json_each(?) r CROSS JOIN report p CROSS JOIN figure f
           ON f."table" = k.value ->> 0 AND f."row" = k.value ->> 1 AND f."column" = k.value ->> 2
           AND f.place_code = p.place_code AND f.report_year = p.report_year AND f.report_id = p.id
           WHERE p.id = r.value AND f.sure IS NOT NULL""",
        json.dumps(MAIN_FIGURES),
        json.dumps([one["id"] for one in reports]),
    ):
        values[cell["table"], cell["row"], cell["column"]].append(cell["sure"])
    above = None
    if parent is not None:
        above = one_row(
            db, "SELECT * FROM report WHERE unit_id = ? AND report_year = ? ORDER BY scope, id", parent["id"], year
        )
    if not reports and above is None:
        return None
    return Peers(
        year,
        newest,
        above,
        main_cells(db, above["id"]) if above else {},
        {key: median(found) for key, found in values.items() if found},
        {key: len(found) for key, found in values.items()},
        reports,
    )


def charted(view: UnitView) -> dict[tuple[str, CellKey], str]:
    """Return the figures that the charts draw, (report, cell), one a year and series: the scope that most reports have comes first.

    Each has its form and scope: no line may join figures that differ in them.
    """
    scopes = [one["scope"] for _, _, reports in view.years for one, _ in reports]
    scope = max(dict.fromkeys(scopes), key=scopes.count)
    drawn = {}
    for _, _, reports in view.years:
        if not reports:
            continue
        one, cells = next((pair for pair in reports if pair[0]["scope"] == scope), reports[0])
        for key, cell in cells.items():
            if isinstance(cell["value"], int):
                drawn[one["id"], key] = f"{_form(one, key[0])} {one['scope']}"
    return drawn


def _form(report: sqlite3.Row, table: str) -> str:
    forms: dict[str, str] = queries.forms(report)
    return forms.get(table, "")


async def page(request: Request, datasette: Datasette) -> Response:
    """Show a unit."""
    view = await ask(datasette, lambda db: unit(db, request.url_vars["id"]))
    if view is None:
        return await missing(datasette, request)
    language = language_of(request)
    figures = [(key, word(f"figure.{key[1]}", language)) for key in MAIN_FIGURES]
    drawn = charted(view)
    return await render(
        datasette,
        request,
        "unit.html",
        view=view,
        unit=view.unit,
        figures=figures,
        charted=drawn,
        charts=[(key, name) for key, name in figures if any(one == key for _, one in drawn)],
        own_cells=view.years_cells(view.peers.own["id"]) if view.peers else {},
    )


async def page_json(request: Request, datasette: Datasette) -> Response:
    """Give a unit with its years and main figures."""
    view = await ask(datasette, lambda db: unit(db, request.url_vars["id"]))
    if view is None:
        return json_answer({"error": "no such unit"}, 404)
    return json_answer(
        {
            "unit": dict(view.unit),
            "predecessors": [dict(row) for row in view.before],
            "successors": [dict(row) for row in view.after],
            "years": [
                {"report_year": year, "coverage": state, "reports": [_report_json(*pair) for pair in reports]}
                | ({"withheld": _notice(view.notices[year])} if year in view.notices else {})
                for year, state, reports in view.years
            ],
            "parent": dict(view.parent) if view.parent else None,
            "peers": _peers_json(view.peers) if view.peers else None,
        }
    )


def _notice(notice: sqlite3.Row) -> dict[str, Any]:
    return {name: notice[name] for name in ("report_id", "withheld_on", "why")}


def _peers_json(peers: Peers) -> dict[str, Any]:
    """Return what the unit's newest year is held against: medians with what each rests on, the body above, the peers."""
    return {
        "report_year": peers.year,
        "report_id": peers.own["id"],
        "median": {
            "/".join(key): {"value": value, "counted": peers.counted[key]} for key, value in peers.median.items()
        },
        "parent": _report_json(peers.parent, peers.parent_cells) if peers.parent else None,
        "reports": [
            {"id": one["id"], "unit_id": one["unit_id"], "unit_name": one["unit_name"]} for one in peers.reports
        ],
    }


def _key_of(cell: sqlite3.Row) -> CellKey:
    return cell["table"], cell["row"], cell["column"]


def _report_json(report: sqlite3.Row, cells: Cells) -> dict[str, Any]:
    taken = ("state", "value", "trust", "corrected_state", "corrected_value")
    return {
        "id": report["id"],
        "scope": report["scope"],
        "state": report["state"],
        "checks_failed": report["checks_failed"],
        "figures": {"/".join(_key_of(cell)): {name: cell[name] for name in taken} for cell in cells.values()},
    }


async def page_csv(request: Request, datasette: Datasette) -> Response:
    """Give a unit's main figures, a row a report and figure."""
    view = await ask(datasette, lambda db: unit(db, request.url_vars["id"]))
    if view is None:
        return await missing(datasette, request)
    shown = ("state", "value", "trust", "corrected_state", "corrected_value")
    columns = (
        "unit_id", "unit", "report_year", "coverage", "report_id", "scope", "table", "row", "column", *shown,
    )  # fmt: skip
    rows = [
        (view.unit["id"], view.unit["name"], year, state, one["id"], one["scope"], *_key_of(cell),
         *(cell[name] for name in shown))
        for year, state, reports in view.years
        for one, cells in reports
        for cell in cells.values()
    ]  # fmt: skip
    return csv_answer(f"gongkai-{view.unit['id']}.csv", columns, rows)
