"""Markup that does not say what was meant: spans, cells missing, cells too many."""

from __future__ import annotations

import random
import re
import unicodedata

from tests.corpus.document import Block, Box, Grid, Report, Truth
from tests.corpus.forms import PROACTIVE, REQUESTS, REVIEW
from tests.corpus.quirks.registry import MARKUP, SPANS, grids_of, leave_blank, on_blocks


def _rows_of(grid: Grid, rng: random.Random, most: int) -> list[list[Box]]:
    """Draw rows that hold a row's figures."""
    rows = [row for row in grid.rows if sum(b.key is not None for b in row) >= 6]
    return rng.sample(rows, min(most, len(rows)))


@on_blocks("label_span_one_short", families=SPANS)
def _span_short(report: Report, blocks: list[Block], rng: random.Random) -> None:
    """Give labels of a few rows a colspan too small: their figures stand one column to the left."""
    for grid in grids_of(blocks, REQUESTS):
        for row in _rows_of(grid, rng, 4):
            label = next((b for b in row if b.colspan > 1 and b.key is None), None)
            if label:
                label.colspan -= 1


@on_blocks("empty_cell_before_figures", families=frozenset(("html", "text")))
def _filler(report: Report, blocks: list[Block], rng: random.Random) -> None:
    """Put an empty cell between label and figures in some rows."""
    for grid in grids_of(blocks, REQUESTS):
        for row in _rows_of(grid, rng, 4):
            at = next(i for i, b in enumerate(row) if b.key)
            row.insert(at, Box(""))


@on_blocks("empty_cell_behind_figures", families=frozenset(("html", "text")))
def _trailing(report: Report, blocks: list[Block], rng: random.Random) -> None:
    """Put empty cells behind the figures of some rows (S0)."""
    for grid in grids_of(blocks, REQUESTS):
        for row in _rows_of(grid, rng, 6):
            row.append(Box(""))


def _lose_one(report: Report, row: list[Box], rng: random.Random) -> None:
    """Leave one figure's cell out of a row."""
    gone = rng.choice([b for b in row if b.key])
    row.remove(gone)
    report.lost.add(gone.key)  # type: ignore[arg-type]


@on_blocks("cell_missing_in_a_row", destroys=True, families=frozenset(("html", "text")))
def _cell_missing(report: Report, blocks: list[Block], rng: random.Random) -> None:
    """Leave a figure's cell out of some rows: the others move up."""
    for grid in grids_of(blocks, REQUESTS):
        for row in _rows_of(grid, rng, 4):
            _lose_one(report, row, rng)


@on_blocks("cell_missing_in_review", destroys=True, families=frozenset(("html", "text")))
def _cell_missing_review(report: Report, blocks: list[Block], rng: random.Random) -> None:
    """Leave a figure's cell out of table four."""
    for block in blocks:
        if isinstance(block, Grid) and block.table == REVIEW:
            row = block.rows[-1]
            _lose_one(report, row, rng)


@on_blocks("cell_missing_in_table_two", destroys=True, families=frozenset(("html", "text")))
def _cell_missing_two(report: Report, blocks: list[Block], rng: random.Random) -> None:
    """Leave a figure's cell out of a row of table two."""
    for block in blocks:
        if isinstance(block, Grid) and block.table == PROACTIVE:
            rows = [r for r in block.rows if sum(b.key is not None for b in r) > 1]
            if rows:
                row = rng.choice(rows)
                _lose_one(report, row, rng)


@on_blocks("figure_spans_two_columns", families=SPANS)
def _figure_spans(report: Report, blocks: list[Block], rng: random.Random) -> None:
    """Give a figure of table two another colspan than its header, the row as wide as before (上海 2019)."""
    for block in blocks:
        if isinstance(block, Grid) and block.table == PROACTIVE:
            for row in block.rows:
                if sum(b.key is not None for b in row) == 3 and rng.random() < 0.5:
                    row[0].colspan += 1
                else:
                    row[-1].colspan += 1


@on_blocks("row_span_too_long", destroys=True, families=MARKUP)
def _span_long(report: Report, blocks: list[Block], rng: random.Random) -> None:
    """Give a group's label a rowspan one too large: the next group's first row moves to the right."""
    for grid in grids_of(blocks, REQUESTS):
        labels = [
            b for row in grid.rows for b in row if b.key is None and b.text.startswith(("（三）", "（四）", "（五）"))
        ]
        if labels:
            rng.choice(labels).rowspan += 1


@on_blocks("row_span_missing", destroys=True, families=MARKUP)
def _span_missing(report: Report, blocks: list[Block], rng: random.Random) -> None:
    """Lose a group label's rowspan: the rows below move to the left."""
    for grid in grids_of(blocks, REQUESTS):
        labels = [
            b for row in grid.rows for b in row if b.key is None and b.text.startswith(("（三）", "（四）", "（五）"))
        ]
        if labels:
            rng.choice(labels).rowspan = 1


@on_blocks("figures_joined", destroys=True, families=frozenset(("html", "text")))
def _joined(report: Report, blocks: list[Block], rng: random.Random) -> None:
    """Print two neighbouring figures in one cell, without anything between; the next cell is gone, or empty.

    With an empty one beside it, what is printed is one large number: nothing says that it is two.
    """
    for grid in grids_of(blocks, REQUESTS):
        for row in _rows_of(grid, rng, 3):
            at = [i for i, b in enumerate(row) if b.key]
            i = rng.choice([i for i in at[:-1] if row[i + 1].key])
            first, second = row[i], row[i + 1]
            assert second.key
            printed = [box for box in (first, second) if box.text]
            first.text += second.text
            if rng.random() < 0.5:
                row.remove(second)
                report.lost.add(second.key)
                first.truth = Truth("undecidable")
                continue
            if len(printed) == 2:
                first.truth = _as_one(first, second)
            elif printed:  # beside a blank cell nothing was joined: the one that says something stands here
                first.truth = printed[0].truth
            leave_blank(second)


def _as_one(first: Box, second: Box) -> Truth:
    """Return what the text of two cells says in one: a large number, a dash, or something else that is no figure."""
    states = {b.truth.state for b in (first, second) if b.truth}
    if states == {"value"}:
        digits = unicodedata.normalize("NFKC", re.sub(r"件$|（[^（）]*）$", "", first.text))
        whole = digits.isdigit() and digits == str(int(digits))
        return Truth("value", int(digits)) if whole else Truth("undecidable")
    return Truth("dash") if not any(c.isalnum() for c in first.text) else Truth("text")
