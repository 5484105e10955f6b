"""Writes an OFD file (GB/T 33190) from a PDF: the same characters at the same places, the same paths."""

from __future__ import annotations

import ctypes
import io
import zipfile
from collections.abc import Iterator
from html import escape
from itertools import pairwise

import pypdfium2
import pypdfium2.raw as pdfium

NAMESPACE = "http://www.ofdspec.org/2016"
MILLIMETRE = 25.4 / 72
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def write_ofd(pdf: bytes, namespace: str = NAMESPACE) -> bytes:
    """Return an OFD of a PDF's pages; equal steps are written as `g n d`."""
    document = pypdfium2.PdfDocument(pdf)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "OFD.xml",
            f'{HEAD}<ofd:OFD xmlns:ofd="{namespace}" DocType="OFD" Version="1.0"><ofd:DocBody><ofd:DocInfo>'
            "<ofd:DocID>0</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        )
        pages = ""
        for number in range(len(document)):
            page = document[number]
            width, height = page.get_size()
            objects = "".join([*_paths(page, height), *_texts(page, height)])
            package.writestr(
                f"Doc_0/Pages/Page_{number}/Content.xml",
                f'{HEAD}<ofd:Page xmlns:ofd="{namespace}"><ofd:Area><ofd:PhysicalBox>0 0 {width * MILLIMETRE:.2f} '
                f"{height * MILLIMETRE:.2f}</ofd:PhysicalBox></ofd:Area><ofd:Content><ofd:Layer>{objects}"
                "</ofd:Layer></ofd:Content></ofd:Page>",
            )
            pages += f'<ofd:Page ID="{number + 1}" BaseLoc="Pages/Page_{number}/Content.xml"/>'
        package.writestr(
            "Doc_0/Document.xml",
            f'{HEAD}<ofd:Document xmlns:ofd="{namespace}"><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297'
            f"</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>{pages}</ofd:Pages></ofd:Document>",
        )
    document.close()
    return out.getvalue()


def _paths(page: pypdfium2.PdfPage, height: float) -> Iterator[str]:
    """Translate each path, its operators kept."""
    x, y = ctypes.c_float(), ctypes.c_float()
    for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH]):
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(item.raw, ctypes.byref(fill), ctypes.byref(stroke))
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFPageObj_GetMatrix(item.raw, ctypes.byref(matrix))
        data = []
        for k in range(pdfium.FPDFPath_CountSegments(item.raw)):
            segment = pdfium.FPDFPath_GetPathSegment(item.raw, k)
            pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
            px = (matrix.a * x.value + matrix.c * y.value + matrix.e) * MILLIMETRE
            py = (height - (matrix.b * x.value + matrix.d * y.value + matrix.f)) * MILLIMETRE
            operator = "M" if pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_MOVETO else "L"
            data.append(
                f"{operator} {px - 10:.4f} {py - 20:.4f}" + (" C" if pdfium.FPDFPathSegment_GetClose(segment) else "")
            )
        yield (
            f'<ofd:PathObject Boundary="10 20 190 270" LineWidth="0.2" Stroke="{str(bool(stroke.value)).lower()}" '
            f'Fill="{str(bool(fill.value)).lower()}"><ofd:AbbreviatedData>{" ".join(data)}</ofd:AbbreviatedData></ofd:PathObject>'
        )


def _texts(page: pypdfium2.PdfPage, height: float) -> Iterator[str]:
    """Write runs of characters on one line as text objects with the steps between them."""
    text = page.get_textpage()
    x, y = ctypes.c_double(), ctypes.c_double()
    run: list[tuple[str, float, float, float]] = []
    for i in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text.raw, i)
        pdfium.FPDFText_GetCharOrigin(text.raw, i, ctypes.byref(x), ctypes.byref(y))
        size = pdfium.FPDFText_GetFontSize(text.raw, i)
        char = (chr(code), x.value * MILLIMETRE, (height - y.value) * MILLIMETRE, size * MILLIMETRE)
        broken = code <= 32 or (run and (abs(char[2] - run[-1][2]) > 0.3 or abs(char[1] - run[-1][1]) > 2.5 * char[3]))
        if broken and run:
            yield _text_object(run)
            run = []
        if code > 32 and code < 0xFFFE:
            run.append(char)
    if run:
        yield _text_object(run)
    text.close()


def _text_object(run: list[tuple[str, float, float, float]]) -> str:
    _, left, baseline, size = run[0]
    steps = [f"{b[1] - a[1]:.3f}" for a, b in pairwise(run)]
    delta = ""
    if steps:
        same = len(set(steps)) == 1 and len(steps) > 1
        delta = f' DeltaX="{f"g {len(steps)} {steps[0]}" if same else " ".join(steps)}"'
    return (
        f'<ofd:TextObject Boundary="{left:.3f} {baseline - size:.3f} {run[-1][1] - left + size:.3f} {1.3 * size:.3f}" '
        f'Font="3" Size="{size:.3f}"><ofd:TextCode X="0" Y="{size:.3f}"{delta}>{escape("".join(c[0] for c in run))}'
        "</ofd:TextCode></ofd:TextObject>"
    )
