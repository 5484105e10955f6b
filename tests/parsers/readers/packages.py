"""Small DOCX, XLSX and OFD files written by hand, whole or hostile."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
P = "http://schemas.openxmlformats.org/package/2006/relationships"
O = "http://www.ofdspec.org/2016"  # noqa: E741


def package(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a zip of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def docx(body: str, head: str = "", **more: str) -> bytes:
    """Return a DOCX with this content in its body."""
    return package(
        {"word/document.xml": f'{head}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>', **more}
    )


def paragraph(text: str) -> str:
    """Return a paragraph of one run."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def cell(text: str, properties: str = "") -> str:
    """Return a table cell."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def table(widths: list[int], *rows: str) -> str:
    """Return a table of rows, each the markup of its cells."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return f"<w:tbl><w:tblGrid>{grid}</w:tblGrid>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def xlsx(rows: str, after: str = "", head: str = "") -> bytes:
    """Return an XLSX whose one sheet has these rows."""
    return package(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "_rels/.rels": f'<Relationships xmlns="{P}"><Relationship Id="rId1" Type="{R}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{S}" xmlns:r="{R}"><sheets><sheet name="a" sheetId="1" r:id="rId1"/>'
            "</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{P}"><Relationship Id="rId1" '
            f'Type="{R}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'{head}<worksheet xmlns="{S}"><sheetData>{rows}</sheetData>{after}</worksheet>',
        }
    )


def number(reference: str, value: str) -> str:
    """Return a cell that holds a number."""
    return f'<c r="{reference}"><v>{value}</v></c>'


def string(reference: str, text: str) -> str:
    """Return a cell that holds a text."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def ofd(objects: str, head: str = "") -> bytes:
    """Return an OFD whose one page holds these objects."""
    return package(
        {
            "OFD.xml": f'<o:OFD xmlns:o="{O}"><o:DocBody><o:DocRoot>/Doc_0/Document.xml</o:DocRoot></o:DocBody></o:OFD>',
            "Doc_0/Document.xml": f'<o:Document xmlns:o="{O}"><o:CommonData><o:PageArea><o:PhysicalBox>0 0 210 297'
            '</o:PhysicalBox></o:PageArea></o:CommonData><o:Pages><o:Page BaseLoc="P.xml"/></o:Pages></o:Document>',
            "Doc_0/P.xml": f'{head}<o:Page xmlns:o="{O}"><o:Content><o:Layer>{objects}</o:Layer></o:Content></o:Page>',
        }
    )


def text_object(x: float, y: float, text: str, deltas: str = "g 99 4") -> str:
    """Return a text object whose first character stands at a place in millimetres."""
    return (
        f'<o:TextObject xmlns:o="{O}" Boundary="{x} {y} 100 6" Size="4">'
        f'<o:TextCode X="0" Y="4" DeltaX="{deltas}">{text}</o:TextCode></o:TextObject>'
    )
