"""Portals of no known CMS: hand-made pages that link reports, a list in a frame, a site that has but its sitemap.

The first portal's list states no total and has news among its reports, a page of news alone, and links in a circle at its end; a body's own list
stands in a frame, states its total and leaks two rows of other bodies. The second portal's declaration names robots.txt.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from crawler.samples.families.family import Listed, Printer, SampleFamily
from crawler.samples.families.plain import attached, path_of, printed_article, printed_list, printed_rows
from crawler.samples.pages import Answer, Article, Column, ListPage
from crawler.samples.places import Site, Unit, city

FRAMED: Final = "framed"
SITEMAP: Final = "sitemap"
LEAKED: Final = 2


class Generic(SampleFamily):
    """Hand-made portals."""

    name = "generic"
    sites = (
        Site(
            "sample-xunyang",
            "generic",
            "www.xunyang.test",
            "九江市人民政府门户网站（样本）",
            "gb18030",
            "gb2312",
            "3604000090",
            "赣ICP备00000010号",
            city("江西省", "九江市", "360400", "360402 濂溪区,360403 浔阳区,360483 庐山市"),
        ),
        Site(
            "sample-wuling",
            "generic",
            "www.wuling.test",
            "常德市人民政府门户网站（样本）",
            "utf-8",
            "utf-8",
            "4307000089",
            "湘ICP备00000011号",
            city("湖南省", "常德市", "430700", "430702 武陵区,430703 鼎城区,430721 安乡县"),
        ),
    )
    first_number = 2_020_000

    def columns(self, site: Site, units: Sequence[Unit]) -> tuple[Column, ...]:
        """Return the list and the framed one of the second body, or the robots.txt that names a sitemap."""
        if site.slug == "sample-wuling":
            return (Column("/robots.txt", 1, style=SITEMAP),)
        main = Column("/gongkai/nianbao.html", 1, page_size=2)
        if len(units) < 2:
            return (main,)
        return (main, Column("/bumen/nb.html", 2, unit=units[1].name, page_size=2, style=FRAMED))

    def list_pages(self, listed: Listed, column: Column) -> dict[str, Printer]:
        """Return the pages that list reports, and those on the way to them."""
        if column.style == SITEMAP:
            return _sitemap(listed, column)
        if column.style == FRAMED:
            return _framed(listed, column)
        stem = column.path.removesuffix(".html")
        pages = {
            column.path if n == 1 else f"{stem}_{n}.html": partial(_hand_made, listed.site, listed.page(column, n), n)
            for n in range(1, listed.pages(column) + 1)
        }
        news = ListPage(column, (), listed.pages(column) + 1, listed.pages(column))
        return pages | {f"{stem}_news.html": partial(_news, listed.site, news)}

    def article_path(self, site: Site, column: Column, article: Article) -> str:
        """Return a path of no known form; where there is but a sitemap, one under the column."""
        folder = "/zwgk/zfxxgknb" if column.style == SITEMAP else f"/html/NEWS{column.number}"
        return f"{folder}/{article.published:%Y%m}/0167{article.number}.html"

    def attachment_path(self, site: Site, column: Column, article: Article, suffix: str) -> str:
        """Return the path of the uploaded file."""
        return f"/uploads/{article.published:%Y%m}/{article.number}{suffix}"

    def article_page(self, site: Site, article: Article, column: Column) -> str:
        """Print an article page."""
        files = f"<p>附件：{attached(article)}</p>" if article.attachment else ""
        return printed_article(site, article, column.path, '<div id="content" class="content">', f"{files}</div>")


def _hand_made(site: Site, page: ListPage, number: int) -> str:
    """Print a table of reports and news; the page before the last leads on through a page of news alone."""
    stem = page.column.path.removesuffix(".html").rsplit("/", 1)[-1]
    rows = printed_rows(page.rows, "p")
    news = '<p><a href="/html/NEWS9/202501/01679.html" title="我市召开政务公开工作会议">我市召开…</a><span>2025-01-09</span></p>'
    if number == page.pages:
        following = f"{stem}.html"  # back to the first
    elif number == page.pages - 1:
        following = f"{stem}_news.html"
    else:
        following = f"{stem}_{number + 1}.html"
    arrow = f'<div class="dh"><a href="{stem}.html">&lt;&lt;</a> {number} <a href="{following}">&gt;</a></div>'
    return printed_list(site, page, f'<div class="zw">\n{rows}\n{news}\n</div>\n{arrow}')


def _news(site: Site, page: ListPage) -> str:
    stem = page.column.path.removesuffix(".html").rsplit("/", 1)[-1]
    news = '<p><a href="/html/NEWS9/202412/01678.html" title="我市举办政务公开培训">我市举办…</a><span>2024-12-09</span></p>'
    following = f"{stem}_{page.pages}.html"
    return printed_list(site, page, f'<div class="zw">\n{news}\n</div>\n<a href="{following}">&gt;</a>')


def _framed(listed: Listed, column: Column) -> dict[str, Printer]:
    """Return the page with the frame, and the frame's pages: the body's rows and two of other bodies."""
    leaked = tuple(row for one in listed.columns if one != column for row in listed.rows[one.path])[:LEAKED]
    rows = (*listed.rows[column.path], *leaked)
    size = column.page_size
    pages = -(-len(rows) // size)
    frame = f"/bumen/inner.jsp?lm={column.number}"
    outer = f'<iframe src="{frame}" width="100%"></iframe><iframe src="/visitcount.jsp"></iframe>'
    shown = {
        (frame if n == 1 else f"{frame}&pg={n}"): partial(
            _frame_page, listed.site, ListPage(column, rows[(n - 1) * size : n * size], n, pages, len(rows)), frame
        )
        for n in range(1, pages + 1)
    }
    return {column.path: partial(printed_list, listed.site, listed.page(column, 1), outer), **shown}


def _frame_page(site: Site, page: ListPage, frame: str) -> str:
    following = f'<a href="{frame}&amp;pg={page.number + 1}">下一页</a>' if page.number < page.pages else "下一页"
    rows = f"<ul>{printed_rows(page.rows)}</ul>"
    return printed_list(site, page, f"{rows}<div>共{page.total}条记录 {page.number}/{page.pages} {following}</div>")


def _sitemap(listed: Listed, column: Column) -> dict[str, Printer]:
    host = f"http://{listed.site.host}"
    robots = f"User-agent: *\nDisallow:\nSitemap: {host}/sitemap.xml\n"
    index = f"<sitemapindex><sitemap><loc>{host}/sitemap_1.xml</loc></sitemap></sitemapindex>"
    other = (f"{host}/", f"{host}/zwgk/zfxxgknb/index.html", f"{host}/zwgk/tzgg/202501/01670001.html")
    locations = (*other, *(f"{host}{path_of(row)}" for row in listed.rows[column.path]))
    urls = "".join(f"<url><loc>{location}</loc></url>" for location in locations)
    return {
        column.path: partial(Answer, robots.encode(), content_type="text/plain"),
        "/sitemap.xml": partial(_xml, index),
        "/sitemap_1.xml": partial(_xml, f"<urlset>{urls}</urlset>"),
    }


def _xml(text: str) -> Answer:
    return Answer(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode(), content_type="application/xml")


FAMILY = Generic()
