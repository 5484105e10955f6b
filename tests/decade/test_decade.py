"""A small decade: what was planted can be seen in the figures, and the archive finds it and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.decade.likeness import share
from tests.decade.plan import Expected
from tests.decade.proof import Proof, unseen
from tests.decade.run import archived
from tests.decade.score import EXACT, Finding, Score, score_rule, score_world
from tests.decade.world import World, make_world


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(1, 24)


@pytest.fixture(scope="module")
def scores(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Score]]:
    with archived(world, Path(tmp_path_factory.mktemp("decade"))) as archive:
        yield {score.name: score for score in score_world(archive, world)}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_planted_can_be_seen_and_near_misses_are_none(seed) -> None:
    assert unseen(make_world(seed, 24)) == []


def test_a_misplaced_event_would_be_noticed(world) -> None:
    body = next(b for b in world.land.bodies if b.kind == "office")
    world = replace(world, plan=replace(world.plan, expected=[Expected("D1", body.key, 2013, ("total",), "none")]))
    assert len(unseen(world)) == 1


def test_texts_are_like_last_years_in_part_unless_they_were_reused(world) -> None:
    proof = Proof(world)
    reused = {(e.body, e.year) for e in world.plan.expected if e.rule == "D2" and e.within == ("narrative",)}
    for report in world.reports:
        before = proof.before(report)
        if before is not None and before.body == report.body:
            alike = share(report, before)
            assert (alike > 0.7) if (report.body.key, report.year) in reused else (0.1 < alike < 0.48), report.title


def test_a_score_tells_what_was_missed_what_is_wrong_and_what_nobody_planted_but_is_so(world) -> None:
    proof = Proof(world)
    right = [Finding("D1", e.body, e.year, e.within[0], "") for e in world.plan.expected if e.rule == "D1"]
    near = next(n for n in world.plan.near if "D1" in n.rules and not n.natural)
    planted = {(f.body, f.year) for f in right}
    unplanted = next(f for f in proof.sweep() if f[0] == "D1" and f[1:3] not in planted)
    score = score_rule(
        world, proof, "D1", [*right[1:], Finding("D1", near.body, near.year, "total", ""), Finding(*unplanted, "")]
    )
    assert (score.planted, score.found, score.wrong, score.unplanted) == (len(right), len(right) - 1, 1, 1)
    assert near.event in score.wrongs[0]
    assert score.falls_short


@pytest.mark.parametrize(
    "rule", [*EXACT, "B3", "B4", "C2", "C5", "D2", "D4", "E3", "E4", "E5", "G4", "G5", "units", "successions", "scope"]
)
def test_all_of_it_is_found_and_nothing_else(scores, rule) -> None:
    score = scores[rule]
    assert score.planted
    assert (score.misses, score.wrongs) == ([], [])


@pytest.mark.parametrize("rule", ["C4", "D5"])
def test_nothing_is_reported_that_the_figures_do_not_bear_out(scores, rule) -> None:
    assert scores[rule].wrongs == []
