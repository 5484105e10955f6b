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
_SAME_LINE = 0.4
"""Em: what stands on one line differs less in height."""
_WRAPPED = 1.15
"""Times the narrowest line spacing: lines further apart are not of one cell."""
_NEAR = 60
"""Words looked at, in reading order, for those that stand under each other."""
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
        wide = _is_square(before.text) and _is_square(after.text)
        gap = after.x - before.x > 1.25 * em if wide else after.x0 - before.x1 > _most(before.text, after.text) * em
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


def _is_square(char: str) -> bool:
    """Tell whether a character is an ideograph: all are as wide, their centres are one em apart inside a word."""
    return "\u4e00" <= char <= "\u9fff"


def _most(before: str, after: str) -> float:
    """Return the widest gap (em) inside a word: marks of punctuation leave most of their square empty."""
    if before.isdigit() and after.isdigit():
        return 0.35 if before.isascii() and after.isascii() else 0.9
    return 0.6 if before.isalnum() and after.isalnum() else 1.0


def find_table(words: Sequence[Word], em: float) -> Grid | None:
    """Return the words as a table, or None where they are none or leave a doubt."""
    figures = [_Cell([w]) for w in words if w.is_figure]
    others = [w for w in words if not w.is_figure]
    values = _values(figures, others)
    for wrapped in (True, False):
        cells = _stacked(others, em) if wrapped else [_Cell([w]) for w in others]
        rows = _rows(values, cells, [f for f in figures if f not in values], em)
        if rows is not None:
            return _grid(rows, values, cells, em)
    return None


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


def _bands(cells: Iterable[_Cell]) -> list[_Band]:
    """Return the widths that cells take together, left to right."""
    bands: list[_Band] = []
    for cell in sorted(cells, key=lambda c: c.x0):
        if bands and cell.x0 < bands[-1].x1:
            bands[-1].x1 = max(bands[-1].x1, cell.x1)
        else:
            bands.append(_Band(cell.x0, cell.x1))
    return bands


def _stacked(words: Iterable[Word], em: float) -> list[_Cell]:
    """Put words under each other together that are a line's spacing apart."""
    cells: list[_Cell] = []
    ordered = sorted(words, key=lambda w: (w.place, w.x0))
    reach = _WRAPPED * min(_spacings(ordered, em), default=0.0)
    for word in ordered:
        above = [c for c in cells[-_NEAR:] if 0.5 * em < word.place - c.bottom <= reach and _under(c.words[-1], word)]
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
            if 0.9 * em < step < 3 * em and _under(upper, lower):
                yield step


def _under(upper: Word, lower: Word) -> bool:
    return upper.x0 < lower.x1 and lower.x0 < upper.x1


def _rows(values: list[_Cell], cells: list[_Cell], serials: list[_Cell], em: float) -> list[_Row] | None:
    """Return the rows of figures with their labels; None where two rows would have one label."""
    left = min((v.x0 for v in values), default=0.0)
    lines: list[list[_Cell]] = []
    for value in sorted(values, key=lambda v: v.top):
        if lines and value.top - lines[-1][0].top <= _SAME_LINE * em:
            lines[-1].append(value)
        else:
            lines.append([value])
    rows = []
    used: set[int] = set()
    for line in lines:
        place = statistics.fmean(v.top for v in line)
        labels = sorted(
            (c for c in cells if c.x1 <= left and c.top - _SAME_LINE * em <= place <= c.bottom + _SAME_LINE * em),
            key=lambda c: c.x1,
        )
        if not labels and len(line) < _MANY:
            continue  # a page number
        if labels and id(labels[-1]) in used:
            return None
        used |= {id(c) for c in labels[-1:]}
        number = [s for s in serials if abs(s.top - place) <= _SAME_LINE * em]
        rows.append(_Row(place, line, [*number, *labels]))
    return rows if rows and (len(rows) > 1 or len(rows[0].figures) >= _MANY) else None


