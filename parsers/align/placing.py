"""The ways in which a row's cells may stand under the columns that a header names.

Guarantees: every placement that layout admits is returned, in the order of the cells; one that was not told by layout
alone is said to be so.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from parsers.align.rows import Header
from parsers.layout import SourceRow
from parsers.model import GridCell
from parsers.normalize import is_figure


def place_row(
    values: Sequence[GridCell],
    header: Header,
    source: SourceRow,
    *,
    at_home: bool = True,
    sibling: int | None = None,
    unfilled: bool = False,
    strong: int | None = None,
    length: int | None = None,
    even: int | None = None,
) -> tuple[list[list[GridCell | None]], bool]:
    """Return (placements, by layout): every way to give the header's slots their cells, `values` of the row `source`.

    `unfilled` says that spanned cells were dropped in the row's block: none stands behind a label as a filler.
    `strong` is how many fillers stand before the figures of rows of the same kind that have all of them: a captured row
    with fewer cells has lost one. `length` is how many cells the row has (by default its labels too), `even` how many rows
    of its kind have: a shorter one has lost some. Else, in this order: a complete row (as many cells as the header names, or what it
    shows goes from its first column to its last); the header's own columns; the place it has in rows of the same kind
    (not by layout: taken from neighbours); else every placement that keeps the order.
    """
    count = len(header.slots)
    spans_known = source.spans_known
    windows: list[list[GridCell | None]]
    filled = [i for i, c in enumerate(values) if c.text.strip()]
    if strong is not None and strong > 0 and not spans_known and len(values) < strong + count:
        return _insertions([values[i] for i in filled], count), False  # a cell is lost: fillers stand before figures
    under_names = bool(header.at) and at_home and header.block == source.block and not spans_known
    short = even is not None and (len(source.cells) if length is None else length) < even
    filled_up = (
        even is not None
        and even > count
        and not under_names
        and bool(filled)
        and filled[-1] < count - 1 - header.remarks
    )
    doubtful = short or filled_up or (not spans_known and not filled and sibling not in (0, None))
    if len(values) == count and (len(filled) == count or not doubtful):
        row: list[GridCell | None] = [*values]
        return [row], True
    if len(filled) > count:
        return [], True
    if spans_known and at_home and (placed := _by_header(values, header, filled)):
        return [placed], True
    start = first_of_full(values, header)
    if start is not None and (not spans_known or len(filled) == count):
        return [list(values[start : start + count])], True
    if under_names and not short and (placed := _by_header(values, header, filled)):
        return [placed], not _reaches_beyond(values, header)
    windows = [
        [*values[s : s + count]]
        for s in range(len(values) - count + 1)
        if not filled or (s <= filled[0] and filled[-1] < s + count)
    ]
    if sibling is not None and 0 <= sibling <= len(values) - count:
        window: list[GridCell | None] = [*values[sibling : sibling + count]]
        if window in windows:
            # behind as many fillers as its like, as many cells as columns, the last one filled: none is lost
            fits = not spans_known and (unfilled if sibling == 0 else sibling == len(values) - count)
            return [window], fits and is_figure(values[sibling + count - 1].text)
    if windows:
        return windows, len(windows) == 1 and spans_known
    return _insertions([values[i] for i in filled], count), False


def first_of_full(values: Sequence[GridCell], header: Header) -> int | None:
    """Return where the cells begin of a row that shows something from its first column to its last; None for others.

    Blanks may stand between: a row that lost a cell does not reach as far. A last column of remarks may be empty.
    """
    filled = [i for i, c in enumerate(values) if c.text.strip()]
    if not filled:
        return None
    count = len(header.slots)
    reach = filled[-1] - filled[0] + 1
    remark_left_out = header.remarks and reach == count - 1 and is_figure(values[filled[-1]].text)
    if reach == count or (remark_left_out and filled[0] + count <= len(values)):
        return filled[0]
    return None


def _reaches_beyond(values: Sequence[GridCell], header: Header) -> bool:
    """Tell whether a captured row goes on behind the header's last column: then it may stand shifted under it."""
    return bool(values) and values[-1].column > max(x for columns in header.at.values() for x in columns)


def _by_header(values: Sequence[GridCell], header: Header, filled: list[int]) -> list[GridCell | None] | None:
    """Place cells under the header cells they stand below; None unless each column has one and no figure is left."""
    if not header.at:
        return None
    placed: list[GridCell | None] = []
    for key in header.slots:
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
