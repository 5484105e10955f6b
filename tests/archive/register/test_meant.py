"""What a reader writes for a place means that place, or all that it may mean."""

from __future__ import annotations

import pytest

from archive.register.meant import places_meant
from archive.register.places import all_codes, current_code, full_name_in, names_of
from archive.selection import parse_place
from parsers.errors import UsageError


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("平顶山市", ("410400",)),
        ("平顶山", ("410400",)),
        ("河南", ("410000",)),  # the province, and no county whose name begins so
        ("河南省 平顶山市", ("410400",)),
        ("平顶山新华区", ("410402",)),
        ("恩施州", ("422800",)),
        ("新榮區", ("140212",)),
        ("洪泽县", ("320813",)),  # today 洪泽区
        ("320829", ("320813",)),
        ("朝阳", ("110105", "211300", "211321", "220104")),
        ("辽宁朝阳市", ("211300",)),
        ("县", ()),
        ("不存在市", ()),
        ("999999", ()),
        ("", ()),
    ],
)
def test_a_name_or_a_code_means_every_place_that_bears_it(written: str, codes: tuple[str, ...]) -> None:
    assert places_meant(written) == codes


def test_the_full_name_of_every_place_of_today_means_that_place_and_no_other() -> None:
    codes = {current_code(code) for code in all_codes()}
    today = [code for code in codes if any(name.until is None for name in names_of(code))]
    assert len(today) > 3000
    assert [code for code in today[::7] if places_meant(full_name_in(code)) != (code,)] == []


def test_an_ambiguous_name_is_refused_with_its_places_and_never_chosen_for_the_reader() -> None:
    with pytest.raises(UsageError) as refused:
        parse_place("新华区")
    for told in (refused.value.en, refused.value.zh):
        assert "河南省平顶山市新华区 410402" in told and "河北省石家庄市新华区 130105" in told
    assert parse_place("平顶山市新华区") == "410402" and parse_place("000000") == "000000"
