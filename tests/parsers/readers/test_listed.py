"""A list of indicators without rules is read row by row, or not at all."""

from __future__ import annotations

import pytest

from parsers.readers.listed import find_list
from parsers.readers.words import Word

EM = 10.0


def line(place: float, *words: tuple[float, str], page: int = 1) -> list[Word]:
    """Return a line of words, each from its left edge: ten points an ideograph, five a digit."""
    return [
        Word(text, x, place - EM / 2, x + sum(5 if c.isascii() else 10 for c in text), place + EM / 2, page)
        for x, text in words
    ]


HEADER = line(0, (100, "统计指标"), (300, "单位"), (350, "统计数"))


def rows_of(lines: list[list[Word]]) -> list[list[str]] | None:
    found = find_list(lines, [EM] * len(lines))
    return None if found is None else [[cell.text for cell in row] for row in found[2].rows[1:]]


def test_each_line_is_a_row_and_a_chapter_is_a_row_without_figures() -> None:
    lines = [
        HEADER,
        line(30, (40, "一、主动公开情况")),
        line(60, (50, "主动公开政府信息数"), (305, "条"), (360, "84")),
        line(90, (50, "依申请公开收取的费用"), (300, "万元"), (355, "1.5")),
        line(130, (0, "单位负责人：张三")),
    ]
    assert rows_of(lines) == [
        ["一、主动公开情况", "", ""],
        ["主动公开政府信息数", "条", "84"],
        ["依申请公开收取的费用", "万元", "1.5"],
    ]
    assert find_list(lines, [EM] * len(lines))[1] == 4, "the foot is not of the list"


def test_a_label_on_two_lines_and_a_unit_on_two_are_one_row() -> None:
    lines = [
        HEADER,
        line(30, (50, "收到申请数"), (305, "件"), (360, "7")),
        line(60, (50, "从事政府信息公开工作的全部人员数不包括"), (305, "人")),
        line(67, (360, "12")),
        line(74, (50, "政府公报"), (305, "次")),
        line(104, (50, "申请办结数"), (305, "件"), (360, "5")),
    ]
    rows = rows_of(lines)
    assert rows is not None
    assert rows[1] == ["从事政府信息公开工作的全部人员数不包括\n政府公报", "人\n次", "12"]


def test_a_figure_broken_in_two_stays_broken() -> None:
    lines = [
        HEADER,
        line(30, (50, "收到申请数"), (305, "件"), (360, "7")),
        line(60, (355, "134")),
        line(67, (50, "申请办结数"), (305, "件")),
        line(74, (355, "5")),
        line(104, (50, "申请答复数"), (305, "件"), (360, "5")),
    ]
    rows = rows_of(lines)
    assert rows is not None
    assert rows[1] == ["申请办结数", "件", "134\n5"]


@pytest.mark.parametrize(
    "line_in_doubt",
    [
        line(45, (50, "从事政府信息公开工作的全部人员数不包括")),  # its label's first line, or a row of its own
        line(45, (250, "一个很长的名称"), (360, "3")),  # reaches into the columns
        line(45, (305, "件"), (360, "3")),  # figures without a label
    ],
)
def test_a_list_with_a_line_in_doubt_is_not_read(line_in_doubt: list[Word]) -> None:
    lines = [
        HEADER,
        line(15, (50, "收到申请数"), (305, "件"), (360, "7")),
        line(30, (50, "申请办结数"), (305, "件"), (360, "5")),
        line_in_doubt,
        line(60, (50, "政府公报数"), (305, "件"), (360, "9")),
    ]
    assert rows_of(lines) is None


def test_a_header_on_the_next_page_begins_columns_of_its_own() -> None:
    moved = line(5, (60, "统计指标"), (200, "单位"), (250, "统计数"), page=2)
    lines = [
        HEADER,
        line(30, (50, "收到申请数"), (305, "件"), (360, "7")),
        line(60, (50, "申请办结数"), (305, "件"), (360, "5")),
        moved,
        line(35, (20, "申请答复数"), (205, "件"), (260, "4"), page=2),
    ]
    rows = rows_of(lines)
    assert rows is not None
    assert rows[-1] == ["申请答复数", "件", "4"]
