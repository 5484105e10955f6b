"""How like two reports are in words: sentence by sentence, years, numbers and the bodies' own names aside."""

from __future__ import annotations

import re

from tests.decade.prose import Section
from tests.decade.reports import Report
from tests.decade.text_events import PROBLEMS, section_of

_DIGITS = re.compile(r"\d+(?:\.\d+)?")


def share(report: Report, other: Report, within: str = "narrative") -> float:
    """Return which part of a text's sentences, by length, stands in another text; years, numbers and the bodies' names aside."""
    sentences = sentences_of(report, within)
    if not sentences:
        return 0.0
    known = set(sentences_of(other, "narrative"))
    return sum(len(s) for s in sentences if s in known) / sum(len(s) for s in sentences)


def sentences_of(report: Report, within: str) -> list[str]:
    """Return the sentences of the narrative, or of `section.N` by the outline since 2019, by which the archive numbers sections."""
    number = int(within.removeprefix("section.")) if within.startswith("section.") else None
    if number == PROBLEMS:
        number = section_of(report.year)
    sections: list[Section] = [s for s in report.sections if number is None or s.number == number]
    found = []
    for section in sections:
        for sentence in re.split(r"(?<=。)", section.text.replace("\n", "")):
            plain = _DIGITS.sub("", sentence)
            for name in (
                report.body.place.called(report.year) + report.body.name,
                report.body.place.full,
                report.body.place.short,
            ):
                plain = plain.replace(name, "")
            if plain:
                found.append(plain)
    return found
