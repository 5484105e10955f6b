"""What alignment makes of a table before its sums are looked at: cells that are placed, and rows that are still open."""

from __future__ import annotations

from dataclasses import dataclass, field

from parsers.model import Finding, Where
from parsers.normalize import Figure

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """One cell as read: its figure, what is printed, where, and whether labels and layout alone placed it.

    `label` is the printed name of a row that no form knows; `unit` what is printed in a column of units.
    """

    figure: Figure
    raw: str
    where: Where
    by_label: bool = True
    label: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A row that layout leaves in doubt: the admissible placements of its cells, column key to Reading."""

    row: str
    candidates: tuple[dict[str, Reading], ...]


@dataclass(slots=True)
class TableReading:
    """What was read of one table; `open_rows` wait for the arithmetic."""

    table: str
    form: str | None = None
    cells: dict[Key, Reading] = field(default_factory=dict)
    open_rows: list[OpenRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
