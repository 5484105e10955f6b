"""Manuscripts as plain text, the way pages come out of other people's crawlers (domain.md 3.0-3.4, portals.md 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.corpus.document import Box, Grid, Manuscript


def _flat(text: str) -> str:
    return text.replace("\n", " ")


def _fillers(grid: Grid) -> Iterator[list[str]]:
    """Yield rows with an empty cell for every place that a span covers."""
    for row in grid.slots():
        yield [_flat(box.text) if begins else "" for box, begins in row]


def _dropped(grid: Grid) -> Iterator[list[str]]:
    """Yield rows with an empty cell where a span from above covers a place, and none for a span to the left (S1)."""
    for row in grid.slots():
        cells: list[str] = []
        seen: list[Box] = []
        for box, begins in row:
            if not any(box is other for other in seen):
                cells.append(_flat(box.text) if begins else "")
                seen.append(box)
        yield cells


def _written(manuscript: Manuscript, table: Callable[[Grid], list[str]], between: str = "\n") -> str:
    parts: list[str] = []
    for block in manuscript.blocks:
        parts += ["", *table(block), ""] if isinstance(block, Grid) else [_flat(block) if "\n" in block else block]
    return between.join(parts) + "\n"


def tab_rows(manuscript: Manuscript) -> str:
    """A line a row, tabs between cells, spanned places empty (S3, S4)."""
    return _written(manuscript, lambda g: ["\t".join(row) for row in _fillers(g)])


def tab_rows_wide(manuscript: Manuscript) -> str:
    """As tab rows, three fillers between labels and figures, and empty cells at the end of short rows (S0)."""

    def table(grid: Grid) -> list[str]:
        lines = []
        rows = list(zip(grid.rows, _dropped(grid), strict=True))
        widest = max(len(cells) for _, cells in rows)
        for boxes, cells in rows:
            figures = [i for i, b in enumerate(boxes) if b.key is not None]
            wide = cells
            if len(figures) >= 7:
                first = figures[0]
                while first and boxes[first - 1].text.isdigit():
                    first -= 1  # a code stands with the figures
                at = len(cells) - len(boxes) + first
                wide = [*cells[:at], "", "", "", *cells[at:]]
            lines.append("\t".join([*wide, *[""] * (widest - len(cells))]))
        return lines

    return _written(manuscript, table)


def cell_lines(manuscript: Manuscript) -> str:
    """A line a cell, each after a tab, a blank line after each row (S1)."""

    def table(grid: Grid) -> list[str]:
        return [line for row in _dropped(grid) for line in (*(f"\t{cell}" for cell in row), "")]

    return _written(manuscript, table)


def pipe_cells(manuscript: Manuscript) -> str:
    """Cells ended by pipes, no row ends, spanned cells dropped and rows filled up on the right (S2)."""

    def table(grid: Grid) -> list[str]:
        width = max(len(row) for row in grid.slots())
        lines: list[str] = []
        for number, row in enumerate(grid.rows):
            cells = [_flat(box.text) for box in row]
            if number < len(grid.rows) - 1:
                cells += [""] * (width - len(cells))
            empty = 0
            for cell in cells:
                if cell.strip():
                    lines += ["|" * empty] if empty else []
                    lines.append(f"{cell} |")
                    empty = 0
                else:
                    empty += 1
            lines += ["|" * empty] if empty else []
        return lines

    parts: list[str] = []
    for block in manuscript.blocks:
        parts += table(block) if isinstance(block, Grid) else [_flat(block)]
    return "\n".join(parts) + "\n"


def markdown(manuscript: Manuscript) -> str:
    """A Markdown table, spanned places empty."""

    def table(grid: Grid) -> list[str]:
        rows = list(_fillers(grid))
        width = max(len(row) for row in rows)
        lines = ["| " + " | ".join([*row, *[""] * (width - len(row))]) + " |" for row in rows]
        return [lines[0], "|" + " --- |" * width, *lines[1:]]

    return _written(manuscript, table)


def glued(manuscript: Manuscript) -> str:
    """Everything in one line with nothing between cells (平潭 2020)."""
    text = ""
    for block in manuscript.blocks:
        if isinstance(block, Grid):
            text += "".join(_flat(box.text) for row in block.rows for box in row)
        else:
            text += _flat(block)
    return f"{manuscript.title}\n{text}\n"


CAPTURES: dict[str, Callable[[Manuscript], str]] = {
    "text-tabs": tab_rows,
    "text-tabs-wide": tab_rows_wide,
    "text-cells": cell_lines,
    "text-pipes": pipe_cells,
    "text-markdown": markdown,
    "text-glued": glued,
}
