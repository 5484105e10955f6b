"""The narrative of a report as it is compared with others, and how much of one stands in another.

Guarantees: years, numerals, the body's own names and set phrases count for nothing; how like two texts are is measured exactly, by
their sentences; a sentence counts as the same where four fifths of its pairs of characters are.
"""

from __future__ import annotations

import re
import sqlite3
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from archive.crosschecks.reports import UnitEntry
from archive.register.places import above, codes_of, line_of
from parsers.normalize import comparable

_STOPS = re.compile(r"[。！!？?;；\n]")
_NUMERALS = re.compile(
    r"[0-9]+(?:[.,][0-9]+)*%?|[〇零一二三四五六七八九十百千万亿两]{2,}(?=[年月日件条次个份篇期人名场项批件万])"
)
_MARKS = re.compile(r"[^\w#]+")
_SHORTEST_SENTENCE = 8
"""Characters: a heading (主动公开情况) or a set phrase is shorter."""
_SAME = 0.8
_MARKED = 0.6
"""Bits in common below which sets are not compared: a pair may stand twice in a sentence, two pairs may share a bit."""


@dataclass(frozen=True)
class Narrative:
    """A report's prose: the sentences that count, by section, in order."""

    reading_id: str
    sections: Mapping[int, tuple[str, ...]]
    raw: Mapping[int, str]
    """All of it by section, comparable, with its names and numerals."""

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """Return the sentences of all sections."""
        return tuple(sentence for section in self.sections.values() for sentence in section)

    @property
    def length(self) -> int:
        """Return the number of characters that count."""
        return sum(map(len, self.sentences))


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much of one text stands in another: the share of its sentences and of its characters, and the sentences."""

    sentences: float
    characters: float
    same: tuple[str, ...]

    @property
    def share(self) -> float:
        """Return the smaller share: neither one long sentence nor many short ones make a text a copy."""
        return min(self.sentences, self.characters)


@cache
def settings() -> dict[str, Any]:
    """Return what is set aside (narrative.toml)."""
    return tomllib.loads((files(__package__) / "narrative.toml").read_text(encoding="utf-8"))


@cache
def _formulaic() -> re.Pattern[str]:
    return re.compile("|".join(settings()["formulaic"]["patterns"]))


@cache
def _numbering() -> re.Pattern[str]:
    return re.compile(settings()["numbering"]["pattern"])


def own_names(unit: UnitEntry, issuer: str | None) -> tuple[str, ...]:
    """Return what a body is called, its places and the places above them in all years, the longest first."""
    names = {comparable(name) for name in (unit.name, issuer) if name}
    for code in codes_of(unit.place) if unit.place else ():
        for number in (code, *above(code)):
            for place in line_of(number):
                names |= {*place.spellings, place.stem}
    bare = comparable(unit.name)
    for name in sorted(names, key=len, reverse=True):
        bare = bare.replace(name, "") if len(name) < len(bare) else bare
    return tuple(sorted((n for n in {*names, bare} if len(n) > 1), key=lambda n: (-len(n), n)))


def load_narrative(db: sqlite3.Connection, reading_id: str, names: tuple[str, ...]) -> Narrative:
    """Return a reading's narrative with `names` taken away from what is compared."""
    pattern = re.compile("|".join(map(re.escape, names))) if names else None
    found: dict[int, tuple[str, ...]] = {}
    raw: dict[int, str] = {}
    for number, text in db.execute(
        "SELECT number, text FROM section WHERE reading_id = ? ORDER BY position", (reading_id,)
    ):
        plain = "\n".join(comparable(line) for line in text.split("\n"))
        raw[number] = f"{raw[number]}\n{plain}" if number in raw else plain
        bare = pattern.sub("", plain) if pattern else plain
        found[number] = (*found.get(number, ()), *_sentences(bare))
    return Narrative(reading_id, found, raw)


def _sentences(text: str) -> list[str]:
    out = []
    for part in _STOPS.split(_NUMERALS.sub("#", text)):
        sentence = _numbering().sub("", part)
        if len(sentence) >= _SHORTEST_SENTENCE and not _formulaic().search(sentence):
            out.append(_MARKS.sub("", sentence))
    return out


def likeness(later: tuple[str, ...], earlier: tuple[str, ...], *, nearly: bool = True) -> Likeness:
    """Return how much of the sentences `later` stands in `earlier`, each of these counted once; word for word, or `nearly`."""
    if not later:
        return Likeness(0, 0, ())
    left = Counter(earlier)
    same, changed = [], []
    for sentence in later:
        if left[sentence]:
            left[sentence] -= 1
            same.append(sentence)
        else:
            changed.append(sentence)
    if nearly:
        same += _nearly(changed, +left)
    return Likeness(len(same) / len(later), sum(map(len, same)) / sum(map(len, later)), tuple(same))


def _nearly(sentences: Iterable[str], others: Counter[str]) -> list[str]:
    """Return the sentences four fifths of whose pairs of characters, either way, are those of one of `others`."""
    marked = [(other, len(other), _mark(other)) for other in others]
    found = []
    for sentence in sentences:
        length, mark = len(sentence), _mark(sentence)
        for other, size, its_mark in marked:
            if size < _SAME * length or length < _SAME * size:
                continue
            if (mark & its_mark).bit_count() < _MARKED * max(length, size):
                continue
            own, pairs = _pairs(sentence), _pairs(other)
            if others[other] and len(own & pairs) >= _SAME * max(len(own), len(pairs)):
                others[other] -= 1
                found.append(sentence)
                break
    return found


@lru_cache(maxsize=4096)
def _pairs(sentence: str) -> frozenset[str]:
    return frozenset(map("".join, pairwise(sentence)))


@lru_cache(maxsize=1 << 17)
def _mark(sentence: str) -> int:
    """Return a sentence's pairs of characters as bits: two sentences with few bits in common are not alike."""
    mark = 0
    for one, two in pairwise(map(ord, sentence)):
        mark |= 1 << ((one * 31 + two) & 511)
    return mark
