"""Scans and pictures of pages, read by a recogniser that runs offline (the optional extra `ocr`).

Guarantees: declared sizes are checked before anything is decoded; a table's rows and columns are the rules that the
picture shows, and each cell is recognised by itself, so that no figure can slip into its neighbour; a cell without ink
is blank, and one whose ink could be another figure says which (`GridCell.doubt`). Boxes are in points from the upper
left corner of a PDF's page, in pixels for a picture. Without the extra the Document has no blocks and the finding
`ocr_missing`.
"""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parsers.errors import UnreadableError
from parsers.model import Block, Box, Document, Grid, GridCell
from parsers.readers import ctc, pdf
from parsers.readers.pages import page_blocks
from parsers.readers.ruled import Char, Rule, find_grids
from parsers.templates import finding

if TYPE_CHECKING:
    import numpy as np
    import pypdfium2

    Pixels = np.ndarray

MAX_PIXELS = 60_000_000
MAX_PAGES = 30
MAX_RULES = 800
MAX_LINES = 3_000
MAX_INK = 400_000
"""Pixels of text to recognise on a page, all lines behind one another at the recogniser's height."""
THREADS = "GONGKAI_OCR_THREADS"
"""The environment variable that says how many threads recognise; without it, one for each core."""

_DPI = 200
_NARROW = 1_700
"""Pixels: the shorter side of a picture is brought down to this, 200 dpi of A4."""
_LARGE = 12_000_000
_SMALL = 800
"""Pixels: the width at which a page's skew is measured."""
_TURNED = 5
"""Degrees: a scan is not fed in more askew."""
_POINTS = 595.0
"""The shorter side of a page in points, which the shared table code counts in: A4."""
_EXTRA = ("rapidocr", "onnxruntime", "cv2", "PIL", "numpy")
_MODEL = "PP-OCRv6_rec_small.onnx"
_HEIGHT = 48
"""Pixels: the height of the recogniser's input."""
_LEAST = 32
_WIDEST = 3_200
_BATCH = 6_400
"""Pixels of width in one call of the recogniser: the answer holds 18,000 characters for each eighth pixel."""
_FIGURE_MARKS = "0123456789.,-+/—"
_LONGEST_FIGURE = 24
_SURE = 0.9
"""The probability from which a reading stands; below it the cell is in doubt."""
_FAINT = 0.01
"""The probability from which another reading puts one in doubt."""
_NEGLIGIBLE = 1e-5
_FAINT_INK = 0.6
_UPRIGHT = ("", "1", "I", "l", "|", "t", "i", "丨", "J")
"""What the recogniser may take a solidus for."""
_SLANTED = -0.25
"""A 1 is upright (0.07 to 0.3 in print, down to -0.16 blurred), a solidus is not (-0.3 to -0.95)."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line of ink to recognise: its box in pixels of the upright page."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class _Read:
    """A recognised line: text, the place of each character along it from 0 to 1, and figures that may stand there."""

    text: str
    at: tuple[float, ...]
    doubt: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Page:
    """An upright page: grey pixels, the pixels of its ink without rules, the rules in pixels, how to turn boxes back."""

    grey: Pixels
    ink: Pixels
    size: float
    """The usual height of a character in pixels."""
    darkness: float
    """The mean of what the ink's pixels are short of white."""
    horizontal: tuple[Rule, ...]
    vertical: tuple[Rule, ...]
    turn_back: Callable[[Box], Box]


def is_installed() -> bool:
    """Tell whether the extra is there, without loading it."""
    return all(find_spec(name) is not None for name in _EXTRA)


