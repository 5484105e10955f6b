"""Lists whose pages are numbered in the address (portals.md 1.9), as three products write them.

The first announces a page that is not there (404); the second answers every number past its last page with that page, and one
column with page one whatever is asked; the third names its pages in a script alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from crawler.samples.families.family import Asked, Listed, Printer, SampleFamily
from crawler.samples.families.plain import attached, printed_article, printed_list, printed_rows
from crawler.samples.pages import Answer, Article, Column, ListPage
from crawler.samples.places import Site, Unit, city

JSP: Final = "iList.jsp"
ASPX: Final = "InfoPublic.aspx"
NUMBERED: Final = "numbered"
DEAF: Final = "deaf"
"""InfoPublic.aspx that shows page one whatever `page` says."""


class Ilist(SampleFamily):
    """Query-string lists: one portal for each product."""

    name = "ilist"
    sites = (
        Site(
            "sample-mianzhu",
            "ilist",
            "www.mianzhu.test",
            "德阳市人民政府门户网站（样本）",
            "gb18030",
            "gbk",
            "5106000093",
            "蜀ICP备00000007号",
            city("四川省", "德阳市", "510600", "510603 旌阳区,510683 绵竹市,510681 广汉市"),
        ),
        Site(
            "sample-hongta",
            "ilist",
            "www.hongta.test",
            "玉溪市人民政府门户网站（样本）",
            "utf-8",
            "utf-8",
            "5304000092",
            "滇ICP备00000008号",
            city("云南省", "玉溪市", "530400", "530402 红塔区,530403 江川区,530424 华宁县"),
        ),
        Site(
            "sample-baota",
            "ilist",
            "www.baota.test",
            "延安市人民政府门户网站（样本）",
            "utf-8",
            "utf-8",
            "6106000091",
            "陕ICP备00000009号",
            city("陕西省", "延安市", "610600", "610602 宝塔区,610621 延长县,610622 延川县"),
        ),
    )
    first_number = 770_000
    validators = ()

    def columns(self, site: Site, units: Sequence[Unit]) -> tuple[Column, ...]:
        """Return the product's column; Yunnan's second body has one that is deaf."""
        if site.slug == "sample-mianzhu":
            return (Column("/info/iList.jsp?node_id=GKmzs&cat_id=15971&cur_page=1", 15971, page_size=2, style=JSP),)
        if site.slug == "sample-baota":
            return (Column("/zfxxgk/zfxxgknb/1.html", 3, page_size=2, style=NUMBERED),)
        main = Column("/InfoPublic.aspx?cid=1019&pid=971&page=1&kw=", 1019, page_size=2, style=ASPX)
        if len(units) < 2:
            return (main,)
        own = Column("/InfoPublic.aspx?cid=1020&pid=971&page=1&kw=", 1020, unit=units[1].name, page_size=50, style=DEAF)
        return (main, own)

    def list_pages(self, listed: Listed, column: Column) -> dict[str, Printer]:
        """Return the pages by their numbered addresses."""
        return {
            numbered(column, n): partial(list_page, listed.site, listed.page(column, n))
            for n in range(1, listed.pages(column) + 1)
        }

    def answer(self, asked: Asked, listed: Listed) -> Answer | None:
        """Answer a number past the last page of InfoPublic.aspx with a page that there is."""
        if asked.path != "/InfoPublic.aspx":
            return None
        column = next((one for one in listed.columns if f"cid={asked.fields.get('cid')}&" in one.path), None)
        if column is None:
            return None
        page = listed.page(column, 1 if column.style == DEAF else listed.pages(column))
        return Answer(list_page(listed.site, page).encode(listed.site.encoding), content_type="text/html;charset=utf-8")

    def article_path(self, site: Site, column: Column, article: Article) -> str:
        """Return where the product keeps its articles."""
        if column.style == JSP:
            return f"/gk/GKmzs/15971/{article.number}.htm"
        if column.style == NUMBERED:
            return f"/zfxxgk/zfxxgknb/{article.number * 4096 + 1}.html"
        return f"/html/{article.published:%Y}/{article.published:%m%d}_{article.number}.html"

    def attachment_path(self, site: Site, column: Column, article: Article, suffix: str) -> str:
        """Return the path of the uploaded file."""
        return f"/uploads/{article.published:%Y%m}/{article.number}{suffix}"

    def article_page(self, site: Site, article: Article, column: Column) -> str:
        """Print an article page."""
        files = f"<p>附件：{attached(article)}</p>" if article.attachment else ""
        opening = {JSP: '<div class="con_c" id="zoom">', NUMBERED: '<div class="m-txt-article">'}.get(
            column.style, '<div class="news-info">'
        )
        return printed_article(site, article, column.path, opening, f"{files}</div>")


def numbered(column: Column, number: int) -> str:
    """Return the address of a page."""
    if column.style == NUMBERED:
        return column.path.replace("/1.html", f"/{number}.html")
    name = "cur_page" if column.style == JSP else "page"
    return column.path.replace(f"{name}=1", f"{name}={number}")


def list_page(site: Site, page: ListPage) -> str:
    """Print a list page with its product's rows and pager."""
    style = page.column.style
    if style == NUMBERED:
        rows = f'<div class="m-lst"><ul>\n{printed_rows(page.rows)}\n</ul></div>'
        pager = f"<script>var total = parseInt('{page.pages}'); makePager({page.number}, total);</script>"
    elif style == JSP:
        rows = f'<div class="list_div"><ul>\n{printed_rows(page.rows)}\n</ul></div>'
        pager = f'<div class="page">共 {page.total} 条 共{page.pages + 1}页 第{page.number}页</div>'
    else:
        last = page.pages + 1
        rows = f'<div class="info-list">\n{printed_rows(page.rows, "p")}\n</div>'
        count = "" if style == DEAF else f"<span>共{page.total}条记录</span>"
        pager = f'<div class="pages">{count}<a href="{numbered(page.column, last)}">尾页</a></div>'.replace(
            "&", "&amp;"
        )
    return printed_list(site, page, f"{rows}\n{pager}")


FAMILY = Ilist()
