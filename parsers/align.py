"""Grid rows to cells: labels name rows and columns, layout places the figures, arithmetic decides only between layouts.

Guarantees: a figure is taken only into the row and column whose labels it stands under, or its cell says that it was
not (`by_label` false); where layout leaves several readings, all are kept for the checks to choose from; what no
reading settles is `undecidable`; a cell that the document does not have is not made.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from parsers.cutting import cut_figures
from parsers.layout import SourceRow
from parsers.model import GridCell, Where
from parsers.normalize import Figure, comparable, is_figure, label, read_figure
from parsers.reading import OpenRow, Reading, TableReading
from parsers.statistics import read_statistics
from parsers.templates import Column, Form, Group, Kind, Row, finding, load_form

_MOST_DOUBTS = 256
_ORGANISATIONS = "法人或其他组织"
_OVER_COLUMNS = frozenset(("申请人情况", _ORGANISATIONS))
_CORNER = re.compile(r"勾稽|本列数据|第[一二三四]项|等于|^和,|^-+$")
_SERIAL = re.compile(r"^(序号|代码|编号|行次)$")
_SUBTOTAL = re.compile(r"^(小计|合计|法人.*小计)$")
_UNIT_ABOVE = re.compile(r"单位[:：]?(万元|亿元|元)")


@dataclass(frozen=True, slots=True)
class _Header:
    """The columns a header names, in its order; `at` gives the grid columns each covers where that is known."""

    keys: tuple[str, ...]
    at: dict[str, frozenset[int]]
    block: int
    named: bool = True
    units: dict[str, str] = field(default_factory=dict)
    ignored: frozenset[int] = frozenset()
    """Grid columns that the header names and the form does not have (备注, 小计, 序号)."""
    kinds: tuple[Kind, ...] = ()
    blocks: tuple[int, ...] = ()
    """Sizes of the runs of columns whose last is the sum of the others; none in table two."""


@dataclass(frozen=True, slots=True)
class _Labelled:
    """A data row: its label cell, what follows it, and the row of the form it was matched to."""

    source: SourceRow
    label_cell: GridCell
    values: tuple[GridCell, ...]
    key: str
    by_label: bool = True


def align(rows_by_table: dict[str, list[SourceRow]]) -> list[TableReading]:
    """Read every table whose rows were found."""
    readers = {
        "proactive_disclosure": _read_proactive,
        "requests": _read_requests,
        "review_and_litigation": _read_review,
        "statistics": read_statistics,
    }
    return [readers[table](rows) for table, rows in rows_by_table.items() if table in readers]


# -- rows ------------------------------------------------------------------------------------------


def _state(cell: GridCell) -> str:
    if is_figure(cell.text):
        return "figure"
    return "text" if cell.text.strip() else "blank"


def _split(cells: Sequence[GridCell]) -> tuple[list[GridCell], list[GridCell]]:
    """Split a row into its leading labels and what follows the last of them (blanks before it are spanned cells)."""
    last = -1
    for i, cell in enumerate(cells):
        state = _state(cell)
        if state == "figure":
            if last < 0 and i == 0 and len(cells) > 1 and _state(cells[1]) == "text":
                continue  # the row's number, in a column of its own
            break
        if state == "text":
            last = i
    labels = [c for c in cells[: last + 1] if c.text.strip()]
    return labels, list(cells[last + 1 :])


def _where(source: SourceRow, cell: GridCell) -> Where:
    return Where(source.block, source.index, cell.column, cell.page, cell.box)


def _reading(source: SourceRow, cell: GridCell, column: Column, unit: str | None, by_label: bool) -> Reading:
    raw = cell.text if cell.printed is None else cell.printed
    return Reading(read_figure(cell.text, column.kind, unit), raw, _where(source, cell), by_label)


def _match_row(name: str, rows: Iterable[Row], group: str | None) -> Row | None:
    """Return the row that `name` labels within `group`; a label that needs its group matches nowhere else."""
    found = [r for r in rows if r.match.fullmatch(name) and (not r.needs_group or r.group == group)]
    return found[0] if len(found) == 1 else None


def _match_group(name: str, groups: Iterable[Group]) -> Group | None:
    return next((g for g in groups if g.match.fullmatch(name)), None)


# -- placing the figures of a row ------------------------------------------------------------------


def _placements(
    values: Sequence[GridCell],
    header: _Header,
    *,
    at_home: bool,
    sibling: int | None,
    block: int,
    spans_known: bool,
    strong: int | None = None,
) -> tuple[list[list[GridCell | None]], bool]:
    """Return (placements, by layout): every way to give the header's columns their cells.

    `strong` is how many fillers stand before the figures of rows of the same kind that have all of them: a captured row
    with fewer cells has lost one. Else, in this order: a complete row (as many cells, or as many figures side by side, as the header names, in its
    order); the header's own columns; the place it has in rows of the same kind (not by layout: taken from
    neighbours); else every placement that keeps the order.
    """
    count = len(header.keys)
    if len(values) == 1 and count > 1 and len(comparable(values[0].text)) >= count:
        return _cut(values[0], header), False
    windows: list[list[GridCell | None]]
    filled = [i for i, c in enumerate(values) if c.text.strip()]
    if strong is not None and strong > 0 and not spans_known and len(values) < strong + count:
        return _insertions([values[i] for i in filled], count), False  # a cell is lost: fillers stand before figures
    if len(values) == count:
        row: list[GridCell | None] = [*values]
        return [row], True
    if len(filled) > count:
        return [], True
    if spans_known and at_home and (placed := _by_header(values, header, filled)):
        return [placed], True
    if len(filled) == count and filled[-1] - filled[0] == count - 1:
        return [list(values[filled[0] : filled[-1] + 1])], True
    if not spans_known and at_home and header.block == block and (placed := _by_header(values, header, filled)):
        return [placed], True
    windows = [
        [*values[s : s + count]]
        for s in range(len(values) - count + 1)
        if not filled or (s <= filled[0] and filled[-1] < s + count)
    ]
    if sibling is not None and 0 <= sibling <= len(values) - count:
        window: list[GridCell | None] = [*values[sibling : sibling + count]]
        if window in windows:
            return [window], False
    if windows:
        return windows, len(windows) == 1 and spans_known
    return _insertions([values[i] for i in filled], count), False


def _cut(cell: GridCell, header: _Header) -> list[list[GridCell | None]]:
    """Return every admissible way to cut glued digits into as many figures as the header names.

    Where the block's sum leaves some (A1 for a row of table three, B1 for the blocks of table four), only those.
    """
    kinds: Sequence[Kind] = header.kinds or ["count"] * len(header.keys)
    whole = cell.text
    return [
        [replace(cell, text=part, printed=whole) for part in parts]
        for parts in cut_figures(cell.text, kinds, header.blocks)
    ]


def _by_header(values: Sequence[GridCell], header: _Header, filled: list[int]) -> list[GridCell | None] | None:
    """Place cells under the header cells they stand below; None unless each column has one and no figure is left."""
    if not header.at:
        return None
    placed: list[GridCell | None] = []
    for key in header.keys:
        columns = header.at[key]
        under = [c for c in values if columns & set(range(c.column, c.column + c.colspan))]
        if len(under) != 1 or under[0] in placed:
            return None
        placed.append(under[0])
    return placed if all(values[i] in placed for i in filled) else None


def _insertions(cells: Sequence[GridCell], count: int) -> list[list[GridCell | None]]:
    """Return every way to spread fewer cells than columns over the columns, in order."""
    out: list[list[GridCell | None]] = []
    for chosen in itertools.combinations(range(count), len(cells)):
        row: list[GridCell | None] = [None] * count
        for place, cell in zip(chosen, cells, strict=True):
            row[place] = cell
        out.append(row)
    return out


# -- table three -----------------------------------------------------------------------------------


def _read_requests(rows: list[SourceRow]) -> TableReading:
    out = TableReading("requests")
    newest, oldest = load_form("requests", "2021"), load_form("requests", "2019")
    labelled, headers, single = _label_requests(rows, newest, oldest, out)
    out.form = _requests_form(labelled, single)
    if out.form == "2021" and any(_state(v) == "figure" for row in single for v in row.values):
        out.findings.append(finding("subtotal_row", label=single[0].label_cell.text))
    form = newest if out.form == "2021" else oldest
    data = sorted([*labelled, *(single if out.form == "2019" else [])], key=lambda r: (r.source.block, r.source.index))
    data = _neighbours(data, rows, form, out)
    header = headers or _Header(tuple(c.key for c in form.columns), {}, -1, named=False)
    if not header.named:
        out.findings.append(finding("columns_not_named", table=out.table))
    header = replace(header, blocks=(len(header.keys),) if header.keys[-1] == "total" else ())
    data = _without_lost_blanks(data, len(header.keys), out)
    widths = _widths(rows)
    homes = _homes(data, form)
    siblings, strong = _siblings(data, form, len(header.keys))
    for row in data:
        depth = _depth(form, row.key)
        placements, layout = _placements(
            row.values,
            header,
            at_home=widths.get(row.source.block) == widths.get(header.block)
            if row.source.spans_known
            else row.label_cell.column == homes.get((row.source.block, depth)),
            sibling=siblings.get((row.source.block, depth)),
            block=row.source.block,
            spans_known=row.source.spans_known,
            strong=strong.get((row.source.block, depth)),
        )
        # columns to pass over are known by their place in the header's grid, and in grids of its width alone
        told = not header.ignored or widths.get(row.source.block) == widths.get(header.block)
        _take(out, form, header, row, placements, layout and row.by_label and header.named and told)
    _report_missing(out, form)
    return out


def _widths(rows: Iterable[SourceRow]) -> dict[int, int]:
    """Return the number of grid columns of each block: columns have the same places in blocks of one width alone."""
    widths: dict[int, int] = {}
    for source in rows:
        for cell in source.cells:
            widths[source.block] = max(widths.get(source.block, 0), cell.column + cell.colspan)
    return widths


def _label_requests(
    rows: list[SourceRow], newest: Form, oldest: Form, out: TableReading
) -> tuple[list[_Labelled], _Header | None, list[_Labelled]]:
    """Match rows by label within their group; return (rows, header, rows labelled 其他处理 that bear figures)."""
    labelled: list[_Labelled] = []
    single: list[_Labelled] = []
    header_rows = [source for source in rows if _is_request_header(source, newest)]
    header = _request_header(header_rows, newest, out) or _broken_header(header_rows, rows, newest)
    ignored = header.ignored if header else frozenset[int]()
    widths = _widths(rows)
    group: str | None = None
    other = oldest.row("other_handling")
    for source in rows:
        cells = list(source.cells)
        if header and widths.get(source.block) == widths.get(header.block):
            cells = [c for c in cells if not ignored.issuperset(range(c.column, c.column + c.colspan))]
        labels, values = _split(cells)
        names = [label(c.text) for c in labels]
        if not labels or source in header_rows:
            continue
        for name in names:
            found = _match_group(name, newest.groups)
            if found:
                group = found.key
        matched = _match_row(names[-1], newest.rows, group)
        if matched:
            labelled.append(_Labelled(source, labels[-1], tuple(values), matched.key))
            group = matched.group or group
        elif other.match.fullmatch(names[-1]) and (
            len(values) >= len(oldest.columns) or any(_state(v) == "figure" for v in values)
        ):
            single.append(_Labelled(source, labels[-1], tuple(values), other.key))
    return labelled, header, single


def _is_request_header(source: SourceRow, form: Form) -> bool:
    """Tell whether a row is part of the header: it names columns or 申请人情况 and bears no figure."""
    if any(_state(c) == "figure" for c in source.cells):
        return False
    names = [label(c.text) for c in source.cells if c.text.strip()]
    marks = sum(n in ("申请人情况", "法人或其他组织") or "勾稽关系" in n for n in names)
    named = sum(any(c.match.fullmatch(n) for c in form.columns) for n in names)
    return marks > 0 or named >= 2


def _request_header(header_rows: list[SourceRow], form: Form, out: TableReading) -> _Header | None:
    if not header_rows:
        return None
    if header_rows[0].spans_known:
        first = [s for s in header_rows if s.block == header_rows[0].block]
        widths = {max(c.column + c.colspan for c in s.cells) for s in header_rows}
        found = _spanned_header(first, form, out)
        # a header that a page break cut in two: both halves have the table's columns
        return found if found or len(widths) > 1 else _spanned_header(header_rows, form, out)
    return _captured_header(header_rows, form)


def _column_of(name: str, columns: Iterable[Column]) -> Column | None:
    return next((c for c in columns if c.match.fullmatch(name)), None)


def _spanned_header(header_rows: list[SourceRow], form: Form, out: TableReading) -> _Header | None:
    """Name each grid column by the lowest header cell over it that a form's column matches.

    A column of organisations may be missing, and columns that the form does not have may stand beside: they are passed
    over, unless one of them could be the missing one with a damaged name.
    """
    block = header_rows[0].block
    lowest: dict[int, str] = {}
    others: dict[int, str] = {}
    for source in header_rows:
        for cell in source.cells:
            name = label(cell.text)
            column = _column_of(name, form.columns)
            for x in range(cell.column, cell.column + cell.colspan):
                if column:
                    lowest[x] = column.key
                elif name and cell.colspan == 1 and name not in _OVER_COLUMNS and "勾稽" not in name:
                    others[x] = name
    keys = list(dict.fromkeys(lowest[x] for x in sorted(lowest)))
    at = {key: frozenset(x for x, k in lowest.items() if k == key) for key in keys}
    if not at or any(max(xs) - min(xs) >= len(xs) for xs in at.values()):
        return None
    first = min(lowest)
    strange = {x: name for x, name in others.items() if x not in lowest and (x > first or _SERIAL.match(name))}
    missing = {c.key for c in form.columns} - set(keys)
    if missing and len(lowest) + len(strange) < max(lowest) - first + 1:
        return None  # a column between the others has no name
    inner = [x for x in strange if first < x < max(lowest) and not _SUBTOTAL.match(strange[x])]
    if missing and (inner or not missing <= {c.key for c in form.columns if c.group} or len(missing) > 2):
        return None
    for name in strange.values():
        out.findings.append(finding("column_passed_over", table=out.table, name=name))
    return _Header(tuple(keys), at, block, ignored=frozenset(strange))


def _broken_header(header_rows: list[SourceRow], rows: list[SourceRow], form: Form) -> _Header | None:
    """Name the columns where a page broke inside the header's own cells: 社会 on one page, 公益组织 on the next.

    What stands below is found by its place on the page; the two halves need not have the same grid columns, so none
    are given.
    """
    first = [s for s in header_rows if s.block == header_rows[0].block] if header_rows else []
    if not first or any(c.box is None for c in first[-1].cells):
        return None
    at = rows.index(first[-1]) + 1
    below = rows[at].cells if at < len(rows) and rows[at].block != first[-1].block else ()
    if not below or any(c.box is None or _state(c) == "figure" for c in below):
        return None
    keys = []
    for cell in first[-1].cells:
        x0, _, x1, _ = cell.box or (0.0, 0.0, 0.0, 0.0)
        rest = "".join(c.text for c in below if c.box and x0 <= (c.box[0] + c.box[2]) / 2 <= x1)
        name = label(cell.text + rest)
        column = _column_of(name, form.columns) or _column_of(label(cell.text), form.columns)
        if column and column.key not in keys:
            keys.append(column.key)
        elif name and not column and not _CORNER.search(name):
            return None  # a column that the form does not have
    return _Header(tuple(keys), {}, first[0].block) if set(keys) == {c.key for c in form.columns} else None


def _captured_header(header_rows: list[SourceRow], form: Form) -> _Header | None:
    """Order the columns of a captured header as it reads: in the row of 自然人, what stands under 法人或其他组织 in its place.

    None where a name is missing that cannot be, or a name stands there that the form does not have: nothing then says
    which figure is whose.
    """
    seen: dict[str, tuple[int, GridCell]] = {}
    for y, source in enumerate(header_rows):
        for cell in source.cells:
            name = label(cell.text)
            column = _column_of(name, form.columns)
            if column:
                seen.setdefault(column.key, (y, cell))
            elif name and name not in _OVER_COLUMNS and not _CORNER.search(name):
                return None
    members = [c.key for c in form.columns if c.group]
    named = sorted((k for k in members if k in seen), key=lambda k: (seen[k][0], seen[k][1].column))
    first, total = form.columns[0].key, form.columns[-1].key
    if first not in seen or total not in seen or len(named) < len(members) - 2 or len({seen[k][0] for k in named}) > 1:
        return None
    keys: list[str] = []
    row = header_rows[seen[first][0]]
    grouped = any(label(c.text) == _ORGANISATIONS for c in row.cells)
    for cell in row.cells:
        name = label(cell.text)
        column = _column_of(name, form.columns)
        if name == _ORGANISATIONS:
            keys += named
        elif column and seen[column.key][1] is cell and not (grouped and column.key in named):
            keys.append(column.key)
    if total not in keys:
        above = {label(c.text): i for i, c in enumerate(header_rows[seen[total][0]].cells)}
        over = above.get("申请人情况", -1)
        at = next(i for i, c in enumerate(header_rows[seen[total][0]].cells) if c is seen[total][1])
        keys = [*keys, total] if at > over else [total, *keys]
    if len(keys) != len(set(keys)) or set(keys) != {first, total, *named}:
        return None
    places = [seen[key][1].column for key in keys]
    block = header_rows[seen[first][0]].block
    one_block = len({header_rows[y].block for y, _ in seen.values()}) == 1
    fits = one_block and places == list(range(places[0], places[0] + len(keys)))
    return _Header(tuple(keys), {k: frozenset((x,)) for k, x in zip(keys, places, strict=True)} if fits else {}, block)


def _requests_form(labelled: list[_Labelled], single: list[_Labelled]) -> str | None:
    """Choose the row list by its labels: （六） with sub-rows is the 2021 form, as one row of figures the 2019 form."""
    if any(row.key.startswith("other_handling.") for row in labelled):
        return "2021"
    return "2019" if single else ("2021" if labelled else None)


def _neighbours(data: list[_Labelled], rows: list[SourceRow], form: Form, out: TableReading) -> list[_Labelled]:
    """Give a row whose label matches nothing the one place that its neighbours leave free; report the others."""
    order = [r.key for r in form.rows]
    known = {(r.source.block, r.source.index): r for r in data}
    sequence = [s for s in rows if not _is_request_header(s, form)]
    result: list[_Labelled] = []
    for i, source in enumerate(sequence):
        row = known.get((source.block, source.index))
        if row is not None:
            result.append(row)
            continue
        labels, values = _split(source.cells)
        if sum(_state(v) == "figure" for v in values) < 2:
            continue
        name = labels[-1].text if labels else ""
        if labels and _match_group(label(name), form.groups):
            continue  # figures beside a group's name: a printed subtotal, reported by the caller
        before = next((known[k].key for s in reversed(sequence[:i]) if (k := (s.block, s.index)) in known), None)
        after = next((known[k].key for s in sequence[i + 1 :] if (k := (s.block, s.index)) in known), None)
        lower = order.index(before) if before in order else -1
        upper = order.index(after) if after in order else len(order)
        if upper - lower == 2:
            key = order[lower + 1]
            out.findings.append(finding("row_from_neighbours", table=out.table, label=name.strip(), row=key))
            cell = labels[-1] if labels else source.cells[0]
            result.append(_Labelled(source, cell, tuple(values), key, by_label=False))
        else:
            out.findings.append(
                finding("unmatched_row", Where(source.block, source.index, 0), table=out.table, label=name.strip())
            )
    return result


def _without_lost_blanks(data: list[_Labelled], count: int, out: TableReading) -> list[_Labelled]:
    """Drop glued rows where one of them has fewer digits than columns: blanks were lost, and every cut is a guess."""
    glued = [r for r in data if len(r.values) == 1 and count > 1]
    if all(len(comparable(r.values[0].text)) >= count for r in glued):
        return data
    for row in glued:
        where = _where(row.source, row.label_cell)
        for column in load_form("requests", "2021").columns:
            out.cells[row.key, column.key] = Reading(Figure("undecidable"), row.values[0].text, where, by_label=False)
    out.findings.append(finding("rows_lost"))
    return [r for r in data if r not in glued]


def _depth(form: Form, key: str) -> int:
    """Return how many labels stand before a row's own: 0 for 一、二、四, 1 for （一）, 2 for 1."""
    group = form.row(key).group
    return 0 if group is None else 1 if group == "results" else 2


