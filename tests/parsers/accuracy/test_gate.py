"""The accuracy gate: on a fixed sample nothing is silently wrong, the rates hold, and the gate is able to fail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from parsers import read_report
from tests.corpus.forms import FORMS
from tests.corpus.lists import LISTS
from tests.corpus.make import Recipe, Sample, draw_recipes, make
from tests.corpus.plan import DOCUMENTS, DOUBLED, LEAST, SAMPLE, WANTED, full
from tests.corpus.quirks import QUIRKS
from tests.corpus.renderers import FORMATS
from tests.corpus.score import Result, Wanted, score, shortfalls, to_markdown
from tests.parsers.accuracy.faults import FAULTS, forget

pytestmark = [pytest.mark.browser, pytest.mark.office]
SEED = 20260101
# What is reached where it is not what is wanted; raised as the reader gets better, never lowered
REACHED: dict[str, Wanted] = {
    "text": Wanted(0.999, 0.985),
    "PDF": Wanted(0.985, 0.95),
    "OFD": Wanted(0.83, 0.95),
    "glued text": Wanted(0.88, 0.0),
}


def read(body: bytes) -> dict[str, Any]:
    return read_report(body).to_json()


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return make(draw_recipes(SAMPLE, SEED))


@pytest.fixture(scope="module")
def result(samples: list[Sample]) -> Result:
    return score(samples, read)


def test_the_sample_holds_every_format_and_every_quirk(samples: list[Sample]) -> None:
    assert {s.recipe.format for s in samples} == FORMATS.keys()
    assert {s.recipe.form for s in samples} == {*FORMS, *LISTS}
    assert {q for s in samples for q in s.recipe.quirks} == QUIRKS.keys()
    assert len(samples) == sum(count for _, count in SAMPLE)


def test_the_full_run_holds_every_quirk_often_enough() -> None:
    recipes = draw_recipes(full(DOCUMENTS), SEED, doubled=DOUBLED)
    often = Counter(q for recipe in recipes for q in recipe.quirks)
    assert len(recipes) >= 2000
    assert not [q for q in QUIRKS if often[q] < LEAST]
    assert {recipe.form for recipe in recipes} == {*FORMS, *LISTS}


def test_a_figure_is_never_wrong_in_silence(result: Result) -> None:
    print(to_markdown(result))
    silent = [str(miss) for miss in result.silent]
    assert not silent, "\n".join(silent[:40])


def test_no_figure_is_disputed_where_all_sums_hold(result: Result) -> None:
    disputed = [str(miss) for miss in result.disputed]
    assert not disputed, "\n".join(disputed[:40])


@pytest.mark.parametrize("group", WANTED)
def test_the_rates_of_a_format_hold(result: Result, group: str) -> None:
    tally, wanted = result.groups[group], REACHED.get(group, WANTED[group])
    print(
        f"{group}: right {tally.right_intact:.4%} (wanted {WANTED[group].right:.2%}), "
        f"sure {tally.sure:.4%} (wanted {WANTED[group].sure:.2%})"
    )
    right, sure = tally.right_intact, tally.sure
    assert right >= wanted.right
    assert sure >= wanted.sure


# -- the gate can fail -----------------------------------------------------------------------------

# For each fault a document that it must spoil, among quirks that the reader reads without a fault
_SPOILED = {
    "columns_moved_by_one": ("2021", "plain"),
    "rows_exchanged": ("2021", "plain"),
    "blank_read_as_zero": ("2021", "blank_zeros"),
    "absent_rows_filled": ("2021", "rows_missing"),
    "last_number_is_the_total": ("2019", "blank_totals"),
    "columns_of_2019_named_as_2021": ("2019", "plain"),
    "first_split_taken": ("2021", "cell_missing_in_a_row"),
    "page_number_is_a_figure": ("2021", "page_number_row"),
    "traditional_labels_unmatched": ("2021", "traditional"),
    "yuan_read_as_wan_yuan": ("2021", "yuan_in_the_cell"),
}


@pytest.fixture
def clean_caches() -> Iterator[None]:
    yield
    forget()


def _small(fault: str) -> list[Sample]:
    form, quirk = _SPOILED[fault]
    return make([Recipe("html-clean", form, (quirk,), seed) for seed in range(6)])


def _wanted(samples: list[Sample]) -> dict[str, Wanted]:
    destroyed = any(QUIRKS[q].destroys for s in samples for q in s.recipe.quirks)
    return {"HTML": Wanted(0.0, 0.0) if destroyed else WANTED["HTML"]}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_gate_goes_red_with_each_fault(fault: str, monkeypatch: pytest.MonkeyPatch, clean_caches: None) -> None:
    samples = _small(fault)
    wanted = _wanted(samples)
    clean = shortfalls(score(samples, read), wanted)
    assert not clean, "the sample is not clean without the fault"
    with monkeypatch.context() as patch:
        FAULTS[fault](patch)
        spoiled = shortfalls(score(samples, read), wanted)
    assert spoiled, f"{fault} was not noticed"
