"""Longxun writes its rows into a fragment that the column's script asks for (portals.md 1.8)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawler.families import FAMILIES, Entry, Page, detect

SITE = "http://www.lushan.gov.cn"
COLUMN = f"{SITE}/public/column/4443193?type=4&catId=5337461&action=list&nav=3"
TITLE = "某某县财政局2024年政府信息公开工作年度报告"
SCRIPT = """<div id="xxgk_lmcon">{rows}</div><script>
Ls.ajax({{dataType: "html", url: "/site/label/8888", data : {{
  labelName : "publicInfoList", siteId : "4443205", pageSize : "16", pageIndex: pageIndex, action : "list", isDate : "true",
  dateFormat : "yyyy-MM-dd", length : "47", organId: "4443193", type: "4", catId: catId, cId : "", result : "暂无相关信息",
  file : "/xxgk/publicInfoList_newest2020" }} }}).done(function(html) {{ $("#xxgk_lmcon").html(html); }});
{pager}</script>"""
ROW = '<li><a href="/public/4443193/{0}.html" title="' + TITLE + '">某某…</a><span class="date">2025-01-{0}</span></li>'
GUIDE = f'<li><a href="/public/column/1?type=2&amp;publicType=gkzn" title="{TITLE}指南">指南</a><span>2025-01-01</span></li>'


def fragment(*numbers: int, pages: int | None = 3) -> str:
    rows = "".join(ROW.format(number) for number in numbers)
    pager = "" if pages is None else f"<script>Ls.pagination('#page',go,{{pageCount:{pages} , 0}});</script>"
    return f'<ul class="clearfix xxgk_nav_list">{rows}</ul>{pager}'


def test_a_column_without_rows_leads_to_the_first_fragment_with_the_parameters_of_its_script(read: Any) -> None:
    page = read("longxun", SCRIPT.format(rows="", pager=""), COLUMN)
    assert page.entries == ()
    assert page.next is not None
    assert page.next.number == 1
    assert page.next.url.startswith(f"{SITE}/site/label/8888?")
    asked = {name: value for name, (value,) in parse_qs(urlsplit(page.next.url).query).items()}
    assert asked["pageIndex"] == "1"
    assert asked["siteId"] == "4443205"
    assert asked["pageSize"] == "16"
    assert asked["catId"] == "5337461"  # the script leaves it to the address
    assert asked["organId"] == "4443193"
    assert asked["result"] == "暂无相关信息"


def test_a_column_that_shows_its_first_rows_leads_to_the_second_page(read: Any) -> None:
    page = read("longxun", SCRIPT.format(rows=fragment(11, 12), pager=""), COLUMN)
    assert len(page.entries) == 2
    assert page.next is not None
    assert page.next.number == 2
    assert "pageIndex=2" in page.next.url
    assert read("longxun", SCRIPT.format(rows=fragment(11, pages=1), pager=""), COLUMN).next is None


def test_fragments_lead_on_to_the_last(read: Any) -> None:
    url = f"{SITE}/site/label/8888?IsAjax=1&siteId=4443205&cId=&pageIndex=2"
    page = read("longxun", fragment(11, 12), COLUMN, 2, url=url)
    assert page.pages == 3
    assert page.entries[0] == Entry(f"{SITE}/public/4443193/11.html", TITLE, "2025-01-11")
    assert page.next is not None
    assert page.next.url == f"{SITE}/site/label/8888?IsAjax=1&siteId=4443205&cId=&pageIndex=3"
    assert read("longxun", fragment(13), COLUMN, 3, url=url).next is None


def test_a_fragment_that_says_there_is_nothing_is_past_the_end(read: Any) -> None:
    url = f"{SITE}/site/label/8888?pageIndex=2"
    assert read("longxun", '<div class="none">暂无相关信息</div>', COLUMN, 2, url=url).past_end
    assert not read("longxun", "<html>error</html>", COLUMN, 2, url=url).past_end


def test_the_guide_is_no_row(read: Any) -> None:
    page = read("longxun", f"<ul>{GUIDE}{ROW.format(11)}</ul>", COLUMN, url=f"{SITE}/site/label/8888?pageIndex=1")
    assert [entry.url for entry in page.entries] == [f"{SITE}/public/4443193/11.html"]


def test_a_row_whose_link_and_date_stand_in_items_of_their_own_keeps_its_date(read: Any) -> None:
    rows = "".join(
        f'<div class="xxgk_navli"><ul><li>{n}</li><li>0029/2025-0{n}</li><li><a href="/public/4443193/{n}.html">{TITLE}</a></li>'
        f"<li>2025-01-0{n}</li></ul></div>"
        for n in (1, 2)
    )
    page = read("longxun", rows, COLUMN, url=f"{SITE}/site/label/8888?pageIndex=1")
    assert [entry.published for entry in page.entries] == ["2025-01-01", "2025-01-02"]


def test_it_is_told_by_its_label_module_and_attaches_its_files() -> None:
    assert detect(Page(COLUMN, SCRIPT.format(rows="", pager="").encode(), COLUMN)) == "longxun"
    article = Page(f"{SITE}/public/1/2.html", b'<div id="zoom"><a href="/group6/M00/05/x.doc">a</a></div>', COLUMN)
    assert FAMILIES["longxun"].attachments(article) == (f"{SITE}/group6/M00/05/x.doc",)
