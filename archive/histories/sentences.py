"""How two narratives differ, sentence by sentence: changed, moved, added, removed.

Guarantees: every sentence of either side that is not on the other, white space aside, is told once; sections are set side by side
by their number.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from parsers.model import Report
from parsers.normalize import squeeze

_END = re.compile(r"(?<=[。！？；\n])")
ALIKE = 0.6
"""From which ratio of equal characters two sentences in one place are one that was changed."""

Piece = tuple[Literal["same", "removed", "added"], str]


@dataclass(frozen=True, slots=True)
class TextChange:
    """A sentence that differs. A part is `title`, `preface` or `section.N` (`section.N.2` for a second of that number).

    `pieces` cut a changed sentence into what stayed, went and came.
    """

    kind: Literal["changed", "moved", "added", "removed"]
    part_before: str | None
    part_after: str | None
    before: str | None
    after: str | None
    pieces: tuple[Piece, ...] = ()


@dataclass(slots=True)
class _Loose:
    """A sentence without its like at the same place on the other side; `block` is the replacement it belongs to."""

    part: str
    text: str
    order: tuple[int, int]
    block: tuple[int, int] | None


def compare_texts(before: Report, after: Report) -> tuple[TextChange, ...]:
    """Return how the texts of two readings differ, in the order of the parts of the later one."""
    one, other = _parts(before), _parts(after)
    gone: list[_Loose] = []
    come: list[_Loose] = []
    for number, part in enumerate(dict.fromkeys([*other, *one])):
        _compare_part(number, part, one.get(part, []), other.get(part, []), gone, come)
    found = [*_moved(gone, come), *_changed(gone, come)]
    found += [(s.order, TextChange("removed", s.part, None, s.text, None)) for s in gone]
    found += [(s.order, TextChange("added", None, s.part, None, s.text)) for s in come]
    return tuple(change for _, change in sorted(found, key=lambda pair: pair[0]))


def _parts(report: Report) -> dict[str, list[str]]:
    """Return the sentences of each part; a section's heading is its first."""
    found = {"title": [report.title_raw or ""], "preface": _sentences(report.preface or "")}
    seen: Counter[int] = Counter()
    for section in report.sections:
        seen[section.number] += 1
        again = f".{seen[section.number]}" if seen[section.number] > 1 else ""
        found[f"section.{section.number}{again}"] = [section.heading, *_sentences(section.text)]
    return {part: [s for s in sentences if s.strip()] for part, sentences in found.items()}


def _sentences(text: str) -> list[str]:
    return [s.strip() for s in _END.split(text) if s.strip()]


def _compare_part(
    number: int, part: str, before: Sequence[str], after: Sequence[str], gone: list[_Loose], come: list[_Loose]
) -> None:
    keys, other = ([squeeze(s) for s in side] for side in (before, after))
    for tag, i, i_end, j, j_end in SequenceMatcher(None, keys, other, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        block = (number, i) if tag == "replace" else None
        # what goes stands before what comes in its place
        gone += [_Loose(part, s, (number, j * 2), block) for s in before[i:i_end]]
        come += [_Loose(part, s, (number, (j + k) * 2 + 1), block) for k, s in enumerate(after[j:j_end])]


_Placed = tuple[tuple[int, int], TextChange]


def _moved(gone: list[_Loose], come: list[_Loose]) -> list[_Placed]:
    """Take out the sentences that stand elsewhere on the other side."""
    waiting: dict[str, list[_Loose]] = defaultdict(list)
    for sentence in gone:
        waiting[squeeze(sentence.text)].append(sentence)
    found = []
    for sentence in list(come):
        if same := waiting[squeeze(sentence.text)]:
            old = same.pop(0)
            gone.remove(old)
            come.remove(sentence)
            change = TextChange("moved", old.part, sentence.part, old.text, sentence.text)
            found.append((sentence.order, change))
    return found


def _changed(gone: list[_Loose], come: list[_Loose]) -> list[_Placed]:
    """Take out the sentences that have one much like them in the same place, the most alike first."""
    alike = []
    for old in gone:
        for new in (s for s in come if s.block is not None and s.block == old.block):
            matcher = SequenceMatcher(None, old.text, new.text, autojunk=False)
            if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE:
                alike.append((matcher.ratio(), old, new, matcher))
    found = []
    used: set[int] = set()
    for _, old, new, matcher in sorted(alike, key=lambda a: -a[0]):
        if {id(old), id(new)} & used:
            continue
        used |= {id(old), id(new)}
        change = TextChange("changed", old.part, new.part, old.text, new.text, _pieces(matcher, old.text, new.text))
        found.append((new.order, change))
    gone[:] = [s for s in gone if id(s) not in used]
    come[:] = [s for s in come if id(s) not in used]
    return found


def _pieces(matcher: SequenceMatcher[str], before: str, after: str) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(("same", before[i:i_end]))
            continue
        if i < i_end:
            pieces.append(("removed", before[i:i_end]))
        if j < j_end:
            pieces.append(("added", after[j:j_end]))
    return tuple(pieces)
