"""E3: the parts that a government's text prints, body by body, against its table.

Guarantees: a list is read only where all its items name bodies; a list that may leave bodies out fails only where it comes to more
than the table has.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

from archive.crosschecks.figures import CellKey, Facts, plain
from archive.crosschecks.outcome import Outcome
from archive.crosschecks.reports import Reports
from archive.crosschecks.rules import CrossRule
from parsers.narrative import comparable_lines

_ITEM = re.compile(r"([^\d,、;:。()]{2,24}?)(?:收到|收办|受理|办理|新收|共|为)?(\d+)件")
_BODY = re.compile(
    r"(?:区|县|市|旗|州|盟|镇|乡|街道|办事处|部门|单位|机关|政府|政府办|办公室|办公厅|管委会|新城|园|本级|[局委厅办])$"
)
_DEPARTMENTS = re.compile(r"部门|单位")
_ABOUT = re.compile(r"申请|办件|收办|受理")
_NOT_ABOUT = re.compile(r"复议|诉讼|主动公开|发布|许可|处罚")
_STOPS = re.compile(r"[。;!?\n]")
_NEW: CellKey = ("requests", "new_received", "total")
_IN: CellKey = ("requests", "carried_in", "total")
_DONE: CellKey = ("requests", "total_processed", "total")
_OUT: CellKey = ("requests", "carried_out", "total")
_ADMISSIBLE: tuple[tuple[CellKey, ...], ...] = ((_NEW,), (_NEW, _IN), (_DONE,), (_DONE, _OUT))
"""What the parts may add up to; 宿迁 2023 prints new requests and those carried in together."""


def read_parts(text: str) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Yield (sentence, [(body, number)]) for each sentence about requests that goes through bodies."""
    for sentence in _STOPS.split(comparable_lines(text)):
        if not _ABOUT.search(sentence) or _NOT_ABOUT.search(sentence):
            continue
        items = [(m[1].removeprefix("其中"), int(m[2])) for m in _ITEM.finditer(sentence)]
        bodies = [(name, number) for name, number in items if _BODY.search(name)]
        # what stands before the first body is the total, what stands among them is none
        if bodies and all(item in bodies for item in items[items.index(bodies[0]) :]):
            yield sentence, bodies


def check_printed_parts(rule: CrossRule, reports: Reports, facts: Facts, db: sqlite3.Connection) -> Iterator[Outcome]:
    """Apply the rule to the text of a report that speaks for others as well."""
    unit = reports.units[facts.entry.unit_id]
    if unit.kind not in ("government", "office") or "requests" not in facts.forms:
        return
    for (text,) in db.execute(
        "SELECT text FROM section WHERE reading_id = ? AND number IN (1, 3) ORDER BY position",
        (facts.entry.reading_id,),
    ):
        for sentence, parts in read_parts(text):
            if len(parts) >= rule.parameters["fewest_parts"]:
                yield _hold(rule, reports, facts, sentence, parts)
                return


def _hold(rule: CrossRule, reports: Reports, facts: Facts, sentence: str, parts: list[tuple[str, int]]) -> Outcome:
    total = sum(number for _, number in parts)
    known = {
        keys: sum(number for number in numbers if number is not None)
        for keys in _ADMISSIBLE
        if None not in (numbers := [facts.number(key) for key in keys])
    }
    evidence = {"sentence": sentence, "parts": [list(part) for part in parts]}
    within = ".".join(_NEW)
    if not known:
        return Outcome(
            rule.id, facts.entry, within, "not_assessable", None, str(total),
            evidence=evidence, reason=facts.fault(_NEW) or "absent",
        )  # fmt: skip
    met = next((keys for keys, number in known.items() if number == total), None)
    whole = _names_all(reports, facts, parts)
    failed = met is None and (whole or total > max(known.values()))
    keys = met or next(iter(known))
    if met is None and not failed:
        return Outcome(
            rule.id, facts.entry, within, "not_assessable", None, str(total), str(plain(known[keys])),
            evidence, reason="parts_unknown",
        )  # fmt: skip
    count = str(len(parts))
    return Outcome(
        rule.id, facts.entry, within, "fail" if failed else "pass", None, str(total), str(plain(known[keys])),
        evidence | {"cells": [facts.evidence(key) for key in keys]}, {"parts": (count, count)},
    )  # fmt: skip


def _names_all(reports: Reports, facts: Facts, parts: list[tuple[str, int]]) -> bool:
    """Tell whether the bodies named are all: departments in one, and each lower government that the archive knows for the year."""
    if not any(_DEPARTMENTS.search(name) for name, _ in parts):
        return False
    lower = [
        reports.units[child]
        for child in reports.children.get(facts.entry.unit_id, ())
        if reports.units[child].kind == "government" and reports.of(child, facts.entry.year)
    ]
    printed = "|".join(name for name, _ in parts)
    return all(any(stem in printed for stem in _stems(unit.name)) for unit in lower)


def _stems(name: str) -> list[str]:
    """Return what a lower government may be called in a list: 沭阳县 of 江苏省宿迁市沭阳县人民政府."""
    place = re.sub(r"人民政府$", "", name)
    found = re.search(r"([^省市州盟]+?[市县区旗])$", place)
    return [found[1]] if found else [place]