def _grid(rows: list[_Row], values: list[_Cell], cells: list[_Cell], em: float) -> Grid | None:
    """Lay out rows, and what stands over them, part by part: a header begins a part with columns of its own."""
    left = min(v.x0 for row in rows for v in row.figures)
    taken = {id(row.labels[-1]) for row in rows if row.labels}
    free = [c for c in cells if id(c) not in taken]
    beside = [c for c in free if c.x1 <= left]
    texts = [c for c in free if c.x1 > left]
    heads = []
    for text in texts:
        row = next((r for r in rows if text.top - _SAME_LINE * em <= r.place <= text.bottom + _SAME_LINE * em), None)
        if row is None:
            heads.append(text)
        else:
            row.figures.append(text)
    over = list(heads)
    known = [row.labels[-1] for row in rows if row.labels]
    for cell in beside:
        headed = any(h.top - em <= cell.middle <= h.bottom + em for h in over)
        like = any(min(abs(cell.x0 - k.x0), abs(cell.x0 + cell.x1 - k.x0 - k.x1) / 2) < 0.2 * em for k in known)
        if headed:
            heads.append(cell)
        elif like and cell.top > rows[0].place:
            rows.append(_Row(cell.middle, [], [cell]))
        elif not any(cell in row.labels for row in rows):
            nearest = min(rows, key=lambda r: abs(r.place - cell.middle))
            nearest.labels.insert(0, cell)
    rows.sort(key=lambda r: r.place)
    depth = max(1, *(len(row.labels) for row in rows))
    out: list[tuple[GridCell, ...]] = []
    for head, body in _parts(rows, heads):
        laid = _lay_out(head, body, left, depth, len(out))
        if laid is None:
            return None
        out += laid
    return Grid(tuple(out))


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
    everything: list[_Cell], body: list[_Row], left: float, depth: int, at: int
) -> list[tuple[GridCell, ...]] | None:
    """Return the rows of one part; None where a column has two figures side by side in a row, or two names."""
    corner = [h for h in everything if h.x1 <= left]
    head = [h for h in everything if h.x1 > left]
    figures = [f for row in body for f in row.figures if is_figure(f.text)]
    leaves = [h for h in head if not any(h.middle < o.middle and h.overlaps(o) for o in head)]
    leaves = [
        h for h in leaves if any(h.overlaps(f) for f in figures) or any(o.top <= h.bottom for o in leaves if o is not h)
    ]
    bands = _bands([*figures, *leaves])
    if any(sum(h.overlaps(b) for h in leaves) > 1 for b in bands):
        return None

    def cell(item: _Cell, row: int) -> GridCell | None:
        under = [i for i, b in enumerate(bands) if item.overlaps(b)]
        return item.grid_cell(row, depth + under[0], under[-1] - under[0] + 1) if under else None

    out: list[tuple[GridCell, ...]] = []
    uppers = sorted((h for h in head if h not in leaves), key=lambda h: h.middle)
    for row in [*([h] for h in uppers), leaves]:
        found = [c for h in sorted(row, key=lambda h: h.x0) if (c := cell(h, at + len(out)))]
        if row is leaves and corner:
            whole = _Cell([w for c in corner for w in c.words])
            found.insert(0, whole.grid_cell(at + len(out), 0, depth))
        if found:
            out.append(tuple(found))
    for line in body:
        number = at + len(out)
        sample = (line.labels or line.figures)[-1].words[0]
        blank = GridCell("", number, 0, 1, 1, sample.page, None)
        places = [None] * (depth - len(line.labels)) + line.labels
        cells = [p.grid_cell(number, i, 1) if p else replace(blank, column=i) for i, p in enumerate(places)]
        if any(not any(f.overlaps(b) for b in bands) for f in line.figures):
            return None
        for i, band in enumerate(bands, depth):
            inside = [f for f in line.figures if f.overlaps(band)]
            if len(inside) > 1 or any(sum(f.overlaps(b) for b in bands) > 1 for f in inside):
                return None
            box = (round(band.x0, 1), round(sample.y0, 1), round(band.x1, 1), round(sample.y1, 1))
            cells.append(inside[0].grid_cell(number, i, 1) if inside else replace(blank, column=i, box=box))
        out.append(tuple(cells))
    return out


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
    blocks: list[Block] = []
    zone: list[tuple[int, Line]] = []
    for number, line in lines:
        if heading_number(line.text) is not None:
            blocks += _zone(zone, left, right)
            zone = [(number, line)]
        else:
            zone.append((number, line))
    blocks += _zone(zone, left, right)
    return blocks if any(isinstance(b, Grid) for b in blocks) else None


def _zone(lines: list[tuple[int, Line]], left: float, right: float) -> list[Block]:
    """Return the blocks between two headings: at most one table, prose above and below it."""
    prose: list[tuple[int, Line]] = []
    words: list[Word] = []
    for at, (number, line) in enumerate(lines):
        em = _em(line)
        found = words_of(line, number, em)
        if (at == 0 and heading_number(line.text) is not None) or _is_prose(found, left, right, em):
            prose.append((number, line))
        else:
            words += found
    grid = None
    if words and len(words) <= _MOST_WORDS:
        grid = find_table(words, statistics.median((w.y1 - w.y0) / EVEN for w in words))
    if grid is None:
        return _prose(lines)
    first = min(w.place for w in words)
    above = [item for item in prose if _place(item) < first]
    return [*_prose(above), grid, *_prose([item for item in prose if item not in above])]


def _em(line: Line) -> float:
    return statistics.median(c.y1 - c.y0 for c in line.chars) / EVEN or 1.0


def _place(item: tuple[int, Line]) -> float:
    number, line = item
    return number * _PAGE + (line.box[1] + line.box[3]) / 2


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
