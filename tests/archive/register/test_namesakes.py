"""A name that comes back for another body is not filed under the old one; a body that was merely silent stays one."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

import pytest

from archive import Archive, SimulatedClock
from archive.crosschecks import check_across
from archive.decisions.contradictions import flag
from archive.keeping.whole import merge
from archive.queries import find_report
from archive.register.decisions import decide
from archive.register.listing import list_matches, list_units
from archive.register.unit import Unit
from tests.archive.register.test_filing import START, Met, dump, keep

PLACE = "320813"
OTHERS = ("财政局", "教育局", "民政局")
SILENT = range(2017, 2022)
ALWAYS = range(2012, 2025)


def reports(name: str, years: Iterable[int], says: str = "", column: str = "nb") -> list[Met]:
    return [
        Met(
            f"http://www.hongze.test/{column}/{year + 1}/{sum(map(ord, name))}.html", f"洪泽区{name}", PLACE, year, says
        )
        for year in years
    ]


def with_others(*more: Met) -> tuple[Met, ...]:
    return (*more, *(met for name in OTHERS for met in reports(name, ALWAYS)))


WATER = (*reports("水务局", range(2012, 2017)), *reports("水务局", range(2022, 2025)))
MUNICIPAL = tuple(reports("市政管理局", range(2012, 2022)))


def units(archive: Archive, name: str) -> dict[tuple[int, int], Unit]:
    """Return the units of a name by their first and last year."""
    return {(u.first_year, u.last_year): u.unit for u in list_units(archive.db) if u.unit.name.endswith(name)}


def relations(archive: Archive) -> list[tuple[str, str, str, str]]:
    rows = archive.db.execute("SELECT predecessor_id, successor_id, fate, reason FROM unit_relation ORDER BY 1, 2")
    return [tuple(row) for row in rows]


def overdue(archive: Archive) -> list[tuple[str, int]]:
    check_across(archive)
    rows = archive.db.execute(
        """SELECT u.name, c.report_year FROM cross_check c JOIN unit u ON u.id = c.unit_id
           WHERE c.rule = 'E5' AND c.status = 'fail' ORDER BY 1, 2"""
    )
    return [(name[9:], year) for name, year in rows]


def test_a_name_that_comes_back_when_another_body_falls_silent_is_two_units_and_a_question(archive: Archive) -> None:
    keep(archive, *with_others(*WATER, *MUNICIPAL))
    assert set(units(archive, "水务局")) == {(2012, 2016), (2022, 2024)}
    asked = {(m.reason, *sorted((m.unit_name[9:], str(m.other_name)[9:]))) for m in list_matches(archive.db)}
    assert asked == {("name_came_back", "水务局", "水务局"), ("may_be_renamed", "市政管理局", "水务局")}
    assert relations(archive) == []
    assert overdue(archive) == []


def test_a_body_that_was_silent_for_years_stays_one_and_is_overdue(archive: Archive) -> None:
    keep(archive, *with_others(*WATER, *reports("市政管理局", ALWAYS)))
    assert list(units(archive, "水务局")) == [(2012, 2024)]
    assert overdue(archive) == [("水务局", year) for year in SILENT]


def test_a_body_that_ends_without_a_name_coming_back_is_overdue(archive: Archive) -> None:
    keep(archive, *with_others(*MUNICIPAL))
    assert overdue(archive) == [("市政管理局", year) for year in range(2022, 2025)]


def test_a_silence_in_which_the_archive_knows_nobody_is_no_sign_of_another_body(archive: Archive) -> None:
    keep(archive, *WATER, *MUNICIPAL, *(met for name in OTHERS for met in reports(name, (2014, 2024))))
    assert list(units(archive, "水务局")) == [(2012, 2024)]


def test_the_last_bearer_of_a_name_is_overdue_like_anybody(archive: Archive) -> None:
    keep(archive, *with_others(*WATER[:-1], *MUNICIPAL))
    assert overdue(archive) == [("水务局", 2024)]


@pytest.mark.parametrize(
    ("says", "told_by"),
    [
        ("2022年机构改革，原区市政管理局更名为区水务局。", "heir"),
        ("我局由原市政管理局更名而来。", "heir"),
        ("2022年1月，我局正式更名为洪泽区水务局，职责不变。", "predecessor"),
    ],
)
def test_a_text_that_tells_who_took_the_name_makes_the_relation(archive: Archive, says: str, told_by: str) -> None:
    last = reports("市政管理局", [2021], says if told_by == "predecessor" else "")
    back = reports("水务局", [2022], says if told_by == "heir" else "")
    keep(archive, *WATER[:5], *back, *WATER[6:], *MUNICIPAL[:-1], *last)
    found = units(archive, "水务局")
    (before,) = units(archive, "市政管理局").values()
    assert relations(archive) == [(before.id, found[2022, 2024].id, "renamed", "renamed_told")]
    assert list_matches(archive.db) == []
    assert overdue(archive) == []


@pytest.mark.parametrize(
    "says",
    [
        "拟将市政管理局更名为水务局。",
        "市政管理局将更名为水务局。",
        "原区城乡市政管理局更名为水务局。",
        "市政管理局更名为水务局服务中心。",
        "原市政管理局更名为园林局。",
    ],
)
def test_what_tells_of_others_or_of_plans_tells_nothing(archive: Archive, says: str) -> None:
    keep(archive, *WATER[:5], *reports("水务局", [2022], says), *WATER[6:], *MUNICIPAL)
    assert list(units(archive, "水务局")) == [(2012, 2024)]


def test_a_name_that_moves_into_another_bodys_own_column_is_that_bodys(archive: Archive) -> None:
    keep(
        archive,
        *reports("水务局", range(2012, 2017), column="swj"),
        *reports("市政管理局", range(2012, 2022), column="szj"),
        *reports("水务局", range(2022, 2025), column="szj"),
        *reports("财政局", ALWAYS, column="czj"),
    )
    (before,) = units(archive, "市政管理局").values()
    assert relations(archive) == [(before.id, units(archive, "水务局")[2022, 2024].id, "renamed", "renamed_column")]


def test_a_name_that_moves_into_a_column_of_all_bodies_tells_nothing(archive: Archive) -> None:
    keep(
        archive,
        *reports("水务局", range(2012, 2017), column="swj"),
        *reports("市政管理局", range(2012, 2022)),
        *reports("水务局", range(2022, 2025)),
        *reports("财政局", ALWAYS),
    )
    assert relations(archive) == []


LAND = (
    *reports("国土资源局", range(2012, 2019)),
    *reports("城乡规划局", range(2012, 2019)),
    *reports("自然资源和规划局", range(2019, 2025)),
)


def test_a_name_that_comes_back_after_its_body_was_merged_is_another_body_and_a_question(archive: Archive) -> None:
    keep(archive, *LAND, *reports("城乡规划局", range(2022, 2025)))
    found = units(archive, "城乡规划局")
    assert set(found) == {(2012, 2018), (2022, 2024)}
    (heir,) = units(archive, "自然资源和规划局").values()
    assert (found[2012, 2018].id, heir.id, "merged", "reform") in relations(archive)
    (question,) = list_matches(archive.db)
    assert question.reason == "name_after_end"
    assert overdue(archive) == []


def test_a_report_that_bears_the_old_name_during_the_reform_stays_with_the_old_body(archive: Archive) -> None:
    keep(archive, *LAND[:6], *reports("国土资源局", [2019]), *LAND[7:])
    assert set(units(archive, "国土资源局")) == {(2012, 2019)}


def test_a_report_is_found_by_a_name_that_two_bodies_bore(archive: Archive) -> None:
    keep(archive, *with_others(*WATER, *MUNICIPAL))
    found = units(archive, "水务局")
    for year, years in ((2014, (2012, 2016)), (2023, (2022, 2024))):
        report, _ = find_report(archive.db, f"洪泽区水务局/{year}")
        assert report.unit_id == found[years].id


def test_two_namesakes_that_a_person_joins_are_one_and_parted_again_two(archive: Archive) -> None:
    keep(archive, *with_others(*WATER, *MUNICIPAL))
    one, other = (units(archive, "水务局")[years] for years in ((2022, 2024), (2012, 2016)))
    decide(archive, one, other, "same", author="王", reason="机构沿革表")
    keep(archive)
    assert list(units(archive, "水务局")) == [(2012, 2024)]
    assert [year for name, year in overdue(archive) if name == "水务局"] == list(SILENT)
    decide(archive, one, other, "open", author="王", reason="撤回")
    keep(archive)
    assert set(units(archive, "水务局")) == {(2012, 2016), (2022, 2024)}


def test_a_flag_stays_on_its_report_when_the_namesakes_are_told_apart_and_when_they_are_one_again(
    archive: Archive,
) -> None:
    def flagged() -> list[int]:
        check_across(archive)
        return [row[0] for row in archive.db.execute("SELECT report_year FROM cross_check WHERE rule = 'G5'")]

    keep(archive, *with_others(*WATER))
    flag(archive, "洪泽区水务局/2023", why="与复议决定不符", evidence="复议决定书", author="王")
    keep(archive, *MUNICIPAL)
    assert len(units(archive, "水务局")) == 2
    assert flagged() == [2023]
    flag(archive, "洪泽区水务局/2024", why="与复议决定不符", evidence="复议决定书", author="王")
    keep(archive, *reports("水务局", (2018, 2020)))
    assert len(units(archive, "水务局")) == 1
    assert flagged() == [2023, 2024]


def test_a_report_of_the_silent_years_that_comes_late_makes_them_one_again(archive: Archive) -> None:
    keep(archive, *with_others(*WATER, *MUNICIPAL))
    keep(archive, *reports("水务局", (2018, 2020)))
    assert list(units(archive, "水务局")) == [(2012, 2024)]
    assert "name_came_back" not in {m.reason for m in list_matches(archive.db)}


@pytest.mark.parametrize("seed", range(3))
def test_whatever_came_first_the_namesakes_are_the_same(tmp_path: Path, seed: int) -> None:
    met = list(with_others(*WATER, *MUNICIPAL, *LAND, *reports("城乡规划局", range(2022, 2025))))
    dumps = []
    for number in range(2):
        if number:
            random.Random(seed).shuffle(met)
        with Archive.open(tmp_path / str(number), SimulatedClock(START), create=True) as archive:
            for start in range(0, len(met), 9 if number else len(met)):
                keep(archive, *met[start : start + (9 if number else len(met))])
            dumps.append(dump(archive))
    assert dumps[0] == dumps[1]


def test_two_archives_of_which_neither_knows_both_bodies_are_merged_alike_in_any_order(tmp_path: Path) -> None:
    halves = {"a": with_others(*WATER[:5]), "b": (*WATER[5:], *MUNICIPAL)}
    for name, met in halves.items():
        with Archive.open(tmp_path / name, SimulatedClock(START), create=True) as archive:
            keep(archive, *met)
            assert len(units(archive, "水务局")) == 1
    dumps = []
    for first, second in (("a", "b"), ("b", "a")):
        with Archive.open(tmp_path / f"{first}{second}", SimulatedClock(START), create=True) as archive:
            merge(archive, [tmp_path / first, tmp_path / second, tmp_path / first])
            dumps.append(dump(archive))
            assert set(units(archive, "水务局")) == {(2012, 2016), (2022, 2024)}
    assert dumps[0] == dumps[1]
