"""What bytes are: each page of `pages/` has the verdict that its folder names. Adding evidence needs no code."""

from __future__ import annotations

from pathlib import Path

import pytest

from parsers import read_report
from parsers.classify import recognise_challenge

PAGES = Path(__file__).parent / "pages"


@pytest.mark.parametrize("page", sorted(str(p.relative_to(PAGES)) for p in PAGES.rglob("*.*")))
def test_a_page_is_what_its_folder_says(page: str) -> None:
    report = read_report((PAGES / page).read_bytes())
    assert report.verdict == Path(page).parts[0]
    if report.verdict != "report":
        assert report.cells == ()


def test_a_challenge_names_its_vendor() -> None:
    for page in (PAGES / "challenge").iterdir():
        vendor = recognise_challenge(page.read_bytes(), 200, ())
        assert vendor is not None
        assert page.stem in (vendor, vendor.replace("_byte_body", "-bytes")), vendor
    assert recognise_challenge(b"", 521, ()) == "jsl"
    assert recognise_challenge(b"", 412, ()) == "ruishu"


def test_a_long_page_that_quotes_a_marker_is_no_challenge() -> None:
    page = (PAGES / "report" / "jcms.html").read_bytes()
    assert recognise_challenge(page + b"<!-- acw_sc__v2 -->" + b" " * 20_000, 200, ()) is None


def test_a_hijacked_mirror_is_said_to_be_one_and_a_word_alone_is_not() -> None:
    mirror = read_report((PAGES / "other" / "hijacked-mirror.html").read_bytes())
    assert [f.code for f in mirror.findings][:1] == ["spam_mirror"]
    page = (PAGES / "report" / "jcms.html").read_text(encoding="utf-8")
    honest = page.replace("一、总体情况", "一、总体情况</p><p>全年打击网络博彩案件12起。", 1)
    assert read_report(honest.encode()).verdict == "report"
