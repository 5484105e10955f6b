"""Tables without rules: columns and rows from where words and figures stand.

Guarantees: a row has a label only where one stands beside it; what is not of a table is in a paragraph.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from parsers.layout import heads_statistics
from parsers.model import Block, Grid, GridCell
from parsers.readers.listed import UNIT_GAP, find_list
from parsers.readers.named import Row, lay_out_part
from parsers.readers.pages import is_page_number, paragraphs_of
from parsers.readers.ruled import Char, Line, lines_of
from parsers.readers.words import SAME_LINE, Cell, Word, bands_of, cut, spacings, stacked, words_of
from parsers.sections import heading_number

EVEN = 0.9
"""Em: the height of the boxes in PageText, from 0.1 below the base line to 0.8 above it."""
_MOST_WORDS = 5000
_PAGE_NUMBER = re.compile(r"[-—–－·]+\d{1,3}[-—–－·]+|第\d{1,3}页")
_WRAPPED = 1.08
"""Times the narrowest line spacing: lines further apart are not of one cell."""
_MANY = 5
"""Figures side by side that are a row even where no label stands before them (table four)."""


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's characters, their boxes from the base line up (EVEN of the type's size), and its height in points."""

    number: int
    height: float
    chars: Sequence[Char]


def blocks_without_rules(pages: Iterable[PageText]) -> list[Block] | None:
    """Return the blocks of a document that draws no rules, its tables as grids; None where it has no table."""
    lines = [(page.number, line) for page in pages for line in _lines(page)]
    if not lines:
        return None
    sizes = [_em(line) for _, line in lines]
    words = [words_of(line, page, em, UNIT_GAP) for (page, line), em in zip(lines, sizes, strict=True)]
    listed = find_list(words, sizes)
    if listed:
        first, end, grid = listed
        blocks = [*_blocks(lines[:first]), grid, *_blocks(lines[end:])]
    else:
        blocks = _blocks(lines)
    return blocks if any(isinstance(b, Grid) for b in blocks) else None


_Lines = list[tuple[int, Line]]


def _lines(page: PageText) -> Iterator[Line]:
    """Yield a page's lines but for its number: a number as near to text as a line is, is a piece of a broken figure."""
    lines = lines_of(page.chars, SAME_LINE)
    for i, line in enumerate(lines):
        beside = [*lines[max(i - 1, 0) : i], *lines[i + 1 : i + 2]]
        near = any(abs(line.box[3] - other.box[3]) < _em(other) for other in beside)
        if near or not is_page_number(line, page.height):
            yield line


def _blocks(lines: _Lines) -> list[Block]:
    """Return the paragraphs of lines, and the tables between them."""
    if not lines:
        return []
    left = min(line.box[0] for _, line in lines)
    right = max(line.box[2] for _, line in lines)
    zones: list[list[tuple[int, Line]]] = [[]]
    for number, line in lines:
        if heading_number(line.text) is not None:
            zones.append([])
        zones[-1].append((number, line))
    split = [_split(zone, left, right) for zone in zones]
    blocks: list[Block] = []
    found = find_tables([[words for _, words, _ in pieces] for pieces in split])
    for pieces, grids in zip(split, found, strict=True):
        for (prose, _, table), grid in zip(pieces, grids, strict=True):
            # a list's columns of codes and sums are told by `listed` alone
            kept = grid if grid and not any(heads_statistics(row) for row in grid.rows) else None
            blocks += _prose(prose if kept else [*prose, *table])
            blocks += [kept] if kept else []
    return blocks


def _split(lines: _Lines, left: float, right: float) -> list[tuple[_Lines, list[Word], _Lines]]:
    """Return the pieces of what stands between two headings: prose, then the words and lines of what may be a table."""
    pieces: list[tuple[_Lines, list[Word], _Lines]] = [([], [], [])]
    for at, (number, line) in enumerate(lines):
        found = words_of(line, number, _em(line))
        heads = at == 0 and heading_number(line.text) is not None
        if heads or _is_prose(found, left, right, _em(line)) or len(pieces[-1][1]) > _MOST_WORDS:
            if pieces[-1][1]:
                pieces.append(([], [], []))
            pieces[-1][0].append((number, line))
        else:
            pieces[-1][1].extend(found)
            pieces[-1][2].append((number, line))
    return pieces


