"""Faults of the network, planted one by one: the run ends, the rest is whole, the fault has its reason in the status,
and nothing wrong comes into the archive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from archive.clock import SimulatedClock
from archive.crawls.coverage import coverage, portal_health
from archive.reading.readings import read_captures
from archive.store import Archive
from crawler.declarations import load_portal
from crawler.run import CrawlSummary, Job, run_job
from crawler.samples import SampleReport, SampleServer, World

SETTINGS = {"DOWNLOAD_TIMEOUT": 3, "DOWNLOAD_MAXSIZE": 8_000_000}


@pytest.fixture(scope="module")
def world() -> World:
    """Two portals of two bodies with two reports each, without quirks."""
    return World.of_families("trs", "ucap", units=2, years=(2023, 2024))


@dataclass(frozen=True)
class Crawled:
    """What a crawl in trouble came to."""

    world: World
    archive: Archive
    server: SampleServer
    summary: CrawlSummary

    def outcomes(self, url: str) -> list[tuple[str, int | None]]:
        """Return (outcome, status) of every capture that began at `url`."""
        rows = self.archive.db.execute(
            "SELECT outcome, status FROM capture WHERE url = ? OR redirects LIKE ? ORDER BY rowid", (url, f'["{url}"%')
        )
        return [tuple(row) for row in rows]

    def states(self, report: SampleReport) -> str:
        """Return what the status shows for a report."""
        (row,) = [one for one in coverage(self.archive) if one.unit.endswith(report.unit)]
        return row.years[report.year]

    def read(self) -> set[str]:
        """Return the addresses that carried a report, after holding every cell of theirs against the truth."""
        truths = {report.url: report for report in self.world.reports}
        urls = set()
        for url, reading in self.archive.db.execute(
            "SELECT d.url, v.reading_id FROM document d JOIN version v ON v.document_id = d.id"
        ).fetchall():
            urls.add(url)
            cells = {
                (row["table"], row["row"], row["column"]): row["value"]
                for row in self.archive.db.execute("SELECT * FROM cell WHERE reading_id = ?", (reading,))
                if row["state"] == "value" and row["trust"] in ("verified", "stated")
            }
            truth = truths[url].cells
            assert {key: value for key, value in cells.items() if truth[key] != ("value", value)} == {}
        return urls


Run = Callable[..., Crawled]


@pytest.fixture
def run(world: World, tmp_path: Path, request: pytest.FixtureRequest) -> Run:
    """Return a function that crawls the world with troubles and reads what came."""

    usual = world

    def crawl(troubles: Mapping[str, str] | None = None, world: World = usual, **server: Any) -> Crawled:
        clock = SimulatedClock(world.date_of(1))
        portals = tuple(load_portal(text) for text in world.declarations().values())
        planted = {_address(url): name for url, name in (troubles or {}).items()}
        serving = SampleServer(world, clock.now, troubles=planted, **server)
        serving.__enter__()
        request.addfinalizer(lambda: serving.__exit__(None, None, None))
        job = Job(tmp_path / "archive", portals, clock, serving.authorities, delay=0, sample=True)
        summary = run_job(replace(job, settings=SETTINGS))
        archive = Archive.open(job.archive, clock)
        request.addfinalizer(archive.close)
        read_captures(archive)
        return Crawled(world, archive, serving, summary)

    return crawl


def _address(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.netloc, parts.path


PAGES = [
    ("reset", ("truncated", 200), "partial"),
    ("cut", ("truncated", 200), "partial"),
    ("wrong_length", ("truncated", 200), "partial"),
    ("drip", ("timeout", None), "host_down:timeout"),
    ("endless", ("too_large", None), "unreadable"),
    ("error", ("http_error", 500), "host_down:http_500"),
    ("loop", ("http_error", None), "host_down:redirects"),
    ("private", ("guard", None), "not_crawled"),
    ("bomb", ("too_large", None), "unreadable"),
    ("forbidden", ("http_error", 403), "blocked"),
]


def test_every_fault_of_a_page_has_its_own_reason_and_the_rest_is_whole(tmp_path: Path, run: Run) -> None:
    """All in one crawl, each on a page of its own; a good page lies between two, so that no host counts as down."""
    world = World.of_families("trs", "ucap", units=4, years=(2020, 2021, 2022, 2023, 2024))
    reports = [one for portal in world.portals for one in portal.reports]
    spoilt = dict(zip((report.url for report in reports[::3]), PAGES, strict=False))
    assert len(spoilt) == len(PAGES)
    crawled = run({url: trouble for url, (trouble, _, _) in spoilt.items()}, world=world)
    assert {url: crawled.outcomes(url)[-1] for url in spoilt} == {
        url: outcome for url, (_, outcome, _) in spoilt.items()
    }
    states = {report.url: crawled.states(report) for report in reports}
    assert {url: states[url] for url in spoilt} == {url: hole for url, (_, _, hole) in spoilt.items()}
    assert crawled.read() == {report.url for report in reports} - set(spoilt)
    assert {states[report.url] for report in reports if report.url not in spoilt} <= {"published", "late"}
    assert crawled.summary.ended
    assert not crawled.summary.complete
    assert sorted(found.code for found in crawled.summary.findings) == ["page_not_got"] * len(PAGES)


@pytest.mark.slow
@pytest.mark.parametrize(("trouble", "outcome", "hole"), PAGES)
def test_one_page_in_trouble_has_its_reason_and_harms_no_other(
    run: Run, world: World, trouble: str, outcome: tuple[str, int | None], hole: str
) -> None:
    spoilt = world.portals[0].reports[1]
    crawled = run({spoilt.url: trouble})
    outcomes = crawled.outcomes(spoilt.url)
    assert outcomes[-1] == outcome
    assert crawled.read() == {report.url for report in world.reports} - {spoilt.url}
    assert crawled.states(spoilt) == hole
    assert {crawled.states(report) for report in world.reports if report != spoilt} <= {"published", "late"}
    assert set(crawled.summary.listings.values()) == {"complete"}
    assert crawled.summary.ended
    assert not crawled.summary.complete
    assert [found.code for found in crawled.summary.findings] == ["page_not_got"]
    (health,) = [one for one in portal_health(crawled.archive) if one.pages]
    assert health.pages == {hole: 1}


@pytest.mark.parametrize("own_name", [True, False])
def test_a_certificate_that_nobody_signed_or_for_another_name_is_not_trusted(
    run: Run, world: World, own_name: bool
) -> None:
    spoilt = world.portals[0].reports[1]
    crawled = run({spoilt.url: "to_https"}, certified=[spoilt.host if own_name else "www.elsewhere.test"])
    assert crawled.outcomes(f"https://{spoilt.host}/robots.txt") == [("tls", None)]
    assert crawled.states(spoilt) == "host_down:tls"
    assert crawled.read() == {report.url for report in world.reports} - {spoilt.url}
    assert not crawled.summary.complete
    sick = next(one for one in portal_health(crawled.archive) if one.portal == world.portals[0].slug)
    assert list(sick.left_alone) == [f"{spoilt.host}:443"]


def test_what_came_of_a_broken_answer_is_kept_and_never_read(run: Run, world: World) -> None:
    spoilt = world.portals[0].reports[1]
    crawled = run({spoilt.url: "cut"})
    rows = crawled.archive.db.execute("SELECT body_sha256, body_size FROM capture WHERE url = ?", (spoilt.url,))
    kept = [tuple(row) for row in rows]
    assert len(kept) == 1  # three tries at one instant of the simulated clock
    assert kept[0][1] > 1000
    assert crawled.archive.get_body(kept[0][0]).startswith(b"<!DOCTYPE")
    assert sum(asked.path == urlsplit(spoilt.url).path for asked in crawled.server.log) == 3
    readings = crawled.archive.db.execute("SELECT count(*) FROM reading WHERE url = ?", (spoilt.url,)).fetchone()
    assert readings[0] == 0


@pytest.mark.parametrize("trouble", ["error_burst", "too_many_for_a_second", "busy_for_a_second", "wrong_charset"])
def test_a_fault_that_passes_leaves_nothing_behind(run: Run, world: World, trouble: str) -> None:
    spoilt = world.portals[0].reports[1]
    crawled = run({spoilt.url: trouble})
    assert crawled.outcomes(spoilt.url)[-1] == ("ok", 200)
    assert crawled.read() == {report.url for report in world.reports}
    assert crawled.summary.complete
    if trouble.endswith("for_a_second"):
        times = [asked.at for asked in crawled.server.log if asked.host == spoilt.host]
        spoilt_at = next(a.at for a in crawled.server.log if a.path == urlsplit(spoilt.url).path)
        after = [at for at in times if at > spoilt_at]
        assert min(after) - spoilt_at >= 0.95  # the whole host was left in peace


@pytest.mark.parametrize(
    ("trouble", "hole"),
    [
        ("challenge", "challenge"),
        ("forbidden_here", "blocked_geo"),
        ("too_many", "not_crawled"),
        ("too_many_until_tomorrow", "not_crawled"),
    ],
)
def test_a_host_that_refuses_us_on_the_third_page_is_left_alone_and_the_other_is_not(
    run: Run, world: World, trouble: str, hole: str
) -> None:
    host = world.portals[0].host
    third = world.portals[0].reports[1]
    crawled = run({third.url: trouble})
    asked = [one for one in crawled.server.log if one.host == host]
    at = next(i for i, one in enumerate(asked) if one.path == urlsplit(third.url).path)
    assert asked[at + 1 :] == []
    assert crawled.states(third) == hole
    had = crawled.read()
    not_had = [report for report in world.portals[0].reports if report.url not in had]
    assert {crawled.states(report) for report in not_had} == {hole}
    assert {report.url for other in world.portals[1:] for report in other.reports} <= had
    assert crawled.summary.ended
    assert not crawled.summary.complete
    sick = next(one for one in portal_health(crawled.archive) if one.portal == world.portals[0].slug)
    assert list(sick.left_alone) == [f"{host}:80"]


def test_a_challenge_on_a_list_makes_it_partial_for_that_reason(run: Run, world: World) -> None:
    portal = world.portals[0]
    column = f"http://{portal.host}{portal.columns[0].path}"
    crawled = run({column: "challenge"})
    sick = next(one for one in portal_health(crawled.archive) if one.portal == portal.slug)
    assert {state.completeness for state in sick.columns} == {"partial"}
    assert {state.reason.hole for state in sick.columns if state.reason} == {"challenge"}
    assert crawled.read() == {report.url for other in world.portals[1:] for report in other.reports}


def test_a_host_whose_robots_txt_fails_is_not_asked_for_more(run: Run, world: World) -> None:
    portal = world.portals[0]
    crawled = run({f"http://{portal.host}/robots.txt": "error"})
    assert {one.path for one in crawled.server.log if one.host == portal.host} == {"/robots.txt"}
    sick = next(one for one in portal_health(crawled.archive) if one.portal == portal.slug)
    assert {state.reason.hole for state in sick.columns if state.reason} == {"robots"}
    assert crawled.read() == {report.url for other in world.portals[1:] for report in other.reports}


def test_a_host_that_refuses_connections_is_down_and_the_other_is_whole(run: Run, world: World) -> None:
    portal = world.portals[0]
    crawled = run(down={portal.host})
    sick = next(one for one in portal_health(crawled.archive) if one.portal == portal.slug)
    assert {state.reason.hole for state in sick.columns if state.reason} == {"host_down:refused"}
    assert crawled.read() == {report.url for other in world.portals[1:] for report in other.reports}
    assert not crawled.summary.complete
    assert "the host is down (refused)" in " ".join(found.message for found in crawled.summary.findings)
    assert "主机无法访问（refused）" in " ".join(found.message_zh for found in crawled.summary.findings)
