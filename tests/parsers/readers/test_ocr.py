"""Scans and pictures: a real report rendered and degraded is read with no wrong figure offered as sure."""

from __future__ import annotations

import io
import json
import random
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from parsers import Report, read_report
from parsers.model import Document, Grid, GridCell
from parsers.normalize import read_figure
from parsers.readers import ocr
from parsers.readers.ocr import read_image, read_scanned_pdf
from parsers.readers.ocr.ctc import BLANK, doubted, figures

FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"


def degraded(page: Any, *, angle: float, noise: float, quality: int, blur: float, seed: int = 1) -> Any:
    """Return a page turned, blurred, with noise, saved as JPEG: what a cheap scanner makes of it."""
    import cv2
    import numpy as np

    height, width = page.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    page = cv2.warpAffine(page, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=255)
    page = cv2.GaussianBlur(page, (0, 0), blur)
    page = np.clip(page + np.random.default_rng(seed).normal(0, noise, page.shape), 0, 255).astype(np.uint8)
    written, data = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert written
    return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)


def rendered(path: Path, dpi: int) -> list[Any]:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    pages = []
    for i in range(len(document)):
        page = document[i]
        bitmap = page.render(scale=dpi / 72, grayscale=True)
        pixels = bitmap.to_numpy().copy()
        pages.append(pixels.reshape(pixels.shape[:2]))
        bitmap.close()
        page.close()
    document.close()
    return pages


def saved(pages: list[Any], kind: str, dpi: int) -> bytes:
    from PIL import Image

    first, *others = [Image.fromarray(page) for page in pages]
    out = io.BytesIO()
    more = {"save_all": True, "append_images": others} if others else {}
    first.save(out, kind, resolution=dpi, **more) if kind == "PDF" else first.save(out, kind, **more)
    return out.getvalue()


@pytest.fixture(scope="module")
def golden(shared: Path) -> dict:
    return json.loads((shared / "golden" / "hongze-2023.json").read_text())


def assert_read_as(report: Report, golden: dict) -> None:
    wanted = {(c["table"], c["row"], c["column"]): (c["state"], c.get("value")) for c in golden["cells"]}
    got = {c.key: c for c in report.cells}
    assert {key: (c.state, c.value) for key, c in got.items()} == wanted
    assert (report.title, report.issuer, report.report_year) == (golden["title"], golden["issuer"], 2023)
    assert [s.number for s in report.sections] == [1, 2, 3, 4, 5, 6]
    failing = [{"rule": c.rule, "scope": c.scope} for c in report.checks if c.status == "fail"]
    assert failing == golden["failing_checks"]


@pytest.mark.ocr
def test_a_clean_scan_of_a_real_report_is_read_cell_by_cell(shared: Path, golden: dict) -> None:
    pages = rendered(shared / "real" / "hongze-2023.pdf", 150)
    report = read_report(saved(pages, "PDF", 150))
    assert_read_as(report, golden)
    assert report.format == "pdf-ocr"
    cell = next(c for c in report.cells if c.key == ("requests", "new_received", "natural_person"))
    assert cell.where.page == 3
    assert cell.where.box is not None
    x0, y0, x1, y1 = cell.where.box
    assert 0 < x0 < x1 < 596
    assert 0 < y0 < y1 < 842


@pytest.mark.ocr
def test_a_skewed_noisy_scan_is_read_as_well(shared: Path, golden: dict) -> None:
    pages = rendered(shared / "real" / "hongze-2023.pdf", 200)
    pages = [degraded(page, angle=0.7, noise=8, quality=60, blur=0.8) for page in pages]
    assert_read_as(read_report(saved(pages, "PDF", 200)), golden)


def drawn(figures_of: list[list[str]], dpi: int) -> Any:
    """Draw a ruled table of figures on a page of A4."""
    import numpy as np
    from PIL import Image, ImageDraw, ImageFont

    width, height = int(8.27 * dpi), int(11.7 * dpi)
    image = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(FONT, int(10.5 * dpi / 72))
    across, down = int(width * 0.84) // len(figures_of[0]), int(height * 0.85) // len(figures_of)
    left, top = int(width * 0.08), int(height * 0.06)
    right, bottom = left + across * len(figures_of[0]), top + down * len(figures_of)
    for y in range(top, bottom + 1, down):
        draw.line((left, y, right, y), fill=0)
    for x in range(left, right + 1, across):
        draw.line((x, top, x, bottom), fill=0)
    for i, row in enumerate(figures_of):
        for j, text in enumerate(row):
            draw.text((left + (j + 0.5) * across, top + (i + 0.5) * down), text, font=font, fill=0, anchor="mm")
    return np.asarray(image)


def cells(document: Document) -> Iterator[GridCell]:
    for block in document.blocks:
        if isinstance(block, Grid):
            yield from (c for i, row in enumerate(block.rows) for c in row if c.row == i)


