"""Whose report it is: titles in the forms they have, places from what the page says, conflicts said and not decided."""

from __future__ import annotations

import pytest

from parsers import Report, read_report
from parsers.normalize import to_simplified

BODY = """
一、总体情况

%s全年收到政府信息公开申请0件。

二、主动公开政府信息情况

无。

三、收到和处理政府信息公开申请情况

无。

五、存在的主要问题及改进情况

无。
"""


def read(title: str, text: str = "", **more) -> Report:
    return read_report((title + "\n" + BODY % text).encode(), **more)


@pytest.mark.parametrize(
    ("title", "issuer", "year"),
    [
        ("平顶山市财政局2023年政府信息公开工作年度报告", "平顶山市财政局", 2023),
        ("2019年上海市人民政府办公厅政府信息公开工作年度报告", "上海市人民政府办公厅", 2019),
        ("平顶山市财政局2023年度信息公开年度报告", "平顶山市财政局", 2023),
        ("平顶山市财政局2014年度政府信息公开工作年度报告", "平顶山市财政局", 2014),
        ("平顶山市财政局 2023 年政府信息公开工作报告", "平顶山市财政局", 2023),
        ("平顶山市财政局政府信息公开工作年度报告（2023年度）", "平顶山市财政局", 2023),
        ("平顶山市财政局二〇二三年政府信息公开工作年度报告", "平顶山市财政局", 2023),
        ("平顶山市财政局\n2023年政府信息公开工作年度报告", "平顶山市财政局", 2023),
        ("平顶山市财政局\n2023年\n政府信息公开工作年度报告", "平顶山市财政局", 2023),
        ("平頂山市財政局2023年政府信息公開工作年度報告", "平顶山市财政局", 2023),
    ],
)
def test_a_title_gives_issuer_and_year(title: str, issuer: str, year: int) -> None:
    report = read(title)
    assert (report.verdict, report.issuer, report.report_year) == ("report", issuer, year)
    assert report.region is not None


@pytest.mark.parametrize(
    ("title", "text", "code"),
    [
        ("平顶山市新华区财政局2023年政府信息公开工作年度报告", "", "410402"),
        ("新华区财政局2023年政府信息公开工作年度报告", "在平顶山市委领导下，", "410402"),
        ("新华区财政局2023年政府信息公开工作年度报告", "在石家庄市委领导下，", "130105"),
        ("洪泽区人民政府2023年政府信息公开工作年度报告", "", "320813"),
        ("北京市东城区财政局2023年政府信息公开工作年度报告", "", "110101"),
        ("河南省财政厅2023年政府信息公开工作年度报告", "", "410000"),
        ("平潭综合实验区管委会2023年政府信息公开工作年度报告", "", "350128"),
    ],
)
def test_a_place_is_found_by_its_name_and_by_what_the_text_says_of_it(title: str, text: str, code: str) -> None:
    assert read(title, text).region.code == code


def test_a_place_that_could_be_several_stays_open() -> None:
    report = read("新华区财政局2023年政府信息公开工作年度报告")
    assert report.region is None
    assert "region_ambiguous" in {f.code for f in report.findings}
    assert read("新华区财政局2023年政府信息公开工作年度报告", declared={"place": "410400"}).region.code == "410402"


def test_a_portal_of_another_place_is_a_conflict_that_the_text_wins() -> None:
    report = read("平顶山市财政局2023年政府信息公开工作年度报告", declared={"place": "140200"})
    assert report.region.code == "410400"
    assert "region_conflict" in {f.code for f in report.findings}


def page(head: str) -> Report:
    text = "".join(f"<p>{line}</p>" for line in (BODY % "").split("\n") if line)
    body = f"<html><head>{head}</head><body><h1>平顶山市财政局2023年政府信息公开工作年度报告</h1>{text}</body></html>"
    return read_report(body.encode())


def test_the_page_s_own_tags_are_evidence_and_a_foreign_one_is_said() -> None:
    tags = '<meta name="SiteIDCode" content="4104000009"><meta name="SiteName" content="平顶山市人民政府">'
    assert {"SiteIDCode", "SiteName"} <= set(page(tags).region.evidence)
    foreign = page('<meta name="SiteIDCode" content="1402000001">')
    assert foreign.region.code == "410400"
    assert "region_conflict_site" in {f.code for f in foreign.findings}
    no_place = page('<meta name="SiteIDCode" content="3590000001">')
    assert "region_conflict_site" not in {f.code for f in no_place.findings}


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2024-01-12", "2024-01-12"), ("2024年1月12日", "2024-01-12"), ("2024/1/12 08:30", "2024-01-12"),
        ("2024.01.12", "2024-01-12"), ("２０２４年１月１２日", "2024-01-12"), ("2024年13月1日", None), ("今天", None),
    ],
)  # fmt: skip
def test_the_publication_date_is_the_tag_s_whatever_its_form(written: str, read_as: str | None) -> None:
    assert page(f'<meta name="PubDate" content="{written}">').published == read_as


def test_a_department_after_january_and_a_government_after_march_are_late() -> None:
    late = {f.code for f in page('<meta name="PubDate" content="2024-02-01">').findings}
    assert "late_publication" in late
    in_time = {f.code for f in page('<meta name="PubDate" content="2024-01-31">').findings}
    assert "late_publication" not in in_time


@pytest.mark.parametrize(
    "title",
    [
        "关于2014年政府信息公开工作要点落实情况的函",
        "政府信息公开指南",
        "关于做好政府信息公开工作年度报告的通知",
        "通知公告",
    ],
)
def test_what_only_mentions_reports_is_no_title(title: str) -> None:
    assert read(title).title is None


@pytest.mark.parametrize(
    ("printed", "simplified"),
    [
        ("乾县人民政府", "乾县人民政府"),
        ("乾縣", "乾县"),
        ("乾安县政府", "乾安县政府"),
        ("乾淨", "干净"),
        ("幹部", "干部"),
    ],
)
def test_places_that_are_written_with_qian_keep_it(printed: str, simplified: str) -> None:
    assert to_simplified(printed) == simplified
