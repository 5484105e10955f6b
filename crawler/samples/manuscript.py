"""A sample report while it is being written: title, sections, the three tables cell by cell, and the truth
beside them.

A manuscript is private to this package and mutable, because quirks spoil it one by one; each quirk that
changes what a careful reader should get changes `cells` along with the printed text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from crawler.samples import forms
from crawler.samples.figures import Figures, Truth
from crawler.samples.forms import PROACTIVE, REQUEST_COLUMNS, REQUESTS, REVIEW, CellKey
from crawler.samples.places import Unit

VALUE_COLUMNS: Final = 4
"""Columns of table two: one of labels, three of values."""


@dataclass(slots=True)
class Cell:
    """A printed cell; a line break in `text` is one inside the cell. `key` is None for labels."""

    text: str
    rowspan: int = 1
    colspan: int = 1
    key: CellKey | None = None


Table = list[list[Cell]]


@dataclass(slots=True)
class Section:
    """A heading with its paragraphs and, after them, at most one table."""

    heading: str
    paragraphs: list[str]
    table: Table | None = None


@dataclass(slots=True)
class Manuscript:
    """A report as it will be printed, and what a careful reader should get from it."""

    unit: Unit
    issuer: str
    year: int
    title: list[str]
    preface: list[str]
    sections: list[Section]
    closing: list[str]
    forms: dict[str, str]
    cells: dict[CellKey, Truth]
    quirks: tuple[str, ...]
    units: dict[CellKey, str] = field(default_factory=dict)

    def printed(self, *tables: str) -> Iterator[tuple[Cell, CellKey]]:
        """Yield the value cells of the named tables (all without names) with their keys."""
        for section in self.sections:
            for row in section.table or ():
                for cell in row:
                    if cell.key is not None and (not tables or cell.key[0] in tables):
                        yield cell, cell.key

    def labels(self) -> Iterator[Cell]:
        """Yield every label cell of every table."""
        for section in self.sections:
            for row in section.table or ():
                yield from (cell for cell in row if cell.key is None)

    def table(self, name: str) -> Table:
        """Return the table whose value cells bear this name; KeyError if there is none."""
        for section in self.sections:
            if section.table and any(cell.key and cell.key[0] == name for row in section.table for cell in row):
                return section.table
        raise KeyError(name)

    def blank(self, cell: Cell, key: CellKey) -> None:
        """Print nothing in a value cell, and say so in the truth."""
        cell.text = ""
        self.cells[key] = ("blank", None)


def proactive_table(figures: Figures, form: str) -> Table:
    """Lay out table two: per clause a clause row, a header row and data rows, four columns wide."""
    table: Table = []
    for block in forms.PROACTIVE_BLOCKS[form]:
        table.append([Cell(block.clause, colspan=VALUE_COLUMNS)])
        last = VALUE_COLUMNS - len(block.columns)
        spans = [1] * (len(block.columns) - 1) + [last]
        headers = [Cell(label, colspan=span) for (_, label), span in zip(block.columns, spans, strict=True)]
        table.append([Cell("信息内容"), *headers])
        for row, label in block.rows:
            keys: list[CellKey] = [(PROACTIVE, row, column) for column, _ in block.columns]
            values = [Cell(str(figures[key]), colspan=span, key=key) for key, span in zip(keys, spans, strict=True)]
            table.append([Cell(label), *values])
    return table


def requests_table(figures: Figures, form: str) -> Table:
    """Lay out table three: three header rows, then 25 (form 2021) or 23 rows of up to three labels and
    seven values.
    """
    rows = forms.REQUEST_ROWS[form]
    outcome_rows = len(rows) - len(forms.FULL_WIDTH_ROWS)
    table: Table = [
        [Cell(forms.CORNER, rowspan=3, colspan=3), Cell("申请人情况", colspan=7)],
        [Cell("自然人", rowspan=2), Cell("法人或其他组织", colspan=5), Cell("总计", rowspan=2)],
        [Cell(label) for label in forms.ORGANISATION_LABELS],
    ]
    group = ""
    for row in rows:
        line: list[Cell] = []
        if row.key in forms.FULL_WIDTH_ROWS:
            line.append(Cell(row.label, colspan=3))
        else:
            if row.key == "granted":
                line.append(Cell(forms.OUTCOME, rowspan=outcome_rows))
            if row.group and row.group != group:
                line.append(Cell(row.group, rowspan=sum(other.group == row.group for other in rows)))
            line.append(Cell(row.label, colspan=1 if row.group else 2))
        group = row.group
        keys: list[CellKey] = [(REQUESTS, row.key, column) for column in REQUEST_COLUMNS]
        table.append(line + [Cell(str(figures[key]), key=key) for key in keys])
    return table


def review_table(figures: Figures) -> Table:
    """Lay out table four: three header rows and one row of fifteen values."""
    results = [Cell(label) for _ in range(2) for label in forms.REVIEW_LABELS]
    keys: list[CellKey] = [(REVIEW, block, column) for block in forms.REVIEW_BLOCKS for column in forms.REVIEW_COLUMNS]
    return [
        [Cell("行政复议", colspan=5), Cell("行政诉讼", colspan=10)],
        [Cell(label, rowspan=2) for label in forms.REVIEW_LABELS]
        + [Cell("未经复议直接起诉", colspan=5), Cell("复议后起诉", colspan=5)],
        results,
        [Cell(str(figures[key]), key=key) for key in keys],
    ]