def _em(line: Line) -> float:
    return statistics.median(c.y1 - c.y0 for c in line.chars) / EVEN or 1.0


def _prose(lines: list[tuple[int, Line]]) -> list[Block]:
    pages = dict.fromkeys(number for number, _ in lines)
    return [p for page in pages for p in paragraphs_of([line for number, line in lines if number == page])]


def _is_prose(words: Sequence[Word], left: float, right: float, em: float) -> bool:
    """Tell whether a line is of a paragraph: one run from the margin that fills the line or ends a sentence."""
    if len(words) > 1 or words[0].is_figure:
        return False
    word = words[0]
    if _PAGE_NUMBER.fullmatch(word.text):
        return True
    fills = word.x1 > right - 3 * em or word.text.endswith(("。", "；"))
    return word.x0 < left + 4 * em and fills


def find_tables(zones: Sequence[Sequence[Sequence[Word]]]) -> list[list[Grid | None]]:
    """Return the tables of each zone, what stands between two headings: for each of its pieces one, or None.

    Pieces are parted by something else (a page number): the lower ones go on with the columns named above.
    """
    read = [[_Words.of(words) for words in pieces] for pieces in zones]
    steps = [step / piece.em for pieces in read for piece in pieces for step in spacings(piece.others, piece.em)]
    reach = _WRAPPED * min(steps, default=0.0)
    out = []
    for pieces in read:
        grids: list[Grid | None] = []
        names = 0
        for piece in pieces:
            grid, names = _table(piece, reach * piece.em, names)
            grids.append(grid)
        out.append(grids)
    return out


def _table(zone: _Words, reach: float, names: int) -> tuple[Grid | None, int]:
    """Return a table, and how many columns are named when it ends; `names` are named when it begins."""
    for most in (reach, 0.0):  # a line of a table whose lines are as far apart as its rows is a row
        cells = stacked(zone.others, most, zone.em)
        rows = _rows(zone, cells)
        if rows is not None:
            return _grid(rows, zone, cells, names) if rows else (None, 0)
    return None, 0


@dataclass(frozen=True, slots=True)
class _Words:
    """The words between two headings: figures behind the labels, figures before them, all others; the type's size."""

    values: list[Cell]
    serials: list[Cell]
    others: list[Word]
    em: float

    @classmethod
    def of(cls, words: Sequence[Word]) -> _Words:
        em = statistics.median((w.y1 - w.y0) / EVEN for w in words) if words else 1.0
        figures = [Cell([w]) for w in words if w.is_figure]
        others = sorted((w for w in words if not w.is_figure), key=lambda w: (w.place, w.x0))
        values = _values(figures, others)
        return cls(values, [f for f in figures if f not in values], others, em)


def _values(figures: Sequence[Cell], others: Sequence[Word]) -> list[Cell]:
    """Return the figures that stand behind the labels: what stands before them numbers the rows."""
    bands = bands_of(figures)
    first = min((f.top for f in figures), default=0.0)
    mass: Counter[int] = Counter()
    for word in others:
        if word.place >= first and not any(word.x0 < b.x1 and b.x0 < word.x1 for b in bands):
            mass[sum(b.x1 <= word.x0 for b in bands)] += len(word.text)
    behind = bands[mass.most_common(1)[0][0] :] if mass else bands
    return [f for f in figures if any(f.overlaps(b) for b in behind)]


def _beside(cells: Iterable[Cell], place: float, left: float, em: float) -> list[Cell]:
    """Return the cells that a line passes before its figures, from the outermost to the nearest."""
    reach = SAME_LINE * em
    found = [c for c in cells if c.centre < left and c.top - reach <= place <= c.bottom + reach]
    return sorted(found, key=lambda c: c.x1)


