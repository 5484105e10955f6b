"""The rules beyond the equalities: each fires on what it is for, keeps quiet beside it, and never touches trust."""

from __future__ import annotations

import pytest

from crawler.samples import SampleReport, World, text_capture
from parsers import Report, read_report
from parsers.consistency import text_notes
from parsers.model import Section
from parsers.templates import rules


@pytest.fixture(scope="module")
def county() -> SampleReport:
    """Return a county body's report of 2023 without quirks."""
    world = World(plant={})
    return next(r for r in world.reports if r.year == 2023 and not r.place_code.endswith("00") and "政府" not in r.unit)


def with_row(report: SampleReport, label: str, figures: list[int]) -> Report:
    """Return the reading with other figures in one row of its tables."""
    lines = text_capture(report, "tabs").split("\n")
    (at,) = [i for i, line in enumerate(lines) if label in line.split("\t")[:3]]
    cells = lines[at].split("\t")
    first = next(i for i, c in enumerate(cells) if c.strip().isdigit())
    cells[first : first + len(figures)] = map(str, figures)
    lines[at] = "\t".join(cells)
    return read_report("\n".join(lines).encode())


def codes(report: Report) -> set[str]:
    return {f.code for f in report.findings}


def test_a_clean_report_has_no_note_of_these(county: SampleReport) -> None:
    report = read_report(text_capture(county, "tabs").encode())
    assert not codes(report) & {
        "column_empty", "suspect_shift", "suspect_split", "suspect_transposition", "in_force_too_small",
        "rules_without_power", "year_in_text", "period_conflict", "text_contradicts_itself", "number_negative",
    }  # fmt: skip


def test_a_row_shifted_by_one_column_is_suspected(county: SampleReport) -> None:
    report = with_row(county, "二、上年结转政府信息公开申请数量", [3, 2, 0, 0, 0, 5, 0])
    assert "suspect_shift" in codes(report)
    trust = {c.column: c.trust for c in report.cells if c.row == "carried_in"}
    assert set(trust.values()) == {"disputed"}, "suspected, not corrected"


def test_two_digits_that_make_the_row_add_up_when_joined_are_suspected(county: SampleReport) -> None:
    report = with_row(county, "二、上年结转政府信息公开申请数量", [1, 2, 0, 0, 0, 0, 12])
    assert "suspect_split" in codes(report)
    assert "suspect_split" not in codes(with_row(county, "二、上年结转政府信息公开申请数量", [1, 2, 0, 0, 0, 0, 13]))


def test_a_difference_divisible_by_nine_hints_at_exchanged_digits(county: SampleReport) -> None:
    assert "suspect_transposition" in codes(
        with_row(county, "二、上年结转政府信息公开申请数量", [21, 0, 0, 0, 0, 0, 12])
    )
    assert "suspect_transposition" not in codes(
        with_row(county, "二、上年结转政府信息公开申请数量", [21, 0, 0, 0, 0, 0, 13])
    )


def test_a_county_department_with_rules_of_its_own_is_noted(county: SampleReport) -> None:
    assert "rules_without_power" in codes(with_row(county, "规章", [1, 0, 1]))


def test_more_issued_than_in_force_is_noted(county: SampleReport) -> None:
    report = with_row(county, "行政规范性文件", [9, 1, 7])
    assert "in_force_too_small" in codes(report)
    assert {c.trust for c in report.cells if c.row == "normative_documents"} == {"stated"}


@pytest.mark.parametrize(
    ("text", "code", "fires"),
    [
        ("2022年，我局共收到政府信息公开申请3件。", "year_in_text", True),
        ("2023年，我局共收到政府信息公开申请3件。", "year_in_text", False),
        ("2022年共收到申请3件，同比增长5%。", "year_in_text", False),
        ("2024年，我局将主动公开信息100条以上。", "year_in_text", False),
        ("统计期限自2022年1月1日至2022年12月31日。", "period_conflict", True),
        ("统计期限自2023年1月1日起至12月31日止。", "period_conflict", False),
        ("所有申请均已办结。结转下年度2件。", "text_contradicts_itself", True),
        ("所有申请均已办结。结转下年度0件。", "text_contradicts_itself", False),
    ],
)
def test_a_note_on_the_text_fires_on_its_own_case_only(text: str, code: str, fires: bool) -> None:
    found = {f.code for f in text_notes([Section(1, "一、总体情况", text)], None, 2023)}
    assert (code in found) is fires


def test_every_rule_says_how_grave_it_is_and_where_it_comes_from() -> None:
    assert {r.id for r in rules()} >= {f"A{i}" for i in range(1, 10)} | {"B1", "B2", "C2", "C3", "C6", "F1"}
    for rule in rules():
        assert rule.severity in ("error", "warning", "note")
        assert rule.source
        assert rule.about_zh
        assert rule.about_en
    assert {r.id for r in rules() if r.severity == "error"} == {"A1", "A2", "A3", "B1"}
