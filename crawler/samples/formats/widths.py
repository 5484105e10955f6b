"""How wide the columns of the three tables are, as parts of the table's width."""

from __future__ import annotations

from typing import Final

_PARTS: Final[dict[int, tuple[float, ...]]] = {
    4: (0.3, 0.23, 0.23, 0.24),
    10: (0.07, 0.12, 0.25, *[0.08] * 7),
    15: tuple([1 / 15] * 15),
}
"""By the number of columns: the tables of section two, three and four."""


def column_edges(columns: int, left: float, width: float) -> list[float]:
    """Return where a table's columns begin and where the last one ends, in the unit of `width`; KeyError for a
    number of columns that no form has.
    """
    edges = [left]
    for part in _PARTS[columns]:
        edges.append(edges[-1] + part * width)
    return edges
