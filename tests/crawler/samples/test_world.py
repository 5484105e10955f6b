from __future__ import annotations

import datetime
import tomllib

import pytest

from crawler.samples import CHANGES, QUIRKS, World
from crawler.samples.carriers import CARRIERS
from crawler.samples.families import FAMILIES
from crawler.samples.forms import APPLICANTS, PROACTIVE, REQUEST_COLUMNS, REQUESTS
from crawler.samples.places import SITES
from crawler.samples.quirks import LIST_ONLY

CLEAN = World(seed=7, units=20, plant={})


def test_the_demo_has_three_families_and_sixty_reports(world: World) -> None:
    assert [portal.family for portal in world.portals] == ["trs", "jcms", "ucap"]
    assert len(world.reports) == 60
    assert len({report.url for report in world.reports}) == 60
    assert len({report.place_code[:2] for report in world.reports}) == 3


def test_the_same_seed_gives_the_same_truth_and_another_seed_another(world: World) -> None:
    assert World().reports == world.reports
    assert World(seed=2).reports != world.reports


def test_the_years_asked_for_choose_reports_and_do_not_alter_their_figures() -> None:
    all_years = {(r.unit, r.year): r.cells for r in World(plant={}).reports}
    for report in World(years=(2021, 2024), plant={}).reports:
        assert report.cells == all_years[report.unit, report.year]


def test_every_quirk_and_every_change_occurs(world: World) -> None:
    on_reports = {name for report in world.reports for name in report.quirks}
    on_lists = {other.quirk for portal in world.portals for other in portal.others}
    assert on_reports | on_lists == set(QUIRKS)
    assert on_lists == LIST_ONLY | {name for name, carrier in CARRIERS.items() if carrier.letter}
    assert {name for report in world.reports for name in report.changes} == set(CHANGES)
    marked = {report.portal for report in world.reports if "byte_order_mark" in report.quirks}
    assert marked == {portal.slug for portal in world.portals}


def test_one_report_each_is_carried_by_a_file_and_a_small_world_has_pages_alone(world: World) -> None:
    carried = [report for report in world.reports if set(report.quirks) & set(CARRIERS)]
    assert sorted(report.quirks for report in carried) == sorted((name,) for name in CARRIERS)
    assert {report.forms["requests"] for report in carried} == {"2019", "2021"}
    small = World(units=9)
    assert not [report for report in small.reports if set(report.quirks) & set(CARRIERS)]


def test_a_report_with_a_fault_or_a_change_has_no_quirk(world: World) -> None:
    assert not [r for r in world.reports if r.quirks and (r.changes or r.wrong_sums)]


def test_withdrawn_and_soft_404_are_on_different_portals_and_a_challenge_stands_alone(world: World) -> None:
    by_portal: dict[str, set[str]] = {}
    for report in world.reports:
        by_portal.setdefault(report.portal, set()).update(report.changes)
    assert sorted(by_portal["sample-haitan"]) == ["challenge"]
    assert not any({"withdrawn", "soft_404"} <= names for names in by_portal.values())


def test_each_portal_has_one_report_with_a_wrong_sum_and_no_other_sum_is_wrong(world: World) -> None:
    wrong = {report.portal: report.wrong_sums for report in world.reports if report.wrong_sums}
    assert len([report for report in world.reports if report.wrong_sums]) == 3
    assert {rule for rule, _ in wrong["sample-qinghe"]} == {"A1", "A3"}
    assert {rule for rule, _ in wrong["sample-yunshan"]} == {"A2", "A3"}
    assert wrong["sample-haitan"] == (("B1", "review"),)


def test_a_clean_world_has_no_wrong_sum_and_no_blank() -> None:
    for report in CLEAN.reports:
        assert report.wrong_sums == ()
        assert {state for state, _ in report.cells.values()} == {"value"}


def test_most_cells_are_zero_and_several_rows_are_not() -> None:
    totals = [
        value
        for report in CLEAN.reports
        for (table, row, column), (_, value) in report.cells.items()
        if table == REQUESTS and column == "total"
    ]
    assert 0.5 < totals.count(0) / len(totals) < 0.95
    busy = [r for r in CLEAN.reports if sum(r.cells[key][1] != 0 for key in r.cells if key[2] == "total") > 6]
    assert len(busy) > len(CLEAN.reports) // 4


def test_what_is_carried_out_of_a_year_is_carried_into_the_next() -> None:
    by_key = {(report.unit, report.year): report.cells for report in CLEAN.reports}
    for (unit, year), cells in by_key.items():
        if (unit, year - 1) in by_key:
            for column in REQUEST_COLUMNS:
                before = by_key[unit, year - 1][REQUESTS, "carried_out", column]
                assert cells[REQUESTS, "carried_in", column] == before


def test_documents_in_force_and_items_follow_from_the_year_before() -> None:
    by_key = {(report.unit, report.year): report.cells for report in CLEAN.reports}
    for (unit, year), cells in by_key.items():
        before = by_key.get((unit, year - 1), {})
        for row in ("rules", "normative_documents"):
            key = (PROACTIVE, row, "in_force")
            if key in cells and key in before:
                change = cells[PROACTIVE, row, "issued"][1] - cells[PROACTIVE, row, "repealed"][1]  # type: ignore[operator]
                assert cells[key][1] == before[key][1] + change  # type: ignore[operator]
        for table, row, column in cells:
            if column == "prior_items" and before:
                assert (
                    cells[table, row, column][1] == before[table, row, column][1] + before[table, row, "change"][1]  # type: ignore[operator]
                )


