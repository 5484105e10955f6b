"""The sample portals of the CMS families are crawled with their paging traps: nothing missing, nothing twice, no list whole
that is not."""

from __future__ import annotations

import html
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from archive.clock import SimulatedClock
from archive.store import Archive
from crawler.declarations import Portal, load_portal
from crawler.families import Page, detect
from crawler.run import CrawlSummary, Job, crawl, run_job
from crawler.samples import SampleServer, ServedRequest, World
from crawler.samples.families import jcms, trs

from .conftest import Site

FAMILIES = ("trs", "trs_fujian", "nfcms", "gkmlpt", "jcms", "jpaas", "truecms")
PORTALS = 9
NOT_MET = {
    trs.OVERSTATED: "page 3 has no rows",
    jcms.CAPPED: "the list states 2 rows, 3 were found",
}
"""Columns whose source states what is not so: all their reports are found, and the list is not called complete."""


@pytest.fixture(scope="module")
def world() -> World:
    """Seven bodies a portal, so that each variant has a column; two reports of each kind stand in a file."""
    files = {
        "listed_pdf": [(at, 2022) for at in range(PORTALS)],
        "cover_letter": [(at, 2023) for at in range(PORTALS)],
    }
    return World.of_families(*FAMILIES, units=7, years=(2022, 2023, 2024), plant=files)


@pytest.fixture(scope="module")
def crawled(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> tuple[CrawlSummary, list[tuple[str, str, str]], list[tuple[str, str, str | None]], list[ServedRequest]]:
    """Crawl once; return the summary, the captures (kind, url, context) and the entries of the listings, and the log."""
    clock = SimulatedClock(world.date_of(1))
    path: Path = tmp_path_factory.mktemp("archive")
    portals = [load_portal(text) for text in world.declarations().values()]
    with SampleServer(world, clock.now) as server:
        summary = crawl(path, portals, clock, authorities=server.authorities, delay=0, sample=True)
        log = list(server.log)
    with Archive.open(path, clock) as archive:
        captures = archive.db.execute("SELECT kind, url, outcome FROM capture").fetchall()
        entries = archive.db.execute("SELECT url, title, published FROM listing_entry").fetchall()
    return summary, [tuple(row) for row in captures], [tuple(row) for row in entries], log


def test_every_portal_of_the_families_is_played(world: World) -> None:
    assert Counter(portal.family for portal in world.portals) == Counter([*FAMILIES, "trs", "jcms"])
    assert len(world.portals) == PORTALS


def test_every_family_is_told_by_the_first_page_of_its_columns(world: World) -> None:
    for portal in world.portals:
        for column in portal.columns:
            answer = portal.answer("GET", column.path, {}, 0)
            url = f"http://{portal.host}{column.path}"
            told = detect(Page(url, answer.body, url, content_type=answer.content_type))
            # a page that shows no mark of its CMS has to be declared
            assert told == portal.family or column.style in (jcms.ANNUAL, jcms.IN_PAGE), url


def test_every_planted_report_is_found_and_none_twice(world: World, crawled) -> None:  # type: ignore[no-untyped-def]
    _, captures, _, log = crawled
    asked = Counter(url for kind, url, _ in captures if kind in ("report", "attachment"))
    planted = {report.url for portal in world.portals for report in portal.reports_at(0)}
    assert planted <= set(asked)
    assert set(asked.values()) == {1}
    assert {outcome for *_, outcome in captures} == {"ok"}
    letters = {other.url for portal in world.portals for other in portal.others}
    assert {url for kind, url, _ in captures if kind == "report"} - planted == letters
    assert [request for request in log if request.status >= 400] == []


def test_a_list_is_complete_where_the_source_s_total_is_met_and_only_there(world: World, crawled) -> None:  # type: ignore[no-untyped-def]
    summary, *_ = crawled
    expected = {
        f"http://{portal.host}{column.path}": "partial" if column.style in NOT_MET else "complete"
        for portal in world.portals
        for column in portal.columns
    }
    assert summary.listings == expected
    reasons = [finding.message.partition("partial: ")[2] for finding in summary.findings]
    assert sorted(reasons) == sorted(NOT_MET.values())


def test_titles_and_dates_of_lists_are_those_of_the_reports(world: World, crawled) -> None:  # type: ignore[no-untyped-def]
    _, _, entries, _ = crawled
    listed = {url: (title, published) for url, title, published in entries}
    for portal in world.portals:
        for column in portal.columns:
            for row in portal.rows(column, 0):
                title, published = listed.pop(row.url)
                assert title == html.unescape(title) == " ".join(row.title.split())
                assert published == row.published.isoformat()
    assert listed == {}


def test_no_page_is_asked_past_the_end_but_where_only_that_shows_the_end(crawled) -> None:  # type: ignore[no-untyped-def]
    *_, log = crawled
    lists = Counter((request.host, request.path) for request in log if request.method == "GET")
    assert max(lists.values()) == 1
    # 肇庆 answers its second page with 404, and 昆明 its first numbered one with page one
    assert [path for host, path in lists if host == "www.xijiang.test" and "/all/42?page=2" in path] == []
    assert [path for _, path in lists if path.startswith("/kunming/nb/index_")] == [
        "/kunming/nb/index_1.html",
        "/kunming/nb/index_2.html",
    ]


def test_two_bytes_in_place_of_an_answer_leave_the_list_partial_and_the_host_alone(
    job: Job, site: Site, portal: Portal
) -> None:
    row = '<dl><dd><a href="./202503/t20250312_1.htm">某局2024年政府信息公开年度报告</a></dd><dd>2025-03-12</dd></dl>'
    script = "<script>listModel({quickMode:'动静结合', pagebar:{recordCount:'20'}})</script>"
    site.page("/nb/", f"<meta charset=utf-8>{row}{script}")
    site.page("/nb/202503/t20250312_1.htm", "<p>x</p>")
    site.page("POST /fjdzapp/search", b"ok")
    summary = run_job(replace(job, portals=(replace(portal, family="trs_fujian"),)))
    assert summary.listings == {portal.columns[0].url: "partial"}
    assert any("page 2 was not got: bot challenge (two_byte_body)" in found.message for found in summary.findings)
    assert [path for _, path, _ in site.log] == ["/robots.txt", "/nb/", "/fjdzapp/search"]
