"""VSB numbers its pages from the last (portals.md 1.7): the page's own link leads on, and files stand behind download.jsp."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.families import FAMILIES, Entry, Page, PageRequest, detect

COLUMN = "http://www.xjwq.gov.cn/xxgk/zbgg.htm"
SITE = "http://www.xjwq.gov.cn"
TITLE = "某某县财政局2024年政府信息公开工作年度报告"


def listed(number: int, pages: int, following: str = "", total: str = "") -> str:
    link = f'<span class="p_next p_fun"><a href="{following}">下页</a></span>' if following else ""
    return f"""<ul class="menu"><li><a href="nb.htm">政府信息公开年报</a></li></ul>
<ul><li id="line_u5_0"><a href="../info/1050/{64208 - number}.htm" title="{TITLE}">某某…</a><span>2025-01-1{number}</span></li></ul>
<div class="pb_sys_common pb_sys_normal pb_sys_style1">{total}<span class="p_pages"><span class="p_no_d">{number}</span>{link}</span>
<span class="p_t">{number}/{pages}</span></div>"""


def test_the_next_page_is_the_one_that_the_page_links(read: Any) -> None:
    page = read("vsb", listed(1, 11, "zbgg/10.htm", '<span class="p_t">共52条</span>'), COLUMN)
    assert page.entries == (Entry(f"{SITE}/info/1050/64207.htm", TITLE, "2025-01-11"),)
    assert (page.total, page.pages) == (52, 11)
    assert page.next == PageRequest(f"{SITE}/xxgk/zbgg/10.htm", 2)
    page = read("vsb", listed(2, 11, "9.htm"), COLUMN, 2, url=f"{SITE}/xxgk/zbgg/10.htm")
    assert page.next == PageRequest(f"{SITE}/xxgk/zbgg/9.htm", 3)


def test_without_a_link_the_next_page_is_reckoned_from_the_number_of_pages(read: Any) -> None:
    assert read("vsb", listed(1, 11), COLUMN).next == PageRequest(f"{SITE}/xxgk/zbgg/10.htm", 2)
    assert read("vsb", listed(10, 11), COLUMN, 10).next == PageRequest(f"{SITE}/xxgk/zbgg/1.htm", 11)


def test_nothing_is_asked_past_the_last_page(read: Any) -> None:
    assert read("vsb", listed(11, 11), COLUMN, 11, url=f"{SITE}/xxgk/zbgg/1.htm").next is None


def test_a_dynamic_list_leads_on_by_its_link_alone(read: Any) -> None:
    link = "?a3t=3&a3p=2&a3c=10&urltype=tree.TreeTempUrl&wbtreeid=1037"
    column = f"{SITE}/list.jsp?urltype=tree.TreeTempUrl&wbtreeid=1037"
    following = read("vsb", listed(1, 3, link.replace("&", "&amp;")), column).next
    assert following == PageRequest(f"{SITE}/list.jsp{link}", 2)


@pytest.mark.parametrize(
    "around",
    ['<div id="vsb_content_2">{}</div>', '<form name="_newscontent_fromname"><ul><li>附件【{}】</li></ul></form>'],
)
def test_files_behind_download_jsp_are_attachments(around: str) -> None:
    path = "/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1261&wbfileid=42"
    markup = around.format(f'<a href="{path.replace("&", "&amp;")}">年度报告.pdf</a>') + '<a href="/f.doc">申请表</a>'
    page = Page(f"{SITE}/info/1050/1.htm", markup.encode(), COLUMN)
    assert FAMILIES["vsb"].attachments(page) == (f"{SITE}{path}",)
    assert detect(page) in ("vsb", None)


def test_a_list_is_told_by_its_pager() -> None:
    assert detect(Page(COLUMN, listed(1, 11).encode(), COLUMN)) == "vsb"
