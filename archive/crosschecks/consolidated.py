"""E1 and E2: whether a government's report is the sum of its parts, and whether a report speaks for as much as last year's.

The parts of a report on the whole area are the government's office, its departments and its lower governments, each for all that is
under it; of one on the government with its departments the office and the departments. The register says which bodies there are; that
it knows them all is believed only where most figures add up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.crosschecks.figures import CellKey, Facts, FigureSource, Number, plain
from archive.crosschecks.outcome import Outcome, words_for
from archive.crosschecks.reports import Entry, Reports, UnitEntry
from archive.crosschecks.rules import CrossRule

_CONSOLIDATED = ("whole_area", "government_incl_departments")


@dataclass(frozen=True, slots=True)
class Parts:
    """The reports that make up a consolidated one, and the units that existed and have none that can be added."""

    entries: tuple[Entry, ...]
    missing: tuple[str, ...]


def parts_of(reports: Reports, entry: Entry) -> Parts:
    """Return the parts of a government's consolidated report."""
    entries: list[Entry] = [e for e in reports.of(entry.unit_id, entry.year) if e.span == "own_body"]
    missing = []
    for child in sorted(reports.children.get(entry.unit_id, ())):
        unit = reports.units[child]
        if entry.scope == "government_incl_departments" and unit.kind in ("government", "town", "zone"):
            continue
        wanted = _scopes_of(unit, reports)
        found = [e for e in reports.of(child, entry.year) if e.span in wanted]
        if len(found) == 1:
            entries.append(found[0])
        elif reports.of(child, entry.year) or reports.existed(child, entry.year):
            missing.append(child)
    return Parts(tuple(entries), tuple(missing))


def _scopes_of(unit: UnitEntry, reports: Reports) -> tuple[str, ...]:
    """Return the scopes in which a unit's report can be added: a body with others under it must speak for them."""
    if unit.kind == "government":
        return ("whole_area",)
    if unit.kind == "zone" and reports.children.get(unit.id):
        return _CONSOLIDATED
    return ("own_body",)


def check_consolidated(rule: CrossRule, reports: Reports, facts: Facts, source: FigureSource) -> Iterator[Outcome]:
    """E1: every figure that can be added. Of outcomes in which nothing but nought stands, and of unassessable ones, none is kept."""
    entry = facts.entry
    if entry.scope not in _CONSOLIDATED or reports.units[entry.unit_id].kind != "government":
        return
    parts = parts_of(reports, entry)
    if len(parts.entries) < rule.parameters["fewest_parts"]:
        return
    summed = [source.of(part) for part in parts.entries]
    sums = {key: _sum(key, facts, summed) for key in facts.figures if _is_added(rule.parameters, key)}
    believed = _holds(rule, sums)
    for table in sorted({key[0] for key in sums}):
        complete = not parts.missing and believed
        for key, (total, known, faults) in sums.items():
            if key[0] == table:
                yield from _outcome(rule, facts, summed, parts, key, total, known, faults, complete)


def _is_added(parameters: Mapping[str, Any], key: CellKey) -> bool:
    table, row, column = key
    if table == "statistics":
        return row in parameters["statistics"]
    return column in parameters["columns"].get(table, (column,))


def _sum(key: CellKey, facts: Facts, parts: Sequence[Facts]) -> tuple[Number | None, Number, tuple[str, ...]]:
    """Return (the report's figure, the sum of the parts' usable ones, why the others are not usable)."""
    known: Number = 0
    faults = []
    for part in parts:
        number = part.number(key)
        comparable = part.forms.get(key[0]) == facts.forms.get(key[0]) or key[0] in (
            "requests",
            "review_and_litigation",
        )
        if number is None or not comparable:
            faults.append(part.fault(key) or "forms_differ")
        else:
            known += number
    return facts.number(key), known, tuple(faults)


def _holds(rule: CrossRule, sums: Mapping[CellKey, tuple[Number | None, Number, tuple[str, ...]]]) -> bool:
    """Tell whether enough of the figures other than nought add up to believe that all parts are known."""
    compared = [
        total == known
        for total, known, faults in sums.values()
        if not faults and total is not None and (total or known)
    ]
    return bool(compared) and sum(compared) / len(compared) >= rule.parameters["share_that_holds"]


def _outcome(
    rule: CrossRule, facts: Facts, summed: Sequence[Facts], parts: Parts, key: CellKey,
    total: Number | None, known: Number, faults: tuple[str, ...], complete: bool,
) -> Iterator[Outcome]:  # fmt: skip
    if total is None:
        if known:
            yield _unsure(rule, facts, parts, key, facts.fault(key) or "absent", None, known)
        return
    if not total and not known:
        return
    whole = complete and not faults
    failed = known != total if whole else known > total and key[2] not in rule.parameters["signed"]
    if not failed and not whole and known != total:
        reason = "parts_missing" if parts.missing else (faults[0] if faults else "parts_unknown")
        yield _unsure(rule, facts, parts, key, reason, total, known)
        return
    cells = [facts.evidence(key), *(part.evidence(key) for part in summed)] if failed else [facts.evidence(key)]
    yield Outcome(
        rule.id,
        facts.entry,
        ".".join(key),
        "fail" if failed else "pass",
        None,
        str(plain(total)),
        str(plain(known)),
        {"cells": cells, "parts": len(summed), "missing": list(parts.missing)},
        {"what": words_for(*key), "parts": (str(len(summed)), str(len(summed)))},
    )


def _unsure(
    rule: CrossRule, facts: Facts, parts: Parts, key: CellKey, reason: str, total: Number | None, known: Number
) -> Outcome:
    return Outcome(
        rule.id, facts.entry, ".".join(key), "not_assessable", None,
        None if total is None else str(plain(total)), str(plain(known)),
        {"cells": [facts.evidence(key)], "parts": len(parts.entries), "missing": list(parts.missing)}, reason=reason,
    )  # fmt: skip


def check_scope(rule: CrossRule, reports: Reports, entry: Entry) -> Iterator[Outcome]:
    """E2: of a government or an office, this year's scope and last year's."""
    if reports.units[entry.unit_id].kind not in ("government", "office"):
        return
    last = reports.year_of_line(entry.unit_id, entry.year - 1)
    if not last:
        return
    same = [e for e in last if e.span == entry.span]
    other = (same or list(last))[0]
    unknown = "unknown" in (entry.span, *(e.span for e in last))
    yield Outcome(
        rule.id, entry, "", "not_assessable" if unknown else "pass" if same else "fail", other,
        entry.scope, other.scope, {"scopes": [entry.scope, *(e.scope for e in last)]},
        reason="scope_unknown" if unknown else None,
    )  # fmt: skip