@pytest.mark.ocr
@pytest.mark.parametrize("noise", [0, 16])
def test_no_figure_is_wrong_without_doubt(noise: int) -> None:
    dice = random.Random(noise)
    kinds = [lambda: "", lambda: "—", lambda: "/", lambda: str(dice.randrange(10)), lambda: str(dice.randrange(10**7))]
    table = [[dice.choice(kinds)() for _ in range(8)] for _ in range(30)]
    page = drawn(table, 150)
    if noise:
        page = degraded(page, angle=-1.3, noise=noise, quality=40, blur=1.3)
    read = {(c.row, c.column): c for c in cells(read_image(saved([page], "PNG", 150)))}
    assert len(read) == 240
    wrong = {
        at: (table[at[0]][at[1]], cell)
        for at, cell in read.items()
        if (f := read_figure(cell.text)) and (f.state, f.value) != _meaning(table[at[0]][at[1]])
    }
    assert not [found for found in wrong.values() if not found[1].doubt]
    assert len(wrong) <= (5 if noise else 0)
    sure = [cell for cell in read.values() if not cell.doubt]
    assert len(sure) >= 170  # a fifth of the cells holds a solidus, which is never sure where it could be a 1


def _meaning(text: str) -> tuple[str, object]:
    figure = read_figure(text)
    return figure.state, figure.value


@pytest.mark.ocr
def test_a_picture_s_boxes_are_in_its_own_pixels() -> None:
    import numpy as np

    page = drawn([["1", "2", "3"], ["4", "5", "6"]], 150)
    large = np.kron(page, np.ones((2, 2), np.uint8))
    small_boxes = [c.box for c in cells(read_image(saved([page], "PNG", 150)))]
    large_boxes = [c.box for c in cells(read_image(saved([large], "PNG", 300)))]
    assert len(small_boxes) == len(large_boxes) == 6
    for one, other in zip(small_boxes, large_boxes, strict=True):
        assert one is not None
        assert other is not None
        assert [2 * x for x in one] == pytest.approx(list(other), abs=8)


@pytest.mark.ocr
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF"])
def test_every_kind_of_picture_is_read(kind: str) -> None:
    body = saved([drawn([["第一行", "21"], ["第二行", "4119"]], 150)], kind, 150)
    assert [c.text for c in cells(read_image(body))] == ["第一行", "21", "第二行", "4119"]


@pytest.mark.ocr
def test_a_scan_is_read_the_same_each_time() -> None:
    body = saved([drawn([["7", "12"], ["—", "360"]], 100)], "PNG", 100)
    assert read_image(body) == read_image(body)


def png(width: int, height: int) -> bytes:
    """Return a PNG that declares a size and holds a few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.ocr
@pytest.mark.parametrize(
    "body",
    [png(50_000, 50_000), png(10_000, 6_001), png(100, 100)[:60], b"\xff\xd8\xff\xe0 no picture", b"GIF89a"],
    ids=["2.5 gigapixels", "over 60 megapixels", "cut", "no JPEG", "no GIF"],
)
def test_huge_and_damaged_pictures_are_refused_undecoded(body: bytes) -> None:
    report = read_report(body)
    assert report.verdict == "unreadable"
    assert [f.code for f in report.findings] == ["unreadable"]


@pytest.mark.ocr
def test_too_many_pages_are_refused() -> None:
    import numpy as np

    page = np.full((60, 60), 255, np.uint8)
    for body in (saved([page] * 31, "TIFF", 150), saved([page] * 31, "PDF", 150)):
        assert read_report(body).verdict == "unreadable"


@pytest.mark.ocr
def test_noise_without_a_page_ends_in_time_and_is_no_report() -> None:
    import numpy as np

    noise = np.random.default_rng(1).integers(0, 256, (1600, 1200), np.uint8)
    assert read_report(saved([noise], "PNG", 150)).verdict in ("unreadable", "empty", "other")


def test_without_the_extra_a_scan_is_unreadable_and_says_how_to_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "_EXTRA", ("no_such_recogniser",))
    report = read_report(png(100, 100))
    assert report.verdict == "unreadable"
    assert [f.code for f in report.findings] == ["ocr_missing"]
    assert "gongkai-archive[ocr]" in report.findings[0].message


@pytest.mark.ocr
def test_without_the_extra_a_scanned_pdf_is_not_taken_for_an_empty_one(monkeypatch: pytest.MonkeyPatch) -> None:
    body = saved([drawn([["1", "2"], ["3", "4"]], 100)], "PDF", 100)
    assert read_scanned_pdf(body).blocks
    monkeypatch.setattr(ocr, "_EXTRA", ("no_such_recogniser",))
    assert read_report(body).verdict == "unreadable"


def test_a_spelling_counts_every_way_to_write_it_and_rivals_are_doubted() -> None:
    frames = [{BLANK: 0.5, "1": 0.5}, {BLANK: 0.1, "1": 0.9}, {BLANK: 0.9, "7": 0.1}]
    spelled = {s.text: s.probability for s in figures(frames)}
    # "1": 1 in both frames, in the first or in the second alone; then no 7
    assert spelled["1"] == pytest.approx((0.45 + 0.05 + 0.45) * 0.9)
    assert spelled["17"] == pytest.approx((0.45 + 0.05 + 0.45) * 0.1)
    assert doubted(figures(frames), "1", 0.9, 0.01) == ("17", "7")[:1]
    assert doubted(figures([{"1": 0.99, BLANK: 0.01}]), "1", 0.9, 0.01) == ()
