"""What a cell is called in words: the labels that the forms give its row and column."""

from __future__ import annotations

from functools import cache

from parsers.templates import FORMS, STATISTICS_FORMS, load_form


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
