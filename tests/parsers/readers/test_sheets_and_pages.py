"""XLSX cells as a sheet shows them, OFD characters where the page puts them."""

from __future__ import annotations

import pytest

from parsers.model import Document, Grid, Paragraph
from parsers.readers.container import is_mhtml
from parsers.readers.ofd import read_ofd
from parsers.readers.xls import read_xls

from .packages import O, number, ofd, string, text_object, xlsx


def texts(document: Document) -> list[object]:
    return [
        block.text if isinstance(block, Paragraph) else [[c.text for c in row] for row in block.rows]
        for block in document.blocks
    ]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("3", "3"),
        ("3.0", "3"),
        ("12000000", "12000000"),
        ("1E+20", "100000000000000000000"),
        ("0.1", "0.1"),
        ("0.30000000000000004", "0.3"),
        ("1E-7", "0.0000001"),
        ("96171.6", "96171.6"),
        ("-8", "-8"),
        ("-0.0", "0"),
    ],
)
def test_a_number_is_shown_without_an_exponent(written: str, shown: str) -> None:
    body = xlsx(f"<row r='1'>{string('A1', 'a')}{number('B1', written)}</row>")
    assert texts(read_xls(body)) == [[["a", shown]]]


@pytest.mark.parametrize(("merged", "kept"), [("B3:C3 D3:E3", True), ("A3:E3", False)])
def test_an_empty_row_of_merged_cells_is_a_row_and_one_banner_is_none(merged: str, kept: bool) -> None:
    cells = "".join(string(f"{column}{row}", "总计") for row in (1, 2) for column in "ABCDE")
    rows = f"<row r='1'>{cells[: len(cells) // 2]}</row><row r='2'>{cells[len(cells) // 2 :]}</row>"
    spans = "".join(f'<mergeCell ref="{span}"/>' for span in merged.split())
    after = f"<row r='3'/><row r='4'>{string('A4', '五、存在的主要问题及改进情况')}</row>"
    (grid, _) = read_xls(xlsx(rows + after, f"<mergeCells>{spans}</mergeCells>")).blocks
    assert isinstance(grid, Grid)
    assert len(grid.rows) == (3 if kept else 2)


def test_headings_and_long_texts_are_paragraphs_and_other_rows_grids() -> None:
    long = "本机关坚持以公开促落实、以公开促服务，把政府信息公开列入年度重点任务。"
    rows = (
        f"<row r='1'>{string('A1', '某市某局2023年政府信息公开工作年度报告')}</row>"
        f"<row r='2'>{string('A2', '一、总体情况')}</row><row r='3'>{string('B3', long)}</row>"
        f"<row r='5'>{string('A5', '规章')}{number('B5', '1')}</row>"
        f"<row r='6'>{string('A6', '（二）部分公开（区分处理的，只计这一情形，不计其他情形）')}</row>"
        f"<row r='7'>{string('A7', '行政规范性文件')}{number('B7', '2')}</row>"
        f"<row r='8'>{string('A8', long)}</row>"
    )
    title, heading, prose, grid, last = texts(read_xls(xlsx(rows)))
    assert (heading, prose, last) == ("一、总体情况", long, long)
    assert "年度报告" in str(title)
    assert grid == [
        ["规章", "1"],
        ["（二）部分公开（区分处理的，只计这一情形，不计其他情形）", ""],
        ["行政规范性文件", "2"],
    ]


def test_merged_cells_are_one_cell() -> None:
    rows = (
        f"<row r='1'>{string('A1', 'a')}{string('B1', 'b')}</row>"
        f"<row r='2'>{number('B2', '1')}{number('C2', '2')}</row><row r='3'>{string('A3', 'c')}{number('B3', '3')}</row>"
    )
    merged = '<mergeCells count="2"><mergeCell ref="A1:A2"/><mergeCell ref="B1:C1"/></mergeCells>'
    (grid,) = read_xls(xlsx(rows, merged)).blocks
    assert isinstance(grid, Grid)
    first, second, _ = grid.rows
    assert [(c.text, c.row, c.column, c.rowspan, c.colspan) for c in first] == [("a", 0, 0, 2, 1), ("b", 0, 1, 1, 2)]
    assert [(c.text, c.row, c.column) for c in second] == [("a", 0, 0), ("1", 1, 1), ("2", 1, 2)]


def test_a_ruled_table_of_an_ofd_is_a_grid_with_boxes_in_points() -> None:
    lines = "".join(f"M 0 {y} L 40 {y} " for y in (0, 10, 20)) + "".join(f"M {x} 0 L {x} 20 " for x in (0, 20, 40))
    path = f'<o:PathObject Boundary="30 40 40 20" LineWidth="0.2"><o:AbbreviatedData>{lines}</o:AbbreviatedData></o:PathObject>'
    inside = [
        text_object(32, 42, "规章"),
        text_object(55, 42, "12", "2"),
        text_object(32, 52, "其他"),
        text_object(55, 52, "3"),
    ]
    above, grid = read_ofd(ofd(text_object(30, 20, "二、主动公开政府信息情况") + path + "".join(inside))).blocks
    assert isinstance(above, Paragraph) and isinstance(grid, Grid)
    assert above.text == "二、主动公开政府信息情况"
    assert [[c.text for c in row] for row in grid.rows] == [["规章", "12"], ["其他", "3"]]
    assert grid.rows[0][0].box == pytest.approx((85.0, 113.4, 141.7, 141.7), abs=0.2)
    assert {c.page for row in grid.rows for c in row} == {1}


@pytest.mark.parametrize("deltas", ["g 3 4", "4 4 4", "4 g 2 4", "4"])
def test_steps_are_read_in_each_way_to_write_them(deltas: str) -> None:
    (block,) = read_ofd(ofd(text_object(30, 60, "甲乙丙丁", deltas))).blocks
    assert block == Paragraph("甲乙丙丁")


def test_a_matrix_scales_and_moves_what_it_holds() -> None:
    scaled = (
        f'<o:TextObject xmlns:o="{O}" Boundary="30 60 100 6" CTM="2 0 0 2 1 1" Size="2">'
        '<o:TextCode X="0" Y="2" DeltaX="g 2 2">甲乙</o:TextCode><o:TextCode X="4" Y="2">丙</o:TextCode></o:TextObject>'
    )
    assert texts(read_ofd(ofd(scaled))) == ["甲乙丙"]


def test_invisible_objects_and_page_numbers_are_left_out() -> None:
    hidden = text_object(30, 60, "密").replace("<o:TextObject", '<o:TextObject Visible="false"')
    assert texts(read_ofd(ofd(hidden + text_object(30, 80, "公开") + text_object(100, 285, "-3-")))) == ["公开"]


@pytest.mark.parametrize(
    ("start", "saved"),
    [
        (b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\n", True),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related;\n\tboundary=x\n", True),
        ("标题: 报告\n发布时间: 2024\n".encode(), False),
        (b"<html>MIME-Version: 1.0", False),
        (b"a text\nMIME-Version: 1.0", False),
    ],
)
def test_a_saved_page_is_known_by_its_header(start: bytes, saved: bool) -> None:
    assert is_mhtml(start) == saved
