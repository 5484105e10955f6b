"""Captures that lost all cell borders: a report in one line, its labels and digits glued to each other.

Guarantees: nothing is read that the labels of a form do not delimit; the digits between two labels stay one cell, in which
the reader of tables finds every admissible way to cut them (parsers.align), and none of which is ever sure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from parsers.model import Block, Grid, GridCell, Paragraph
from parsers.normalize import to_simplified
from parsers.templates import FORMS, load_form

_MIN_LABELS = 8
"""So many rows of table three must be named in one paragraph before it is taken for a glued report."""
_HEADING = re.compile(
    r"[一二三四五六]、\s*(?:总体情况|主动公开政府信息情况|收到和处理政府信息公开申请情况|(?:因)?政府信息公开(?:工作)?(?:被申请)?行政复议、(?:提起)?行政诉讼情况"
    r"|(?:政府信息公开工作)?存在的?主要问题[及和与](?:改进|整改)(?:情况|措施)|其他需要报告的事项)"
)
_STARTS_A_ROW = ("申请人情况", "自然人", "商业企业", "行政复议")


def is_glued(text: str) -> bool:
    """Tell whether a paragraph holds a whole table three without borders."""
    if len(text) < 200:
        return False
    return len({m[0] for m in _row_labels().finditer(_plain(text))}) >= _MIN_LABELS


def is_one_line(text: str) -> bool:
    """Tell whether a paragraph is a whole report whose line breaks were lost: it holds its headings, one after the other."""
    return len(text) > 400 and len(_inline_headings(_plain(text))) >= 3


def _inline_headings(text: str) -> list[re.Match[str]]:
    """Return the headings inside a text, as long as their numbers go up one by one."""
    found: list[re.Match[str]] = []
    for match in _INLINE.finditer(text):
        number = "一二三四五六七八九".index(match[1])
        if not found or number == "一二三四五六七八九".index(found[-1][1]) + 1:
            found.append(match)
    return found


def split_lines(text: str) -> Iterator[Block]:
    """Yield the paragraphs of a report in one line, and its list of indicators where label, unit and figures follow."""
    text = _plain(text)
    headings = _inline_headings(text)
    yield from _with_indicators(text[: headings[0].start()])
    ends = [*(h.start() for h in headings[1:]), len(text)]
    for heading, end in zip(headings, ends, strict=True):
        yield Paragraph(heading[0].strip())
        yield from _with_indicators(text[heading.end() : end])


def _with_indicators(text: str) -> Iterator[Block]:
    head = _INDICATORS.search(text)
    rows = [head[0].split()] if head else []
    at = head.end() if head else 0
    while head and (row := _INDICATOR_ROW.match(text, at)):
        rows.append([row["label"], row["unit"], *row["figures"].split()])
        at = row.end()
    if head is None or len(rows) < 4:
        if text.strip():
            yield Paragraph(text.strip())
        return
    if text[: head.start()].strip():
        yield Paragraph(text[: head.start()].strip())
    yield Grid(
        tuple(tuple(GridCell(cell, y, x) for x, cell in enumerate(row)) for y, row in enumerate(rows)),
        spans_known=False,
    )
    if text[at:].strip():
        yield Paragraph(text[at:].strip())


_INLINE = re.compile(r"(?:(?<=[。;!…\]])|(?<=\s))([一二三四五六七八九])、[^\s,。;:!?()\d]{4,28}(?=\s)")
_INDICATORS = re.compile(
    r"(?:统计)?指标(?:名称)? +(?:计量)?单位(?: +(?:\d{4}年度?|[^\s\d]{2,6}))+?(?= +\S+ +(?:条|件|次|篇|人|个|元))"
)
_INDICATOR_ROW = re.compile(
    r"\s*(?P<label>(?:其中:)?(?:\d、)?[^\s\d]+) +(?P<unit>条|件|次|篇|个|人|人次|元|万元|份) +(?P<figures>[\d.,]+(?: +[\d.,]+(?![\d.,]*、))*)"
)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", to_simplified(text))


def split_glued(text: str) -> Iterator[Block]:
    """Yield the paragraphs and grids of a glued report, cut at its section headings and at the labels of the forms."""
    text = _plain(text)
    starts = [m.start() for m in _HEADING.finditer(text)]
    for start, end in zip([0, *starts], [*starts, len(text)], strict=True):
        piece = text[start:end]
        heading = _HEADING.match(piece)
        if heading:
            yield Paragraph(heading[0])
            piece = piece[heading.end() :]
        yield from _section(piece)


def _section(text: str) -> Iterator[Block]:
    labels = list(_labels().finditer(text))
    if len(labels) < 4:
        if text.strip():
            yield Paragraph(text.strip())
        return
    before = text[: labels[0].start()].strip()
    if before:
        yield Paragraph(before)
    rows: list[list[str]] = [[]]
    rest = ""
    ends = [*(m.start() for m in labels[1:]), len(text)]
    for match, end in zip(labels, ends, strict=True):
        name, between = match[0], text[match.end() : end]
        remark = _REMARK.match(between)
        if remark:  # a bracket that belongs to the label, such as the unit over a column
            name, between = name + remark[0], between[remark.end() :]
        digits = _DIGITS.match(between)
        if _begins_row(name):
            rows.append([])
        rows[-1].append(name)
        if digits:
            if _figures_alone(name):
                rows.append([])
            rows[-1].append(digits[0].strip())
            rows.append([])
            between = between[digits.end() :]
        rest += between
    filled = [row for row in rows if row]
    yield Grid(
        tuple(tuple(GridCell(cell, y, x) for x, cell in enumerate(row)) for y, row in enumerate(filled)),
        spans_known=False,
    )
    if rest.strip():
        yield Paragraph(rest.strip())


_REMARK = re.compile(r"\s*\([^()]{0,24}\)")
_DIGITS = re.compile(r"[\s]*[-+]?\d[\d\s.,+-]*(?:万元|元)?|[\s]*[-—/]+(?=\D|$)")


def _begins_row(name: str) -> bool:
    plain = re.sub(r"\s", "", name)
    return plain.startswith((*_STARTS_A_ROW, "第二十条", "信息内容")) or bool(_row_names().fullmatch(name))


def _figures_alone(name: str) -> bool:
    """Tell whether figures after this label stand in a row of their own: table four's single row has no label."""
    return re.sub(r"\s", "", name) == "总计"


