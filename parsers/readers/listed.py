"""Lists of indicators without rules (before 2019): a row a line, columns under the words that head them.

Guarantees: a list is returned only where every line of it can be told to be a row, a part of one, or a chapter's name,
and every word stands under one column; else None, and nothing is guessed.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from itertools import pairwise

from parsers.layout import heads_statistics
from parsers.model import Grid, GridCell
from parsers.normalize import comparable
from parsers.readers.words import SAME_LINE, Band, Cell, Word, bands_of, stacked

_NAMES = re.compile(r"\w")
_CHAPTER = re.compile(r"^[(（]?[一二三四五六七八九十]+[)）]?[、.．]?")
_BEGINS = re.compile(r"^(统计|指标|单|计量)")
_LINES = 4
"""Lines of the tallest header, where its names stand in the middle of a narrow column's."""
_LINE = 1.6
"""Em: the widest line spacing within a header."""
_FOOT = re.compile(r"单位负责人|审核人|填报人|填报日期|联系电话")
UNIT_GAP = 0.3
"""Em between a unit and the figure beside it (万元 26.1719), and less between the words of a label."""
_IN_LABEL = 1.2
"""Em: the widest gap within a label."""
_APART = 10
"""Em: rows further apart are not of one list, or not on one page."""
_NEARER = 0.85
"""Times the usual distance of rows: lines nearer than this are of one row."""
_UNIT = 1.0
"""Em: how much further left than its column's name a unit may begin (万元 under a narrow 单位)."""
_FULL = 1.5
"""Em: a label that ends nearer to its column's edge may go on in the next line."""


_Row = list[Cell | None]


