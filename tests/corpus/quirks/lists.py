"""What bodies and provinces do to the lists of indicators before 2019 (domain.md 1c)."""

from __future__ import annotations

import copy
import random
from decimal import Decimal

from tests.corpus.document import Box, Break, Line, Report, Sheet, Truth
from tests.corpus.lists import EXTENSIONS, STATISTICS, UNKNOWN, extension
from tests.corpus.quirks.registry import LISTED, NATIONAL, count, on_report


def _sheet(report: Report) -> Sheet:
    return report.sheets[STATISTICS]


def _rows(report: Report) -> list[Line]:
    """Return the lines that hold figures."""
    return [line for line in _sheet(report).lines if any(b.key for b in line.boxes)]


def _column(report: Report, *names: str) -> int:
    """Return which of a line's boxes stands under a name of the header."""
    return next(i for i, b in enumerate(_sheet(report).head[-1]) if b.text in names) - 1


@on_report("list_unknown_rows", forms=NATIONAL)
def _unknown_rows(report: Report, rng: random.Random) -> None:
    """Ask for more under item one, as provinces do (阜阳, 六安)."""
    lines = _sheet(report).lines
    at = next(i for i, line in enumerate(lines) if line.key == "channel_gazette") - 1
    chosen = rng.sample(EXTENSIONS, rng.randint(3, 6))
    lines[at:at] = [extension(rng, row, report) for row in chosen]


@on_report("list_rows_missing", forms=LISTED)
def _rows_missing(report: Report, rng: random.Random) -> None:
    """Leave rows out."""
    for line in rng.sample([x for x in _rows(report) if x.key not in ("review_total", "suit_total")], 5):
        _sheet(report).lines.remove(line)


@on_report("list_unit_in_the_label", forms=LISTED)
def _unit_in_label(report: Report, rng: random.Random) -> None:
    """Print units behind the labels, in brackets, and no column of units."""
    at = _column(report, "单位", "计量单位")
    del _sheet(report).head[-1][at + 1]
    for line in _sheet(report).lines:
        unit = line.boxes.pop(at).text
        if unit:
            line.labels[-1] += f"（{unit}）"


@on_report("list_codes", forms=NATIONAL)
def _codes(report: Report, rng: random.Random) -> None:
    """Number the rows in a column of their own, before the labels or behind them."""
    first = rng.random() < 0.5
    head = _sheet(report).head[-1]
    head.insert(0 if first else 1, Box("序号" if first else "代码"))
    for number, line in enumerate(_sheet(report).lines, 1):
        if first:
            line.labels = [str(number), *line.labels]
        else:
            line.boxes.insert(0, Box(str(number)))
    if first:
        _sheet(report).depth = 2


@on_report("list_page_break", forms=LISTED)
def _page_break(report: Report, rng: random.Random) -> None:
    """Cut the list in two, with or without its header again, perhaps with a page number between."""
    sheet = _sheet(report)
    at = rng.randint(5, len(sheet.lines) - 5)
    sheet.breaks = [Break(at, header_again=rng.random() < 0.5, page_number=rng.choice((None, "- 4 -", "— 5 —")))]


@on_report("list_with_sums_so_far", forms=NATIONAL)
def _two_columns(report: Report, rng: random.Random) -> None:
    """Print 本年 and 历年累计 where the form asks for one number."""
    head = _sheet(report).head[-1]
    head[_column(report, "统计数") + 1].text = rng.choice(("本年度", f"{report.year}年度", "本年数"))
    head.append(Box("历年累计"))
    for line in _sheet(report).lines:
        figure = line.boxes[-1]
        if not (figure.key and figure.truth):
            line.boxes.append(Box(""))
            continue
        table, row, _ = figure.key
        figure.key = (table, row, "period")
        cumulative = (table, row, "cumulative")
        if figure.truth.value is None:
            line.boxes.append(Box("", cumulative, Truth("blank")))
            continue
        more = rng.randint(1, 9_000)
        whole = isinstance(figure.truth.value, int)
        value = count(figure) + more if whole else str(Decimal(figure.truth.value) + more)
        line.boxes.append(Box(str(value), cumulative, Truth("value", value, figure.truth.unit)))


@on_report("list_of_one_column", forms=frozenset(("local",)))
def _one_column(report: Report, rng: random.Random) -> None:
    """Print one number a row: 数量."""
    head = _sheet(report).head[-1]
    head.pop()
    head[-1].text = rng.choice(("数量", "统计数", "数值"))
    for line in _sheet(report).lines:
        del line.boxes[-1]
        for box in line.boxes:
            if box.key:
                box.key = (box.key[0], box.key[1], "value")


@on_report("list_chapters_with_dashes", forms=NATIONAL)
def _dashed_chapters(report: Report, rng: random.Random) -> None:
    """Print dashes beside the headings of chapters."""
    mark = rng.choice(("——", "—", "/", "-"))
    for line in _sheet(report).lines:
        if line.key == "chapter":
            line.boxes = [Box(mark) for _ in line.boxes]


@on_report("list_with_a_foot", forms=LISTED)
def _foot(report: Report, rng: random.Random) -> None:
    """Print who signs for the list in a last row of it, with a telephone number."""
    sheet = _sheet(report)
    words = [Box("审核人：李四"), Box(f"联系电话：0375-{rng.randint(2_000_000, 9_999_999)}")]
    rest = len(sheet.lines[-1].boxes) - len(words)
    sheet.lines.append(Line(["单位负责人：张三"], [*words, *(Box("") for _ in range(rest))], "foot"))


@on_report("list_under_a_title", forms=LISTED)
def _title_row(report: Report, rng: random.Random) -> None:
    """Print the list's name, the body and the year in rows of the table over the header."""
    sheet = _sheet(report)
    width = len(sheet.head[-1])
    sheet.head = [
        [Box(f"政府信息公开情况统计表（{report.year}年度）", colspan=width)],
        [Box(f"填报单位：{report.issuer}"), Box(f"填报日期：{report.year + 1}年1月10日", colspan=width - 1)],
        *sheet.head,
    ]


@on_report("list_indented", forms=LISTED)
def _indented(report: Report, rng: random.Random) -> None:
    """Indent sub-items by ideographic blanks, 其中 before the first of them."""
    for line in _rows(report):
        text = line.labels[-1]
        if text.startswith("1."):
            text = f"其中：{text}"
        line.labels[-1] = "\u3000" * rng.randint(0, 3) + text


@on_report("list_amount_in_yuan", forms=NATIONAL)
def _yuan(report: Report, rng: random.Random) -> None:
    """Ask for 元 where the form asks for 万元."""
    for line in _rows(report):
        if line.boxes[0].text != "万元":
            continue
        line.boxes[0].text = "元"
        for box in line.boxes:
            if box.key:
                yuan = rng.randint(0, 9_000_000)
                box.text = str(yuan)
                box.truth = Truth("value", format(Decimal(yuan) / 10_000, "f"), "元")


@on_report("list_row_twice_otherwise", destroys=True, forms=LISTED)
def _twice(report: Report, rng: random.Random) -> None:
    """Print a row again with other figures: which of the two is the form's, nothing tells."""
    lines = _sheet(report).lines
    line = rng.choice([x for x in _rows(report) if x.key != UNKNOWN])
    again = copy.deepcopy(line)
    for box, copied in zip(line.boxes, again.boxes, strict=True):
        if box.key:
            copied.key = copied.truth = None
            copied.text = str(count(box) + rng.randint(1, 9))
            box.truth = Truth("undecidable")
    lines.insert(lines.index(line) + 1, again)
