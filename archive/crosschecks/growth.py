"""D4: growth on last year that the text states, against the figures of both years.

Guarantees: a statement is held only against figures that its words may mean, and where it prints the number itself, only against
those with that number; it passes where any of these bears it out, to the digits it prints; what it means where none fits is not
guessed.
"""

from __future__ import annotations

import re
import sqlite3
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from archive.crosschecks.figures import CellKey, Facts, Number, plain
from archive.crosschecks.outcome import Outcome, Status, words_for
from archive.crosschecks.rules import CrossRule
from parsers.narrative import comparable_lines

_STOPS = re.compile(r"[。;!?\n]")
_NUMBER = re.compile(r"[^,。;\d]{0,10}?(\d+(?:\.\d+)?)(?=[件条个份宗万元])")


@dataclass(frozen=True, slots=True)
class _Quantity:
    words: re.Pattern[str]
    within: str
    admissible: tuple[tuple[CellKey, ...], ...]


@dataclass(frozen=True, slots=True)
class _Statement:
    """What a sentence says: of which quantity, its number where one is printed, and the growth, signed, as printed."""

    quantity: _Quantity
    number: Decimal | None
    growth: Decimal
    percent: bool
    sentence: str

    @property
    def shown(self) -> str:
        """Return the growth as people read it."""
        return f"{self.growth:+f}{'%' if self.percent else ''}"


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "growth.toml").read_text(encoding="utf-8"))


@cache
def _statement() -> re.Pattern[str]:
    return re.compile(_data()["statement"]["pattern"])


@cache
def _unless() -> re.Pattern[str]:
    return re.compile("|".join(_data()["statement"]["unless"]))


@cache
def _quantities() -> tuple[_Quantity, ...]:
    return tuple(
        _Quantity(
            re.compile(q["words"]),
            q["within"],
            tuple(tuple(_key(text) for text in sums) for sums in q["admissible"]),
        )
        for q in _data()["quantity"]
    )


def _key(text: str) -> CellKey:
    table, row, column = text.split("/")
    return table, row, column


def read_statements(text: str) -> Iterator[_Statement]:
    """Yield the statements of growth in a text."""
    for sentence in _STOPS.split(comparable_lines(text)):
        begin = 0
        for match in _statement().finditer(sentence):
            before = sentence[begin : match.start()]
            begin = match.end()
            found = [(m.end(), m, q) for q in _quantities() for m in q.words.finditer(before)]
            if not found or _unless().search(before):
                continue
            _, words, quantity = max(found, key=lambda f: f[0])
            number = _NUMBER.match(before, words.end())
            down = any(match["way"].startswith(word) for word in _data()["statement"]["down"])
            growth = Decimal(match["amount"])
            yield _Statement(
                quantity,
                Decimal(number[1]) if number else None,
                -growth if down else growth,
                match["sign"] == "%",
                sentence,
            )


def check_stated_growth(rule: CrossRule, facts: Facts, last: Facts | None, db: sqlite3.Connection) -> Iterator[Outcome]:
    """Apply the rule to every statement of sections one to three; of several on one quantity the worst counts."""
    found: dict[str, Outcome] = {}
    order: Sequence[Status] = ("fail", "not_assessable", "pass")
    for (text,) in db.execute(
        "SELECT text FROM section WHERE reading_id = ? AND number IN (0, 1, 2, 3, 4) ORDER BY position",
        (facts.entry.reading_id,),
    ):
        if "同" not in text and "年" not in text:
            continue
        for statement in read_statements(text):
            if statement.quantity.within:
                outcome = _hold(rule, statement, facts, last)
                known = found.get(outcome.within)
                if known is None or order.index(outcome.status) < order.index(known.status):
                    found[outcome.within] = outcome
    yield from found.values()


def _hold(rule: CrossRule, statement: _Statement, facts: Facts, last: Facts | None) -> Outcome:
    """Hold one statement against the figures."""
    within = statement.quantity.within
    row, _, column = within.rpartition(".")
    sentence = {"sentence": statement.sentence}
    if last is None:
        return Outcome(rule.id, facts.entry, within, "not_assessable", evidence=sentence, reason="no_last_year")
    known = [
        (keys, now, before)
        for keys in statement.quantity.admissible
        if (now := _sum(facts, keys)) is not None and (before := _sum(last, keys)) is not None
    ]
    if statement.number is not None:
        known = [(keys, now, before) for keys, now, before in known if now == statement.number]
    usable = [k for k in known if k[2] or not statement.percent]
    if not usable:
        return Outcome(
            rule.id, facts.entry, within, "not_assessable", last.entry, statement.shown,
            evidence=sentence, reason="nought" if known else "quantity_unknown",
        )  # fmt: skip
    borne_out = [k for k in usable if _agrees(statement, k[1], k[2])]
    keys, now, before = (borne_out or usable)[0]
    return Outcome(
        rule.id,
        facts.entry,
        within,
        "pass" if borne_out else "fail",
        last.entry,
        statement.shown,
        _shown(statement, now, before),
        sentence | {"cells": [f.evidence(key) for f in (facts, last) for key in keys]},
        {"what": words_for(keys[0][0], row, column)},
    )


def _sum(facts: Facts, keys: Sequence[CellKey]) -> Number | None:
    numbers = [facts.number(key) for key in keys]
    return None if None in numbers else sum(number for number in numbers if number is not None)


def _growth(statement: _Statement, now: Number, before: Number) -> Decimal:
    difference = Decimal(now) - Decimal(before)
    return difference / Decimal(before) * 100 if statement.percent else difference


def _agrees(statement: _Statement, now: Number, before: Number) -> bool:
    """Tell whether the figures give what is stated, rounded or cut off at the last digit printed."""
    difference = abs(_growth(statement, now, before) - statement.growth)
    exponent = statement.growth.as_tuple().exponent
    assert isinstance(exponent, int)
    return difference < Decimal(1).scaleb(exponent) if statement.percent else difference == 0


def _shown(statement: _Statement, now: Number, before: Number) -> str:
    growth = _growth(statement, now, before)
    return f"{growth:+.2f}%" if statement.percent else f"{plain(growth)}"
