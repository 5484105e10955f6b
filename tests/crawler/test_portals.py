"""The declarations that come with the program are without fault, and each says where it was seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.declarations import Portal
from crawler.families import FAMILIES
from crawler.registry import Registry
from crawler.registry_check import check_registry


@pytest.fixture(scope="module")
def portals() -> list[Portal]:
    return Registry(Path("none")).select()


def test_no_packaged_declaration_is_faulty(tmp_path: Path) -> None:
    assert check_registry(Registry(tmp_path)) == []


def test_forty_report_columns_are_known_in_fifteen_provinces_and_every_family_is_among_the_portals(
    portals: list[Portal],
) -> None:
    assert sum(bool(portal.columns) for portal in portals) >= 40
    assert len({portal.place[:2] for portal in portals}) >= 15
    assert set(FAMILIES) - {"wayback"} <= {portal.family for portal in portals}  # an archive is nobody's portal


def test_nothing_is_said_to_have_been_checked_live(portals: list[Portal]) -> None:
    assert all(portal.checked is None for portal in portals)


def test_no_declaration_is_older_than_what_it_rests_on(portals: list[Portal]) -> None:
    for portal in portals:
        for column in portal.columns:
            assert min(evidence.on for evidence in portal.evidence) <= column.since, portal.slug
