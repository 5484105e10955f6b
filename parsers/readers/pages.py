"""What a page holds, from its characters and rules: paragraphs and grids in reading order, page numbers dropped.

Shared by the formats that place every character on a page (PDF, OFD). Guarantees: every character outside the tables is
in a paragraph, save page numbers at a page's edge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from parsers.model import Block, Paragraph
from parsers.normalize import comparable
from parsers.readers.ruled import Char, Line, Rule, RuledGrid, find_grids, lines_of
from parsers.sections import heading_number

_PAGE_NUMBER = re.compile(r"^[\s\-—–−－_·.]*(?:第\s*)?\d{1,3}(?:\s*页)?[\s\-—–−－_·.]*$")
_EDGE = 0.12
"""The part of a page's height, above and below, in which a bare number is a page number."""
_THIN = 4.0
"""A filled box thinner than this (points) is a rule: Word and WPS draw rules so."""


def page_blocks(
    chars: Sequence[Char], horizontal: Sequence[Rule], vertical: Sequence[Rule], height: float, number: int
) -> Iterator[Block]:
    """Yield the paragraphs and grids of page `number` (from 1) from top to bottom; all measures in points."""
    grids = find_grids(horizontal, vertical, chars, number) if len(horizontal) > 1 and len(vertical) > 1 else []
    free = [c for c in chars if not any(_inside(c, g.box) for g in grids)]
    lines = [line for line in lines_of(free) if not is_page_number(line, height)]
    yield from _in_order(lines, grids)


def add_rules(
    points: Sequence[tuple[float, float]], stroked: bool, horizontal: list[Rule], vertical: list[Rule]
) -> None:
    """Add the rules that a path draws: itself where it is thin, the sides of its box where it is stroked."""
    if not points:
        return
    left, right = min(p[0] for p in points), max(p[0] for p in points)
    top, bottom = min(p[1] for p in points), max(p[1] for p in points)
    if right - left < _THIN and bottom - top > _THIN / 2:
        vertical.append(Rule((left + right) / 2, top, bottom))
    elif bottom - top < _THIN and right - left > _THIN / 2:
        horizontal.append(Rule((top + bottom) / 2, left, right))
    elif stroked and right - left > _THIN and bottom - top > _THIN:
        vertical += [Rule(left, top, bottom), Rule(right, top, bottom)]
        horizontal += [Rule(top, left, right), Rule(bottom, left, right)]


def _inside(char: Char, box: tuple[float, float, float, float]) -> bool:
    return box[0] <= char.x <= box[2] and box[1] <= char.y <= box[3]


def is_page_number(line: Line, height: float) -> bool:
    """Tell whether a line is a bare number at a page's edge."""
    _, top, _, bottom = line.box
    return bool(_PAGE_NUMBER.match(line.text)) and (bottom < _EDGE * height or top > (1 - _EDGE) * height)


def _in_order(lines: list[Line], grids: list[RuledGrid]) -> Iterator[Block]:
    """Yield paragraphs and grids from top to bottom."""
    rest = list(lines)
    for ruled in grids:
        above = [line for line in rest if line.box[1] < ruled.box[1]]
        yield from paragraphs_of(above)
        yield ruled.grid
        rest = [line for line in rest if line not in above]
    yield from paragraphs_of(rest)


_TITLE_END = re.compile(r"^.{4,60}(?:年度报告|年报|工作报告)$")


def paragraphs_of(lines: list[Line]) -> Iterator[Paragraph]:
    """Join lines into paragraphs: a new one begins where a line is indented or the one before ended early."""
    if not lines:
        return
    left = min(line.box[0] for line in lines)
    right = max(line.box[2] for line in lines)
    text = ""
    ended = True
    for line in lines:
        x0, y0, x1, y1 = line.box
        size = max(y1 - y0, 6.0)
        heading = heading_number(line.text) is not None
        # the second line of a title stands in the middle under a first one that fills the page's width
        centred = x0 - left > 3 * size and abs((x0 - left) - (right - x1)) < size
        if text and (ended or heading or (x0 - left > 1.2 * size and not centred)):
            yield Paragraph(text)
            text = ""
        text += line.text
        # a title may fill its line to the margin, and nothing goes on behind its last words
        ended = heading or right - x1 > 2.5 * size or bool(_TITLE_END.search(comparable(text)))
    if text:
        yield Paragraph(text)
