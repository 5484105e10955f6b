"""Columns in another order, missing, or that the form does not have."""

from __future__ import annotations

import random

from tests.corpus import figures
from tests.corpus.document import Box, Report
from tests.corpus.forms import REVIEW
from tests.corpus.quirks.registry import count, on_report, requests_of


def _reorder(report: Report, order: list[int]) -> None:
    """Put table three's columns in `order`; the header becomes one row, as organisations may be torn apart."""
    sheet = requests_of(report)
    names = [sheet.head[1][0], *sheet.head[2], sheet.head[1][2]]
    one_row = [Box(names[i].text) for i in order]
    sheet.head = [[Box(sheet.head[0][0].text, rowspan=2, colspan=3), Box("申请人情况", colspan=7)], one_row]
    for line in sheet.lines:
        line.boxes = [line.boxes[i] for i in order]


@on_report("columns_reordered")
def _columns_reordered(report: Report, rng: random.Random) -> None:
    """Print the columns in another order, under one header row."""
    order = list(range(7))
    while order == list(range(7)):
        rng.shuffle(order)
    _reorder(report, order)


@on_report("organisations_reordered")
def _organisations_reordered(report: Report, rng: random.Random) -> None:
    """Print the organisations in another order under 法人或其他组织."""
    order = list(range(5))
    while order == list(range(5)):
        rng.shuffle(order)
    sheet = requests_of(report)
    sheet.head[2] = [sheet.head[2][i] for i in order]
    for line in sheet.lines:
        line.boxes = [line.boxes[0], *(line.boxes[1 + i] for i in order), line.boxes[6]]


@on_report("total_first")
def _total_first(report: Report, rng: random.Random) -> None:
    """Print 总计 before all other columns, under the three header rows."""
    sheet = requests_of(report)
    sheet.head[1] = [sheet.head[1][2], *sheet.head[1][:2]]
    for line in sheet.lines:
        line.boxes = [line.boxes[6], *line.boxes[:6]]


@on_report("review_columns_reordered")
def _review_reordered(report: Report, rng: random.Random) -> None:
    """Print 总计 first in each block of table four."""
    sheet = report.sheets[REVIEW]
    order = [4, 0, 1, 2, 3]
    first, rest = sheet.head[1][:5], sheet.head[1][5:]
    sheet.head[1] = [*(first[i] for i in order), *rest]
    sheet.head[2] = [sheet.head[2][b * 5 + i] for b in range(2) for i in order]
    line = sheet.lines[0]
    line.boxes = [line.boxes[b * 5 + i] for b in range(3) for i in order]


@on_report("review_blocks_exchanged")
def _review_exchanged(report: Report, rng: random.Random) -> None:
    """Print 复议后起诉 before 未经复议直接起诉."""
    sheet = report.sheets[REVIEW]
    sheet.head[1] = [*sheet.head[1][:5], sheet.head[1][6], sheet.head[1][5]]
    line = sheet.lines[0]
    line.boxes = [*line.boxes[:5], *line.boxes[10:], *line.boxes[5:10]]


@on_report("review_with_a_label")
def _review_label(report: Report, rng: random.Random) -> None:
    """Print a label before table four's figures, with an empty header cell over it."""
    sheet = report.sheets[REVIEW]
    sheet.head[0].insert(0, Box("类别", rowspan=3))
    sheet.lines[0].labels = [rng.choice(("数量", "件数", "本年数量"))]
    sheet.depth = 1


@on_report("organisations_subtotal")
def _organisations_subtotal(report: Report, rng: random.Random) -> None:
    """Print a 小计 of the organisations that the form does not have."""
    sheet = requests_of(report)
    sheet.head[0][1].colspan += 1
    sheet.head[1][1].colspan += 1
    at_end = rng.random() < 0.5
    sheet.head[2].insert(5 if at_end else 0, Box("小计"))
    for line in sheet.lines:
        box = Box(str(sum(count(b) for b in line.boxes[1:6])))
        line.boxes.insert(6 if at_end else 1, box)


@on_report("remark_column")
def _remark(report: Report, rng: random.Random) -> None:
    """Print 备注 behind the totals."""
    sheet = requests_of(report)
    sheet.head[0].append(Box("备注", rowspan=3))
    for line in sheet.lines:
        line.boxes.append(Box(rng.choice(("", "", "", "含上年结转", "见说明"))))


@on_report("remark_column_with_figures")
def _remark_figures(report: Report, rng: random.Random) -> None:
    """Print last year's totals behind this year's."""
    sheet = requests_of(report)
    sheet.head[0].append(Box("上年总计", rowspan=3))
    for line in sheet.lines:
        line.boxes.append(Box(str(figures.draw(rng, 900) if rng.random() < 0.3 else 0)))


@on_report("serial_column")
def _serial(report: Report, rng: random.Random) -> None:
    """Number table three's rows in a column of their own before the labels."""
    sheet = requests_of(report)
    sheet.head[0].insert(0, Box("序号", rowspan=3))
    sheet.depth += 1
    for number, line in enumerate(sheet.lines, 1):
        line.labels = [str(number), *line.labels]


@on_report("serial_column_behind_labels")
def _serial_behind(report: Report, rng: random.Random) -> None:
    """Print a 代码 between labels and figures (定西)."""
    sheet = requests_of(report)
    sheet.head[0].insert(1, Box("代码", rowspan=3))
    for number, line in enumerate(sheet.lines, 1):
        line.boxes.insert(0, Box(f"{number:02d}" if rng.random() < 0.5 else str(number)))


@on_report("column_missing")
def _column_missing(report: Report, rng: random.Random) -> None:
    """Leave a column of organisations out, header and figures."""
    sheet = requests_of(report)
    at = rng.randint(0, 4)
    del sheet.head[2][at]
    sheet.head[0][1].colspan -= 1
    sheet.head[1][1].colspan -= 1
    for line in sheet.lines:
        key = line.boxes.pop(1 + at).key
        if key:
            report.lost.add(key)


@on_report("header_missing", destroys=True)
def _header_missing(report: Report, rng: random.Random) -> None:
    """Leave table three without its header rows."""
    requests_of(report).head = []


@on_report("header_missing_and_a_column", destroys=True)
def _header_and_column(report: Report, rng: random.Random) -> None:
    """Leave table three without its header and without one column: nothing says which."""
    _column_missing(report, rng)
    requests_of(report).head = []


@on_report("header_cell_damaged", destroys=True)
def _header_damaged(report: Report, rng: random.Random) -> None:
    """Lose the name of one column."""
    sheet = requests_of(report)
    rng.choice(sheet.head[2]).text = rng.choice(("", "企业", "□□机构"))


@on_report("header_names_exchanged_by_break")
def _header_wrapped(report: Report, rng: random.Random) -> None:
    """Break the names of columns by lines, one character a line."""
    for row in requests_of(report).head:
        for box in row:
            if len(box.text) < 8:
                box.text = "\n".join(box.text)
