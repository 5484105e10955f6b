"""PDF with a text layer: ruled tables as grids with their boxes, everything else as paragraphs, page numbers dropped.

Guarantees: every character outside the tables is in a paragraph, save page numbers at a page's edge; declared sizes are
checked before anything is decoded; boxes are in points from the page's upper left corner.
"""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

import pypdfium2
import pypdfium2.raw as pdfium

from parsers.errors import UnreadableError
from parsers.model import Block, Document, Finding, Grid, Paragraph
from parsers.readers.continued import with_common_columns
from parsers.readers.pages import add_rules, page_blocks
from parsers.readers.ruled import Char, Rule
from parsers.readers.unruled import EVEN, PageText, blocks_without_rules
from parsers.templates import finding

MAX_PAGES = 200
MAX_OBJECTS = 100_000
MAX_CHARS = 400_000
UNKNOWN = "\ufffd"
_DIGITS = frozenset("0123456789")
_MAX_DEPTH = 4
"""Forms inside forms that are looked into."""
_BOX = 5
"""Segments of a box; so few enclose one area at most."""
_ADVANCE, _OWN_ADVANCE = 0.66, 1.1
"""Em, and parts of what the font says the glyph takes: digits whose origins are no further apart by both are one number's.

The widest plain ones take 0.64 em (DejaVu, Verdana), the narrowest with a blank behind them 0.68 (Arial Narrow); but a font may be
condensed, or of another em than it says (Type 3).
"""
_FEW = 12
"""Characters: what a scanner prints on its own (a page number, a date) is no text layer."""


def read_pdf(body: bytes) -> Document:
    """Read a PDF into a Document, its scanned pages by OCR; raises UnreadableError where it is damaged or too large."""
    document = open_pdf(body)
    try:
        if len(document) > MAX_PAGES:
            raise UnreadableError(
                f"the PDF has {len(document)} pages, over the limit of {MAX_PAGES}",
                f"PDF 有 {len(document)} 页，超过上限 {MAX_PAGES}",
            )
        blocks: list[Block] = []
        scans = 0
        for number in range(len(document)):
            page = document[number]
            found = list(page_text(page, number + 1))
            scans += len(found) < 3 and is_scan(page)
            blocks += found
            page.close()
        metadata = title_of(document)
        if not scans and not any(isinstance(block, Grid) for block in blocks):
            blocks = blocks_without_rules(_even_pages(document)) or blocks
    finally:
        document.close()
    if scans:
        from parsers.readers.ocr import read_scanned_pdf  # which reads pages with text through this module

        return read_scanned_pdf(body)
    return Document(tuple(with_common_columns(blocks)), "pdf", metadata, findings=_unknown_characters(blocks))


def _unknown_characters(blocks: Sequence[Block]) -> tuple[Finding, ...]:
    """Return a finding where characters of the text layer are not known."""
    texts = [b.text if isinstance(b, Paragraph) else "".join(c.text for r in b.rows for c in r) for b in blocks]
    count = sum(text.count(UNKNOWN) for text in texts)
    return (finding("unknown_glyphs", count=count),) if count else ()


def open_pdf(body: bytes) -> pypdfium2.PdfDocument:
    """Open a PDF; raises UnreadableError where it is damaged or encrypted."""
    try:
        return pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableError("the PDF is encrypted", "PDF 文件已加密") from error
        raise UnreadableError(f"the PDF is damaged: {error}", f"PDF 文件已损坏：{error}") from error


def title_of(document: pypdfium2.PdfDocument) -> dict[str, str]:
    """Return the title that a PDF's own metadata states."""
    information = document.get_metadata_dict(skip_empty=True)
    return {"Title": information["Title"]} if "Title" in information else {}


def is_scan(page: pypdfium2.PdfPage) -> bool:
    """Tell whether a page shows pictures and has no text to speak of (a scanner's page number aside)."""
    text = page.get_textpage()
    characters = text.count_chars()
    text.close()
    return characters < _FEW and any(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=4))


