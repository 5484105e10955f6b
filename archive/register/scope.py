"""What a report speaks for: its own body, the government with its departments, or the whole area; `unknown` where the text does not tell.

Guarantees: a scope is said only on the evidence of sentences that are kept with it: those that say what the report covers, or
who received the requests, where the number said is the table's. Sentences that contradict each other give `unknown`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from archive.register.names import Kind
from parsers.model import Report
from parsers.normalize import comparable

Scope = Literal["own_body", "government_incl_departments", "whole_area", "unknown"]
_WIDEST_FIRST: tuple[Scope, ...] = ("whole_area", "government_incl_departments", "own_body")
_STOPS = re.compile(r"[。!?;\n]")
_COMMA = re.compile(r"[,:]")


@dataclass(frozen=True, slots=True)
class ReportScope:
    """A scope, the rule that told it and the sentences it rests on."""

    scope: Scope
    rule: Literal["coverage", "subject", "conflict", "silent", "decided"]
    evidence: tuple[str, ...] = ()


@cache
def _patterns(part: str) -> Mapping[str, re.Pattern[str]]:
    data = tomllib.loads((files(__package__) / "scope.toml").read_text(encoding="utf-8"))
    found = data
    for key in part.split("."):
        found = found[key]
    return {
        name: re.compile("|".join(value) if isinstance(value, list) else value)
        for name, value in found.items()
        if not isinstance(value, dict)
    }


def read_scope(report: Report, kind: Kind) -> ReportScope:
    """Return what a report of a body of this kind speaks for."""
    sentences = list(_sentences(report))
    governs = kind in ("government", "office")
    found = list(_coverage(sentences, governs))
    if found:
        return _told("coverage", found)
    return _told("subject", list(_subjects([*sentences, *_on_requests(report)], report, governs)))


def _told(rule: Literal["coverage", "subject"], found: list[tuple[Scope, str]]) -> ReportScope:
    scopes = {scope for scope, _ in found}
    evidence = tuple(dict.fromkeys(sentence for _, sentence in found))
    if not scopes:
        return ReportScope("unknown", "silent")
    if len(scopes) > 1 or "unknown" in scopes:
        return ReportScope("unknown", "conflict", evidence)
    return ReportScope(scopes.pop(), rule, evidence)


def _sentences(report: Report) -> Iterator[str]:
    """Yield the sentences of the preface and of sections one and six, where reports speak of themselves."""
    for text in (report.preface or "", *(s.text for s in report.sections if s.number in (1, 6))):
        for line in text.split("\n"):
            yield from (s for s in _STOPS.split(comparable(line)) if s)


def _on_requests(report: Report) -> Iterator[str]:
    """Yield the sentences of a section on requests, which reports had before 2019 (依申请公开政府信息情况)."""
    for section in report.sections:
        if section.number not in (1, 6) and "申请" in section.heading:
            for line in section.text.split("\n"):
                yield from (s for s in _STOPS.split(comparable(line)) if s)


def _coverage(sentences: Iterable[str], governs: bool) -> Iterator[tuple[Scope, str]]:
    """Find what sentences say of the report itself; a body that governs nobody and yet covers others is `unknown`."""
    says, objects, own = _patterns("coverage"), _patterns("coverage.objects"), _patterns("own_body")
    for sentence in sentences:
        if not says["speaks"].search(sentence):
            continue
        if own["always"].search(sentence) or (not governs and own["single"].search(sentence)):
            yield "own_body", sentence
            continue
        covered = ",".join(says["excludes"].split(part, maxsplit=1)[0] for part in _COMMA.split(sentence))
        if not says["covers"].search(covered):
            continue
        scope = next((s for s in _WIDEST_FIRST if s in objects and objects[s].search(covered)), None)
        if scope is not None:
            yield (scope if governs else "unknown"), sentence


def _subjects(sentences: Iterable[str], report: Report, governs: bool) -> Iterator[tuple[Scope, str]]:
    """Find who is said to have received the requests, where the number said is the table's."""
    received = _received(report)
    patterns = _patterns("subject")
    for sentence in sentences:
        for match in (*patterns["statement"].finditer(sentence), *patterns["none"].finditer(sentence)):
            said = int(match[1]) if match.re.groups else 0
            # nought is everybody's number: it does not tell which of a government's bodies is meant
            if said not in received or (governs and said == 0):
                continue
            clause = _COMMA.split(sentence[: match.start()])[-1] or sentence[: match.start()]
            scope = next((s for s in _WIDEST_FIRST if patterns[s].search(clause)), None)
            if scope is not None and (governs or scope == "own_body"):
                yield scope, sentence


def _received(report: Report) -> frozenset[int]:
    """Return the numbers that "requests received" may mean: new ones, or these with those carried in (domain.md 2)."""
    listed = [
        c.value for c in report.cells if c.table == "statistics" and c.row in ("requests_received", "requests_total")
    ]
    if listed:
        return frozenset(value for value in listed if isinstance(value, int))
    figures = {
        c.row: c.value
        for c in report.cells
        if c.table == "requests" and c.column == "total" and c.state == "value" and isinstance(c.value, int)
    }
    if "new_received" not in figures:
        return frozenset()
    return frozenset((figures["new_received"], figures["new_received"] + figures.get("carried_in", 0)))
