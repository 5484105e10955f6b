from __future__ import annotations

import re

import opencc
import pytest

from crawler.samples import STYLES, SampleReport, World, text_capture
from crawler.samples.grid import lay_out
from crawler.samples.manuscript import Cell
from crawler.samples.report import compose

BROKEN = ("broken_table_two", "cut_header_three", "cut_header_four", "orphan_rows")


def planted(*quirks: str) -> SampleReport:
    """Return the report of the sixth unit on 2022 with these quirks alone."""
    world = World(seed=5, units=6, plant={name: [(5, 2022)] for name in quirks})
    unit = world.portals[2].reports[-1].unit
    return next(report for report in world.reports if report.year == 2022 and report.unit == unit)


def test_spans_are_laid_out_with_each_place_covered_once() -> None:
    grid = lay_out([[Cell("a", rowspan=2), Cell("b", colspan=2)], [Cell("c"), Cell("d")]])
    assert [[place.text for place in row] for row in grid] == [["a", "b", ""], ["", "c", "d"]]


def test_every_table_of_every_report_is_rectangular(world: World) -> None:
    for report in world.reports:
        tables = [section.table for section in compose(report.plan).sections if section.table]
        widths = [{len(row) for row in lay_out(table)} for table in tables]
        assert widths == [{4}, {10}, {15}]


@pytest.mark.parametrize("style", STYLES)
def test_a_capture_prints_every_figure_of_its_report_in_order(world: World, style: str) -> None:
    for report in world.reports:
        numbers = [cell.text.strip() for cell, _ in compose(report.plan).printed() if cell.text]
        text = text_capture(report, style) if "traditional" not in report.quirks else ""
        lines = [re.sub(r" ?\|$", "", field).strip() for line in text.split("\n") for field in line.split("\t")]
        figures = [field for field in lines if re.match(r"[+-]?\d+(\.\d+)?(元|（|\(|$)", field)]
        if text:
            halved = [n.translate(str.maketrans("（）", "()")) for n in numbers]
            assert figures in (numbers, halved), report.url


def test_tabs_keep_the_columns() -> None:
    report = planted()
    lines = [line.split("\t") for line in text_capture(report, "tabs").split("\n")]
    row = next(line for line in lines if line[0].startswith("四、结转下年度"))
    assert len(row) == 10
    assert row[1:3] == ["", ""]
    assert row[9] == str(report.cells["requests", "carried_out", "total"][1])


def test_a_split_capture_is_8_columns_wide_above_the_break_and_13_below() -> None:
    text = text_capture(planted(), "tabs_split")
    above, below = text.split("三、收到和处理")[1].split("\n\n")[1:3]
    assert {len(line.split("\t")) for line in above.split("\n")} == {8}
    assert {len(line.split("\t")) for line in below.split("\n")} == {13}


def test_a_cell_per_line_capture_ends_each_row_with_a_blank_line() -> None:
    text = text_capture(planted(), "cell_per_line")
    rows = [row.split("\n") for row in text.split("四、政府信息公开行政复议")[1].split("\n\n")]
    assert [len(row) for row in rows if row[0].startswith("\t")] == [2, 7, 15, 15]


def test_a_capture_with_pipes_pads_all_rows_but_the_last() -> None:
    text = text_capture(planted(), "pipes")
    table = text.split("四、政府信息公开行政复议、行政诉讼情况\n")[1].split("五、存在")[0]
    assert table.count("|") == 4 * 15
    requests = text.split("三、收到和处理政府信息公开申请情况\n")[1].split("四、政府信息公开行政复议")[0]
    assert requests.count("|") == 27 * 10 + 8


def test_a_shifted_capture_begins_values_where_the_labels_end() -> None:
    lines = [line.split("\t") for line in text_capture(planted(), "shifted").split("\n")]
    row = {line[at]: line for line in lines if len(line) == 10 for at in range(3) if line[at]}

    def first(label: str) -> int:
        (line,) = [line for key, line in row.items() if label in key]
        return next(at for at, text in enumerate(line) if text.isdigit())

    starts = [first(label) for label in ("一、本年新收", "（一）予以公开", "1.属于国家秘密", "（七）总计", "3.其他")]
    assert starts == [2, 2, 3, 1, 2]


@pytest.mark.parametrize("style", ["tabs", "tabs_split", "shifted"])
def test_page_breaks_cut_tables_in_the_styles_of_tabs(style: str) -> None:
    text = text_capture(planted(*BROKEN), style)
    assert re.search(r"\n行政处罚\t\d+\t\t\n\n行政强制\t\d+\n第二十条第（八）项\t\n", text)
    assert "第一项加第二项之\t申请人情况\n" + "-" * 22 + "\t-------\n\n和，等于第三项加第四项之和)\t" in text
    assert "\n结果\t结果\t其他\t尚未\t总\t未经复议直接起诉\t复议后起诉\n\n维持\t" in text
    assert re.search(r"\n5\.要求[^\t]+\t", text)


@pytest.mark.parametrize("style", ["cell_per_line", "pipes"])
def test_other_styles_do_not_know_page_breaks(style: str) -> None:
    assert text_capture(planted(*BROKEN), style) == text_capture(planted(), style)


def test_any_style_can_be_traditional_and_come_back(world: World) -> None:
    report = planted()
    text = text_capture(report, "pipes", traditional=True)
    assert "政府信息公開工作年度報告" in text
    assert opencc.OpenCC("t2s").convert(text) == text_capture(report, "pipes")
    assert "信息公開" in text_capture(planted("traditional"), "tabs")


def test_halfwidth_punctuation_leaves_no_fullwidth_bracket() -> None:
    assert not set("，：（）") & set(text_capture(planted("halfwidth_punctuation"), "pipes"))


def test_a_capture_follows_the_edition_of_its_report(world: World) -> None:
    before, after = (next(report for report in world.reports_on(day) if "edited" in report.changes) for day in (1, 30))
    assert text_capture(before, "tabs") != text_capture(after, "tabs")