def page_text(page: pypdfium2.PdfPage, number: int) -> Iterator[Block]:
    """Yield the blocks of a page's text layer."""
    _, height = page.get_size()
    text = page.get_textpage()
    if text.count_chars() > MAX_CHARS:
        raise UnreadableError(
            f"page {number} of the PDF has {text.count_chars()} characters",
            f"PDF 第 {number} 页有 {text.count_chars()} 个字符",
        )
    chars = [char for _, char in _numbered_chars(text, height)]
    text.close()
    horizontal, vertical = _rules(page, height, number)
    yield from page_blocks(chars, horizontal, vertical, height, number)


def _numbered_chars(text: pypdfium2.PdfTextPage, height: float) -> Iterator[tuple[int, Char]]:
    """Yield the page's visible characters with their numbers in pdfium's text.

    The tight box is used, the loose one is wrong for some embedded fonts. A glyph whose font does not say which
    character it draws is UNKNOWN: pdfium gives its number in the font, which may be that of a digit or of a blank.
    A digit right behind another begins where that one ends: two tight boxes of 1 lie as far apart, in some fonts, as
    figures with a blank between them do. One behind a blank that is printed, and not pdfium's guess, is `parted` however near it stands.
    The library's own wrappers make an object a call; here pdfium is called ten thousand times a page.
    """
    raw = text.raw
    before, parted = (-1, Char("", 0, 0, 0, 0)), False
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    box = tuple(ctypes.byref(side) for side in (left, right, bottom, top))
    for i in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(raw, i)
        if code < 128 and pdfium.FPDFText_HasUnicodeMapError(raw, i) == 1:
            char = UNKNOWN
        elif code <= 32 or code in (0xA0, 0x3000, 0xFFFE, 0xFFFF):
            parted = parted or (code in (32, 0xA0, 0x3000) and not pdfium.FPDFText_IsGenerated(raw, i))
            continue
        else:
            char = chr(code)
        if pdfium.FPDFText_GetCharBox(raw, i, *box):
            x0 = left.value
            if char in _DIGITS and before[0] == i - 1 and before[1].text in _DIGITS and _adjoin(raw, i - 1):
                x0 = min(x0, before[1].x1)
            before = i, Char(char, x0, height - top.value, right.value, height - bottom.value, parted)
            parted = False
            yield before


def _adjoin(text: Any, i: int) -> bool:
    """Tell whether the glyphs `i` and `i + 1` of a text stand on one base line with no room for a blank between them."""
    (x, y, next_x, next_y), matrix = (ctypes.c_double() for _ in range(4)), pdfium.FS_MATRIX()
    pdfium.FPDFText_GetCharOrigin(text, i, ctypes.byref(x), ctypes.byref(y))
    pdfium.FPDFText_GetCharOrigin(text, i + 1, ctypes.byref(next_x), ctypes.byref(next_y))
    pdfium.FPDFText_GetMatrix(text, i, ctypes.byref(matrix))
    em: float = pdfium.FPDFText_GetFontSize(text, i) * (math.hypot(matrix.a, matrix.b) or 1.0)
    box, most = pdfium.FS_RECTF(), _ADVANCE * em
    if pdfium.FPDFText_GetLooseCharBox(text, i, ctypes.byref(box)):
        most = min(most, _OWN_ADVANCE * (box.right - box.left))
    return abs(next_y.value - y.value) < em / 10 and 0 < next_x.value - x.value <= most


