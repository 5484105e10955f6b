"""Rows of a table and the names that label them, shared by the three official tables.

Guarantees: what stands before a row's figures is told from the figures themselves; a label that needs its group
matches nowhere else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from parsers.layout import SourceRow
from parsers.model import GridCell, Where
from parsers.normalize import is_figure, label
from parsers.templates import Column, Group, Row


@dataclass(frozen=True, slots=True)
class Header:
    """The columns a header names, in its order; `at` gives the grid columns each covers where that is known."""

    keys: tuple[str, ...]
    at: dict[str, frozenset[int]]
    block: int
    named: bool = True
    units: dict[str, str] = field(default_factory=dict)
    ignored: frozenset[int] = frozenset()
    """Grid columns that the header names and the form does not have (备注, 小计, 序号)."""
    order: tuple[str, ...] = ()
    """In a capture, all columns behind the labels as printed, where some are not the form's (小计, 备注)."""
    remarks: bool = False
    """Whether the last of `order` is a column for words, which may be empty."""

    @property
    def slots(self) -> tuple[str, ...]:
        """Return what each cell behind a row's labels stands under, left to right."""
        return self.order or self.keys


@dataclass(frozen=True, slots=True)
class Labelled:
    """A data row: its label cell, what follows it, and the row of the form it was matched to."""

    source: SourceRow
    label_cell: GridCell
    values: tuple[GridCell, ...]
    key: str
    by_label: bool = True


def state_of(cell: GridCell) -> str:
    if cell.glued or is_figure(cell.text):
        return "figure"
    return "text" if cell.text.strip() else "blank"


def split_row(cells: Sequence[GridCell]) -> tuple[list[GridCell], list[GridCell]]:
    """Split a row into its leading labels and what follows the last of them (blanks before it are spanned cells)."""
    last = -1
    for i, cell in enumerate(cells):
        state = state_of(cell)
        if state == "figure":
            if last < 0 and i == 0 and len(cells) > 1 and state_of(cells[1]) == "text":
                continue  # the row's number, in a column of its own
            break
        if state == "text":
            last = i
    labels = [c for c in cells[: last + 1] if c.text.strip()]
    return labels, list(cells[last + 1 :])


def words_as_values(
    cells: Sequence[GridCell],
    labels: list[GridCell],
    values: list[GridCell],
    names_row: Callable[[str], bool],
    complete: Callable[[Sequence[GridCell]], bool],
) -> tuple[list[GridCell], list[GridCell]]:
    """Give words behind a row's own label back to its values, where the row is `complete` with them.

    未统计 under 自然人 looks like one more label; that the label before it names a row and that as many cells follow as
    there are columns says what it is.
    """
    if labels and names_row(label(labels[-1].text)):
        return labels, values
    for i in reversed(range(len(labels) - 1)):
        if names_row(label(labels[i].text)):
            behind = list(cells[cells.index(labels[i]) + 1 :])
            return (labels[: i + 1], behind) if complete(behind) else (labels, values)
    return labels, values


def where_of(source: SourceRow, cell: GridCell) -> Where:
    return Where(source.block, source.index, cell.column, cell.page, cell.box)


def widths_of(rows: Iterable[SourceRow]) -> dict[int, int]:
    """Return the number of grid columns of each block: columns have the same places in blocks of one width alone."""
    widths: dict[int, int] = {}
    for source in rows:
        for cell in source.cells:
            widths[source.block] = max(widths.get(source.block, 0), cell.column + cell.colspan)
    return widths


def even_lengths(rows: Iterable[SourceRow]) -> dict[int, int]:
    """Return how many cells the rows of each captured block have where they are equally long, those of labels too.

    Such a capture wrote spans as fillers or filled rows up: a shorter row has lost a cell, and a blank at a row's end may
    be what it was filled up with.
    """
    lengths: dict[int, list[tuple[int, bool]]] = {}
    for source in rows:
        if not source.spans_known:
            figures = any(state_of(cell) == "figure" for cell in source.cells)
            lengths.setdefault(source.block, []).append((len(source.cells), figures))
    found = {}
    for block, all_of in lengths.items():
        length, count = Counter(n for n, _ in all_of).most_common(1)[0]
        if 2 * count > len(all_of) and all(n == length for n, figures in all_of if not figures):
            found[block] = length
    return found


def match_row(name: str, rows: Iterable[Row], group: str | None) -> Row | None:
    """Return the row that `name` labels within `group`; a label that needs its group matches nowhere else."""
    found = [r for r in rows if r.match.fullmatch(name) and (not r.needs_group or r.group == group)]
    return found[0] if len(found) == 1 else None


def match_group(name: str, groups: Iterable[Group]) -> Group | None:
    return next((g for g in groups if g.match.fullmatch(name)), None)


def column_of(name: str, columns: Iterable[Column]) -> Column | None:
    return next((c for c in columns if c.match.fullmatch(name)), None)