def find_list(lines: Sequence[Sequence[Word]], sizes: Sequence[float]) -> tuple[int, int, Grid] | None:
    """Return (first line, line behind the last, list) of the list of indicators among lines of words, or None.

    `sizes` are those of the type in each line, in points. A header printed again begins a part with columns of its own.
    """
    headers: dict[int, tuple[list[Cell], int]] = {}
    behind = 0
    for at, em in enumerate(sizes):
        if at >= behind and (header := _header(lines, at, em)):
            headers[at] = header
            behind = header[1]
    if not headers:
        return None
    first = min(headers)
    end = next((i for i in range(first, len(lines)) if _ends(lines[i])), len(lines))
    starts = [at for at in headers if at < end]
    em = sizes[first]
    places = [statistics.fmean(w.place for w in line) for line in lines[first:end] if len(line) > 1]
    steps = sorted(below - above for above, below in pairwise(places) if em < below - above < _APART * em)
    step = (
        steps[len(steps) // 4] if steps else 0.0
    )  # a row with a cell of two lines is taller, one beside a chapter further
    rows: list[_Row] = []
    for at, behind in pairwise([*starts, end]):
        columns, body = headers[at]
        found = _rows(lines[body:behind], columns, em, step) if step else None
        if found is None or (rows and len(rows[0]) != len(columns)):
            return None
        rows += [[*columns], *found]
    grid = (tuple(_laid(part, y, x) for x, part in enumerate(row)) for y, row in enumerate(rows))
    return first, end, Grid(tuple(grid))


def _header(lines: Sequence[Sequence[Word]], first: int, em: float) -> tuple[list[Cell], int] | None:
    """Return (header cells left to right, the line behind it) where a header begins with line `first`."""
    if not any(_BEGINS.match(comparable(w.text)) for w in lines[first]):
        return None
    found: tuple[list[Cell], int] | None = None
    for end in range(first + 1, min(first + _LINES, len(lines)) + 1):
        if end > first + 1 and not _goes_on(lines[end - 2], lines[end - 1], em):
            break
        words = sorted((w for line in lines[first:end] for w in line), key=lambda w: (w.place, w.x0))
        cells = sorted(stacked(words, _LINE * em, em), key=lambda c: c.x0)
        if heads_statistics(tuple(GridCell(c.text, 0, x) for x, c in enumerate(cells))):
            found = cells, end
    if found is None or any(a.x1 > b.x0 for a, b in pairwise(found[0])):
        return None
    return found


def _goes_on(upper: Sequence[Word], lower: Sequence[Word], em: float) -> bool:
    """Tell whether a line may be the header's next: near, and neither a row's nor a chapter's."""
    near = lower[0].place - upper[0].place <= _LINE * em
    return near and not any(w.is_figure or _CHAPTER.match(w.text) for w in lower)


def _ends(line: Sequence[Word]) -> bool:
    """Tell whether a line is the list's foot, or a sentence."""
    text = comparable("".join(w.text for w in line))
    return bool(_FOOT.search(text)) or text.endswith("。")


def _rows(lines: Sequence[Sequence[Word]], columns: Sequence[Cell], em: float, step: float) -> list[_Row] | None:
    """Return each row's cells by column; None where a line or a word cannot be told to be of one row or column.

    `step` is how far apart rows of one line are.
    """
    bands = _bands(lines, columns, em)
    if bands is None:
        return None
    parts, places = [], []
    for line in lines:
        placed = _placed(line, bands, em)
        if placed is None:
            return None
        if any(placed):
            parts.append(placed)
            places.append(statistics.fmean(w.place for w in line))
    rows: list[_Row] = []
    for first, behind in _runs(places, _NEARER * step):
        row = _joined(parts[first:behind], places[first:behind], em)
        if row is None:
            return None
        rows.append(row)
    edge = max((w.x1 for part in parts for w in part[0]), default=0.0) - _FULL * em
    return None if any(_may_be_one(upper, lower, edge) for upper, lower in pairwise(rows)) else rows


def _bands(lines: Sequence[Sequence[Word]], columns: Sequence[Cell], em: float) -> list[Band] | None:
    """Return the width of each column behind the labels; None where one has no name of its own, or two have one."""
    words = [Cell([w]) for line in lines for w in line if w.x0 >= columns[1].x0 - _UNIT * em]
    bands = bands_of([*columns[1:], *words])
    return bands if len(bands) == len(columns) - 1 else None


def _placed(line: Sequence[Word], bands: Sequence[Band], em: float) -> list[list[Word]] | None:
    """Return the words of a line by column, the first for labels; None where that holds two, or one reaches too far."""
    out: list[list[Word]] = [[] for _ in range(len(bands) + 1)]
    for word in line:
        column = sum(band.x0 <= word.x0 for band in bands)
        if column == 0 and not _NAMES.search(word.text):
            continue  # dirt of a scan: a mark alone names no row
        if column == 0 and (word.x1 > bands[0].x0 or (out[0] and word.x0 - out[0][-1].x1 > _IN_LABEL * em)):
            return None
        out[column].append(word)
    return out


def _runs(places: Sequence[float], nearer: float) -> list[tuple[int, int]]:
    """Return (first, behind the last) of each run of lines that stand nearer to each other than rows do."""
    starts = [i for i, (a, b) in enumerate(pairwise([-nearer, *places])) if b - a >= nearer]
    return list(pairwise([*starts, len(places)]))


def _joined(lines: Sequence[list[list[Word]]], places: Sequence[float], em: float) -> _Row | None:
    """Return the one row that lines near each other make; None where they could be two.

    All its cells have their middle, or their first lines, on one height.
    """
    cells: _Row = []
    begins: set[float] = set()
    middles: list[float] = []
    for column in range(len(lines[0])):
        at = [i for i, line in enumerate(lines) if line[column]]
        cells.append(Cell([w for i in at for w in lines[i][column]]) if at else None)
        if at:
            begins.add(places[at[0]])
            middles.append((places[at[0]] + places[at[-1]]) / 2)
    if cells[0] is None or (len(begins) > 1 and max(middles) - min(middles) > SAME_LINE * em):
        return None
    return cells


def _may_be_one(upper: _Row, lower: _Row, edge: float) -> bool:
    """Tell whether a label may go on from one row to the next: it goes beyond `edge`, and one of them is only a name."""
    name, rest = upper[0], lower[0]
    if name is None or rest is None or name.words[-1].x1 < edge:
        return False
    return not any(upper[1:]) or (not any(lower[1:]) and not _CHAPTER.match(rest.text))


def _laid(cell: Cell | None, row: int, column: int) -> GridCell:
    return cell.grid_cell(row, column, 1) if cell else GridCell("", row, column)
