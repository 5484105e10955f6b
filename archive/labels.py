"""What keys are called in words: cells, scopes of checks, and what stands in the messages of findings.

Guarantees: a key is replaced by a label that a form gives it, or stays as it is; no figure or printed word of a message is touched.
"""

from __future__ import annotations

import re
from functools import cache

from parsers.templates import FORMS, STATISTICS_FORMS, Column, Group, Row, finding_text, load_form

FORMS_OF = FORMS | {"statistics": STATISTICS_FORMS}
"""The forms of every table, the newest first."""
_RULES_OF = {"A": "requests", "B": "review_and_litigation", "C": "proactive_disclosure"}
"""The table whose rows or columns the scopes of a family of rules name (design 3.1)."""

_SUMS = {"review_and_litigation": {"suit": {"zh": "行政诉讼", "en": "Litigation"}}}
"""What the text gives the sum of (rule F1) and no form has a row for."""
_KEY_GAPS = ("cell", "table", "row", "column", "scope", "missing")
"""The gaps of findings' messages that are filled with keys (parsers/templates/findings.toml)."""
_GAP = re.compile(r"\{(\w+)\}")
_KEY = re.compile(r"[a-z][a-z0-9_]*(?:[./][a-z0-9_]+)*")
_ONLY = ".value"
"""The one column of a list: it is not worth a word."""


@cache
def cell_label(table: str, row: str, column: str, language: str) -> str:
    """Return the labels of a cell in `language` (zh or en), its keys where no form has it."""
    for name in FORMS_OF.get(table, ()):
        form = load_form(table, name)
        try:
            return f"{getattr(form.row(row), language)} · {getattr(form.column(column), language)}"
        except KeyError:
            continue
    return f"{table} / {row} / {column}"


@cache
def table_label(table: str, language: str) -> str:
    """Return what a table is called, its key where there is no form of it."""
    forms = FORMS_OF.get(table)
    return str(getattr(load_form(table, forms[0]), language)) if forms else table


@cache
def _names(table: str, language: str) -> dict[str, str]:
    """Return the labels of a table's rows, columns and groups of rows by key, of the newest form that has them."""
    names = {key: words[language] for key, words in _SUMS.get(table, {}).items()}
    for form in (load_form(table, name) for name in reversed(FORMS_OF[table])):
        labels: tuple[Column | Row | Group, ...] = (*form.groups, *form.columns, *form.rows)
        names |= {label.key: str(getattr(label, language)) for label in labels}
    return names


@cache
def scope_label(rule: str, scope: str, language: str) -> str:
    """Return what a check is about in words: a row, a column or a cell (`row.column`); its key where no form has it."""
    return _key_label(scope, _RULES_OF.get(rule[:1]), language)


def _key_label(key: str, first: str | None, language: str) -> str:
    """Return the label of a row, a column or a cell, looked for in the table `first` before the others."""
    for table in sorted(FORMS_OF, key=lambda table: table != first):
        names = _names(table, language)
        row, _, column = key.rpartition(".")
        if key in names:
            return names[key]
        if row in names and column in names:
            return names[row] if table == "statistics" and key.endswith(_ONLY) else f"{names[row]} · {names[column]}"
    return key


def finding_in_words(code: str, message: str, language: str) -> str:
    """Return the message of a finding with its keys in words; as it is where it is none of today's messages."""
    text = finding_text(code, language)
    found = _pattern(text).fullmatch(message) if text else None
    if found is None:
        return message
    # the table that the message names says whose rows and columns are meant; else the rule does
    first = found.groupdict().get("table") or _RULES_OF.get((found.groupdict().get("rule") or "")[:1])
    spans = sorted((found.span(name), found[name]) for name in _KEY_GAPS if name in found.groupdict())
    for (begin, end), value in reversed(spans):
        message = message[:begin] + _KEY.sub(lambda key: _any_label(key[0], first, language), value) + message[end:]
    return message


def _any_label(key: str, first: str | None, language: str) -> str:
    parts = key.split("/")
    if len(parts) == 3:
        return cell_label(parts[0], parts[1], parts[2], language)
    return table_label(key, language) if key in FORMS_OF else _key_label(key, first, language)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """Return what matches a message that was made from `text`: keys have no blanks, but for lists of them and sums."""
    pieces = _GAP.split(text)
    parts, seen = [re.escape(pieces[0])], set()
    for name, after in zip(pieces[1::2], pieces[2::2], strict=True):
        parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.*?)")
        parts.append(re.escape(after))
        seen.add(name)
    return re.compile("".join(parts), re.DOTALL)
