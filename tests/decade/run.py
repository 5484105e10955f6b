"""Puts a world into an archive the way a crawl does: captures, readings, versions, cross-checks, and what people decided."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive import Archive, SimulatedClock
from archive.decisions.contradictions import flag, undo_flag
from archive.decisions.corrections import correct
from archive.derivation import derive
from archive.reading.readings import read_captures
from tests.decade.captures import end_of_decade, keep
from tests.decade.reports import Report
from tests.decade.world import World


@contextmanager
def archived(world: World, folder: Path, *, workers: int = 2) -> Iterator[Archive]:
    """Open the archive of a world, made in `folder` where there is none yet."""
    there = (folder / "archive.db").exists()
    with Archive.open(folder, SimulatedClock(end_of_decade()), create=True, sample=True) as archive:
        if not there:
            keep(archive, world)
            read_captures(archive, workers=workers)
            _decide(archive, world)
        yield archive


def _decide(archive: Archive, world: World) -> None:
    """Correct the figures that people corrected, flag what they flagged, and derive what follows."""
    for (body, year), known in world.plan.flags.items():
        if (report := world.report(body, year)) is not None:
            key = flag(
                archive, f"{_unit(archive, report)}/{year}", why=known.why, evidence=known.evidence, author="decade"
            )
            if known.undone:
                undo_flag(archive, key, why="经核实属另一单位", author="decade")
    for fix in world.plan.fixes:
        report = world.report(fix.body, fix.year)
        if report is None:
            continue
        correct(
            archive,
            f"{_unit(archive, report)}/{fix.year}",
            "/".join(fix.cell),
            str(fix.value),
            why="与上年报告不符，经核实为笔误",
            author="decade",
        )
    derive(archive)


def _unit(archive: Archive, report: Report) -> str:
    """Return the key of the unit that the archive filed a report under."""
    (unit,) = archive.db.execute(
        "SELECT p.unit_id FROM document d JOIN report p ON p.id = d.report_id WHERE d.url = ?", (report.url,)
    ).fetchone()
    return str(unit)
