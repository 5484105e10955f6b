"""The world is what it says: the same for a seed, and consistent wherever nothing was planted."""

from __future__ import annotations

import pytest

from tests.decade.world import World, make_world


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(3, 24)


def test_a_seed_makes_one_world_and_another_seed_another(world) -> None:
    assert [(r.url, r.text, r.figures) for r in make_world(3, 24).reports] == [
        (r.url, r.text, r.figures) for r in world.reports
    ]
    assert [r.text for r in make_world(4, 24).reports] != [r.text for r in world.reports]


def test_every_address_and_every_report_of_a_body_is_its_own(world) -> None:
    assert len({r.url for r in world.reports}) == len(world.reports)
    assert len({(r.unit, r.year) for r in world.reports}) == len(world.reports)
