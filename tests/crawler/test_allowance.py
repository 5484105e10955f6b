"""Budgets and hours: nothing is asked beyond them, what was left out is said, and the next run goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

import pytest

from archive.clock import SimulatedClock
from archive.crawls.coverage import portal_health
from archive.store import Archive
from crawler.allowance import Budget
from crawler.declarations import Portal, Window
from crawler.run import Job, run_job

NIGHT = Window(time(22), time(6))


@pytest.mark.parametrize(
    ("window", "at", "inside"),
    [
        (NIGHT, time(23), True),
        (NIGHT, time(5, 59), True),
        (NIGHT, time(6), False),
        (NIGHT, time(12), False),
        (Window(time(9), time(17)), time(9), True),
        (Window(time(9), time(17)), time(17), False),
    ],
)
def test_a_window_may_pass_over_midnight(window: Window, at: time, inside: bool) -> None:
    assert window.holds(at) == inside


def test_a_portal_is_not_asked_outside_its_hours_in_china(site: Any, job: Job, portal: Portal) -> None:
    paths = site.column(2)
    by_night = replace(portal, window=NIGHT)
    noon = SimulatedClock(datetime(2025, 4, 10, 4, tzinfo=UTC))
    summary = run_job(replace(job, portals=(by_night,), clock=noon))
    assert site.log == []
    assert summary.ended
    assert not summary.complete
    assert summary.listings == {"http://www.a.test/nb/": "partial"}
    assert "between 22:00-06:00 (China time) only" in summary.findings[0].message
    assert "只在北京时间 22:00-06:00 抓取" in summary.findings[0].message_zh
    night = SimulatedClock(datetime(2025, 4, 10, 15, tzinfo=UTC))
    assert run_job(replace(job, portals=(by_night,), clock=night)).complete
    assert site.asked() == ["/robots.txt", "/nb/", *paths]


@pytest.mark.parametrize("whose", ["run", "portal"])
def test_a_budget_of_requests_ends_the_run_and_the_next_one_goes_on_with_what_is_new(
    site: Any, job: Job, portal: Portal, clock: SimulatedClock, whose: str
) -> None:
    paths = site.column(6)
    told = replace(job, budget=Budget(pages=5))
    if whose == "portal":
        told = replace(job, portals=(replace(portal, max_pages=5),))
    first = run_job(told)
    assert site.asked() == ["/robots.txt", "/nb/", *paths[:3]]
    assert first.ended
    assert not first.complete
    assert [found.message for found in first.findings] == [
        "www.a.test: 3 requests skipped: the budget of 5 requests is spent"
    ]
    with Archive.open(job.archive, clock) as archive:
        (health,) = portal_health(archive)
        assert health.pages["not_crawled"] >= 3
    site.log.clear()
    run_job(told)
    assert site.asked() == ["/robots.txt", "/nb/", *paths[3:]]


def test_a_budget_of_bytes_ends_the_run_with_a_list_that_is_partial(site: Any, job: Job) -> None:
    site.page("/nb/", "x" * 5000 + '<script>createPageHTML(3, 0, "index", "html");</script>')
    summary = run_job(replace(job, budget=Budget(bytes=4000)))
    assert site.asked() == ["/robots.txt", "/nb/"]
    assert set(summary.listings.values()) <= {"partial", "unknown"}
    assert not summary.complete
