"""Tables without rules: columns and rows from where words and figures stand.

Guarantees: a figure is put into a column only where it stands under that column's name or other figures and under none
else's; a row has a label only where one stands beside it; where the places of words leave a doubt there is no table.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from parsers.model import Block, Grid, GridCell
from parsers.normalize import is_figure
from parsers.readers.pages import is_page_number, paragraphs_of
from parsers.readers.ruled import Char, Line, lines_of
from parsers.sections import heading_number

EVEN = 0.9
"""Em: the height of the boxes in PageText, from 0.1 below the base line to 0.8 above it."""
_PAGE = 100_000
_MOST_WORDS = 5000
_PAGE_NUMBER = re.compile(r"[-—–－·]+\d{1,3}[-—–－·]+|第\d{1,3}页")
_IN_WORD, _IN_FIGURE, _BY_FIGURE = 0.2, 0.3, 0.45
"""Em: wider gaps part words, figures, and one from the other (programs leave 0.25 between ideograph and digit)."""
_SAME_LINE = 0.4
"""Em: what stands on one line differs less in height."""
_WRAPPED = 1.08
"""Times the narrowest line spacing: lines further apart are not of one cell."""
_IN_CELL = 0.45
"""Em: figures nearer to each other may be in one cell."""
_NEAR = 60
"""Words looked at, in reading order, for those that stand under each other."""
_LINES = 8
"""Lines of the longest label."""
_MANY = 5
"""Figures side by side that are a row even where no label stands before them (table four)."""


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
class _Cell:
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

    def overlaps(self, other: _Cell | _Band) -> bool:
        return self.x0 < other.x1 and other.x0 < self.x1

    def grid_cell(self, row: int, column: int, colspan: int) -> GridCell:
        page = self.words[0].page
        shown = [w for w in self.words if w.page == page]
        box = (self.x0, min(w.y0 for w in shown), self.x1, max(w.y1 for w in shown))
        x0, y0, x1, y1 = (round(side, 1) for side in box)
        return GridCell(self.text, row, column, 1, colspan, page, (x0, y0, x1, y1))


@dataclass(slots=True)
class _Band:
    """The width that a column's figures and its name take."""

    x0: float
    x1: float


@dataclass(slots=True)
class _Row:
    """A line of figures (none in a row of blanks) with the cells of its labels, the nearest last."""

    place: float
    figures: list[_Cell]
    labels: list[_Cell]


def words_of(line: Line, page: int, em: float) -> list[Word]:
    """Split a line where it has a gap that no two neighbours of a word have."""
    runs = [[line.chars[0]]]
    for before, after in pairwise(line.chars):
        digits = before.text.isdigit(), after.text.isdigit()
        most = _IN_FIGURE if all(digits) else _BY_FIGURE if any(digits) else _IN_WORD
        gap = after.x0 - before.x1 > most * em
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


def find_tables(zones: Sequence[Sequence[Sequence[Word]]]) -> list[list[Grid | None]]:
    """Return the tables of each zone, what stands between two headings: for each of its pieces one, or None.

    Pieces are parted by something else (a page number): the lower ones go on with the columns named above.
    """
    read = [[_Words.of(words) for words in pieces] for pieces in zones]
    steps = [step / piece.em for pieces in read for piece in pieces for step in _spacings(piece.others, piece.em)]
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
        cells = _stacked(zone.others, most, zone.em)
        rows = _rows(zone, cells)
        if rows is not None:
            return _grid(rows, zone, cells, names) if rows else (None, 0)
    return None, 0


@dataclass(frozen=True, slots=True)
class _Words:
    """The words between two headings: figures behind the labels, figures before them, all others; the type's size."""

    values: list[_Cell]
    serials: list[_Cell]
    others: list[Word]
    em: float

    @classmethod
    def of(cls, words: Sequence[Word]) -> _Words:
        em = statistics.median((w.y1 - w.y0) / EVEN for w in words) if words else 1.0
        figures = [_Cell([w]) for w in words if w.is_figure]
        others = sorted((w for w in words if not w.is_figure), key=lambda w: (w.place, w.x0))
        values = _values(figures, others)
        return cls(values, [f for f in figures if f not in values], others, em)


