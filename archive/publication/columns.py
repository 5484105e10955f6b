"""The columns of the wide table and the fields of every other one, from the forms, measures.toml and tables.toml.

Guarantees: a name has at most 32 characters, begins with a letter and is used once (Stata); a cell that means the same in two
forms has one column, one that does not has two.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from archive.publication.codebook import terms
from parsers.templates import FORMS, TABLES, Column, Form, Group, Row, load_form

CellKey = tuple[str, str, str]
Type = Literal["key", "text", "integer", "number", "json"]
Role = Literal["fixed", "cell", "measure", "count", "corrected", "corrected_measure"]

NUMBERS = {"proactive_disclosure": "t2", "requests": "t3", "review_and_litigation": "t4", "statistics": "stat"}
"""Tables by the number of their section, which begins the names of their columns."""
TABLE_NAMES = {
    "proactive_disclosure": ("第二表", "table two"),
    "requests": ("第三表", "table three"),
    "review_and_litigation": ("第四表", "table four"),
    "statistics": ("2019 年前统计表", "the list before 2019"),
}
"""What the tables are called by their place in a report, in both languages."""
LIST = "statistics-2014"
"""The form of the list before 2019 that has columns: the same keys mean something else in each local list."""
CORRECTED = "_c"
"""What ends the name of a column that holds the corrected figure of another."""
_NOWHERE = ("", "", "")
"""A cell that no report has: what is made from it is never made."""
CODED = ("unit_kind", "level", "scope", "report_state")
"""Fields that hold a key of the codebook's terms of the same name."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a table: its name, type, and what it is."""

    name: str
    type: Type
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is published as files: `key` tells its rows apart, and orders them."""

    name: str
    zh: str
    en: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """A sum or a rate: cells over cells, by the form of table three where its rows differ; a sum has nothing under it."""

    over: dict[str, tuple[CellKey, ...]]
    under: dict[str, tuple[CellKey, ...]]
    text: str


@dataclass(frozen=True, slots=True)
class WideColumn(Field):
    """A column of the wide table; `cell` is what it shows, `measure` how it is made, `counts` the (table, trust) it counts."""

    role: Role
    cell: CellKey | None = None
    measure: Measure | None = field(default=None, compare=False)
    counts: tuple[str, str] | None = None


@cache
def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(files("archive.publication").joinpath(name).read_text("utf-8"))


def _field(name: str) -> Field:
    entry = _data("tables.toml")["field"][name]
    return Field(name, entry["type"], entry["zh"], entry["en"])


@cache
def tables() -> tuple[Table, ...]:
    """Return the tables of a release that are views of its database; the wide ones and the changes are not."""
    return tuple(_table(name, entry) for name, entry in _data("tables.toml")["table"].items())


@cache
def changes_table() -> Table:
    """Return the table of what changed since the release before."""
    return _table("changes", _data("tables.toml")["changes"])


def _table(name: str, entry: dict[str, Any]) -> Table:
    return Table(name, entry["zh"], entry["en"], tuple(map(_field, entry["fields"])), tuple(entry["key"]))


@cache
def wide_tables() -> tuple[Table, Table, Table]:
    """Return the wide table and its twins of the same shape: letters of trust, and why a cell has no figure."""
    entry = _data("tables.toml")["wide"]
    columns = wide_columns()
    return (
        Table("wide", entry["zh"], entry["en"], columns, ("report_id",)),
        Table("wide_trust", entry["trust_zh"], entry["trust_en"], _letters("可信等级", "Trust"), ("report_id",)),
        Table(
            "wide_state", entry["state_zh"], entry["state_en"], _letters("为何无数字", "Why no figure"), ("report_id",)
        ),
    )


def _letters(zh: str, en: str) -> tuple[Field, ...]:
    """Return the fields of a twin, whose letters tell `zh` of the cells; what a report is and the counts stay."""
    return tuple(
        c if c.role in ("fixed", "count") else Field(c.name, "key", f"{zh}：{c.zh}", f"{en}: {c.en}")
        for c in wide_columns()
    )


@cache
def wide_columns() -> tuple[WideColumn, ...]:
    """Return the columns of the wide table in their order: what a report is, its cells, measures, counts, and corrections."""
    fixed = tuple(
        WideColumn(f.name, f.type, f.zh, f.en, "fixed") for f in map(_field, _data("tables.toml")["wide"]["fields"])
    )
    shown = (*_cells(), *_subtotals(), *_rates())
    return (*fixed, *shown, *_counts(), *map(_corrected, shown))


@cache
def wide_forms() -> tuple[Form, ...]:
    """Return the forms whose cells are columns of the wide table, newest first, the list before 2019 at the end."""
    return (*(load_form(table, name) for table in TABLES for name in FORMS[table]), load_form("statistics", LIST))


def cells_of(form: Form) -> tuple[CellKey, ...]:
    """Return the keys of a form's cells in its order."""
    return tuple((form.table, row.key, column.key) for row in form.rows for column in _columns_of(form, row))


