"""One page of a scan as blocks: the cells that its rules draw, each recognised by itself, and the text around them.

Guarantees: no figure can slip into its neighbour's cell; a cell without ink is blank.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from parsers.model import Block, Box, Grid, GridCell
from parsers.normalize import squeeze
from parsers.readers.listed import find_list
from parsers.readers.ocr.lines import Piece, parted, pieces_of
from parsers.readers.ocr.recogniser import HEIGHT, Read, has_words, recognised
from parsers.readers.ocr.upright import no_page, prepared
from parsers.readers.pages import is_page_number, page_blocks, paragraphs_of
from parsers.readers.ruled import Char, Line, Rule, find_grids
from parsers.readers.words import Word

if TYPE_CHECKING:
    import numpy as np

    Pixels = np.ndarray

MAX_LINES = 3_000
_GAP = 1.6
"""Characters: what stands further apart on a line is recognised apart, as in the columns of a table without rules."""
_POINTS = 595.0
"""The shorter side of a page in points, which the shared table code counts in: A4."""


@dataclass(frozen=True, slots=True)
class ScannedLine:
    """A line of text outside the tables: its words, the size of the type, its characters, and the doubt about each word."""

    words: tuple[Word, ...]
    em: float
    line: Line
    doubts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """What was read on a page; measures of `lines` are points, `place` gives a box of theirs its place on the page."""

    blocks: tuple[Block, ...]
    lines: tuple[ScannedLine, ...] = ()
    place: Callable[[Box], Box] = lambda box: box


def read_page(grey: Pixels, scale: float, number: int) -> ScannedPage:
    """Read one page; `scale` is the output's unit for one pixel of `grey`."""
    if min(grey.shape) < HEIGHT:
        return ScannedPage(())
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
        parted(free, line, _GAP * page.size) for line in pieces_of(free, 0, 0, free.shape[1], free.shape[0], page.size)
    ]
    pieces = [*(piece for found in (*cells.values(), *lines) for piece in found)]
    if len(pieces) > MAX_LINES:
        raise no_page(number)
    read = dict(zip(pieces, recognised(page, pieces, number), strict=True))
    chars = [char for line in lines for piece in line for char in _chars(piece, read[piece], points)]
    height = page.grey.shape[0] * points

    def place(box: Box) -> Box:
        return _scaled(page.turn_back(_scaled(box, 1 / points)), scale)

    blocks = (
        _filled(block, cells, read, place, points) if isinstance(block, Grid) else block
        for block in page_blocks(chars, horizontal, vertical, height, number)
    )
    scanned = (_scanned(line, read, points, number) for line in lines)
    return ScannedPage(
        tuple(blocks), tuple(s for s in scanned if s.words and not is_page_number(s.line, height)), place
    )


def _scanned(pieces: Sequence[Piece], read: dict[Piece, Read], points: float, number: int) -> ScannedLine:
    """Return a line with its words in boxes as high as the type is large, whatever their ink does."""
    em = max(piece.bottom - piece.top for piece in pieces) * points
    shown = [piece for piece in pieces if read[piece].text.strip()]
    words = []
    for piece in shown:
        middle = (piece.top + piece.bottom) / 2 * points
        left, right = piece.left * points, piece.right * points
        words.append(Word(read[piece].text.strip(), left, middle - em / 2, right, middle + em / 2, number))
    chars = tuple(char for piece in shown for char in _chars(piece, read[piece], points))
    return ScannedLine(tuple(words), em, Line(chars), tuple(read[piece].doubt for piece in shown))


def with_list(pages: Sequence[ScannedPage]) -> list[Block]:
    """Return the blocks of a scan; where it shows no table, a list of indicators without rules is looked for."""
    blocks = [block for page in pages for block in page.blocks]
    placed = [(page, line) for page in pages for line in page.lines]
    if any(isinstance(block, Grid) for block in blocks):
        return blocks
    found = find_list([line.words for _, line in placed], [line.em for _, line in placed])
    if found is None:
        return blocks
    first, end, grid = found
    doubts = {word: doubt for _, line in placed for word, doubt in zip(line.words, line.doubts, strict=True)}
    rows = tuple(tuple(_doubted(cell, doubts, pages) for cell in row) for row in grid.rows)
    prose = ([line.line for page, line in part] for part in (placed[:first], placed[end:]))
    above, below = (list(paragraphs_of(lines)) for lines in prose)
    return [*above, Grid(rows), *below]


def _doubted(cell: GridCell, doubts: dict[Word, tuple[str, ...]], pages: Sequence[ScannedPage]) -> GridCell:
    """Return a list's cell with the doubt about its words, at its place on the page."""
    if cell.box is None or cell.page is None:
        return cell
    x0, y0, x1, y1 = cell.box
    inside = [
        (word, doubt)
        for word, doubt in doubts.items()
        if word.page == cell.page and x0 <= (word.x0 + word.x1) / 2 <= x1 and y0 <= (word.y0 + word.y1) / 2 <= y1
    ]
    doubt = inside[0][1] if len(inside) == 1 else (cell.text,) if any(w.is_figure for w, _ in inside) else ()
    return replace(cell, doubt=doubt, box=pages[cell.page - 1].place(cell.box))


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
