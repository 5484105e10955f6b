"""Rules that compare two sums of figures, of one report or of two years: B4, C1, C2, D1 and half of C5, written as data."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from archive.crosschecks.figures import CellKey, Facts, Number, plain
from archive.crosschecks.outcome import Outcome, words_for
from archive.crosschecks.rules import CrossRule, cross_rules

_RELATIONS: Mapping[str, Callable[[Any, Any], bool]] = {"=": operator.eq, "<=": operator.le}


@dataclass(frozen=True, slots=True)
class Term:
    """A figure in a sum: added or taken away, of this year's report or of last year's."""

    sign: int
    last: bool
    key: CellKey


@dataclass(frozen=True, slots=True)
class Equation:
    """Two sums and how they must stand to each other; `form` admits one form of the table alone."""

    table: str
    form: str | None
    left: tuple[Term, ...]
    relation: str
    right: tuple[Term, ...]
    within: str


@cache
def _terms(table: str, texts: tuple[str, ...]) -> tuple[Term, ...]:
    terms = []
    for text in texts:
        sign, text = (-1, text[1:]) if text.startswith("-") else (1, text)
        last, text = text.startswith("last "), text.removeprefix("last ")
        row, _, column = text.rpartition(".")
        terms.append(Term(sign, last, (table, row, column)))
    return tuple(terms)


@cache
def equations_of(rule_id: str) -> tuple[Equation, ...]:
    """Return the equations of a rule, written out for each row or column that it names."""

    def fill(texts: Sequence[str], each: str) -> tuple[str, ...]:
        return tuple(text.format(each=each) for text in texts)

    return tuple(
        Equation(
            table=data["table"],
            form=data.get("form"),
            left=_terms(data["table"], fill(data["left"], each)),
            relation=data["relation"],
            right=_terms(data["table"], fill(data["right"], each)),
            within=data["within"].format(each=each),
        )
        for data in cross_rules()[rule_id].parameters["equation"]
        for each in data["each"]
    )


def has_form(facts: Facts, table: str, form: str | None) -> bool:
    """Tell whether a report has a table, in the form that a rule asks for."""
    return table in facts.forms and form in (None, facts.forms[table])


def check_equations(rule: CrossRule, facts: Facts, last: Facts | None) -> Iterator[Outcome]:
    """Apply a rule's equations to a report and last year's; where a table is not there in the form asked for, none applies."""
    if last is None:
        return
    for equation in equations_of(rule.id):
        if has_form(facts, equation.table, equation.form) and has_form(last, equation.table, equation.form):
            yield _compare(rule, equation, facts, last)


def _compare(rule: CrossRule, equation: Equation, facts: Facts, last: Facts) -> Outcome:
    cells = []
    faults = []
    totals: list[Number] = []
    for side, terms in (("left", equation.left), ("right", equation.right)):
        total: Number = 0
        for term in terms:
            source = last if term.last else facts
            cells.append({"side": side, "sign": term.sign, **source.evidence(term.key)})
            number = source.number(term.key)
            if number is None:
                faults.append(source.fault(term.key) or "")
            else:
                total += term.sign * number
        totals.append(total)
    evidence = {"cells": cells}
    if faults:
        return Outcome(
            rule.id,
            facts.entry,
            equation.within,
            "not_assessable",
            last.entry,
            evidence=evidence | {"reasons": sorted(set(faults))},
            reason=faults[0],
        )
    left, right = totals
    # the first term of this year's tells what is meant: its row and its column
    key = next(t.key for t in (*equation.left, *equation.right) if not t.last)
    return Outcome(
        rule.id,
        facts.entry,
        equation.within,
        "pass" if _RELATIONS[equation.relation](left, right) else "fail",
        last.entry,
        str(plain(left)),
        str(plain(right)),
        evidence,
        {"what": words_for(*key)},
    )
