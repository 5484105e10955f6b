"""OFD (GB/T 33190-2016): the pages of the PDF as text objects and paths, in millimetres."""

from __future__ import annotations

from html import escape
from typing import Final

from crawler.samples.formats.layout import PAGE_HEIGHT, PAGE_WIDTH, Line, Page, advance, lay_pages
from crawler.samples.formats.package import package
from crawler.samples.manuscript import Manuscript

_O: Final = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_XML: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_MILLIMETRE: Final = 25.4 / 72
_BOX: Final = f"<ofd:PhysicalBox>0 0 {PAGE_WIDTH * _MILLIMETRE:.2f} {PAGE_HEIGHT * _MILLIMETRE:.2f}</ofd:PhysicalBox>"
_FONT: Final = 3
_FIRST_PAGE: Final = 10
_MOST_OBJECTS: Final = 10_000
"""Identifiers that one page may use; they are unique in a document."""


def write_ofd(manuscript: Manuscript) -> bytes:
    """Write a report as an OFD."""
    pages = lay_pages(manuscript)
    title = escape("".join(manuscript.title), quote=False)
    listed = "".join(
        f'<ofd:Page ID="{_FIRST_PAGE + at}" BaseLoc="Pages/Page_{at}/Content.xml"/>' for at in range(len(pages))
    )
    return package(
        {
            "OFD.xml": f'{_XML}<ofd:OFD {_O} DocType="OFD" Version="1.0"><ofd:DocBody><ofd:DocInfo>'
            f"<ofd:DocID>{manuscript.year:032d}</ofd:DocID><ofd:Title>{title}</ofd:Title></ofd:DocInfo>"
            "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
            "Doc_0/Document.xml": f"{_XML}<ofd:Document {_O}><ofd:CommonData>"
            f"<ofd:MaxUnitID>{_MOST_OBJECTS * (len(pages) + 1)}</ofd:MaxUnitID><ofd:PageArea>{_BOX}</ofd:PageArea>"
            "<ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData>"
            f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
            "Doc_0/PublicRes.xml": f'{_XML}<ofd:Res {_O} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="{_FONT}" '
            'FontName="宋体" FamilyName="宋体"/></ofd:Fonts></ofd:Res>',
            **{f"Doc_0/Pages/Page_{at}/Content.xml": _page(page, at) for at, page in enumerate(pages)},
        }
    )


def _page(page: Page, at: int) -> str:
    first = _MOST_OBJECTS * (at + 1)
    rules = [_path(rule, first + 1 + number) for number, rule in enumerate(sorted(page.rules))]
    lines = [_text(line, first + 1 + len(rules) + number) for number, line in enumerate(page.lines)]
    return (
        f"{_XML}<ofd:Page {_O}><ofd:Area>{_BOX}</ofd:Area><ofd:Content>"
        f'<ofd:Layer ID="{first}">{"".join([*rules, *lines])}</ofd:Layer></ofd:Content></ofd:Page>'
    )


def _path(rule: tuple[float, float, float, float], number: int) -> str:
    """Write a rule; its points count from the corner of its boundary."""
    x0, y0, x1, y1 = (side * _MILLIMETRE for side in rule)
    return (
        f'<ofd:PathObject ID="{number}" Boundary="{x0:.3f} {y0:.3f} {max(x1 - x0, 0.2):.3f} {max(y1 - y0, 0.2):.3f}" '
        f'LineWidth="0.18"><ofd:AbbreviatedData>M 0 0 L {x1 - x0:.3f} {y1 - y0:.3f}</ofd:AbbreviatedData>'
        "</ofd:PathObject>"
    )


def _text(line: Line, number: int) -> str:
    """Write a line of text with the steps between its characters."""
    size = line.size * _MILLIMETRE
    steps = [f"{advance(character) * size:.3f}" for character in line.text[:-1]]
    width = sum(map(advance, line.text)) * size
    left, base = line.x * _MILLIMETRE, line.y * _MILLIMETRE
    across = f' DeltaX="{" ".join(steps)}"' if steps else ""
    return (
        f'<ofd:TextObject ID="{number}" Boundary="{left:.3f} {base - size:.3f} {width:.3f} {1.3 * size:.3f}" '
        f'Font="{_FONT}" Size="{size:.3f}"><ofd:TextCode X="0" Y="{size:.3f}"{across}>'
        f"{escape(line.text, quote=False)}</ofd:TextCode></ofd:TextObject>"
    )
