"""Digits that lost their borders: what the writing of numbers and the sums leave is inferred, the rest undecidable."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers import Report, read_report
from parsers.align.cutting import cut_figures

COUNT = ("count",) * 7


@pytest.fixture(scope="module")
def pingtan(shared: Path) -> Report:
    return read_report((shared / "real" / "pingtan-2020.txt").read_bytes())


def row(report: Report, name: str) -> list[int | None]:
    return [c.value for c in report.cells if c.table == "requests" and c.row == name]


def test_the_real_glued_capture_is_read_as_far_as_its_sums_go(pingtan: Report) -> None:
    assert (pingtan.verdict, pingtan.report_year, pingtan.region.code) == ("report", 2020, "350128")
    assert row(pingtan, "new_received") == [20, 0, 0, 0, 0, 1, 21]
    assert row(pingtan, "total_processed") == [20, 0, 0, 0, 0, 1, 21]
    failing = [(c.rule, c.scope, c.left, c.right) for c in pingtan.checks if c.status == "fail"]
    assert failing == [("A3", "natural_person", 26, 20), ("A3", "total", 27, 21)]
    for cell in pingtan.cells:
        assert cell.trust not in ("verified", "stated"), cell
        if cell.row == "total_processed" and cell.column in ("natural_person", "total"):
            assert (cell.trust, cell.raw) == ("disputed", "20 0 00 0 121")


def test_figures_that_no_sum_decides_are_undecidable(pingtan: Report) -> None:
    for name, printed in (("administrative_licensing", "396442278"), ("other_external_services", "107105")):
        cells = [c for c in pingtan.cells if c.row == name]
        assert len(cells) == 3
        assert {(c.state, c.value, c.raw) for c in cells} == {("undecidable", None, printed)}
    fees = {c.column: c.value for c in pingtan.cells if c.row == "administrative_fees"}
    assert fees == {"prior_items": 35, "change": -15}, "a sign begins a figure: one way only"


def test_no_figure_has_a_leading_zero() -> None:
    assert cut_figures("0000000", COUNT) == [("0",) * 7]
    assert cut_figures("007", ("count",) * 3) == [("0", "0", "7")]
    assert cut_figures("00", ("count",)) == []


def test_blanks_end_figures_where_they_can() -> None:
    assert cut_figures("20 0 00 0 121", COUNT, (7,)) == [("20", "0", "0", "0", "0", "1", "21")]
    assert cut_figures("1 23", ("count",)) == [("123",)], "no other way to make one figure of it"


@given(st.lists(st.integers(0, 300), min_size=6, max_size=6))
def test_the_true_figures_are_among_the_ways_and_all_ways_add_up(parts: list[int]) -> None:
    true = (*map(str, parts), str(sum(parts)))
    ways = cut_figures("".join(true), COUNT, (7,))
    assert true in ways
    for way in ways:
        assert "".join(way) == "".join(true)
        assert sum(map(int, way[:-1])) == int(way[-1])
        assert all(part == str(int(part)) for part in way)


def test_the_ways_are_all_the_ways() -> None:
    """Against a plain enumeration of every choice of borders, on short runs."""
    rng = random.Random(1)
    for _ in range(300):
        digits = "".join(rng.choice("00112345") for _ in range(rng.randint(3, 9)))
        wanted = set()
        for borders in itertools.combinations(range(1, len(digits)), 2):
            cut = [digits[i:j] for i, j in zip((0, *borders), (*borders, len(digits)), strict=True)]
            if all(part == str(int(part)) for part in cut):
                wanted.add(tuple(cut))
        assert set(cut_figures(digits, ("count",) * 3)) == wanted, digits


def test_too_many_ways_are_none() -> None:
    assert cut_figures("1" * 60, ("count",) * 15) == []
