"""XLSX (ECMA-376): one sheet with the whole report, prose in merged rows, tables with their merged cells."""

from __future__ import annotations

import re
from html import escape
from typing import Final

from crawler.samples.formats.package import OFFICE, XML, office_package, relationships
from crawler.samples.grid import lay_out
from crawler.samples.manuscript import Manuscript, Table

_S: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_NUMBER: Final = re.compile(r"0|-?[1-9]\d{0,14}")
"""What is kept as a number; decimals are kept as text, for a number loses the zeros at their end."""
_WIDTH: Final = 15
"""Columns of the widest table; a row of prose is merged over them."""


class _Sheet:
    """A sheet while it is written: its rows and its merged ranges, row numbers from 1."""

    def __init__(self) -> None:
        self.rows: list[str] = []
        self.merged: list[str] = []

    def add_text(self, text: str) -> None:
        """Add a row of prose."""
        number = len(self.rows) + 1
        self.rows.append(f'<row r="{number}">{_cell(f"A{number}", text)}</row>')
        self.merged.append(f"A{number}:{_column(_WIDTH - 1)}{number}")

    def add_table(self, table: Table) -> None:
        """Add the rows of a table from the first column on."""
        first = len(self.rows) + 1
        for down, row in enumerate(lay_out(table)):
            cells = []
            for right, place in enumerate(row):
                reference = f"{_column(right)}{first + down}"
                starts = place.first_row and place.first_column
                cells.append(_cell(reference, place.cell.text if starts else ""))
                if starts and place.cell.rowspan * place.cell.colspan > 1:
                    last = f"{_column(right + place.cell.colspan - 1)}{first + down + place.cell.rowspan - 1}"
                    self.merged.append(f"{reference}:{last}")
            self.rows.append(f'<row r="{first + down}">{"".join(cells)}</row>')

    def markup(self) -> str:
        """Return the sheet's part."""
        merged = "".join(f'<mergeCell ref="{area}"/>' for area in self.merged)
        return (
            f'{XML}<worksheet xmlns="{_S}"><sheetData>{"".join(self.rows)}</sheetData>'
            f'<mergeCells count="{len(self.merged)}">{merged}</mergeCells></worksheet>'
        )


def write_xlsx(manuscript: Manuscript) -> bytes:
    """Write a report as an XLSX of one sheet."""
    sheet = _Sheet()
    for text in (*manuscript.title, *manuscript.preface):
        sheet.add_text(text)
    for section in manuscript.sections:
        for text in (section.heading, *section.paragraphs):
            sheet.add_text(text)
        if section.table is not None:
            sheet.add_table(section.table)
    for text in manuscript.closing:
        sheet.add_text(text)
    return office_package(
        "xl/workbook.xml",
        f"{_KIND}.sheet.main+xml",
        {
            "xl/workbook.xml": f'{XML}<workbook xmlns="{_S}" xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="年度报告" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relationships({"rId1": ("worksheet", "worksheets/sheet1.xml")}),
            "xl/worksheets/sheet1.xml": sheet.markup(),
        },
        {"xl/worksheets/sheet1.xml": f"{_KIND}.worksheet+xml"},
    )


def _column(at: int) -> str:
    """Name a column, counted from 0; the widest table ends at O."""
    return "ABCDEFGHIJKLMNO"[at]


def _cell(reference: str, text: str) -> str:
    if not text:
        return f'<c r="{reference}"/>'
    if _NUMBER.fullmatch(text):
        return f'<c r="{reference}"><v>{text}</v></c>'
    content = escape(text, quote=False)
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{content}</t></is></c>'
