"""The words of a body's reports: sentences put together topic by topic, a part of them kept from year to year.

A draft is what a clerk has before him: sentences with blanks for years, numbers and names. The year after, some sentences of it are
kept and the others written anew; the figures in the text are those of the tables.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.corpus.forms import REQUESTS, REVIEW
from tests.decade.bodies import Body
from tests.decade.figures import BLOCKS, Figures

Draft = dict[str, tuple[str, ...]]
"""Sentences by topic, blanks unfilled."""

TOPICS = {"disclosure": 5, "management": 4, "platform": 4, "supervision": 4, "problems": 5, "remedies": 5, "others": 2}
HEADINGS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)


@dataclass(frozen=True, slots=True)
class Section:
    """A section as written: its heading, and its paragraphs, each a row of sentences."""

    number: int
    heading: str
    paragraphs: tuple[tuple[str, ...], ...]

    @property
    def text(self) -> str:
        """Return the section's prose, a line a paragraph."""
        return "\n".join("".join(p) for p in self.paragraphs)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return its sentences, headings within it left out."""
        return tuple(s for p in self.paragraphs for s in p if s.endswith("。"))


@cache
def phrases() -> dict[str, Any]:
    """Return the words as data."""
    return tomllib.loads(Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8"))


def write_draft(rng: random.Random, body: Body) -> Draft:
    """Write a draft anew."""
    return {topic: tuple(_sentence(rng, topic) for _ in range(count + rng.randint(-1, 1))) for topic, count in TOPICS.items()}  # fmt: skip


def revise(rng: random.Random, draft: Draft, share: float) -> Draft:
    """Keep about `share` of a draft's sentences where they stood, in every topic alike, and write the others anew."""
    revised: Draft = {}
    owed = 0.0
    for topic, sentences in draft.items():
        owed += share * len(sentences)
        count = min(int(owed + 1e-9), len(sentences))
        owed -= count
        kept = set(rng.sample(range(len(sentences)), count))
        revised[topic] = tuple(s if i in kept else _sentence(rng, topic) for i, s in enumerate(sentences))
    return revised


def _sentence(rng: random.Random, topic: str) -> str:
    parts = phrases()["topics"][topic]
    text = "".join(rng.choice(parts[part]) for part in ("begin", "deed", "end"))
    return text.replace("{theme}", rng.choice(phrases()["words"]["themes"]))


@dataclass(frozen=True, slots=True)
class Occasion:
    """A report to be written: whose, on which year, with which figures; `scope` is what its text shall tell, "unknown" nothing.

    `parts` is how many bodies a consolidated report adds up; `before` the figures of the year before for a growth rate, where one is
    stated (`growth`: what is added to the true rate); `printed_parts` lists requests part by part.
    """

    body: Body
    year: int
    figures: Figures
    scope: str
    parts: int = 0
    growth: str = ""
    listed: str = ""
    more: Mapping[int, tuple[str, ...]] | None = None


def write_sections(rng: random.Random, occasion: Occasion, draft: Draft, style: int) -> tuple[str, tuple[Section, ...]]:
    """Return (preface, sections) of a report: the official outline since the report on 2019, a local one before."""
    blanks = _Blanks(rng, occasion)
    says = blanks.says()
    filled = {topic: tuple(blanks.fill(s) for s in sentences) for topic, sentences in draft.items()}
    opening = blanks.choose(phrases()["says"]["opening"])
    requests, reviews, fee = blanks.requests(), blanks.reviews(), blanks.choose(phrases()["figures"]["fees"])
    preface = "" if style == 0 else says
    lead = (opening, *((says,) if style == 0 else ()), *(phrases_of(occasion)))
    if occasion.year < 2019:
        groups: dict[int, list[tuple[str, ...]]] = {
            1: [lead, filled["supervision"]],
            2: [filled["disclosure"], filled["management"], filled["platform"]],
            3: [requests],
            4: [(fee,)],
            5: [reviews],
            6: [filled["problems"], filled["remedies"]],
        }
        headings: Sequence[str] = phrases()["outline"]["headings"]
    else:
        heads = phrases()["subheads"]["2019"]
        bodies = (
            filled["disclosure"],
            (*requests, *reviews),
            filled["management"],
            filled["platform"],
            filled["supervision"],
        )
        groups = {
            1: [lead],
            2: [],
            3: [],
            4: [],
            5: [filled["problems"], filled["remedies"]],
            6: [(fee, *filled["others"])],
        }
        for head, sentences in zip(heads, bodies, strict=True):
            if style == 0:
                groups[1].append((head,))
            groups[1].append(sentences if style == 0 else (f"{head}。{sentences[0]}", *sentences[1:]))
        headings = HEADINGS
    for number, sentences in (occasion.more or {}).items():
        groups[number].append(sentences)
    return preface, tuple(Section(n, headings[n - 1], tuple(groups[n])) for n in range(1, 7))


