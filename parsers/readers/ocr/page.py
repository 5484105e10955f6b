"""One page of a scan as blocks: the cells that its rules draw, each recognised by itself, and the text around them.

Guarantees: no figure can slip into its neighbour's cell; a cell without ink is blank.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from parsers.model import Block, Box, Grid, GridCell
from parsers.normalize import squeeze
from parsers.readers.ocr.lines import Piece, parted, pieces_of
from parsers.readers.ocr.recogniser import HEIGHT, Read, has_words, recognised
from parsers.readers.ocr.upright import no_page, prepared
from parsers.readers.pages import page_blocks
from parsers.readers.ruled import Char, Rule, find_grids

if TYPE_CHECKING:
    import numpy as np

    Pixels = np.ndarray

MAX_LINES = 3_000
_GAP = 1.6
"""Characters: what stands further apart on a line is recognised apart, as in the columns of a table without rules."""
_POINTS = 595.0
"""The shorter side of a page in points, which the shared table code counts in: A4."""


def read_page(grey: Pixels, scale: float, number: int) -> list[Block]:
    """Read one page; `scale` is the output's unit for one pixel of `grey`."""
    if min(grey.shape) < HEIGHT:
        return []
    page = prepared(grey, number)
    points = _POINTS / min(page.grey.shape)
    horizontal = [Rule(r.at * points, r.start * points, r.end * points) for r in page.horizontal]
    vertical = [Rule(r.at * points, r.start * points, r.end * points) for r in page.vertical]
    cells: dict[Box, list[Piece]] = {}
    free = page.ink.copy()
    for ruled in find_grids(horizontal, vertical, [], number):
        for box in dict.fromkeys(c.box for row in ruled.grid.rows for c in row if c.box):
            left, top, right, bottom = (round(x / points) for x in box)
            cells[box] = pieces_of(page.ink, left, top, right, bottom, page.size)
        left, top, right, bottom = (round(x / points) for x in ruled.box)
        free[max(0, top) : bottom, max(0, left) : right] = 0
    lines = [
        piece
        for line in pieces_of(free, 0, 0, free.shape[1], free.shape[0], page.size)
        for piece in parted(free, line, _GAP * page.size)
    ]
    pieces = [*(piece for found in cells.values() for piece in found), *lines]
    if len(pieces) > MAX_LINES:
        raise no_page(number)
    read = dict(zip(pieces, recognised(page, pieces, number), strict=True))
    chars = [char for line in lines for char in _chars(line, read[line], points)]
    out: list[Block] = []
    for block in page_blocks(chars, horizontal, vertical, page.grey.shape[0] * points, number):
        out.append(
            _filled(block, cells, read, lambda b: _scaled(page.turn_back(_scaled(b, 1 / points)), scale), points)
            if isinstance(block, Grid)
            else block
        )
    return out


def _scaled(box: Box, by: float) -> Box:
    return (round(box[0] * by, 1), round(box[1] * by, 1), round(box[2] * by, 1), round(box[3] * by, 1))


def _doubt_inside(cell: GridCell, read: dict[Piece, Read], points: float) -> tuple[str, ...]:
    """Return the doubt about a cell between no rules: that of the one line in it, or that it is never sure."""
    x0, y0, x1, y1 = cell.box or (0.0, 0.0, 0.0, 0.0)
    inside = [
        line
        for piece, line in read.items()
        if x0 <= (piece.left + piece.right) / 2 * points <= x1 and y0 <= (piece.top + piece.bottom) / 2 * points <= y1
    ]
    if len(inside) == 1 and inside[0].text.strip() == cell.text.strip():
        return inside[0].doubt
    return (cell.text,) if inside or cell.text.strip() else ()


def _filled(
    grid: Grid,
    cells: dict[Box, list[Piece]],
    read: dict[Piece, Read],
    place: Callable[[Box], Box],
    points: float,
) -> Grid:
    """Return a grid with what was recognised in its cells; `place` gives a box its place on the page."""
    done: dict[GridCell, GridCell] = {}
    for cell in (c for row in grid.rows for c in row):
        if cell in done or cell.box is None:
            continue
        if cell.box not in cells:  # of a table without rules: its text was read in lines that need not end with it
            done[cell] = replace(cell, doubt=_doubt_inside(cell, read, points), box=place(cell.box))
            continue
        lines = [read[piece] for piece in cells[cell.box]]
        figures = [line for line in lines if line.text != "—"]
        if len(lines) > 1 and len(figures) == 1:
            text, doubt = figures[0].text, (*figures[0].doubt, "—")  # the dash may be what is left of a rule
        else:
            text, doubt = "\n".join(line.text for line in lines), _doubt_of(lines)
        done[cell] = replace(cell, text=text, doubt=doubt, box=place(cell.box))
    return replace(grid, rows=tuple(tuple(done.get(c, c) for c in row) for row in grid.rows))


def _doubt_of(lines: Sequence[Read]) -> tuple[str, ...]:
    """Return the doubt about a cell: a figure stands on one line, and what is above or below it there may be dirt."""
    whole = squeeze("".join(line.text for line in lines))
    if len(lines) == 1:  # digits of full width stand apart like figures
        return (whole, *lines[0].doubt) if whole.isdigit() and whole != lines[0].text else lines[0].doubt
    if sum(has_words(line.text) for line in lines) * 2 > len(lines):
        return ()  # a label
    readings = [reading for line in lines for reading in (line.text, *line.doubt) if reading]
    return tuple(dict.fromkeys((whole, *readings) if whole.isdigit() else readings))  # too wide, it goes on below


def _chars(piece: Piece, read: Read, points: float) -> Iterator[Char]:
    """Yield a line's characters, each reaching to the middle between it and its neighbours."""
    if not read.text:
        return
    width = piece.right - piece.left
    middles = [(a + b) / 2 for a, b in zip(read.at, read.at[1:], strict=False)]
    for text, start, end in zip(read.text, [0.0, *middles], [*middles, 1.0], strict=True):
        x0, x1 = piece.left + start * width, piece.left + end * width
        yield Char(text, x0 * points, piece.top * points, x1 * points, piece.bottom * points)
