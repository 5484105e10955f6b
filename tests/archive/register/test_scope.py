"""What a report speaks for is told by its sentences, with these as evidence, or not at all."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from archive.register.names import read_name
from archive.register.scope import read_scope
from parsers import Cell, Report, Section, Where

CASES = list(csv.DictReader(Path(__file__).with_name("scopes.csv").read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("case", CASES, ids=[c["why"] for c in CASES])
def test_a_scope_is_what_the_sentence_says_and_no_more(case: dict[str, str]) -> None:
    cells = tuple(
        Cell("requests", row, "total", "value", int(case[key]), case[key], "stated", Where(0, 0, 0))
        for row, key in (("new_received", "received"), ("carried_in", "carried"))
    )
    report = Report("report", 1, sections=(Section(1, "一、总体情况", case["says"]),), cells=cells)
    found = read_scope(report, read_name(case["issuer"], case["place"]).kind)
    assert found.scope == case["scope"]
    assert bool(found.evidence) == (found.rule != "silent")


def test_a_report_without_figures_is_not_told_by_its_requests() -> None:
    report = Report("report", 1, sections=(Section(1, "一、总体情况", "全区受理政府信息公开申请21件。"),))
    assert read_scope(report, "government").scope == "unknown"


def test_before_2019_the_section_on_requests_tells_where_its_number_is_the_list_s() -> None:
    sections = (
        Section(1, "一、概述", "稳步推进。"),
        Section(3, "三、依申请公开政府信息情况", "2015年我局共收到政府信息公开申请5件。"),
    )
    for listed, scope in ((5, "own_body"), (6, "unknown")):
        cell = Cell("statistics", "requests_received", "value", "value", listed, str(listed), "stated", Where(0, 0, 0))
        report = Report("report", 1, sections=sections, cells=(cell,))
        assert read_scope(report, "department").scope == scope