def _homes(data: list[_Labelled], form: Form) -> dict[tuple[int, int], int]:
    """Return for each block and depth the column where labels stand in rows that lost no cell before them."""
    homes: dict[tuple[int, int], int] = {}
    for row in data:
        place = (row.source.block, _depth(form, row.key))
        homes[place] = max(homes.get(place, 0), row.label_cell.column)
    return homes


def _siblings(
    data: list[_Labelled], form: Form, count: int
) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
    """Return for each block and depth how many cells stand between label and figures: (as far as known, in full rows).

    Full rows show all their figures side by side; where a depth has none, its rows of just as many cells as columns say
    it, and where it has none of these either, what all depths of its block agree on.
    """
    full: dict[tuple[int, int], Counter[int]] = {}
    exact: set[tuple[int, int]] = set()
    for row in data:
        filled = [i for i, c in enumerate(row.values) if c.text.strip()]
        place = (row.source.block, _depth(form, row.key))
        if len(filled) == count and filled[-1] - filled[0] == count - 1:
            full.setdefault(place, Counter())[filled[0]] += 1
        elif len(row.values) == count:
            exact.add(place)
    strong = {place: found.most_common(1)[0][0] for place, found in full.items()}
    known = {**dict.fromkeys(exact, 0), **strong}
    for block in {row.source.block for row in data}:
        agreed = {offset for (b, _), offset in known.items() if b == block}
        if len(agreed) == 1:
            for depth in (0, 1, 2):
                known.setdefault((block, depth), next(iter(agreed)))
    return known, strong


