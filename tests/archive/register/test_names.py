"""Two names mean one body, or not, or a person must say: held against pairs written from knowledge of the field."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from archive.register.matching import compare
from archive.register.names import read_name
from archive.register.places import all_codes

PAIRS = list(csv.DictReader(Path(__file__).with_name("pairs.csv").read_text(encoding="utf-8").splitlines()))


def _answer(pair: dict[str, str]) -> str:
    sides = []
    for name, place, years in (("one", "place", "years"), ("other", "other_place", "other_years")):
        first, last = (int(year) for year in pair[years].split("-"))
        sides.append((read_name(pair[name], pair[place] or None, last), (first, last)))
    (one, years), (other, other_years) = sides
    found = compare(one, other, years, other_years)
    assert found == compare(other, one, other_years, years), "the answer must not depend on the order"
    return found.answer


def test_no_pair_is_united_or_linked_wrongly_and_nearly_all_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    answers = [(pair, _answer(pair)) for pair in PAIRS]
    missed = [(pair, given) for pair, given in answers if given != pair["answer"]]
    with capsys.disabled():
        print()
        for kind in ("same", "succeeded", "different", "unsure"):
            counts = Counter((given == kind, pair["answer"] == kind) for pair, given in answers)
            right, said, wanted = (
                counts[True, True],
                counts[True, True] + counts[True, False],
                counts[True, True] + counts[False, True],
            )
            print(f"{kind:<10} {wanted:>3} pairs  precision {right / max(said, 1):.3f}  recall {right / wanted:.3f}")
        for pair, given in missed:
            print(f"  missed: {pair['one']} / {pair['other']}: {given} for {pair['answer']} ({pair['why']})")
    wrongly = [pair for pair, given in missed if given in ("same", "succeeded")]
    assert not wrongly
    assert len(PAIRS) >= 60
    assert len(missed) <= 0.02 * len(PAIRS)


@pytest.mark.parametrize(
    "name", ["卫健委", "高新区管委会", "政府办", "国家税务总局税务局", "焦店镇", "经济技术开发区建设局"]
)
def test_a_full_name_read_again_is_the_same_body_in_every_place(name: str) -> None:
    for code in all_codes():
        body = read_name(name, code)
        again = read_name(body.full, body.place)
        assert (again.full, again.place, again.kind, again.core) == (body.full, body.place, body.kind, body.core)
