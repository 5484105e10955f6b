"""Scans and pictures of pages, read by a recogniser that runs offline (the optional extra `ocr`).

Guarantees: declared sizes are checked before anything is decoded; a table's rows and columns are the rules that the
picture shows, and each cell is recognised by itself, so that no figure can slip into its neighbour; a cell without ink
is blank, and one whose ink could be another figure says which (`GridCell.doubt`). Boxes are in points from the upper
left corner of a PDF's page, in pixels for a picture. Without the extra the Document has no blocks and the finding
`ocr_missing`.
"""

from __future__ import annotations

from importlib.util import find_spec

from parsers.errors import UnreadableError
from parsers.model import Document
from parsers.readers import pdf
from parsers.readers.ocr.page import ScannedPage, read_page, with_list
from parsers.readers.ocr.pictures import DPI, MAX_PAGES, pictures, rendered
from parsers.templates import finding

_EXTRA = ("rapidocr", "onnxruntime", "cv2", "PIL", "numpy")


def is_installed() -> bool:
    """Tell whether the extra is there, without loading it."""
    return all(find_spec(name) is not None for name in _EXTRA)


def read_image(body: bytes) -> Document:
    """Read a picture (PNG, JPEG, GIF, BMP, TIFF) into a Document; raises UnreadableError for a damaged or huge one."""
    if not is_installed():
        return Document((), "image", findings=(finding("ocr_missing"),))
    pages = [read_page(picture, scale, number) for number, (picture, scale) in enumerate(pictures(body), 1)]
    return Document(tuple(with_list(pages)), "image")


def read_scanned_pdf(body: bytes) -> Document:
    """Read a PDF some of whose pages are pictures; pages with a text layer are read from it.

    Raises UnreadableError where it is damaged, encrypted or too large.
    """
    installed = is_installed()
    document = pdf.open_pdf(body)
    try:
        if len(document) > MAX_PAGES:
            raise UnreadableError(
                f"the scan has {len(document)} pages, over the limit of {MAX_PAGES}",
                f"扫描件有 {len(document)} 页，超过上限 {MAX_PAGES}",
            )
        pages: list[ScannedPage] = []
        for index in range(len(document)):
            page = document[index]
            if not pdf.is_scan(page):
                pages.append(ScannedPage(tuple(pdf.page_text(page, index + 1))))
            elif installed:
                pages.append(read_page(rendered(page, index + 1), 72 / DPI, index + 1))
            page.close()
        metadata = pdf.title_of(document)
    finally:
        document.close()
    return Document(
        tuple(with_list(pages)), "pdf-ocr", metadata, findings=() if installed else (finding("ocr_missing"),)
    )
