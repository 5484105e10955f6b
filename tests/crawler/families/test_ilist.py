"""Lists that write the page's number into the address, in three dialects (portals.md 1.9)."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.families import Page, PageRequest, detect

SITE = "http://www.mz.gov.cn"
JSP = f"{SITE}/info/iList.jsp?node_id=GKmzs&cat_id=15971"
ASPX = f"{SITE}/InfoPublic.aspx?cid=1019&pid=971&page=1&kw="
NUMBERED = f"{SITE}/zfxxgk/zfxxgknb/1.html"
TITLE = "某某市财政局2024年政府信息公开工作年度报告"


def items(tag: str, *numbers: int) -> str:
    rows = "".join(
        f'<{tag}><a href="/info/2025/{n}123.html" title="{TITLE}{n}">某某…</a><span>2025-01-0{n}</span></{tag}>'
        for n in numbers
    )
    return f'<div class="list_div info-list">{rows}</div>'


@pytest.mark.parametrize(
    ("column", "body", "pages", "following"),
    [
        (JSP, items("li", 1, 2) + "<div>共 11 条 共3页</div>", 3, f"{JSP}&cur_page=2"),
        (f"{JSP}&cur_page=1", items("li", 1) + "<div>共3页</div>", 3, f"{JSP}&cur_page=2"),
        (
            ASPX,
            items("p", 1, 2)
            + '<div class="pages"><a href="InfoPublic.aspx?cid=1019&amp;pid=971&amp;page=7&amp;kw=">尾页</a></div>',
            7,
            ASPX.replace("page=1", "page=2"),
        ),
        (NUMBERED, items("li", 1) + "<script>var n = parseInt('4');</script>", 4, NUMBERED.replace("1.html", "2.html")),
    ],
)
def test_the_number_in_the_address_counts_up_to_what_the_page_states(
    read: Any, column: str, body: str, pages: int, following: str
) -> None:
    page = read("ilist", body, column)
    assert page.entries
    assert page.entries[0].published == "2025-01-01"
    assert page.pages == pages
    assert page.next == PageRequest(following, 2)
    assert read("ilist", body, column, pages).next is None


def test_without_a_stated_number_only_a_link_leads_on(read: Any) -> None:
    assert read("ilist", items("li", 1), JSP).next is None
    link = '<a href="iList.jsp?node_id=GKmzs&amp;cat_id=15971&amp;cur_page=2">下一页</a>'
    page = read("ilist", items("li", 1) + link, JSP)
    assert page.pages is None
    assert page.next == PageRequest(f"{JSP}&cur_page=2", 2)


def test_each_dialect_is_told_by_its_address() -> None:
    told = {JSP: "x", ASPX: "x", NUMBERED: "<script>var n = parseInt('4');</script>"}
    for url, body in told.items():
        assert detect(Page(url, body.encode(), url)) == "ilist"
    assert detect(Page(NUMBERED, b"x", NUMBERED)) is None
