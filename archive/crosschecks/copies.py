"""E4: text that stands in another body's report, as a whole or in a section, and places of elsewhere that the text names.

Guarantees: of two like texts the one that came later, or that still bears the other's name, is the copy; where nothing tells, both
are shown; a text that is as like the body's own of earlier years is no copy of another's.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from functools import cache, cached_property

from archive.crosschecks.narrative import Likeness, Narrative, likeness, settings
from archive.crosschecks.outcome import Outcome
from archive.crosschecks.reports import Entry, Reports, UnitEntry
from archive.crosschecks.rules import CrossRule
from archive.crosschecks.sketches import Candidates, Piece, SketchRow, load_sketches, method_of, sketch
from archive.crosschecks.texts import NarrativeSource, likeness_evidence, percent, section_words
from archive.register.places import (
    above,
    all_codes,
    codes_of,
    current_code,
    heirs_of,
    merged_into,
    names_of,
)

_WHOLE = "narrative"
_COMPARED = 12
"""Candidates compared exactly, the likest first: one source is enough."""
_SUFFIXES = "省市县区旗州盟"
_TITLE = re.compile(r"[^。！!？?;；\n]*")
_LONGEST_NAME = 12
_SHORTEST_NAME = 2


class Copies:
    """Finds the source of a report's text, or of a section of it, among all reports."""

    def __init__(self, db: sqlite3.Connection, reports: Reports, source: NarrativeSource, rule: CrossRule) -> None:
        self._db = db
        self._reports = reports
        self._source = source
        self._rule = rule
        self._by_reading: dict[str, Entry] = {}
        self._neighbours: dict[Piece, list[tuple[Entry, str, float]]] = {}
        for unit, year in reports.all():
            for entry in reports.of(unit, year):
                if entry.reading_id is not None:
                    self._by_reading.setdefault(entry.reading_id, entry)

    def methods(self) -> dict[str, str]:
        """Return by reading how its texts are sketched; none where there is one body: nobody copies from others then."""
        if len({entry.unit_id for entry in self._by_reading.values()}) < 2:
            return {}
        p = self._rule.parameters
        sizes = (str(p["section_shortest"]), str(p["fewest_sentences"]))
        on = {reading: (*sizes, *self._source.names_of(entry)) for reading, entry in self._by_reading.items()}
        known = {depends_on: method_of(depends_on) for depends_on in set(on.values())}
        return {reading: known[depends_on] for reading, depends_on in on.items()}

    def sketch(self, asked: tuple[str, str]) -> list[SketchRow]:
        """Return the sketches of a (reading, method): of the whole narrative, then of its sections."""
        reading, method = asked
        narrative = self._source.of(self._by_reading[reading])
        assert narrative is not None
        return sketch(reading, method, {_WHOLE: narrative.sentences, **self._sections(narrative)})

    @cached_property
    def _candidates(self) -> tuple[Candidates, Candidates]:
        """Return what may be like one another by the sketches that are kept: whole narratives, and sections."""
        p = self._rule.parameters
        sketches = load_sketches(self._db, self._by_reading)
        wholes = {piece: found for piece, found in sketches.items() if piece[1] == _WHOLE}
        parts = {piece: found for piece, found in sketches.items() if piece[1] != _WHOLE}
        return (
            Candidates(wholes, above=p["sketch_above"], rows=p["sketch_rows"]),
            Candidates(parts, above=p["section_sketch_above"], rows=p["section_sketch_rows"]),
        )

    def _sections(self, narrative: Narrative) -> dict[str, tuple[str, ...]]:
        """Return the sections that are long enough to tell."""
        p = self._rule.parameters
        return {
            f"section.{number}": sentences
            for number, sentences in narrative.sections.items()
            if sum(map(len, sentences)) >= p["section_shortest"] and len(sentences) >= p["fewest_sentences"]
        }

    def likely(self, entry: Entry) -> set[tuple[str, int]]:
        """Return the units and years of other bodies' reports whose texts, or sections, may be like this one's."""
        wholes, parts = self._candidates
        pieces = (*wholes.of_reading(entry.reading_id), *parts.of_reading(entry.reading_id))
        return {(other.unit_id, other.year) for _, within in pieces for other, _, _ in self._like(entry, within)}

    def _like(self, entry: Entry, within: str) -> list[tuple[Entry, str, float]]:
        """Return the texts of other bodies that may be like one: report, part of it, how like their sketches are."""
        assert entry.reading_id is not None
        piece = (entry.reading_id, within)
        if piece not in self._neighbours:
            own = set(self._reports.line(entry.unit_id))
            wholes, parts = self._candidates
            among = wholes if within == _WHOLE else parts
            found = ((self._by_reading[reading], part, alike) for (reading, part), alike in among.of(piece))
            self._neighbours[piece] = [
                (other, part, alike)
                for other, part, alike in found
                if other.unit_id not in own
                and not self._is_own(entry, other)
                and (within == _WHOLE or not self._is_same_place(entry, other))
            ]
        return self._neighbours[piece]

    def _is_same_place(self, entry: Entry, other: Entry) -> bool:
        """Tell whether two bodies are of one place: a section that they share may have been handed down to both."""
        return self._reports.units[entry.unit_id].place == self._reports.units[other.unit_id].place

    def _is_own(self, entry: Entry, other: Entry) -> bool:
        """Tell whether two reports are of a government and its office, or of what one became."""
        one, two = self._reports.units[entry.unit_id], self._reports.units[other.unit_id]
        same_house = one.place == two.place is not None and {one.kind, two.kind} <= {"government", "office"}
        return same_house or two.id in self._reports.successors(one.id) or one.id in self._reports.successors(two.id)

    def check(self, entry: Entry) -> Iterator[Outcome]:
        """Apply the rule to one report's text: to the whole of it, and to its sections where the whole is nobody's."""
        now = self._source.of(entry)
        p = self._rule.parameters
        if now is None or now.length < p["shortest"] or len(now.sentences) < p["fewest_sentences"]:
            return
        whole = self._copied(entry, now, _WHOLE, now.sentences, p["above"])
        if whole is not None:
            yield whole
            return
        yield Outcome(self._rule.id, entry, _WHOLE, "pass", right=percent(p["above"]))
        for within, sentences in self._sections(now).items():
            part = self._copied(entry, now, within, sentences, p["section_above"])
            if part is not None:
                yield part

    def _copied(
        self, entry: Entry, now: Narrative, within: str, sentences: tuple[str, ...], above: float
    ) -> Outcome | None:
        """Return what a text was copied from, if from anybody."""
        best: tuple[Likeness, Entry, Narrative] | None = None
        for other, part, alike in self._like(entry, within)[:_COMPARED]:
            before = self._source.of(other)
            if before is None or before.length < self._rule.parameters["shortest"]:
                continue
            theirs = _part(before, part)
            found = likeness(sentences, theirs, nearly=alike >= self._rule.parameters["nearly_above"])
            if (
                found.share > above
                and (best is None or found.share > best[0].share)
                and self._is_copy(entry, _raw(now, within), other, _raw(before, part))
            ):
                best = (found, other, before)
        if best is None or self._is_from_own(entry, sentences, best[0].share):
            return None
        found, other, before = best
        name = self._reports.units[other.unit_id].name
        whole = within == _WHOLE
        return Outcome(
            self._rule.id, entry, within, "fail", other, percent(found.share), percent(above),
            likeness_evidence(found, now, before),
            {"other": (name, name)} | ({} if whole else {"what": section_words(_number(within))}),
            message="fail" if whole else "section",
        )  # fmt: skip

    def _is_from_own(self, entry: Entry, sentences: tuple[str, ...], share: float) -> bool:
        """Tell whether the body's own report of a year before has as much of it."""
        for years in (1, 2):
            for own in self._reports.year_of_line(entry.unit_id, entry.year - years):
                before = self._source.of(own)
                if before is not None and likeness(sentences, before.sentences).share >= share:
                    return True
        return False

    def _is_copy(self, entry: Entry, now: str, other: Entry, before: str) -> bool:
        """Tell whether `entry`, with the text `now`, may be the copy of the two."""
        if entry.year != other.year:
            return entry.year > other.year
        bears, borne = self._bears(now, entry, other), self._bears(before, other, entry)
        if bears != borne:
            return bears
        mine, theirs = self._published(entry), self._published(other)
        return None in (mine, theirs) or str(mine) >= str(theirs)

    def _bears(self, text: str, entry: Entry, other: Entry) -> bool:
        """Tell whether a text names the other body or its place, which are not also its own."""
        own = set(self._source.names_of(entry))
        return any(name in text for name in self._source.names_of(other) if len(name) > 2 and name not in own)

    def _published(self, entry: Entry) -> str | None:
        row = self._db.execute(
            """SELECT coalesce(r.published, substr(min(v.captured_at), 1, 10)) FROM reading r
               JOIN version v ON v.reading_id = r.id WHERE r.id = ?""",
            (entry.reading_id,),
        ).fetchone()
        return row[0] if row else None


