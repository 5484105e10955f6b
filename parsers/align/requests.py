"""Table three: requests received and how they were handled, in the row lists of 2019 and 2021.

Guarantees: a row is named by its label within its group; one whose label matches nothing is placed by its neighbours
only where they leave one place free, and is then never sure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

from parsers.align.columns import is_header, read_header
from parsers.align.glued import fitting_header, glued_headers, glued_placements, is_glued
from parsers.align.placing import first_of_full, place_row
from parsers.align.rows import (
    Header,
    Labelled,
    even_lengths,
    match_group,
    match_row,
    split_row,
    state_of,
    widths_of,
    words_as_values,
)
from parsers.align.taking import report_missing, take
from parsers.layout import SourceRow
from parsers.model import GridCell, Where
from parsers.normalize import label
from parsers.reading import TableReading
from parsers.templates import Form, Row, finding, load_form


def read_requests(rows: list[SourceRow]) -> TableReading:
    out = TableReading("requests")
    newest, oldest = load_form("requests", "2021"), load_form("requests", "2019")
    labelled, headers, single = _label_requests(rows, newest, oldest, out)
    out.form = _requests_form(labelled, single)
    if out.form == "2021" and any(state_of(v) == "figure" for row in single for v in row.values):
        out.findings.append(finding("subtotal_row", label=single[0].label_cell.text))
    form = newest if out.form == "2021" else oldest
    data = sorted([*labelled, *(single if out.form == "2019" else [])], key=lambda r: (r.source.block, r.source.index))
    data = _neighbours(data, rows, form, out)
    if is_glued(data):
        _read_glued(out, data, rows, form)
        report_missing(out, form)
        return out
    if headers and any(_outreaches(row, headers) for row in data):
        headers = None  # a column more than there are names
    header = headers or Header(tuple(c.key for c in form.columns), {}, -1, named=False)
    if not header.named:
        out.findings.append(finding("columns_not_named", table=out.table))
    widths = widths_of(rows)
    even = even_lengths(rows)
    homes = _homes(data, form)
    usual = _usual_lengths(data, form)
    siblings, strong = _siblings(data, form, header)
    borne_out = not header.order or bool(strong)  # a column that the form lacks is there where some row fills them all
    for row in data:
        depth = _depth(form, row.key)
        same_grid = widths.get(row.source.block) == widths.get(header.block)
        by_place = bool(header.ignored) and same_grid and _spans_header(row.source, header)
        values = _passed_over(row.values, header) if header.ignored and not by_place else row.values
        placements, layout = place_row(
            values,
            header,
            row.source,
            at_home=same_grid
            if row.source.spans_known
            else row.label_cell.column == homes.get((row.source.block, depth)),
            sibling=siblings.get((row.source.block, depth)),
            unfilled=strong.get((row.source.block, 0)) == 0,  # the labels that span most have no filler behind them
            strong=strong.get((row.source.block, depth)),
            length=len(row.source.cells) if row.source.block in even else len(row.values),
            even=even.get(row.source.block, usual.get((row.source.block, depth))),
        )
        told = borne_out and (not header.ignored or by_place or len(values) < len(row.values))
        placements = [
            [cell for cell, slot in zip(p, header.slots, strict=True) if slot in header.keys] for p in placements
        ]
        take(out, form, header, row, placements, layout and row.by_label and header.named and told)
    report_missing(out, form)
    return out


def _spans_header(source: SourceRow, header: Header) -> bool:
    """Tell whether a row of the header's grid ends where the header ends, and has the columns to pass over.

    One that does not reach as far lost a cell or was moved by a label's span, one that goes beyond was pushed aside: what
    stands under the form's columns is not all theirs.
    """
    reached = {x for c in source.cells for x in range(c.column, c.column + c.colspan)}
    return header.ignored <= reached and max(reached) == max(header.ignored.union(*header.at.values()))


def _before_figures(header: Header) -> frozenset[int]:
    """Return the columns to pass over that stand before the form's (序号)."""
    first = min(x for columns in header.at.values() for x in columns)
    return frozenset(x for x in header.ignored if x < first)


