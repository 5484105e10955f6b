"""Longxun (portals.md 1.8): the column is a shell, its rows a fragment of HTML that its script asks for, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from crawler.samples.families.family import Asked, Listed, Printer, SampleFamily
from crawler.samples.families.plain import attached, printed_article, printed_list, printed_rows
from crawler.samples.pages import Answer, Article, Column, ListPage
from crawler.samples.places import Site, Unit, city

FILLED: Final = "filled"
"""A shell that the server fills with the first page's rows."""

LABEL: Final = "/site/label/8888"
SITE_ID: Final = "6789001"
NOTHING: Final = "暂无相关信息"


class Longxun(SampleFamily):
    """Longxun: dynamic pages without validators, a fragment that every address of its module answers."""

    name = "longxun"
    sites = (
        Site(
            "sample-jinghu",
            "longxun",
            "www.jinghu.test",
            "芜湖市人民政府门户网站（样本）",
            "utf-8",
            "UTF-8",
            "3402000095",
            "皖ICP备00000005号",
            city("安徽省", "芜湖市", "340200", "340202 镜湖区,340207 鸠江区,340223 南陵县"),
        ),
    )
    first_number = 8_280_000
    validators = ()

    def columns(self, site: Site, units: Sequence[Unit]) -> tuple[Column, ...]:
        """Return the column of all bodies, and the second body's own, which shows its first rows."""
        main = Column("/public/column/6596001?type=4&catId=6717001&action=list&nav=3", 6596001, page_size=2)
        if len(units) < 2:
            return (main,)
        path = "/public/column/6596112?type=4&catId=6717112&action=list"
        return (main, Column(path, 6596112, unit=units[1].name, page_size=2, style=FILLED))

    def list_pages(self, listed: Listed, column: Column) -> dict[str, Printer]:
        """Return the shell, the only page that stands at an address of the column's own."""
        return {column.path: partial(shell, listed.site, listed.page(column, 1))}

    def answer(self, asked: Asked, listed: Listed) -> Answer | None:
        """Answer the module: a page of the column that organId and catId name together."""
        if asked.path != LABEL or asked.fields.get("labelName") != "publicInfoList":
            return None
        column = next((one for one in listed.columns if _names(asked, one)), None)
        index = asked.fields.get("pageIndex", "")
        if column is None or not index.isdigit() or asked.fields.get("siteId") != SITE_ID:
            return Answer(f"<p>{NOTHING}</p>".encode(), content_type="text/html;charset=UTF-8")
        page = listed.page(column, max(1, int(index)))
        return Answer(fragment(page).encode(), content_type="text/html;charset=UTF-8")

    def article_path(self, site: Site, column: Column, article: Article) -> str:
        """Return /public/ORGAN/ID.html."""
        return f"/public/{column.number}/{article.number}.html"

    def attachment_path(self, site: Site, column: Column, article: Article, suffix: str) -> str:
        """Return the file server's path."""
        return f"/group6/M00/{article.number % 256:02X}/5F/wKgB{article.number}{suffix}"

    def article_page(self, site: Site, article: Article, column: Column) -> str:
        """Print an article page."""
        files = f'<p class="fj">附件：{attached(article)}</p>' if article.attachment else ""
        opening = '<div class="gk_content"><div class="j-fontContent" id="zoom">'
        return printed_article(site, article, column.path, opening, f"{files}</div></div>")


def shell(site: Site, page: ListPage) -> str:
    """Print the column's page: the guide beside the list, and the script that asks for rows."""
    column = page.column
    organ = column.number
    rows = fragment(page) if column.style == FILLED else '<div class="loading">加载中…</div>'
    content = f"""<div class="nav"><ul><li><a href="/public/column/{organ}?type=2&amp;publicType=gkzn"
title="政府信息公开指南（年度报告编制说明）">信息公开指南</a><span>2021-01-04</span></li></ul></div>
<div class="xxgk_nav_con" id="xxgk_lmcon">{rows}</div>
<script>
function load(pageIndex) {{ Ls.ajax({{ dataType: "html", url: "{LABEL}", data : {{
labelName : "publicInfoList", siteId : "{SITE_ID}", pageSize : "{column.page_size}", pageIndex: pageIndex,
action : "list", isDate : "true", dateFormat : "yyyy-MM-dd", length : "80", organId: "{organ}",
type: "4", catId: catId, cId : "", result : "{NOTHING}", file : "/xxgk/publicInfoList_newest2020"
}} }}).done(function(html) {{ $("#xxgk_lmcon").html(html); }}); }}
</script>"""
    return printed_list(site, page, content, scripts='<script src="/assets/ls/js/ls.min.js"></script>')


def fragment(page: ListPage) -> str:
    """Print a page's rows and the script that counts pages; past the end there is nothing."""
    if not page.rows:
        return f'<div class="xxgk_nav_none">{NOTHING}</div>'
    guide = (
        f'<li><a href="/public/column/{page.column.number}?type=2&amp;publicType=gkzn" title="政府信息公开年度报告编制指南">'
        "政府信息公开年度报告编制指南</a><span>2021-01-04</span></li>"
    )
    return (
        f'<ul class="clearfix xxgk_nav_list">\n{guide}\n{printed_rows(page.rows)}\n</ul>\n'
        f"<script>Ls.pagination('#page_public_info', load, {{pageCount:{page.pages} , 0}});</script>"
    )


def _names(asked: Asked, column: Column) -> bool:
    return asked.fields.get("organId") == str(column.number) and f"catId={asked.fields.get('catId')}&" in column.path


FAMILY = Longxun()
