"""Rules on single figures of a report and last year's that are no equations: B3, C4 and the other half of C5."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from archive.crosschecks.equations import check_equations, has_form
from archive.crosschecks.figures import CellKey, Facts, plain
from archive.crosschecks.outcome import Outcome, Status, words_for
from archive.crosschecks.rules import CrossRule

_REVIEW: CellKey = ("review_and_litigation", "review", "total")
_SUITS: CellKey = ("review_and_litigation", "suit_after_review", "total")


def check_suits_after_review(rule: CrossRule, facts: Facts, last: Facts | None) -> Iterator[Outcome]:
    """B3: suits after review, and no review this year or last. Last year is asked only where this year does not tell."""
    if not has_form(facts, _SUITS[0], None):
        return
    suits, reviews = facts.number(_SUITS), facts.number(_REVIEW)
    cells = [facts.evidence(_SUITS), facts.evidence(_REVIEW)]
    other, before = None, None
    if suits != 0 and not reviews and last is not None:
        other, before = last.entry, last.number(_REVIEW)
        cells.append(last.evidence(_REVIEW))
    reason = None
    status: Status
    if suits == 0 or (suits is not None and (reviews or before)):
        status = "pass"
    elif suits is None or reviews is None or before is None:
        status = "not_assessable"
        faults = [facts.fault(_SUITS), facts.fault(_REVIEW), last.fault(_REVIEW) if last else "no_last_year"]
        reason = next(fault for fault in faults if fault is not None)
    else:
        status = "fail"
    yield Outcome(
        rule.id,
        facts.entry,
        "",
        status,
        other,
        None if suits is None else str(suits),
        None if reviews is None else str(reviews),
        {"cells": cells},
        reason=reason,
    )


def check_unit_of_money(rule: CrossRule, facts: Facts, last: Facts | None) -> Iterator[Outcome]:
    """C4: an amount a thousand times last year's, or a thousandth of it."""
    if last is None:
        return
    table, factor = rule.parameters["table"], rule.parameters["factor"]
    for within in rule.parameters["cells"]:
        key = (table, *within.split("."))
        if key not in facts.figures or key not in last.figures:
            continue
        now, before = facts.number(key), last.number(key)
        fault = facts.fault(key) or last.fault(key) or (None if now and before else "nought")
        failed = fault is None and not Decimal(1) / factor <= Decimal(now or 0) / Decimal(before or 1) <= factor
        yield Outcome(
            rule.id,
            facts.entry,
            within,
            "not_assessable" if fault else "fail" if failed else "pass",
            last.entry,
            None if now is None else str(plain(now)),
            None if before is None else str(plain(before)),
            {"cells": [facts.evidence(key), last.evidence(key)]},
            reason=fault,
        )


def check_items(rule: CrossRule, facts: Facts, last: Facts | None) -> Iterator[Outcome]:
    """C5: decisions where there are no items; and this year's prior items against last year's with their change."""
    yield from check_equations(rule, facts, last)
    table = rule.parameters["table"]
    if not has_form(facts, table, rule.parameters["form"]):
        return
    for row in rule.parameters["rows"]:
        keys: list[CellKey] = [(table, row, column) for column in ("decisions", "prior_items", "change")]
        decisions, prior, change = (facts.number(key) for key in keys)
        fault = next((facts.fault(key) for key in keys if facts.fault(key)), None)
        if decisions == 0:
            fault = None
        failed = fault is None and decisions != 0 and (prior or 0) + (change or 0) == 0
        yield Outcome(
            rule.id,
            facts.entry,
            f"{row}.decisions",
            "not_assessable" if fault else "fail" if failed else "pass",
            left=None if decisions is None else str(decisions),
            right=None if prior is None or change is None else str(prior + change),
            evidence={"cells": [facts.evidence(key) for key in keys]},
            words={"what": words_for(*keys[0])},
            reason=fault,
            message="no_items",
        )
