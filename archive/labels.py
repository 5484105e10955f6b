"""What a cell, or the scope of a check, is called in words: the labels that the forms give rows and columns."""

from __future__ import annotations

from functools import cache

from parsers.templates import FORMS, STATISTICS_FORMS, Column, Row, load_form


@cache
def cell_label(table: str, row: str, column: str, language: str) -> str:
    """Return the labels of a cell in `language` (zh or en), its keys where no form has it."""
    for name in STATISTICS_FORMS if table == "statistics" else FORMS.get(table, ()):
        form = load_form(table, name)
        try:
            return f"{getattr(form.row(row), language)} · {getattr(form.column(column), language)}"
        except KeyError:
            continue
    return f"{table} / {row} / {column}"


_RULES_OF = {"A": "requests", "B": "review_and_litigation"}
"""The table whose rows or columns the scopes of a family of rules name (design 3.1)."""


@cache
def scope_label(rule: str, scope: str, language: str) -> str:
    """Return what a check is about in words: a row, a column or a cell (`row.column`); its key where no form has it."""
    first = _RULES_OF.get(rule[0])
    for table in sorted(FORMS, key=lambda table: table != first):
        for form in (load_form(table, name) for name in FORMS[table]):
            labels: tuple[Column | Row, ...] = (*form.columns, *form.rows)
            names = {label.key: str(getattr(label, language)) for label in labels}
            row, _, column = scope.rpartition(".")
            if scope in names:
                return names[scope]
            if row in names and column in names:
                return f"{names[row]} · {names[column]}"
    return scope
