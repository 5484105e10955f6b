"""What the pages print, read back with lxml: it must be what the truth says."""

from __future__ import annotations

import re

import lxml.html
import pytest

from crawler.samples import SampleReport, World
from crawler.samples.carriers import carrier_of
from crawler.samples.report import compose

from .conftest import Browser

CONTAINERS = {
    "sample-qinghe": "//div[@class='TRS_Editor']/div[@class='TRS_Editor']",
    "sample-yunshan": "//div[@id='zoom']",
    "sample-haitan": "//div[@id='zoomcon']",
}


def text_of(report: SampleReport, body: bytes) -> str:
    if body.startswith(b"\xef\xbb\xbf"):
        return body[3:].decode("utf-8")
    return body.decode("gb18030" if report.portal == "sample-qinghe" else "utf-8")


def printed_cells(report: SampleReport, body: bytes) -> list[str]:
    tree = lxml.html.fromstring(text_of(report, body))
    (container,) = tree.xpath(CONTAINERS[report.portal])
    return [cell.text_content().replace("\xa0", " ").strip() for cell in container.xpath(".//table//td")]


def on_pages(world: World) -> list[SampleReport]:
    """Return the reports that stand on a page of their own."""
    return [report for report in world.reports_on(1) if carrier_of(report.quirks) is None]


def test_every_page_prints_the_cells_of_its_report(world: World, browser: Browser) -> None:
    for report in on_pages(world):
        fetched = browser.get(report.url)
        assert fetched.status == 200
        table_cells = [
            re.sub("[\n\xa0]", lambda found: "" if found[0] == "\n" else " ", cell.text).strip()
            for section in compose(report.plan).sections
            for row in section.table or ()
            for cell in row
        ]
        assert printed_cells(report, fetched.body) == table_cells, report.url


def test_every_printed_cell_agrees_with_the_truth(world: World) -> None:
    for report in world.reports:
        manuscript = compose(report.plan)
        keys = set()
        for cell, key in manuscript.printed():
            state, value = report.cells[key]
            keys.add(key)
            number = re.match(r"[+-]?\d+(\.\d+)?", cell.text.strip())
            assert (number is None) == (state == "blank")
            if number:
                assert value in (int(float(number[0])), number[0].removeprefix("+"))
        assert keys == set(report.cells)


def test_the_narrative_states_the_figures_of_the_tables(world: World) -> None:
    for report in world.reports:
        text = "".join("".join(compose(report.plan).sections[0].paragraphs).split())
        stated = re.search(r"(?:收到|新收|受理)(?:公民、法人和其他组织提出的)?政府信息公开申请(\d+)件", text)
        key = ("requests", "new_received", "total")
        if report.cells[key][0] == "value" and stated:
            assert int(stated[1]) == report.cells[key][1], report.url
        none = "未收到" in text or "没有收到" in text
        assert none == (stated is None)


def test_pages_bear_the_tags_of_their_site(world: World, browser: Browser) -> None:
    report = next(report for report in world.reports if report.portal == "sample-haitan" and not report.quirks)
    page = browser.get(report.url).body.decode("utf-8")
    assert f'name="ArticleTitle" content="{report.title_printed}"' in page
    assert 'name="ColumnName" content="头部"' in page
    assert "网站标识码：" in page
    assert "扫一扫在手机打开当前页" in page


def test_the_gb18030_portal_says_gb2312_and_one_page_of_each_portal_begins_with_a_mark(
    world: World, browser: Browser
) -> None:
    marked = set()
    for report in on_pages(world):
        body = browser.get(report.url).body
        if body.startswith(b"\xef\xbb\xbf"):
            marked.add(report.portal)
        elif report.portal == "sample-qinghe":
            assert b"charset=gb2312" in body
            with pytest.raises(UnicodeDecodeError):
                body.decode("utf-8")
    assert marked == set(CONTAINERS)


def test_some_pages_are_pasted_from_word_and_some_are_clean(world: World, browser: Browser) -> None:
    pasted = ["MsoNormalTable" in text_of(r, browser.get(r.url).body) for r in on_pages(world)]
    assert 10 < sum(pasted) < 50


@pytest.mark.parametrize(
    ("quirk", "year", "snippet"),
    [
        ("header_break", 2019, "本年新<br />制作"),
        ("split_spans", 2022, "<span>一</span><span>、总体情况</span>"),
        ("empty_organisations", 2022, "<o:p>&nbsp;</o:p>"),
        ("literal_word_comments", 2022, "&lt;!--[if !supportLists]--&gt;"),
        ("container_furniture", 2022, "全真版 文字版 文件下载 相关链接："),
        ("layout_table", 2022, '<table width="1006"'),
        ("padded_signature", 2022, "&nbsp;" * 118),
        ("group_repeated", 2022, "三、本年度办理结果"),
        ("dropped_date_character", 2022, "20221月1日"),
        ("title_without_place", 2022, "<h1><ucaptitle>"),
    ],
)
def test_quirks_show_in_the_page(quirk: str, year: int, snippet: str) -> None:
    world = World(plant={quirk: [(5, year)]})
    (report,) = [report for report in world.reports if quirk in report.quirks]
    portal = next(portal for portal in world.portals if portal.slug == report.portal)
    page = portal.answer("GET", report.url.split(".test", 1)[1], {}, 0).body.decode("utf-8")
    plain_world = World(plant={})
    plain = next(p for p in plain_world.portals if p.slug == report.portal)
    path = report.url.split(".test", 1)[1]
    clean = plain.answer("GET", path, {}, 0).body.decode("utf-8")
    assert page != clean
    assert page.count(snippet) > clean.count(snippet) or quirk == "title_without_place"
