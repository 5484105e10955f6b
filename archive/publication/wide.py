"""Turns a release's cells into the wide table and its twins, a row a report.

Guarantees: reports come in the order of their keys and one at a time; a column shows its own cell and nothing else, and of a
local list none; a measure stands only where each of its inputs is a figure, and bears the weakest trust of them; every column
without a figure says in the twin why.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import NamedTuple

from archive.publication.codebook import terms
from archive.publication.columns import LIST, CellKey, Measure, wide_columns

Row = list[object]

TRUST_LETTERS: dict[str | None, str] = {term.key: term.letter for term in terms("trust")} | {None: "u"}
STATE_LETTERS = {term.key: term.letter or None for term in terms("state")}
"""The letters of `wide_state` are those of Stata's missing values."""
CORRECTED = "c"
_WEAKEST_FIRST = "udisv"


class _Cell(NamedTuple):
    """A cell as it is published; of a release there are millions, and a tuple is made fastest."""

    state: str
    value: int | str | None
    trust: str | None
    corrected_state: str | None
    corrected_value: int | str | None


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where each kind of column stands in a row; `absent` are all that a cell may fill."""

    cells: dict[CellKey, int]
    corrected: dict[CellKey, int]
    measures: tuple[tuple[int, Measure], ...]
    corrected_measures: tuple[tuple[int, Measure], ...]
    counts: dict[tuple[str, str], int]
    absent: tuple[int, ...]
    width: int


@cache
def _layout(listed: bool) -> _Layout:
    """Return the layout of a report with the list of 2014, or of one without: cells of a local list have no column."""
    columns = list(enumerate(wide_columns()))
    own = [(i, c) for i, c in columns if c.cell and (listed or c.cell[0] != "statistics")]
    return _Layout(
        {c.cell: i for i, c in own if c.role == "cell" and c.cell},
        {c.cell: i for i, c in own if c.role == "corrected" and c.cell},
        tuple((i, c.measure) for i, c in columns if c.role == "measure" and c.measure),
        tuple((i, c.measure) for i, c in columns if c.role == "corrected_measure" and c.measure),
        {c.counts: i for i, c in columns if c.counts},
        tuple(i for i, c in columns if c.role == "cell"),
        len(columns),
    )


def wide_rows(db: sqlite3.Connection) -> Iterator[tuple[Row, Row, Row]]:
    """Yield each report's row of `wide`, `wide_trust` and `wide_state`."""
    names = [column.name for column in wide_columns() if column.role == "fixed"]
    reports = db.execute(f"SELECT {', '.join(names)} FROM wide ORDER BY report_id")  # noqa: S608
    form, listed = names.index("form_t3"), names.index("form_statistics")
    groups = groupby(
        db.execute(
            """SELECT report_id, "table", "row", "column", state, value, trust, corrected_state, corrected_value FROM cell
               ORDER BY report_id, "table", "row", "column" """
        ),
        key=lambda row: row[0],
    )
    corrections = _corrections_of_absent_cells(db)
    group = next(groups, None)
    for fixed in reports:
        cells: dict[CellKey, _Cell] = {}
        if group is not None and group[0] == fixed[0]:
            cells = {(row[1], row[2], row[3]): _Cell._make(row[4:]) for row in group[1]}
            group = next(groups, None)
        layout = _layout(fixed[listed] == LIST)
        yield _rows(layout, list(fixed), cells, corrections.get(fixed[0], {}), fixed[form])


def _corrections_of_absent_cells(db: sqlite3.Connection) -> dict[str, dict[CellKey, tuple[str, int | str | None]]]:
    """Return what people said of cells that the document does not have: few, and no row of `cell` holds them."""
    found: dict[str, dict[CellKey, tuple[str, int | str | None]]] = {}
    for report, table, row, column, state, value in db.execute(
        """SELECT report_id, "table", "row", "column", state, value FROM correction
           WHERE printed_state = 'absent' AND "table" IS NOT NULL"""
    ):
        found.setdefault(report, {})[table, row, column] = (state, value)
    return found


def _rows(
    layout: _Layout,
    fixed: Row,
    cells: dict[CellKey, _Cell],
    added: dict[CellKey, tuple[str, int | str | None]],
    form: str | None,
) -> tuple[Row, Row, Row]:
    rest: Row = [None] * (layout.width - len(fixed))
    figures, trusts, states = fixed + rest, fixed + rest, fixed + rest
    for i in layout.absent:
        states[i] = STATE_LETTERS["absent"]
    counts = dict.fromkeys(layout.counts, 0)
    corrected: dict[CellKey, tuple[str, int | str | None]] = dict(added)
    for key, cell in cells.items():
        counts[key[0], cell.trust or "undecidable"] += 1
        if cell.corrected_state is not None:
            corrected[key] = (cell.corrected_state, cell.corrected_value)
        place = layout.cells.get(key)
        if place is not None:
            figures[place] = cell.value
            trusts[place] = TRUST_LETTERS[cell.trust]
            states[place] = STATE_LETTERS[cell.state]
    for counted, number in counts.items():
        place = layout.counts[counted]
        figures[place] = trusts[place] = states[place] = number
    for place, measure in layout.measures:
        inputs = _inputs(measure, form)
        figures[place] = _measured(measure, form, {k: cells[k].value for k in inputs if k in cells})
        if figures[place] is not None:
            letters = {TRUST_LETTERS[cells[key].trust] for key in inputs}
            trusts[place] = next(letter for letter in _WEAKEST_FIRST if letter in letters)
    if corrected:
        _correct(layout, figures, trusts, states, cells, corrected, form)
    return figures, trusts, states


def _correct(
    layout: _Layout,
    figures: Row,
    trusts: Row,
    states: Row,
    cells: dict[CellKey, _Cell],
    corrected: dict[CellKey, tuple[str, int | str | None]],
    form: str | None,
) -> None:
    """Fill the columns of corrections: cells that somebody corrected, and the measures that rest on one."""
    for key, (state, value) in corrected.items():
        place = layout.corrected.get(key)
        if place is not None:
            figures[place], trusts[place], states[place] = value, CORRECTED, STATE_LETTERS[state]
    values = {key: cell.value for key, cell in cells.items()} | {key: value for key, (_, value) in corrected.items()}
    for place, measure in layout.corrected_measures:
        if any(key in corrected for key in _inputs(measure, form)):
            figures[place] = _measured(measure, form, values)
            trusts[place] = CORRECTED if figures[place] is not None else None


def _inputs(measure: Measure, form: str | None) -> tuple[CellKey, ...]:
    """Return the cells that a measure is made from; none where table three is of no form that has them."""
    return measure.over.get(form or "", ()) + measure.under.get(form or "", ())


def _measured(measure: Measure, form: str | None, values: dict[CellKey, int | str | None]) -> int | float | None:
    """Return a sum or a rate, or None where an input is no figure or what is under it is nought."""
    over = _sum(measure.over.get(form or "", ()), values)
    if not measure.under:
        return over
    under = _sum(measure.under.get(form or "", ()), values)
    return None if over is None or not under else over / under


def _sum(keys: tuple[CellKey, ...], values: dict[CellKey, int | str | None]) -> int | None:
    figures = [values.get(key) for key in keys]
    counts = [figure for figure in figures if isinstance(figure, int)]
    return sum(counts) if counts and len(counts) == len(figures) else None