def _rows(zone: _Words, cells: list[Cell]) -> list[Row] | None:
    """Return the rows of figures with their labels; None where two rows would have one label."""
    values, em = zone.values, zone.em
    left = min((v.x0 for v in values), default=0.0)
    lines: list[list[Cell]] = []
    for value in sorted(values, key=lambda v: v.top):
        if lines and value.top - lines[-1][0].top <= SAME_LINE * em:
            lines[-1].append(value)
        else:
            lines.append([value])
    places = [statistics.fmean(v.top for v in line) for line in lines]
    nearest = Counter(id(beside[-1]) for place in places if (beside := _beside(cells, place, left, em)))
    if any(rows_beside > 1 for rows_beside in nearest.values()):
        cells[:] = [part for cell in cells for part in (cut(cell, places, em) if id(cell) in nearest else [cell])]
    rows: list[Row] = []
    stray: list[list[Cell]] = []
    used: set[int] = set()
    for line in lines:
        place = statistics.fmean(v.top for v in line)
        labels = _beside(cells, place, left, em)
        if not labels and len(line) < _MANY:
            stray.append(line)
            continue
        if labels and id(labels[-1]) in used:
            return None
        used |= {id(c) for c in labels[-1:]}
        number = [s for s in zone.serials if abs(s.top - place) <= SAME_LINE * em]
        rows.append(Row(place, line, [*number, *labels]))
    for line in stray:
        row = min(rows, key=lambda r: abs(r.place - line[0].top), default=None)
        if row and abs(row.place - line[0].top) < 2 * em:
            row.figures += line  # a figure that is broken in two
        elif len(line) > 1:
            return None
    return rows if rows and (len(rows) > 1 or len(rows[0].figures) >= _MANY) else []


def _grid(rows: list[Row], zone: _Words, cells: list[Cell], names: int) -> tuple[Grid | None, int]:
    """Lay out rows, and what stands over them, part by part: a header begins a part with columns of its own."""
    em = zone.em
    left = min(v.x0 for row in rows for v in row.figures)
    taken = {id(row.labels[-1]) for row in rows if row.labels}
    free = [c for c in cells if id(c) not in taken]
    beside = [c for c in free if c.centre < left]
    texts = [c for c in free if c.centre >= left]
    heads = []
    for text in texts:
        row = next((r for r in rows if text.top - SAME_LINE * em <= r.place <= text.bottom + SAME_LINE * em), None)
        if row is None:
            heads.append(text)
        else:
            row.figures.append(text)
    over = list(heads)
    known = [row.labels[-1] for row in rows if row.labels]
    labelled = len(known) == len(rows)  # else what looks like a row of blanks may be the label that a row lacks
    centred = _agreeing(known, True, em) > _agreeing(known, False, em)
    for cell in beside:
        if any(h.top - em <= cell.middle <= h.bottom + em for h in over):
            heads.append(cell)
        elif any(cell in row.labels for row in rows):
            continue
        elif (
            labelled
            and cell.top > rows[0].place
            and any(abs(_anchor(cell, centred) - _anchor(k, centred)) < 0.2 * em for k in known)
        ):
            rows.append(Row(cell.middle, [], [cell]))
        else:
            min(rows, key=lambda r: abs(r.place - cell.middle)).labels.insert(0, cell)
    rows.sort(key=lambda r: r.place)
    depth = max(1, *(len(row.labels) for row in rows))
    out: list[tuple[GridCell, ...]] = []
    for head, body in _parts(rows, heads):
        laid, names = lay_out_part(head, body, left, depth, len(out), em, names)
        if laid is None:
            return None, 0
        out += laid
    return Grid(tuple(out)), names


def _anchor(label: Cell, centred: bool) -> float:
    return label.centre if centred else label.x0


def _agreeing(labels: Sequence[Cell], centred: bool, em: float) -> int:
    """Return how many labels stand at the place that most of them have."""
    return max(Counter(round(_anchor(k, centred) / (0.3 * em)) for k in labels).values(), default=0)


def _parts(rows: list[Row], heads: list[Cell]) -> Iterator[tuple[list[Cell], list[Row]]]:
    """Yield each run of header cells with the rows below it."""
    items: list[tuple[float, Cell | Row]] = [(h.middle, h) for h in heads]
    items += [(r.place, r) for r in rows]
    head: list[Cell] = []
    body: list[Row] = []
    for _, item in sorted(items, key=lambda i: i[0]):
        if isinstance(item, Row):
            body.append(item)
            continue
        if body:
            yield head, body
            head, body = [], []
        head.append(item)
    yield head, body
