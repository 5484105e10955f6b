"""Rules between bodies: sums of parts, scopes, and who is overdue."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from made_archive import FORM_2019, Maker

from archive import Listing
from archive.crawls.reasons import reason
from archive.crawls.runs import FrontierItem

COUNTY = ("320813", "江苏省淮安市洪泽区")
CITY = ("320800", "江苏省淮安市")
WHOLE = "本报告数据统计范围包括各部门、各镇和街道。"
WITH_DEPARTMENTS = "本报告数据统计范围包括区政府各部门。"
OWN = "本报告数据仅统计区政府办公室本机关。"
BUREAUS = ("财政局", "教育局", "民政局")


def county(make: Maker, year: int, total: dict[str, int], *, without: str = "", text: str = WITH_DEPARTMENTS) -> None:
    """Put in an office and three bureaus with 5 requests and 2 reviews each, and the government's report of `total`."""
    part = {"new_received.total": 5, "granted.total": 5, "total_processed.total": 5, "review.total": 2}
    if without != "office":
        make.put(year, part, issuer="洪泽区人民政府办公室", place=COUNTY, text=OWN)
    for bureau in BUREAUS:
        if bureau != without:
            make.put(year, part, issuer=f"洪泽区{bureau}", place=COUNTY, text="")
    make.put(year, total, issuer="洪泽区人民政府", place=COUNTY, text=text)


FOUR = {"new_received.total": 20, "granted.total": 20, "total_processed.total": 20, "review.total": 8}


def test_a_consolidated_report_is_the_sum_of_its_parts(make: Maker) -> None:
    county(make, 2022, FOUR)
    county(make, 2023, FOUR | {"review.total": 9})
    make.check()
    assert make.failures("E1") == [(2023, "review_and_litigation.review.total")]
    assert (2022, "requests.new_received.total", "pass") in make.outcomes("E1")
    row = make.archive.db.execute("SELECT * FROM cross_check WHERE rule = 'E1' AND status = 'fail'").fetchone()
    assert (row["left_side"], row["right_side"], row["severity"]) == ("9", "8", "warning")


def test_with_a_part_missing_the_rest_is_no_more_than_the_whole(make: Maker) -> None:
    county(make, 2021, FOUR)
    county(make, 2022, FOUR, without="财政局")
    county(make, 2023, FOUR | {"review.total": 5}, without="财政局")
    county(make, 2024, FOUR)
    make.check()
    assert make.failures("E1") == [(2023, "review_and_litigation.review.total")]
    assert (2022, "requests.new_received.total", "not_assessable") in make.outcomes("E1")


def test_where_most_figures_do_not_add_up_the_archive_may_not_know_all_parts(make: Maker) -> None:
    county(make, 2023, {key: value + 7 for key, value in FOUR.items()})
    make.check()
    assert make.failures("E1") == []
    assert {row[2] for row in make.outcomes("E1")} == {"not_assessable"}


def test_every_column_is_added(make: Maker) -> None:
    part = {"new_received.total": 5, "new_received.natural_person": 5, "review.total": 2, "review.upheld": 2}
    make.put(2022, part, issuer="洪泽区人民政府办公室", place=COUNTY, text=OWN)
    for bureau in BUREAUS:
        make.put(2022, part, issuer=f"洪泽区{bureau}", place=COUNTY, text="")
    whole = {key: 4 * value for key, value in part.items()} | {"new_received.natural_person": 19}
    make.put(2022, whole, issuer="洪泽区人民政府", place=COUNTY, text=WITH_DEPARTMENTS)
    make.check()
    assert make.failures("E1") == [(2022, "requests.new_received.natural_person")]


def test_a_table_in_which_little_stands_is_not_believed_where_the_others_do_not_add_up(make: Maker) -> None:
    county(make, 2023, {key: value + 7 for key, value in FOUR.items()} | {"review.total": 8, "review.upheld": 1})
    make.check()
    assert make.failures("E1") == []


def test_what_may_be_below_nought_is_no_bound_where_a_part_is_missing(make: Maker) -> None:
    for year, bureaus in ((2019, BUREAUS), (2020, BUREAUS[1:]), (2021, BUREAUS)):
        for bureau in bureaus:
            make.put(year, {"new_received.total": 5}, issuer=f"洪泽区{bureau}", place=COUNTY, text="", forms=FORM_2019)
        whole = {"new_received.total": 15, "administrative_fees.change": -5 if year == 2020 else 0}
        make.put(year, whole, issuer="洪泽区人民政府", place=COUNTY, text=WITH_DEPARTMENTS, forms=FORM_2019)
    make.check()
    assert make.failures("E1") == []


@pytest.mark.parametrize("text", [OWN, ""])
def test_a_report_of_the_government_alone_or_of_unknown_scope_is_no_sum(make: Maker, text) -> None:
    county(make, 2023, FOUR | {"review.total": 9}, text=text)
    make.check()
    assert make.outcomes("E1") == []


def test_a_lower_government_is_added_with_all_that_is_under_it_or_not_at_all(make: Maker) -> None:
    part = {"new_received.total": 5, "granted.total": 5, "total_processed.total": 5}
    for year, scope in ((2022, WHOLE), (2023, WITH_DEPARTMENTS)):
        make.put(year, part, issuer="淮安市人民政府办公室", place=CITY, text="本报告数据仅统计市政府办公室本机关。")
        make.put(year, part, issuer="洪泽区人民政府", place=COUNTY, text=scope)
        make.put(year, dict.fromkeys(part, 10) | {"granted.total": 11}, issuer="淮安市人民政府", place=CITY, text=WHOLE)
    make.check()
    assert make.failures("E1") == [(2022, "requests.granted.total")]


