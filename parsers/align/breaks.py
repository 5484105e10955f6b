"""Rows that a page break cut in two, put together again.

Guarantees: two halves are one row only where their labels make names that neither half has alone, and no column has a
figure in both; what stands in one half only is untouched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from parsers.align.rows import split_row, state_of
from parsers.layout import SourceRow
from parsers.model import GridCell
from parsers.normalize import label
from parsers.templates import FORMS, load_form

_TOLERANCE = 3.0
"""Points by which the same edge may stand elsewhere on the next page."""


def whole_rows(table: str, rows: Sequence[SourceRow]) -> list[SourceRow]:
    """Return the rows of a table with those that a page break cut in two as one."""
    out: list[SourceRow] = []
    for row in rows:
        if out and _page(out[-1]) < _page(row):
            out[-1:] = _joined(table, out[-1], row)
        else:
            out.append(row)
    return out


def _page(source: SourceRow) -> int:
    return max((c.page or 0 for c in source.cells), default=0)


def _joined(table: str, upper: SourceRow, lower: SourceRow) -> list[SourceRow]:
    """Return both as one row where they are one.

    Where a header is cut, cells that span its rows may be all that goes on; the lower row then has their whole names.
    """
    halves = {i: c for c in upper.cells for i, other in enumerate(lower.cells) if _same_place(c, other)}
    cells = tuple(_both(halves[i], c) if i in halves else c for i, c in enumerate(lower.cells))
    if any(state_of(halves[i]) == "figure" == state_of(lower.cells[i]) for i in halves):
        return [upper, lower]
    names = [sum(_is_name(table, c) for c in row) for row in (upper.cells, lower.cells, cells)]
    more = names[2] > names[0] + names[1]
    if len(halves) == len(upper.cells) == len(lower.cells):
        return [replace(upper, cells=cells)] if more or _label_goes_on(table, upper, lower, cells) else [upper, lower]
    # what ends in the upper half is named there already
    cells = tuple(c if below.text.strip() else below for c, below in zip(cells, lower.cells, strict=True))
    names[2] = sum(_is_name(table, c) for c in cells)
    header = not any(state_of(c) == "figure" for c in (*upper.cells, *lower.cells))
    return [upper, replace(lower, cells=cells)] if header and names[2] > names[1] else [upper, lower]


def _same_place(one: GridCell, other: GridCell) -> bool:
    """Tell whether two cells have the same left and right edge on their pages."""
    if one.box is None or other.box is None:
        return False
    return abs(one.box[0] - other.box[0]) <= _TOLERANCE and abs(one.box[2] - other.box[2]) <= _TOLERANCE


def _both(upper: GridCell, lower: GridCell) -> GridCell:
    """Return the two halves of a cell as one, in the place of that which shows something."""
    if not lower.text.strip():
        return upper
    if not upper.text.strip():
        return lower
    return replace(upper, text=f"{upper.text}\n{lower.text}")


def _label_goes_on(table: str, upper: SourceRow, lower: SourceRow, cells: tuple[GridCell, ...]) -> bool:
    """Tell whether the end of a label stands in the lower half with the figures, its beginning being a name already.

    部分公开（区分处理的，| 只计这一情形，不计其他情形）: remarks in brackets are no part of a name.
    """
    labels, values = split_row(upper.cells)
    rest, figures = split_row(lower.cells)
    if not labels or not rest or rest[-1].column != labels[-1].column:
        return False
    if any(v.text.strip() for v in values) or not any(state_of(f) == "figure" for f in figures):
        return False
    whole = next(c for c in cells if c.column == labels[-1].column)
    return _is_name(table, whole) and not _is_name(table, rest[-1])


def _is_name(table: str, cell: GridCell) -> bool:
    """Tell whether a cell names a row, a group or a column of the table in any of its forms."""
    name = label(cell.text)
    if not name:
        return False
    return any(pattern.fullmatch(name) for pattern in _names(table))


@cache
def _names(table: str) -> tuple[re.Pattern[str], ...]:
    forms = [load_form(table, form) for form in FORMS.get(table, ())]
    rows = [named.match for form in forms for named in form.rows]
    groups = [named.match for form in forms for named in form.groups]
    columns = [named.match for form in forms for named in form.columns]
    return tuple({match.pattern: match for match in (*rows, *groups, *columns)}.values())
