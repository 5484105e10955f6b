"""A small decade: what was planted can be seen in the figures, and the archive finds it and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.decade.plan import Expected
from tests.decade.proof import Proof, share, unseen
from tests.decade.run import archived
from tests.decade.score import Score, score_world
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


@pytest.mark.parametrize("rule", ["G1", "G2", "G4", "units"])
def test_all_of_it_is_found_and_nothing_else(scores, rule) -> None:
    score = scores[rule]
    assert score.planted
    assert (score.misses, score.wrongs) == ([], [])
