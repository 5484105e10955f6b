"""The change log between two releases of the simulated decade is what was planted between them, and nothing else."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import Archive, Capture, SimulatedClock
from archive.decisions.corrections import correct
from archive.derivation import derive
from archive.publication import publish
from archive.reading.readings import read_captures
from tests.decade import captures
from tests.decade.captures import copy_url, end_of_decade
from tests.decade.reports import Report
from tests.decade.world import World, make_world

Change = tuple[str, str, str, str, str, str]


def planted(world: World) -> Counter[Change]:
    """Return what becomes of reports after they were first seen, as the log should say it."""
    found: Counter[Change] = Counter()
    for report in world.reports:
        event = world.plan.published.get((report.body.key, report.year), "")
        if event == "withdrawn":
            found["report_withdrawn", "content", report.url, "", "", ""] += 1
        elif event == "words changed after publication" or _prints_another_date(report, event):
            found["text_changed", "content", report.url, "", "", ""] += 1
        elif event == "figures changed after publication":
            for key, before in first_printed(world, report).items():
                after = report.printed.get(key, str(report.figures[key]))
                found["cell_changed", "content", report.url, "/".join(key), before, after] += 1
    for fix in world.plan.fixes:
        fixed = world.report(fix.body, fix.year)
        if fixed is not None:
            found["correction_made", "correction", fixed.url, "/".join(fix.cell), "", str(fix.value)] += 1
    return found


def _prints_another_date(report: Report, event: str) -> bool:
    """Tell whether a date over the report, which is read with its preface, changed: some sites print it there (tests/decade/pages.py)."""
    return bool(report.style % 2) and event in ("dated back", "date written in another way")


def first_printed(world: World, report: Report) -> dict[tuple[str, str, str], str]:
    """Return the cells of a report that were printed otherwise at first, drawn as its captures drew them."""
    rng = captures._rng(world, report)
    rng.randrange(4)
    rng.randint(1, 20)
    return captures._other_figures(report, rng)


def stages(world: World) -> tuple[list[Capture], list[Capture]]:
    """Return what was met of each address first, and all that came later."""
    first, later = [], []
    for report in world.reports:
        moved = world.plan.published.get((report.body.key, report.year)) == "moved to another address"
        seen: set[str] = {copy_url(report)} if moved else set()
        for capture in sorted(captures._met(world, report), key=lambda c: c.captured_at):
            (later if capture.url in seen else first).append(capture)
            seen.add(capture.url)
    return first, later


def logged(release: Path) -> Iterator[Change]:
    """Yield the rows of the log with the report's address in place of its key; what stood there before a correction is left out."""
    with (release / "wide.csv").open(encoding="utf-8-sig", newline="") as file:
        urls = {row["report_id"]: row["source_url"] for row in csv.DictReader(file)}
    with (release / "changes.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            cell = "/".join(filter(None, (row["table"], row["row"], row["column"])))
            before = "" if row["change"] == "correction_made" else row["value_before"]
            yield row["change"], row["cause"], urls[row["report_id"]], cell, before, row["value_after"]


@pytest.mark.slow
def test_the_change_log_between_two_releases_is_what_was_planted(tmp_path: Path) -> None:
    world = make_world(seed=3, units=150)
    first, later = stages(world)
    with Archive.open(tmp_path / "archive", SimulatedClock(end_of_decade()), create=True, sample=True) as archive:
        archive.record_captures(first)
        read_captures(archive, workers=2)
        publish(archive, tmp_path / "out", at=datetime(2026, 7, 1, tzinfo=UTC))
        archive.record_captures(later)
        for report in world.reports:
            if captures._gone_from_list(world, report):
                captures._list(archive, report)
        read_captures(archive, workers=2)
        for fix in world.plan.fixes:
            fixed = world.report(fix.body, fix.year)
            if fixed is not None:
                (unit,) = archive.db.execute(
                    "SELECT p.unit_id FROM document d JOIN report p ON p.id = d.report_id WHERE d.url = ?", (fixed.url,)
                ).fetchone()
                correct(archive, f"{unit}/{fix.year}", "/".join(fix.cell), str(fix.value), why="笔误", author="decade")
        derive(archive)
        release = publish(archive, tmp_path / "out", at=datetime(2026, 7, 2, tzinfo=UTC))
    expected, found = planted(world), Counter(logged(release.path))
    assert {change for change, *_ in expected} == {
        "report_withdrawn",
        "text_changed",
        "cell_changed",
        "correction_made",
    }
    assert found - expected == Counter()
    assert expected - found == Counter()
