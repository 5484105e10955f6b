"""Table four: administrative reviews and lawsuits, three blocks of five columns over one row.

Guarantees: blocks and columns are named by the labels over them; a second row that differs makes cells undecidable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from parsers.align.cutting import Run, counts
from parsers.align.glued import glued_placements
from parsers.align.placing import place_row
from parsers.align.rows import Header, Labelled, column_of, even_lengths, split_row, state_of, where_of
from parsers.align.taking import combined, options_of
from parsers.layout import SourceRow
from parsers.model import GridCell, Where
from parsers.normalize import Figure, label
from parsers.reading import OpenRow, Reading, TableReading
from parsers.templates import Form, finding, load_form

_SUITS = "行政诉讼"
_GROUPS = frozenset(("行政复议", _SUITS))


def read_review(rows: list[SourceRow]) -> TableReading:
    form = load_form("review_and_litigation", "2021")
    out = TableReading("review_and_litigation", form.form)
    header_rows = [s for s in rows if any(state_of(c) == "text" for c in s.cells) and not _figures_only(s)]
    data_rows = [s for s in rows if s not in header_rows and any(c.text.strip() for c in s.cells)]
    if not data_rows and rows and rows[-1] not in header_rows:
        data_rows = [rows[-1]]  # a data row of blanks only
    keys = [f"{r.key}/{c.key}" for r in form.rows for c in form.columns]
    header = _review_header(header_rows, form)
    if header is None:
        header = Header(tuple(keys), {}, -1, named=False)
        out.findings.append(finding("columns_not_named", table=out.table))
    even = even_lengths(rows)
    for number, source in enumerate(data_rows):
        if not number and any(c.glued for c in source.cells):
            _take_glued(out, source, header, form)
            continue
        _, values = split_row(source.cells)
        if len(source.cells) == len(keys) and header.named and _begins_with_figures(header_rows):
            values = list(source.cells)  # a word where the first figure belongs is no label
        placements, layout = place_row(values, header, source, even=even.get(source.block))
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
            ways = combined(options)
            if len(ways) == 1:
                for column, reading in ways[0].items():
                    out.cells[block.key, column] = reading
            else:
                out.open_rows.append(OpenRow(block.key, tuple(ways)))
    return out


def _take_glued(out: TableReading, source: SourceRow, header: Header, form: Form) -> None:
    """Take a row whose figures lost their borders, each block with the ways that B1 leaves of it."""
    size = len(form.columns)
    named = [header.keys[i : i + size] for i in range(0, len(header.keys), size)]
    blocks = [(keys[0].split("/")[0], [key.split("/")[1] for key in keys]) for keys in named]
    runs = tuple(Run(counts(size), columns.index("total")) for _, columns in blocks)
    labels, values = split_row(source.cells)
    row = Labelled(source, (labels or values)[0], tuple(values), "")
    (found,) = glued_placements([(row, runs)])
    whole = " ".join(c.text.strip() for c in values)
    where = where_of(source, values[0])
    if found is None:
        out.findings.append(
            finding("undecidable_row", where, row="1", table=out.table, figures=1, columns=len(header.keys))
        )
    for number, (block, columns) in enumerate(blocks):
        if found is None:
            undecided = Reading(Figure("undecidable"), whole, where, by_label=False)
            out.cells |= {(block, column): undecided for column in columns}
            continue
        choices = [
            {
                c: options_of(source, cell, form.column(c), None, False)[0]
                for c, cell in zip(columns, placed, strict=True)
                if cell
            }
            for placed in found[number]
        ]
        out.open_rows.append(OpenRow(block, tuple(choices)))


def _review_options(
    source: SourceRow, header: Header, form: Form, placement: Sequence[GridCell | None], layout: bool
) -> dict[str, list[Reading]]:
    """Return for each of the fifteen columns ("row/column") the admissible readings of its cell."""
    return {
        key: options_of(source, cell, form.column(key.split("/")[1]), None, layout and header.named)
        for key, cell in zip(header.keys, placement, strict=True)
        if cell is not None
    }


def _figures_only(source: SourceRow) -> bool:
    """Tell whether a row is table four's data: figures, perhaps after one label, perhaps with a stray word."""
    if any(c.glued for c in source.cells):
        return True
    figures = sum(state_of(c) == "figure" for c in source.cells)
    words = sum(state_of(c) == "text" for c in source.cells)
    return figures >= 5 and words <= 2


def _begins_with_figures(header_rows: list[SourceRow]) -> bool:
    """Tell whether nothing stands in the header before 行政复议 or 行政诉讼: then rows have no label."""
    return label(header_rows[0].cells[0].text) in _GROUPS if header_rows else False


def _review_header(header_rows: list[SourceRow], form: Form) -> Header | None:
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
    elif not _reads_in_order(header_rows, form):
        return None  # a capture lost the columns under its groups
    size = len(form.columns)
    keys = []
    for i, (leaf, _) in enumerate(leaves):
        keys.append(f"{groups[i // size]}/{leaf}")
    if len(set(keys)) != len(keys):
        return None
    at: dict[str, frozenset[int]] = {}
    if header_rows[0].spans_known and len({s.block for s in header_rows}) == 1:
        at = {key: frozenset((x,)) for key, (_, x) in zip(keys, leaves, strict=True)}
    return Header(tuple(keys), at, header_rows[0].block)


def _reads_in_order(header_rows: list[SourceRow], form: Form) -> bool:
    """Tell whether a capture names its groups and their leaves row by row in the order of the columns.

    So it is where 行政复议, whose leaves stand a row above the others, comes before 行政诉讼, and both kinds of suit stand
    in one row.
    """
    first, *others = form.rows
    places = {
        row.key: (y, x)
        for y, source in enumerate(header_rows)
        for x, cell in enumerate(source.cells)
        for row in form.rows
        if row.match.fullmatch(label(cell.text))
    }
    if all(len(source.cells) == 1 for source in header_rows):  # a name a line
        return places[first.key] == min(places.values())
    above = [label(cell.text) for cell in header_rows[places[first.key][0]].cells]
    if _SUITS in above and above.index(_SUITS) < places[first.key][1]:
        return False
    return len({places[row.key][0] for row in others}) == 1 and places[first.key] < min(places[r.key] for r in others)


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
            column = column_of(name, form.columns) or column_of(above.get(cell.column, "") + name, form.columns)
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
