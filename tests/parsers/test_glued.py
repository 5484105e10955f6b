"""Digits that lost their borders: what the writing of numbers and the sums leave is inferred, the rest undecidable."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers import Report, read_report
from parsers.align.cutting import Allowance, Run, counts, cut_figures


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


def ways(text: str, columns: int = 7, total: int | None = None, *, blanks: bool = False) -> list[tuple[str, ...]]:
    cut = cut_figures(text, [Run(counts(columns), total)], blanks=blanks)
    assert cut is not None
    return list(cut.ways[0])


def test_no_figure_has_a_leading_zero() -> None:
    assert ways("0000000") == [("0",) * 7]
    assert ways("007", 3) == [("0", "0", "7")]
    assert ways("00", 1) == []


def test_blanks_end_figures_where_they_can() -> None:
    assert ways("20 0 00 0 121", total=6) == [("20", "0", "0", "0", "0", "1", "21")]
    assert ways("1 23", 1) == [("123",)], "no other way to make one figure of it"


def test_units_remarks_dashes_and_words_end_figures() -> None:
    assert ("8件", "0", "12件", "3") in ways("8件012件3", 4)
    assert ways("6(其中网上受理3件)511", 3, 2) == [("6(其中网上受理3件)", "5", "11")]
    assert ways("1–000–1", total=6) == [("1", "–", "0", "0", "0", "–", "1")]
    assert ways("不涉及0见附件", 3) == [("不涉及", "0", "见附件")]
    assert ways("1,2340,5", 2) == [], "a separator stands before three digits or nowhere"
    assert ways("1,2345", 2) == [("1,234", "5")]


@pytest.mark.parametrize("total", [0, 3, 6])
def test_the_sum_is_where_the_header_names_it(total: int) -> None:
    parts = [12, 0, 7, 0, 5, 1]
    figures = [*map(str, parts[:total]), str(sum(parts)), *map(str, parts[total:])]
    assert tuple(figures) in ways("".join(figures), total=total)
    assert all(2 * int(way[total]) == sum(map(int, way)) for way in ways("".join(figures), total=total))


def test_a_blank_is_admitted_only_where_blanks_were_lost() -> None:
    assert ways("22", total=6) == []
    found = ways("22", total=6, blanks=True)
    assert len(found) == 6, "the first figure may stand in any of six columns, the sum in its own"
    assert {way[6] for way in found} == {"2"}


@given(st.lists(st.integers(0, 300), min_size=6, max_size=6))
def test_the_true_figures_are_among_the_ways_and_all_ways_add_up(parts: list[int]) -> None:
    true = (*map(str, parts), str(sum(parts)))
    found = ways("".join(true), total=6)
    assert true in found
    for way in found:
        assert "".join(way) == "".join(true)
        assert sum(map(int, way[:-1])) == int(way[-1])
        assert all(part == str(int(part)) for part in way)


@given(st.lists(st.integers(0, 40), min_size=6, max_size=6), st.sets(st.integers(0, 5)))
def test_with_blanks_for_zeros_the_true_figures_are_among_the_ways(parts: list[int], left_out: set[int]) -> None:
    true = (*("" if i in left_out and not n else str(n) for i, n in enumerate(parts)), str(sum(parts)))
    cut = cut_figures("".join(true), [Run(counts(7), 6)], blanks=True)
    assert cut is None or true in cut.ways[0]


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
        assert set(ways(digits, 3)) == wanted, digits


def test_too_many_ways_are_none() -> None:
    assert cut_figures("1" * 60, [Run(counts(15))]) is None
    assert cut_figures("1" * 4000, [Run(counts(7), 6)]) is None


def test_one_table_may_try_only_so_many_cells() -> None:
    allowance = Allowance(1000)
    assert cut_figures("11704820553614483294794941957632349429", [Run(counts(7), 6)], allowance=allowance) is None
    assert allowance.left <= 0
    assert cut_figures("0000000", [Run(counts(7), 6)], allowance=allowance) is None


# -- whole reports ---------------------------------------------------------------------------------

NAMES = "自然人法人或其他组织总计商业企业科研机构社会公益组织法律服务机构其他"
ROWS = {
    "一、本年新收政府信息公开申请数量": "3000014",
    "二、上年结转政府信息公开申请数量": "0000000",
    "三、本年度办理结果（一）予以公开": "2000013",
    "（二）部分公开": "1000001",
    "（三）不予公开1.属于国家秘密": "0000000",
    "2.其他法律行政法规禁止公开": "0000000",
    "3.危及“三安全一稳定”": "0000000",
    "4.保护第三方合法权益": "0000000",
    "5.属于三类内部事务信息": "0000000",
    "6.属于四类过程性信息": "0000000",
    "7.属于行政执法案卷": "0000000",
    "8.属于行政查询事项": "0000000",
    "（四）无法提供1.本机关不掌握相关政府信息": "0000000",
    "2.没有现成信息需要另行制作": "0000000",
    "3.补正后申请内容仍不明确": "0000000",
    "（五）不予处理1.信访举报投诉类申请": "0000000",
    "2.重复申请": "0000000",
    "3.要求提供公开出版物": "0000000",
    "4.无正当理由大量反复申请": "0000000",
    "5.要求行政机关确认或重新出具已获取信息": "0000000",
    "（六）其他处理": "0000000",
    "（七）总计": "3000014",
    "四、结转下年度继续办理": "0000000",
}


def capture(changed: dict[str, str] | None = None, names: str = NAMES) -> Report:
    rows = "".join(label + (changed or {}).get(label, figures) for label, figures in ROWS.items())
    return read_report(
        f"某市某局2020年政府信息公开工作年度报告\n一、总体情况{'本机关认真贯彻条例。' * 30}三、收到和处理政府信息公开申请情况"
        f"（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）申请人情况{names}{rows}"
        "五、存在的主要问题及改进情况无。六、其他需要报告的事项无。\n".encode()
    )


def states(report: Report, name: str) -> list[object]:
    return [c.value if c.state == "value" else c.state for c in report.cells if c.table == "requests" and c.row == name]


def test_every_row_of_a_capture_without_borders_is_read_and_nothing_is_sure() -> None:
    report = capture()
    assert len([c for c in report.cells if c.table == "requests"]) == 23 * 7
    assert states(report, "granted") == [2, 0, 0, 0, 0, 1, 3]
    assert {c.trust for c in report.cells} == {"inferred"}


def test_columns_stand_in_the_order_that_the_header_prints() -> None:
    swapped = "总计自然人法人或其他组织科研机构商业企业社会公益组织法律服务机构其他"
    report = capture({label: f[-1] + f[:-1] for label, f in ROWS.items()}, swapped)
    assert states(report, "granted") == [2, 0, 0, 0, 0, 1, 3]


def test_a_column_that_the_form_does_not_have_is_passed_over() -> None:
    report = capture({label: f + "9" for label, f in ROWS.items()}, "上年总计" + NAMES)
    assert states(report, "granted") == [2, 0, 0, 0, 0, 1, 3]


def test_a_row_without_figures_is_blank_and_zeros_elsewhere_stay_certain() -> None:
    report = capture({"4.保护第三方合法权益": ""})
    assert states(report, "denied.third_party_rights") == ["blank"] * 7
    assert states(report, "denied.state_secret") == [0] * 7


def test_where_a_blank_was_lost_nothing_tells_the_columns_but_the_total_is_read() -> None:
    report = capture({"8.属于行政查询事项": "000000"})
    assert states(report, "denied.administrative_inquiry") == ["undecidable"] * 6 + [0]
    assert states(report, "granted") == [2, 0, 0, 0, 0, 1, 3]


def test_columns_choose_where_the_row_s_own_sum_leaves_several_readings() -> None:
    """110000011 is 11 of natural persons, or 1 and 10 of businesses: A3 knows of the outcomes, A2 of what A3 chose."""
    changed = {
        "一、本年新收政府信息公开申请数量": "110000011",
        "三、本年度办理结果（一）予以公开": "1000001",
        "（二）部分公开": "010000010",
        "（七）总计": "110000011",
    }
    report = capture(changed)
    assert states(report, "total_processed") == states(report, "new_received") == [1, 10, 0, 0, 0, 0, 11]
    assert not [c for c in report.checks if c.status == "fail"]
    undecided = capture(changed | {"三、本年度办理结果（一）予以公开": "7000007", "（二）部分公开": "020000020"})
    assert states(undecided, "new_received")[:2] == ["undecidable"] * 2, "a rule that nothing satisfies chooses nothing"


def test_wrong_numbers_before_labels_and_remarks_behind_figures_change_nothing() -> None:
    changed = {"（二）部分公开": "1（其中网上受理1件）000001"}
    report = capture(changed)
    cell = next(c for c in report.cells if c.key == ("requests", "granted_partial", "natural_person"))
    assert (cell.value, cell.trust) == (1, "inferred")
    assert "annotated_cell" in {f.code for f in report.findings}