def read_image(body: bytes) -> Document:
    """Read a picture (PNG, JPEG, GIF, BMP, TIFF) into a Document; raises UnreadableError for a damaged or huge one."""
    if not is_installed():
        return Document((), "image", findings=(finding("ocr_missing"),))
    blocks: list[Block] = []
    for number, (picture, scale) in enumerate(_pictures(body), 1):
        blocks += _read_page(picture, scale, number)
    return Document(tuple(blocks), "image")


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
        blocks: list[Block] = []
        for index in range(len(document)):
            page = document[index]
            if not pdf.is_scan(page):
                blocks += pdf.page_text(page, index + 1)
            elif installed:
                blocks += _read_page(_rendered(page, index + 1), 72 / _DPI, index + 1)
            page.close()
        metadata = pdf.title_of(document)
    finally:
        document.close()
    return Document(tuple(blocks), "pdf-ocr", metadata, findings=() if installed else (finding("ocr_missing"),))


def _rendered(page: pypdfium2.PdfPage, number: int) -> Pixels:
    width, height = page.get_size()
    _check_pixels(width * height * (_DPI / 72) ** 2, f"page {number}", f"第 {number} 页")
    bitmap = page.render(scale=_DPI / 72, grayscale=True)
    pixels: Pixels = bitmap.to_numpy().copy()
    bitmap.close()
    return pixels.reshape(pixels.shape[:2])


def _check_pixels(pixels: float, what: str, what_zh: str) -> None:
    if pixels > MAX_PIXELS:
        raise UnreadableError(
            f"{what} has {pixels / 1e6:.0f} megapixels, over the limit of {MAX_PIXELS // 10**6}",
            f"{what_zh}有 {pixels / 1e6:.0f} 百万像素，超过上限 {MAX_PIXELS // 10**6}",
        )


def _pictures(body: bytes) -> Iterator[tuple[Pixels, float]]:
    """Yield each page of a picture as (grey pixels, pixels of the original for one of these)."""
    import numpy as np
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own warnings on size and damaged metadata: limits are ours
            with Image.open(io.BytesIO(body), formats=("PNG", "JPEG", "GIF", "BMP", "TIFF")) as image:
                for number in range(1 if image.format == "GIF" else MAX_PAGES + 1):
                    try:
                        image.seek(number)
                    except EOFError:
                        return
                    if number == MAX_PAGES:
                        raise UnreadableError(
                            f"the picture has more than {MAX_PAGES} pages", f"图片超过 {MAX_PAGES} 页"
                        )
                    _check_pixels(image.width * image.height, "the picture", "图片")
                    shorter = min(image.size)
                    scale = max(1.0, shorter / _NARROW, (image.width * image.height / _LARGE) ** 0.5)
                    grey = _flattened(image)
                    if scale > 1:
                        size = (max(1, round(image.width / scale)), max(1, round(image.height / scale)))
                        grey = grey.resize(size, Image.Resampling.LANCZOS)
                    yield np.asarray(grey), scale
    except Image.DecompressionBombError as error:
        raise UnreadableError(f"the picture is too large: {error}", f"图片过大：{error}") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise UnreadableError(f"the picture is damaged: {error}", f"图片已损坏：{error}") from error


def _flattened(image: Any) -> Any:
    """Return a picture in greys on white: what is transparent is paper."""
    from PIL import Image

    if image.has_transparency_data:
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image.convert("RGBA"))
        return paper.convert("L")
    return image.convert("L")


def _read_page(grey: Pixels, scale: float, number: int) -> list[Block]:
    """Read one page; `scale` is the output's unit for one pixel of `grey`."""
    if min(grey.shape) < _HEIGHT:
        return []
    page = _prepared(grey, number)
    points = _POINTS / min(page.grey.shape)
    horizontal = [Rule(r.at * points, r.start * points, r.end * points) for r in page.horizontal]
    vertical = [Rule(r.at * points, r.start * points, r.end * points) for r in page.vertical]
    cells: dict[Box, list[_Piece]] = {}
    free = page.ink.copy()
    for ruled in find_grids(horizontal, vertical, [], number):
        for box in dict.fromkeys(c.box for row in ruled.grid.rows for c in row if c.box):
            left, top, right, bottom = (round(x / points) for x in box)
            cells[box] = _pieces(page.ink, left, top, right, bottom, page.size)
        left, top, right, bottom = (round(x / points) for x in ruled.box)
        free[max(0, top) : bottom, max(0, left) : right] = 0
    lines = _pieces(free, 0, 0, free.shape[1], free.shape[0], page.size)
    pieces = [*(piece for found in cells.values() for piece in found), *lines]
    if len(pieces) > MAX_LINES:
        raise _no_page(number)
    read = dict(zip(pieces, _recognised(page, pieces, number), strict=True))
    chars = [char for line in lines for char in _chars(line, read[line], points)]
    out: list[Block] = []
    for block in page_blocks(chars, horizontal, vertical, page.grey.shape[0] * points, number):
        out.append(
            _filled(block, cells, read, lambda b: _scaled(page.turn_back(_scaled(b, 1 / points)), scale))
            if isinstance(block, Grid)
            else block
        )
    return out


