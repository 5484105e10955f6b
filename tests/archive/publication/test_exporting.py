"""A part that is exported has the columns, the order and the rows that a release has of it."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pyreadstat
import pytest

from archive import Archive
from archive.publication import ReleaseSummary
from archive.publication.exporting import export_table
from archive.selection import parse_selection
from cli import gongkai
from parsers.errors import UsageError

DAY = datetime(2026, 3, 1, tzinfo=UTC)
YEAR = parse_selection(["year=2021"])


def lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("table", ["wide", "long", "checks", "corrections"])
def test_a_part_is_the_release_s_rows_of_it(
    archive: Archive, release: ReleaseSummary, tmp_path: Path, table: str
) -> None:
    export_table(archive, tmp_path / "part.csv", YEAR, "csv", table, at=DAY)
    header, *whole = lines(release.path / f"{table}.csv")
    year = header.index("report_year")
    assert lines(tmp_path / "part.csv") == [header, *(row for row in whole if row[year] == "2021")]


def test_the_wide_table_brings_its_twins_and_stata_its_letters(archive: Archive, tmp_path: Path) -> None:
    written = export_table(archive, tmp_path / "h.dta", YEAR, "dta", at=DAY)
    assert {p.name: n for p, n in written.items()} == {"h.dta": 2, "h_trust.dta": 2}
    columns, _ = pyreadstat.read_dta(tmp_path / "h_trust.dta", output_format="dict")
    assert columns["t3_granted_tot"] == ["v", "v"]
    export_table(archive, tmp_path / "h.parquet", YEAR, "parquet", at=DAY)
    assert {p.name for p in tmp_path.iterdir()} == {
        "h.dta", "h_trust.dta", "h.parquet", "h_trust.parquet", "h_state.parquet",
    }  # fmt: skip
    assert pq.read_table(tmp_path / "h_state.parquet").num_rows == 2


def test_stata_is_given_no_table_that_it_cannot_hold(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        export_table(archive, tmp_path / "long.dta", YEAR, "dta", "long", at=DAY)
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_what_is_asked_for_and_says_how_much(
    archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--archive", str(archive.path)]
    assert gongkai.main(["export", "jsonl", str(tmp_path / "c.jsonl"), "year=2021", "--table", "long", *where]) == 0
    assert "c.jsonl: 400 rows" in capsys.readouterr().out
    assert gongkai.main(["export", "csv", str(tmp_path / "c.txt"), *where]) == 2
