"""Plain-text captures of sample reports, as converters of pages and PDFs leave them; the layouts are those
of the five seeds.

A capture prints the same cells as the page does: what its layout loses (spans, columns, parents) is lost
for the reader too, but no layout changes a cell's state or value. Combined with many blank cells a layout
may leave more than one reading of a row.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Final

import opencc

from crawler.samples import forms
from crawler.samples.forms import PROACTIVE, REQUESTS, REVIEW
from crawler.samples.grid import lay_out
from crawler.samples.manuscript import Table
from crawler.samples.report import SampleReport, compose

Rows = list[list[str]]
"""The lines of a table as cells; an empty list is a blank line."""

_PAGE_BREAK_FILLERS: Final = ("", "", "")
_VALUES: Final = len(forms.REQUEST_COLUMNS)
_HALFWIDTH: Final = str.maketrans("，：（）；", ",:();")
_ORPHAN: Final = re.compile(r"3[.、] ?其他$|[（(]七[）)] ?总计$")
_MORE_ORPHANS: Final = re.compile(rf"{_ORPHAN.pattern}|5[.、] ?要求")
_CUT_BEFORE: Final = "和，等于"
_HEADER_FOUR: Final[Rows] = [
    ["行政复议", "", "", "", "", "行政诉讼", ""],
    ["结果", "结果", "其他", "尚未", "总", "未经复议直接起诉", "复议后起诉"],
    [],
    [
        "维持",
        "纠正",
        "结果",
        "审结",
        "计",
        *["结果 维持", "结果 纠正", "其他 结果", "尚未 审结", "总 计"] * 2,
    ],
]


def text_capture(report: SampleReport, style: str, *, traditional: bool = False) -> str:
    """Return a report as plain text in one of `STYLES`, with the report's own text-only quirks.

    The quirks that cut a table (`broken_table_two`, `cut_header_three`, `cut_header_four`, `orphan_rows`)
    show in the styles of tabs alone. KeyError for a style that there is not.
    """
    print_table = STYLES[style]
    manuscript = compose(report.plan, report.edition)
    gap = [] if style == "pipes" else [""]
    lines = list(gap)
    for line in (*manuscript.title, *manuscript.preface):
        lines += [line, *gap]
    for section in manuscript.sections:
        lines += [section.heading, *gap]
        for paragraph in section.paragraphs:
            lines += [paragraph, *gap]
        if section.table is not None:
            lines += [*print_table(section.table, manuscript.quirks), *gap]
    text = "\n".join([*lines, *manuscript.closing]) + "\n"
    if "halfwidth_punctuation" in manuscript.quirks:
        text = text.translate(_HALFWIDTH)
    if traditional or "traditional" in manuscript.quirks:
        text = str(_traditional().convert(text))
    return text


@functools.cache
def _traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def _name(table: Table) -> str:
    return next(cell.key[0] for row in table for cell in row if cell.key)


def _cell_per_line(table: Table, quirks: tuple[str, ...]) -> list[str]:
    """One cell a line after a tab, a tab alone for a place that a cell above reaches, a blank line after
    each row (seed 1).
    """
    lines = []
    for row in lay_out(table):
        lines += [f"\t{place.text}" for place in row if place.first_column]
        lines.append("")
    return lines[:-1]


def _pipes(table: Table, quirks: tuple[str, ...]) -> list[str]:
    """One cell a line with a pipe after it, spanned places dropped, rows but the last padded with bare
    pipes (seed 2).
    """
    lines = []
    grid = lay_out(table)
    for at, row in enumerate(grid):
        texts = [place.text for place in row if place.first_row and place.first_column]
        lines += [f"{text} |" for text in texts]
        if at < len(grid) - 1 and len(texts) < len(row):
            lines.append("|" * (len(row) - len(texts)))
    return lines


def _tabbed(lay_rows: Callable[[Table], Rows]) -> Callable[[Table, tuple[str, ...]], list[str]]:
    def print_table(table: Table, quirks: tuple[str, ...]) -> list[str]:
        rows = lay_rows(table)
        name = _name(table)
        if name == REQUESTS and "orphan_rows" in quirks:
            rows = [_orphan(row, _MORE_ORPHANS, fillers=0) for row in rows]
        if name == REQUESTS and "cut_header_three" in quirks:
            rows = _cut_header_three(rows)
        if name == PROACTIVE and "broken_table_two" in quirks:
            rows = _break_after_penalties(rows)
        if name == REVIEW and "cut_header_four" in quirks:
            rows = [*_HEADER_FOUR, *rows[3:]]
        return ["\t".join(row) for row in rows]

    return print_table


def _plain(table: Table) -> Rows:
    return [[place.text for place in row] for row in lay_out(table)]


def _split(table: Table) -> Rows:
    """Break table three by a page: 8 columns above, 13 below with three fillers before the values (seed 0)."""
    rows = _plain(table)
    if _name(table) != REQUESTS:
        return rows
    labels = len(rows[0]) - _VALUES
    above = [[row[0], *row[labels:]] for row in rows[:5]]
    below = []
    for row, places in zip(rows[5:], lay_out(table)[5:], strict=True):
        head = [place.text for place in places[:labels] if place.first_column]
        padding = [""] * (labels - len(head))
        line = [*head, *_PAGE_BREAK_FILLERS, *row[labels:], *padding]
        below.append(_orphan(line, _ORPHAN, fillers=0))
    return [*above, [], *below]


def _shifted(table: Table) -> Rows:
    """Let the values of table three begin where the labels of their row end (seed 3)."""
    rows = _plain(table)
    if _name(table) != REQUESTS:
        return rows
    labels, width = len(rows[0]) - _VALUES, len(rows[0])
    shifted = []
    for row, places in zip(rows, lay_out(table), strict=True):
        head = [place.text for place in places[:labels] if place.first_column]
        if len(head) == 1:
            head.append("")  # a label over all three columns leaves one filler
        line = _orphan([*head, *row[labels:]], _ORPHAN, fillers=1)
        shifted.append(line + [""] * (width - len(line)))
    return shifted


def _orphan(row: list[str], rows: re.Pattern[str], *, fillers: int) -> list[str]:
    """Take from a row what stood before its own label, as a page break does; `fillers` stand in for a
    second lost parent.

    A row with more than one blank value keeps its parents: without them nobody could tell its columns.
    """
    at = next((at for at, text in enumerate(row) if text), 0)
    lost = row[:at]
    if not lost or not rows.search(row[at]) or sum(bool(text) for text in row) < _VALUES:
        return row
    return [
        row[at],
        *[""] * (fillers * (len(lost) - 1)),
        *row[at + 1 :],
        *[""] * (len(lost) - fillers * (len(lost) - 1)),
    ]


def _cut_header_three(rows: Rows) -> Rows:
    """Cut the corner cell in two, a rule of dashes and a blank line between; its brackets no longer pair
    (seed 4).
    """
    front, _, back = rows[0][0].partition(_CUT_BEFORE)
    first = [front, *[text for text in rows[0][1:] if text]]
    dashes = ["-" * 22, *["-" * 7 for _ in first[1:]]]
    rest = f"{_CUT_BEFORE}{back}".replace("）", ")")
    return [first, dashes, [], [rest, *rows[1][1:]], *rows[2:]]


def _break_after_penalties(rows: Rows) -> Rows:
    """Put a blank line after 行政处罚, and leave off below it the columns that are empty there (seed 3)."""
    at = 1 + next(at for at, row in enumerate(rows) if row[0] == "行政处罚")
    below = [row[:2] if not any(row[2:]) else row for row in rows[at:]]
    return [*rows[:at], [], *below]


STYLES: Final[dict[str, Callable[[Table, tuple[str, ...]], list[str]]]] = {
    "tabs": _tabbed(_plain),
    "tabs_split": _tabbed(_split),
    "cell_per_line": _cell_per_line,
    "pipes": _pipes,
    "shifted": _tabbed(_shifted),
}
"""How a capture prints tables, by the name that `text_capture` takes."""
