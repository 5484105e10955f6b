"""How two readings differ: cell by cell first, then sentence by sentence.

Guarantees: only cells that mean the same are compared (comparable.toml); what is left out is said, table by table, and never
folded into something else; both sides stand as they were printed, with what people corrected beside them. Two bodies are compared
as one and the same parser reads them, where one has read both.
"""

from __future__ import annotations

import sqlite3
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Literal

from archive.histories.pairs import same_parser
from archive.histories.sentences import TextChange, compare_texts
from archive.reading.loading import load_reading
from parsers.model import Cell, Report
from parsers.normalize import comparable

CellKey = tuple[str, str, str]
Status = Literal["compared", "in_part", "not_compared", "only_before", "only_after"]
Figure = tuple[str, int | str | None]
"""State and value."""
Corrections = Mapping[CellKey, Figure]


@dataclass(frozen=True, slots=True)
class Side:
    """A cell of one of the readings as it was printed, and what a person corrected it to."""

    state: str
    value: int | str | None
    raw: str
    unit: str | None
    trust: str | None
    corrected: Figure | None = None


@dataclass(frozen=True, slots=True)
class CellDifference:
    """A cell that differs; a side without it is None. `difference` is after less before, where both are figures.

    `is_sum` marks a sum of printed cells (`other_handling.subtotal`), made because the two forms split it otherwise.
    """

    table: str
    row: str
    column: str
    label: str | None
    before: Side | None
    after: Side | None
    difference: int | str | None
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class TableComparison:
    """How far a table could be compared: cells compared, cells that differ, and those of either side left out."""

    table: str
    form_before: str | None
    form_after: str | None
    status: Status
    compared: int
    different: int
    left_out: tuple[str, ...]
    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two readings; `parsers` are the versions that read them, unequal where no one read both."""

    tables: tuple[TableComparison, ...]
    cells: tuple[CellDifference, ...]
    text: tuple[TextChange, ...]
    parsers: tuple[int, int]

    @property
    def is_empty(self) -> bool:
        """Tell whether everything could be compared and nothing differs."""
        return not (self.cells or self.text or any(t.status != "compared" for t in self.tables))


def compare(
    db: sqlite3.Connection,
    before_id: str,
    after_id: str,
    corrections_before: Corrections | None = None,
    corrections_after: Corrections | None = None,
) -> Difference:
    """Return how two readings differ."""
    before, after = (load_reading(db, key) for key in same_parser(db, before_id, after_id))
    tables, cells = compare_cells(before, after, corrections_before, corrections_after)
    return Difference(tables, cells, compare_texts(before, after), (before.parser_version, after.parser_version))


def compare_cells(
    before: Report,
    after: Report,
    corrections_before: Corrections | None = None,
    corrections_after: Corrections | None = None,
) -> tuple[tuple[TableComparison, ...], tuple[CellDifference, ...]]:
    """Return how far each table could be compared, and the cells that differ."""
    sides = ((before, corrections_before or {}), (after, corrections_after or {}))
    tables: list[TableComparison] = []
    cells: list[CellDifference] = []
    for table in dict.fromkeys(c.table for report in (before, after) for c in report.cells):
        compared, differing = _compare_table(table, sides)
        tables.append(compared)
        cells += differing
    return tuple(tables), tuple(cells)


@dataclass(frozen=True, slots=True)
class _Pair:
    cells: frozenset[str] | None
    """`row.column` of what may be compared; None for all that both forms have."""
    sums: Mapping[str, Mapping[str, Sequence[str]]]
    zh: str
    en: str


@cache
def _pairs() -> dict[tuple[str, frozenset[str]], _Pair]:
    data = tomllib.loads((files("archive") / "comparable.toml").read_text(encoding="utf-8"))
    return {
        (pair["table"], frozenset(pair["forms"])): _Pair(
            None if pair.get("all_shared") else frozenset(pair["cells"]), pair.get("sums", {}), pair["zh"], pair["en"]
        )
        for pair in data["pair"]
    }


_WHOLE = _Pair(None, {}, "", "")
_NOTHING = _Pair(frozenset(), {}, "两种表式的含义不同，不作比较", "the two forms do not mean the same: not compared")


def _compare_table(
    table: str, sides: tuple[tuple[Report, Corrections], tuple[Report, Corrections]]
) -> tuple[TableComparison, list[CellDifference]]:
    forms = (sides[0][0].forms.get(table), sides[1][0].forms.get(table))
    found = (_indexed(table, *sides[0]), _indexed(table, *sides[1]))
    if not (found[0] and found[1]):
        only: Status = "only_before" if found[0] else "only_after"
        return TableComparison(table, *forms, only, 0, 0, tuple(_names(found[0] or found[1]))), []
    pair = _WHOLE if forms[0] == forms[1] else _pairs().get((table, frozenset(f or "" for f in forms)), _NOTHING)
    keys = list(dict.fromkeys([*found[0], *found[1]]))
    if pair is not _WHOLE:
        shared = [k for k in keys if k in found[0] and k in found[1]]
        taken = [k for k in shared if pair.cells is None or f"{k[0]}.{k[1]}" in pair.cells]
    else:
        taken = keys
    differing = []
    for key in taken:
        one, other = found[0].get(key), found[1].get(key)
        if one is None or other is None or _printed(one[1]) != _printed(other[1]):
            differing.append(_difference(table, one, other))
    summed = list(_sums(table, pair, forms, found))
    differing += [d for d in summed if d.difference]
    left_out = [name for side in found for name in _names({k: v for k, v in side.items() if k not in taken})]
    status: Status = "compared" if pair is _WHOLE else "in_part" if taken else "not_compared"
    comparison = TableComparison(
        table,
        *forms,
        status,
        len(taken) + len(summed),
        len(differing),
        tuple(dict.fromkeys(left_out)),
        pair.zh,
        pair.en,
    )
    return comparison, differing


_Indexed = dict[tuple[str, str], tuple[Cell, Side]]


def _indexed(table: str, report: Report, corrections: Corrections) -> _Indexed:
    """Return the cells of a table by row and column; a row that no form knows goes by its label, not by its number."""
    found: _Indexed = {}
    for cell in (c for c in report.cells if c.table == table):
        row = f"≈{comparable(cell.label)}" if cell.label else cell.row
        if (row, cell.column) in found:
            row = cell.row
        side = Side(cell.state, cell.value, cell.raw, cell.unit, cell.trust, corrections.get(cell.key))
        found[row, cell.column] = (cell, side)
    return found


def _names(cells: _Indexed) -> list[str]:
    return list(dict.fromkeys(f"{cell.row}.{cell.column}" for cell, _ in cells.values()))


def _printed(side: Side) -> tuple[object, ...]:
    return (side.state, side.value, side.unit)


def _difference(table: str, before: tuple[Cell, Side] | None, after: tuple[Cell, Side] | None) -> CellDifference:
    cell = (after or before or (None,))[0]
    assert cell is not None
    one, other = (None if side is None else side[1] for side in (before, after))
    return CellDifference(table, cell.row, cell.column, cell.label, one, other, _less(one, other))


def _less(before: Side | None, after: Side | None) -> int | str | None:
    """Return after less before: an integer, or for money a decimal; None where one of them is no figure."""
    if before is None or after is None or before.value is None or after.value is None:
        return None
    if isinstance(before.value, int) and isinstance(after.value, int):
        return after.value - before.value
    return format(Decimal(after.value) - Decimal(before.value), "f")


def _sums(
    table: str, pair: _Pair, forms: tuple[str | None, str | None], found: tuple[_Indexed, _Indexed]
) -> Iterator[CellDifference]:
    """Yield the sums that stand for rows which the two forms split otherwise, where every part is a figure."""
    for name, parts in pair.sums.items():
        for column in dict.fromkeys(column for side in found for _, column in side):
            before, after = (_sum(found[i], parts[forms[i] or ""], column) for i in (0, 1))
            if before is not None and after is not None:
                yield CellDifference(table, name, column, None, before, after, _less(before, after), is_sum=True)


def _sum(cells: _Indexed, rows: Sequence[str], column: str) -> Side | None:
    values = [cells[row, column][1].value for row in rows if (row, column) in cells]
    figures = [value for value in values if isinstance(value, int)]
    if len(figures) != len(rows):
        return None
    return Side("value", sum(figures), "+".join(map(str, figures)), None, None)