def _columns_of(form: Form, row: Row) -> tuple[Column, ...]:
    """Return the columns in which a row has cells; the list of 2014 is printed with the two columns of local lists as well."""
    own = form.columns_of(row)
    if form.form != LIST:
        return own
    known = {column.key for column in own}
    return (*own, *(column for column in load_form("statistics", "local").columns if column.key not in known))


def _cells() -> tuple[WideColumn, ...]:
    found: dict[CellKey, WideColumn] = {}
    for form in wide_forms():
        for row in form.rows:
            for column in _columns_of(form, row):
                found.setdefault((form.table, row.key, column.key), _cell(form, row, column))
    return tuple(found.values())


def _cell(form: Form, row: Row, column: Column) -> WideColumn:
    zh, en = f"{row.zh}（{row.unit}）" if row.unit else row.zh, row.en
    above: tuple[Row | Group, ...] = (*form.groups, *form.rows)
    over = next((label for label in above if label.key == row.group), None)
    if over:
        zh, en = f"{over.zh} / {zh}", f"{over.en} / {en}"
    money = column.kind in ("yuan", "wan_yuan") or row.kind == "wan_yuan"
    return WideColumn(
        f"{NUMBERS[form.table]}_{row.code}_{column.code}",
        "number" if money else "integer",
        f"{zh}：{column.zh}",
        f"{en}: {column.en}",
        "cell",
        (form.table, row.key, column.key),
    )


def _subtotals() -> tuple[WideColumn, ...]:
    made = []
    for key, entry in _data("measures.toml")["subtotal"].items():
        for column in load_form("requests", "2021").columns:
            measure = Measure(_subtotal_cells(key, column.key), {}, f"sum of {key}.* in {column.key}")
            name = f"t3_{entry['code']}_{column.code}"
            made.append(
                WideColumn(
                    name,
                    "integer",
                    f"{entry['zh']}：{column.zh}",
                    f"{entry['en']}: {column.en}",
                    "measure",
                    measure=measure,
                )
            )
    return tuple(made)


def _subtotal_cells(key: str, column: str) -> dict[str, tuple[CellKey, ...]]:
    rows: dict[str, list[str]] = _data("measures.toml")["subtotal"][key]["forms"]
    return {form: tuple(("requests", row, column) for row in names) for form, names in rows.items()}


def _rates() -> tuple[WideColumn, ...]:
    return tuple(
        WideColumn(
            name,
            "number",
            entry["zh"],
            entry["en"],
            "measure",
            measure=Measure(
                _side(entry["over"]),
                _side(entry["under"]),
                f"({' + '.join(entry['over'])}) / ({' + '.join(entry['under'])})",
            ),
        )
        for name, entry in _data("measures.toml")["rate"].items()
    )


def _side(names: list[str]) -> dict[str, tuple[CellKey, ...]]:
    """Return the cells that one side of a rate adds up, by the form of table three; "" where the report has no such table."""
    out: dict[str, tuple[CellKey, ...]] = {}
    for form in (*FORMS["requests"], ""):
        cells: list[CellKey] = []
        for name in names:
            table, row, column = name.split("/")
            cells += (
                _subtotal_cells(row, column).get(form, (_NOWHERE,)) if table == "subtotal" else [(table, row, column)]
            )
        out[form] = tuple(cells)
    return out


def _counts() -> tuple[WideColumn, ...]:
    undecidable = tuple(term for term in terms("state") if term.key == "undecidable")
    return tuple(
        WideColumn(
            f"{number}_cells_{term.key}",
            "integer",
            f"{TABLE_NAMES[table][0]}（{load_form(table, _newest(table)).zh}）中“{term.zh}”的单元格数",
            f"Cells of {TABLE_NAMES[table][1]} that are {term.en}",
            "count",
            counts=(table, term.key),
        )
        for table, number in NUMBERS.items()
        for term in (*terms("trust"), *undecidable)
    )


def _newest(table: str) -> str:
    """Return the newest form of a table, which names it; that of a list is the national one."""
    return LIST if table == "statistics" else FORMS[table][0]


def _corrected(column: WideColumn) -> WideColumn:
    role: Role = "corrected" if column.role == "cell" else "corrected_measure"
    zh, en = f"更正后：{column.zh}", f"Corrected: {column.en}"
    return WideColumn(column.name + CORRECTED, column.type, zh, en, role, column.cell, column.measure)
