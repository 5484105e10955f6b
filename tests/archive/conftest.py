"""An archive with a clock that stands still, and reports to put into it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import Archive, SimulatedClock
from crawler.samples import SampleReport, World, text_capture


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(datetime(2025, 4, 10, 4, tzinfo=UTC))


@pytest.fixture
def archive(tmp_path: Path, clock: SimulatedClock) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive", clock, create=True, sample=False) as opened:
        yield opened


@pytest.fixture(scope="session")
def report() -> SampleReport:
    """Return a report without quirks on 2023, form 2021, with requests in it."""
    world = World(plant={})
    return next(r for r in world.reports if r.year == 2023 and r.cells["requests", "granted", "total"][1])


@pytest.fixture(scope="session")
def text(report: SampleReport) -> str:
    """Return it as a text capture."""
    return text_capture(report, "tabs")