def _take(
    out: TableReading,
    form: Form,
    header: _Header,
    row: _Labelled,
    placements: list[list[GridCell | None]],
    by_label: bool,
) -> None:
    """Put a row's cells into the table, or among the open rows where several placements are left."""
    columns = [form.column(key) for key in header.keys]
    readings: list[dict[str, Reading]] = []
    for placement in placements:
        options = {
            column.key: _options(row.source, cell, column, header.units.get(column.key), by_label)
            for column, cell in zip(columns, placement, strict=True)
            if cell is not None
        }
        readings += _combined(options)
    if not readings:
        _undecidable_row(out, row, columns)
        return
    if any((row.key, c.key) in out.cells for c in columns) or any(o.row == row.key for o in out.open_rows):
        _repeated_row(out, row, readings)
        return
    if len(readings) == 1:
        for column, reading in readings[0].items():
            out.cells[row.key, column] = reading
    else:
        out.open_rows.append(OpenRow(row.key, tuple(readings)))


def _options(source: SourceRow, cell: GridCell, column: Column, unit: str | None, by_label: bool) -> list[Reading]:
    """Return the admissible readings of a cell: one, or with OCR's doubt the others too, none of them sure."""
    first = _reading(source, cell, column, unit, by_label and not cell.doubt)
    others = [_reading(source, replace(cell, text=t, printed=cell.text), column, unit, False) for t in cell.doubt]
    if cell.doubt and first.figure.state == "text":
        first = replace(first, figure=Figure("undecidable"))
    found = [first]
    for other in others:
        if other.figure.state in ("value", "blank", "dash") and all(other.figure != f.figure for f in found):
            found.append(other)
    return found


