"""A page's picture made ready: turned upright, its rules found and taken out, its ink freed of noise.

Guarantees: a rule is longer than any stroke of a character, and a vertical one meets two horizontal ones; what is left
as ink is no rule, no speck and no picture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parsers.errors import UnreadableError
from parsers.model import Box
from parsers.readers.ruled import Rule

if TYPE_CHECKING:
    import numpy as np

    Pixels = np.ndarray

MAX_RULES = 800
_SMALL = 800
"""Pixels: the width at which a page's skew is measured."""
_TURNED = 5
"""Degrees: a scan is not fed in more askew."""


@dataclass(frozen=True, slots=True)
class Page:
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


def no_page(number: int) -> UnreadableError:
    return UnreadableError(
        f"page {number} of the scan shows no text but noise", f"扫描件第 {number} 页是噪点，不是文字"
    )


def prepared(grey: Pixels, number: int) -> Page:
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
        raise no_page(number)
    grey = grey.copy()
    grey[drawn > 0] = 255
    dark[drawn > 0] = 0
    ink, size = _without_specks(dark)
    darkness = float((255 - grey)[ink > 0].mean()) if ink.any() else 0.0
    return Page(grey, ink, size, darkness, tuple(horizontal), tuple(vertical), turn_back)


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
