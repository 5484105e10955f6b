"""The header of table three (requests): which of its grid columns is which of the form's.

Guarantees: columns are named by their labels, never by position; None where a name is missing that cannot be told, or
stands there that the form does not have.
"""

from __future__ import annotations

import re

from parsers.align.rows import Header, column_of, state_of
from parsers.layout import SourceRow
from parsers.model import GridCell
from parsers.normalize import label
from parsers.reading import TableReading
from parsers.templates import Form, finding

_ORGANISATIONS = "法人或其他组织"


_OVER_COLUMNS = frozenset(("申请人情况", _ORGANISATIONS))


OVER_COLUMNS = re.compile(rf"^(申请人情况|{_ORGANISATIONS[:-3]}[他它]组织)$|勾稽|本列数据")
"""What stands over the columns of table three and names none of them."""

_CORNER = re.compile(r"勾稽|本列数据|第[一二三四]项|等于|^和,|^-+$")


_SERIAL = re.compile(r"^(序号|代码|编号|行次)$")


_SUBTOTAL = re.compile(r"^(小计|合计|法人.*小计)$")


def is_header(source: SourceRow, form: Form) -> bool:
    """Tell whether a row is part of the header: it names columns or 申请人情况 and bears no figure."""
    if any(state_of(c) == "figure" for c in source.cells):
        return False
    names = [label(c.text) for c in source.cells if c.text.strip()]
    marks = sum(n in ("申请人情况", "法人或其他组织") or "勾稽关系" in n for n in names)
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
    return _captured_header(header_rows, form)


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


def _broken_header(header_rows: list[SourceRow], rows: list[SourceRow], form: Form) -> Header | None:
    """Name the columns where a page broke inside the header's own cells: 社会 on one page, 公益组织 on the next.

    What stands below is found by its place on the page; the two halves need not have the same grid columns, so none
    are given.
    """
    first = [s for s in header_rows if s.block == header_rows[0].block] if header_rows else []
    if not first or any(c.box is None for c in first[-1].cells):
        return None
    at = rows.index(first[-1]) + 1
    below = rows[at].cells if at < len(rows) and rows[at].block != first[-1].block else ()
    if not below or any(c.box is None or state_of(c) == "figure" for c in below):
        return None
    keys = []
    for cell in first[-1].cells:
        x0, _, x1, _ = cell.box or (0.0, 0.0, 0.0, 0.0)
        rest = "".join(c.text for c in below if c.box and x0 <= (c.box[0] + c.box[2]) / 2 <= x1)
        name = label(cell.text + rest)
        column = column_of(name, form.columns) or column_of(label(cell.text), form.columns)
        if column and column.key not in keys:
            keys.append(column.key)
        elif name and not column and not _CORNER.search(name):
            return None  # a column that the form does not have
    return Header(tuple(keys), {}, first[0].block) if set(keys) == {c.key for c in form.columns} else None


def _captured_header(header_rows: list[SourceRow], form: Form) -> Header | None:
    """Order the columns of a captured header as it reads: in the row of 自然人, what stands under 法人或其他组织 in its place.

    None where a name is missing that cannot be, or a name stands there that the form does not have: nothing then says
    which figure is whose.
    """
    seen: dict[str, tuple[int, GridCell]] = {}
    for y, source in enumerate(header_rows):
        for cell in source.cells:
            name = label(cell.text)
            column = column_of(name, form.columns)
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
        column = column_of(name, form.columns)
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
    return Header(tuple(keys), {k: frozenset((x,)) for k, x in zip(keys, places, strict=True)} if fits else {}, block)
