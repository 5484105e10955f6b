"""PDF 1.4 (ISO 32000): text in the font STSong-Light that every viewer knows without embedding, tables as rules."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Final

from crawler.samples.formats.layout import PAGE_HEIGHT, PAGE_WIDTH, Page, lay_pages
from crawler.samples.manuscript import Manuscript

_FONTS: Final = (
    "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light-UniGB-UCS2-H /Encoding /UniGB-UCS2-H "
    "/DescendantFonts [4 0 R] >>",
    # CIDs 1 to 95 of Adobe-GB1 are the characters of ASCII, half as wide as the others
    "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo "
    "<< /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor 5 0 R /DW 1000 /W [1 95 500] >>",
    "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
    "/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
)
_FIRST_PAGE: Final = 7
"""Number of the first page's object: catalog, pages, three of the font and the information stand before it."""


def write_pdf(manuscript: Manuscript) -> bytes:
    """Write a report as a PDF with a text layer."""
    pages = lay_pages(manuscript)
    kids = " ".join(f"{_FIRST_PAGE + 2 * at} 0 R" for at in range(len(pages)))
    title = b"\xfe\xff" + "".join(manuscript.title).encode("utf-16-be")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        *(font.encode() for font in _FONTS),
        f"<< /Title <{title.hex()}> >>".encode(),
    ]
    for at, page in enumerate(pages):
        content = zlib.compress(_content(page).encode())
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {PAGE_WIDTH:.0f} {PAGE_HEIGHT:.0f}] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {_FIRST_PAGE + 2 * at + 1} 0 R >>".encode(),
            f"<< /Length {len(content)} /Filter /FlateDecode >>\nstream\n".encode() + content + b"\nendstream",
        ]
    return _file(objects)


def _content(page: Page) -> str:
    """Return a page's content stream; PDF counts from the lower left corner."""
    rules = [
        f"{x0:.2f} {PAGE_HEIGHT - y0:.2f} m {x1:.2f} {PAGE_HEIGHT - y1:.2f} l S"
        for x0, y0, x1, y1 in sorted(page.rules)
    ]
    lines = [
        f"BT /F1 {line.size:g} Tf 1 0 0 1 {line.x:.2f} {PAGE_HEIGHT - line.y:.2f} Tm "
        # without a Chinese font on the machine pdfium drops a text of one character, for it sees no width in it
        f"<{line.text.ljust(2).encode('utf-16-be').hex()}> Tj ET"
        for line in page.lines
    ]
    return "\n".join(["0.5 w", *rules, *lines])


def _file(objects: Sequence[bytes]) -> bytes:
    """Put numbered objects together with their cross-reference table."""
    body = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 6 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()
