"""Draws a table of a report as the official form prints it: every box with its spans, every figure with its state.

Guarantees: each cell of the report is drawn exactly once, in the form or, where the form has no place for it, beside
it; a place of the form that the report does not fill is drawn as absent, never as blank or zero.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from archive.website.words import word
from parsers.templates import Form, FormBlock, Row, load_form

LABEL_COLUMNS = 3
PROACTIVE_WIDTH = 3

Box = Literal["label", "unit", "head", "corner", "figure"]

_A2_ROWS = frozenset({"new_received", "carried_in", "total_processed", "carried_out"})
_LOCAL = "local"
_NOT_OUTCOMES = frozenset({"new_received", "carried_in", "carried_out"})


@dataclass(frozen=True, slots=True)
class Figure:
    """A place for a figure: `cell` is None where the document has none; `checks` are positions of checks."""

    key: str
    row_label: str
    column_label: str
    cell: sqlite3.Row | None
    checks: tuple[int, ...] = ()

    @property
    def state(self) -> str:
        """Return the cell's state, or "absent"."""
        return str(self.cell["state"]) if self.cell else "absent"

    @property
    def level(self) -> str:
        """Return the class under which it is drawn: its trust, or its state where no trust applies."""
        if self.cell is None:
            return "absent"
        return str(self.cell["trust"] or self.cell["state"])

    @property
    def text(self) -> str:
        """Return what stands in the box."""
        if self.cell is None or self.cell["state"] == "blank":
            return ""
        return str(self.cell["value"]) if self.cell["value"] is not None else self.cell["raw"].strip()

    @property
    def corrected(self) -> str:
        """Return what a person corrected it to: a figure or a state, "" where nobody did."""
        if self.cell is None or self.cell["corrected_state"] is None:
            return ""
        return str(
            self.cell["corrected_value"] if self.cell["corrected_value"] is not None else self.cell["corrected_state"]
        )

    @property
    def place(self) -> str:
        """Return the printed place as JSON, "" for an absent one."""
        return str(self.cell["where"]) if self.cell else ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One box of the form."""

    kind: Box
    text: str = ""
    colspan: int = 1
    rowspan: int = 1
    scope: str | None = None
    figure: Figure | None = None


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """A table as it is drawn; `rows` is empty where the report does not have it, or where no form knows it."""

    table: str
    form: str | None
    title: str
    head: tuple[tuple[Drawn, ...], ...]
    body: tuple[tuple[Drawn, ...], ...]
    beside: tuple[Figure, ...]


class _Figures:
    """The cells of one table, handed out one by one, so that those left over are known at the end."""

    def __init__(self, table: str, cells: Iterable[sqlite3.Row], checks: Sequence[sqlite3.Row]) -> None:
        self.table = table
        self._left = {(c["row"], c["column"]): c for c in cells if c["table"] == table}
        self._checks = checks

    def take(self, row: str, column: str, row_label: str, column_label: str) -> Figure:
        key = f"{self.table}/{row}/{column}"
        cell = self._left.pop((row, column), None)
        checks = tuple(c["position"] for c in self._checks if _holds(c, self.table, row, column)) if cell else ()
        return Figure(key, row_label, column_label, cell, checks)

    def has(self, row: str, column: str) -> bool:
        return (row, column) in self._left

    def unit(self, row: str) -> str | None:
        """Return the unit printed with a row that is still to be drawn."""
        return next((c["unit"] for (key, _), c in self._left.items() if key == row and c["unit"]), None)

    def rest(self) -> tuple[Figure, ...]:
        return tuple(
            self.take(row, column, cell["label"] or row, column) for (row, column), cell in list(self._left.items())
        )


def _holds(check: sqlite3.Row, table: str, row: str, column: str) -> bool:
    """Tell whether `check` is about the cell (design 3.1: the scope of each rule)."""
    rule, scope = check["rule"], check["scope"]
    if table == "requests":
        if rule == "A1":
            return bool(scope == row)
        if rule == "A2":
            return bool(scope == column) and row in _A2_ROWS
        if rule == "A3":
            return bool(scope == column) and row not in _NOT_OUTCOMES
    if table == "review_and_litigation" and rule == "B1":
        return bool(scope == row)
    return bool(rule[0] in "CF" and scope == f"{row}.{column}")


def draw(
    table: str, form: str | None, cells: Iterable[sqlite3.Row], checks: Sequence[sqlite3.Row], language: str
) -> DrawnTable:
    """Draw `table` in its generation `form` (None where the report does not say); labels in `language`."""
    figures = _Figures(table, cells, checks)
    try:
        template = load_form(table, form) if form else None
    except FileNotFoundError:  # a form of a later parser: its cells are listed beside
        template = None
    if template is None:
        return DrawnTable(table, form, word(f"table.{table}", language), (), (), figures.rest())
    head, body = _DRAWERS[table](template, figures, language)
    title = template.en if language == "en" else template.zh
    return DrawnTable(table, form, title, head, body, figures.rest())


Parts = tuple[tuple[tuple[Drawn, ...], ...], tuple[tuple[Drawn, ...], ...]]


def _name(item: object, language: str) -> str:
    return str(getattr(item, language))


def _proactive(form: Form, figures: _Figures, language: str) -> Parts:
    body: list[tuple[Drawn, ...]] = []
    for number, block in enumerate(form.blocks):
        columns = [form.column(key) for key in block.columns]
        spans = _spread(len(columns))
        body.append((Drawn("head", _clause(block, language), 1 + PROACTIVE_WIDTH, scope="colgroup"),))
        body.append(
            (
                Drawn("head", word("form.content", language), scope="col"),
                *(Drawn("head", _name(c, language), span, scope="col") for c, span in zip(columns, spans, strict=True)),
            )
        )
        for row in (r for r in form.rows if r.block == number):
            label = _name(row, language)
            body.append(
                (
                    Drawn("label", label, scope="row"),
                    *(
                        Drawn("figure", colspan=span, figure=figures.take(row.key, c.key, label, _name(c, language)))
                        for c, span in zip(columns, spans, strict=True)
                    ),
                )
            )
    return (), tuple(body)


def _spread(columns: int) -> tuple[int, ...]:
    """Return the spans of `columns` boxes over the width of table two, the last one taking what is left."""
    return (*(1,) * (columns - 1), PROACTIVE_WIDTH - columns + 1)


def _clause(block: FormBlock, language: str) -> str:
    if language != "en":
        return block.clause
    number = "一二三四五六七八九".index(block.clause[block.clause.index("（") + 1]) + 1
    return word("form.clause", language, number=number)


def _requests(form: Form, figures: _Figures, language: str) -> Parts:
    columns = form.columns
    grouped = [c for c in columns if c.group]
    second: list[Drawn] = []
    for column in columns:
        if column.group is None:
            second.append(Drawn("head", _name(column, language), rowspan=2, scope="col"))
        elif column is grouped[0]:
            second.append(Drawn("head", word("form.organisations", language), len(grouped), scope="colgroup"))
    corner = form.corner if language != "en" else word("form.corner", language)
    head = (
        (
            Drawn("corner", corner or "", LABEL_COLUMNS, 3),
            Drawn("head", word("form.applicants", language), len(columns), scope="colgroup"),
        ),
        tuple(second),
        tuple(Drawn("head", _name(c, language), scope="col") for c in grouped),
    )
    body = tuple(
        (
            *labels,
            *(
                Drawn("figure", figure=figures.take(row.key, c.key, _name(row, language), _name(c, language)))
                for c in columns
            ),
        )
        for row, labels in _row_labels(form, language)
    )
    return head, body


def _row_labels(form: Form, language: str) -> Iterator[tuple[Row, tuple[Drawn, ...]]]:
    """Yield each row with the label boxes that begin on it: outcomes over all groups, a group over its rows."""
    names = {group.key: _name(group, language) for group in form.groups}
    outcomes = [row for row in form.rows if row.group]
    for row in form.rows:
        label = _name(row, language)
        if row.group is None:
            yield row, (Drawn("label", label, LABEL_COLUMNS, scope="row"),)
            continue
        boxes = []
        if row is outcomes[0]:
            boxes.append(Drawn("label", names["results"], rowspan=len(outcomes), scope="rowgroup"))
        if row.group == "results":
            boxes.append(Drawn("label", label, LABEL_COLUMNS - 1, scope="row"))
        else:
            members = [r for r in outcomes if r.group == row.group]
            if row is members[0]:
                boxes.append(Drawn("label", names[row.group], rowspan=len(members), scope="rowgroup"))
            boxes.append(Drawn("label", label, scope="row"))
        yield row, tuple(boxes)


def _review(form: Form, figures: _Figures, language: str) -> Parts:
    width = len(form.columns)
    first, *suits = form.rows
    head = (
        (
            Drawn("head", _name(first, language), width, 2, "colgroup"),
            Drawn("head", word("form.litigation", language), width * len(suits), scope="colgroup"),
        ),
        # the form has one word for all suits above; what stands below is the rest of each label
        tuple(Drawn("head", _name(row, language).split("：")[-1], width, scope="colgroup") for row in suits),
        tuple(Drawn("head", _name(c, language), scope="col") for _ in form.rows for c in form.columns),
    )
    body = tuple(
        Drawn("figure", figure=figures.take(row.key, c.key, _name(row, language), _name(c, language)))
        for row in form.rows
        for c in form.columns
    )
    return head, (body,)


def _statistics(form: Form, figures: _Figures, language: str) -> Parts:
    """Draw a list: of the one of 2014 every row, of local ones, which differ from place to place, those that are there."""
    columns = [c for c in form.columns if any(figures.has(row.key, c.key) for row in form.rows)]
    columns = columns or list(form.columns[:1])
    rows = [r for r in form.rows if form.form != _LOCAL or any(figures.has(r.key, c.key) for c in columns)]
    head = (
        Drawn("head", word("form.item", language), scope="col"),
        Drawn("head", word("detail.unit", language), scope="col"),
        *(Drawn("head", _name(c, language), scope="col") for c in columns),
    )
    body = []
    for row in rows:
        label = _name(row, language)
        unit = figures.unit(row.key) or row.unit or ""
        boxes = (Drawn("figure", figure=figures.take(row.key, c.key, label, _name(c, language))) for c in columns)
        body.append((Drawn("label", label, scope="row"), Drawn("unit", unit), *boxes))
    return (head,), tuple(body)


_DRAWERS = {
    "proactive_disclosure": _proactive,
    "requests": _requests,
    "review_and_litigation": _review,
    "statistics": _statistics,
}
