"""Statements in the prose that can be held against the tables: rule F1, with the admissible set of each phrase.

The same words mean different quantities (domain.md, "Narrative against tables"): a statement passes if any member of its
set equals it, and says which. A statement never changes a figure or its trust.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parsers.model import Cell, Check, Finding, Section
from parsers.normalize import comparable
from parsers.templates import finding

_N = r"(\d+)"
_REQUEST = r"(?:政府信息(?:公开)?|信息公开|依申请公开)"


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A way of stating a quantity: its pattern (group 1 the number, or `value` fixed) and what it may equal."""

    pattern: re.Pattern[str]
    scope: str
    admissible: tuple[str, ...]
    value: int | None = None


def _phrase(pattern: str, scope: str, *admissible: str, value: int | None = None) -> _Phrase:
    return _Phrase(re.compile(pattern), scope, admissible, value)


_T = "total"
_PHRASES: tuple[_Phrase, ...] = (
    _phrase(
        rf"(?:未|没有|未曾|无)(?:收到|接到|受理)(?:任何)?(?:公民|社会公众|群众|公民、法人或其他组织)?的?(?:{_REQUEST}|依申请)[^,。;]{{0,8}}",
        "new_received.total",
        "new_received",
        value=0,
    ),
    _phrase(
        rf"(?:收到|新收|接到|受理)(?!和处理)[^,。;\d]{{0,24}}(?:申请|办件)[^,。;\d]{{0,6}}?{_N}[件条份宗](?!.{{0,2}}次)",
        "new_received.total",
        "new_received",
        "new_received+carried_in",
    ),
    _phrase(
        rf"(?:收到|新收)公民个人[^,。;\d]{{0,20}}申请[^,。;\d]{{0,4}}{_N}件",
        "new_received.natural_person",
        "new_received.natural_person",
    ),
    _phrase(
        r"(?<!未)(?:均|全部|都)已?(?:经)?(?:按时|按期|依法|完成)*(?:办理|办结|答复|处理)(?:完毕|完成|完结)?(?=[,。;])",
        "carried_out.total",
        "carried_out",
        value=0,
    ),
    _phrase(rf"上一?年度?结转[^,。;\d]{{0,16}}{_N}[件条]", "carried_in.total", "carried_in"),
    _phrase(
        rf"(?:结转(?:至|到)?下一?年度?|结转(?:至|到)20\d\d年)[^,。;\d]{{0,12}}{_N}[件条]",
        "carried_out.total",
        "carried_out",
    ),
    _phrase(
        r"(?:未|没有)(?:制定|制发|出台|印发)(?:行政)?规范性文件",
        "normative_documents.issued",
        "normative_documents.issued",
        value=0,
    ),
    _phrase(
        rf"(?:制定|制发|出台|印发)(?:了)?(?:行政)?规范性文件{_N}[件个份]",
        "normative_documents.issued",
        "normative_documents.issued",
        "normative_documents.made",
        "normative_documents.newly_disclosed",
    ),
    _phrase(
        rf"废止(?:了)?(?:行政)?规范性文件{_N}[件个份]",
        "normative_documents.repealed",
        "normative_documents.repealed",
    ),
)
_NOT_THIS_YEAR = re.compile(r"(?:与|比|较|同)(?:去年|上年|20\d{2}年)")


def _quantities(cells: Sequence[Cell]) -> dict[str, int]:
    """Return the figures that phrases may mean, by name; only printed whole figures are among them."""
    figures = {(c.row, c.column): c.value for c in cells if c.state == "value" and isinstance(c.value, int)}
    found: dict[str, int] = {}
    for (row, column), value in figures.items():
        if value is None:
            continue
        found[f"{row}.{column}"] = value
        if column == _T:
            found[row] = value
    if "new_received" in found and "carried_in" in found:
        found["new_received+carried_in"] = found["new_received"] + found["carried_in"]
    return found


def check_narrative(sections: Sequence[Section], cells: Sequence[Cell]) -> tuple[list[Check], list[Finding]]:
    """Hold every statement of sections one and six against the tables (rule F1)."""
    quantities = _quantities(cells)
    checks: list[Check] = []
    findings: list[Finding] = []
    seen: set[tuple[str, int]] = set()
    for section in sections:
        if section.number not in (1, 6):
            continue
        for sentence in re.split(r"[。;!?\n]", comparable_lines(section.text)):
            if _NOT_THIS_YEAR.search(sentence):
                continue
            for phrase in _PHRASES:
                for match in phrase.pattern.finditer(sentence + "。"):
                    said = phrase.value if phrase.value is not None else int(match[1])
                    if (phrase.scope, said) in seen:
                        continue
                    seen.add((phrase.scope, said))
                    check = _compare(phrase, said, quantities)
                    if check is None:
                        continue
                    checks.append(check)
                    if check.status == "fail":
                        findings.append(
                            finding(
                                "narrative_disagrees",
                                said=said,
                                words=match[0].rstrip("。"),
                                table=f"{phrase.scope} = {check.right}",
                            )
                        )
    return checks, findings


def comparable_lines(text: str) -> str:
    """Return text comparable line by line: line breaks stay, they end sentences."""
    return "\n".join(comparable(line) for line in text.split("\n"))


def _compare(phrase: _Phrase, said: int, quantities: Mapping[str, int]) -> Check | None:
    """Return the outcome for one statement; None where its form has no such cell at all."""
    known = {name: quantities[name] for name in phrase.admissible if name in quantities}
    if not known:
        return Check("F1", phrase.scope, "not_assessable", said, None)
    for name, value in known.items():
        if value == said:
            return Check("F1", phrase.scope, "pass", said, value, None if name == phrase.admissible[0] else name)
    first = next(iter(known.values()))
    return Check("F1", phrase.scope, "fail", said, first)
