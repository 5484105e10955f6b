"""One part of a table without rules: its names, and its figures in the columns that the names make.

Guarantees: a figure is put into a column only where it stands under that column's name or other figures and under none
else's, or where its row has as many figures as there are names; where places leave a doubt there is no table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from parsers.model import GridCell
from parsers.readers.words import Band, Cell, bands_of

_IN_CELL = 0.45
"""Em: figures nearer to each other may be in one cell."""


@dataclass(slots=True)
class Row:
    """A line of figures (none in a row of blanks) with the cells of its labels, the nearest last."""

    place: float
    figures: list[Cell]
    labels: list[Cell]


def lay_out_part(
    everything: list[Cell], body: list[Row], left: float, depth: int, at: int, em: float, names: int
) -> tuple[list[tuple[GridCell, ...]] | None, int]:
    """Return the rows of one part, None where a figure stands under no column's name or two, and how many names it has.

    A part without names of its own has the `names` columns of the part above, if each of its rows has all of them.
    """
    corner = [h for h in everything if h.centre < left]
    head = [h for h in everything if h not in corner]
    rows = [_whole(row.figures, 0.0) for row in body]
    leaves = _leaves(head, [f for row in rows for f in row])
    bands, placed = _under_names(leaves, rows, em)
    if not head and names:
        bands = bands_of([f for row in rows for f in row])
        placed = [dict(enumerate(row)) if len(row) in (0, names) else None for row in rows]
        if len(bands) != names:
            return None, 0
    elif placed is None:  # which name is whose cannot be told: columns without names
        head, leaves = [], []
        bands = bands_of([f for row in rows for f in row])
        placed = [_under_bands(row, bands) for row in rows]
    if any(p is None for p in placed):
        return None, 0
    out: list[tuple[GridCell, ...]] = []
    uppers = sorted((h for h in head if h not in leaves), key=lambda h: h.middle)
    for level in [*([h] for h in uppers), leaves]:
        found = [c for h in level if (c := _over(h, bands, at + len(out), depth))]
        if level is leaves and corner:
            whole = Cell([w for c in corner for w in c.words])
            found.insert(0, whole.grid_cell(at + len(out), 0, depth))
        if found:
            out.append(tuple(found))
    for line, figures in zip(body, placed, strict=True):
        number = at + len(out)
        sample = (line.labels or line.figures)[-1].words[0]
        blank = GridCell("", number, 0, 1, 1, sample.page, None)
        places = [None] * (depth - len(line.labels)) + line.labels
        cells = [p.grid_cell(number, i, 1) if p else replace(blank, column=i) for i, p in enumerate(places)]
        for i, band in enumerate(bands, depth):
            figure = (figures or {}).get(i - depth)
            box = (round(band.x0, 1), round(sample.y0, 1), round(band.x1, 1), round(sample.y1, 1))
            cells.append(figure.grid_cell(number, i, 1) if figure else replace(blank, column=i, box=box))
        out.append(tuple(cells))
    return out, len(leaves) or (0 if everything else names)


def _over(name: Cell, bands: Sequence[Band], row: int, depth: int) -> GridCell | None:
    """Return a name as a cell over the columns that it stands over."""
    under = [i for i, b in enumerate(bands) if name.overlaps(b)]
    return name.grid_cell(row, depth + under[0], under[-1] - under[0] + 1) if under else None


def _whole(figures: Sequence[Cell], near: float) -> list[Cell]:
    """Return a row's figures from left to right, those nearer than `near` or under each other as one."""
    whole: list[Cell] = []
    for figure in sorted(figures, key=lambda f: f.x0):
        if whole and figure.x0 - whole[-1].x1 < near:
            whole[-1] = Cell(sorted([*whole[-1].words, *figure.words], key=lambda w: (w.place, w.x0)))
        else:
            whole.append(figure)
    return whole


def _leaves(head: Sequence[Cell], figures: Sequence[Cell]) -> list[Cell]:
    """Return the names nearest to the figures, left to right: those that stand over no other name."""
    lowest = [h for h in head if not any(h.middle < o.middle and h.overlaps(o) for o in head)]
    named = [
        h for h in lowest if any(h.overlaps(f) for f in figures) or any(o.top <= h.bottom for o in lowest if o is not h)
    ]
    return sorted(named, key=lambda h: h.x0)


def _under_names(
    leaves: Sequence[Cell], rows: Sequence[Sequence[Cell]], em: float
) -> tuple[list[Band], list[dict[int, Cell] | None] | None]:
    """Return the columns that the names make, and for each row its figures by column.

    A row of as many figures as names has them in their order. In another each figure must stand under one name, its
    beginning, middle or end where the name's is or where those of the column's other figures are.
    """
    bands = [Band(leaf.x0, leaf.x1) for leaf in leaves]
    if not bands or any(a.x1 > b.x0 for a, b in pairwise(bands)):
        return [], None
    placed: list[dict[int, Cell] | None] = []
    columns: list[list[Cell]] = [[leaf] for leaf in leaves]
    complete = [len(row) == len(bands) == len(_whole(row, _IN_CELL * em)) or _in_order(row, leaves, em) for row in rows]
    for row, full in zip(rows, complete, strict=True):
        for column, figure in zip(columns, row if full else (), strict=False):
            column.append(figure)
    for row, full in zip(rows, complete, strict=True):
        if full:
            placed.append(dict(enumerate(row)))
            continue
        row = _whole(row, _IN_CELL * em)
        found: dict[int, Cell] = {}
        for figure in row:
            under = [i for i, column in enumerate(columns) if any(_aligned(figure, c, em) for c in column)]
            if len(under) != 1 or under[0] in found:
                return bands, None
            found[under[0]] = figure
        placed.append(found)
    return bands, placed


def _in_order(row: Sequence[Cell], leaves: Sequence[Cell], em: float) -> bool:
    """Tell whether each figure of a row stands right under its own name."""
    return len(row) == len(leaves) and all(_aligned(f, leaf, em) for f, leaf in zip(row, leaves, strict=True))


def _aligned(one: Cell, other: Cell, em: float) -> bool:
    left, right = one.x0 - other.x0, one.x1 - other.x1
    return one.overlaps(other) and min(abs(left), abs(right), abs(left + right) / 2) < em / 2


def _under_bands(row: Sequence[Cell], bands: Sequence[Band]) -> dict[int, Cell] | None:
    found: dict[int, Cell] = {}
    for figure in row:
        under = [i for i, band in enumerate(bands) if figure.overlaps(band)]
        if len(under) != 1 or under[0] in found:
            return None
        found[under[0]] = figure
    return found
