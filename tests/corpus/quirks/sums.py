"""Sums that do not hold, as bodies print them."""

from __future__ import annotations

import random

from tests.corpus.document import Report, Truth
from tests.corpus.forms import REQUESTS, REVIEW
from tests.corpus.quirks.registry import (
    at_least,
    count,
    figures_of,
    is_zero,
    lines_of,
    on_report,
    some,
)


@on_report("wrong_sum")
def _wrong_sum(report: Report, rng: random.Random) -> None:
    """Print a wrong figure somewhere in tables three and four."""
    for box in (*some(rng, at_least(report, 1, REQUESTS), 0.03), *some(rng, at_least(report, 1, REVIEW), 0.1)):
        value = count(box) + rng.choice((1, 2, 9, 10))
        box.text, box.truth = str(value), Truth("value", value)


@on_report("totals_left_at_zero")
def _totals_zero(report: Report, rng: random.Random) -> None:
    """Leave totals of table four at 0 (洪泽 2023)."""
    for box in figures_of(report, REVIEW):
        if box.key and box.key[2] == "total":
            box.text, box.truth = "0", Truth("value", 0)


@on_report("columns_filled_wrongly")
def _exchanged(report: Report, rng: random.Random) -> None:
    """Fill a row one column to the right of where it belongs, as the body itself did."""
    rows = [line for line in lines_of(report, REQUESTS) if any(not is_zero(b) for b in line.boxes)]
    line = rng.choice(rows)
    values = [count(b) for b in line.boxes]
    for box, value in zip(line.boxes, [values[-1], *values[:-1]], strict=True):
        box.text, box.truth = str(value), Truth("value", value)