def _combined(options: dict[str, list[Reading]]) -> list[dict[str, Reading]]:
    """Return every choice of one reading a cell; where they are too many, doubtful cells are undecidable instead."""
    ways = 1
    for choices in options.values():
        ways *= len(choices)
    if ways > _MOST_DOUBTS:
        undecided = Figure("undecidable")
        return [{k: c[0] if len(c) == 1 else replace(c[0], figure=undecided) for k, c in options.items()}]
    return [dict(zip(options, choice, strict=True)) for choice in itertools.product(*options.values())]


def _undecidable_row(out: TableReading, row: _Labelled, columns: Sequence[Column]) -> None:
    """Mark every cell of a row that has more figures than columns."""
    figures = sum(bool(c.text.strip()) for c in row.values)
    where = _where(row.source, row.label_cell)
    out.findings.append(
        finding("undecidable_row", where, row=row.key, table=out.table, figures=figures, columns=len(columns))
    )
    raw = " ".join(c.text.strip() for c in row.values if c.text.strip())
    for column in columns:
        out.cells.setdefault((row.key, column.key), Reading(Figure("undecidable"), raw, where, by_label=False))


def _repeated_row(out: TableReading, row: _Labelled, readings: list[dict[str, Reading]]) -> None:
    """Compare a row that stands twice with its first copy; where they differ neither is taken as read."""
    where = _where(row.source, row.label_cell)
    same = len(readings) == 1 and all(
        (row.key, key) in out.cells and out.cells[row.key, key].figure == reading.figure
        for key, reading in readings[0].items()
    )
    if same:
        out.findings.append(finding("duplicate_row_same", where, row=row.key, table=out.table))
        return
    out.findings.append(finding("duplicate_row", where, row=row.key, table=out.table))
    for key in [k for k in out.cells if k[0] == row.key]:  # which of the two is the row, nothing tells
        out.cells[key] = replace(out.cells[key], figure=Figure("undecidable"), by_label=False)


