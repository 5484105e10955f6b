"""Lines of ink inside a box: what is recognised in one go.

Guarantees: every pixel of ink that is larger than a speck is in one line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    Pixels = np.ndarray


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of ink to recognise: its box in pixels of the upright page."""

    left: int
    top: int
    right: int
    bottom: int


def _runs(filled: Pixels) -> list[tuple[int, int]]:
    """Return (start, end) of each run of true values."""
    import numpy as np

    edges = np.flatnonzero(np.diff(np.concatenate(([0], filled.astype(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def pieces_of(ink: Pixels, left: int, top: int, right: int, bottom: int, size: float) -> list[Piece]:
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
            pieces.append(Piece(left + first, top + start, left + last, top + end))
    return pieces


def parted(ink: Pixels, line: Piece, gap: float) -> list[Piece]:
    """Return the parts of a line that stand at least `gap` pixels apart."""
    runs = _runs((ink[line.top : line.bottom, line.left : line.right] > 0).any(axis=0))
    parts: list[list[int]] = []
    for start, end in runs:
        if parts and start - parts[-1][1] < gap:
            parts[-1][1] = end
        else:
            parts.append([start, end])
    return [Piece(line.left + start, line.top, line.left + end, line.bottom) for start, end in parts]
