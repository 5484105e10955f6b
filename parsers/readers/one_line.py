"""Captures of a whole report in one line whose words are still apart: headings and a list of indicators.

Guarantees: everything is in a paragraph or a cell; a list is one where label, unit and figures follow one another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from parsers.model import Block, Grid, GridCell, Paragraph
from parsers.normalize import to_simplified


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
