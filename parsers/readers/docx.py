"""DOCX: paragraphs and tables of the main document, as Word shows them with all changes accepted.

Guarantees: reading order; deleted and hidden text is left out; a table is laid out on its own column edges; tables that
hold tables are read cell by cell as prose; a line break within a paragraph ends it, as in HTML: headings stand behind them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

import lxml.etree

from parsers.errors import UnreadableError
from parsers.model import Block, Document, Paragraph
from parsers.readers.package import Package, attribute, child, children, local, whole_number
from parsers.readers.spans import MAX_CELLS, TOLERANCE, EdgedCell, joined, table_blocks

MAIN = re.compile(r"/?word/document\d*\.xml", re.IGNORECASE)
_DELETED = frozenset(("del", "moveFrom"))
_WRAPPERS = frozenset(
    ("sdt", "sdtContent", "smartTag", "customXml", "ins", "moveTo", "hyperlink", "fldSimple", "dir", "bdo", "Choice")
)
_SILENT = frozenset(("pPr", "rPr", "sdtPr", "sdtEndPr", "tblPr", "tblGrid", "trPr", "tcPr", "instrText", "delText"))
_OFF = frozenset(("0", "false", "off", "none"))
_MAX_SPAN = 63
"""Word's own limit of columns."""
_MAX_TWIPS = 100_000
_STEP = 1000
"""Width of a column, in twips, where a table does not say how wide its columns are."""


def read_docx(body: bytes) -> Document:
    """Read a DOCX into a Document; raises UnreadableError where it is damaged, encrypted or too large."""
    package = Package(body)
    main = next((name for name in package.names if MAIN.fullmatch(name)), None)
    if main is None:
        raise UnreadableError("the DOCX has no main document", "DOCX 文件缺少正文")
    content = child(package.xml(main), "body")
    if content is None:
        raise UnreadableError("the DOCX has no body", "DOCX 文件缺少正文")
    return Document(tuple(_blocks(content)), "docx", _metadata(package))


def _metadata(package: Package) -> dict[str, str]:
    name = package.find("docProps/core.xml")
    title = child(package.xml(name), "title") if name else None
    text = (title.text or "").strip() if title is not None else ""
    return {"Title": text} if text else {}


def _blocks(container: lxml.etree._Element) -> Iterator[Block]:
    """Yield what a body, a cell or a text box holds, in order."""
    for element in container:
        name = local(element)
        if name == "p":
            yield from _paragraphs(element)
        elif name == "tbl":
            yield from _table(element)
        elif name == "AlternateContent":
            yield from _blocks(_alternative(element))
        elif name in _WRAPPERS:
            yield from _blocks(element)


def _alternative(element: lxml.etree._Element) -> lxml.etree._Element:
    """Return the one of several renderings that Word would show: the first choice; both hold the same text."""
    return next((e for e in element if local(e) in ("Choice", "Fallback")), element)


def _paragraphs(paragraph: lxml.etree._Element) -> Iterator[Block]:
    """Yield a paragraph's lines, then the text boxes anchored in it."""
    boxes: list[lxml.etree._Element] = []
    for line in "".join(_runs(paragraph, boxes)).split("\n"):
        if line.strip():
            yield Paragraph(line.strip())
    for box in boxes:
        yield from _blocks(box)


def _runs(element: lxml.etree._Element, boxes: list[lxml.etree._Element]) -> Iterator[str]:
    for item in element:
        name = local(item)
        if name == "t":
            yield item.text or ""
        elif name == "txbxContent":
            boxes.append(item)
        elif name == "AlternateContent":
            yield from _runs(_alternative(item), boxes)
        elif name == "br":
            yield " " if attribute(item, "type") == "column" else "\n"
        elif name == "cr":
            yield "\n"
        elif name in ("tab", "ptab"):
            yield " "
        elif name == "noBreakHyphen":
            yield "-"
        elif name in _SILENT or name in _DELETED or (name == "r" and _is_hidden(item)):
            continue
        else:
            yield from _runs(item, boxes)


def _is_hidden(run: lxml.etree._Element) -> bool:
    vanish = child(run, "rPr", "vanish")
    return vanish is not None and (attribute(vanish, "val") or "1").lower() not in _OFF


def _table(table: lxml.etree._Element) -> Iterator[Block]:
    """Yield a table; its edges are those of its grid, or even steps where the grid gives a cell no width."""
    widths = [
        whole_number(attribute(column, "w"), _MAX_TWIPS) or 0
        for grid in children(table, "tblGrid")
        for column in children(grid, "gridCol")
    ]
    source = [row for row in _within(table, "tr") if child(row, "trPr", "del") is None]
    contents = [[tuple(_blocks(cell)) for cell in _within(row, "tc")] for row in source]
    if sum(map(len, contents)) > MAX_CELLS:
        raise UnreadableError(
            f"a table of the DOCX has more than {MAX_CELLS} cells", f"DOCX 中的一张表超过 {MAX_CELLS} 个单元格"
        )
    places = [_places(row) for row in source]
    edges = list(accumulate(widths, initial=0))
    needed = max((end for row in places for _, end in row), default=0)
    if needed >= len(edges) or any(edges[e] - edges[s] <= TOLERANCE for row in places for s, e in row):
        edges = [_STEP * i for i in range(needed + 1)]
    rows = [
        _merged(row, [EdgedCell(joined(blocks), edges[s], edges[e]) for blocks, (s, e) in zip(cells, at, strict=True)])
        for row, cells, at in zip(source, contents, places, strict=True)
    ]
    yield from table_blocks(rows, contents)


def _within(container: lxml.etree._Element, name: str) -> Iterator[lxml.etree._Element]:
    """Yield the elements called `name`, rows or cells, which may be wrapped."""
    for element in container:
        if local(element) == name:
            yield element
        elif local(element) in _WRAPPERS:
            yield from _within(element, name)


def _places(row: lxml.etree._Element) -> list[tuple[int, int]]:
    """Return the grid columns from which and to which each cell reaches."""
    before = whole_number(attribute(child(row, "trPr", "gridBefore"), "val"), _MAX_SPAN) or 0
    at = max(before, 0)
    places = []
    for cell in _within(row, "tc"):
        span = max(whole_number(attribute(child(cell, "tcPr", "gridSpan"), "val"), _MAX_SPAN) or 1, 1)
        places.append((at, at + span))
        at += span
    return places


def _merged(row: lxml.etree._Element, cells: list[EdgedCell]) -> list[EdgedCell]:
    """Mark the cells that go on from above, and join those that go on from the left (an old way to merge)."""
    out: list[EdgedCell] = []
    for element, cell in zip(_within(row, "tc"), cells, strict=True):
        properties = child(element, "tcPr")
        across, down = child(properties, "hMerge"), child(properties, "vMerge")
        if across is not None and attribute(across, "val") != "restart" and out:
            before = out.pop()
            out.append(EdgedCell(before.text, before.left, cell.right, before.continues))
            continue
        continues = down is not None and attribute(down, "val") != "restart"
        out.append(EdgedCell(cell.text, cell.left, cell.right, continues))
    return out
