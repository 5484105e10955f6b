"""Puts a world into an archive the way a crawl does: captures, readings, versions, cross-checks, and the corrections people made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive import Archive, SimulatedClock
from archive.decisions.corrections import correct
from archive.derivation import derive
from archive.reading.readings import read_captures
from tests.decade.captures import end_of_decade, keep
from tests.decade.world import World


@contextmanager
def archived(world: World, folder: Path, *, workers: int = 2) -> Iterator[Archive]:
    """Open the archive of a world, made in `folder` where there is none yet."""
    there = (folder / "archive.db").exists()
    with Archive.open(folder, SimulatedClock(end_of_decade()), create=True, sample=True) as archive:
        if not there:
            keep(archive, world)
            read_captures(archive, workers=workers)
            _correct(archive, world)
        yield archive


def _correct(archive: Archive, world: World) -> None:
    """Correct the figures that people corrected, and derive what follows."""
    for fix in world.plan.fixes:
        report = world.report(fix.body, fix.year)
        if report is None:
            continue
        (unit,) = archive.db.execute(
            "SELECT p.unit_id FROM document d JOIN report p ON p.id = d.report_id WHERE d.url = ?", (report.url,)
        ).fetchone()
        cell = "/".join(fix.cell)
        correct(
            archive, f"{unit}/{fix.year}", cell, str(fix.value), why="与上年报告不符，经核实为笔误", author="decade"
        )
    derive(archive)
