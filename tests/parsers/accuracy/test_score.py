"""What the score counts for and against a reader, with readers that say just what they are told."""

from __future__ import annotations

from typing import Any

from tests.corpus.make import Recipe, Sample, make
from tests.corpus.score import Result, Wanted, score, shortfalls
from tests.corpus.sums import contested

PERFECT = {"HTML": Wanted(1.0, 1.0)}


def answers(sample: Sample, disputed: frozenset[tuple[str, str, str]]) -> dict[str, Any]:
    """Return what a reader says that reads every cell right, and disputes those of `disputed`."""
    cells = [
        {
            "table": key[0],
            "row": key[1],
            "column": key[2],
            "state": truth.state,
            "value": truth.value,
            "trust": "disputed" if key in disputed else "verified",
        }
        for key, truth in sample.manuscript.truth.items()
    ]
    about = {"verdict": "report", "title": "", "issuer": "", "report_year": 0, "region": None, "script": ""}
    return {**about, "cells": cells}


def scored(
    quirk: str, more: frozenset[tuple[str, str, str]] = frozenset()
) -> tuple[Result, frozenset[tuple[str, str, str]]]:
    (sample,) = make([Recipe("html-clean", "2021", (quirk,), 5)])
    wrong = contested(sample.manuscript.truth, "2021")
    return score([sample], lambda _: answers(sample, wrong | more)), wrong


def test_cells_of_a_planted_wrong_sum_are_rightly_disputed_and_cost_nothing() -> None:
    result, wrong = scored("totals_left_at_zero")
    assert {key[0] for key in wrong} == {"review_and_litigation"} and len(wrong) % 5 == 0 and wrong
    assert shortfalls(result, PERFECT) == []
    assert result.groups["HTML"].rightly_disputed == len(wrong)


def test_no_sum_is_wrong_where_none_was_planted() -> None:
    _, wrong = scored("blank_totals")
    assert wrong == frozenset()


def test_a_dispute_beside_the_planted_sum_is_a_shortfall() -> None:
    beside = ("requests", "granted", "business")
    result, wrong = scored("totals_left_at_zero", frozenset((beside,)))
    assert beside not in wrong
    (line, _) = shortfalls(result, PERFECT)
    assert "requests/granted/business" in line and "its sums hold" in line
