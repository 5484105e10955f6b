"""A crawl of a real server: what is asked, what is recorded, and what is never done."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from typing import Any

import pytest

from archive.clock import SimulatedClock
from archive.store import Archive
from crawler.declarations import Portal
from crawler.frontier import column_item
from crawler.run import CrawlEvent, CrawlProcessError, Job, crawl, run_job
from parsers.errors import ArchiveLockedError, UsageError

HOST = "www.a.test"
LIST = f"http://{HOST}/nb/"


@contextmanager
def trap(port: int = 0) -> Iterator[socket.socket]:
    """A socket on loopback that nobody may connect to: the test fails if anybody does."""
    with socket.create_server(("127.0.0.1", port)) as listening:
        listening.settimeout(0)
        yield listening
        with pytest.raises(BlockingIOError):
            listening.accept()


def links(*names: str) -> str:
    """A TRS list of reports with these names."""
    rows = "".join(
        f'<li><a href="/nb/202503/t20250312_{name}.html" title="某某局2024年政府信息公开工作年度报告">某</a>2025-03-12</li>'
        for name in names
    )
    return f'<html><ul>{rows}</ul><script>createPageHTML(1, 0, "index", "html");</script></html>'


def path(name: str) -> str:
    return f"/nb/202503/t20250312_{name}.html"


def test_a_second_crawl_asks_only_for_what_has_changed(
    site: Any, job: Job, captured: Any, clock: SimulatedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with trap() as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        paths = site.column(3)
        site.page("/nb/", links("1", "2", "3"), ETag='"list"')
        site.page(paths[0], "<html>报告</html>", ETag='"a"', Last_Modified="Wed, 12 Mar 2025 00:00:00 GMT")
        events: list[CrawlEvent] = []
        first = run_job(job, events.append)
        assert first.complete
        assert first.captures == {"ok": 5}
        assert first.listings == {LIST: "complete"}
        assert site.asked() == ["/robots.txt", "/nb/", *paths]
        assert [(event.kind, event.pending, event.done) for event in events] == [
            ("robots", 1, 0),
            ("list", 3, 1),
            ("report", 2, 2),
            ("report", 1, 3),
            ("report", 0, 4),
        ]
        site.log.clear()
        clock.move_to(clock.now() + timedelta(days=1))
        second = run_job(replace(job, clock=clock))
    assert second.run_id != first.run_id
    assert second.captures == {"not_modified": 2, "ok": 3}
    assert second.listings == {LIST: "complete"}
    asked = {path: headers for _, path, headers in site.log}
    assert asked["/nb/"]["If-None-Match"] == '"list"'
    assert asked[paths[0]]["If-None-Match"] == '"a"'
    assert asked[paths[0]]["If-Modified-Since"] == "Wed, 12 Mar 2025 00:00:00 GMT"
    assert "If-None-Match" not in asked[paths[1]]
    assert "Cookie" not in asked[paths[1]]
    assert ("/nb/", "not_modified", 304, None, None) in captured()


def test_robots_txt_and_its_pace_are_kept_and_a_retry_is_a_capture_too(site: Any, job: Job, captured: Any) -> None:
    site.page("/robots.txt", f"User-agent: *\nDisallow: {path('2')}\nCrawl-delay: 0.4\n")
    site.column(3)
    served = site.pages[path("1")]

    def fail_once(handler: BaseHTTPRequestHandler) -> None:
        site.pages[path("1")] = served
        handler.send_response(503)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    site.pages[path("1")] = fail_once
    summary = run_job(replace(job, settings={**job.settings, "RETRY_TIMES": 2}))
    assert sorted(site.asked()) == sorted(["/robots.txt", "/nb/", path("1"), path("1"), path("3")])
    assert (path("2"), "robots", None, None, '{"code":"robots_forbids"}') in captured()
    assert [row[1:3] for row in captured() if row[0] == path("1")] == [("http_error", 503), ("ok", 200)]
    assert not summary.complete
    assert len(summary.findings) == 1
    assert "robots.txt forbids it" in summary.findings[0].message
    assert all(later - sooner >= 0.35 for sooner, later in pairwise(site.times))


def test_where_robots_txt_cannot_be_had_nothing_is_fetched(site: Any, job: Job, captured: Any) -> None:
    site.column(3)
    site.page("/robots.txt", "down", status=503)
    summary = run_job(job)
    assert site.asked() == ["/robots.txt"]
    assert summary.listings == {LIST: "partial"}
    assert [row[:2] for row in captured()] == [("/robots.txt", "http_error"), ("/nb/", "robots")]


def trap_port_80(stack: ExitStack) -> None:
    """Where we may listen on port 80 of loopback, see that nobody comes there."""
    try:
        stack.enter_context(trap(80))
    except PermissionError:
        return


def test_every_way_a_fetch_can_end_is_recorded_as_what_it_was(
    site: Any, job: Job, portal: Portal, captured: Any
) -> None:
    def cut(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n<html>only this")
        handler.close_connection = True

    def hang(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(6)

    def drop(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True

    page = links(*(str(n) for n in range(1, 17)))
    page = page.replace(path("15"), f"http://inner.gov.cn{path('15')}")
    page = page.replace(path("16"), f"http://www.zwinkt.com{path('16')}")
    site.page("/nb/", page)
    with trap() as inner, ExitStack() as stack:
        trap_port_80(stack)
        port = inner.getsockname()[1]
        site.page(path("1"), gzip.compress("<html>压缩</html>".encode()), Content_Encoding="gzip")
        site.page(path("2"), "gone", status=410)
        site.page(path("3"), "down", status=500)
        site.pages[path("4")] = cut
        site.pages[path("5")] = hang
        site.pages[path("6")] = drop
        site.page(path("7"), b"x" * 300_000)
        site.page(path("8"), gzip.compress(b"x" * 300_000), Content_Encoding="gzip")
        site.page(path("9"), b"not gzip", Content_Encoding="gzip")
        site.page(path("10"), status=302, Location="/moved.html")
        site.page("/moved.html", gzip.compress("<html>压缩</html>".encode()), Content_Encoding="gzip")
        site.page(path("11"), status=302, Location=path("11"))
        site.page(path("12"), status=302, Location=f"http://127.0.0.1:{port}/")
        site.page(path("13"), status=301, Location=f"http://inner.gov.cn:{port}/")
        site.page(path("14"), status=302, Location="http://www.nowhere.test/")
        told = replace(
            job,
            portals=(replace(portal, hosts=(HOST, "inner.gov.cn")),),
            names={"inner.gov.cn": ("127.0.0.1",)},
            settings={**job.settings, "DOWNLOAD_MAXSIZE": 100_000},
        )
        summary = run_job(told)
    outcomes = {path: (outcome, status) for path, outcome, status, _, _ in captured()}
    assert outcomes[path("1")] == ("ok", 200)
    assert outcomes[path("2")] == ("not_found", 410)
    assert outcomes[path("3")] == ("http_error", 500)
    assert outcomes[path("4")] == ("truncated", 200)
    assert outcomes[path("5")] == ("timeout", None)
    assert outcomes[path("6")] == ("refused", None)
    assert outcomes[path("7")] == ("too_large", None)
    assert outcomes[path("8")] == ("too_large", None)
    assert outcomes[path("9")] == ("truncated", None)
    assert outcomes[path("11")] == ("http_error", None)
    assert outcomes[f"http://127.0.0.1:{port}/"] == ("guard", None)
    assert outcomes[f"http://inner.gov.cn:{port}/"] == ("guard", None)
    assert outcomes["http://www.nowhere.test/"] == ("guard", None)
    assert outcomes[f"http://inner.gov.cn{path('15')}"] == ("guard", None)
    assert "127.0.0.1, which is not a public address" in " ".join(one.message for one in summary.findings)
    assert f"http://www.zwinkt.com{path('16')}" not in outcomes
    assert "www.zwinkt.com is not a declared host" in " ".join(one.message for one in summary.findings)
    assert summary.listings == {LIST: "complete"}
    assert not summary.complete
    with Archive.open(job.archive, job.clock) as archive:
        row = archive.db.execute(
            "SELECT * FROM capture WHERE url = ? AND redirects != '[]'",
            (f"http://{HOST}/moved.html",),
        ).fetchone()
        assert archive.get_body(row["body_sha256"]) == "<html>压缩</html>".encode()
        assert row["redirects"] == f'["http://{HOST}{path("10")}"]'
        assert archive.runs.pending(summary.run_id) == []


def test_a_host_that_answers_with_a_challenge_is_left_alone_for_the_rest_of_the_run(
    site: Any, job: Job, captured: Any
) -> None:
    paths = site.column(30)
    site.page(paths[4], "<script>$_ts={}</script>", status=412)
    summary = run_job(job)
    assert site.asked() == ["/robots.txt", "/nb/", *paths[:5]]
    assert captured()[-1] == (paths[4], "http_error", 412, "challenge", "ruishu")
    assert summary.listings == {LIST: "complete"}
    assert not summary.complete
    assert any("25 requests skipped: bot challenge (ruishu)" in finding.message for finding in summary.findings)
    with Archive.open(job.archive, job.clock) as archive:
        assert archive.runs.start("crawl") != (summary.run_id, True)  # ended: a later run tries again


def test_a_run_cut_off_on_another_portal_is_closed_and_a_limit_leaves_the_rest_for_the_next_call(
    site: Any, job: Job, portal: Portal
) -> None:
    other = replace(portal, slug="sample-b")
    with Archive.open(job.archive, job.clock, create=True, sample=True) as archive:
        cut_off, _ = archive.runs.start("crawl")
        archive.runs.add(cut_off, [column_item(other, other.columns[0])])
    paths = site.column(5)
    first = run_job(replace(job, limit=2))
    assert first.run_id != cut_off
    assert not first.resumed
    assert any("1 requests skipped: portal sample-b was not crawled" in finding.message for finding in first.findings)
    assert not first.complete
    second = run_job(job)
    assert second.resumed
    assert second.run_id == first.run_id
    assert second.complete
    assert [path for path in site.asked() if path != "/robots.txt"] == ["/nb/", *paths]


def test_an_archive_that_another_run_holds_is_left_alone(site: Any, job: Job) -> None:
    with (
        Archive.open(job.archive, job.clock, create=True, sample=True) as archive,
        archive.lock(),
        pytest.raises(ArchiveLockedError),
    ):
        run_job(job)
    assert site.log == []


def test_an_error_of_our_own_code_ends_the_crawl_and_keeps_the_run_open(site: Any, job: Job, portal: Portal) -> None:
    site.column(3)
    with pytest.raises(ZeroDivisionError):
        run_job(job, lambda event: 1 // 0)  # type: ignore[arg-type, return-value]
    with pytest.raises(CrawlProcessError, match="KeyError: 'none'"):
        run_job(replace(job, portals=(replace(portal, family="none"),)))
    with Archive.open(job.archive, job.clock) as archive:
        run_id, resumed = archive.runs.start("crawl")
        assert resumed
        assert archive.runs.pending(run_id)


def test_a_real_portal_is_not_crawled_without_a_contact(job: Job, portal: Portal) -> None:
    real = replace(portal, sample=False, hosts=("www.nowhere.gov.cn",))
    with pytest.raises(UsageError, match="--contact") as error:
        crawl(job.archive, [real], job.clock)
    assert error.value.exit_status == 2
    assert not job.archive.exists()


def test_samples_and_real_portals_do_not_meet(job: Job, portal: Portal) -> None:
    with pytest.raises(UsageError, match="must not meet"):
        crawl(job.archive, [portal], job.clock, user_agent_contact="me@example.org")
    with pytest.raises(UsageError, match="no portal"):
        crawl(job.archive, [], job.clock)
