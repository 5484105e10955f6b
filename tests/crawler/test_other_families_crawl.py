"""Sample portals of the families are crawled whole: every report found once, every list judged by what it states itself.

Then what a portal does while it is read: a list numbered from its end that grows, files that want a code typed in.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from archive.clock import SimulatedClock
from archive.crawls.reasons import load_reason
from archive.store import Archive
from crawler.declarations import load_portal
from crawler.run import CrawlSummary, Job, crawl, run_job
from crawler.samples import SampleServer, World
from crawler.samples.families.vsb import CAPTCHA

FAMILIES = ("ucap_json", "vsb", "longxun", "epoint", "ilist", "generic", "single")
YEARS = (2022, 2023, 2024)

NOT_COMPLETE = {
    "http://www.hongta.test/InfoPublic.aspx?cid=1020&pid=971&page=1&kw=": (
        "partial",
        "page 2 repeats rows that were listed before",
    ),
    "http://www.xunyang.test/gongkai/nianbao.html": ("unknown", "the list states no total"),
    "http://www.wuling.test/robots.txt": ("unknown", "the list states no total"),
}
"""Lists that do not say how long they are, or do not answer what they announce."""


@pytest.fixture(scope="module")
def world() -> World:
    return World.of_families(*FAMILIES, years=YEARS, plant={"listed_pdf": [(10, 2023)]})


@pytest.fixture(scope="module")
def crawled(world: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[CrawlSummary, Path, SampleServer]:
    """Crawl all portals on the first day."""
    clock = SimulatedClock(world.date_of(1))
    path = tmp_path_factory.mktemp("families")
    portals = [load_portal(text) for text in world.declarations().values()]
    assert {portal.family for portal in portals} == set(FAMILIES)
    with SampleServer(world, clock.now) as server:
        summary = crawl(path, portals, clock, authorities=server.authorities, delay=0, sample=True)
        return summary, path, server


def test_every_report_is_found_and_none_twice(world: World, crawled: tuple[CrawlSummary, Path, SampleServer]) -> None:
    _, path, _ = crawled
    there = {report.url for portal in world.portals for report in portal.reports_at(0)}
    with Archive.open(path, SimulatedClock(world.date_of(1))) as archive:
        found = [
            row["url"]
            for row in archive.db.execute("SELECT url, outcome FROM capture WHERE kind = 'report'")
            if row["outcome"] == "ok"
        ]
    assert Counter(found) == Counter(there)


def test_each_list_is_complete_where_its_own_total_is_met(crawled: tuple[CrawlSummary, Path, SampleServer]) -> None:
    summary, path, _ = crawled
    with Archive.open(path, SimulatedClock(World().date_of(1))) as archive:
        rows = archive.db.execute(
            "SELECT url, completeness, reason, declared_total, found_total FROM listing"
        ).fetchall()
    said = {row["url"]: row["reason"] and str(load_reason(row["reason"])) for row in rows}
    assert {row["url"]: (row["completeness"], said[row["url"]]) for row in rows} == {
        url: NOT_COMPLETE.get(url, ("complete", None)) for url in summary.listings
    }
    assert all(row["declared_total"] in (None, row["found_total"]) for row in rows)


def test_files_come_for_whoever_comes_from_their_article(crawled: tuple[CrawlSummary, Path, SampleServer]) -> None:
    _, path, server = crawled
    files = [entry for entry in server.log if "download.jsp" in entry.path]
    assert files
    with Archive.open(path, SimulatedClock(World().date_of(1))) as archive:
        challenged = archive.db.execute("SELECT count(*) FROM capture WHERE verdict = 'challenge'").fetchone()[0]
        bodies = [
            archive.get_body(row["body_sha256"])
            for row in archive.db.execute("SELECT body_sha256 FROM capture WHERE url LIKE '%download.jsp%'")
        ]
    assert challenged == 0
    assert all(body.startswith(b"PK") for body in bodies)


def vsb_page(rows: list[int], number: int, pages: int) -> str:
    items = "".join(
        f'<li><a href="/info/1/{n}.htm" title="某局20{n + 10}年政府信息公开工作年度报告">某局…</a><span>2025-01-{n:02}</span></li>'
        for n in rows
    )
    stem = "" if number > 1 else "nb/"
    link = f'<span class="p_next p_fun"><a href="{stem}{pages - number}.htm">下页</a></span>' if number < pages else ""
    pager = f'<span class="p_pages">{link}</span><span class="p_t">{number}/{pages}</span>'
    return f'<ul>{items}</ul><div class="pb_sys_common">{pager}</div>'


def vsb_list(site: Any, last: int, size: int = 2) -> None:
    """Serve reports 1 to `last`, newest first, on pages numbered from the last."""
    numbers = list(range(last, 0, -1))
    pages = -(-last // size)
    for number in range(1, pages + 1):
        path = "/nb.htm" if number == 1 else f"/nb/{pages - number + 1}.htm"
        site.page(path, vsb_page(numbers[(number - 1) * size : number * size], number, pages))
    for number in numbers:
        site.page(f"/info/1/{number}.htm", f'<div id="vsb_content">{number}</div>')


@pytest.fixture
def vsb_job(job: Job) -> Job:
    """The job on a portal of VSB."""
    (portal,) = job.portals
    (column,) = portal.columns
    url = column.url.replace("/nb/", "/nb.htm")
    return replace(job, portals=(replace(portal, family="vsb", columns=(replace(column, url=url),)),))


def test_a_list_numbered_from_its_end_that_grows_while_it_is_read_is_not_called_whole_and_the_next_crawl_reads_it(
    site: Any, vsb_job: Job
) -> None:
    vsb_list(site, 6)
    first_page = site.pages["/nb.htm"]

    def grow(handler: BaseHTTPRequestHandler) -> None:
        vsb_list(site, 7)
        first_page(handler)

    site.pages["/nb.htm"] = grow
    summary = run_job(vsb_job)
    assert set(summary.listings.values()) == {"partial"}
    assert "the list states 4 pages, 3 were read" in " ".join(found.message for found in summary.findings)
    assert "/info/1/4.htm" not in site.asked()  # it slid past us
    summary = run_job(vsb_job)
    assert set(summary.listings.values()) == {"complete"}
    assert {f"/info/1/{number}.htm" for number in range(1, 8)} <= set(site.asked())


def test_a_file_that_wants_a_code_typed_in_is_a_challenge_and_the_host_is_left_alone(
    site: Any, vsb_job: Job, captured: Any
) -> None:
    vsb_list(site, 2)
    file = "/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=2"
    site.page("/info/1/2.htm", f'<div id="vsb_content"><a href="{file.replace("&", "&amp;")}">附件</a></div>')
    site.page(file, CAPTCHA.body)
    summary = run_job(vsb_job)
    assert (file, "ok", 200, "challenge", "vsb_captcha") in captured()
    assert not summary.complete
    assert any("bot challenge (vsb_captcha)" in found.message for found in summary.findings)


def test_each_document_that_stands_alone_is_a_list_of_its_own_and_a_missing_one_is_not_called_whole(
    site: Any, job: Job
) -> None:
    site.page("/2023.pdf", b"%PDF-1.4 not much")
    (portal,) = job.portals
    (column,) = portal.columns
    urls = [column.url.replace("/nb/", path) for path in ("/2023.pdf", "/2024.html")]
    columns = tuple(replace(column, url=url) for url in urls)
    summary = run_job(replace(job, portals=(replace(portal, family="single", columns=columns),)))
    assert summary.listings == {urls[0]: "complete", urls[1]: "partial"}
    assert f"{urls[1]}: the list is partial: not there (status 404)" in [found.message for found in summary.findings]
    assert site.asked() == ["/robots.txt", "/2023.pdf", "/2024.html"]
