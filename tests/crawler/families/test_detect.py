"""The columns of all sample portals are told apart: each by its own family, hand-made ones by what remains."""

from __future__ import annotations

import pytest

from crawler.families import FAMILIES, Page, detect
from crawler.samples import World
from crawler.samples.families import FAMILIES as PLAYED

UNTOLD = {"http://www.xunyang.test/bumen/nb.html", "http://www.wuling.test/robots.txt"}
"""A page with nothing but a frame, and a robots.txt: a person declares them, as each document that stands alone."""


def test_every_family_is_played() -> None:
    # a real pywb plays the archives (test_wayback.py), and scripted portals are of any family
    assert {plays.declared_as or name for name, plays in PLAYED.items()} == set(FAMILIES) - {"wayback"}


@pytest.mark.parametrize("family", sorted(name for name, plays in PLAYED.items() if not plays.browser))
def test_a_column_is_told_to_be_of_its_family_and_of_no_other(family: str) -> None:
    for portal in World.of_families(family, years=(2023, 2024)).portals:
        for url, _ in portal.declared:
            answer = portal.answer("GET", url.removeprefix(f"http://{portal.host}"), {}, 0)
            told = detect(Page(url, answer.body, url, content_type=answer.content_type))
            assert told == (None if url in UNTOLD or family == "single" else family), url
