"""Whether a unit existed in a year, as far as its reports, what became of it, and the history of its place tell."""

from __future__ import annotations

from archive.crosschecks.reports import Reports
from archive.register.places import heirs_of


def last_year_of(reports: Reports, unit_id: str) -> int | None:
    """Return the last year in which a unit existed, or None where nothing says that it ended."""
    ends = []
    place = reports.units[unit_id].place
    if place is not None:
        ends += [change.until for change in heirs_of(place) if change.code != change.successor]
    years = reports.years_of(unit_id)
    for successor in reports.successors(unit_id):
        later = [year for year in reports.years_of(successor) if not years or year > years[0]]
        if later:
            ends.append(later[0] - 1)
    if not ends:
        return None
    # a report may still come out under the old name
    return max(min(ends), years[-1]) if years else min(ends)


def existed(reports: Reports, unit_id: str, year: int) -> bool:
    """Tell whether a unit that reported existed in a year: after its first report and before it ended."""
    years = reports.years_of(unit_id)
    if not years or year < years[0]:
        return False
    last = last_year_of(reports, unit_id)
    return last is None or year <= last
