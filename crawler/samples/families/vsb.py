"""Boda VSB (portals.md 1.7): page one is NAME.htm, the last is NAME/1.htm; files stand behind download.jsp.

A file that is asked for without a Referer is answered by a page that wants the four letters of a picture typed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from crawler.samples.families.family import Asked, Listed, Printer, SampleFamily
from crawler.samples.families.plain import attached, printed_article, printed_list, printed_rows
from crawler.samples.pages import Answer, Article, Column, ListPage
from crawler.samples.places import Site, Unit, city

COUNTED: Final = "counted"
"""A pager that says how many rows there are, beside how many pages."""

CAPTCHA: Final = Answer(
    '<html><head><meta charset="utf-8"><title>附件下载</title></head><body><form action="download.jsp">'
    '<p>请输入验证码：</p><input type="text" name="codeValue" id="codeValue">'
    '<img src="/system/resource/js/filedownload/createimage.jsp?randnum=1"></form></body></html>'.encode(),
    content_type="text/html;charset=UTF-8",
)


class Vsb(SampleFamily):
    """VSB: Last-Modified and ETag of static files, pages numbered from the last."""

    name = "vsb"
    sites = (
        Site(
            "sample-dianchi",
            "vsb",
            "www.dianchi.test",
            "昆明市人民政府门户网站（样本）",
            "utf-8",
            "UTF-8",
            "5301000096",
            "滇ICP备00000004号",
            city("云南省", "昆明市", "530100", "530102 五华区,530103 盘龙区,530111 官渡区,530112 西山区"),
        ),
    )
    first_number = 64_000

    def columns(self, site: Site, units: Sequence[Unit]) -> tuple[Column, ...]:
        """Return the column of all bodies, and one of the second body's own whose pager counts rows."""
        main = Column("/xxgk/zfxxgknb.htm", 1037, page_size=2)
        if len(units) < 2:
            return (main,)
        return (main, Column("/bmxxgk/nb.htm", 1050, unit=units[1].name, page_size=2, style=COUNTED))

    def list_pages(self, listed: Listed, column: Column) -> dict[str, Printer]:
        """Return NAME.htm for page one and NAME/{pages - n + 1}.htm for page n."""
        pages = listed.pages(column)
        return {
            _address(column, pages, n): partial(list_page, listed.site, listed.page(column, n))
            for n in range(1, pages + 1)
        }

    def refuse(self, asked: Asked) -> Answer | None:
        """Want a code for a file that no page of the site led to."""
        return CAPTCHA if asked.path.endswith("/download.jsp") and "referer" not in asked.headers else None

    def article_path(self, site: Site, column: Column, article: Article) -> str:
        """Return /info/COLUMN/ID.htm."""
        return f"/info/{column.number}/{article.number}.htm"

    def attachment_path(self, site: Site, column: Column, article: Article, suffix: str) -> str:
        """Return the address of download.jsp with the file's number."""
        number = f"{article.number}{len(suffix)}"
        return f"/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1261045&wbfileid={number}"

    def article_page(self, site: Site, article: Article, column: Column) -> str:
        """Print an article page; files stand after the body, in the form around both."""
        files = (
            f'<ul style="list-style-type:none;"><li>附件【{attached(article)}】</li></ul>' if article.attachment else ""
        )
        opening = '<form name="_newscontent_fromname"><div id="vsb_content"><div class="v_news_content">'
        return printed_article(site, article, column.path, opening, f"</div></div>{files}</form>")


def list_page(site: Site, page: ListPage) -> str:
    """Print a list page: the pager links forward by the numbers that the pages have today."""
    column, pages = page.column, page.pages
    base = "" if page.number == 1 else "../" + column.path.rsplit("/", 1)[-1].removesuffix(".htm") + "/"
    stem = column.path.removesuffix(".htm").rsplit("/", 1)[-1]
    prefix = f"{stem}/" if page.number == 1 else base
    following = f'<span class="p_next p_fun"><a href="{prefix}{pages - page.number}.htm">下页</a></span>'
    if page.number == pages:
        following = '<span class="p_next_d p_fun_d">下页</span>'
    count = f'<span class="p_t">共{page.total}条</span> ' if column.style == COUNTED else ""
    pager = (
        f'<div class="pb_sys_common pb_sys_normal pb_sys_style1">{count}<span class="p_pages">'
        f'<span class="p_no_d">{page.number}</span>{following}</span> <span class="p_t">{page.number}/{pages}</span></div>'
    )
    rows = printed_rows(page.rows).replace("<li>", '<li id="line_u5_0">')
    return printed_list(site, page, f"<ul>\n{rows}\n</ul>\n{pager}", scripts=_RESOURCES)


_RESOURCES: Final = '<script src="/system/resource/js/counter.js"></script>'


def _address(column: Column, pages: int, number: int) -> str:
    return column.path if number == 1 else f"{column.path.removesuffix('.htm')}/{pages - number + 1}.htm"


FAMILY = Vsb()
