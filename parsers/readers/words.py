"""Words with their places on a page, and the cells that words under each other make.

Guarantees: a word ends where a gap is that no two neighbours of a word have; words are one cell only where they are a
line's spacing apart and begin, end or have their middle under each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from parsers.model import GridCell
from parsers.normalize import is_figure
from parsers.readers.ruled import Line, are_parted

_PAGE = 100_000
_IN_WORD, _IN_FIGURE, _BY_FIGURE = 0.2, 0.3, 0.45
"""Em: wider gaps part words, figures, and one from the other (programs leave 0.25 between ideograph and digit)."""
SAME_LINE = 0.4
"""Em: what stands on one line differs less in height."""
_NEAR = 60
"""Words looked at, in reading order, for those that stand under each other."""
_LINES = 8
"""Lines of the longest label."""


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters without a gap: its text, box, and page."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    page: int

    @property
    def place(self) -> float:
        """Return how far down the document its middle stands; pages lie far from each other."""
        return self.page * _PAGE + (self.y0 + self.y1) / 2

    @property
    def is_figure(self) -> bool:
        return is_figure(self.text)


@dataclass(slots=True)
class Cell:
    """Words under each other that are one cell."""

    words: list[Word]

    @property
    def text(self) -> str:
        return "\n".join(w.text for w in self.words)

    @property
    def x0(self) -> float:
        return min(w.x0 for w in self.words)

    @property
    def x1(self) -> float:
        return max(w.x1 for w in self.words)

    @property
    def top(self) -> float:
        return self.words[0].place

    @property
    def bottom(self) -> float:
        return self.words[-1].place

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def centre(self) -> float:
        return (self.x0 + self.x1) / 2

    def overlaps(self, other: Cell | Band) -> bool:
        return self.x0 < other.x1 and other.x0 < self.x1

    def grid_cell(self, row: int, column: int, colspan: int) -> GridCell:
        page = self.words[0].page
        shown = [w for w in self.words if w.page == page]
        box = (self.x0, min(w.y0 for w in shown), self.x1, max(w.y1 for w in shown))
        x0, y0, x1, y1 = (round(side, 1) for side in box)
        return GridCell(self.text, row, column, 1, colspan, page, (x0, y0, x1, y1))


@dataclass(slots=True)
class Band:
    """The width that a column's figures and its name take."""

    x0: float
    x1: float


def words_of(line: Line, page: int, em: float, by_figure: float = _BY_FIGURE) -> list[Word]:
    """Split a line where it has a gap that no two neighbours of a word have; `by_figure` em beside a digit."""
    runs = [[line.chars[0]]]
    for before, after in pairwise(line.chars):
        digits = before.text.isdigit(), after.text.isdigit()
        most = _IN_FIGURE if all(digits) else by_figure if any(digits) else _IN_WORD
        gap = after.x0 - before.x1 > most * em or are_parted(before, after)
        if gap:
            runs.append([])
        runs[-1].append(after)
    return [
        Word(
            "".join(c.text for c in run),
            min(c.x0 for c in run),
            min(c.y0 for c in run),
            max(c.x1 for c in run),
            max(c.y1 for c in run),
            page,
        )
        for run in runs
    ]


def bands_of(cells: Iterable[Cell]) -> list[Band]:
    """Return the widths that cells take together, left to right."""
    bands: list[Band] = []
    for cell in sorted(cells, key=lambda c: c.x0):
        if bands and cell.x0 < bands[-1].x1:
            bands[-1].x1 = max(bands[-1].x1, cell.x1)
        else:
            bands.append(Band(cell.x0, cell.x1))
    return bands


def stacked(words: Sequence[Word], reach: float, em: float) -> list[Cell]:
    """Put words under each other together that are at most `reach` apart."""
    cells: list[Cell] = []
    for at, word in enumerate(words):
        line = [w for w in words[max(0, at - _NEAR) : at + _NEAR] if abs(w.place - word.place) <= SAME_LINE * em]
        above = [
            c
            for c in cells[-_NEAR:]
            if 0.5 * em < word.place - c.bottom <= reach
            and _under(c.words[-1], word, em)
            and sum(c.words[-1].x0 < w.x1 and w.x0 < c.words[-1].x1 for w in line) == 1  # else it stands over several
        ]
        if len(above) == 1:
            above[0].words.append(word)
        else:
            cells.append(Cell([word]))
    return cells


def spacings(ordered: Sequence[Word], em: float) -> Iterator[float]:
    """Yield how far apart words are that stand under each other."""
    for i, upper in enumerate(ordered):
        for lower in ordered[i + 1 : i + _NEAR]:
            step = lower.place - upper.place
            if 0.9 * em < step < 3 * em and _under(upper, lower, em):
                yield step


def _under(upper: Word, lower: Word, em: float) -> bool:
    """Tell whether two words could be lines of one cell: their beginnings, middles or ends are under each other."""
    left, right = lower.x0 - upper.x0, lower.x1 - upper.x1
    return upper.x0 < lower.x1 and lower.x0 < upper.x1 and min(abs(left), abs(right), abs(left + right) / 2) < em / 2


def cut(cell: Cell, places: Sequence[float], em: float) -> list[Cell]:
    """Cut what stands under each other into the labels of rows: figures stand at the middle of their label's lines.

    Needed where lines are as far apart as rows. What cannot be cut so that each row has its label falls into its lines.
    """
    words = cell.words
    rows = [p for p in places if cell.top - SAME_LINE * em <= p <= cell.bottom + SAME_LINE * em]

    @cache
    def best(row: int, start: int) -> tuple[int, tuple[tuple[int, int], ...]] | None:
        """Return (lines left over, first and last line of each label) for the rows from `row`."""
        if row == len(rows):
            return len(words) - start, ()
        found = []
        for first in range(start, min(start + _NEAR, len(words))):
            for last in range(first, min(first + _LINES, len(words))):
                if abs((words[first].place + words[last].place) / 2 - rows[row]) < 0.25 * em:
                    rest = best(row + 1, last + 1)
                    if rest:
                        found.append((first - start + rest[0], ((first, last), *rest[1])))
        return min(found, default=None)

    solved = best(0, 0)
    if solved is None:
        return [Cell([w]) for w in words]
    edges = sorted({0, len(words), *(first for first, _ in solved[1]), *(last + 1 for _, last in solved[1])})
    return [Cell(words[a:b]) for a, b in pairwise(edges)]