def test_forms_have_their_number_of_cells() -> None:
    for report in CLEAN.reports:
        sizes = [sum(key[0] == table for key in report.cells) for table in report.forms]
        assert sizes == ([10, 175, 15] if report.year >= 2021 else [22, 161, 15])
    mixed = World(plant={"other_handling_single_row": [(0, 2022)]}).reports[3]
    assert (mixed.year, mixed.forms[PROACTIVE], mixed.forms[REQUESTS]) == (2022, "2021", "2019")
    assert sum(key[0] == REQUESTS for key in mixed.cells) == 161


def test_only_a_government_makes_rules() -> None:
    for report in CLEAN.reports:
        makes = any(value for (_, row, _), (_, value) in report.cells.items() if row == "rules")
        assert not makes or report.unit.endswith("人民政府")


def test_quirks_change_the_truth_as_a_careful_reader_should_have_it() -> None:
    world = World(
        plant={
            "blank_zeros": [(3, 2019)],
            "empty_organisations": [(3, 2021)],
            "natural_person_blank": [(3, 2022)],
            "carried_out_total_missing": [(3, 2023)],
        }
    )
    by_year = {report.year: report.cells for report in world.reports if report.unit == world.reports[6].unit}
    assert ("value", 0) not in {cell for key, cell in by_year[2019].items() if key[0] == REQUESTS}
    blanks = [sum(state == "blank" for state, _ in by_year[year].values()) for year in (2021, 2022, 2023)]
    assert blanks == [25 * len(APPLICANTS[1:]), 21, 1]


def test_units_in_cells_are_named_and_signs_are_kept() -> None:
    world = World(seed=3, units=30)
    for report in world.reports:
        if "unit_in_cell" in report.quirks:
            assert set(report.units.values()) == {"元"}
        if "signed_change" in report.quirks:
            assert any(key[2] == "change" and value for key, (_, value) in report.cells.items())


@pytest.mark.parametrize(
    "plant",
    [
        {"no_such_quirk": [(0, 2022)]},
        {"blank_zeros": [(0, 2022)]},
        {"edited": [(99, 2022)]},
        {"listed_pdf": [(0, 2022)], "replaced_by_pdf": [(0, 2022)]},
        {"edited": [(0, 2022)], "cover_letter": [(0, 2022)]},
        {"layout_table": [(0, 2022)], "listed_mhtml": [(0, 2022)]},
        {"cover_letter": [(0, 2022)], "cover_letter_ofd": [(0, 2022)]},
        {"title_short": [(0, 2022)], "two_line_title": [(0, 2022)]},
    ],
)
def test_what_cannot_be_planted_is_refused(plant: dict[str, list[tuple[int, int]]]) -> None:
    with pytest.raises(ValueError, match=r"no quirk|cannot be planted"):
        _ = World(plant=plant).portals


def test_worlds_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="years from 2019"):
        World(years=(2018,))
    with pytest.raises(ValueError, match="at most"):
        World(units=5000)


def test_days_are_counted_in_china_from_the_tenth_of_april(world: World) -> None:
    assert world.start == datetime.date(2025, 4, 10)
    assert world.day(datetime.datetime(2025, 4, 9, 15, 59, tzinfo=datetime.UTC)) == 0
    assert world.day(datetime.datetime(2025, 4, 9, 16, 0, tzinfo=datetime.UTC)) == 1
    assert [world.day(world.date_of(day)) for day in (1, 30, 31)] == [1, 30, 31]
    with pytest.raises(ValueError, match="time zone"):
        world.day(datetime.datetime(2025, 4, 10))


def test_reports_on_a_year_are_published_in_the_next(world: World) -> None:
    for report in world.reports:
        assert report.published.year == report.year + 1
        assert report.published < world.start or "new" in report.changes


def test_declarations_are_toml_with_the_columns_of_each_portal(world: World) -> None:
    declarations = {slug: tomllib.loads(text) for slug, text in world.declarations().items()}
    assert {slug: data["family"] for slug, data in declarations.items()} == {
        "sample-qinghe": "trs",
        "sample-yunshan": "jcms",
        "sample-haitan": "ucap",
    }
    for portal in world.portals:
        data = declarations[portal.slug]
        assert data["sample"] is True
        assert data["hosts"] == [portal.host]
        assert len(data["column"]) == len(portal.columns)
    owned = [column["unit"] for column in declarations["sample-qinghe"]["column"]]
    assert owned[0] == ""
    assert owned[1] in {report.unit for report in world.reports}


def test_a_larger_world_scales_what_it_plants() -> None:
    larger = World(units=40)
    assert len(larger.reports) == 240
    assert sum(bool(report.wrong_sums) for report in larger.reports) == 12
    assert sum("edited" in report.changes for report in larger.reports) == 4
    assert sum("cover_letter_ofd" in report.quirks for report in larger.reports) == 4


def test_portals_of_named_families_are_made_on_demand_and_the_demo_stays_as_it_is() -> None:
    made = World.of_families("gkmlpt", "trs", units=2, years=(2023,), plant={"listed_pdf": [(0, 2023)]})
    assert [portal.family for portal in made.portals] == ["gkmlpt", "trs", "trs"]
    assert [len(portal.reports) for portal in made.portals] == [2, 2, 2]
    assert [report.quirks for report in made.reports].count(("listed_pdf",)) == 1
    assert len(World().portals) == 3
    with pytest.raises(KeyError):
        World.of_families("no-such-family")


def test_every_portal_has_a_host_a_slug_and_a_site_code_of_its_own() -> None:
    sites = [*SITES, *(site for family in FAMILIES.values() for site in family.sites)]
    for values in ([site.host for site in sites], [site.slug for site in sites], [site.site_code for site in sites]):
        assert len(values) == len(set(values))
    assert {site.family for site in sites} <= set(FAMILIES)
