"""A report on A4 pages: where each line of text and each rule of a table stands, for the formats that place them.

All measures are points from the page's upper left corner. A table that does not fit is broken between two rows, but
not within its header; a cell that spans the break is closed on both pages, its text on the first part that has room
for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

from crawler.samples.formats.widths import column_edges
from crawler.samples.grid import Place, lay_out
from crawler.samples.manuscript import Manuscript, Table

PAGE_WIDTH: Final = 595.0
PAGE_HEIGHT: Final = 842.0
_LEFT: Final = 54.0
_WIDTH: Final = PAGE_WIDTH - 2 * _LEFT
_TOP: Final = 72.0
_BOTTOM: Final = PAGE_HEIGHT - 72.0
_FOOT: Final = PAGE_HEIGHT - 40.0
_TITLE: Final = 18.0
_BODY: Final = 12.0
_CELL: Final = 8.0
_PADDING: Final = 3.0
_LEADING: Final = 1.5
_ASCENT: Final = 0.85
"""Of the size: how far the base line stands below the top of a line's letters."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: where its base line begins."""

    x: float
    y: float
    size: float
    text: str


@dataclass(slots=True)
class Page:
    """A page's lines of text, and its rules as (x0, y0, x1, y1)."""

    lines: list[Line] = field(default_factory=list)
    rules: set[tuple[float, float, float, float]] = field(default_factory=set)


def advance(character: str) -> float:
    """Return how far a character moves the pen, in parts of the size."""
    return 0.5 if character.isascii() else 1.0


def lay_pages(manuscript: Manuscript) -> list[Page]:
    """Lay a report out on pages with their numbers at the foot."""
    flow = _Flow()
    for line in manuscript.title:
        flow.add_text(line, _TITLE, centred=True)
    for text in manuscript.preface:
        flow.add_text(text, _BODY)
    for section in manuscript.sections:
        for text in (section.heading, *section.paragraphs):
            flow.add_text(text, _BODY)
        if section.table is not None:
            flow.add_table(section.table)
    for line in manuscript.closing:
        flow.add_text(line, _BODY)
    for number, page in enumerate(flow.pages, 1):
        foot = f"- {number} -"
        page.lines.append(Line((PAGE_WIDTH - _length(foot) * _BODY) / 2, _FOOT, _BODY, foot))
    return flow.pages


