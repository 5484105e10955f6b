"""The pace as the server sees it: delay and concurrency of every host, and of hosts that share an address."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from archive.clock import SimulatedClock
from crawler.declarations import Portal, load_portal
from crawler.run import Job, run_job
from crawler.samples import SampleServer, ServedRequest, World

EARLY = 0.03
"""Seconds: a request that needed a new connection arrives so much later than it was sent, and the next seems early."""


@pytest.fixture(scope="module")
def world() -> World:
    return World(units=6, years=(2023, 2024), plant={})


def crawl(world: World, path: Path, *, delay: float, served_in: float, **settings: object) -> list[ServedRequest]:
    """Crawl the world whole and return the server's log in order of arrival."""
    clock = SimulatedClock(world.date_of(1))
    portals: tuple[Portal, ...] = tuple(load_portal(text) for text in world.declarations().values())
    with SampleServer(world, clock.now, delay=served_in) as server:
        job = Job(path, portals, clock, server.authorities, delay=delay, sample=True)
        assert run_job(replace(job, settings=settings)).complete
        return sorted(server.log, key=lambda asked: asked.at)


def gaps(log: list[ServedRequest]) -> list[float]:
    return [later.at - sooner.at for sooner, later in pairwise(log)]


def test_between_two_requests_to_a_host_lies_its_delay_and_between_two_to_an_address_its_own(
    world: World, tmp_path: Path
) -> None:
    # a busy machine notes an arrival late, and the gap behind it looks too short: a crawl that is too quick is so each time
    for attempt in range(3):
        log = crawl(world, tmp_path / str(attempt), delay=0.3, served_in=0.02, ADDRESS_DELAY=0.15)
        hosts: defaultdict[str, list[ServedRequest]] = defaultdict(list)
        for asked in log:
            hosts[asked.host].append(asked)
        assert len(hosts) == 3
        assert any(one.host != other.host for one, other in pairwise(log))
        # the ucap portal's robots.txt wants half a second; its robots.txt itself was asked before that was known
        wanted = {portal.host: 0.5 if portal.family == "ucap" else 0.3 for portal in world.portals}
        kept = {host: min(gaps(hosts[host])) >= least - EARLY for host, least in wanted.items()}
        kept["all three, which stand for one address"] = min(gaps(log)) >= 0.15 - EARLY
        if all(kept.values()):
            break
    assert all(kept.values()), kept


@pytest.mark.parametrize("at_once", [1, 2])
def test_without_a_delay_one_request_is_under_way_to_a_host_and_so_many_to_an_address(
    world: World, tmp_path: Path, at_once: int
) -> None:
    served_in = 0.1
    log = crawl(world, tmp_path, delay=0, served_in=served_in, ADDRESS_CONCURRENCY=at_once)
    for portal in world.portals:
        assert min(gaps([asked for asked in log if asked.host == portal.host])) >= served_in - EARLY
    under_way = [sum(asked.at <= one.at < asked.at + served_in - EARLY for asked in log) for one in log]
    assert max(under_way) == at_once
