"""Rows missing, twice, in another order, or that the form does not have."""

from __future__ import annotations

import copy
import random

from tests.corpus.document import Box, Line, Report, Truth
from tests.corpus.forms import REQUESTS
from tests.corpus.quirks.registry import count, is_zero, lines_of, on_report, requests_of


def _drop(report: Report, line: Line) -> None:
    requests_of(report).lines.remove(line)
    report.lost |= {b.key for b in line.boxes if b.key}


@on_report("rows_missing")
def _rows_missing(report: Report, rng: random.Random) -> None:
    """Leave out rows that hold only zeros."""
    idle = [x for x in lines_of(report, REQUESTS) if all(is_zero(b) for b in x.boxes) and len(x.labels) > 1]
    for line in rng.sample(idle, min(4, len(idle))):
        _drop(report, line)


@on_report("row_with_figures_missing")
def _row_missing(report: Report, rng: random.Random) -> None:
    """Leave out a row that holds figures."""
    busy = [x for x in lines_of(report, REQUESTS) if any(not is_zero(b) for b in x.boxes) and len(x.labels) > 2]
    _drop(report, rng.choice(busy or lines_of(report, REQUESTS)))


@on_report("row_printed_twice")
def _row_twice(report: Report, rng: random.Random) -> None:
    """Print a row twice with the same figures."""
    lines = requests_of(report).lines
    line = rng.choice(lines)
    again = copy.deepcopy(line)
    for box in again.boxes:
        box.key = box.truth = None
    lines.insert(lines.index(line) + 1, again)


@on_report("row_printed_twice_otherwise", destroys=True)
def _row_otherwise(report: Report, rng: random.Random) -> None:
    """Print a row twice with other figures."""
    lines = requests_of(report).lines
    line = rng.choice(lines)
    again = copy.deepcopy(line)
    for box, copied in zip(line.boxes, again.boxes, strict=True):
        copied.key = copied.truth = None
        if rng.random() < 0.5:
            copied.text = str(count(box) + rng.randint(1, 9))
            box.truth = Truth("undecidable")
    lines.insert(lines.index(line) + 1, again)


@on_report("rows_reordered")
def _rows_reordered(report: Report, rng: random.Random) -> None:
    """Print the sub-items of a group in another order."""
    lines = requests_of(report).lines
    at = [
        i for i, line in enumerate(lines) if line.key.startswith(rng.choice(("denied.", "unable.", "not_processed.")))
    ]
    moved = [lines[i] for i in at]
    rng.shuffle(moved)
    for i, line in zip(at, moved, strict=True):
        lines[i] = line


@on_report("groups_reordered")
def _groups_reordered(report: Report, rng: random.Random) -> None:
    """Print （五） before （四）."""
    sheet = requests_of(report)
    early = [x for x in sheet.lines if x.key.startswith("not_processed.")]
    rest = [x for x in sheet.lines if x not in early]
    at = next(i for i, x in enumerate(rest) if x.key.startswith("unable."))
    sheet.lines = [*rest[:at], *early, *rest[at:]]


@on_report("subtotal_rows")
def _subtotal_rows(report: Report, rng: random.Random) -> None:
    """Print a group's own sum in a row of its own before its sub-items."""
    sheet = requests_of(report)
    for prefix in ("denied.", "unable.", "not_processed.", "other_handling."):
        members = [x for x in sheet.lines if x.key.startswith(prefix)]
        if not members:
            continue
        sums = [sum(count(b) for b in column) for column in zip(*(m.boxes for m in members), strict=True)]
        name = rng.choice(([*members[0].labels[:2]], [*members[0].labels[:2], "小计"]))
        sheet.lines.insert(sheet.lines.index(members[0]), Line(list(name), [Box(str(s)) for s in sums], "subtotal"))


@on_report("empty_rows")
def _empty_rows(report: Report, rng: random.Random) -> None:
    """Leave rows without anything between the others."""
    lines = requests_of(report).lines
    for _ in range(2):
        lines.insert(rng.randint(1, len(lines) - 1), Line([""], [Box("") for _ in range(7)], "empty"))
