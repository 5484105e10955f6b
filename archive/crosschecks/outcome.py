"""What a rule came to, and the row in which it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from archive.crosschecks.reports import Entry
from archive.crosschecks.rules import cross_rules, reason_text
from archive.keys import digest, dump_json
from archive.labels import FORMS_OF
from parsers.templates import load_form

Status = Literal["pass", "fail", "not_assessable"]
Words = tuple[str, str]
"""The same in English and in Chinese."""

Row = tuple[str | int | None, ...]
"""A row of `cross_check`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One rule applied to one report; `words` fill the gaps of its message, `reason` says why it was not assessable."""

    rule: str
    entry: Entry
    within: str
    status: Status
    other: Entry | None = None
    left: str | None = None
    right: str | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, Words] = field(default_factory=dict)
    reason: str | None = None
    message: str = "fail"
    """Which of the rule's messages tells of a failure: its keys are this with `_en` and `_zh`."""

    def row(self) -> Row:
        """Return the outcome as it is kept."""
        entry, other = self.entry, self.other
        return cross_check_row(
            self.rule,
            (entry.unit_id, entry.year, entry.scope, entry.id),
            self.within,
            self.status,
            None if other is None else (other.unit_id, other.year, other.id),
            self.left,
            self.right,
            self.evidence,
            _message(self),
        )


def cross_check_row(
    rule: str,
    subject: tuple[str, int, str, str | None],
    within: str,
    status: Status,
    other: tuple[str, int, str] | None,
    left: str | None,
    right: str | None,
    evidence: Mapping[str, Any],
    message: Words,
) -> Row:
    """Return a row of `cross_check`; `subject` is (unit, year, scope, report), `other` (unit, year, report)."""
    unit, year, scope, report = subject
    other_unit, other_year, other_report = other or (None, None, None)
    return (
        digest("cross_check", rule, unit, year, scope, within, other_unit, other_year),
        rule,
        unit,
        year,
        report,
        within,
        other_unit,
        other_year,
        other_report,
        status,
        cross_rules()[rule].severity,
        left,
        right,
        dump_json(evidence),
        *message,
    )


def _message(outcome: Outcome) -> Words:
    rule = cross_rules()[outcome.rule]
    if outcome.status == "pass":
        return rule.about_en, rule.about_zh
    if outcome.status == "not_assessable":
        assert outcome.reason is not None
        return reason_text(outcome.reason)
    own = {"fail_en": rule.fail_en, "fail_zh": rule.fail_zh, **rule.parameters}
    gaps = {"left": outcome.left or "", "right": outcome.right or "", "year": outcome.entry.year}
    if outcome.other is not None:
        gaps["last"] = outcome.other.year
    en = {name: words[0] for name, words in outcome.words.items()}
    zh = {name: words[1] for name, words in outcome.words.items()}
    zh |= {f"{name}_zh": words[1] for name, words in outcome.words.items()}
    return own[f"{outcome.message}_en"].format(**gaps | en), own[f"{outcome.message}_zh"].format(**gaps | zh)


@cache
def words_for(table: str, row: str | None = None, column: str | None = None) -> Words:
    """Return what a row, a column or a cell of a table is called, by its forms; the keys where none knows them."""
    names: list[Words] = []
    for key, kind in ((row, "rows"), (column, "columns")):
        if key is None:
            continue
        found = [
            item
            for name in FORMS_OF.get(table, ())
            for item in getattr(load_form(table, name), kind)
            if item.key == key
        ]
        names.append((found[0].en, found[0].zh) if found else (key, key))
    return " / ".join(n[0] for n in names), "·".join(n[1] for n in names)