def _pattern(label: str) -> str:
    """Return a label as a pattern: blanks may stand anywhere, quotes may be of any kind, a remark may be missing."""
    plain = re.sub(r"\s", "", _plain(label))
    head, bracket, remark = plain.partition("(区分")
    signs = [("[\"“”'‘’]?" if c in "\"“”'‘’" else re.escape(c)) for c in head]
    tail = r"(?:\s*" + r"\s*".join(re.escape(c) for c in bracket + remark) + ")?" if bracket else ""
    return r"\s*".join(signs) + tail


@cache
def _row_names() -> re.Pattern[str]:
    """Return one pattern for what names a row or a group of rows."""
    names = {"规范性文件"}
    for table in ("proactive_disclosure", "requests"):
        for form in FORMS[table]:
            template = load_form(table, form)
            names |= {r.zh for r in template.rows} | {g.zh for g in template.groups}
    return re.compile("|".join(sorted(map(_pattern, names), key=len, reverse=True)))


@cache
def _row_labels() -> re.Pattern[str]:
    names = {row.zh for row in load_form("requests", "2021").rows if row.group}
    return re.compile("|".join(sorted(map(_pattern, names), key=len, reverse=True)))


@cache
def _labels() -> re.Pattern[str]:
    """Return one pattern for every label of every form, the longest first."""
    names: set[str] = {
        "信息内容",
        "申请人情况",
        "法人或其他组织",
        "行政诉讼",
        "未经复议直接起诉",
        "复议后起诉",
        "行政复议",
    }
    for table, forms in FORMS.items():
        for form in forms:
            template = load_form(table, form)
            names |= {c.zh for c in template.columns} | {g.zh for g in template.groups}
            names |= {b.clause for b in template.blocks}
            if table != "review_and_litigation":
                names |= {r.zh for r in template.rows}
            if template.corner:
                names.add(template.corner)
    names |= {"本年收费金额", "规范性文件"}
    return re.compile("|".join(sorted(map(_pattern, names), key=len, reverse=True)))
