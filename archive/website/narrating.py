"""The sentences of a report tied to the cells that they agree or disagree with.

Guarantees: a sentence is tied only by a check (F1) that the release itself holds, with its outcome; which sentence a check came from
is found by asking the same rule of each sentence alone.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from archive.website.asking import Rows
from parsers.model import Cell, Section
from parsers.narrative import check_narrative

_SENTENCE = re.compile(r"[^。；;！!？?]+[。；;！!？?]*")


@dataclass(frozen=True, slots=True)
class Tie:
    """What a sentence says of a figure: the check, its outcome, and the key of the cell (None for a sum of cells)."""

    check: int
    status: str
    scope: str
    cell: str | None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as printed with what it is tied to."""

    text: str
    ties: tuple[Tie, ...]


def tie(section: sqlite3.Row, cells: Sequence[Cell], checks: Rows) -> list[list[Sentence]]:
    """Return the paragraphs of a section, sentence by sentence."""
    lines = [line for line in section["text"].splitlines() if line.strip()]
    known = {(c["scope"], str(c["left_side"])): c for c in checks if c["rule"] == "F1"}
    if not known:
        return [[Sentence(line, ())] for line in lines]
    keys = {f"{c.row}.{c.column}": f"{c.table}/{c.row}/{c.column}" for c in cells}
    return [
        [Sentence(text, _ties(section, text, cells, known, keys)) for text in _SENTENCE.findall(line) or [line]]
        for line in lines
    ]


def _ties(
    section: sqlite3.Row,
    text: str,
    cells: Sequence[Cell],
    known: dict[tuple[str, str], sqlite3.Row],
    keys: dict[str, str],
) -> tuple[Tie, ...]:
    found, _ = check_narrative([Section(section["number"], "", text)], cells)
    held = [known[check.scope, str(check.left)] for check in found if (check.scope, str(check.left)) in known]
    return tuple(Tie(c["position"], c["status"], c["scope"], keys.get(c["scope"])) for c in held)
