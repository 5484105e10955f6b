"""A real report of 2023 as a PDF with a text layer is read cell by cell, and with it its own wrong sums."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from parsers import Report, read_report


@pytest.fixture(scope="module")
def golden(shared: Path) -> dict:
    return json.loads((shared / "golden" / "hongze-2023.json").read_text())


@pytest.fixture(scope="module")
def report(shared: Path) -> Report:
    return read_report((shared / "real" / "hongze-2023.pdf").read_bytes())


def test_every_cell_and_the_identity_are_as_golden(report: Report, golden: dict) -> None:
    assert {c.key: (c.state, c.value) for c in report.cells} == {
        (c["table"], c["row"], c["column"]): (c["state"], c.get("value")) for c in golden["cells"]
    }
    assert (report.title, report.issuer, report.report_year) == (
        golden["title"],
        golden["issuer"],
        golden["report_year"],
    )
    assert report.region is not None
    assert (report.region.code, report.script, report.forms) == (
        golden["region"]["code"],
        golden["script"],
        golden["forms"],
    )
    assert [s.number for s in report.sections] == [1, 2, 3, 4, 5, 6]


def test_its_two_wrong_sums_are_reported_and_none_is_invented(report: Report, golden: dict) -> None:
    failing = [{"rule": c.rule, "scope": c.scope} for c in report.checks if c.status == "fail"]
    assert failing == golden["failing_checks"]
    assert {c.row for c in report.cells if c.trust == "disputed"} == {"review", "suit_after_review"}


def test_a_cell_says_on_which_page_and_where_it_stands(report: Report) -> None:
    cell = next(c for c in report.cells if c.key == ("requests", "new_received", "natural_person"))
    assert (cell.value, cell.where.page) == (21, 3)
    x0, y0, x1, y1 = cell.where.box
    assert 0 < x0 < x1 < 596
    assert 0 < y0 < y1 < 842


def test_no_page_number_and_no_table_is_left_in_the_prose(report: Report) -> None:
    prose = "\n".join(s.text for s in report.sections)
    assert "信息内容" not in prose
    assert not [line for line in prose.split("\n") if line.strip("-— ").isdigit()]
