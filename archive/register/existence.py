"""In which years a body could report: it was founded, it was succeeded, or its place began or ended.

Guarantees: a year is said to be before or after a body's time only where the register says so: the lists of places, or a body that
came before or after it and reported itself. A year that nothing is known of is not left out.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

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

    A body that became another ended the year before the other's first report, or with its own last. One that others became
    was founded when they ended, unless it reported before: then it took them over. Of several that bore one name one after the other
    each ended before the next reported. A place's bodies have no year before its first list or after its last but those that they
    reported on.
    """
    years: defaultdict[str, list[int]] = defaultdict(list)
    places: dict[str, str | None] = {}
    bearers: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for unit, place, name, year in db.execute(
        """SELECT DISTINCT u.id, u.place_code, u.name, p.report_year FROM unit u JOIN report p ON p.unit_id = u.id
           ORDER BY p.report_year, u.id"""
    ):
        if place is not None and unit not in years:
            bearers[place, name].append(unit)
        years[unit].append(year)
        places[unit] = place
    ends: defaultdict[str, list[int]] = defaultdict(list)
    for units in bearers.values():  # who bore the name before was gone when it was another's
        for before, after in pairwise(units):
            ends[before].append(years[after][0] - 1)
    founders: defaultdict[str, list[str]] = defaultdict(list)
    for before, after in db.execute("SELECT predecessor_id, successor_id FROM unit_relation"):
        later = [year for year in years.get(after, ()) if before in years and year > years[before][0]]
        if later:
            ends[before].append(later[0] - 1)
            founders[after].append(before)
    last = {unit: max(min(found), years[unit][-1]) for unit, found in ends.items()}
    out = {}
    for unit, reported in years.items():
        since, until = _place(places[unit])
        founded = max((last[founder] for founder in founders[unit]), default=reported[0]) + 1
        begins = [year for year in (since, founded) if year is not None and year <= reported[0]]
        ended = [max(year, reported[-1]) for year in (until, last.get(unit)) if year is not None]
        out[unit] = Lifetime(max(begins, default=None), min(ended, default=None))
    return out


def _place(code: str | None) -> tuple[int | None, int | None]:
    """Return the first and the last year of a place's lists, None where it was before the lists begin, or is still."""
    line = line_of(code) if code else ()
    return (line[0].since, line[-1].until) if line else (None, None)
