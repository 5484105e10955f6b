"""E4: text that stands in another body's report, and places of elsewhere that the text names.

Guarantees: of two like texts the one that came later, or that still bears the other's name, is the copy; where nothing tells, both
are shown; a text that is as like the body's own of earlier years is no copy of another's.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from functools import cache

from archive.crosschecks.narrative import Likeness, Narrative, likeness, settings
from archive.crosschecks.outcome import Outcome
from archive.crosschecks.reports import Entry, Reports, UnitEntry
from archive.crosschecks.rules import CrossRule
from archive.crosschecks.sketches import Candidates
from archive.crosschecks.texts import NarrativeSource, likeness_evidence, percent
from archive.register.places import (
    above,
    all_codes,
    codes_of,
    current_code,
    heirs_of,
    merged_into,
    names_of,
)

_COMPARED = 12
"""Candidates compared exactly, the likest first: one source is enough."""
_SUFFIXES = "省市县区旗州盟"
_TITLE = re.compile(r"[^。！!？?;；\n]*")
_LONGEST_NAME = 12
_SHORTEST_NAME = 3


class Copies:
    """Finds the source of a report's text among all reports."""

    def __init__(self, db: sqlite3.Connection, reports: Reports, source: NarrativeSource, above: float) -> None:
        self._db = db
        self._reports = reports
        self._source = source
        self._by_reading: dict[str, Entry] = {}
        self._neighbours: dict[str, list[tuple[Entry, float]]] = {}
        for unit, year in reports.all():
            for entry in reports.of(unit, year):
                if entry.reading_id is not None:
                    self._by_reading.setdefault(entry.reading_id, entry)

        def load(reading: str) -> Narrative:
            narrative = source.of(self._by_reading[reading])
            assert narrative is not None
            return narrative

        # nobody copies from others where there are none
        alone = len({entry.unit_id for entry in self._by_reading.values()}) < 2
        readings = {} if alone else self._by_reading
        names = {reading: source.names_of(entry) for reading, entry in readings.items()}
        self._candidates = Candidates(db, names, load, above=above)
        # what is kept is what a rebuild would make
        kept = [row[0] for row in db.execute("SELECT reading_id FROM narrative_sketch")]
        db.executemany(
            "DELETE FROM narrative_sketch WHERE reading_id = ?",
            [(reading,) for reading in kept if reading not in names],
        )

    def neighbours(self, entry: Entry) -> list[tuple[Entry, float]]:
        """Return the reports of other bodies whose texts may be like this one's, with how like their sketches are."""
        if entry.reading_id is None:
            return []
        if entry.reading_id not in self._neighbours:
            own = set(self._reports.line(entry.unit_id))
            found = ((self._by_reading[reading], alike) for reading, alike in self._candidates.of(entry.reading_id))
            self._neighbours[entry.reading_id] = [
                (other, alike) for other, alike in found if other.unit_id not in own and not self._is_own(entry, other)
            ]
        return self._neighbours[entry.reading_id]

    def _is_own(self, entry: Entry, other: Entry) -> bool:
        """Tell whether two reports are of a government and its office, or of what one became."""
        one, two = self._reports.units[entry.unit_id], self._reports.units[other.unit_id]
        same_house = one.place == two.place is not None and {one.kind, two.kind} <= {"government", "office"}
        return same_house or two.id in self._reports.successors(one.id) or one.id in self._reports.successors(two.id)

    def check(self, rule: CrossRule, entry: Entry) -> Iterator[Outcome]:
        """Apply the rule to one report's text; with nobody's text like it, it passes."""
        now = self._source.of(entry)
        p = rule.parameters
        if now is None or now.length < p["shortest"] or len(now.sentences) < p["fewest_sentences"]:
            return
        best: tuple[Likeness, Entry] | None = None
        for other, alike in self.neighbours(entry)[:_COMPARED]:
            before = self._source.of(other)
            if before is None or before.length < p["shortest"]:
                continue
            found = likeness(now.sentences, before.sentences, nearly=alike >= p["nearly_above"])
            if (
                found.share > p["above"]
                and (best is None or found.share > best[0].share)
                and self._is_copy(entry, now, other, before)
            ):
                best = (found, other)
        if best is None or self._is_from_own(entry, now, best[0].share):
            yield Outcome(rule.id, entry, "narrative", "pass", right=percent(p["above"]))
            return
        found, other = best
        source = self._source.of(other)
        assert source is not None
        name = self._reports.units[other.unit_id].name
        yield Outcome(
            rule.id, entry, "narrative", "fail", other, percent(found.share), percent(p["above"]),
            likeness_evidence(found, now, source), {"other": (name, name)},
        )  # fmt: skip

    def _is_from_own(self, entry: Entry, now: Narrative, share: float) -> bool:
        """Tell whether the body's own report of a year before is as like."""
        for years in (1, 2):
            for own in self._reports.year_of_line(entry.unit_id, entry.year - years):
                before = self._source.of(own)
                if before is not None and likeness(now.sentences, before.sentences).share >= share:
                    return True
        return False

    def _is_copy(self, entry: Entry, now: Narrative, other: Entry, before: Narrative) -> bool:
        """Tell whether `entry` may be the copy of the two."""
        if entry.year != other.year:
            return entry.year > other.year
        bears, borne = self._bears(now, entry, other), self._bears(before, other, entry)
        if bears != borne:
            return bears
        mine, theirs = self._published(entry), self._published(other)
        return None in (mine, theirs) or str(mine) >= str(theirs)

    def _bears(self, narrative: Narrative, entry: Entry, other: Entry) -> bool:
        """Tell whether a text names the other body or its place, which are not also its own."""
        own = set(self._source.names_of(entry))
        text = "\n".join(narrative.raw.values())
        return any(name in text for name in self._source.names_of(other) if len(name) > 2 and name not in own)

    def _published(self, entry: Entry) -> str | None:
        row = self._db.execute(
            """SELECT coalesce(r.published, substr(min(v.captured_at), 1, 10)) FROM reading r
               JOIN version v ON v.reading_id = r.id WHERE r.id = ?""",
            (entry.reading_id,),
        ).fetchone()
        return row[0] if row else None


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
            if name in known:
                end = at + 1
                yield name
                break


@cache
def _place_names() -> dict[str, tuple[str, ...]]:
    """Index the names of places that are no words as well: name -> codes, as they go on today."""
    ambiguous = set(settings()["elsewhere"]["ambiguous"])
    found: dict[str, set[str]] = {}
    for code in all_codes():
        for name in names_of(code):
            for spelling in name.spellings:
                if len(spelling) >= _SHORTEST_NAME and spelling[-1] in _SUFFIXES and spelling not in ambiguous:
                    found.setdefault(spelling, set()).add(current_code(code))
    return {name: tuple(sorted(codes)) for name, codes in found.items()}


def _is_near(name: str, place: str) -> bool:
    """Tell whether a place of this name lies over or under the body's own, or became one with it."""
    today = current_code(place)
    own = {today, *codes_of(place), *above(today)}
    own |= {current_code(c.successor) for c in heirs_of(place)} | {current_code(c.code) for c in merged_into(place)}
    return any(code in own or today in above(code) for code in _place_names()[name])