def _report_missing(out: TableReading, form: Form) -> None:
    present = {row for row, _ in out.cells} | {o.row for o in out.open_rows}
    missing = [r.key for r in form.rows if r.key not in present]
    if missing and present:
        out.findings.append(
            finding(
                "rows_missing",
                table=out.table,
                found=len(form.rows) - len(missing),
                expected=len(form.rows),
                missing=", ".join(missing),
            )
        )


# -- table two -------------------------------------------------------------------------------------


def _read_proactive(rows: list[SourceRow]) -> TableReading:
    out = TableReading("proactive_disclosure")
    forms = [load_form("proactive_disclosure", f) for f in ("2021", "2019")]
    votes = {f.form: 0 for f in forms}
    for source in rows:
        for f in forms:
            votes[f.form] += len(_block_header(source, f).keys)
    # `decisions` is named alike in both; every other column belongs to one form alone
    form = max(forms, key=lambda f: votes[f.form])
    out.form = form.form
    header: _Header | None = None
    unnamed = False
    for source in rows:
        found = _block_header(source, form)
        if found.keys:
            header = found
            continue
        labels, values = _split(source.cells)
        matched = next(((c, r) for c in labels for r in form.rows if r.match.fullmatch(label(c.text))), None)
        if matched is None:
            if any(_state(v) == "figure" for v in values):
                out.findings.append(
                    finding(
                        "unmatched_row",
                        Where(source.block, source.index, 0),
                        table=out.table,
                        label=" ".join(c.text.strip() for c in labels),
                    )
                )
            continue
        cell, row = matched
        expected = tuple(c.key for c in form.columns_of(row))
        under = header if header and header.named and set(header.keys) == set(expected) else None
        used = under or _Header(expected, {}, -1, named=False)
        unnamed = unnamed or not used.named
        used = replace(used, kinds=tuple(form.column(key).kind for key in used.keys))
        placements, layout = _placements(
            values, used, at_home=True, sibling=None, block=source.block, spans_known=source.spans_known
        )
        _take(
            out,
            form,
            used,
            _Labelled(source, cell, tuple(values), row.key),
            placements,
            layout and used.named,
        )
    if unnamed:
        out.findings.append(finding("columns_not_named", table=out.table))
    _report_missing(out, form)
    return out


