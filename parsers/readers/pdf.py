"""PDF with a text layer: ruled tables as grids with their boxes, everything else as paragraphs, page numbers dropped.

Guarantees: every character outside the tables is in a paragraph, save page numbers at a page's edge; declared sizes are
checked before anything is decoded; boxes are in points from the page's upper left corner.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium

from parsers.errors import UnreadableError
from parsers.model import Block, Document, Paragraph
from parsers.readers.ruled import Char, Line, Rule, RuledGrid, find_grids, lines_of
from parsers.sections import heading_number

MAX_PAGES = 200
MAX_OBJECTS = 100_000
MAX_CHARS = 400_000
_PAGE_NUMBER = re.compile(r"^[\s\-—–−－_·.]*(?:第\s*)?\d{1,3}(?:\s*页)?[\s\-—–−－_·.]*$")
_EDGE = 0.12
"""The part of a page's height, above and below, in which a bare number is a page number."""
_THIN = 4.0
"""A filled box thinner than this (points) is a rule: Word and WPS draw rules so."""


def read_pdf(body: bytes) -> Document:
    """Read a PDF into a Document; raises UnreadableError where it is damaged, encrypted or too large."""
    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableError("the PDF is encrypted", "PDF 文件已加密") from error
        raise UnreadableError(f"the PDF is damaged: {error}", f"PDF 文件已损坏：{error}") from error
    try:
        if len(document) > MAX_PAGES:
            raise UnreadableError(
                f"the PDF has {len(document)} pages, over the limit of {MAX_PAGES}",
                f"PDF 有 {len(document)} 页，超过上限 {MAX_PAGES}",
            )
        blocks: list[Block] = []
        for number in range(len(document)):
            page = document[number]
            blocks += _page_blocks(page, number + 1)
            page.close()
        information = document.get_metadata_dict(skip_empty=True)
        metadata = {"Title": information["Title"]} if "Title" in information else {}
    finally:
        document.close()
    return Document(tuple(blocks), "pdf", metadata)


def _page_blocks(page: pypdfium2.PdfPage, number: int) -> Iterator[Block]:
    _, height = page.get_size()
    text = page.get_textpage()
    if text.count_chars() > MAX_CHARS:
        raise UnreadableError(
            f"page {number} of the PDF has {text.count_chars()} characters",
            f"PDF 第 {number} 页有 {text.count_chars()} 个字符",
        )
    chars = list(_chars(text, height))
    text.close()
    horizontal, vertical = _rules(page, height, number)
    grids = find_grids(horizontal, vertical, chars, number) if len(horizontal) > 1 and len(vertical) > 1 else []
    free = [c for c in chars if not any(_inside(c, g.box) for g in grids)]
    lines = [line for line in lines_of(free) if not _is_page_number(line, height)]
    yield from _in_order(lines, grids)


def _inside(char: Char, box: tuple[float, float, float, float]) -> bool:
    return box[0] <= char.x <= box[2] and box[1] <= char.y <= box[3]


def _is_page_number(line: Line, height: float) -> bool:
    _, top, _, bottom = line.box
    return bool(_PAGE_NUMBER.match(line.text)) and (bottom < _EDGE * height or top > (1 - _EDGE) * height)


def _chars(text: pypdfium2.PdfTextPage, height: float) -> Iterator[Char]:
    """Yield the page's visible characters; the tight box is used, the loose one is wrong for some embedded fonts."""
    for i in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text.raw, i)
        if code <= 32 or code in (0xA0, 0x3000, 0xFFFE, 0xFFFF):
            continue
        left, bottom, right, top = text.get_charbox(i)
        yield Char(chr(code), left, height - top, right, height - bottom)


def _rules(page: pypdfium2.PdfPage, height: float, number: int) -> tuple[list[Rule], list[Rule]]:
    """Return the page's horizontal and vertical rules from its path objects; one object may hold many."""
    horizontal: list[Rule] = []
    vertical: list[Rule] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for count, item in enumerate(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=4)):
        if count > MAX_OBJECTS:
            raise UnreadableError(
                f"page {number} of the PDF has more than {MAX_OBJECTS} objects",
                f"PDF 第 {number} 页的对象超过 {MAX_OBJECTS} 个",
            )
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(item.raw, ctypes.byref(fill), ctypes.byref(stroke))
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFPageObj_GetMatrix(item.raw, ctypes.byref(matrix))
        path: list[tuple[float, float]] = []
        paths: list[list[tuple[float, float]]] = []
        for k in range(pdfium.FPDFPath_CountSegments(item.raw)):
            segment = pdfium.FPDFPath_GetPathSegment(item.raw, k)
            pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
            if pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_MOVETO:
                path = []
                paths.append(path)
            px = matrix.a * x.value + matrix.c * y.value + matrix.e
            py = height - (matrix.b * x.value + matrix.d * y.value + matrix.f)
            path.append((px, py))
        for points in paths:
            _add_rules(points, bool(stroke.value), horizontal, vertical)
    return horizontal, vertical


def _add_rules(points: list[tuple[float, float]], stroked: bool, horizontal: list[Rule], vertical: list[Rule]) -> None:
    if not points:
        return
    left, right = min(p[0] for p in points), max(p[0] for p in points)
    top, bottom = min(p[1] for p in points), max(p[1] for p in points)
    if right - left < _THIN and bottom - top > _THIN / 2:
        vertical.append(Rule((left + right) / 2, top, bottom))
    elif bottom - top < _THIN and right - left > _THIN / 2:
        horizontal.append(Rule((top + bottom) / 2, left, right))
    elif stroked and right - left > _THIN and bottom - top > _THIN:
        vertical += [Rule(left, top, bottom), Rule(right, top, bottom)]
        horizontal += [Rule(top, left, right), Rule(bottom, left, right)]


def _in_order(lines: list[Line], grids: list[RuledGrid]) -> Iterator[Block]:
    """Yield paragraphs and grids from top to bottom."""
    rest = list(lines)
    for ruled in grids:
        above = [line for line in rest if line.box[1] < ruled.box[1]]
        yield from _paragraphs(above)
        yield ruled.grid
        rest = [line for line in rest if line not in above]
    yield from _paragraphs(rest)


def _paragraphs(lines: list[Line]) -> Iterator[Paragraph]:
    """Join lines into paragraphs: a new one begins where a line is indented or the one before ended early."""
    if not lines:
        return
    left = min(line.box[0] for line in lines)
    right = max(line.box[2] for line in lines)
    text = ""
    ended = True
    for line in lines:
        x0, y0, x1, y1 = line.box
        size = max(y1 - y0, 6.0)
        heading = heading_number(line.text) is not None
        if text and (ended or heading or x0 - left > 1.2 * size):
            yield Paragraph(text)
            text = ""
        text += line.text
        ended = heading or right - x1 > 2.5 * size
    if text:
        yield Paragraph(text)
