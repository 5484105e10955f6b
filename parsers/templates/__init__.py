"""The official forms and the findings as data: which rows and columns a table has, and the labels they go by.

A new form is a TOML file here and a fixture; no code changes.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, TypeVar

from parsers.model import Finding, Severity, Where

Kind = Literal["count", "signed", "yuan", "wan_yuan"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a form; `code` is its short name in the wide tables, `kind` says how its figures are written."""

    key: str
    code: str
    zh: str
    en: str
    match: re.Pattern[str]
    kind: Kind = "count"
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a form; `needs_group` marks a label (其他) that names a row only within its group."""

    key: str
    code: str
    zh: str
    en: str
    match: re.Pattern[str]
    group: str | None = None
    block: int | None = None
    needs_group: bool = False
    unit: str | None = None
    kind: Kind = "count"


@dataclass(frozen=True, slots=True)
class Group:
    """A label that stands over several rows and has no figures of its own."""

    key: str
    zh: str
    en: str
    match: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class FormBlock:
    """A part of table two under one clause of the Regulations, with columns of its own."""

    clause: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One generation of one table."""

    table: str
    form: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    groups: tuple[Group, ...]
    blocks: tuple[FormBlock, ...]
    corner: str | None = None

    def column(self, key: str) -> Column:
        """Return the column `key`; raises KeyError."""
        return _by_key(self.columns, key)

    def row(self, key: str) -> Row:
        """Return the row `key`; raises KeyError."""
        return _by_key(self.rows, key)

    def columns_of(self, row: Row) -> tuple[Column, ...]:
        """Return the columns in which `row` has cells."""
        if row.block is None:
            return self.columns
        return tuple(self.column(key) for key in self.blocks[row.block].columns)


_Keyed = TypeVar("_Keyed", Column, Row)


def _by_key(items: tuple[_Keyed, ...], key: str) -> _Keyed:
    for item in items:
        if item.key == key:
            return item
    raise KeyError(key)


@cache
def load_form(table: str, form: str) -> Form:
    """Return the form of `table` named `form`; raises FileNotFoundError where there is no such template."""
    data = tomllib.loads((files(__name__) / f"{table}-{form}.toml").read_text(encoding="utf-8"))
    return Form(
        table=data["table"],
        form=data["form"],
        zh=data["zh"],
        en=data["en"],
        corner=data.get("corner"),
        columns=tuple(Column(**{**c, "match": re.compile(c["match"])}) for c in data["column"]),
        rows=tuple(Row(**{**r, "match": re.compile(r["match"])}) for r in data["row"]),
        groups=tuple(Group(**{**g, "match": re.compile(g["match"])}) for g in data.get("group", ())),
        blocks=tuple(FormBlock(b["clause"], tuple(b["columns"])) for b in data.get("block", ())),
    )


TABLES: tuple[str, ...] = ("proactive_disclosure", "requests", "review_and_litigation")
"""The tables of the forms since 2019; `statistics` is the list that came before them."""

STATISTICS_FORMS = ("statistics-2014", "local")
FORMS: dict[str, tuple[str, ...]] = {
    "proactive_disclosure": ("2021", "2019"),
    "requests": ("2021", "2019"),
    "review_and_litigation": ("2021",),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A consistency rule: its id, how grave a failure is, where it comes from, and what it says in both languages."""

    id: str
    severity: Severity
    source: str
    zh: str
    en: str
    about_zh: str
    about_en: str


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules that one report can answer (rules.toml), by id."""
    data = tomllib.loads((files(__name__) / "rules.toml").read_text(encoding="utf-8"))
    return tuple(Rule(id=key, **entry) for key, entry in data.items())


@cache
def _finding_texts() -> dict[str, dict[str, str]]:
    return tomllib.loads((files(__name__) / "findings.toml").read_text(encoding="utf-8"))


def finding(code: str, where: Where | None = None, **details: object) -> Finding:
    """Make the finding `code` with its severity and its message in both languages from findings.toml."""
    entry = _finding_texts()[code]
    severity: Severity = entry["severity"]  # type: ignore[assignment]
    return Finding(code, severity, entry["en"].format(**details), entry["zh"].format(**details), where)


def finding_text(code: str, language: str) -> str | None:
    """Return the message of findings of a code as findings.toml has it, with its gaps; None for a code that is not there."""
    entry = _finding_texts().get(code)
    return None if entry is None else entry[language]
