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
_SENTENCE_REST = r"[^,。;\d]"
_OUTCOMES = (
    ("予以公开", "granted"),
    ("部分公开", "granted_partial"),
    ("不予公开", "denied"),
    ("无法提供", "unable"),
    ("不予处理", "not_processed"),
    ("其他处理", "other_handling"),
)
_PHRASES: tuple[_Phrase, ...] = (
    _phrase(
        rf"(?:未|没有|未曾|无)(?:收到|接到|受理)(?:任何)?(?:公民|社会公众|群众|公民、法人或其他组织)?的?(?:{_REQUEST}|依申请)[^,。;]{{0,8}}",
        "new_received.total",
        "new_received",
        value=0,
    ),
    _phrase(
        rf"(?:收到|新收|接到|受理)(?!和处理){_SENTENCE_REST}{{0,24}}(?:申请|办件){_SENTENCE_REST}{{0,6}}?{_N}[件条份宗](?!.{{0,2}}次)",
        "new_received.total",
        "new_received",
        "new_received+carried_in",
    ),
    _phrase(
        rf"(?:收到|新收)公民个人{_SENTENCE_REST}{{0,20}}申请{_SENTENCE_REST}{{0,4}}{_N}件",
        "new_received.natural_person",
        "new_received.natural_person",
    ),
    _phrase(
        r"(?<!未)(?:均|全部|都)已?(?:经)?(?:按时|按期|依法|完成)*(?:办理|办结|答复|处理)(?:完毕|完成|完结)?(?=[,。;])",
        "carried_out.total",
        "carried_out",
        value=0,
    ),
    _phrase(rf"上一?年度?结转{_SENTENCE_REST}{{0,16}}{_N}[件条]", "carried_in.total", "carried_in"),
    _phrase(
        rf"(?:(?:结转|顺延)(?:至|到)?下一?年度?|结转(?:至|到)20\d\d年){_SENTENCE_REST}{{0,12}}{_N}[件条]",
        "carried_out.total",
        "carried_out",
    ),
    _phrase(
        rf"(?:收办|共处理){_SENTENCE_REST}{{0,16}}申请{_SENTENCE_REST}{{0,6}}{_N}[件条]",
        "total_processed.total",
        "total_processed",
        "new_received+carried_in",
        "total_processed+carried_out",
    ),
    _phrase(
        rf"(?:已|共)(?:办结|答复){_SENTENCE_REST}{{0,10}}{_N}[件条]",
        "total_processed.total",
        "total_processed",
        "total_processed-other_handling",
        "new_received+carried_in",
    ),
    *(
        _phrase(rf"(?<!不)(?:{words}){_SENTENCE_REST}{{0,6}}?{_N}[件条]", f"{key}.total", key)
        for words, key in _OUTCOMES
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
        rf"废止(?:了)?(?:行政)?规范性文件{_N}[件个份]", "normative_documents.repealed", "normative_documents.repealed"
    ),
    _phrase(rf"行政复议(?:案件|申请)?{_N}[件起宗]", "review.total", "review.total", "review.total-pending"),
    _phrase(rf"行政诉讼(?:案件)?{_N}[件起宗]", "suit.total", "suit.total", "suit.total-pending"),
)
_NOT_THIS_YEAR = re.compile(r"(?:与|比|较|同)(?:去年|上年|20\d{2}年)")
_ANOTHER_BODY = re.compile(r"政府办(?!公厅)|办公室代表|各(?:部门|单位|乡镇|镇|街道|区县|县区)|市直|区直|县直")
"""A sentence about one office of a government, or about its parts, is not comparable with the government's table
(洪泽 2024: 区政府办代表区政府受理 17 件, the table 95)."""


def _quantities(cells: Sequence[Cell]) -> dict[str, int]:
    """Return the figures that phrases may mean, by name: printed whole figures, and sums whose parts are all printed."""
    figures = {(c.row, c.column): c.value for c in cells if c.state == "value" and isinstance(c.value, int)}
    found: dict[str, int] = {}
    for (row, column), value in figures.items():
        found[f"{row}.{column}"] = value
        if column == _T:
            found.setdefault(row, value)
    rows = {c.row for c in cells if c.table == "requests"}
    for group in ("denied", "unable", "not_processed", "other_handling"):
        members = [r for r in rows if r.startswith(f"{group}.")]
        if members and all(r in found for r in members):
            found[group] = sum(found[r] for r in members)
    for suffix in ("total", "pending"):
        parts = [f"{suit}.{suffix}" for suit in ("suit_direct", "suit_after_review")]
        if all(p in found for p in parts):
            found[f"suit.{suffix}"] = sum(found[p] for p in parts)
    for name, plus, minus in (
        ("new_received+carried_in", ("new_received", "carried_in"), ()),
        ("total_processed+carried_out", ("total_processed", "carried_out"), ()),
        ("total_processed-other_handling", ("total_processed",), ("other_handling",)),
        ("review.total-pending", ("review.total",), ("review.pending",)),
        ("suit.total-pending", ("suit.total",), ("suit.pending",)),
    ):
        if all(part in found for part in (*plus, *minus)):
            found[name] = sum(found[p] for p in plus) - sum(found[p] for p in minus)
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
            if _NOT_THIS_YEAR.search(sentence) or _ANOTHER_BODY.search(sentence):
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
