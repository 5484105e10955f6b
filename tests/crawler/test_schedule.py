"""Intervals follow the season, the age of a report and its history; a crawl that is called every hour asks for what is due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from archive.clock import SimulatedClock
from archive.crawls.ledger import ColumnState
from archive.crawls.reasons import Reason, reason
from archive.crawls.runs import FrontierItem
from archive.crawls.visits import Visit
from crawler.declarations import Portal
from crawler.plan import Plan, plan_at
from crawler.run import CrawlSummary, Job, run_job
from crawler.schedule import list_due, season_of, visit_due

NOW = datetime(2025, 2, 10, tzinfo=UTC)
ITEM = FrontierItem("key", "report", "sample-a", "http://www.a.test/1.html")
DOWN = reason("host_down", kind="dns")
SPENT = reason("budget_pages", pages=10)


def days(due: datetime, now: datetime) -> float:
    return (due - now) / timedelta(days=1)


@pytest.mark.parametrize(
    ("at", "season"),
    [
        ("2024-12-31T15:59:59", "quiet"),
        ("2024-12-31T16:00:00", "peak"),  # the new year begins in China
        ("2025-03-31T15:59:59", "peak"),
        ("2025-04-01T00:00:00", "after"),
        ("2025-07-01T00:00:00", "quiet"),
    ],
)
def test_seasons_are_those_of_china(at: str, season: str) -> None:
    assert season_of(datetime.fromisoformat(at).replace(tzinfo=UTC)) == season


@pytest.mark.parametrize(
    ("month", "completeness", "why", "wanted"),
    [
        (2, "complete", None, 1),
        (5, "complete", None, 7),
        (9, "complete", None, 30),
        (2, "partial", DOWN, 1),
        (5, "partial", DOWN, 3),
        (9, "unknown", reason("list_no_total"), 7),
        (9, "partial", SPENT, None),
    ],
)
def test_lists_are_read_often_when_reports_come_out(
    month: int, completeness: str, why: Reason | None, wanted: int | None
) -> None:
    now = datetime(2025, month, 10, tzinfo=UTC)
    state = ColumnState("sample-a", "http://www.a.test/", now.isoformat(), completeness, why, None, 5)
    assert days(list_due(state, now), now) == (0 if wanted is None else wanted)
    assert list_due(None, now) == now


@pytest.mark.parametrize(
    ("visit", "wanted"),
    [
        (Visit(ITEM, 2024), 3),
        (Visit(ITEM, None), 3),
        (Visit(ITEM, 2023), 30),
        (Visit(ITEM, 2016), 365),
        (Visit(ITEM, 2016, changes=1), 182.5),
        (Visit(ITEM, 2024, changes=2), 1.5),
        (Visit(ITEM, 2016, times_gone=1), 1),
        (Visit(ITEM, 2016, times_gone=2), 365),
        (Visit(ITEM, 2016, failure=DOWN), 1),
        (Visit(ITEM, 2016, failure=SPENT), 0),
    ],
)
def test_old_reports_are_looked_at_yearly_and_changed_or_vanished_ones_more_often(visit: Visit, wanted: float) -> None:
    assert days(visit_due(replace(visit, tried_at=NOW.isoformat()), NOW), NOW) == wanted
    assert visit_due(visit, NOW) == NOW


# -- a crawl by the schedule


@pytest.fixture
def go(job: Job, site: Any, clock: SimulatedClock) -> Callable[..., CrawlSummary | None]:
    """Return what `crawl --due` does after so much time: a run, or nothing; the site's log holds what it asked."""

    def after(**passed: float) -> CrawlSummary | None:
        clock.move_to(clock.now() + timedelta(**passed))
        site.log.clear()
        told = replace(job, clock=clock, due=True)
        return None if plan(told).empty else run_job(told)

    return after


def plan(job: Job) -> Plan:
    return plan_at(job.archive, job.portals, job.clock, due=job.due, since=job.since)


def test_called_every_hour_it_does_nothing_until_something_is_due(site: Any, job: Job, go: Any) -> None:
    """April: lists are due weekly, reports on last year every fortnight."""
    paths = site.column(3)
    assert go().complete
    assert site.asked() == ["/robots.txt", "/nb/", *paths]
    for _ in range(3):
        assert go(hours=1) is None
    assert go(days=7).complete
    assert site.asked() == ["/robots.txt", "/nb/"]
    new = site.column(4)[3]
    assert go(days=7).complete
    assert sorted(site.asked()) == sorted(["/robots.txt", "/nb/", *paths, new])


def test_a_page_gone_from_its_list_is_looked_for_and_again_a_day_later(
    site: Any, job: Job, go: Any, clock: Any
) -> None:
    paths = site.column(3)
    assert go().complete
    site.column(2)
    del site.pages[paths[2]]
    summary = go(days=15)
    assert paths[2] in site.asked()
    assert summary.complete
    assert [found.code for found in summary.findings] == ["list_shrank"]
    assert go(hours=23) is None
    assert go(hours=2).complete
    assert site.asked() == ["/robots.txt", paths[2]]
    assert go(hours=23) is None


def test_what_could_not_be_had_is_tried_again_sooner_than_what_could(site: Any, job: Job, go: Any) -> None:
    paths = site.column(3)
    good = site.pages[paths[1]]
    site.page(paths[1], "down", status=500)
    assert not go().complete
    assert go(days=2) is None
    site.pages[paths[1]] = good
    assert go(days=1, hours=1).complete
    assert site.asked() == ["/robots.txt", paths[1]]


def test_a_run_that_was_cut_off_is_always_due(site: Any, job: Job, go: Any) -> None:
    paths = site.column(4)
    assert not run_job(replace(job, limit=2)).ended
    assert go(minutes=5).complete
    assert site.asked() == ["/robots.txt", *paths[2:]]


def test_reports_on_earlier_years_than_wanted_are_left_out_and_the_list_is_whole(site: Any, job: Job) -> None:
    rows = "".join(
        f'<li><a href="./{year}.html" title="某某市财政局{year}年政府信息公开工作年度报告">某</a>2025-03-12</li>'
        for year in (2024, 2021, 2020)
    )
    site.page("/nb/", f'<ul>{rows}</ul><script>createPageHTML(1, 0, "index", "html");</script>')
    site.page("/nb/2024.html", "<p>x</p>")
    site.page("/nb/2021.html", "<p>x</p>")
    summary = run_job(replace(job, since=2021))
    assert site.asked() == ["/robots.txt", "/nb/", "/nb/2024.html", "/nb/2021.html"]
    assert summary.complete


def test_a_plan_asks_for_nothing_and_writes_nothing(site: Any, job: Job, portal: Portal) -> None:
    first = plan(job)
    assert [column.url for column in first.portals[portal.slug].columns] == ["http://www.a.test/nb/"]
    assert not first.empty
    assert site.log == []
    assert not job.archive.exists()