def _block_header(source: SourceRow, form: Form) -> _Header:
    """Return the columns that a row of table two names; none where it is no header row.

    `named` is false where it has a name that the form does not: which figure is whose cannot then be told by names.
    """
    strange = False
    keys: list[str] = []
    at: dict[str, frozenset[int]] = {}
    units: dict[str, str] = {}
    for cell in source.cells:
        column = _column_of(label(cell.text), form.columns)
        if column is None or column.key in at:
            strange = strange or (bool(label(cell.text)) and label(cell.text) not in ("信息内容", "项目", "内容"))
            continue
        keys.append(column.key)
        at[column.key] = frozenset(range(cell.column, cell.column + cell.colspan))
        unit = _UNIT_ABOVE.search(comparable(cell.text))
        if unit:
            units[column.key] = unit[1]
    return _Header(tuple(keys), at, source.block, named=not strange, units=units)


# -- table four ------------------------------------------------------------------------------------


def _read_review(rows: list[SourceRow]) -> TableReading:
    form = load_form("review_and_litigation", "2021")
    out = TableReading("review_and_litigation", form.form)
    header_rows = [s for s in rows if any(_state(c) == "text" for c in s.cells) and not _figures_only(s)]
    data_rows = [s for s in rows if s not in header_rows and any(c.text.strip() for c in s.cells)]
    if not data_rows and rows and rows[-1] not in header_rows:
        data_rows = [rows[-1]]  # a data row of blanks only
    keys = [f"{r.key}/{c.key}" for r in form.rows for c in form.columns]
    header = _review_header(header_rows, form)
    if header is None:
        header = _Header(tuple(keys), {}, -1, named=False)
        out.findings.append(finding("columns_not_named", table=out.table))
    header = replace(header, blocks=(len(form.columns),) * len(form.rows))
    for number, source in enumerate(data_rows):
        _, values = _split(source.cells)
        placements, layout = _placements(
            values, header, at_home=True, sibling=None, block=source.block, spans_known=source.spans_known
        )
        readings = [_review_options(source, header, form, placement, layout) for placement in placements]
        if number or len(readings) != 1:
            candidates = [{key: options[0] for key, options in choice.items()} for choice in readings]
            if number:
                _second_review_row(out, source, candidates)
            else:
                _open_review(out, source, values, candidates, keys)
            continue
        for block in form.rows:
            options = {k.split("/")[1]: o for k, o in readings[0].items() if k.startswith(f"{block.key}/")}
            ways = _combined(options)
            if len(ways) == 1:
                for column, reading in ways[0].items():
                    out.cells[block.key, column] = reading
            else:
                out.open_rows.append(OpenRow(block.key, tuple(ways)))
    return out