def _passed_over(values: tuple[GridCell, ...], header: Header) -> tuple[GridCell, ...]:
    """Return a row's values without those of columns that the form lacks; all where the row is not a full one."""
    named = sorted((min(xs), True) for xs in header.at.values())
    strange = [(x, False) for x in header.ignored if named and x > named[0][0] and x - 1 not in header.ignored]
    order = [known for _, known in sorted([*named, *strange])]
    if len(values) != len(order):
        return values
    return tuple(value for value, known in zip(values, order, strict=True) if known)


def _label_requests(
    rows: list[SourceRow], newest: Form, oldest: Form, out: TableReading
) -> tuple[list[Labelled], Header | None, list[Labelled]]:
    """Match rows by label within their group; return (rows, header, rows labelled 其他处理 that bear figures)."""
    labelled: list[Labelled] = []
    single: list[Labelled] = []
    header_rows = [source for source in rows if is_header(source, newest)]
    header = read_header(header_rows, newest, out)
    widths = widths_of(rows)
    group: str | None = None
    other = oldest.row("other_handling")
    complete = partial(_stands_under, header=header or Header(tuple(c.key for c in newest.columns), {}, -1))
    for source in rows:
        cells = list(source.cells)
        if header and header.ignored and widths.get(source.block) == widths.get(header.block):
            strange = header.ignored if _spans_header(source, header) else _before_figures(header)
            cells = [c for c in cells if not strange.issuperset(range(c.column, c.column + c.colspan))]
        if source in header_rows:
            continue
        labels, values = split_row(cells)
        labels, values = words_as_values(
            cells, labels, values, partial(_names_row, newest=newest, other=other, group=group), complete
        )
        names = [label(c.text) for c in labels]
        if not labels:
            continue
        for name in names:
            found = match_group(name, newest.groups)
            if found:
                group = found.key
        matched = match_row(names[-1], newest.rows, group)
        if matched:
            labelled.append(Labelled(source, labels[-1], tuple(values), matched.key))
            group = matched.group or group
        elif other.match.fullmatch(names[-1]) and (
            len(values) >= len(oldest.columns) or any(state_of(v) == "figure" for v in values)
        ):
            single.append(Labelled(source, labels[-1], tuple(values), other.key))
    return labelled, header, single


def _names_row(name: str, newest: Form, other: Row, group: str | None) -> bool:
    return match_row(name, newest.rows, group) is not None or other.match.fullmatch(name) is not None


def _stands_under(cells: Sequence[GridCell], header: Header) -> bool:
    """Tell whether cells are as many as the header's columns, or the first stands under its first."""
    filled = [i for i, c in enumerate(cells) if c.text.strip()]
    count = len(header.slots)
    side_by_side = len(filled) == count and filled[-1] - filled[0] == count - 1
    first = header.at.get(header.slots[0], frozenset())
    return len(cells) == count or side_by_side or cells[filled[0]].column in first


def _requests_form(labelled: list[Labelled], single: list[Labelled]) -> str | None:
    """Choose the row list by its labels: （六） with sub-rows is the 2021 form, as one row of figures the 2019 form."""
    if any(row.key.startswith("other_handling.") for row in labelled):
        return "2021"
    return "2019" if single else ("2021" if labelled else None)


def _neighbours(data: list[Labelled], rows: list[SourceRow], form: Form, out: TableReading) -> list[Labelled]:
    """Give a row whose label matches nothing the one place that its neighbours leave free; report the others."""
    order = [r.key for r in form.rows]
    known = {(r.source.block, r.source.index): r for r in data}
    sequence = [s for s in rows if not is_header(s, form)]
    result: list[Labelled] = []
    for i, source in enumerate(sequence):
        row = known.get((source.block, source.index))
        if row is not None:
            result.append(row)
            continue
        labels, values = split_row(source.cells)
        if sum(state_of(v) == "figure" for v in values) < 2 and not any(v.glued for v in values):
            continue
        name = labels[-1].text if labels else ""
        if labels and match_group(label(name), form.groups):
            continue  # figures beside a group's name: a printed subtotal, reported by the caller
        before = next((known[k].key for s in reversed(sequence[:i]) if (k := (s.block, s.index)) in known), None)
        after = next((known[k].key for s in sequence[i + 1 :] if (k := (s.block, s.index)) in known), None)
        lower = order.index(before) if before in order else -1
        upper = order.index(after) if after in order else len(order)
        if upper - lower == 2:
            key = order[lower + 1]
            out.findings.append(finding("row_from_neighbours", table=out.table, label=name.strip(), row=key))
            cell = labels[-1] if labels else source.cells[0]
            result.append(Labelled(source, cell, tuple(values), key, by_label=False))
        else:
            out.findings.append(
                finding("unmatched_row", Where(source.block, source.index, 0), table=out.table, label=name.strip())
            )
    return result


