"""Rules on figures of one body over the years: each fails where it must, and not on its near miss."""

from __future__ import annotations

import json

import pytest
from made_archive import BUREAU, FORM_2019, FORM_2021, Maker

from archive.decisions.corrections import correct, decide_identity, undo

COLUMNS = ("natural_person", "business", "research", "social_welfare", "legal_service", "other_org", "total")


@pytest.mark.parametrize("forms", [FORM_2021, FORM_2019])
def test_what_is_carried_in_is_what_was_carried_out_in_every_column(make: Maker, forms) -> None:
    make.put(2022, {"carried_out.natural_person": 3, "carried_out.total": 3}, forms=forms)
    make.put(2023, {"carried_in.natural_person": 3, "carried_in.total": 4})
    make.check()
    assert make.failures("D1") == [(2023, "total")]
    assert len(make.outcomes("D1", "pass")) == 6
    row = make.archive.db.execute("SELECT * FROM cross_check WHERE rule = 'D1' AND status = 'fail'").fetchone()
    assert (row["severity"], row["left_side"], row["right_side"]) == ("warning", "4", "3")
    assert "4" in row["message"] and "2022" in row["message_zh"]
    cells = json.loads(row["evidence"])["cells"]
    assert [(c["row"], c["column"], c["value"]) for c in cells] == [
        ("carried_in", "total", 4), ("carried_out", "total", 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("figures", "trust"),
    [
        ({"carried_in.total": None}, {}),
        ({"carried_in.total": "absent"}, {}),
        ({"carried_in.total": 4}, {"carried_in.total": "disputed"}),
        ({"carried_in.total": 4}, {"carried_in.total": None}),
    ],
)
def test_a_cell_that_is_no_sure_value_makes_no_failure(make: Maker, figures, trust) -> None:
    make.put(2022, {"carried_out.total": 3})
    make.put(2023, figures, trust=trust)
    make.check()
    assert make.failures("D1") == []
    assert (2023, "total", "not_assessable") in make.outcomes("D1")


def test_years_apart_other_scopes_and_other_bodies_are_not_compared(make: Maker) -> None:
    make.put(2021, {"carried_out.total": 3})
    make.put(2023, {"carried_in.total": 4})
    make.put(2022, {"carried_out.total": 9}, issuer="平顶山市新华区教育局")
    make.check()
    assert make.outcomes("D1") == []


def test_of_a_government_a_report_for_more_is_not_compared_with_one_for_less(make: Maker) -> None:
    government = {"issuer": "平顶山市新华区人民政府"}
    area = "本报告数据统计范围包括区政府各部门和各镇、街道。"
    make.put(2021, {"carried_out.total": 3}, text=area, **government)
    make.put(2022, {"carried_in.total": 3}, text=area, **government)
    make.put(2023, {"carried_in.total": 7}, text="本报告数据仅统计区政府本级。", **government)
    make.check()
    assert {row[:2] for row in make.outcomes("D1")} == {(2022, column) for column in COLUMNS}
    assert make.outcomes("E2") == [(2022, "", "pass"), (2023, "", "fail")]


def test_a_renamed_bureau_is_compared_with_what_it_was_and_a_merged_one_is_not(make: Maker) -> None:
    for issuer in ("平顶山市新华区环境保护局", "平顶山市新华区国土资源局"):
        make.put(2018, {"carried_out.total": 3}, issuer=issuer)
    make.put(2019, {"carried_in.total": 5}, issuer="平顶山市新华区生态环境局")
    make.put(2019, {"carried_in.total": 5}, issuer="平顶山市新华区自然资源局")
    make.check()
    assert make.failures("D1") == [(2019, "total")]
    (name,) = make.archive.db.execute(
        "SELECT u.name FROM cross_check c JOIN unit u ON u.id = c.unit_id WHERE rule = 'D1' AND status = 'fail'"
    ).fetchone()
    assert name.endswith("生态环境局")


def test_a_bureau_that_took_another_over_is_not_held_against_its_own_last_year_alone(make: Maker) -> None:
    for year in (2021, 2022, 2023):
        make.put(year, {"carried_in.total": 2, "carried_out.total": 2}, issuer="平顶山市新华区农业农村局")
        make.put(year, {"carried_in.total": 3, "carried_out.total": 3}, issuer="平顶山市新华区乡村振兴局")
    make.put(2024, {"carried_in.total": 5, "carried_out.total": 2}, issuer="平顶山市新华区农业农村局")
    make.put(2025, {"carried_in.total": 4}, issuer="平顶山市新华区农业农村局")
    make.check()
    assert make.failures("D1") == [(2025, "total")]
    bit_by_bit = make.outcomes("D1")
    make.check(everything=True)
    assert make.outcomes("D1") == bit_by_bit


def test_a_correction_counts_says_so_and_is_taken_back(make: Maker) -> None:
    make.put(2022, {"carried_out.total": 3})
    make.put(2023, {"carried_in.total": 4})
    make.check()
    key = correct(make.archive, f"{BUREAU}/2023", "requests/carried_in/total", "3", why="a letter", author="li")
    assert make.check().changed
    assert make.failures("D1") == []
    row = make.archive.db.execute("SELECT evidence FROM cross_check WHERE rule = 'D1' AND within = 'total'").fetchone()
    assert json.loads(row[0])["cells"][0]["correction"] == key
    assert make.archive.db.execute("SELECT value FROM cell WHERE value = 4").fetchone()
    undo(make.archive, key, why="no", author="li")
    make.check()
    assert make.failures("D1") == [(2023, "total")]


def test_a_correction_goes_with_its_document_to_another_unit_and_is_taken_back_there(make: Maker) -> None:
    other = "平顶山市新华区教育局"
    make.put(2022, {"carried_out.total": 3}, issuer=other)
    make.put(2023, {"carried_in.total": 4})
    make.check()
    key = correct(make.archive, f"{BUREAU}/2023", "requests/carried_in/total", "3", why="a letter", author="li")
    made = decide_identity(
        make.archive, f"{BUREAU}/2023", "identity/unit", f"河南省{other}", why="its letterhead", author="li"
    )
    make.check()
    assert made
    assert (2023, "total", "pass") in make.outcomes("D1")
    undo(make.archive, key, why="no", author="li")
    make.check()
    assert make.failures("D1") == [(2023, "total")]
    assert make.check(everything=True).changed == 0


def test_what_is_in_force_follows_from_last_year_s(make: Maker) -> None:
    make.put(2022, {"rules.in_force": 11, "normative_documents.in_force": 597})
    make.put(
        2023,
        {
            "rules.in_force": 12, "rules.issued": 2, "rules.repealed": 1,
            "normative_documents.in_force": 421, "normative_documents.issued": 50, "normative_documents.repealed": 227,
        },
    )  # fmt: skip
    make.check()
    assert make.failures("C1") == [(2023, "normative_documents")]
    assert make.outcomes("C1", "pass") == [(2023, "rules", "pass")]


def test_columns_of_the_2019_form_are_never_those_of_2021(make: Maker) -> None:
    make.put(2020, {"rules.total_disclosed": 11}, forms=FORM_2019)
    make.put(2021, {"rules.in_force": 50})
    make.check()
    assert make.outcomes("C1") == make.outcomes("C2") == []


def test_more_is_not_repealed_than_there_was(make: Maker) -> None:
    make.put(2022, {"rules.in_force": 3, "normative_documents.in_force": 3})
    make.put(
        2023,
        {"rules.issued": 1, "rules.repealed": 4, "normative_documents.issued": 1, "normative_documents.repealed": 5},
    )
    make.check()
    assert make.failures("C2") == [(2023, "normative_documents")]


def test_fees_a_thousand_times_last_year_s_are_a_matter_of_units(make: Maker) -> None:
    key = "administrative_fees.amount_wan_yuan"
    for year, amount in ((2020, "0"), (2021, "72.5"), (2022, "72500"), (2023, "725001"), (2024, "72.5")):
        make.put(year, {key: amount})
    make.check()
    assert make.failures("C4") == [(2024, key)]
    assert (2021, key, "not_assessable") in make.outcomes("C4")
    assert (2022, key, "pass") in make.outcomes("C4"), "a thousand times is not more than a thousand"


def test_decisions_need_items_and_items_follow_from_last_year_s(make: Maker) -> None:
    row = "administrative_licensing"
    make.put(2019, {f"{row}.prior_items": 10, f"{row}.change": -2, f"{row}.decisions": 5}, forms=FORM_2019)
    make.put(2020, {f"{row}.prior_items": 9, f"{row}.change": -9, f"{row}.decisions": 5}, forms=FORM_2019)
    make.check()
    assert make.failures("C5") == [(2020, f"{row}.decisions"), (2020, f"{row}.prior_items")]
    assert (2019, f"{row}.decisions", "pass") in make.outcomes("C5")
    assert (2020, "administrative_penalty.prior_items", "pass") in make.outcomes("C5")


@pytest.mark.parametrize(
    ("before", "now", "status"),
    [(0, 0, "fail"), (2, 0, "pass"), (0, 1, "pass"), (None, 0, "not_assessable")],
)
def test_suits_after_review_need_a_review(make: Maker, before, now, status) -> None:
    make.put(2022, {"review.total": before})
    make.put(2023, {"review.total": now, "suit_after_review.total": 3})
    make.check()
    assert (2023, "", status) in make.outcomes("B3")


def test_what_was_pending_is_among_next_year_s_cases(make: Maker) -> None:
    make.put(2022, {"review.pending": 5, "suit_direct.pending": 5})
    make.put(2023, {"review.total": 5, "suit_direct.total": 4})
    make.check()
    assert make.failures("B4") == [(2023, "suit_direct")]


def test_figures_all_as_last_year_s_fail_unless_one_differs_or_all_are_nought(make: Maker) -> None:
    make.put(2020, forms=FORM_2019)
    make.put(2021)
    make.put(2022)
    make.put(2023, {"rules.in_force": 3})
    make.put(2024, {"rules.in_force": 3})
    make.check()
    assert make.outcomes("D3") == [
        (2021, "figures", "not_assessable"), (2022, "figures", "pass"), (2023, "figures", "pass"), (2024, "figures", "fail"),
    ]  # fmt: skip


def test_figures_that_differ_in_a_blank_alone_are_not_the_same(make: Maker) -> None:
    make.put(2022, {"rules.in_force": 3})
    make.put(2023, {"rules.in_force": 3, "granted.research": None})
    make.check()
    assert make.outcomes("D3") == [(2023, "figures", "pass")]


def test_a_figure_ten_times_the_median_of_three_years_is_a_jump(make: Maker) -> None:
    key = "administrative_licensing.decisions"
    for year, value in ((2019, 550), (2020, 500), (2021, 560), (2022, 5500), (2023, 5501)):
        make.put(year, {key: value}, forms=FORM_2019 if year < 2021 else FORM_2021)
    make.check()
    assert make.failures("D5") == [], "5,500 is ten times 550, and 5,501 stands beside 5,500"
    make.put(2022, {key: 5501})
    make.check()
    assert make.failures("D5") == [(2022, key)]


def test_small_figures_and_two_years_make_no_jump(make: Maker) -> None:
    for year, value in ((2020, 1), (2021, 1), (2022, 1), (2023, 19)):
        make.put(year, {"granted.total": value})
    make.put(2022, {"granted.total": 2}, issuer="平顶山市新华区教育局")
    make.put(2023, {"granted.total": 200}, issuer="平顶山市新华区教育局")
    make.check()
    assert make.failures("D5") == []


def test_a_fall_to_a_tenth_is_a_jump(make: Maker) -> None:
    for year, value in ((2020, 300), (2021, 310), (2022, 290), (2023, 29)):
        make.put(year, {"granted.total": value})
    make.check()
    assert make.failures("D5") == [(2023, "granted.total")]


def test_a_list_before_2019_is_compared_by_the_crosswalk_alone(make: Maker) -> None:
    statistics = {"statistics": "statistics-2014"}
    for year in (2016, 2017, 2018):
        make.put(year, {"requests_received.value": 30, "reply_refused.value": 30}, forms=statistics)
    make.put(2019, {"new_received.total": 301, "denied.state_secret.total": 301}, forms=FORM_2019)
    make.check()
    assert make.failures("D5") == [(2019, "new_received.total")]


def test_deriving_bit_by_bit_and_all_at_once_gives_the_same(make: Maker) -> None:
    for year, value in ((2021, 3), (2023, 5), (2022, 4), (2020, 4)):
        make.put(year, {"carried_out.total": value, "carried_in.total": 4})
        make.check()
    once = make.dump()
    assert once
    assert make.check().evaluated == 0, "nothing was touched"
    assert make.check(everything=True).changed == 0
    assert make.dump() == once