class _Flow:
    """Fills page after page; `y` is where the next line begins."""

    def __init__(self) -> None:
        self.pages = [Page()]
        self.y = _TOP

    def add_text(self, text: str, size: float, *, centred: bool = False) -> None:
        """Add a paragraph: its first line indented by two characters, or every line in the middle."""
        indent = 0.0 if centred else 2.0
        for at, line in enumerate(_wrapped(text, _WIDTH / size, indent)):
            self._need(size * _LEADING)
            x = _LEFT + (0.0 if at else indent * size)
            if centred:
                x = (PAGE_WIDTH - _length(line) * size) / 2
            self.pages[-1].lines.append(Line(x, self.y + _ASCENT * size, size, line))
            self.y += size * _LEADING

    def add_table(self, table: Table) -> None:
        """Add a table, broken between rows where the page ends."""
        grid = lay_out(table)
        edges = column_edges(len(grid[0]), _LEFT, _WIDTH)
        heights = _row_heights(grid, edges)
        pending = {id(cell) for row in table for cell in row}
        first_values = next(at for at, row in enumerate(table) if any(cell.key for cell in row))
        self._need(sum(heights[: first_values + 1]))
        at = 0
        while at < len(grid):
            self._need(heights[at])
            end = at + 1
            while end < len(grid) and self.y + sum(heights[at : end + 1]) <= _BOTTOM:
                end += 1
            self._add_rows(grid, edges, heights, range(at, end), pending)
            at = end
        self.y += _BODY * _LEADING

    def _add_rows(
        self,
        grid: Sequence[Sequence[Place]],
        edges: Sequence[float],
        heights: Sequence[float],
        rows: range,
        pending: set[int],
    ) -> None:
        """Draw the part of a table that stands on this page; `pending` has the cells whose text is not printed yet."""
        tops = list(accumulate((heights[at] for at in rows), initial=self.y))
        for at in rows:
            for column, place in enumerate(grid[at]):
                if place.first_column and (place.first_row or at == rows.start):
                    below = _reach(grid, at, column)
                    bottom = tops[min(at + below, rows.stop) - rows.start]
                    box = (edges[column], tops[at - rows.start], edges[column + place.cell.colspan], bottom)
                    self._add_cell(place, box, pending)
        self.y = tops[-1]

    def _add_cell(self, place: Place, box: tuple[float, float, float, float], pending: set[int]) -> None:
        left, top, right, bottom = (round(side, 2) for side in box)
        self.pages[-1].rules |= {
            (left, top, right, top),
            (left, bottom, right, bottom),
            (left, top, left, bottom),
            (right, top, right, bottom),
        }
        lines = _cell_lines(place, right - left)
        height = len(lines) * _CELL * _LEADING
        if id(place.cell) not in pending or height > bottom - top:
            return
        pending.remove(id(place.cell))
        y = (top + bottom - height) / 2 + (_LEADING - 1) / 2 * _CELL
        for line in lines:
            x = (left + right - _length(line) * _CELL) / 2
            self.pages[-1].lines.append(Line(x, y + _ASCENT * _CELL, _CELL, line))
            y += _CELL * _LEADING

    def _need(self, height: float) -> None:
        """Begin a new page where the rest of this one is less than `height`."""
        if self.y + height > _BOTTOM:
            self.pages.append(Page())
            self.y = _TOP


def _reach(grid: Sequence[Sequence[Place]], at: int, column: int) -> int:
    """Count the rows from `at` on that the cell at a place covers."""
    cell = grid[at][column].cell
    return sum(row[column].cell is cell for row in grid[at:])


def _row_heights(grid: Sequence[Sequence[Place]], edges: Sequence[float]) -> list[float]:
    """Return each row's height: what its own cells need, the last row of a spanning cell what that one lacks."""
    heights = [0.0] * len(grid)
    spanning = []
    for at, row in enumerate(grid):
        for column, place in enumerate(row):
            if place.first_row and place.first_column:
                lines = _cell_lines(place, edges[column + place.cell.colspan] - edges[column])
                need = len(lines) * _CELL * _LEADING + 2 * _PADDING
                if place.cell.rowspan > 1:
                    spanning.append((at, at + place.cell.rowspan, need))
                else:
                    heights[at] = max(heights[at], need)
    for first, end, need in spanning:
        heights[end - 1] += max(0.0, need - sum(heights[first:end]))
    return heights


def _cell_lines(place: Place, width: float) -> list[str]:
    room = (width - 2 * _PADDING) / _CELL
    return [line for text in place.cell.text.split("\n") for line in _wrapped(text, room)] or [""]


def _length(text: str) -> float:
    return sum(map(advance, text))


def _wrapped(text: str, room: float, indent: float = 0.0) -> Iterator[str]:
    """Break text into lines of at most `room` times the size, the first shorter by `indent`; blanks run together and
    a number stays whole.
    """
    line, used = "", indent
    for word in _words(" ".join(text.split())):
        length = _length(word)
        if line and used + length > room:
            yield line.rstrip()
            line, used = "", 0.0
            word = word.lstrip()
            length = _length(word)
        line, used = line + word, used + length
    if line:
        yield line.rstrip()


def _words(text: str) -> Iterator[str]:
    """Yield what is not broken: runs of ASCII letters and digits, and every other character by itself."""
    word = ""
    for character in text:
        if character.isascii() and not character.isspace():
            word += character
            continue
        if word:
            yield word
            word = ""
        yield character
    if word:
        yield word
