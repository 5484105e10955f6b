"""The header of table three (requests): which of its grid columns is which of the form's.

Guarantees: columns are named by their labels, never by position; None where a name is missing that cannot be told, or
stands there that the form does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsers.align.rows import Header, column_of, state_of
from parsers.layout import SourceRow
from parsers.model import GridCell
from parsers.normalize import label
from parsers.reading import TableReading
from parsers.templates import Form, finding

_APPLICANTS = "申请人情况"
_ORGANISATIONS = ("法人或其他组织", "法人或其它组织", "法人和其他组织", "法人及其他组织")


_OVER_COLUMNS = frozenset((_APPLICANTS, *_ORGANISATIONS))


OVER_COLUMNS = re.compile(rf"^(申请人情况|{_ORGANISATIONS[:-3]}[他它]组织)$|勾稽|本列数据")
"""What stands over the columns of table three and names none of them."""

_CORNER = re.compile(r"勾稽|本列数据|第[一二三四]项|等于|^和,|^-+$")


_SERIAL = re.compile(r"^(序号|代码|编号|行次)$")


_SUBTOTAL = re.compile(r"^(小计|合计|法人.*小计)$")


_REMARKS = re.compile(r"^(备注|备考|说明)$")


def is_header(source: SourceRow, form: Form) -> bool:
    """Tell whether a row is part of the header: it names columns or 申请人情况 and bears no figure."""
    if any(state_of(c) == "figure" for c in source.cells):
        return False
    names = [label(c.text) for c in source.cells if c.text.strip()]
    marks = sum(n in _OVER_COLUMNS or "勾稽关系" in n for n in names)
    named = sum(any(c.match.fullmatch(n) for c in form.columns) for n in names)
    return marks > 0 or named >= 2


def read_header(header_rows: list[SourceRow], form: Form, out: TableReading) -> Header | None:
    if not header_rows:
        return None
    if header_rows[0].spans_known:
        first = [s for s in header_rows if s.block == header_rows[0].block]
        widths = {max(c.column + c.colspan for c in s.cells) for s in header_rows}
        found = _spanned_header(first, form, out)
        # a header that a page break cut in two: both halves have the table's columns
        return found if found or len(widths) > 1 else _spanned_header(header_rows, form, out)
    return _captured_header(header_rows, form, out)


def _spanned_header(header_rows: list[SourceRow], form: Form, out: TableReading) -> Header | None:
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
            column = column_of(name, form.columns)
            for x in range(cell.column, cell.column + cell.colspan):
                if column:
                    lowest[x] = column.key
                elif name and name not in _OVER_COLUMNS and "勾稽" not in name:
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
    for name in dict.fromkeys(strange.values()):
        out.findings.append(finding("column_passed_over", table=out.table, name=name))
    return Header(tuple(keys), at, block, ignored=frozenset(strange))


def _captured_header(header_rows: list[SourceRow], form: Form, out: TableReading) -> Header | None:
    """Name the columns of a captured header in the order in which they are printed.

    None where a name is missing that cannot be, or where a name that the form does not have may be the missing one:
    nothing then says which figure is whose.
    """
    printed = list(_in_print_order(_first_header(header_rows, form)))
    cells = [cell for _, cell in printed]
    names = [label(cell.text) for cell in cells]
    corner = next((i for i, name in enumerate(names) if _CORNER.search(name)), None)
    found = [column_of(name, form.columns) for name in names]
    keys = tuple(column.key for column in found if column)
    missing = {c.key for c in form.columns} - set(keys)
    if (
        not keys
        or len(set(keys)) != len(keys)
        or len(missing) > 2
        or not missing <= {c.key for c in form.columns if c.group}
    ):
        return None
    behind = [i for i in range(len(cells)) if not _CORNER.search(names[i]) and (corner is None or i > corner)]
    strange = [names[i] for i in range(len(cells)) if not found[i] and not _CORNER.search(names[i])]
    if strange and (missing or len(set(strange)) != len(strange) or (corner is None and not found[0])):
        return None
    order = tuple(column.key if (column := found[i]) else names[i] for i in behind)
    if not set(keys) <= set(order):
        return None
    for name in strange:
        out.findings.append(finding("column_passed_over", table=out.table, name=name))
    places = [cells[i].column for i in behind]
    blocks = [printed[i][0].block for i in behind]
    fits = len(set(blocks)) == 1 and places == list(range(places[0], places[0] + len(order)))
    return Header(
        keys,
        {k: frozenset((x,)) for k, x in zip(order, places, strict=True)} if fits else {},
        blocks[order.index(form.columns[0].key)],
        order=order if strange else (),
        remarks=bool(_REMARKS.match(order[-1])),
    )


def _first_header(header_rows: list[SourceRow], form: Form) -> list[SourceRow]:
    """Return the header's rows up to where it is printed again."""
    seen: set[str] = set()
    for y, source in enumerate(header_rows):
        names = [label(cell.text) for cell in source.cells]
        known = {column.key for name in names if (column := column_of(name, form.columns))}
        known |= {name for name in names if name == _APPLICANTS}
        if known & seen:
            return header_rows[:y]
        seen |= known
    return header_rows


def _in_print_order(rows: list[SourceRow]) -> Iterator[tuple[SourceRow, GridCell]]:
    """Yield the header's cells with a name from left to right, under 申请人情况 and 法人或其他组织 those of the row below.

    Nothing where a row does not stand under exactly one such cell.
    """
    levels = [s for s in rows if any((name := label(c.text)) and not _CORNER.search(name) for c in s.cells)]
    over = [sum(label(c.text) in _OVER_COLUMNS for c in s.cells) for s in levels]
    if over and over[-1] == 0 and all(n == 1 for n in over[:-1]):
        yield from _spread(levels)


def _spread(levels: list[SourceRow]) -> Iterator[tuple[SourceRow, GridCell]]:
    for cell in levels[0].cells:
        name = label(cell.text)
        if name in _OVER_COLUMNS:
            yield from _spread(levels[1:])
        elif name:
            yield levels[0], cell