def _review_options(
    source: SourceRow, header: _Header, form: Form, placement: Sequence[GridCell | None], layout: bool
) -> dict[str, list[Reading]]:
    """Return for each of the fifteen columns ("row/column") the admissible readings of its cell."""
    return {
        key: _options(source, cell, form.column(key.split("/")[1]), None, layout and header.named)
        for key, cell in zip(header.keys, placement, strict=True)
        if cell is not None
    }


def _figures_only(source: SourceRow) -> bool:
    """Tell whether a row is table four's data: figures, perhaps after one label, perhaps with a stray word."""
    figures = sum(_state(c) == "figure" for c in source.cells)
    words = sum(_state(c) == "text" for c in source.cells)
    return figures >= 5 and words <= 2


def _review_header(header_rows: list[SourceRow], form: Form) -> _Header | None:
    """Name the fifteen columns by the group and the leaf labels over them; None where they cannot all be named."""
    groups: list[str] = []
    for source in header_rows:
        for cell in source.cells:
            row = next((r for r in form.rows if r.match.fullmatch(label(cell.text))), None)
            if row and row.key not in groups:
                groups.append(row.key)
    leaves = list(_review_leaves(header_rows, form))
    if len(groups) != len(form.rows) or len(leaves) != len(form.rows) * len(form.columns):
        return None
    if header_rows[0].spans_known:
        leaves.sort(key=lambda leaf: leaf[1])
        groups = _groups_by_column(header_rows, form)
    elif groups != [r.key for r in form.rows]:
        return None  # a capture lost the columns under its groups: only the form's own order can be told
    size = len(form.columns)
    keys = []
    for i, (leaf, _) in enumerate(leaves):
        keys.append(f"{groups[i // size]}/{leaf}")
    if len(set(keys)) != len(keys):
        return None
    at: dict[str, frozenset[int]] = {}
    if header_rows[0].spans_known and len({s.block for s in header_rows}) == 1:
        at = {key: frozenset((x,)) for key, (_, x) in zip(keys, leaves, strict=True)}
    return _Header(tuple(keys), at, header_rows[0].block)


