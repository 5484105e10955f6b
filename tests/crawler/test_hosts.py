"""Hosts that refuse us rest for a growing time, hosts that are down for the run; the next run knows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from scrapy.http import Response

from archive.clock import SimulatedClock
from archive.crawls.reasons import reason
from archive.crawls.rests import authority_of
from archive.store import Archive
from crawler.hosts import FAILURES, REFUSALS, SLOW_DOWNS, Hosts
from crawler.politeness import retry_after, verdict_of

URL = "http://www.a.test/1.html"
NOW = datetime(2025, 4, 10, 4, tzinfo=UTC)


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(NOW)


@pytest.fixture
def archive(tmp_path: Path, clock: SimulatedClock) -> Iterator[Archive]:
    with Archive.open(tmp_path, clock, create=True, sample=True) as archive:
        yield archive


def run(archive: Archive) -> Hosts:
    """End the run before and begin another."""
    run_id, _ = archive.runs.start("crawl")
    archive.runs.end(run_id, {})
    run_id, _ = archive.runs.start("crawl")
    return Hosts(archive, run_id, archive.clock)


def challenged(hosts: Hosts) -> bool:
    hosts.answered(URL, 412, "challenge", "ruishu", None)
    return hosts.reason_to_skip(URL) is not None


def test_a_host_is_name_and_port() -> None:
    assert authority_of("http://www.a.test/x") == "www.a.test:80"
    assert authority_of("https://www.a.test/x") == "www.a.test:443"
    assert authority_of("http://www.a.test:8080/x") == "www.a.test:8080"


def test_each_challenge_rests_the_host_for_longer_and_a_quiet_month_is_forgiven(
    archive: Archive, clock: SimulatedClock
) -> None:
    for hours in (1, 6, 24, 168, 168):
        assert challenged(run(archive))
        clock.move_to(clock.now() + timedelta(hours=hours) - timedelta(seconds=1))
        assert run(archive).reason_to_skip(URL) is not None
        clock.move_to(clock.now() + timedelta(seconds=1))
        assert run(archive).reason_to_skip(URL) is None
    clock.move_to(clock.now() + timedelta(days=31))
    assert challenged(run(archive))
    clock.move_to(clock.now() + timedelta(hours=1))
    assert run(archive).reason_to_skip(URL) is None


def test_a_rest_says_why_and_until_when_in_both_languages(archive: Archive) -> None:
    hosts = run(archive)
    challenged(hosts)
    why = hosts.reason_to_skip(URL)
    assert why is not None
    assert why.hole == "challenge"
    assert why.text("en") == "bot challenge (ruishu); the host is left alone until 2025-04-10T05:00:00Z"
    assert why.text("zh") == "人机验证（ruishu）；在 2025-04-10T05:00:00Z 之前不再请求该主机"
    assert hosts.reason_to_skip("https://www.a.test/1.html") is None  # another port is another host
    assert hosts.reason_to_skip("http://www.b.test/1.html") is None


@pytest.mark.parametrize("kind", ["dns", "refused", "timeout", "tls"])
def test_a_host_that_fails_again_and_again_is_down_for_the_run_and_no_longer(archive: Archive, kind: str) -> None:
    hosts = run(archive)
    for _ in range(FAILURES - 1):
        hosts.failed(URL, kind)  # type: ignore[arg-type]
    assert hosts.reason_to_skip(URL) is None
    hosts.failed(URL, kind)  # type: ignore[arg-type]
    assert hosts.reason_to_skip(URL) == reason("host_down", kind=kind)
    same = Hosts(archive, archive.runs.open("crawl") or "", archive.clock)
    assert same.reason_to_skip(URL) == reason("host_down", kind=kind)
    assert run(archive).reason_to_skip(URL) is None


def test_an_answer_in_between_closes_the_circuit_again(archive: Archive) -> None:
    hosts = run(archive)
    for status in [500] * (FAILURES - 1) + [200] + [500] * (FAILURES - 1):
        hosts.answered(URL, status, None, None, None)
    assert hosts.reason_to_skip(URL) is None
    hosts.answered(URL, 503, None, None, None)
    assert hosts.reason_to_skip(URL) == reason("host_down", kind="http_503")


def test_a_forbidden_page_is_a_page_and_several_in_a_row_are_a_refusal(archive: Archive) -> None:
    hosts = run(archive)
    for _ in range(REFUSALS - 1):
        hosts.answered(URL, 403, "blocked", "status", None)
    assert hosts.reason_to_skip(URL) is None
    hosts.answered(URL, 403, "blocked", "status", None)
    why = hosts.reason_to_skip(URL)
    assert why is not None
    assert why.hole == "blocked"
    assert run(archive).reason_to_skip(URL) is not None


def test_a_refusal_of_our_region_is_told_from_others_and_needs_no_second(archive: Archive) -> None:
    hosts = run(archive)
    hosts.answered(URL, 403, "blocked", "geo", None)
    why = hosts.reason_to_skip(URL)
    assert why is not None
    assert why.hole == "blocked_geo"


@pytest.mark.parametrize(
    ("status", "wait", "times", "rests"),
    [
        (429, None, 1, True),
        (429, 5.0, SLOW_DOWNS - 1, False),
        (429, 5.0, SLOW_DOWNS, True),
        (429, 3600.0, 1, True),
        (503, 5.0, 1, False),
        (503, 3600.0, 1, True),
    ],
)
def test_a_host_that_wants_to_be_asked_less_is(
    archive: Archive, status: int, wait: float | None, times: int, rests: bool
) -> None:
    hosts = run(archive)
    for _ in range(times):
        hosts.answered(URL, status, None, None, wait)
    assert (hosts.reason_to_skip(URL) is not None) == rests


def test_a_long_wait_holds_for_the_runs_to_come(archive: Archive, clock: SimulatedClock) -> None:
    run(archive).answered(URL, 503, None, None, 7200.0)
    clock.move_to(NOW + timedelta(hours=1, minutes=59))
    assert run(archive).reason_to_skip(URL) is not None
    clock.move_to(NOW + timedelta(hours=2))
    assert run(archive).reason_to_skip(URL) is None


def answer(status: int = 429, body: bytes = b"", **headers: str) -> Response:
    return Response(URL, status=status, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "120"}, 120),
        ({"Retry_After": " 7 "}, 7),
        ({"Retry_After": "Thu, 10 Apr 2025 04:01:00 GMT"}, 60),
        ({"Retry_After": "Thu, 10 Apr 2025 05:00:30 GMT", "Date": "Thu, 10 Apr 2025 05:00:00 GMT"}, 30),
        ({"Retry_After": "Thu, 10 Apr 2025 03:00:00 GMT"}, 0),
        ({"Retry_After": "soon"}, None),
        ({"Retry_After": "-5"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_seconds_or_a_date_by_the_hosts_own_clock(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(answer(**headers), NOW) == seconds


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (412, b"", ("challenge", "ruishu")),
        (403, b"Forbidden", ("blocked", "status")),
        (403, b"<p>reason:GeoBL</p>", ("blocked", "geo")),
        (200, b"<p>reason:GeoBL</p>", ("blocked", "geo")),
        (451, b"", ("blocked", "status")),
        (200, b"<p>report</p>" + b" " * 100_000 + b"GeoBL", (None, None)),
        (404, b"", (None, None)),
        (500, b"", (None, None)),
    ],
)
def test_a_refusal_is_told_from_a_challenge(status: int, body: bytes, verdict: tuple[str | None, str | None]) -> None:
    assert verdict_of(answer(status, body)) == verdict
