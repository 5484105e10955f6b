"""Tables that go on over pages: their parts are given one set of columns, by the places of their edges.

Guarantees: no cell's text changes; parts whose edges differ, or that have anything between them, stay as they
are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from parsers.model import Block, Grid
from parsers.readers.ruled import snap

_TOLERANCE = 3.0
"""Points: programs draw the same edge a little otherwise on each page (LibreOffice: 0.8), no column is so narrow."""
_NARROW = 8.0
"""Points: a column that holds a digit is wider."""
_NEW_EDGES = 2


def with_common_columns(blocks: Iterable[Block]) -> list[Block]:
    """Number the columns of grids alike that follow each other over page breaks."""
    out: list[Block] = []
    run: list[Grid] = []
    for block in blocks:
        if isinstance(block, Grid) and run and _goes_on(run[-1], block):
            run.append(block)
            continue
        out += _renumbered(run)
        run = []
        if isinstance(block, Grid):
            run = [block]
        else:
            out.append(block)
    return out + list(_renumbered(run))


def _goes_on(upper: Grid, lower: Grid) -> bool:
    """Tell whether `lower` begins on the page after `upper`, with the same columns.

    A part may lack a few edges of the other (a label that spans its whole height, say), but none may stand a little
    beside the other's: such tables were laid out each by itself.
    """
    if _page(lower) != _page(upper) + 1:
        return False
    one, other = (snap(_edges(grid), _TOLERANCE) for grid in (upper, lower))
    both = snap([*one, *other], _TOLERANCE)
    return len(both) <= max(len(one), len(other)) + _NEW_EDGES and all(b - a > _NARROW for a, b in pairwise(both))


def _page(grid: Grid) -> int:
    return grid.rows[0][0].page or 0


def _edges(grid: Grid) -> set[float]:
    return {x for row in grid.rows for cell in row if cell.box for x in (cell.box[0], cell.box[2])}


def _renumbered(run: list[Grid]) -> list[Grid]:
    if len(run) < 2:
        return run
    edges = snap({x for grid in run for x in _edges(grid)}, _TOLERANCE)
    column = {x: min(range(len(edges)), key=lambda i: abs(edges[i] - x)) for grid in run for x in _edges(grid)}

    out = []
    for grid in run:
        rows = []
        for row in grid.rows:
            cells = []
            for cell in row:
                if cell.box is None:
                    return run
                left, right = column[cell.box[0]], column[cell.box[2]]
                if right <= left:
                    return run  # a cell narrower than the tolerance
                cells.append(replace(cell, column=left, colspan=right - left))
            rows.append(tuple(cells))
        out.append(Grid(tuple(rows)))
    return out