def phrases_of(occasion: Occasion) -> tuple[str, ...]:
    """Return what a consolidated report says of its parts."""
    if not occasion.parts:
        return ()
    return (phrases()["says"]["parts"].format(count=occasion.parts), *((occasion.listed,) if occasion.listed else ()))


class _Blanks:
    """Fills the blanks of one report's sentences."""

    def __init__(self, rng: random.Random, occasion: Occasion) -> None:
        self._rng = rng
        self._of = occasion
        body, year = occasion.body, occasion.year
        own = {"department": body.we.replace("我", "本"), "office": body.we, "town": body.we, "zone": "本机关"}.get(
            body.kind, body.we
        )
        self._names = {
            "year": year, "last": year - 1, "next": year + 1, "we": body.we, "we_own": own, "place": body.place.short,
            "name": body.place.called(year) + body.name, "level": body.place.suffix,
        }  # fmt: skip

    def fill(self, sentence: str, **more: object) -> str:
        themes = self._rng.sample(phrases()["words"]["themes"], 2)
        return sentence.format(
            **self._names, n=self._rng.randint(2, 60), big=self._rng.randint(100, 9000), theme_a=themes[0], theme_b=themes[1], **more
        )  # fmt: skip

    def choose(self, sentences: Sequence[str], **more: object) -> str:
        return self.fill(self._rng.choice(sentences), **more)

    def says(self) -> str:
        """Say what the report speaks for, or nothing of it."""
        body, says = self._of.body, phrases()["says"]
        if body.kind == "government" and self._of.scope != "unknown":
            area = "whole_area" if self._of.scope == "whole_area" else "incl"
            return self.choose(says[f"{area}_{body.place.level}"])
        if body.kind == "office" and self._of.scope == "own_body":
            return self.choose(says["office"])
        if self._of.scope == "own_body" and self._rng.random() < 0.5:
            return self.choose(says["own_body"])
        return self.choose(says["silent"])

    def requests(self) -> tuple[str, ...]:
        """Say what table three says."""
        figures, texts = self._of.figures, phrases()["figures"]
        new, carried_in, processed, carried_out = (
            int(figures[REQUESTS, row, "total"])
            for row in ("new_received", "carried_in", "total_processed", "carried_out")
        )
        kind = "_silent" if self._of.scope == "unknown" or self._of.body.kind in ("government", "office") else ""
        subject = self._names["we_own"] if self._rng.random() < 0.5 else self._names["we"]
        if not new and not carried_in:
            return (self.choose(texts["none" + kind], subject=subject),)
        text = self.choose(texts["received" + kind], subject=subject, new=new)
        if carried_in:
            text += self.choose(texts["carried_in"], carried_in=carried_in)
        text += self.choose(
            texts["some_left" if carried_out else "all_done"], processed=processed, carried_out=carried_out
        )
        return (text, self._of.growth) if self._of.growth else (text,)

    def reviews(self) -> tuple[str, ...]:
        """Say what table four says."""
        figures, texts = self._of.figures, phrases()["figures"]
        counts = [int(figures[REVIEW, block, "total"]) for block in BLOCKS]
        if not any(counts):
            return (self.choose(texts["reviews_none"]),)
        return (self.choose(texts["reviews"], reviews=counts[0], suits=counts[1] + counts[2]),)
