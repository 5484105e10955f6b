"""The information table that a CMS prints over a page: its labels and values; such a table is about the report and no part of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from parsers.model import Grid
from parsers.normalize import comparable


def describe_pairs(grid: Grid) -> Iterator[tuple[str, str]]:
    """Yield (label, value) of an information table such as 索引号/发布机构/发布日期."""
    for row in grid.rows:
        for left, right in pairwise(row):
            name = comparable(left.text).rstrip(":")
            if name and right.text.strip():
                yield name, right.text.strip()