def _values(figures: Sequence[_Cell], others: Sequence[Word]) -> list[_Cell]:
    """Return the figures that stand behind the labels: what stands before them numbers the rows."""
    bands = _bands(figures)
    first = min((f.top for f in figures), default=0.0)
    mass: Counter[int] = Counter()
    for word in others:
        if word.place >= first and not any(word.x0 < b.x1 and b.x0 < word.x1 for b in bands):
            mass[sum(b.x1 <= word.x0 for b in bands)] += len(word.text)
    behind = bands[mass.most_common(1)[0][0] :] if mass else bands
    return [f for f in figures if any(f.overlaps(b) for b in behind)]


def _beside(cells: Iterable[_Cell], place: float, left: float, em: float) -> list[_Cell]:
    """Return the cells that a line passes before its figures, from the outermost to the nearest."""
    reach = _SAME_LINE * em
    found = [c for c in cells if c.centre < left and c.top - reach <= place <= c.bottom + reach]
    return sorted(found, key=lambda c: c.x1)


def _cut(cell: _Cell, places: Sequence[float], em: float) -> list[_Cell]:
    """Cut what stands under each other into the labels of rows: figures stand at the middle of their label's lines.

    Needed where lines are as far apart as rows. What cannot be cut so that each row has its label falls into its lines.
    """
    words = cell.words
    rows = [p for p in places if cell.top - _SAME_LINE * em <= p <= cell.bottom + _SAME_LINE * em]

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
        return [_Cell([w]) for w in words]
    edges = sorted({0, len(words), *(first for first, _ in solved[1]), *(last + 1 for _, last in solved[1])})
    return [_Cell(words[a:b]) for a, b in pairwise(edges)]


def _bands(cells: Iterable[_Cell]) -> list[_Band]:
    """Return the widths that cells take together, left to right."""
    bands: list[_Band] = []
    for cell in sorted(cells, key=lambda c: c.x0):
        if bands and cell.x0 < bands[-1].x1:
            bands[-1].x1 = max(bands[-1].x1, cell.x1)
        else:
            bands.append(_Band(cell.x0, cell.x1))
    return bands


def _stacked(words: Sequence[Word], reach: float, em: float) -> list[_Cell]:
    """Put words under each other together that are at most `reach` apart."""
    cells: list[_Cell] = []
    for at, word in enumerate(words):
        line = [w for w in words[max(0, at - _NEAR) : at + _NEAR] if abs(w.place - word.place) <= _SAME_LINE * em]
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
            cells.append(_Cell([word]))
    return cells


def _spacings(ordered: Sequence[Word], em: float) -> Iterator[float]:
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


def _rows(zone: _Words, cells: list[_Cell]) -> list[_Row] | None:
    """Return the rows of figures with their labels; None where two rows would have one label."""
    values, em = zone.values, zone.em
    left = min((v.x0 for v in values), default=0.0)
    lines: list[list[_Cell]] = []
    for value in sorted(values, key=lambda v: v.top):
        if lines and value.top - lines[-1][0].top <= _SAME_LINE * em:
            lines[-1].append(value)
        else:
            lines.append([value])
    places = [statistics.fmean(v.top for v in line) for line in lines]
    nearest = Counter(id(beside[-1]) for place in places if (beside := _beside(cells, place, left, em)))
    if any(rows_beside > 1 for rows_beside in nearest.values()):
        cells[:] = [part for cell in cells for part in (_cut(cell, places, em) if id(cell) in nearest else [cell])]
    rows: list[_Row] = []
    stray: list[list[_Cell]] = []
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
        number = [s for s in zone.serials if abs(s.top - place) <= _SAME_LINE * em]
        rows.append(_Row(place, line, [*number, *labels]))
    for line in stray:
        row = min(rows, key=lambda r: abs(r.place - line[0].top), default=None)
        if row and abs(row.place - line[0].top) < 2 * em:
            row.figures += line  # a figure that is broken in two
        elif len(line) > 1:
            return None
    return rows if rows and (len(rows) > 1 or len(rows[0].figures) >= _MANY) else []