def _no_page(number: int) -> UnreadableError:
    return UnreadableError(
        f"page {number} of the scan shows no text but noise", f"扫描件第 {number} 页是噪点，不是文字"
    )


def _scaled(box: Box, by: float) -> Box:
    return (round(box[0] * by, 1), round(box[1] * by, 1), round(box[2] * by, 1), round(box[3] * by, 1))


def _filled(grid: Grid, cells: dict[Box, list[_Piece]], read: dict[_Piece, _Read], place: Callable[[Box], Box]) -> Grid:
    """Return a grid with what was recognised in its cells; `place` gives a box its place on the page."""
    done: dict[GridCell, GridCell] = {}
    for cell in (c for row in grid.rows for c in row):
        if cell in done or cell.box is None:
            continue
        lines = [read[piece] for piece in cells.get(cell.box, ())]
        figures = [line for line in lines if line.text != "—"]
        if len(lines) > 1 and len(figures) == 1:
            text, doubt = figures[0].text, (*figures[0].doubt, "—")  # the dash may be what is left of a rule
        else:
            text, doubt = "\n".join(line.text for line in lines), _doubt_of(lines)
        done[cell] = replace(cell, text=text, doubt=doubt, box=place(cell.box))
    return replace(grid, rows=tuple(tuple(done.get(c, c) for c in row) for row in grid.rows))


def _doubt_of(lines: Sequence[_Read]) -> tuple[str, ...]:
    """Return the doubt about a cell: a figure stands on one line, and what is above or below it there may be dirt."""
    if len(lines) == 1:
        return lines[0].doubt
    if sum(_has_words(line.text) for line in lines) * 2 > len(lines):
        return ()  # a label
    return tuple(dict.fromkeys(reading for line in lines for reading in (line.text, *line.doubt) if reading))


def _has_words(text: str) -> bool:
    """Tell whether a text has ideographs; 一 alone is as likely a dash."""
    return any("\u4e00" < c <= "\u9fff" for c in text)


def _chars(piece: _Piece, read: _Read, points: float) -> Iterator[Char]:
    """Yield a line's characters, each reaching to the middle between it and its neighbours."""
    if not read.text:
        return
    width = piece.right - piece.left
    middles = [(a + b) / 2 for a, b in zip(read.at, read.at[1:], strict=False)]
    for text, start, end in zip(read.text, [0.0, *middles], [*middles, 1.0], strict=True):
        x0, x1 = piece.left + start * width, piece.left + end * width
        yield Char(text, x0 * points, piece.top * points, x1 * points, piece.bottom * points)


# -- the picture -----------------------------------------------------------------------------------


