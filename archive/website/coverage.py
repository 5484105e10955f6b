"""What is known of each body in each year: a report, or why there is none.

Guarantees: a hole is called `missing` only where the release says so; a release that says nothing of holes has `unknown` ones.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass

from archive.website.asking import all_rows, below, has_rows
from archive.website.queries import notices

HAVE = ("published", "late", "withdrawn")
"""States of a year whose report is in the release."""
NOT_OWED = ("no_such_body", "not_yet_due", "withheld")
"""States in which no report is owed, or one is there and must not be shown."""


@dataclass(frozen=True, slots=True)
class UnitYears:
    """A body with its state in each year; `reports` are the keys of its reports by year, `notices` of those that are withheld."""

    unit_id: str
    name: str
    in_release: bool
    years: dict[int, str]
    reports: dict[int, str]
    notices: dict[int, str]


def state_name(state: str) -> str:
    """Return a state without what follows its colon (`host_down:dns`)."""
    return state.partition(":")[0]


def units_years(db: sqlite3.Connection, code: str | None = None, unit: str | None = None) -> list[UnitYears]:
    """Return the bodies of a place (or the one named, or all) with their years, by key: the code of the place comes first."""
    of_report, of_unit = "1", "1"
    values: tuple[str, ...] = ()
    if code is not None:
        of_report, values = below("p.place_code", code)
        of_unit, _ = below("c.unit_id", code)
    elif unit is not None:
        of_report, of_unit, values = "p.unit_id = ?", "c.unit_id = ?", (unit,)
    names: dict[str, str] = {}
    states: defaultdict[str, dict[int, str]] = defaultdict(dict)
    reports: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for row in all_rows(
        db,
        f"""SELECT p.id, p.unit_id, p.unit_name, p.report_year, p.state,
                   EXISTS (SELECT 1 FROM finding f WHERE f.report_id = p.id AND f.code = 'late_publication') AS late
            FROM report p WHERE {of_report} ORDER BY p.unit_id, p.report_year, p.scope DESC, p.id""",  # noqa: S608
        *values,
    ):
        names[row["unit_id"]] = row["unit_name"]
        state = "withdrawn" if row["state"] == "withdrawn" else "late" if row["late"] else "published"
        states[row["unit_id"]][row["report_year"]] = state
        reports[row["unit_id"]][row["report_year"]] = row["id"]
    if has_rows(db, "coverage_year"):
        for row in all_rows(
            db,
            f"SELECT unit_id, unit_name, report_year, state FROM coverage_year c WHERE {of_unit}",  # noqa: S608
            *values,
        ):
            names.setdefault(row["unit_id"], row["unit_name"])
            states[row["unit_id"]].setdefault(row["report_year"], row["state"])
    else:
        for found in states.values():
            for year in range(min(found), max(found) + 1):
                found.setdefault(year, "unknown")
    withheld: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for row in notices(db, of_unit.replace("c.", "w."), values):
        key, year = row["unit_id"], row["report_year"]
        names.setdefault(key, row["unit_name"] or key)
        if year not in reports.get(key, {}):
            states[key][year] = "withheld"
            withheld[key][year] = row["report_id"]
    return [
        UnitYears(
            key,
            names[key],
            key in reports,
            dict(sorted(states[key].items())),
            reports.get(key, {}),
            withheld.get(key, {}),
        )
        for key in sorted(names)
    ]
