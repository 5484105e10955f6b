"""The whole of it on sample portals: serve, crawl on simulated days, read, publish; the same command goes on where it was.

Guarantees: the demo touches only an archive that bears the mark of sample data; what it crawls is served by this process on
loopback and by nobody else; killed at any moment, the next call takes up the day that was cut off, and a call after the
last day looks at that day again and finds nothing new.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from archive.clock import SimulatedClock
from archive.publication import ReleaseSummary, publish
from archive.queries import Overview, overview
from archive.reading.readings import read_beside, read_captures
from archive.store import Archive
from crawler.declarations import load_portal
from crawler.run import CrawlEvent, crawl
from crawler.samples import SampleServer, World

DAYS = (1, 30, 31)
"""The simulated days: everything as it is, a month later with changes, and the day after (a second sighting)."""

_DAY_DONE = "demo_day"


class Watcher(Protocol):
    """Is told how each long step goes: a title in both languages gives a function of (done, all)."""

    def __call__(self, en: str, zh: str) -> StepProgress: ...


class StepProgress(Protocol):
    """A progress bar: called with (done, all); a context manager."""

    def __call__(self, done: int, total: int) -> None: ...

    def __enter__(self) -> StepProgress: ...

    def __exit__(self, *exc: object) -> None: ...


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What the demo came to; `new_versions` counts those that this call made."""

    overview: Overview
    portals: int
    new_versions: int
    days: tuple[int, ...]
    release: ReleaseSummary


def run_demo(path: Path, watch: Watcher, *, seed: int = 1) -> DemoSummary:
    """Run the demo into the archive at `path`; raises UsageError where that is an archive of real reports."""
    world = World(seed)
    clock = SimulatedClock(world.date_of(1))
    with Archive.open(path, clock, create=True, sample=True) as archive:
        done = int(archive.meta(_DAY_DONE) or 0)
        days = tuple(day for day in DAYS if day > done) or DAYS[-1:]
        clock.move_to(world.date_of(days[0]))
        new_versions = 0
        with SampleServer(world, clock.now) as server:
            portals = [load_portal(text) for text in world.declarations().values()]
            for day in days:
                clock.move_to(world.date_of(day))
                workers = os.cpu_count() or 1
                with watch(f"day {day}: crawl", f"第 {day} 天：抓取") as bar, read_beside(path, clock, workers):
                    crawl(
                        path,
                        portals,
                        clock,
                        authorities=server.authorities,
                        delay=0,
                        sample=True,
                        progress=_counting(bar),
                    )
                with archive.lock(), watch(f"day {day}: read", f"第 {day} 天：读取") as bar:
                    summary = read_captures(archive, workers=workers, progress=bar)
                    new_versions += sum(summary.new_versions.values())
                    archive.set_meta(_DAY_DONE, str(day))
        with archive.lock(), watch("publish", "发布") as bar:
            release = publish(
                archive, path / "release", at=clock.now(), progress=lambda step, steps, _: bar(step, steps)
            )
        return DemoSummary(overview(archive.db), len(portals), new_versions, days, release)


def _counting(bar: StepProgress) -> Callable[[CrawlEvent], None]:
    def tell(event: CrawlEvent) -> None:
        bar(event.done, event.done + event.pending)

    return tell