def _grid(rows: list[_Row], zone: _Words, cells: list[_Cell], names: int) -> tuple[Grid | None, int]:
    """Lay out rows, and what stands over them, part by part: a header begins a part with columns of its own."""
    em = zone.em
    left = min(v.x0 for row in rows for v in row.figures)
    taken = {id(row.labels[-1]) for row in rows if row.labels}
    free = [c for c in cells if id(c) not in taken]
    beside = [c for c in free if c.centre < left]
    texts = [c for c in free if c.centre >= left]
    heads = []
    for text in texts:
        row = next((r for r in rows if text.top - _SAME_LINE * em <= r.place <= text.bottom + _SAME_LINE * em), None)
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
            rows.append(_Row(cell.middle, [], [cell]))
        else:
            min(rows, key=lambda r: abs(r.place - cell.middle)).labels.insert(0, cell)
    rows.sort(key=lambda r: r.place)
    depth = max(1, *(len(row.labels) for row in rows))
    out: list[tuple[GridCell, ...]] = []
    for head, body in _parts(rows, heads):
        laid, names = _lay_out(head, body, left, depth, len(out), em, names)
        if laid is None:
            return None, 0
        out += laid
    return Grid(tuple(out)), names


def _anchor(label: _Cell, centred: bool) -> float:
    return label.centre if centred else label.x0


def _agreeing(labels: Sequence[_Cell], centred: bool, em: float) -> int:
    """Return how many labels stand at the place that most of them have."""
    return max(Counter(round(_anchor(k, centred) / (0.3 * em)) for k in labels).values(), default=0)


def _parts(rows: list[_Row], heads: list[_Cell]) -> Iterator[tuple[list[_Cell], list[_Row]]]:
    """Yield each run of header cells with the rows below it."""
    items: list[tuple[float, _Cell | _Row]] = [(h.middle, h) for h in heads]
    items += [(r.place, r) for r in rows]
    head: list[_Cell] = []
    body: list[_Row] = []
    for _, item in sorted(items, key=lambda i: i[0]):
        if isinstance(item, _Row):
            body.append(item)
            continue
        if body:
            yield head, body
            head, body = [], []
        head.append(item)
    yield head, body


