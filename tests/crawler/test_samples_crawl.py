"""The sample portals are crawled whole: every report of the day found once, every list complete, robots.txt kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.clock import SimulatedClock
from archive.store import Archive
from crawler.declarations import load_portal
from crawler.run import crawl
from crawler.samples import SampleServer, World


@pytest.fixture(scope="module")
def world() -> World:
    return World(units=9, years=(2022, 2023, 2024))


def test_every_report_is_found_once_and_every_list_is_complete(world: World, tmp_path: Path) -> None:
    clock = SimulatedClock(world.date_of(1))
    portals = [load_portal(text) for text in world.declarations().values()]
    assert {portal.family for portal in portals} == {"trs", "jcms", "ucap"}
    with SampleServer(world, clock.now) as server:
        summary = crawl(tmp_path, portals, clock, authorities=server.authorities, delay=0, sample=True)
    assert summary.findings == ()
    assert summary.complete
    columns = [column.url for portal in portals for column in portal.columns]
    assert summary.listings == dict.fromkeys(columns, "complete")
    assert sum(summary.captures.values()) == len(server.log)
    there = {report.url for portal in world.portals for report in portal.reports_at(0)}
    with Archive.open(tmp_path, clock) as archive:
        found = archive.db.execute(
            "SELECT url FROM capture WHERE kind = 'report' AND run_id = ?", (summary.run_id,)
        ).fetchall()
        totals = archive.db.execute("SELECT declared_total, found_total FROM listing").fetchall()
    urls = [row["url"] for row in found]
    assert len(urls) == len(set(urls))
    assert there <= set(urls)
    assert set(urls) - there == {other.url for portal in world.portals for other in portal.others}
    assert all(row["declared_total"] in (None, row["found_total"]) for row in totals)
