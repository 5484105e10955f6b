"""OFD and scans out of a PDF: the same characters and rules written again, or drawn as pictures."""

from __future__ import annotations

import ctypes
import io
import random
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise
from xml.sax.saxutils import escape

import pypdfium2
import pypdfium2.raw as pdfium

_MM = 25.4 / 72
_NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_XML = '<?xml version="1.0" encoding="UTF-8"?>'
DPI = 150


def to_ofd(pdf: bytes) -> bytes:
    """Return an OFD (GB/T 33190) with the characters and rules of a PDF."""
    document = pypdfium2.PdfDocument(pdf)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "OFD.xml",
            f'{_XML}<ofd:OFD {_NS} DocType="OFD" Version="1.0"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0</ofd:DocID>'
            "</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        )
        pages = ""
        for number in range(len(document)):
            page = document[number]
            width, height = page.get_size()
            body = "".join((*_ofd_rules(page, height), *_ofd_text(page, height)))
            archive.writestr(
                f"Doc_0/Pages/Page_{number}/Content.xml",
                f"{_XML}<ofd:Page {_NS}><ofd:Area><ofd:PhysicalBox>0 0 {width * _MM:.2f} {height * _MM:.2f}"
                f'</ofd:PhysicalBox></ofd:Area><ofd:Content><ofd:Layer ID="{number + 2}">{body}</ofd:Layer>'
                "</ofd:Content></ofd:Page>",
            )
            pages += f'<ofd:Page ID="{number + 1000}" BaseLoc="Pages/Page_{number}/Content.xml"/>'
        archive.writestr(
            "Doc_0/PublicRes.xml",
            f'{_XML}<ofd:Res {_NS} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="3" FontName="宋体" FamilyName="宋体"/>'
            "</ofd:Fonts></ofd:Res>",
        )
        archive.writestr(
            "Doc_0/Document.xml",
            f"{_XML}<ofd:Document {_NS}><ofd:CommonData><ofd:MaxUnitID>999999</ofd:MaxUnitID><ofd:PageArea>"
            "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml"
            f"</ofd:PublicRes></ofd:CommonData><ofd:Pages>{pages}</ofd:Pages></ofd:Document>",
        )
    document.close()
    return out.getvalue()


def _ofd_rules(page: pypdfium2.PdfPage, height: float) -> Iterator[str]:
    """Yield each path's box: a thin one as a line, another as a frame."""
    for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=4):
        left, bottom, right, top = item.get_bounds()
        x, y, w, h = left * _MM, (height - top) * _MM, (right - left) * _MM, (top - bottom) * _MM
        if w > 400 or h > 400 or (w > 150 and h > 250):
            continue  # the sheet itself
        if h < 1.2 and h <= w:
            data = f"M 0 {h / 2:.3f} L {w:.3f} {h / 2:.3f}"
        elif w < 1.2:
            data = f"M {w / 2:.3f} 0 L {w / 2:.3f} {h:.3f}"
        else:
            data = f"M 0 0 L {w:.3f} 0 L {w:.3f} {h:.3f} L 0 {h:.3f} C"
        yield (
            f'<ofd:PathObject ID="1" Boundary="{x:.3f} {y:.3f} {w:.3f} {h:.3f}" LineWidth="0.2">'
            f"<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"
        )


def _ofd_text(page: pypdfium2.PdfPage, height: float) -> Iterator[str]:
    """Yield runs of characters on one line, their places as DeltaX."""
    text = page.get_textpage()
    run: list[tuple[str, float, float, float]] = []  # character, x, baseline from above, size
    x, y, matrix = ctypes.c_double(), ctypes.c_double(), pdfium.FS_MATRIX()
    for i in range(text.count_chars() + 1):
        code = pdfium.FPDFText_GetUnicode(text.raw, i) if i < text.count_chars() else 0
        drawn = code > 32 and code not in (0xFFFE, 0xFFFF)
        pdfium.FPDFText_GetCharOrigin(text.raw, i, ctypes.byref(x), ctypes.byref(y))
        pdfium.FPDFText_GetMatrix(text.raw, i, ctypes.byref(matrix))
        size = pdfium.FPDFText_GetFontSize(text.raw, i) * (abs(matrix.d) or 1.0)
        here = (chr(code), x.value, height - y.value, size)
        broken = run and (not drawn or abs(here[2] - run[-1][2]) > 1 or not 0 < here[1] - run[-1][1] < 2.2 * size)
        if broken:
            yield _ofd_run(run)
            run = []
        if drawn:
            run.append(here)
    if run:
        yield _ofd_run(run)
    text.close()


def _ofd_run(run: list[tuple[str, float, float, float]]) -> str:
    _, x, y, size = run[0]
    deltas = " ".join(f"{(b[1] - a[1]) * _MM:.3f}" for a, b in pairwise(run))
    delta = f' DeltaX="{deltas}"' if deltas else ""
    return (
        f'<ofd:TextObject ID="1" Boundary="{x * _MM:.3f} {(y - size) * _MM:.3f} '
        f'{(run[-1][1] - x + size) * _MM:.3f} {size * 1.3 * _MM:.3f}" Font="3" Size="{size * _MM:.3f}">'
        f'<ofd:TextCode X="0" Y="{size * _MM:.3f}"{delta}>{escape("".join(c[0] for c in run))}</ofd:TextCode>'
        "</ofd:TextObject>"
    )


def to_scan(pdf: bytes, seed: int) -> bytes:
    """Return a PDF of pictures only: each page drawn at 150 dpi, grey, with a little noise."""
    rng = random.Random(seed)
    document = pypdfium2.PdfDocument(pdf)
    objects: list[bytes] = [b"<</Type/Catalog/Pages 2 0 R>>", b""]
    kids = []
    for page in document:
        width, height = page.get_size()
        bitmap = page.render(scale=DPI / 72, grayscale=True)
        rows = [
            bytes(bitmap.buffer[y * bitmap.stride : y * bitmap.stride + bitmap.width]) for y in range(bitmap.height)
        ]
        pixels = bytearray(b"".join(rows))
        for _ in range(len(pixels) // 2000):
            pixels[rng.randrange(len(pixels))] = rng.randrange(256)
        packed = zlib.compress(bytes(pixels), 6)
        first = len(objects) + 1
        kids.append(f"{first} 0 R")
        drawing = f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /I Do Q".encode()
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width:.2f} {height:.2f}]/Contents {first + 2} 0 R"
            f"/Resources<</XObject<</I {first + 1} 0 R>>>>>>".encode(),
            f"<</Type/XObject/Subtype/Image/Width {bitmap.width}/Height {bitmap.height}/ColorSpace/DeviceGray"
            f"/BitsPerComponent 8/Filter/FlateDecode/Length {len(packed)}>>stream\n".encode()
            + packed
            + b"\nendstream",
            f"<</Length {len(drawing)}>>stream\n".encode() + drawing + b"\nendstream",
        ]
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>".encode()
    document.close()
    return _pdf(objects)


def _pdf(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{p:010d} 00000 n \n".encode() for p in places)
    return bytes(out + f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode())