def _prepared(grey: Pixels, number: int) -> _Page:
    """Turn a page upright, find its rules and its ink."""
    import cv2

    length = min(grey.shape) // 42
    dark = _dark(grey)
    angle = _skew(dark)
    turn_back: Callable[[Box], Box] = _stay
    if abs(angle) >= 0.05:
        height, width = grey.shape
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
        grey = cv2.warpAffine(grey, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=255)
        turn_back = _turned(cv2.invertAffineTransform(matrix).tolist())
        dark = _dark(grey)
    horizontal, vertical, drawn = _rules(dark, length)
    if max(len(horizontal), len(vertical)) > MAX_RULES:
        raise _no_page(number)
    grey = grey.copy()
    grey[drawn > 0] = 255
    dark[drawn > 0] = 0
    ink, size = _without_specks(dark)
    darkness = float((255 - grey)[ink > 0].mean()) if ink.any() else 0.0
    return _Page(grey, ink, size, darkness, tuple(horizontal), tuple(vertical), turn_back)


def _stay(box: Box) -> Box:
    return box


def _turned(matrix: Sequence[Sequence[float]]) -> Callable[[Box], Box]:
    """Return what gives a box the bounds that it has under `matrix` (two rows of three)."""

    def turn(box: Box) -> Box:
        corners = [(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
        xs, ys = ([a * x + b * y + c for x, y in corners] for a, b, c in matrix)
        return (min(xs), min(ys), max(xs), max(ys))

    return turn


def _dark(grey: Pixels) -> Pixels:
    """Return the pixels darker than what is around them: paper may be grey and its light uneven."""
    import cv2

    smooth = cv2.GaussianBlur(grey, (0, 0), 1.0)  # the sensor's noise is no ink
    dark: Pixels = cv2.adaptiveThreshold(255 - smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 31, -12)
    return dark


def _skew(dark: Pixels) -> float:
    """Return by how many degrees the page is turned: the angle at which its lines and rules are sharpest."""
    import cv2
    import numpy as np

    scale = _SMALL / dark.shape[1]
    small = cv2.resize(dark, (_SMALL, max(1, round(dark.shape[0] * scale))), interpolation=cv2.INTER_AREA)
    middle = _SMALL / 2

    def sharpness(angle: float) -> float:
        slope = np.tan(np.radians(angle))
        sheared = cv2.warpAffine(
            small, np.array([[1, 0, 0], [-slope, 1, slope * middle]]), (_SMALL, small.shape[0]), flags=cv2.INTER_LINEAR
        )
        return float((np.diff(sheared.sum(axis=1, dtype=np.float64)) ** 2).sum())

    best = max((i / 4 for i in range(-4 * _TURNED, 4 * _TURNED + 1)), key=lambda a: (sharpness(a), -abs(a)))
    return max((best + i / 20 for i in range(-5, 6)), key=lambda a: (sharpness(a), -abs(a)))


def _rules(dark: Pixels, length: int) -> tuple[list[Rule], list[Rule], Pixels]:
    """Return horizontal and vertical rules in pixels, and the mask of what is drawn by them."""
    import cv2
    import numpy as np

    height, width = dark.shape
    drawn = np.zeros_like(dark)
    found: list[list[Rule]] = []
    for across, opened in ((True, (1, 2 * length)), (False, (length, 1))):
        mask = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones(opened, np.uint8))
        mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, length) if across else (length, 3), np.uint8))
        count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
        rules = []
        kept: Pixels = np.zeros(count, np.uint8)
        for i, (x, y, w, h, _) in enumerate(stats.tolist()):
            if i == 0 or (w <= h if across else h <= w):
                continue
            rule = Rule(y + h / 2, x, x + w) if across else Rule(x + w / 2, y, y + h)
            # a character's stroke does not reach from one rule to another
            if across or _crossed(rule, found[0], height / 80):
                rules.append(rule)
                kept[i] = 255
        drawn |= kept[labels]
        found.append(rules)
    # what a blurred rule leaves beside itself
    return found[0], found[1], cv2.dilate(drawn, np.ones((3, 3), np.uint8), iterations=max(1, width // 900))


def _crossed(rule: Rule, across: Sequence[Rule], tolerance: float) -> bool:
    """Tell whether a vertical rule meets two horizontal ones."""
    met = [
        r.at
        for r in across
        if rule.start - tolerance <= r.at <= rule.end + tolerance
        and r.start - tolerance <= rule.at <= r.end + tolerance
    ]
    return bool(met) and max(met) - min(met) > tolerance


def _without_specks(dark: Pixels) -> tuple[Pixels, float]:
    """Return ink without specks of noise and without what is too large for a character (edges, pictures), and the
    usual height of a character in pixels: that of the larger part of what is drawn in one piece."""
    import cv2
    import numpy as np

    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark)
    width, height, area = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_AREA]
    least = min(dark.shape) / 300
    kept: Pixels = (np.maximum(width, height) >= least) & (area >= least * 1.5) & (height < dark.shape[0] / 12)
    kept[0] = False
    tall = height[kept & (height > 2 * least)]
    size = float(np.percentile(tall, 80)) if tall.size else 4 * least
    return (kept.astype(np.uint8) * 255)[labels], size


