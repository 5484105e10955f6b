"""Ruled tables from lines and characters with places: shared by every format that has pages (PDF, OFD, scans).

Guarantees: a grid's rows and columns are the rules that are drawn; squares without a rule between them are one cell; a
character belongs to the cell that its centre lies in.
"""

from __future__ import annotations

import re
import statistics
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from parsers.errors import UnreadableError
from parsers.model import Grid, GridCell

MAX_STEPS = 10_000_000
"""Comparisons of rules with rules, or of squares with rules, on one page: a real page of tables needs 100,000."""
_DIGITS = re.compile(r"[\d.,，]+")
_THOUSANDS = re.compile(r"\d{1,3}([,，]\d{3})*[,，]")
_GROUPS = re.compile(r"\d{3}([,，]\d{3})*[,，]?")
_PADDING = 4.0
"""Points that a cell leaves free at each side, its digits' own white included."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal or vertical line: `at` across its direction, from `start` to `end` along it."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Char:
    """A character with its box; y grows downwards, units are the page's. `parted` where a blank is printed before it."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    parted: bool = False

    @property
    def x(self) -> float:
        """Return the centre's x."""
        return (self.x0 + self.x1) / 2

    @property
    def y(self) -> float:
        """Return the centre's y."""
        return (self.y0 + self.y1) / 2