def _lay_out(
    everything: list[_Cell], body: list[_Row], left: float, depth: int, at: int, em: float, names: int
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
        bands = _bands([f for row in rows for f in row])
        placed = [dict(enumerate(row)) if len(row) in (0, names) else None for row in rows]
        if len(bands) != names:
            return None, 0
    elif placed is None:  # the names cannot be told apart: columns without names
        leaves = []
        bands = _bands([f for row in rows for f in row])
        placed = [_under_bands(row, bands) for row in rows]
    if any(p is None for p in placed):
        return None, 0
    out: list[tuple[GridCell, ...]] = []
    uppers = sorted((h for h in head if h not in leaves), key=lambda h: h.middle)
    for level in [*([h] for h in uppers), leaves]:
        found = [c for h in level if (c := _over(h, bands, at + len(out), depth))]
        if level is leaves and corner:
            whole = _Cell([w for c in corner for w in c.words])
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
    return out, len(leaves) or (0 if head else names)


def _over(name: _Cell, bands: Sequence[_Band], row: int, depth: int) -> GridCell | None:
    """Return a name as a cell over the columns that it stands over."""
    under = [i for i, b in enumerate(bands) if name.overlaps(b)]
    return name.grid_cell(row, depth + under[0], under[-1] - under[0] + 1) if under else None


def _whole(figures: Sequence[_Cell], near: float) -> list[_Cell]:
    """Return a row's figures from left to right, those nearer than `near` or under each other as one."""
    whole: list[_Cell] = []
    for figure in sorted(figures, key=lambda f: f.x0):
        if whole and figure.x0 - whole[-1].x1 < near:
            whole[-1] = _Cell(sorted([*whole[-1].words, *figure.words], key=lambda w: (w.place, w.x0)))
        else:
            whole.append(figure)
    return whole


def _leaves(head: Sequence[_Cell], figures: Sequence[_Cell]) -> list[_Cell]:
    """Return the names nearest to the figures, left to right: those that stand over no other name."""
    lowest = [h for h in head if not any(h.middle < o.middle and h.overlaps(o) for o in head)]
    named = [
        h for h in lowest if any(h.overlaps(f) for f in figures) or any(o.top <= h.bottom for o in lowest if o is not h)
    ]
    return sorted(named, key=lambda h: h.x0)


def _under_names(
    leaves: Sequence[_Cell], rows: Sequence[Sequence[_Cell]], em: float
) -> tuple[list[_Band], list[dict[int, _Cell] | None] | None]:
    """Return the columns that the names make, and for each row its figures by column.

    A row of as many figures as names has them in their order. In another each figure must stand under one name, its
    beginning, middle or end where the name's is or where those of the column's other figures are.
    """
    bands = [_Band(leaf.x0, leaf.x1) for leaf in leaves]
    if not bands or any(a.x1 > b.x0 for a, b in pairwise(bands)):
        return [], None
    placed: list[dict[int, _Cell] | None] = []
    columns: list[list[_Cell]] = [[leaf] for leaf in leaves]
    complete = [len(row) == len(bands) == len(_whole(row, _IN_CELL * em)) or _in_order(row, leaves, em) for row in rows]
    for row, full in zip(rows, complete, strict=True):
        for column, figure in zip(columns, row if full else (), strict=False):
            column.append(figure)
    for row, full in zip(rows, complete, strict=True):
        if full:
            placed.append(dict(enumerate(row)))
            continue
        row = _whole(row, _IN_CELL * em)
        found: dict[int, _Cell] = {}
        for figure in row:
            under = [i for i, column in enumerate(columns) if any(_aligned(figure, c, em) for c in column)]
            if len(under) != 1 or under[0] in found:
                return bands, None
            found[under[0]] = figure
        placed.append(found)
    return bands, placed


def _in_order(row: Sequence[_Cell], leaves: Sequence[_Cell], em: float) -> bool:
    """Tell whether each figure of a row stands right under its own name."""
    return len(row) == len(leaves) and all(_aligned(f, leaf, em) for f, leaf in zip(row, leaves, strict=True))


def _aligned(one: _Cell, other: _Cell, em: float) -> bool:
    left, right = one.x0 - other.x0, one.x1 - other.x1
    return one.overlaps(other) and min(abs(left), abs(right), abs(left + right) / 2) < em / 2


def _under_bands(row: Sequence[_Cell], bands: Sequence[_Band]) -> dict[int, _Cell] | None:
    found: dict[int, _Cell] = {}
    for figure in row:
        under = [i for i, band in enumerate(bands) if figure.overlaps(band)]
        if len(under) != 1 or under[0] in found:
            return None
        found[under[0]] = figure
    return found


# -- documents -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's characters, their boxes from the base line up (EVEN of the type's size), and its height in points."""

    number: int
    height: float
    chars: Sequence[Char]


def blocks_without_rules(pages: Iterable[PageText]) -> list[Block] | None:
    """Return the blocks of a document that draws no rules, its tables as grids; None where it has no table."""
    lines = [
        (page.number, line)
        for page in pages
        for line in lines_of(page.chars, _SAME_LINE)
        if not is_page_number(line, page.height)
    ]
    if not lines:
        return None
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
            blocks += _prose(prose if grid else [*prose, *table])
            blocks += [grid] if grid else []
    return blocks if any(isinstance(b, Grid) for b in blocks) else None


_Lines = list[tuple[int, Line]]


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