def test_a_part_that_comes_later_has_the_sum_looked_at_again(make: Maker) -> None:
    county(make, 2023, FOUR | {"review.total": 9}, without="财政局")
    county(make, 2022, FOUR)
    make.check()
    assert make.failures("E1") == []
    part = {"new_received.total": 5, "granted.total": 5, "total_processed.total": 5, "review.total": 2}
    make.put(2023, part, issuer="洪泽区财政局", place=COUNTY, text="")
    make.check()
    assert make.failures("E1") == [(2023, "review_and_litigation.review.total")]
    assert make.check(everything=True).changed == 0


def test_a_scope_that_is_not_known_is_not_said_to_have_changed(make: Maker) -> None:
    for year, text in ((2021, WHOLE), (2022, ""), (2023, OWN)):
        make.put(year, issuer="洪泽区人民政府", place=COUNTY, text=text)
    make.put(2022, issuer="洪泽区财政局", place=COUNTY, text="")
    make.put(2023, issuer="洪泽区财政局", place=COUNTY, text="")
    make.check()
    assert make.outcomes("E2") == [(2022, "", "not_assessable"), (2023, "", "not_assessable")]


# -- who is overdue -------------------------------------------------------------------------------------------------


def test_a_body_that_reported_and_does_not_is_overdue_from_the_statutory_date(make: Maker) -> None:
    make.put(2021, issuer="洪泽区财政局", place=COUNTY)
    make.put(2022, issuer="洪泽区财政局", place=COUNTY)
    make.put(2023, issuer="洪泽区人民政府", place=COUNTY)
    make.look()
    make.check()  # 10 April 2025: the reports on 2024 were due, the department's on 31 January, the government's on 31 March
    assert make.failures("E5") == [(2023, ""), (2024, ""), (2024, "")]
    assert len(make.outcomes("E5", "pass")) == 3


def test_nobody_is_overdue_before_the_statutory_date_nor_before_the_archive_has_looked_again(make: Maker) -> None:
    make.put(2022, issuer="洪泽区财政局", place=COUNTY)
    make.put(2023, issuer="洪泽区人民政府", place=COUNTY)
    make.look(datetime(2025, 1, 31, 12, tzinfo=UTC))  # in China, too, the last day for departments
    make.check()
    assert make.failures("E5") == [(2023, "")]
    make.look(datetime(2025, 1, 31, 17, tzinfo=UTC))
    assert make.check().evaluated == 0
    assert make.failures("E5") == [(2023, ""), (2024, "")], "a day has passed and nothing else"


def test_a_body_that_was_renamed_merged_or_whose_place_is_gone_is_not_overdue(make: Maker) -> None:
    make.put(2018, issuer="平顶山市新华区环境保护局")
    make.put(2018, issuer="平顶山市新华区国土资源局")
    for year in range(2019, 2025):
        make.put(year, issuer="平顶山市新华区生态环境局")
        make.put(year, issuer="平顶山市新华区自然资源局")
    make.put(2015, issuer="清浦区财政局", place=("320811", "江苏省淮安市清浦区"))  # merged into 清江浦区 in 2016
    make.look()
    make.check()
    assert make.failures("E5") == []


def test_the_year_between_a_merged_body_s_last_report_and_its_heir_s_first_is_nobody_s_for_sure(make: Maker) -> None:
    for issuer in ("质量技术监督局", "工商行政管理局"):
        make.put(2016, issuer=f"平顶山市新华区{issuer}")
        make.put(2017, issuer=f"平顶山市新华区{issuer}")
    for year in range(2019, 2025):
        make.put(year, issuer="平顶山市新华区市场监督管理局")
    make.put(2017, issuer="平顶山市新华区环境保护局")
    for year in range(2019, 2025):
        make.put(year, issuer="平顶山市新华区生态环境局")
    make.look()
    make.check()
    assert make.outcomes("E5", "not_assessable") == [(2018, "", "not_assessable")] * 2
    assert make.failures("E5") == [(2018, "")], "a body that was only renamed owed it under either name"


def test_a_body_silent_for_years_may_be_gone(make: Maker) -> None:
    make.put(2018, issuer="洪泽区扶贫办公室", place=COUNTY)
    make.look()
    make.check()
    assert make.failures("E5") == [(year, "") for year in (2019, 2020, 2021)]
    assert make.outcomes("E5", "not_assessable") == [(y, "", "not_assessable") for y in (2022, 2023, 2024)]


@pytest.mark.parametrize(("completeness", "status"), [("complete", "fail"), ("partial", "not_assessable")])
def test_what_a_list_not_read_to_its_end_would_name_is_not_said_to_be_missing(
    make: Maker, completeness, status
) -> None:
    url = make.put(2023, issuer="洪泽区财政局", place=COUNTY, portal="hz")
    column = "http://hz.gov.cn/nb/"
    run, _ = make.archive.runs.start("crawl")
    make.archive.runs.add(run, [FrontierItem("k", "report", "hz", url, {"column": column, "title": "年报"})])
    why = None if completeness == "complete" else reason("status", status=500)
    now = make.archive.clock.now()
    make.archive.record_listing(Listing("hz", column, now, completeness, why, 1, ((url, "年报", None),)), run)
    make.archive.runs.end(run, {})
    make.check()
    assert [row for row in make.outcomes("E5") if row[0] == 2024] == [(2024, "", status)]