@dataclass(frozen=True, slots=True)
class Line:
    """Characters on one line, left to right."""

    chars: tuple[Char, ...]

    @property
    def text(self) -> str:
        """Return the line's text, with a blank where a gap stands that no two neighbours of a word have."""
        size = statistics.median(max(c.x1 - c.x0, c.y1 - c.y0) for c in self.chars) or 1.0
        out = [self.chars[0].text]
        for before, after in pairwise(self.chars):
            if after.x0 - before.x1 > _gap(before.text, after.text) * size or are_parted(before, after):
                out.append(" ")
            out.append(after.text)
        return "".join(out)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Return (x0, y0, x1, y1)."""
        return (
            min(c.x0 for c in self.chars),
            min(c.y0 for c in self.chars),
            max(c.x1 for c in self.chars),
            max(c.y1 for c in self.chars),
        )


@dataclass(frozen=True, slots=True)
class RuledGrid:
    """A grid with the box that its outer rules enclose."""

    grid: Grid
    box: tuple[float, float, float, float]


def _gap(before: str, after: str) -> float:
    """Return the widest gap, in characters, that may stand inside a word.

    Boxes are tight: full-width punctuation leaves most of its square empty, two digits of one number nearly nothing.
    """
    if before.isdigit() and after.isdigit():
        return 0.35 if before.isascii() and after.isascii() else 0.9  # full-width digits fill a square each
    if before.isalnum() and after.isalnum():
        return 0.8
    return 1.2


def are_parted(before: Char, after: Char) -> bool:
    """Tell whether a blank is printed between two digits: two figures, however narrow it is."""
    return after.parted and before.text.isdigit() and after.text.isdigit()


def lines_of(chars: Iterable[Char], apart: float = 0.55) -> list[Line]:
    """Group characters into lines, top to bottom: those whose centres are less than `apart` characters apart in y."""
    ordered = sorted(chars, key=lambda c: (c.y, c.x))
    if not ordered:
        return []
    height = statistics.median(max(c.y1 - c.y0, c.x1 - c.x0) for c in ordered) or 1.0
    lines: list[list[Char]] = []
    level = 0.0
    for char in ordered:
        if lines and char.y - level <= apart * height:
            lines[-1].append(char)
            level += (char.y - level) / len(lines[-1])
        else:
            lines.append([char])
            level = char.y
    return [Line(tuple(sorted(line, key=lambda c: c.x))) for line in lines]


def merge(rules: Iterable[Rule], tolerance: float) -> list[Rule]:
    """Join rules on one line that touch: browsers draw one piece for each edge of a cell."""
    groups: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda r: r.at):
        if groups and rule.at - groups[-1][0].at <= tolerance:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    merged = []
    for group in groups:
        at = statistics.fmean(r.at for r in group)
        pieces = sorted(group, key=lambda r: r.start)
        start, end = pieces[0].start, pieces[0].end
        for piece in pieces[1:]:
            if piece.start <= end + tolerance:
                end = max(end, piece.end)
            else:
                merged.append(Rule(at, start, end))
                start, end = piece.start, piece.end
        merged.append(Rule(at, start, end))
    return merged


def find_grids(
    horizontal: Sequence[Rule], vertical: Sequence[Rule], chars: Sequence[Char], page: int, tolerance: float = 2.5
) -> list[RuledGrid]:
    """Return the ruled tables of a page, top to bottom; rules that cross none of the other kind make no table."""
    rows, columns = merge(horizontal, tolerance), merge(vertical, tolerance)
    _bound(len(rows) * len(columns), page)
    grids = []
    for hs, vs in _connected(rows, columns, tolerance):
        rows_at, columns_at = ([r.at for r in hs], [r.at for r in vs])
        ys = snap([*rows_at, *_open_ends(hs, vs, len(snap(columns_at, tolerance)), tolerance)], tolerance)
        xs = snap([*columns_at, *_open_ends(vs, hs, len(snap(rows_at, tolerance)), tolerance)], tolerance)
        if len(ys) < 2 or len(xs) < 3:
            continue  # a frame or a background, no table
        _bound(len(xs) * len(ys) * (len(hs) + len(vs)), page)
        grids.append(_lay_out(hs, vs, ys, xs, chars, page, tolerance))
    return sorted(grids, key=lambda g: g.box[1])


def _bound(steps: int, page: int) -> None:
    if steps > MAX_STEPS:
        raise UnreadableError(f"page {page} has too many rules", f"第 {page} 页的线条过多")


def _connected(rows: list[Rule], columns: list[Rule], tolerance: float) -> list[tuple[list[Rule], list[Rule]]]:
    """Group rules that cross or touch each other, directly or over others."""
    parent = list(range(len(rows) + len(columns)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, h in enumerate(rows):
        for j, v in enumerate(columns, len(rows)):
            if h.start - tolerance <= v.at <= h.end + tolerance and v.start - tolerance <= h.at <= v.end + tolerance:
                parent[root(i)] = root(j)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for i, rule in enumerate([*rows, *columns]):
        groups[root(i)][0 if i < len(rows) else 1].append(rule)
    crossed = [g for g in groups.values() if g[0] and len(g[1]) >= 2]
    for lone in (g[1][0] for g in groups.values() if not g[0]):
        # the side of a label that spans all rows of a page: no rule between rows reaches it
        for _, vs in crossed:
            top, bottom = min(v.start for v in vs), max(v.end for v in vs)
            if abs(lone.start - top) <= tolerance and abs(lone.end - bottom) <= tolerance:
                vs.append(lone)
    return crossed


def _open_ends(across: list[Rule], along: list[Rule], count: int, tolerance: float) -> list[float]:
    """Return where a table ends that has no rule at its edge, by a page break or by style.

    Most of the `count` rules `along` reach beyond the outermost rule `across`: columns below the last row, or rows to
    the left of the first column (border-left:none of pages pasted from Word).
    """
    first, last = min(r.at for r in across), max(r.at for r in across)
    before = [r.start for r in along if first - r.start > 3 * tolerance]
    after = [r.end for r in along if r.end - last > 3 * tolerance]
    return [statistics.median(reach) for reach in (before, after) if 2 * len(reach) >= count]


def snap(values: Iterable[float], tolerance: float) -> list[float]:
    """Return the means of the groups of values that lie within the tolerance of their neighbours."""
    groups: list[list[float]] = []
    for value in sorted(values):
        if groups and value - groups[-1][-1] <= tolerance:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [statistics.fmean(g) for g in groups]


def _lay_out(
    hs: list[Rule], vs: list[Rule], ys: list[float], xs: list[float], chars: Sequence[Char], page: int, tolerance: float
) -> RuledGrid:
    height, width = len(ys) - 1, len(xs) - 1
    cell_of: dict[tuple[int, int], tuple[int, int]] = {}

    def root(square: tuple[int, int]) -> tuple[int, int]:
        while cell_of.get(square, square) != square:
            square = cell_of[square]
        return square

    def ruled(rules: list[Rule], at: float, middle: float) -> bool:
        return any(abs(r.at - at) <= tolerance and r.start - tolerance <= middle <= r.end + tolerance for r in rules)

    for y in range(height):
        for x in range(width):
            if x + 1 < width and not ruled(vs, xs[x + 1], (ys[y] + ys[y + 1]) / 2):
                _join(cell_of, root((y, x)), root((y, x + 1)))
            if y + 1 < height and not ruled(hs, ys[y + 1], (xs[x] + xs[x + 1]) / 2):
                _join(cell_of, root((y, x)), root((y + 1, x)))
    squares: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for y in range(height):
        for x in range(width):
            squares[root((y, x))].append((y, x))
    inside: dict[tuple[int, int], list[Char]] = defaultdict(list)
    for char in chars:
        if xs[0] <= char.x <= xs[-1] and ys[0] <= char.y <= ys[-1]:
            y = min(bisect_right(ys, char.y) - 1, height - 1)
            x = min(bisect_right(xs, char.x) - 1, width - 1)
            inside[root((y, x))].append(char)
    rows: list[dict[int, GridCell]] = [{} for _ in range(height)]
    for key, members in squares.items():
        top, bottom = min(y for y, _ in members), max(y for y, _ in members)
        left, right = min(x for _, x in members), max(x for _, x in members)
        text = _text_of(lines_of(inside[key]), xs[right + 1] - xs[left])
        box = (round(xs[left], 1), round(ys[top], 1), round(xs[right + 1], 1), round(ys[bottom + 1], 1))
        cell = GridCell(text, top, left, bottom - top + 1, right - left + 1, page, box)
        for y, x in members:
            rows[y][x] = cell
    grid = Grid(tuple(tuple(dict.fromkeys(row[x] for x in sorted(row))) for row in rows))
    return RuledGrid(grid, (xs[0], ys[0], xs[-1], ys[-1]))


def _text_of(lines: Sequence[Line], width: float) -> str:
    """Return a cell's text; a figure that fills the cell's width, or ends in a comma, goes on in the next line."""
    text = ""
    for number, line in enumerate(lines):
        above = lines[number - 1] if number else None
        goes_on = above and (
            (_is_full(above, width) and _DIGITS.fullmatch(line.text))
            or (_THOUSANDS.fullmatch(above.text) and _GROUPS.fullmatch(line.text))
        )
        text += line.text if goes_on or not number else f"\n{line.text}"
    return text


def _is_full(line: Line, width: float) -> bool:
    """Tell whether a line of digits leaves no room for one more in a cell of `width` points."""
    left, _, right, _ = line.box
    digit = (right - left) / len(line.chars)
    return bool(_DIGITS.fullmatch(line.text)) and width - (right - left) < digit + 2 * _PADDING


def _join(cell_of: dict[tuple[int, int], tuple[int, int]], one: tuple[int, int], other: tuple[int, int]) -> None:
    if one != other:
        first, second = sorted((one, other))
        cell_of[second] = first
        cell_of.setdefault(first, first)
