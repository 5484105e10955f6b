"""D2: the narrative of a report against last year's, as a whole and section by section."""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Iterator

from archive.crosschecks.narrative import Likeness, Narrative, likeness, load_narrative, own_names
from archive.crosschecks.outcome import Outcome, Words
from archive.crosschecks.reports import Entry, Reports
from archive.crosschecks.rules import CrossRule

_KEPT = 5000
"""Narratives held in memory, some ten thousand characters each."""
_SHOWN = 5
"""Sentences shown as evidence."""
_NUMERALS = "零一二三四五六七八九十"


class NarrativeSource:
    """Loads narratives as they are compared, and holds the last ones."""

    def __init__(self, db: sqlite3.Connection, reports: Reports) -> None:
        self._db = db
        self._reports = reports
        self._held: OrderedDict[str, Narrative] = OrderedDict()
        self._names: dict[tuple[str, str | None], tuple[str, ...]] = {}

    def names_of(self, entry: Entry) -> tuple[str, ...]:
        """Return what the body of a report is called."""
        key = (entry.unit_id, entry.issuer)
        if key not in self._names:
            self._names[key] = own_names(self._reports.units[entry.unit_id], entry.issuer)
        return self._names[key]

    def of(self, entry: Entry) -> Narrative | None:
        """Return the narrative that a report shows, or None where it shows nothing."""
        if entry.reading_id is None:
            return None
        held = self._held.get(entry.reading_id)
        if held is None:
            held = load_narrative(self._db, entry.reading_id, self.names_of(entry))
            self._held[entry.reading_id] = held
            if len(self._held) > _KEPT:
                self._held.popitem(last=False)
        else:
            self._held.move_to_end(entry.reading_id)
        return held


def check_repeated_text(
    rule: CrossRule, entry: Entry, last: Entry | None, source: NarrativeSource
) -> Iterator[Outcome]:
    """D2: more than half of the sentences, and of the text, stand in last year's report; of a section, more than four fifths."""
    if last is None:
        return
    now, before = source.of(entry), source.of(last)
    if now is None or before is None:
        return
    p = rule.parameters
    if min(now.length, before.length) < p["shortest"] or len(now.sentences) < p["fewest_sentences"]:
        yield Outcome(rule.id, entry, "narrative", "not_assessable", last, reason="too_short")
        return
    found = likeness(now.sentences, before.sentences)
    yield _outcome(rule, entry, last, "narrative", ("the text", "正文"), found, p["above"], now, before)
    for number, sentences in now.sections.items():
        if sum(map(len, sentences)) >= p["section_shortest"] and len(sentences) >= p["fewest_sentences"]:
            part = likeness(sentences, before.sections.get(number, ()))
            what = section_words(number)
            yield _outcome(rule, entry, last, f"section.{number}", what, part, p["section_above"], now, before)


def _outcome(
    rule: CrossRule, entry: Entry, last: Entry, within: str, what: Words, found: Likeness, above: float,
    now: Narrative, before: Narrative,
) -> Outcome:  # fmt: skip
    return Outcome(
        rule.id,
        entry,
        within,
        "fail" if found.share > above else "pass",
        last,
        percent(found.share),
        percent(above),
        likeness_evidence(found, now, before),
        {"what": what},
    )


def likeness_evidence(found: Likeness, now: Narrative, before: Narrative) -> dict[str, object]:
    """Return how like two texts are as evidence shows it."""
    return {
        "readings": [now.reading_id, before.reading_id],
        "share_of_sentences": round(found.sentences, 3),
        "share_of_characters": round(found.characters, 3),
        "sentences": list(found.same[:_SHOWN]),
    }


def section_words(number: int) -> Words:
    """Return what a section is called."""
    return f"section {number}", f"第{_NUMERALS[number] if number < len(_NUMERALS) else number}部分"


def percent(share: float) -> str:
    """Return a share as people read it."""
    return f"{share:.0%}"
