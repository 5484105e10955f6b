"""When a list or a report is to be looked at again: intervals as data, by season, age and history. Pure.

Reports on a year are due by 31 January (departments) and 31 March (governments) of the next (Regulations of 2019,
article 49), so lists grow from January to March; old reports are rarely touched, except those that were touched before.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

from archive.clock import CHINA, parse_timestamp
from archive.crawls.ledger import ColumnState
from archive.crawls.visits import Visit

Season = Literal["peak", "after", "quiet"]

SEASONS: Final[dict[Season, range]] = {"peak": range(1, 4), "after": range(4, 7), "quiet": range(7, 13)}
"""Months, in China."""

LIST_DAYS: Final[dict[Season, int]] = {"peak": 1, "after": 7, "quiet": 30}

REPORT_DAYS: Final[tuple[dict[Season, int], ...]] = (
    {"peak": 3, "after": 14, "quiet": 30},  # on last year
    {"peak": 30, "after": 90, "quiet": 90},  # on the year before
)
OLD_REPORT_DAYS: Final = 365

CHANGED_FACTOR: Final = 2
"""A report with a content version, or once withdrawn and restored, is looked at so many times as often."""

RETRY_DAYS: Final[dict[Season, int]] = {"peak": 1, "after": 3, "quiet": 7}
"""For what could not be had, and for lists that were not read to their end."""

GONE_DAYS: Final = 1
"""A page seen gone once is looked at again: a second sighting, a day apart, makes it withdrawn (archive.histories.versions)."""


def season_of(at: datetime) -> Season:
    """Return the season of a moment."""
    month = at.astimezone(CHINA).month
    return next(season for season, months in SEASONS.items() if month in months)


def list_due(state: ColumnState | None, now: datetime) -> datetime:
    """Return when a column is to be read again, given its last reading; at once where it never was."""
    if state is None or (state.reason is not None and state.reason.ours):
        return now
    season = season_of(now)
    days = LIST_DAYS[season] if state.completeness == "complete" else min(RETRY_DAYS[season], LIST_DAYS[season])
    return parse_timestamp(state.listed_at) + timedelta(days=days)


def visit_due(visit: Visit, now: datetime) -> datetime:
    """Return when a page is to be asked for again; at once where it never was."""
    if visit.tried_at is None or (visit.failure is not None and visit.failure.ours):
        return now
    return parse_timestamp(visit.tried_at) + visit_interval(visit, now)


def visit_interval(visit: Visit, now: datetime) -> timedelta:
    """Return the time to leave between two visits of a page."""
    season = season_of(now)
    if visit.failure is not None:
        return timedelta(days=RETRY_DAYS[season])
    if visit.times_gone == 1:
        return timedelta(days=GONE_DAYS)
    age = 0 if visit.report_year is None else max(0, now.astimezone(CHINA).year - 1 - visit.report_year)
    days = REPORT_DAYS[age][season] if age < len(REPORT_DAYS) else OLD_REPORT_DAYS
    interval = timedelta(days=days)
    return interval / CHANGED_FACTOR if visit.changes else interval
