"""DOCX (ECMA-376): paragraphs with styles, tables with gridSpan and vMerge, as Word saves them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import Final

from crawler.samples.formats.package import XML, office_package, relationships
from crawler.samples.formats.widths import column_edges
from crawler.samples.grid import Place, lay_out
from crawler.samples.manuscript import Manuscript, Table

_W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_KIND: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_TEXT_WIDTH: Final = 9026
"""Of an A4 page with Word's usual margins, in twips."""

_BORDERS: Final = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_STYLES: Final = (
    f'{XML}<w:styles xmlns:w="{_W}">'
    '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/>'
    '<w:rPr><w:rFonts w:ascii="仿宋_GB2312" w:eastAsia="仿宋_GB2312" w:hAnsi="仿宋_GB2312"/><w:sz w:val="24"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:basedOn w:val="a"/>'
    '<w:pPr><w:keepNext/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:sz w:val="28"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="a3"><w:name w:val="Title"/><w:basedOn w:val="a"/>'
    '<w:pPr><w:jc w:val="center"/></w:pPr><w:rPr><w:b/><w:sz w:val="36"/></w:rPr></w:style>'
    "</w:styles>"
)


def write_docx(manuscript: Manuscript) -> bytes:
    """Write a report as a DOCX."""
    body = [_paragraph(line, "a3") for line in manuscript.title]
    body += [_paragraph(text) for text in manuscript.preface]
    for section in manuscript.sections:
        body.append(_paragraph(section.heading, "1"))
        body += [_paragraph(text) for text in section.paragraphs]
        if section.table is not None:
            body.append(_table(section.table))
    body += [_paragraph(line) for line in manuscript.closing]
    return _document(body)


def write_notice(title: str, paragraphs: Sequence[str]) -> bytes:
    """Write an ordinary notice as a DOCX."""
    return _document([_paragraph(title, "a3"), *map(_paragraph, paragraphs)])


def _document(body: Sequence[str]) -> bytes:
    content = (
        f'{XML}<w:document xmlns:w="{_W}"><w:body>{"".join(body)}<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" w:header="851" w:footer="992" '
        'w:gutter="0"/></w:sectPr></w:body></w:document>'
    )
    return office_package(
        "word/document.xml",
        f"{_KIND}.document.main+xml",
        {
            "word/document.xml": content,
            "word/styles.xml": _STYLES,
            "word/_rels/document.xml.rels": relationships({"rId1": ("styles", "styles.xml")}),
        },
        {"word/styles.xml": f"{_KIND}.styles+xml"},
    )


def _paragraph(text: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{_runs(text)}</w:p>"


def _runs(text: str) -> str:
    """Write text as one run; a line break in it is w:br."""
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line, quote=False)}</w:t>' for line in text.split("\n"))
    return f"<w:r>{lines}</w:r>" if text else ""


def _table(table: Table) -> str:
    grid = lay_out(table)
    edges = [round(edge) for edge in column_edges(len(grid[0]), 0, _TEXT_WIDTH)]
    columns = "".join(f'<w:gridCol w:w="{right - left}"/>' for left, right in pairwise(edges))
    rows = "".join(
        f"<w:tr>{''.join(_cell(place, at, edges) for at, place in enumerate(row) if place.first_column)}</w:tr>"
        for row in grid
    )
    properties = f'<w:tblPr><w:tblW w:w="{_TEXT_WIDTH}" w:type="dxa"/><w:tblBorders>{_BORDERS}</w:tblBorders></w:tblPr>'
    return f"<w:tbl>{properties}<w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"


def _cell(place: Place, at: int, edges: Sequence[int]) -> str:
    """Write what of a cell stands in one row: below its first row it goes on and is empty."""
    cell = place.cell
    span = f'<w:gridSpan w:val="{cell.colspan}"/>' if cell.colspan > 1 else ""
    merge = ""
    if cell.rowspan > 1:
        merge = '<w:vMerge w:val="restart"/>' if place.first_row else "<w:vMerge/>"
    width = edges[at + cell.colspan] - edges[at]
    content = _runs(cell.text) if place.first_row else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:jc w:val="center"/></w:pPr>{content}</w:p></w:tc>'
    )