def _number(within: str) -> int:
    return int(within.removeprefix("section."))


def _part(narrative: Narrative, within: str) -> tuple[str, ...]:
    """Return the sentences of a narrative, or of a section of it."""
    return narrative.sentences if within == _WHOLE else narrative.sections[_number(within)]


def _raw(narrative: Narrative, within: str) -> str:
    """Return the same with its names and numerals."""
    return "\n".join(narrative.raw.values()) if within == _WHOLE else narrative.raw[_number(within)]


def check_places(rule: CrossRule, entry: Entry, unit: UnitEntry, source: NarrativeSource) -> Iterator[Outcome]:
    """Find the places of elsewhere in a report's text, section by section; only what fails is kept."""
    now = source.of(entry)
    if now is None or unit.place is None:
        return
    names = source.names_of(entry)
    for number, text in now.raw.items():
        found = _elsewhere(text, unit.place, names)
        if found:
            places = "、".join(dict.fromkeys(name for name, _ in found))
            yield Outcome(
                rule.id, entry, f"section.{number}", "fail", left=places,
                evidence={"readings": [now.reading_id], "sentences": [sentence for _, sentence in found]},
                message="place",
            )  # fmt: skip


def _elsewhere(text: str, place: str, names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return (place, sentence) for each place of elsewhere that a text names without saying why."""
    found = []
    welcome = settings()["elsewhere"]["welcome"]
    for sentence in _TITLE.findall(text):
        bare = sentence
        for name in names:
            bare = bare.replace(name, "|")
        for name in _places_in(bare):
            if not any(word in sentence for word in welcome) and not _is_near(name, place):
                found.append((name, sentence))
    return found


def _places_in(text: str) -> Iterator[str]:
    """Yield the names of places in a text, the longest at each place."""
    known = _place_names()
    end = 0
    for at, char in enumerate(text):
        if char not in _SUFFIXES:
            continue
        for start in range(max(end, at + 1 - _LONGEST_NAME), at + 2 - _SHORTEST_NAME):
            name = text[start : at + 1]
            if name in known and not (len(name) == _SHORTEST_NAME and text[at + 1 : at + 2] == "长"):  # a magistrate's
                end = at + 1
                yield name
                break


@cache
def _place_names() -> dict[str, tuple[str, ...]]:
    """Index the names of places that are no words as well: name -> codes, as they go on today."""
    ambiguous, short = (set(settings()["elsewhere"][key]) for key in ("ambiguous", "short"))
    found: dict[str, set[str]] = {}
    for code in all_codes():
        for name in names_of(code):
            for spelling in name.spellings:
                sure = spelling in short if len(spelling) == _SHORTEST_NAME else spelling not in ambiguous
                if len(spelling) >= _SHORTEST_NAME and spelling[-1] in _SUFFIXES and sure:
                    found.setdefault(spelling, set()).add(current_code(code))
    return {name: tuple(sorted(codes)) for name, codes in found.items()}


def _is_near(name: str, place: str) -> bool:
    """Tell whether a place of this name lies over or under the body's own, or became one with it."""
    today = current_code(place)
    own = {today, *codes_of(place), *above(today)}
    own |= {current_code(c.successor) for c in heirs_of(place)} | {current_code(c.code) for c in merged_into(place)}
    return any(code in own or today in above(code) for code in _place_names()[name])
