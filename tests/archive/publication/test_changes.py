"""The change log between two releases says what changed and by whose doing, and nothing else."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from archive import Archive
from archive.decisions.corrections import correct
from archive.publication import publish

DAY = datetime(2026, 3, 1, tzinfo=UTC)
WHOLE = "http://a.test/2021.html"
NAME = "河南省平顶山市新华区政务服务局/2021"
Change = tuple[str, str, str, str, str]


@pytest.fixture
def kept(samples: ModuleType, tmp_path: Path) -> Iterator[Archive]:
    with samples.make_archive(tmp_path / "archive") as made:
        publish(made, tmp_path / "out", at=DAY)
        yield made


def changes(archive: Archive, tmp_path: Path, *, day: int = 2) -> list[Change]:
    """Publish again and return (change, cause, cell, before, after) of the log."""
    made = publish(archive, tmp_path / "out", at=DAY.replace(day=day))
    with (made.path / "changes.csv").open(encoding="utf-8-sig", newline="") as file:
        return [
            (
                c["change"],
                c["cause"],
                "/".join(filter(None, (c["table"], c["row"], c["column"]))),
                c["value_before"],
                c["value_after"],
            )
            for c in csv.DictReader(file)
        ]


def read_again(samples: ModuleType, archive: Archive, body: bytes, made: object) -> None:
    samples.capture(archive, WHOLE, samples.DAY.replace(day=20), body, "ok", "report")
    samples.keep(archive, WHOLE, body, made)
    samples.derive_versions(archive, 2)


def test_a_release_of_the_same_archive_has_an_empty_log_that_names_the_one_before(
    kept: Archive, tmp_path: Path
) -> None:
    assert changes(kept, tmp_path) == []
    assert "2026-03-01" in (tmp_path / "out" / "2026-03-02" / "CHANGES.md").read_text("utf-8")


def test_what_the_publisher_changed_is_content_cell_by_cell(samples: ModuleType, kept: Archive, tmp_path: Path) -> None:
    key, gone = samples.request("granted", "business"), samples.request("granted", "research")
    before = samples.figure(key)
    edited = samples.report(
        "平顶山市新华区政务服务局", 2021, "410402", "河南省平顶山市新华区", changed={key: {"value": 99, "raw": "99"}, gone: None},
        prose=samples.PROSE + "更正。", parser_version=2, preface="统计期限自1月1日起。",
    )  # fmt: skip
    read_again(samples, kept, b"<html>edited</html>", edited)
    assert changes(kept, tmp_path) == [
        ("text_changed", "content", "", "", ""),
        ("cell_changed", "content", "requests/granted/business", str(before), "99"),
        ("cell_removed", "content", "requests/granted/research", str(samples.figure(gone)), ""),
    ]


def test_what_our_parser_reads_otherwise_is_technical(samples: ModuleType, kept: Archive, tmp_path: Path) -> None:
    key = samples.request("granted", "business")
    cells = tuple(
        replace(c, state="undecidable", value=None, trust=None) if c.key == key else c
        for c in samples.REPORTS[WHOLE].cells
    )
    newer = replace(samples.REPORTS[WHOLE], parser_version=3, preface="统计期限自1月1日起。", cells=cells)
    samples.keep(kept, WHOLE, samples.body_of(WHOLE), newer)
    samples.derive_versions(kept, 3)
    assert changes(kept, tmp_path) == [
        ("cell_changed", "technical", "requests/granted/business", str(samples.figure(key)), "")
    ]


def test_a_correction_is_a_change_of_its_own_and_the_printed_figure_none(kept: Archive, tmp_path: Path) -> None:
    correct(kept, NAME, "requests/granted/business", "77", why="见来信", author="王")
    ((change, cause, cell, _, after),) = changes(kept, tmp_path)
    assert (change, cause, cell, after) == ("correction_made", "correction", "requests/granted/business", "77")


def test_new_and_withdrawn_reports_are_told_apart(samples: ModuleType, kept: Archive, tmp_path: Path) -> None:
    new = "http://d.test/2022.html"
    samples.capture(kept, new, samples.DAY.replace(day=20), b"<html>new</html>", "ok", "report")
    samples.keep(
        kept, new, b"<html>new</html>", samples.report("洛阳市老城区政务服务局", 2022, "410302", "河南省洛阳市老城区")
    )
    for day in (20, 22):
        samples.capture(kept, WHOLE, samples.DAY.replace(day=day), None, "not_found", "report", status=404)
    samples.derive_versions(kept, 2)
    assert [c[:2] for c in changes(kept, tmp_path)] == [("report_added", ""), ("report_withdrawn", "content")]


def test_a_second_release_of_a_day_is_compared_with_the_first(kept: Archive, tmp_path: Path) -> None:
    correct(kept, NAME, "requests/granted/business", "77", why="见来信", author="王")
    assert len(changes(kept, tmp_path, day=1)) == 1
    again = publish(kept, tmp_path / "out", at=DAY)
    assert (again.name, again.new) == ("2026-03-01.2", False)
