"""What a line of ink says: the model of the rapidocr wheel, run offline, and the doubt that its probabilities leave.

Guarantees: a figure that could be another says which; a dash and a solidus are told by their ink, where the model takes
them for something else.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parsers.readers.ocr import ctc
from parsers.readers.ocr.lines import Piece
from parsers.readers.ocr.upright import Page, no_page

if TYPE_CHECKING:
    import numpy as np

    Pixels = np.ndarray

MAX_INK = 400_000
"""Pixels of text to recognise on a page, all lines behind one another at the recogniser's height."""
THREADS = "GONGKAI_OCR_THREADS"
"""The environment variable that says how many threads recognise; without it, one for each core."""

_MODEL = "PP-OCRv6_rec_small.onnx"
HEIGHT = 48
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
_STROKES = 2
"""Figures that a slanted stroke may be: 1 and 7, the likeliest."""
_SLANTED = -0.25
"""A 1 is upright (0.07 to 0.3 in print, down to -0.16 blurred), a solidus is not (-0.3 to -0.95)."""


@dataclass(frozen=True, slots=True)
class Read:
    """A recognised line: text, the place of each character along it from 0 to 1, and figures that may stand there."""

    text: str
    at: tuple[float, ...]
    doubt: tuple[str, ...]


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


def recognised(page: Page, pieces: Sequence[Piece], number: int) -> list[Read]:
    """Recognise lines of a page; the narrow ones go together, so that little is padding."""
    import numpy as np

    if not pieces:
        return []
    recogniser = _recogniser()
    crops = [_crop(page, piece) for piece in pieces]
    if sum(crop.shape[1] for crop in crops) > MAX_INK:
        raise no_page(number)
    out: list[Read | None] = [None] * len(pieces)
    batch: list[int] = []
    order = sorted(range(len(crops)), key=lambda i: crops[i].shape[1])
    for place, i in enumerate(order):
        batch.append(i)
        following = crops[order[place + 1]].shape[1] if place + 1 < len(order) else 0
        if following and (len(batch) + 1) * following <= _BATCH:
            continue
        width = max(_LEAST, crops[i].shape[1])
        padded = np.zeros((len(batch), 3, HEIGHT, width), np.float32)
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


def _ink_of(page: Page, piece: Piece) -> Pixels:
    return page.ink[piece.top : piece.bottom, piece.left : piece.right]


def _is_faint(page: Page, piece: Piece) -> bool:
    """Tell whether a piece is much lighter than the page's text."""
    import numpy as np

    grey = page.grey[piece.top : piece.bottom, piece.left : piece.right][_ink_of(page, piece) > 0]
    return float(np.mean(255 - grey)) < _FAINT_INK * page.darkness


def _crop(page: Page, piece: Piece) -> Pixels:
    """Return a line's pixels with some paper around it, at the recogniser's height: a low one keeps its proportion."""
    import cv2

    height = piece.bottom - piece.top
    pad = max(2, round(0.15 * height))
    above = max(pad, round((0.8 * page.size - height) / 2))
    cut = page.grey[max(0, piece.top - above) : piece.bottom + above, max(0, piece.left - pad) : piece.right + pad]
    width = min(_WIDEST, max(8, round(cut.shape[1] * HEIGHT / cut.shape[0])))
    crop: Pixels = cv2.resize(cut, (width, HEIGHT), interpolation=cv2.INTER_LINEAR)
    return crop


def _decoded(frames: Pixels, used: float, ink: Pixels, size: float, faint: bool, recogniser: _Recogniser) -> Read:
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
        has_words(line) and (len(line) > 3 or min(surest) >= _SURE) and (len(line) > 1 or line == "无")
    ):
        return Read(line, tuple(at), ())
    if len(line) <= 3 and _is_bar(ink, size):
        # a faint one may be dirt: then the cell is blank
        return Read("—", (0.5,), ("",) if faint else ())  # the recogniser takes a dash for 一, ■ or nothing
    marks = [c for _, c in recogniser.figure_marks]
    likely = frames[:, [i for i, _ in recogniser.figure_marks]].astype(float).tolist()
    spelled = ctc.figures({c: p for c, p in zip(marks, row, strict=True) if p > _NEGLIGIBLE} for row in likely)
    doubt = ctc.doubted(spelled, line, _SURE, _FAINT)
    if line in _UPRIGHT and _slant(ink) < _SLANTED:
        return Read("/", (0.5,), tuple(dict.fromkeys(d for d in (line, *doubt) if d.isdigit()))[:_STROKES] or ("1",))
    return Read(line, tuple(at), doubt)


def _is_bar(ink: Pixels, size: float) -> bool:
    """Tell whether ink is a dash: low, wide and full."""
    height, width = ink.shape
    return bool(height < size * 0.45 and width > 1.5 * height and (ink > 0).mean() > 0.45)


def _slant(ink: Pixels) -> float:
    """Return how closely ink follows a line that rises to the right: -1 exactly, 0 not at all."""
    import numpy as np

    ys, xs = ink.nonzero()
    return float(np.corrcoef(xs, ys)[0, 1]) if np.ptp(xs) and np.ptp(ys) else 0.0


def has_words(text: str) -> bool:
    """Tell whether a text has ideographs; 一 alone is as likely a dash."""
    return any("\u4e00" < c <= "\u9fff" for c in text)
