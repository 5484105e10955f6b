"""In which years a body could report: it was founded, it was succeeded, or its place began or ended.

Guarantees: a year is said to be before or after a body's time only where the register says so: the lists of places, or a body that
came before or after it and reported itself. A year that nothing is known of is not left out.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass

from archive.register.places import line_of


@dataclass(frozen=True, slots=True)
class Lifetime:
    """The first and the last report year of a body, None where nothing says that there was one."""

    first: int | None = None
    last: int | None = None

    def covers(self, year: int) -> bool:
        """Tell whether the body may have reported on `year`."""
        return (self.first is None or self.first <= year) and (self.last is None or year <= self.last)


def lifetimes(db: sqlite3.Connection) -> dict[str, Lifetime]:
    """Return the lifetime of every unit that has reports.

    A body that became another has none after its own last report; one that others became, and that reported on no year
    on which they did, has none until their last. A place's bodies have none before its first list or after its last.
    """
    reported: dict[str, tuple[int, int]] = {}
    places: dict[str, str | None] = {}
    for unit, place, first, last in db.execute(
        "SELECT u.id, u.place_code, min(p.report_year), max(p.report_year) FROM unit u JOIN report p ON p.unit_id = u.id GROUP BY u.id"
    ):
        reported[unit], places[unit] = (first, last), place
    ends: dict[str, int] = {}
    founders: defaultdict[str, list[int]] = defaultdict(list)
    for before, after in db.execute("SELECT predecessor_id, successor_id FROM unit_relation"):
        if before in reported and after in reported:
            ends[before] = reported[before][1]
            founders[after].append(reported[before][1])
    out = {}
    for unit, (first, _) in reported.items():
        since, until = _place(places[unit])
        founded = max(founders[unit], default=first) + 1 if unit in founders else None
        if founded is not None and founded > first:
            founded = None  # it took over a body beside it
        begins = [year for year in (since, founded) if year is not None]
        last = [year for year in (until, ends.get(unit)) if year is not None]
        out[unit] = Lifetime(max(begins, default=None), min(last, default=None))
    return out


def _place(code: str | None) -> tuple[int | None, int | None]:
    """Return the first and the last year of a place's lists, None where it was before the lists begin, or is still."""
    line = line_of(code) if code else ()
    return (line[0].since, line[-1].until) if line else (None, None)
