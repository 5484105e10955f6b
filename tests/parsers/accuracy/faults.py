"""Ten deliberate faults of the reader, to see that the gate can fail; each is switched on by patching one function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from parsers import checks, normalize, report
from parsers.model import Cell, Where
from parsers.normalize import Figure
from parsers.readers import pdf
from parsers.reading import Reading, TableReading
from parsers.templates import load_form

Patch = pytest.MonkeyPatch
Fault = Callable[[Patch], None]


def _after_align(patch: Patch, change: Callable[[TableReading], None]) -> None:
    """Change every table's reading before it is checked and graded."""
    original = report.align

    def wrapped(rows: Any) -> list[TableReading]:
        readings = original(rows)
        for reading in readings:
            change(reading)
        return readings

    patch.setattr(report, "align", wrapped)


def columns_moved_by_one(patch: Patch) -> None:
    """Take each figure of table three for that of the column before it."""

    def change(reading: TableReading) -> None:
        if reading.table != "requests":
            return
        columns = [c.key for c in load_form("requests", "2021").columns]
        for row in {row for row, _ in reading.cells}:
            cells = [reading.cells.get((row, c)) for c in columns]
            for column, cell in zip(columns, [*cells[1:], cells[0]], strict=True):
                if cell is not None:
                    reading.cells[row, column] = cell

    _after_align(patch, change)


def rows_exchanged(patch: Patch) -> None:
    """Exchange two rows of 不予公开."""

    def change(reading: TableReading) -> None:
        first, second = "denied.state_secret", "denied.internal_affairs"
        for column in {c for _, c in reading.cells}:
            one, other = reading.cells.get((first, column)), reading.cells.get((second, column))
            if one is not None and other is not None:
                reading.cells[first, column], reading.cells[second, column] = other, one

    _after_align(patch, change)


def blank_read_as_zero(patch: Patch) -> None:
    """Read an empty cell as 0."""

    def change(reading: TableReading) -> None:
        for key, cell in reading.cells.items():
            if cell.figure.state == "blank":
                reading.cells[key] = replace(cell, figure=Figure("value", 0))

    _after_align(patch, change)


def absent_rows_filled(patch: Patch) -> None:
    """Make rows of zeros where the document has none."""

    def change(reading: TableReading) -> None:
        if reading.table != "requests" or reading.form is None:
            return
        form = load_form("requests", reading.form)
        open_rows = {o.row for o in reading.open_rows}
        for row in form.rows:
            if row.key in open_rows or any(r == row.key for r, _ in reading.cells):
                continue
            for column in form.columns:
                reading.cells[row.key, column.key] = Reading(Figure("value", 0), "0", Where(0, 0, 0))

    _after_align(patch, change)


def last_number_is_the_total(patch: Patch) -> None:
    """Take the last figure of a row for its total where the total is blank."""

    def change(reading: TableReading) -> None:
        if reading.table != "requests":
            return
        columns = [c.key for c in load_form("requests", "2021").columns]
        for row in {row for row, _ in reading.cells}:
            total = reading.cells.get((row, "total"))
            if total is None or total.figure.state != "blank":
                continue
            for column in reversed(columns[:-1]):
                cell = reading.cells.get((row, column))
                if cell is not None and cell.figure.state == "value":
                    reading.cells[row, "total"] = cell
                    break

    _after_align(patch, change)


_FOLDED = {
    "made": "issued",
    "newly_disclosed": "repealed",
    "total_disclosed": "in_force",
    "prior_items": "amount_wan_yuan",
}


def columns_of_2019_named_as_2021(patch: Patch) -> None:
    """Fold the columns of the 2019 form into those of 2021."""
    original = checks.grade

    def wrapped(reading: TableReading) -> Any:
        cells, results, findings = original(reading)
        renamed: list[Cell] = [replace(c, column=_FOLDED.get(c.column, c.column)) for c in cells]
        return renamed, results, findings

    patch.setattr(report, "grade", wrapped)


def first_split_taken(patch: Patch) -> None:
    """Take the first of several placements, and offer it as read."""

    def settle(reading: TableReading) -> None:
        for open_row in reading.open_rows:
            for column, cell in open_row.candidates[0].items():
                reading.cells[open_row.row, column] = replace(cell, by_label=True)
        reading.open_rows = []

    patch.setattr(report, "settle", settle)


def page_number_is_a_figure(patch: Patch) -> None:
    """Take a page number that stands in or between tables for the figure before it."""
    patch.setattr(pdf, "_is_page_number", lambda line, height: False, raising=False)
    original = report.align

    def wrapped(rows: Any) -> list[TableReading]:
        numbers = []
        for source in (source for sources in rows.values() for source in sources):
            begun = [c.text.strip(" -—") for c in source.cells if c.row == source.index and c.text.strip()]
            if len(begun) == 1 and normalize.is_figure(begun[0]):
                numbers.append((source.block, source.index, begun[0]))
        readings = original(rows)
        for reading in readings:
            for block, index, text in numbers:
                for key, cell in reading.cells.items():
                    if cell.where.block == block and cell.where.row == index - 1 and key[1] == "total":
                        figure = normalize.read_figure(text)
                        reading.cells[key] = replace(cell, figure=figure, raw=text)
        return readings

    patch.setattr(report, "align", wrapped)


def traditional_labels_unmatched(patch: Patch) -> None:
    """Compare labels without turning them Simplified."""
    patch.setattr(normalize, "to_simplified", lambda text: text)
    forget()


def yuan_read_as_wan_yuan(patch: Patch) -> None:
    """Read 元 as 万元."""
    original = normalize._money

    def wrapped(sign: str, digits: str, unit: Any, unit_above: Any, kind: Any, annotated: bool) -> Figure:
        return original(sign, digits, None, None, kind, annotated)

    patch.setattr(normalize, "_money", wrapped)
    forget()


def forget() -> None:
    """Empty the caches of what was normalised before a fault was switched on or off."""
    for name in ("to_simplified", "comparable", "label", "read_figure"):
        clear = getattr(getattr(normalize, name), "cache_clear", None)
        if clear is not None:
            clear()


FAULTS: dict[str, Fault] = {
    f.__name__: f
    for f in (
        columns_moved_by_one,
        rows_exchanged,
        blank_read_as_zero,
        absent_rows_filled,
        last_number_is_the_total,
        columns_of_2019_named_as_2021,
        first_split_taken,
        page_number_is_a_figure,
        traditional_labels_unmatched,
        yuan_read_as_wan_yuan,
    )
}
