"""E3: the parts that a government's text prints, body by body, against its table.

Guarantees: a list is read only where all its items name bodies, and held against the table only where the total before it, if there
is one, is the table's: else it is of something else. A list that may leave bodies out fails only where it comes to more than the table
has. It leaves none out where it names departments in one and every lower government, or where it names exactly the bodies whose own
reports make the table's figure.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from archive.crosschecks.consolidated import parts_of
from archive.crosschecks.figures import CellKey, Facts, FigureSource, Number, plain
from archive.crosschecks.outcome import Outcome
from archive.crosschecks.reports import Reports, UnitEntry
from archive.crosschecks.rules import CrossRule
from archive.register.names import read_name
from parsers.narrative import comparable_lines

_ITEM = re.compile(r"([^\d,、;:。()]{2,24}?)(?:收到|收办|受理|办理|新收|共|为)?(\d+)件")
_BODY = re.compile(
    r"(?:区|县|市|旗|州|盟|镇|乡|街道|办事处|部门|单位|机关|政府|委员会|办公室|管委会|新城|园|本级|[局委厅办])$"
)
_DEPARTMENTS = re.compile(r"部门|单位")
_ABOUT = re.compile(r"申请|办件|收办|受理")
_NOT_ABOUT = re.compile(r"复议|诉讼|主动公开|发布|许可|处罚")
_STOPS = re.compile(r"[。;!?\n]")
_NEW: CellKey = ("requests", "new_received", "total")
_IN: CellKey = ("requests", "carried_in", "total")
_DONE: CellKey = ("requests", "total_processed", "total")
_OUT: CellKey = ("requests", "carried_out", "total")
Known = Mapping[tuple[CellKey, ...], Number]
"""The figures that a list may add up to, by the cells that they are the sum of."""

_ADMISSIBLE: tuple[tuple[CellKey, ...], ...] = ((_NEW,), (_NEW, _IN), (_DONE,), (_DONE, _OUT))
"""What the parts may add up to; 宿迁 2023 prints new requests and those carried in together."""


@dataclass(frozen=True, slots=True)
class PrintedParts:
    """A sentence that goes through bodies: each with its number, and the numbers that stand before the first."""

    sentence: str
    parts: tuple[tuple[str, int], ...]
    totals: tuple[int, ...]

    @property
    def sum(self) -> int:
        """Return what the parts make."""
        return sum(number for _, number in self.parts)


def read_parts(text: str) -> Iterator[PrintedParts]:
    """Yield each sentence about requests that goes through bodies."""
    for sentence in _STOPS.split(comparable_lines(text)):
        if not _ABOUT.search(sentence) or _NOT_ABOUT.search(sentence):
            continue
        items = [(m[1].removeprefix("其中"), int(m[2])) for m in _ITEM.finditer(sentence)]
        bodies = [(name, number) for name, number in items if _BODY.search(name)]
        # what stands before the first body is the total, what stands among them is none
        if bodies and all(item in bodies for item in items[items.index(bodies[0]) :]):
            totals = (number for _, number in items[: items.index(bodies[0])])
            yield PrintedParts(sentence, tuple(bodies), tuple(totals))


def check_printed_parts(
    rule: CrossRule, reports: Reports, facts: Facts, source: FigureSource, db: sqlite3.Connection
) -> Iterator[Outcome]:
    """Apply the rule to the text of a report that speaks for others as well."""
    unit = reports.units[facts.entry.unit_id]
    if unit.kind not in ("government", "office") or "requests" not in facts.forms:
        return
    sections = db.execute(
        "SELECT text FROM section WHERE reading_id = ? AND number IN (1, 3) ORDER BY position",
        (facts.entry.reading_id,),
    )
    lists = [
        printed
        for (text,) in sections
        for printed in read_parts(text)
        if len(printed.parts) >= rule.parameters["fewest_parts"]
    ]
    for printed in sorted(lists, key=lambda p: _is_of_something_else(p, _known(facts)))[:1]:
        yield _hold(rule, reports, facts, source, printed)


def _is_of_something_else(printed: PrintedParts, known: Known) -> bool:
    return bool(printed.totals) and not set(printed.totals) & set(known.values())


def _hold(rule: CrossRule, reports: Reports, facts: Facts, source: FigureSource, printed: PrintedParts) -> Outcome:
    known = _known(facts)
    own = _own_reports(reports, facts, source, printed)
    proven = _add_up(own, {keys: number for keys, number in known.items() if number in printed.totals})
    met = next((keys for keys, number in known.items() if number == printed.sum), None)
    if proven and met is not None and printed.sum not in printed.totals and not _are(printed, own, met):
        met = None  # 76 of 77, and by chance as many were dealt with
    reason = None
    if not known:
        reason = facts.fault(_NEW) or "absent"
    elif _is_of_something_else(printed, known):
        reason = "quantity_unknown"
    elif met is None and printed.sum <= max(known.values()) and not (proven or _names_all(reports, facts, printed)):
        reason = "parts_unknown"
    evidence = {"sentence": printed.sentence, "parts": [list(part) for part in printed.parts]}
    within, keys = (
        ".".join(_NEW),
        met or next((k for k, n in known.items() if n in printed.totals), next(iter(known), ())),
    )
    right = str(plain(known[keys])) if known else None
    if reason is not None:
        return Outcome(
            rule.id, facts.entry, within, "not_assessable", None, str(printed.sum), right, evidence, reason=reason
        )
    count = str(len(printed.parts))
    return Outcome(
        rule.id, facts.entry, within, "pass" if met else "fail", None, str(printed.sum), right,
        evidence | {"cells": [facts.evidence(key) for key in keys]}, {"parts": (count, count)},
    )  # fmt: skip


def _known(facts: Facts) -> Known:
    """Return what the parts may add up to, as far as a report has it."""
    return {
        keys: sum(number for number in numbers if number is not None)
        for keys in _ADMISSIBLE
        if None not in (numbers := [facts.number(key) for key in keys])
    }


def _own_reports(reports: Reports, facts: Facts, source: FigureSource, printed: PrintedParts) -> list[Known]:
    """Return what the reports of the bodies named say, in their order; nothing unless they are just those that are added up."""
    if facts.entry.scope not in ("whole_area", "government_incl_departments"):
        return []
    left = {entry.unit_id: entry for entry in parts_of(reports, facts.entry).entries}
    found = []
    for name, _ in printed.parts:
        meant = [unit for unit in left if _means(name, reports.units[unit])]
        if len(meant) != 1:
            return []
        found.append(_known(source.of(left.pop(meant[0]))))
    return [] if left else found


def _add_up(own: list[Known], figures: Known) -> bool:
    """Tell whether what bodies report themselves makes one of these figures: then nobody else is in it."""
    return bool(own) and any(
        all(keys in part for part in own) and sum(part[keys] for part in own) == number
        for keys, number in figures.items()
    )


def _are(printed: PrintedParts, own: list[Known], keys: tuple[CellKey, ...]) -> bool:
    """Tell whether the numbers in a list are those that the bodies report themselves."""
    return [number for _, number in printed.parts] == [part.get(keys) for part in own]


def _means(name: str, unit: UnitEntry) -> bool:
    """Tell whether a name in a list is a body's: 沭阳县 of its government, 政府办 of the office."""
    if unit.kind == "government":
        return any(name.endswith(stem) for stem in _stems(unit.name))
    return read_name(name, unit.place).full == unit.name


def _names_all(reports: Reports, facts: Facts, listed: PrintedParts) -> bool:
    """Tell whether the bodies named are all: departments in one, and each lower government that the archive knows for the year."""
    if not any(_DEPARTMENTS.search(name) for name, _ in listed.parts):
        return False
    lower = [
        reports.units[child]
        for child in reports.children.get(facts.entry.unit_id, ())
        if reports.units[child].kind == "government" and reports.of(child, facts.entry.year)
    ]
    printed = "|".join(name for name, _ in listed.parts)
    return all(any(stem in printed for stem in _stems(unit.name)) for unit in lower)


def _stems(name: str) -> list[str]:
    """Return what a lower government may be called in a list: 沭阳县 of 江苏省宿迁市沭阳县人民政府."""
    place = re.sub(r"人民政府$", "", name)
    found = re.search(r"([^省市州盟]+?[市县区旗])$", place)
    return [found[1]] if found else [place]
