"""Rules on all figures of a report against the years before: D3 (all the same) and D5 (jumps)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from statistics import median

from archive.crosschecks.figures import CellKey, Facts, plain
from archive.crosschecks.outcome import Outcome, words_for
from archive.crosschecks.rules import CrossRule


def check_repeated_figures(rule: CrossRule, facts: Facts, last: Facts | None) -> Iterator[Outcome]:
    """D3: every cell as last year, value for value and blank for blank, and not all nought.

    A cell that may not be used decides nothing; where only such cells could tell, the rule is not assessable.
    """
    if last is None or not facts.figures or not last.figures:
        return
    if facts.forms != last.forms:
        yield Outcome(rule.id, facts.entry, "figures", "not_assessable", last.entry, reason="forms_differ")
        return
    unsure: dict[CellKey, str] = {}
    same, other_than_nought = 0, False
    differs: CellKey | None = None
    for key in sorted(facts.figures.keys() | last.figures.keys()):
        now, before = facts.figures.get(key), last.figures.get(key)
        faults = [f.fault for f in (now, before) if f is not None and f.fault in ("undecidable", "disputed")]
        if faults:
            unsure[key] = faults[0] or ""
        elif now is None or before is None or (now.state, now.value) != (before.state, before.value):
            differs = key
            break
        elif now.value is not None:
            same += 1
            other_than_nought = other_than_nought or now.value != 0
    if differs is not None:
        cells = [facts.evidence(differs), last.evidence(differs)]
        yield Outcome(rule.id, facts.entry, "figures", "pass", last.entry, evidence={"cells": cells})
    elif unsure:
        cells = [facts.evidence(key) for key in sorted(unsure)]
        yield Outcome(
            rule.id, facts.entry, "figures", "not_assessable", last.entry,
            evidence={"cells": cells}, reason=next(iter(unsure.values())),
        )  # fmt: skip
    else:
        yield Outcome(
            rule.id, facts.entry, "figures", "fail" if other_than_nought else "pass", last.entry,
            str(same), str(same), {"readings": [facts.entry.reading_id, last.entry.reading_id], "same": same},
        )  # fmt: skip


def check_jumps(rule: CrossRule, facts: Facts, before: Sequence[Facts]) -> Iterator[Outcome]:
    """D5: a figure ten times the median of the three years before, or a tenth of it. Only what fails is kept.

    `before` are the reports of those years, all of them; where one lacks, no median is taken.
    """
    factor, least = rule.parameters["factor"], rule.parameters["from"]
    if len(before) < rule.parameters["years"]:
        return
    for key, figure in facts.figures.items():
        if figure.fault is not None or figure.value is None:
            continue
        if figure.value < least and not any(_is_large(earlier, key, least) for earlier in before):
            continue
        numbers: list[Decimal | None] = [_comparable(rule.parameters, facts, earlier, key) for earlier in before]
        known = [number for number in numbers if number is not None]
        if len(known) < len(numbers):
            continue
        middle = median(known)
        if max(figure.value, middle) < least or middle / Decimal(factor) <= figure.value <= middle * factor:
            continue
        table, row, column = key
        yield Outcome(
            rule.id,
            facts.entry,
            f"{row}.{column}",
            "fail",
            None,
            str(plain(figure.value)),
            str(plain(middle)),
            {"cells": [f.evidence(_named(rule.parameters, f, key)) for f in (facts, *before)]},
            {"what": words_for(table, row, column)},
        )


def _is_large(facts: Facts, key: CellKey, least: int) -> bool:
    """Tell whether a figure may count where this year's is small: those of a list before 2019 always may."""
    figure = facts.figures.get(key)
    return "statistics" in facts.forms if figure is None or figure.value is None else figure.value >= least


def _comparable(
    parameters: Mapping[str, Mapping[str, str]], facts: Facts, earlier: Facts, key: CellKey
) -> Decimal | None:
    """Return an earlier year's figure of the same meaning, or None where there is none that may be used."""
    table, row, column = key
    if table in earlier.forms and earlier.forms[table] != facts.forms.get(table):
        same = table == "requests" or f"{row}.{column}" in parameters["across_forms"]
        if not same:
            return None
    number = earlier.number(_named(parameters, earlier, key))
    return Decimal(number) if number is not None else None


def _named(parameters: Mapping[str, Mapping[str, str]], facts: Facts, key: CellKey) -> CellKey:
    """Return where a report has the figure that is `key` today: before 2019 in its list."""
    if key in facts.figures or "statistics" not in facts.forms:
        return key
    row = parameters["before_2019"].get("/".join(key))
    return key if row is None else ("statistics", row, "value")
