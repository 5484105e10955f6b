"""Wrong sums, planted on purpose in the figures before anything is printed: tables and narrative then agree
in the error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from crawler.samples.figures import Figures, integer, write_review
from crawler.samples.forms import REQUESTS, REVIEW, CellKey


def _wrong_row(figures: Figures) -> None:
    _raise(figures, (REQUESTS, "granted", "total"))


def _wrong_column(figures: Figures) -> None:
    _raise(figures, (REQUESTS, "total_processed", "natural_person"))
    _raise(figures, (REQUESTS, "total_processed", "total"))


def _wrong_block(figures: Figures) -> None:
    """Leave the total at 0, as 洪泽 did in 2023."""
    write_review(figures, "review", (2, 1, 0, 0))
    figures[REVIEW, "review", "total"] = 0


def _raise(figures: Figures, key: CellKey) -> None:
    figures[key] = integer(figures, key) + 1


FAULTS: Final[dict[str, Callable[[Figures], None]]] = {
    "wrong_row": _wrong_row,
    "wrong_column": _wrong_column,
    "wrong_block": _wrong_block,
}