def _read_glued(out: TableReading, data: list[Labelled], rows: list[SourceRow], form: Form) -> None:
    """Read rows whose figures lost their borders: all ways to cut them stay open for the sums."""
    header = fitting_header(glued_headers([s for s in rows if is_header(s, form)], form), data)
    if header is None or not header.named:
        out.findings.append(finding("columns_not_named", table=out.table))
    placements = glued_placements([(row, (header.run(),)) for row in data]) if header else [None] * len(data)
    keys = tuple(key for key in header.keys if key) if header else tuple(c.key for c in form.columns)
    for row, found in zip(data, placements, strict=True):
        take(out, form, Header(keys, {}, row.source.block, named=False), row, found[0] if found else [], by_label=False)
    if any(found and any(not c or not c.text for p in found[0] for c in p) for found in placements):
        out.findings.append(finding("rows_lost"))


def _outreaches(row: Labelled, header: Header) -> bool:
    """Tell whether what a captured row shows goes over more cells than its header names columns."""
    filled = [i for i, c in enumerate(row.values) if c.text.strip()]
    return not row.source.spans_known and bool(filled) and filled[-1] - filled[0] >= len(header.slots)


def _depth(form: Form, key: str) -> int:
    """Return how many labels stand before a row's own: 0 for 一、二、四, 1 for （一）, 2 for 1."""
    group = form.row(key).group
    return 0 if group is None else 1 if group == "results" else 2


def _homes(data: list[Labelled], form: Form) -> dict[tuple[int, int], int]:
    """Return for each block and depth the column where labels stand in rows that lost no cell before them."""
    homes: dict[tuple[int, int], int] = {}
    for row in data:
        place = (row.source.block, _depth(form, row.key))
        homes[place] = max(homes.get(place, 0), row.label_cell.column)
    return homes


def _usual_lengths(data: list[Labelled], form: Form) -> dict[tuple[int, int], int]:
    """Return for each captured block and depth how many cells most rows have behind their label."""
    lengths: dict[tuple[int, int], Counter[int]] = {}
    for row in data:
        if not row.source.spans_known:
            place = (row.source.block, _depth(form, row.key))
            lengths.setdefault(place, Counter())[len(row.values)] += 1
    return {place: found.most_common(1)[0][0] for place, found in lengths.items()}


def _siblings(
    data: list[Labelled], form: Form, header: Header
) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
    """Return for each block and depth how many cells stand between label and figures: (as far as known, in full rows).

    Full rows show figures from their first column to their last; where a depth has none, its rows of just as many cells
    as columns say it, and where it has none of these either, what all depths of its block agree on.
    """
    full: dict[tuple[int, int], Counter[int]] = {}
    exact: set[tuple[int, int]] = set()
    for row in data:
        place = (row.source.block, _depth(form, row.key))
        start = first_of_full(row.values, header)
        if start is not None:
            full.setdefault(place, Counter())[start] += 1
        elif len(row.values) == len(header.slots) and any(state_of(c) == "figure" for c in row.values):
            exact.add(place)
    strong = {place: found.most_common(1)[0][0] for place, found in full.items()}
    known = {**dict.fromkeys(exact, 0), **strong}
    for block in {row.source.block for row in data}:
        agreed = {offset for (b, _), offset in known.items() if b == block}
        if len(agreed) == 1:
            for depth in (0, 1, 2):
                known.setdefault((block, depth), next(iter(agreed)))
    return known, strong