def _even_pages(document: pypdfium2.PdfDocument) -> Iterator[PageText]:
    """Yield each page's characters in boxes that stand on the base line and are as high as the type is large."""
    x, y, matrix = ctypes.c_double(), ctypes.c_double(), pdfium.FS_MATRIX()
    for index in range(len(document)):
        page = document[index]
        _, height = page.get_size()
        text = page.get_textpage()
        chars = []
        for i, char in _numbered_chars(text, height):
            pdfium.FPDFText_GetCharOrigin(text.raw, i, ctypes.byref(x), ctypes.byref(y))
            pdfium.FPDFText_GetMatrix(text.raw, i, ctypes.byref(matrix))
            size = pdfium.FPDFText_GetFontSize(text.raw, i) * (math.hypot(matrix.c, matrix.d) or 1.0)
            line = height - y.value
            # a full-width character (and a quotation mark among such) fills a square, whatever its ink does
            square = unicodedata.east_asian_width(char.text) in "WFA"
            x0, x1 = (x.value, x.value + size) if square else (char.x0, char.x1)
            chars.append(Char(char.text, x0, line - (EVEN - 0.1) * size, x1, line + 0.1 * size))
        text.close()
        page.close()
        yield PageText(index + 1, height, chars)


def _path_objects(page: pypdfium2.PdfPage, number: int) -> Iterator[Any]:
    """Yield the page's path objects, those inside forms too; raises UnreadableError where there are too many."""
    stack = [(pdfium.FPDFPage_GetObject(page.raw, i), 0) for i in reversed(range(_bounded(page, number)))]
    seen = 0
    while stack:
        item, depth = stack.pop()
        seen += 1
        if seen > MAX_OBJECTS:
            _too_many_objects(number)
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            yield item
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
            inside = min(pdfium.FPDFFormObj_CountObjects(item), MAX_OBJECTS + 1)
            stack += [(pdfium.FPDFFormObj_GetObject(item, i), depth + 1) for i in reversed(range(inside))]


def _bounded(page: pypdfium2.PdfPage, number: int) -> int:
    count: int = pdfium.FPDFPage_CountObjects(page.raw)
    if count > MAX_OBJECTS:
        _too_many_objects(number)
    return count


def _too_many_objects(number: int) -> NoReturn:
    raise UnreadableError(
        f"page {number} of the PDF has more than {MAX_OBJECTS} objects",
        f"PDF 第 {number} 页的对象超过 {MAX_OBJECTS} 个",
    )


def _rules(page: pypdfium2.PdfPage, height: float, number: int) -> tuple[list[Rule], list[Rule]]:
    """Return the page's horizontal and vertical rules from its path objects; one object may hold many."""
    horizontal: list[Rule] = []
    vertical: list[Rule] = []
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    modes = ctypes.byref(fill), ctypes.byref(stroke)
    sides = [ctypes.c_float() for _ in range(4)]
    bounds = [ctypes.byref(side) for side in sides]
    for item in _path_objects(page, number):
        pdfium.FPDFPath_GetDrawMode(item, *modes)
        segments = pdfium.FPDFPath_CountSegments(item)
        if not stroke.value and segments <= _BOX:  # a filled box: its bounds say all, and cost one call instead of 15
            pdfium.FPDFPageObj_GetBounds(item, *bounds)
            left, bottom, right, top = (side.value for side in sides)
            add_rules([(left, height - top), (right, height - bottom)], False, horizontal, vertical)
        else:
            for points in _paths(item, segments, height):
                add_rules(points, bool(stroke.value), horizontal, vertical)
    return horizontal, vertical


def _paths(item: Any, segments: int, height: float) -> list[list[tuple[float, float]]]:
    """Return the points of each path of an object, y downwards."""
    x, y = ctypes.c_float(), ctypes.c_float()
    point = ctypes.byref(x), ctypes.byref(y)
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, ctypes.byref(matrix))
    paths: list[list[tuple[float, float]]] = [[]]
    for k in range(segments):
        segment = pdfium.FPDFPath_GetPathSegment(item, k)
        pdfium.FPDFPathSegment_GetPoint(segment, *point)
        if pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_MOVETO:
            paths.append([])
        px = matrix.a * x.value + matrix.c * y.value + matrix.e
        py = height - (matrix.b * x.value + matrix.d * y.value + matrix.f)
        paths[-1].append((px, py))
    return paths
