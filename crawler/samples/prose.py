"""The narrative of a sample report: sentences chosen from `sentences.toml`, and statements that agree with
the tables.

Every figure that a statement names is read from the figures the tables are printed from, so that narrative
and tables never disagree unless a quirk makes them.
"""

from __future__ import annotations

import functools
import random
import tomllib
from pathlib import Path
from typing import Any, Final

from crawler.samples import forms
from crawler.samples.figures import Figures, integer, total
from crawler.samples.forms import ORGANISATIONS, PROACTIVE, REQUESTS, REVIEW
from crawler.samples.places import Site, Unit

_GROUPS: Final = (
    ("granted", "予以公开"),
    ("granted_partial", "部分公开"),
    ("denied", "不予公开"),
    ("unable", "无法提供"),
    ("not_processed", "不予处理"),
    ("other_handling", "其他处理"),
)
PEOPLE: Final = ("王䶮", "李文静", "赵晓峰", "陈志远", "林秀英", "郭㛃")
"""Contact persons; two bear characters outside GB2312 that cut a page short when it is decoded as declared
(libraries.md 1).
"""


@functools.cache
def _sentences() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("sentences.toml").read_text("utf-8"))


class Narrator:
    """Writes the paragraphs of one report; the same seed and figures give the same words."""

    def __init__(self, seed: str, site: Site, unit: Unit, year: int, figures: Figures) -> None:
        self._rng = random.Random(seed)
        self._figures = figures
        self._words = {
            "year": year,
            "last": year - 1,
            "next": year + 1,
            "unit": unit.name,
            "we": unit.we,
            "place": unit.place.name,
            "site": site.name.removesuffix("（样本）"),
            "person": self._rng.choice(PEOPLE),
            "phone": f"0{site.places[0].code[:3]}-{self._rng.randint(2000000, 8999999)}",
        }

    def preface(self) -> list[str]:
        """Write the paragraph before section one, which two reports in five have."""
        return [self._one(_sentences()["preface"])] if self._rng.random() < 0.4 else []

    def overview(self, *, by_applicant: bool) -> list[str]:
        """Write section one under its five official sub-heads; `by_applicant` admits the split by columns
        of table three.
        """
        texts = _sentences()["overview"]
        bodies = (
            self._some(texts["proactive"], 5) + self._powers(),
            self._requests(by_applicant=by_applicant) + self._reviews(),
            self._some(texts["management"], 4) + self._documents(),
            self._some(texts["platform"], 4),
            self._some(texts["supervision"], 4),
        )
        paragraphs = [self._one(_sentences()["opening"])]
        for subhead, body in zip(forms.SUBHEADS, bodies, strict=True):
            paragraphs += [subhead, body]
        return paragraphs

    def problems(self) -> list[str]:
        """Write section five: problems, remedies and a look ahead."""
        texts = _sentences()["problems"]
        count = self._rng.randint(2, 4)
        return [
            self._one(texts["lead"]) + self._listed(texts["items"], count),
            self._one(texts["bridge"]) + self._listed(texts["remedies"], count),
            self._one(texts["next_year"]),
        ]

    def others(self) -> list[str]:
        """Write section six: the fee for processing information, and something else or nothing."""
        texts = _sentences()["others"]
        return [self._one(texts["fees"]) + self._one(texts["others"])]

    def previous_year(self) -> str:
        """Write a sentence that rightly names the year before."""
        return self._one(_sentences()["problems"]["previous"])

    def _fill(self, sentence: str, **more: int | str) -> str:
        numbers = {
            "n": self._rng.randint(2, 60),
            "big": self._rng.randint(100, 9000),
            "share": f"{self._rng.randint(9000, 9999) / 100}%",
        }
        return sentence.format(**self._words, **numbers, **more)

    def _one(self, sentences: list[str], **more: int | str) -> str:
        return self._fill(self._rng.choice(sentences), **more)

    def _some(self, sentences: list[str], at_most: int) -> str:
        chosen = self._rng.sample(sentences, self._rng.randint(2, at_most))
        return "".join(self._fill(sentence) for sentence in chosen)

    def _listed(self, items: list[str], count: int) -> str:
        chosen = self._rng.sample(items, count)
        ordinals = "一二三四" if self._rng.random() < 0.6 else "1234"
        mark = "是" if ordinals[0] == "一" else "."
        return "；".join(f"{ordinals[at]}{mark}{item}" for at, item in enumerate(chosen)) + "。"

    def _requests(self, *, by_applicant: bool) -> str:
        texts = _sentences()["figures"]
        new, carried_in = total(self._figures, "new_received"), total(self._figures, "carried_in")
        processed, carried_out = total(self._figures, "total_processed"), total(self._figures, "carried_out")
        if new == carried_in == 0:
            return self._one(texts["none"])
        text = self._one(texts["received"], new=new)
        organisations = sum(integer(self._figures, (REQUESTS, "new_received", column)) for column in ORGANISATIONS)
        natural = integer(self._figures, (REQUESTS, "new_received", "natural_person"))
        if by_applicant and new:
            text += self._one(texts["applicants"], natural=natural, organisations=organisations)
        if carried_in:
            text += self._one(texts["carried_in"], carried_in=carried_in)
        if carried_out:
            text += self._one(texts["some_left"], processed=processed, carried_out=carried_out)
        else:
            text += self._one(texts["all_done"])
        parts = [f"{name}{count}件" for group, name in _GROUPS if (count := total(self._figures, group))]
        if parts and self._rng.random() < 0.6:
            text += texts["outcomes"].format(parts="、".join(parts))
        return text

    def _reviews(self) -> str:
        texts = _sentences()["figures"]
        counts = {column: integer(self._figures, (REVIEW, "review", column)) for column in forms.REVIEW_COLUMNS}
        suits = sum(integer(self._figures, (REVIEW, block, "total")) for block in forms.REVIEW_BLOCKS[1:])
        reviews = counts.pop("total")
        if reviews == suits == 0:
            return self._one(texts["reviews_none"])
        text = self._one(texts["reviews"], reviews=reviews, suits=suits)
        return text + (texts["review_results"].format(**counts) if reviews else "")

    def _documents(self) -> str:
        texts = _sentences()["figures"]
        row = (PROACTIVE, "normative_documents")
        issued = integer(self._figures, (*row, "made")) + integer(self._figures, (*row, "issued"))
        repealed = integer(self._figures, (*row, "repealed"))
        text = self._one(texts["documents"], issued=issued) if issued else self._one(texts["documents_none"])
        if issued and repealed:
            text = text + texts["repealed"].format(repealed=repealed)
        return text if text.endswith("。") else text + "。"

    def _powers(self) -> str:
        licences = integer(self._figures, (PROACTIVE, "administrative_licensing", "decisions"))
        penalties = integer(self._figures, (PROACTIVE, "administrative_penalty", "decisions"))
        if not (licences or penalties) or self._rng.random() < 0.5:
            return ""
        return str(_sentences()["figures"]["powers"].format(licences=licences, penalties=penalties))
