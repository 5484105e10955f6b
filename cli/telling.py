"""How cells and changes of text are written on a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from archive.histories.diffs import CellDifference, Side
from archive.histories.sentences import Piece

_MARKS = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}


def side_text(side: Side | None) -> str:
    """Write one side of a cell: its figure or its state, as printed where that says more, and its correction."""
    if side is None:
        return "absent"
    text = str(side.value) if side.state == "value" else side.state
    if side.raw.strip() not in (text, "") and side.state != "dash":
        text += f" ({side.raw.strip()!r})"
    if side.unit:
        text += f" {side.unit}"
    if side.corrected:
        state, value = side.corrected
        text += f" ✎ {state if value is None else value}"
    return text


def cell_text(cell: CellDifference) -> str:
    """Write a cell that differs on one line."""
    signed = ""
    if cell.difference is not None:
        plus = "" if str(cell.difference).startswith("-") else "+"
        signed = f"  ({plus}{cell.difference})"
    label = f" {cell.label}" if cell.label else ""
    sum_of = "Σ " if cell.is_sum else ""
    return f"{sum_of}{cell.table}/{cell.row}/{cell.column}{label}: {side_text(cell.before)} -> {side_text(cell.after)}{signed}"


def pieces_text(pieces: Iterable[Piece]) -> str:
    """Write a changed sentence: [-what went-] and {+what came+}."""
    return "".join(f"{_MARKS[kind][0]}{text}{_MARKS[kind][1]}" for kind, text in pieces)
