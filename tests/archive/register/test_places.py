"""Places through the years: names, codes, what became of them, and that the data hold together."""

from __future__ import annotations

import pytest

from archive.register.places import (
    all_changes,
    current_code,
    full_name_in,
    heirs_of,
    leading_place,
    line_of,
    merged_into,
    name_in,
    names_of,
    parent_of,
)
from parsers.places import all_places


def test_every_place_of_today_is_known_under_its_name_and_is_its_own_heir() -> None:
    wrong = {c for c, p in all_places().items() if name_in(c) != p.name or current_code(c) != c}
    assert wrong == {"620201"}  # 嘉峪关市 has no districts: the statistics bureau gives it a second code


def test_every_change_leads_to_a_place_that_was_in_force_after_it() -> None:
    for change in all_changes():
        assert any(n.was_in_force(change.until + 2) for n in names_of(change.successor)), change
        assert not any(n.was_in_force(change.until + 1) and n.name == change.name for n in names_of(change.code)), (
            change
        )


def test_every_place_that_ended_has_an_heir_and_goes_on_or_was_merged_but_not_both() -> None:
    fates: dict[tuple[str, int], set[str]] = {}
    for change in all_changes():
        fates.setdefault((change.code, change.until), set()).add(change.fate)
    assert all(len(fate) == 1 for fate in fates.values())
    ended = {(n.code, n.until) for code in {c.code for c in all_changes()} for n in names_of(code) if n.until}
    assert ended == fates.keys()


@pytest.mark.parametrize(
    ("code", "today"),
    [
        ("320829", "320813"),  # 洪泽县, 洪泽区
        ("341422", "340281"),  # 无为县 of 巢湖, of 芜湖, 无为市
        ("522401", "520502"),  # 毕节市, 七星关区: not the new 毕节市
        ("632121", "630203"),  # 平安县 of 海东地区, of 海东市, 平安区
        ("110103", "110103"),  # 崇文区 was merged
        ("341400", "341400"),  # 巢湖市 was divided: not the county-level 巢湖市
        ("500110", "500110"),  # 綦江区
    ],
)
def test_a_place_goes_on_under_the_code_of_its_one_heir(code: str, today: str) -> None:
    assert current_code(code) == today


def test_what_was_merged_names_its_heir_and_the_heir_names_it() -> None:
    assert [(h.successor, h.until, h.fate) for h in heirs_of("320802")] == [("320812", 2015, "merged")]
    assert {c.name for c in merged_into("320812")} == {"清河区", "清浦区"}
    assert {h.successor for h in heirs_of("341400")} == {"340100", "340200", "340500"}


def test_a_merged_district_is_not_in_the_line_of_the_one_that_took_its_code() -> None:
    assert [n.name for n in line_of("500110")] == ["綦江区"]
    assert leading_place("万盛区财政局", 2009) == (None, 3)


def test_names_are_those_of_their_year() -> None:
    assert full_name_in("420607", 2008) == "湖北省襄樊市襄阳区"
    assert full_name_in("420607") == "湖北省襄阳市襄州区"
    assert leading_place("襄阳区财政局", 2008) == ("420607", 3)
    assert leading_place("襄阳区财政局", 2018) == (None, 0)
    assert leading_place("恩施州财政局", 2018) == ("422800", 3)


def test_a_name_of_several_places_is_none_of_them() -> None:
    assert leading_place("鼓楼区财政局", 2020) == (None, 3)
    assert leading_place("南京市鼓楼区财政局", 2020) == ("320106", 6)
    assert leading_place("朝阳县财政局", 2020) == ("211321", 3)


def test_a_county_that_no_city_stands_over_is_under_its_province() -> None:
    assert parent_of("469001") == "460000"
    assert parent_of("110101") == "110000"
    assert parent_of("110000") is None
