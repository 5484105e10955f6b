"""Tables of word processors: rows of cells with edges in twips, laid out as one grid.

Guarantees: edges at most TOLERANCE apart are one column, because every row may write the same edge a little otherwise
(LibreOffice: one twip); a cell merged with the one above is that cell; each row's cells stand in their order and none
overlaps.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parsers.model import Block, Grid, GridCell, Paragraph

TOLERANCE = 12
"""Twips (a twentieth of a point): no column that holds a character is so narrow."""
MAX_CELLS = 200_000
_LONGEST = 600
"""Characters: a cell with more holds prose, and its table lays out a page."""


@dataclass(frozen=True, slots=True)
class EdgedCell:
    """A cell of a row: text as printed, left and right edge in twips, whether it goes on from the row above."""

    text: str
    left: int
    right: int
    continues: bool = False


@dataclass(slots=True)
class _Laid:
    text: str
    row: int
    column: int
    rowspan: int
    colspan: int


def lay_out(rows: Sequence[Sequence[EdgedCell]]) -> Grid:
    """Lay out rows of cells as a grid."""
    edges = _snap({x for row in rows for cell in row for x in (cell.left, cell.right)})
    laid: list[list[_Laid]] = []
    above: dict[int, _Laid] = {}
    for y, row in enumerate(rows):
        line: list[_Laid] = []
        current: dict[int, _Laid] = {}
        free = 0
        for cell in row:
            start = max(bisect_right(edges, cell.left) - 1, free)
            end = max(bisect_right(edges, cell.right) - 1, start + 1)
            upper = above.get(start)
            if cell.continues and upper is not None and upper.colspan == end - start:
                upper.rowspan += 1
                item = upper
            else:
                item = _Laid(cell.text, y, start, 1, end - start)
            line.append(item)
            current[start] = item
            free = end
        laid.append(line)
        above = current
    frozen = {
        id(item): GridCell(item.text, item.row, item.column, item.rowspan, item.colspan)
        for line in laid
        for item in line
    }
    return Grid(tuple(tuple(frozen[id(item)] for item in line) for line in laid))


def _snap(edges: set[int]) -> list[int]:
    """Return where each column begins: the lowest of the edges that lie within the tolerance of it."""
    snapped: list[int] = []
    for edge in sorted(edges):
        if not snapped or edge - snapped[-1] > TOLERANCE:
            snapped.append(edge)
    return snapped


def is_data(grid: Grid) -> bool:
    """Tell whether a table holds data, not a page's layout: two rows, two columns, no long prose."""
    return len(grid.rows) > 1 and grid.width > 1 and all(len(c.text) <= _LONGEST for row in grid.rows for c in row)


def joined(blocks: Sequence[Block]) -> str:
    """Return the text of a cell: its paragraphs joined by a blank."""
    return " ".join(text for block in blocks if isinstance(block, Paragraph) and (text := block.text.strip()))


def table_blocks(rows: Sequence[Sequence[EdgedCell]], contents: Sequence[Sequence[Sequence[Block]]]) -> Iterator[Block]:
    """Yield a table as a grid; one that lays out a page (it holds tables, or prose) as what its cells hold."""
    nested = any(isinstance(block, Grid) for row in contents for cell in row for block in cell)
    if rows and not nested:
        grid = lay_out(rows)
        if is_data(grid):
            yield grid
            return
    for row in contents:
        for cell in row:
            yield from cell
