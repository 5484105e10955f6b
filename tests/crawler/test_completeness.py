"""What a list that changed tells, and what the coverage says of years that nobody published, in January and in May."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from archive.captures import Capture, Listing
from archive.clock import SimulatedClock
from archive.crawls.coverage import coverage
from archive.crawls.runs import FrontierItem
from archive.store import Archive
from crawler.closing import close_run
from crawler.declarations import Column, Portal
from crawler.run import CrawlSummary

LIST = "http://www.a.test/nb/"
TITLE = "某某市财政局{year}年政府信息公开工作年度报告"


@pytest.fixture
def archive(tmp_path: Any, clock: SimulatedClock) -> Any:
    with Archive.open(tmp_path / "archive", clock, create=True, sample=True) as archive:
        yield archive


@pytest.fixture
def read(archive: Archive, portal: Portal, clock: SimulatedClock) -> Callable[..., CrawlSummary]:
    """Return a function that ends a run, a day later, in which the column listed reports on these years."""

    def end(*titles: str, unit: str = "", completeness: Any = "complete") -> CrawlSummary:
        clock.move_to(clock.now() + timedelta(days=1))
        run, _ = archive.runs.start("crawl")
        rows = tuple((f"{LIST}{number}.html", title, None) for number, title in enumerate(titles))
        archive.record_listing(Listing(portal.slug, LIST, clock.now(), completeness, None, None, rows), run)
        told = replace(portal, columns=(Column(LIST, unit, date(2025, 4, 1)),))
        return close_run(archive, run, {portal.slug: told}, [], {}, [], resumed=False)

    return end


def codes(summary: CrawlSummary) -> list[str]:
    return [found.code for found in summary.findings]


def reports(*years: int) -> list[str]:
    return [TITLE.format(year=year) for year in years]


def test_a_list_that_shrinks_is_a_finding_with_both_counts(read: Any) -> None:
    assert codes(read(*reports(2024, 2023, 2022))) == []
    assert codes(read(*reports(2024, 2023, 2022))) == []
    summary = read(*reports(2024))
    assert codes(summary) == ["list_shrank"]
    assert summary.findings[0].message == f"{LIST}: the list had 3 rows on 2025-04-12 and has 1 now"
    assert summary.findings[0].message_zh == f"{LIST}：列表在 2025-04-12 有 3 条，现有 1 条"
    assert codes(read(*reports(2024, 2023))) == []


def test_a_list_that_is_empty_where_it_had_reports_asks_whether_the_column_moved(read: Any) -> None:
    read(*reports(2024, 2023))
    assert codes(read(completeness="unknown")) == ["list_emptied"]


def test_a_list_that_was_not_read_whole_is_not_said_to_shrink(read: Any) -> None:
    read(*reports(2024, 2023))
    assert codes(read(*reports(2024), completeness="partial")) == []


def test_rows_on_years_that_cannot_be_and_of_other_bodies_are_findings(read: Any) -> None:
    assert codes(read(*reports(2024))) == []
    assert codes(read(*reports(2031))) == ["list_names_odd_year"]
    assert codes(read(*reports(2007))) == ["list_names_odd_year"]
    assert codes(read(*reports(2024), unit="某某市财政局")) == []
    assert codes(read("市财政局2024年政府信息公开工作年度报告", unit="某某市财政局")) == []
    (found,) = read(*reports(2024), unit="某某市教育局").findings
    assert found.code == "list_names_other_unit"
    assert "某某市教育局" in found.message


@pytest.mark.parametrize(
    ("at", "states"),
    [
        ("2025-01-20", {2022: "missing", 2023: "not_crawled", 2024: "not_yet_due"}),
        ("2025-02-01", {2022: "missing", 2023: "not_crawled", 2024: "missing"}),
    ],
)
def test_a_year_is_missing_only_when_it_is_due_and_every_list_was_read(
    archive: Archive, portal: Portal, at: str, states: dict[int, str]
) -> None:
    """One body is known from its list alone, by two reports of which one was not asked for and one was gone."""
    clock = SimulatedClock(datetime.fromisoformat(at).replace(tzinfo=UTC))
    archive.clock = clock
    run, _ = archive.runs.start("crawl")
    context = {"column": LIST, "unit": "", "title": TITLE.format(year=2023)}
    archive.runs.add(run, [FrontierItem("1", "report", portal.slug, f"{LIST}1.html", context)])
    rows = ((f"{LIST}1.html", TITLE.format(year=2023), None),)
    archive.record_listing(Listing(portal.slug, LIST, clock.now(), "complete", None, 1, rows), run)
    old = {**context, "title": TITLE.format(year=2022)}
    archive.runs.add(run, [FrontierItem("2", "report", portal.slug, f"{LIST}2.html", old)])
    archive.record_capture(
        Capture(f"{LIST}2.html", clock.now(), "report", "not_found", 404, portal=portal.slug, context=old), run
    )
    (row,) = coverage(archive)
    assert row.unit == "某某市财政局"
    assert row.years == states
