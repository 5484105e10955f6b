"""The figures of a report as rules take them: what is printed, or what a person corrected it to, and whether it may be used."""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from archive.crosschecks.reports import Entry

CellKey = tuple[str, str, str]
Number = int | Decimal
_KEPT = 600
"""Reports held in memory: two hundred figures each."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell as a rule takes it; `correction` is the id of the decision that set it."""

    state: str
    value: Number | None
    trust: str | None
    correction: str | None = None

    @property
    def fault(self) -> str | None:
        """Return why it may not be used, or None (a code of reasons.toml)."""
        if self.state != "value":
            return self.state
        if self.correction is None and self.trust in (None, "disputed"):
            return "disputed" if self.trust else "undecidable"
        return None


@dataclass(frozen=True, slots=True)
class Facts:
    """A report with its forms (by table) and its figures."""

    entry: Entry
    forms: Mapping[str, str]
    figures: Mapping[CellKey, Figure] = field(repr=False)

    def number(self, key: CellKey) -> Number | None:
        """Return a figure that may be used, or None."""
        figure = self.figures.get(key)
        return figure.value if figure is not None and figure.fault is None else None

    def fault(self, key: CellKey) -> str | None:
        """Return why a figure may not be used, or None."""
        figure = self.figures.get(key)
        return "absent" if figure is None else figure.fault

    def evidence(self, key: CellKey) -> dict[str, Any]:
        """Return a cell as evidence shows it."""
        figure = self.figures.get(key)
        cell: dict[str, Any] = {
            "report": self.entry.id,
            "reading": self.entry.reading_id,
            "table": key[0],
            "row": key[1],
            "column": key[2],
            "value": None if figure is None else plain(figure.value),
        }
        fault = self.fault(key)
        if fault is not None:
            cell["unusable"] = fault
        if figure is not None and figure.correction is not None:
            cell["correction"] = figure.correction
        return cell


def plain(value: Number | None) -> int | str | None:
    """Return a number as JSON holds it: amounts as decimal strings."""
    return format(value, "f") if isinstance(value, Decimal) else value


class FigureSource:
    """Loads reports' figures, corrections laid over them, and holds the last ones."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._held: OrderedDict[str, Facts] = OrderedDict()
        self._corrections: dict[str, dict[CellKey, Figure]] = {}
        for c in db.execute("SELECT * FROM correction_in_force WHERE report_id IS NOT NULL"):
            report = self._corrections.setdefault(c["report_id"], {})
            report[c["table"], c["row"], c["column"]] = Figure(c["state"], _number(c["value"]), None, c["id"])

    def of(self, entry: Entry) -> Facts:
        """Return the figures that a report shows."""
        held = self._held.get(entry.id)
        if held is not None:
            self._held.move_to_end(entry.id)
            return held
        figures: dict[CellKey, Figure] = {}
        forms: dict[str, str] = {}
        if entry.reading_id is not None:
            cells = self._db.execute(
                'SELECT "table", "row", "column", state, value, trust FROM cell WHERE reading_id = ?',
                (entry.reading_id,),
            )
            cells.row_factory = None  # two hundred rows a report: tuples
            figures = {(t, r, c): Figure(state, _number(value), trust) for t, r, c, state, value, trust in cells}
            forms = dict(
                self._db.execute(
                    "SELECT key, value FROM json_each((SELECT forms FROM reading WHERE id = ?))", (entry.reading_id,)
                ).fetchall()
            )
        figures |= self._corrections.get(entry.id, {})
        facts = Facts(entry, forms, figures)
        self._held[entry.id] = facts
        if len(self._held) > _KEPT:
            self._held.popitem(last=False)
        return facts


def _number(value: int | str | None) -> Number | None:
    return Decimal(value) if isinstance(value, str) else value