def _runs(filled: Pixels) -> list[tuple[int, int]]:
    """Return (start, end) of each run of true values."""
    import numpy as np

    edges = np.flatnonzero(np.diff(np.concatenate(([0], filled.astype(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _pieces(ink: Pixels, left: int, top: int, right: int, bottom: int, size: float) -> list[_Piece]:
    """Return the lines of ink inside a box, top to bottom.

    Runs of rows are one line while together they are no higher than a character: 三 has three of them.
    """
    left, top = max(0, left), max(0, top)
    inside = ink[top:bottom, left:right] > 0
    if not inside.any():
        return []
    rows: list[list[int]] = []
    for start, end in _runs(inside.any(axis=1)):
        if rows and end - rows[-1][0] <= 1.15 * size:
            rows[-1][1] = end
        else:
            rows.append([start, end])
    pieces = []
    for start, end in rows:
        columns = inside[start:end].any(axis=0).nonzero()[0]
        first, last = int(columns[0]), int(columns[-1]) + 1
        if max(end - start, last - first) >= 0.2 * size:
            pieces.append(_Piece(left + first, top + start, left + last, top + end))
    return pieces


# -- the recogniser --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Recogniser:
    session: Any
    characters: tuple[str, ...]
    figure_marks: tuple[tuple[int, str], ...]


@cache
def _recogniser() -> _Recogniser:
    """Load the model that the rapidocr wheel brings along; its Python code, which may download, is not run."""
    import onnxruntime

    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("rapidocr")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # waiting threads take the other's core
    options.intra_op_num_threads = int(os.environ.get(THREADS, "0"))
    path = Path(spec.origin).parent / "models" / _MODEL
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    characters = session.get_modelmeta().custom_metadata_map["character"].splitlines()
    known = (ctc.BLANK, *characters, " ")
    marks = tuple((i, c) for i, c in enumerate(known) if c in _FIGURE_MARKS or c == ctc.BLANK)
    return _Recogniser(session, known, marks)


def _recognised(page: _Page, pieces: Sequence[_Piece], number: int) -> list[_Read]:
    """Recognise lines of a page; the narrow ones go together, so that little is padding."""
    import numpy as np

    if not pieces:
        return []
    recogniser = _recogniser()
    crops = [_crop(page, piece) for piece in pieces]
    if sum(crop.shape[1] for crop in crops) > MAX_INK:
        raise _no_page(number)
    out: list[_Read | None] = [None] * len(pieces)
    batch: list[int] = []
    order = sorted(range(len(crops)), key=lambda i: crops[i].shape[1])
    for place, i in enumerate(order):
        batch.append(i)
        following = crops[order[place + 1]].shape[1] if place + 1 < len(order) else 0
        if following and (len(batch) + 1) * following <= _BATCH:
            continue
        width = max(_LEAST, crops[i].shape[1])
        padded = np.zeros((len(batch), 3, _HEIGHT, width), np.float32)
        for k, j in enumerate(batch):
            padded[k, :, :, : crops[j].shape[1]] = crops[j].astype(np.float32) / 127.5 - 1
        (answers,) = recogniser.session.run(None, {recogniser.session.get_inputs()[0].name: padded})
        for j, frames in zip(batch, answers, strict=True):
            out[j] = _decoded(
                frames,
                crops[j].shape[1] / width,
                _ink_of(page, pieces[j]),
                page.size,
                _is_faint(page, pieces[j]),
                recogniser,
            )
        batch = []
    return [read for read in out if read is not None]


def _ink_of(page: _Page, piece: _Piece) -> Pixels:
    return page.ink[piece.top : piece.bottom, piece.left : piece.right]


def _is_faint(page: _Page, piece: _Piece) -> bool:
    """Tell whether a piece is much lighter than the page's text."""
    import numpy as np

    grey = page.grey[piece.top : piece.bottom, piece.left : piece.right][_ink_of(page, piece) > 0]
    return float(np.mean(255 - grey)) < _FAINT_INK * page.darkness


def _crop(page: _Page, piece: _Piece) -> Pixels:
    """Return a line's pixels with some paper around it, at the recogniser's height: a low one keeps its proportion."""
    import cv2

    height = piece.bottom - piece.top
    pad = max(2, round(0.15 * height))
    above = max(pad, round((0.8 * page.size - height) / 2))
    cut = page.grey[max(0, piece.top - above) : piece.bottom + above, max(0, piece.left - pad) : piece.right + pad]
    width = min(_WIDEST, max(8, round(cut.shape[1] * _HEIGHT / cut.shape[0])))
    crop: Pixels = cv2.resize(cut, (width, _HEIGHT), interpolation=cv2.INTER_LINEAR)
    return crop


def _decoded(frames: Pixels, used: float, ink: Pixels, size: float, faint: bool, recogniser: _Recogniser) -> _Read:
    """Read one line's frames, of which the share `used` is not padding; `ink`, `size`, `faint` tell a dash from a digit or dirt."""
    best = frames.argmax(axis=1)
    text, at, surest = [], [], []
    before = 0
    for i, index in enumerate(best.tolist()):
        if index and index != before:
            text.append(recogniser.characters[index])
            at += [min(1.0, (i + 0.5) / (len(best) * used))] * len(text[-1])
            surest.append(float(frames[i, index]))
        elif index:
            surest[-1] = max(surest[-1], float(frames[i, index]))
        before = index
    line = "".join(text)
    if len(line) > _LONGEST_FIGURE or (
        _has_words(line) and (len(line) > 3 or min(surest) >= _SURE) and (len(line) > 1 or line == "无")
    ):
        return _Read(line, tuple(at), ())
    if len(line) <= 3 and _is_bar(ink, size):
        # a faint one may be dirt: then the cell is blank
        return _Read("—", (0.5,), ("",) if faint else ())  # the recogniser takes a dash for 一, ■ or nothing
    marks = [c for _, c in recogniser.figure_marks]
    likely = frames[:, [i for i, _ in recogniser.figure_marks]].astype(float).tolist()
    spelled = ctc.figures({c: p for c, p in zip(marks, row, strict=True) if p > _NEGLIGIBLE} for row in likely)
    doubt = ctc.doubted(spelled, line, _SURE, _FAINT)
    if line in _UPRIGHT and _slant(ink) < _SLANTED:
        return _Read("/", (0.5,), tuple(dict.fromkeys(d for d in (line, *doubt) if d.isdigit())) or ("1",))
    return _Read(line, tuple(at), doubt)


def _is_bar(ink: Pixels, size: float) -> bool:
    """Tell whether ink is a dash: low, wide and full."""
    height, width = ink.shape
    return bool(height < size * 0.45 and width > 1.5 * height and (ink > 0).mean() > 0.45)


def _slant(ink: Pixels) -> float:
    """Return how closely ink follows a line that rises to the right: -1 exactly, 0 not at all."""
    import numpy as np

    ys, xs = ink.nonzero()
    return float(np.corrcoef(xs, ys)[0, 1]) if np.ptp(xs) and np.ptp(ys) else 0.0
