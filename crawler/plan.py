"""What a crawl would ask for now: the columns, the known pages, and what cannot be asked yet, with the reason.

Guarantees: computed from the declarations and the archive alone, without a request and without writing; what
`crawl --due` does and what `crawl --dry-run` prints are this same plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from archive.clock import CHINA, Clock
from archive.crawls.ledger import last_state
from archive.crawls.reasons import Reason
from archive.crawls.rests import authority_of, rests
from archive.crawls.runs import FrontierItem
from archive.crawls.visits import Visit, known_visits, listed_year
from archive.store import Archive
from crawler.allowance import Allowance, Budget
from crawler.declarations import Column, Portal
from crawler.schedule import list_due, visit_due


@dataclass(frozen=True, slots=True)
class PortalPlan:
    """What there is to do for one portal: columns to read, pages (by key) to ask for again, all those known.

    `closed` says why nothing can be asked now.
    """

    portal: Portal
    columns: tuple[Column, ...]
    visits: dict[str, Visit]
    known: frozenset[str]
    closed: Reason | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to do; `pending` requests of a run that was cut off come first."""

    portals: dict[str, PortalPlan]
    due: bool
    since: int | None = None
    pending: int = 0
    resting: dict[str, Reason] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do now."""
        return not self.pending and not any(one.columns or one.visits for one in self.portals.values())

    def wants(self, item: FrontierItem) -> bool:
        """Tell whether a page that a list names is to be asked for: it is new or due, and not on too old a year."""
        if item.kind == "list":
            return True
        if self.since is not None and item.kind == "report":
            year = listed_year(item.context)
            if year is not None and year < self.since:
                return False
        plan = self.portals[item.portal]
        return not self.due or item.key not in plan.known or item.key in plan.visits


def plan_at(
    path: Path, portals: Sequence[Portal], clock: Clock, *, due: bool = False, since: int | None = None
) -> Plan:
    """Return the plan for the archive in folder `path`, which need not be there yet."""
    if not (path / "archive.db").exists():
        today = clock.now().astimezone(CHINA).date()
        nothing = {p.slug: PortalPlan(p, p.columns_on(today), {}, frozenset()) for p in portals}
        return Plan(nothing, due, since)
    with Archive.open(path, clock) as archive:
        return plan_crawl(archive, portals, clock, due=due, since=since)


def plan_crawl(
    archive: Archive, portals: Sequence[Portal], clock: Clock, *, due: bool = False, since: int | None = None
) -> Plan:
    """Return the plan: all columns and known pages, or with `due` those whose time has come and that may be asked."""
    now = clock.now()
    run = archive.runs.open("crawl")
    resting = {rest.authority: rest.reason for rest in rests(archive, run or "", now)}
    hours = Allowance({portal.slug: portal for portal in portals}, Budget(), clock, {})
    plans, pending = {}, 0
    waiting = archive.runs.pending(run) if run else []
    for portal in portals:
        closed = hours.reason_to_skip(portal.slug)
        askable = closed is None or not due
        pending += sum(
            item.portal == portal.slug and askable and authority_of(item.url) not in resting for item in waiting
        )
        visits = [
            visit
            for visit in known_visits(archive, portal.slug)
            if since is None or visit.report_year is None or visit.report_year >= since
        ]
        plans[portal.slug] = PortalPlan(
            portal,
            tuple(
                column
                for column in portal.columns_on(now.astimezone(CHINA).date())
                if not due
                or (
                    askable
                    and authority_of(column.url) not in resting
                    and list_due(last_state(archive, portal.slug, column.url), now) <= now
                )
            ),
            {v.item.key: v for v in visits if not due or (askable and _is_due(v, resting, now))},
            frozenset(visit.item.key for visit in visits),
            closed,
        )
    return Plan(plans, due, since, pending, resting)


def _is_due(visit: Visit, resting: dict[str, Reason], now: datetime) -> bool:
    return authority_of(visit.item.url) not in resting and visit_due(visit, now) <= now
