"""Of portals of no known family: links that name a report, next-page links, frames, sitemaps."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from crawler.families import FAMILIES, Entry, Page, PageRequest, detect

SITE = "http://www.a.gov.cn"
COLUMN = f"{SITE}/nb/list.html"


def link(number: int, title: str = "某局202{}年政府信息公开工作年度报告") -> str:
    return f'<p><a href="/doc/{number}.html">{title.format(number)}</a> 2025-01-0{number}</p>'


def test_links_that_name_a_report_of_a_year_are_entries_wherever_they_stand(read: Any) -> None:
    body = (
        '<div><a href="/nb/">政府信息公开年报</a> <a href="/zn/">政府信息公开指南</a></div>'
        + link(1)
        + "<table><tr><td><a href='/f/2.pdf'>某局政府信息公开年度报告</a></td><td>2021-03-02</td></tr></table>"
        + '<span><a href="/doc/3.html">二〇一五年政府信息公开年报</a></span>'
        + '<p><a href="/news/4.html">某局召开2024年工作会议</a> 2025-01-04</p>'
    )
    page = read("generic", body, COLUMN)
    assert page.entries == (
        Entry(f"{SITE}/doc/1.html", "某局2021年政府信息公开工作年度报告", "2025-01-01"),
        Entry(f"{SITE}/f/2.pdf", "某局政府信息公开年度报告", "2021-03-02"),
        Entry(f"{SITE}/doc/3.html", "二〇一五年政府信息公开年报", None),
    )


@pytest.mark.parametrize(
    ("anchors", "following"),
    [
        ('<a href="list_2.html">下一页</a>', "/nb/list_2.html"),
        ('<a href="?p=2"> 下 页 </a>', "/nb/list.html?p=2"),
        ('<a href="list_2.html">&gt;</a>', "/nb/list_2.html"),
        ('<a href="/photo/9.html">&gt;</a><a href="list_2.html">下一页&gt;&gt;</a>', "/nb/list_2.html"),
        ('<a href="javascript:go(2)">下一页</a><a href="list.html">下一页</a><a href="#">下一页</a>', None),
        ('<a href="http://other.gov.cn/2.html">下一页</a>', None),
        ('<a href="/doc/2.html">下一篇</a>', None),
    ],
)
def test_the_link_to_the_next_page_is_followed_on_the_same_host(read: Any, anchors: str, following: str | None) -> None:
    page = read("generic", link(1) + anchors, COLUMN)
    assert page.next == (None if following is None else PageRequest(SITE + following, 2))


def test_a_last_page_that_leads_back_to_the_first_is_the_last(read: Any) -> None:
    url = f"{SITE}/nb/list_3.html"
    assert read("generic", link(1) + '<a href="list.html">下一页</a>', COLUMN, 3, url=url).next is None


def test_a_page_of_other_documents_is_gone_through(read: Any) -> None:
    page = read("generic", '<a href="/news/1.html">x</a><a href="list_4.html">下一页</a>', COLUMN, 3)
    assert page.next == PageRequest(f"{SITE}/nb/list_4.html", 3)
    assert read("generic", "<p>x</p>", COLUMN, 4).past_end


def test_frames_of_the_same_host_are_read_one_level_deep(read: Any) -> None:
    frames = (
        '<iframe src="/inner/list.jsp?id=3"></iframe><iframe src="http://v.other.gov.cn/x"></iframe>'
        '<iframe src="/visitcount.jsp"></iframe><iframe src="/inner/list.jsp?id=3#top"></iframe>'
    )
    assert read("generic", frames, COLUMN).lists == (PageRequest(f"{SITE}/inner/list.jsp?id=3", 1),)
    assert read("generic", frames, f"{SITE}/inner/list.jsp", further=True).lists == ()


def test_a_total_is_what_the_list_states_and_pages_are_none(read: Any) -> None:
    page = read("generic", link(1) + "<div>共 12 条记录 共2页</div>", COLUMN)
    assert (page.total, page.pages) == (12, None)


def test_sitemaps_are_found_in_robots_txt_and_list_reports_by_their_column(read: Any) -> None:
    robots = f"User-agent: *\nDisallow:\nSitemap: {SITE}/sitemap.xml\nsitemap: http://other.gov.cn/s.xml\n"
    page = read("generic", robots, f"{SITE}/robots.txt")
    assert page.lists == (PageRequest(f"{SITE}/sitemap.xml", 1),)
    index = f"<sitemapindex><sitemap><loc>{SITE}/s1.xml.gz</loc></sitemap></sitemapindex>"
    page = read("generic", index, f"{SITE}/robots.txt", url=f"{SITE}/sitemap.xml", further=True)
    assert page.lists == (PageRequest(f"{SITE}/s1.xml.gz", 1),)
    urls = [
        "/zwgk/zfxxgknb/202501/t20250120_1.html",
        "/gknb/xxgk/2024.pdf",
        "/zfxxgknb/index.html",
        "/news/2025/1234.html",
    ]
    text = "<urlset>" + "".join(f"<url><loc>{SITE}{url}</loc></url>" for url in urls) + "</urlset>"
    for body in (text.encode(), gzip.compress(text.encode())):
        found = FAMILIES["generic"].read_list(Page(f"{SITE}/s1.xml.gz", body, COLUMN, further=True))
        assert [entry.url for entry in found.entries] == [SITE + url for url in urls[:2]]
        assert found.total is None


def test_a_damaged_sitemap_has_no_rows() -> None:
    assert FAMILIES["generic"].read_list(Page(f"{SITE}/s.xml.gz", b"\x1f\x8bxx", COLUMN)).entries == ()


def test_it_is_what_remains_for_a_list_without_marks_and_never_for_one_with() -> None:
    assert detect(Page(COLUMN, (link(1) + link(2)).encode(), COLUMN)) == "generic"
    assert detect(Page(COLUMN, link(1).encode(), COLUMN)) is None
    pager = "<script>createPageHTML('page_div',11,1,'list','shtml',154);</script>"
    assert detect(Page(COLUMN, (link(1) + link(2) + pager).encode(), COLUMN)) == "ucap"
