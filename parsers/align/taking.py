"""Placed cells into a table's reading.

Guarantees: a row of which several readings are left stays open for the checks; one that stands twice with different
figures, or has more figures than columns, is undecidable; nothing is dropped without a finding.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from parsers.align.rows import Header, Labelled, where_of
from parsers.layout import SourceRow
from parsers.model import GridCell
from parsers.normalize import Figure, read_figure
from parsers.reading import OpenRow, Reading, TableReading
from parsers.templates import Column, Form, finding

_MOST_DOUBTS = 3_000


def take(
    out: TableReading,
    form: Form,
    header: Header,
    row: Labelled,
    placements: list[list[GridCell | None]],
    by_label: bool,
) -> None:
    """Put a row's cells into the table, or among the open rows where several placements are left."""
    columns = [form.column(key) for key in header.keys]
    readings: list[dict[str, Reading]] = []
    for placement in placements:
        options = {
            column.key: options_of(row.source, cell, column, header.units.get(column.key), by_label)
            for column, cell in zip(columns, placement, strict=True)
            if cell is not None
        }
        readings += combined(options)
    if not readings:
        _undecidable_row(out, row, columns)
        return
    if any((row.key, c.key) in out.cells for c in columns) or any(o.row == row.key for o in out.open_rows):
        _repeated_row(out, row, readings)
        return
    if len(readings) == 1:
        for column, reading in readings[0].items():
            out.cells[row.key, column] = reading
    else:
        out.open_rows.append(OpenRow(row.key, tuple(readings)))


def options_of(source: SourceRow, cell: GridCell, column: Column, unit: str | None, by_label: bool) -> list[Reading]:
    """Return the admissible readings of a cell: one, or with OCR's doubt the others too, none of them sure."""
    first = _reading(source, cell, column, unit, by_label and not cell.doubt)
    others = [_reading(source, replace(cell, text=t, printed=cell.text), column, unit, False) for t in cell.doubt]
    if cell.doubt and first.figure.state == "text":
        first = replace(first, figure=Figure("undecidable"))
    found = [first]
    for other in others:
        if other.figure.state in ("value", "blank", "dash") and all(other.figure != f.figure for f in found):
            found.append(other)
    if len(found) > 1 and first.figure.state == "undecidable" and _NO_FIGURE.match(cell.text):
        return found[1:]  # what the recogniser took a speck for is none of the readings
    return found


_NO_FIGURE = re.compile(r"^\d+(?:[.,:;]\d+)+$")
"""Digits with marks between them; where that is a figure of its column, it is read before it comes to this."""


def _reading(source: SourceRow, cell: GridCell, column: Column, unit: str | None, by_label: bool) -> Reading:
    raw = cell.text if cell.printed is None else cell.printed
    return Reading(read_figure(cell.text, column.kind, unit), raw, where_of(source, cell), by_label)


def combined(options: dict[str, list[Reading]]) -> list[dict[str, Reading]]:
    """Return every choice of one reading a cell; where they are too many, doubtful cells are undecidable instead."""
    ways = 1
    for choices in options.values():
        ways *= len(choices)
    if ways > _MOST_DOUBTS:
        undecided = Figure("undecidable")
        return [{k: c[0] if len(c) == 1 else replace(c[0], figure=undecided) for k, c in options.items()}]
    return [dict(zip(options, choice, strict=True)) for choice in itertools.product(*options.values())]


def _undecidable_row(out: TableReading, row: Labelled, columns: Sequence[Column]) -> None:
    """Mark every cell of a row that has more figures than columns."""
    figures = sum(bool(c.text.strip()) for c in row.values)
    where = where_of(row.source, row.label_cell)
    out.findings.append(
        finding("undecidable_row", where, row=row.key, table=out.table, figures=figures, columns=len(columns))
    )
    raw = " ".join(c.text.strip() for c in row.values if c.text.strip())
    for column in columns:
        out.cells.setdefault((row.key, column.key), Reading(Figure("undecidable"), raw, where, by_label=False))


def _repeated_row(out: TableReading, row: Labelled, readings: list[dict[str, Reading]]) -> None:
    """Compare a row that stands twice with its first copy; where they differ neither is taken as read."""
    where = where_of(row.source, row.label_cell)
    same = len(readings) == 1 and all(
        (row.key, key) in out.cells and out.cells[row.key, key].figure == reading.figure
        for key, reading in readings[0].items()
    )
    if same:
        out.findings.append(finding("duplicate_row_same", where, row=row.key, table=out.table))
        return
    out.findings.append(finding("duplicate_row", where, row=row.key, table=out.table))
    for key in [k for k in out.cells if k[0] == row.key]:  # which of the two is the row, nothing tells
        out.cells[key] = replace(out.cells[key], figure=Figure("undecidable"), by_label=False)


def report_missing(out: TableReading, form: Form) -> None:
    present = {row for row, _ in out.cells} | {o.row for o in out.open_rows}
    missing = [r.key for r in form.rows if r.key not in present]
    if missing and present:
        out.findings.append(
            finding(
                "rows_missing",
                table=out.table,
                found=len(form.rows) - len(missing),
                expected=len(form.rows),
                missing=", ".join(missing),
            )
        )