def _groups_by_column(header_rows: list[SourceRow], form: Form) -> list[str]:
    """Return the groups from left to right."""
    first: dict[str, int] = {}
    for source in header_rows:
        for cell in source.cells:
            row = next((r for r in form.rows if r.match.fullmatch(label(cell.text))), None)
            if row:
                first.setdefault(row.key, cell.column)
    return sorted(first, key=lambda key: first[key])


def _review_leaves(header_rows: list[SourceRow], form: Form) -> Iterator[tuple[str, int]]:
    """Yield (column key, grid column) for each leaf label, also where a page break cut 结果 / 维持 in two rows."""
    above: dict[int, str] = {}
    done: set[tuple[int, int, int]] = set()
    for source in header_rows:
        below: dict[int, str] = {}
        for cell in source.cells:
            name = label(cell.text)
            if not name:
                continue
            origin = (source.block, cell.row, cell.column)
            column = _column_of(name, form.columns) or _column_of(above.get(cell.column, "") + name, form.columns)
            if column and origin not in done:
                done.add(origin)
                yield column.key, cell.column
            elif not column:
                below[cell.column] = name
        above = below


def _second_review_row(out: TableReading, source: SourceRow, candidates: list[dict[str, Reading]]) -> None:
    """Compare a second data row with the first: the same figures are a copy, others make the cells undecidable."""
    where = Where(source.block, source.index, 0)
    figures = {tuple(k.split("/")): r.figure for k, r in candidates[0].items()} if len(candidates) == 1 else None
    if figures is not None and all(out.cells[k].figure == f for k, f in figures.items() if k in out.cells):
        out.findings.append(finding("duplicate_row_same", where, row="1", table=out.table))
        return
    out.findings.append(finding("duplicate_row", where, row="1", table=out.table))
    for key, first in list(out.cells.items()):
        if figures is None or figures.get(key) != first.figure:
            out.cells[key] = replace(first, figure=Figure("undecidable"), by_label=False)


def _open_review(
    out: TableReading,
    source: SourceRow,
    values: Sequence[GridCell],
    candidates: list[dict[str, Reading]],
    keys: Sequence[str],
) -> None:
    """Keep what every placement agrees on; the rest of a data row that layout cannot place is undecidable."""
    where = Where(source.block, source.index, 0)
    filled = [c.text.strip() for c in values if c.text.strip()]
    out.findings.append(
        finding("undecidable_row", where, row="1", table=out.table, figures=len(filled), columns=len(keys))
    )
    for key in keys:
        row, column = key.split("/")
        options = [c.get(key) for c in candidates]
        first = options[0] if options else None
        if first is not None and all(o is not None and o.figure == first.figure for o in options):
            out.cells[row, column] = replace(first, by_label=False)
        else:
            out.cells[row, column] = Reading(Figure("undecidable"), " ".join(filled), where, by_label=False)
