"""Hanweb JCMS (portals.md 1.5): rows inside a script, further pages by POST to dataproxy.jsp."""

from __future__ import annotations

import dataclasses
import html
import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from crawler.samples.families import ordinary
from crawler.samples.families.family import Asked, Listed, Printer, SampleFamily
from crawler.samples.pages import (
    Answer,
    Article,
    Column,
    ListPage,
    Row,
    cut,
    footer,
    in_container,
    metas,
    site_metas,
    whole,
)
from crawler.samples.places import Site, Unit, city

PROXY: Final = "/module/web/jpage/dataproxy.jsp"
PAST_THE_END: Final = "<datastore><recordset>\r\n\r\n</recordset>\r\n\r\n</datastore>"
"""The 54 bytes that the proxy sends for records past the end."""

UNIT_ID: Final = "247686"
WEB_ID: Final = "39"


MOST_RECORDS: Final = 300
"""Records the proxy sends at once, at most."""

# Styles of columns: how the paging module is, or what takes its place
PAGE_ONLY = "page_only"  # startrecord is ignored, and the page's number alone honoured
OLD = "old"  # the older module: a GET with the page's number
CAPPED = "capped"  # the totals stop short of the rows
IN_PAGE = "in_page"  # an empty store, and the rows in the page itself (Shandong)
ANNUAL = "annual"  # the annual-report page, a page for each year

_OLD_PROXY: Final = "/module/jpage/dataproxy.jsp"
_ANNUAL_PAGE: Final = "/module/xxgk/xxgkAnnualReport.jsp"
_CAP: Final = 2
_VARIANTS = Site(
    "sample-bohai",
    "jcms",
    "www.bohai-bay.test",
    "滨州市人民政府门户网站（样本）",
    "utf-8",
    "utf-8",
    "3716000090",
    "鲁ICP备00000010号",
    city(
        "山东省",
        "滨州市",
        "371600",
        "371602 滨城区,371603 沾化区,371621 惠民县,371622 阳信县,371623 无棣县,371625 博兴县",
    ),
)

RUISHU: Final = Answer(
    b'<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"/>'
    b"<meta content=\"sample\" r='m'><script r='m'>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=12345;"
    b'$_ts.cd="sample";'
    b"</script><script src=\"/4QbVtADbnLVIc/c.FxJzG50F.js\" r='m'></script></head><body></body></html>",
    status=412,
    headers=(("Set-Cookie", "FSSBBIl1UgzbN7N80S=sample; Path=/; HttpOnly"),),
)


class Jcms(SampleFamily):
    """JCMS: no validators; further pages by POST."""

    name = "jcms"
    sites = (_VARIANTS,)
    first_number = 1_200_000
    validators = ()
    challenge = RUISHU

    def columns(self, site: Site, units: Sequence[Unit]) -> tuple[Column, ...]:
        """Return the one column of all bodies; the portal of variants has one for each of them too."""
        main = Column("/col/col61490/index.html", 61490)
        if site is not _VARIANTS:
            return (main,)
        styles = (PAGE_ONLY, OLD, CAPPED, IN_PAGE, ANNUAL)
        return (main, *(_variant(unit, style) for unit, style in zip(units[1:], styles, strict=False)))

    def list_pages(self, listed: Listed, column: Column) -> Mapping[str, Printer]:
        """Return the first page, the only one that stands at an address; of the annual-report page each year."""
        if column.style == ANNUAL:
            years = {row.published.year for row in listed.rows[column.path]}
            own = partial(_annual, listed, column)
            return {column.path: partial(own, max(years))} | {_year_path(column, y): partial(own, y) for y in years}
        if column.style == IN_PAGE:
            return {column.path: partial(_in_page, listed, column)}
        return {column.path: partial(list_page, listed.site, _stated(listed.page(column, 1)))}

    def answer(self, asked: Asked, listed: Listed) -> Answer | None:
        """Answer the proxy: records `startrecord` to `endrecord` of a column, or, in their ways, a page of it."""
        fields = asked.fields
        column = next((one for one in listed.columns if str(one.number) == fields.get("columnid")), None)
        if (asked.method, asked.path) not in (("POST", PROXY), ("GET", _OLD_PROXY)):
            return None
        try:
            if column is None or (column.style == OLD) != (asked.path == _OLD_PROXY):
                return Answer(b"", status=500)
            if column.style in (PAGE_ONLY, OLD):
                first = (int(fields["page"]) - 1) * column.page_size + 1
                last = first + column.page_size - 1
            else:
                first, last = max(int(fields["startrecord"]), 1), int(fields["endrecord"])
        except (KeyError, ValueError):
            return Answer(b"", status=500)
        rows = listed.rows[column.path]
        shown = rows[first - 1 : min(last, first + MOST_RECORDS - 1)]
        if not shown:
            return Answer(PAST_THE_END.encode("ascii"), content_type="text/xml")
        page = ListPage(column, shown, (first - 1) // column.page_size + 1, listed.pages(column), len(rows))
        return Answer(datastore(_stated(page)).encode("utf-8"), content_type="text/xml;charset=utf-8")

    def article_path(self, site: Site, column: Column, article: Article) -> str:
        """Return /art/Y/M/D/art_COLUMN_ID.html, month and day without zeros."""
        day = article.published
        return f"/art/{day.year}/{day.month}/{day.day}/art_{column.number}_{article.number}.html"

    def attachment_path(self, site: Site, column: Column, article: Article, suffix: str) -> str:
        """Return the address of the download module with the file's hash."""
        return f"/module/download/downfile.jsp?classid=0&filename={article.number:032x}{suffix}"

    def article_page(self, site: Site, article: Article, column: Column) -> str:
        """Print an article page."""
        return article_page(site, article, column.path, column.number)


def _variant(unit: Unit, style: str) -> Column:
    number = 61491 + (PAGE_ONLY, OLD, CAPPED, IN_PAGE, ANNUAL).index(style)
    path = f"{_ANNUAL_PAGE}?fbtime=&area={number}" if style == ANNUAL else f"/col/col{number}/index.html"
    return Column(path, number, unit=unit.name, page_size=2, style=style)


def _stated(page: ListPage) -> ListPage:
    """Return the page with the totals that the module states."""
    if page.column.style != CAPPED:
        return page
    return dataclasses.replace(page, total=min(page.total, _CAP), pages=math.ceil(min(page.total, _CAP) / 2))


def _year_path(column: Column, year: int) -> str:
    return f"{_ANNUAL_PAGE}?fbtime={year}&area={column.number}"


def _annual(listed: Listed, column: Column, year: int) -> str:
    """Print a year of the annual-report page, which links the other years."""
    rows = [row for row in listed.rows[column.path] if row.published.year == year]
    years = sorted({row.published.year for row in listed.rows[column.path]}, reverse=True)
    links = "".join(f'<a href="{html.escape(_year_path(column, other))}">{other}年</a>' for other in years)
    content = f'<div class="years">{links}</div><ul class="nbnr">{"".join(map(_row, rows))}</ul><p>共{len(rows)}条</p>'
    return ordinary.list_document(listed.site, column, content)


def _in_page(listed: Listed, column: Column) -> str:
    """Print a page whose store is empty and whose rows stand in it."""
    rows = listed.rows[column.path]
    store = (
        '<script type="text/xml"><datastore><totalrecord>0</totalrecord><recordset></recordset></datastore></script>'
    )
    content = (
        f'<div id="{UNIT_ID}">{store}</div><ul class="news">{"".join(map(_row, rows))}</ul><p>共 {len(rows)} 条</p>'
    )
    return ordinary.list_document(listed.site, column, content)


def list_page(site: Site, page: ListPage) -> str:
    """Print the first list page: the rows of page one in a <script type="text/xml">, and the call that
    pages further.
    """
    name = html.escape(site.name)
    old = page.column.style == OLD
    proxy = _OLD_PROXY if old else PROXY
    form = (
        f"appid=1&webid={WEB_ID}&columnid={page.column.number}&unitid={UNIT_ID}"
        if old
        else f"col=1&appid=1&webid={WEB_ID}&path=/&columnid={page.column.number}&sourceContentType=1"
        f"&unitid={UNIT_ID}&webname={name}&permissiontype=0"
    )
    more = "" if old else f"path:'/', sourceContentType:'1', webname:'{name}', permissiontype:'0', col:'1', "
    content = f"""{_header(site)}<div class="bt_position">{_breadcrumb(page.column.path)}</div>
<div class="list" id="{UNIT_ID}"><script type="text/xml">{datastore(page, f"{proxy}?page=2&{form}")}</script></div>
<script>
$("#{UNIT_ID}").jpage({{themeName:'default', dataStore:$("#{UNIT_ID} script"), proxyUrl:'{proxy}',
totalRecord:{page.total}, perPage:{page.column.page_size}, currentPage:1, barPosition:'bottom',
ajaxParam:{{{more}appid:'1', webid:'{WEB_ID}', columnid:'{page.column.number}', unitid:'{UNIT_ID}'}}}});
</script>
{footer(site)}"""
    tags = (*site_metas(site), ("ColumnName", "信息公开年报"), ("ColumnType", "信息公开年报"))
    return whole(_head(site, f"{site.name} 信息公开年报", metas(tags)), content)


def datastore(page: ListPage, more: str = "") -> str:
    """Print the rows as the paging module reads them; `more` is the address that it asks for more."""
    following = f'<nextgroup><![CDATA[<a href="{more}"></a>]]></nextgroup>\n' if more else ""
    records = "\n".join(f"<record><![CDATA[\n{_row(row)}\n]]></record>" for row in page.rows)
    return (
        f"<datastore>\n{following}<totalrecord>{page.total}</totalrecord>\n<totalpage>{page.pages}</totalpage>\n"
        f"<recordset>\n{records}\n</recordset>\n</datastore>"
    )


def article_page(site: Site, article: Article, column_path: str, column_number: int) -> str:
    """Print an article page: title, metadata table, the body between ZJEG comments in `#zoom`, furniture."""
    tags = (
        *site_metas(site),
        ("ColumnName", "信息公开年报"),
        ("ColumnType", "信息公开年报"),
        ("ArticleTitle", article.title),
        (
            "PubDate",
            f"{article.published:%Y年%m月%d日}" if article.number % 2 else f"{article.published:%Y-%m-%d} 14:46:00",
        ),
        ("ContentSource", article.unit),
        ("Maketime", f"{article.published:%Y-%m-%d} 14:46:00"),
        ("i_columnid", str(column_number)),
        ("i_articleid", str(article.number)),
    )
    attachment = (
        f'<p>附件：<a href="{html.escape(article.attachment)}">{html.escape(article.attachment_name)}</a></p>'
        if article.attachment
        else ""
    )
    body = in_container(article.body, article, _breadcrumb(column_path))
    content = f"""{_header(site)}<div class="bt_position">{_breadcrumb(column_path)}</div>
<div class="main-txt"><p class="title">{html.escape(article.title)}</p>
<table class="xxgk_table" width="100%"><tr><td>索 引 号</td><td>{site.site_code[:6]}-{article.number}</td>
<td>发布日期</td><td>{article.published:%Y-%m-%d}</td></tr>
<tr><td>发布机构</td><td>{article.unit}</td><td>有 效 性</td><td>有效</td></tr></table>
<p class="sub">发布日期：{article.published:%Y-%m-%d}　浏览次数：
<script src="/module/visitcount/articlehits.jsp?id={article.number}"></script><i id="hits">{article.visits}</i>
字体：[大 中 小]</p>
<div id="zoom"><!--ZJEG_RSS.content.begin--><meta name="ContentStart">
{body}
{attachment}
<meta name="ContentEnd"><!--ZJEG_RSS.content.end--></div>
<div class="tool">【打印本页】【关闭窗口】 分享到：微信 微博</div>
<div class="ewm">扫一扫在手机打开当前页</div></div>
<script>var jsessionid="{article.token}";</script>
{footer(site)}"""
    return whole(_head(site, f"{site.name} 信息公开年报 {article.title}", metas(tags)), content, article.quirks)


def _head(site: Site, title: str, tags: str) -> str:
    return (
        f'<meta charset="{site.charset}">\n<title>{html.escape(title)}</title>\n{tags}\n'
        '<script src="/script/jquery.js"></script><script src="/script/jpage/jquery.jpage.js"></script>'
    )


def _header(site: Site) -> str:
    return f'<div class="header"><a href="/">{site.name}</a></div>\n'


def _breadcrumb(column_path: str) -> str:
    return f'当前位置：<a href="/">首页</a> &gt; 政府信息公开 &gt; <a href="{column_path}">信息公开年报</a>'


def _row(row: Row) -> str:
    path = html.escape("/" + row.url.split("/", 3)[3])
    title = html.escape(row.title)
    return (
        f'<li><a href="{path}" title="{title}" target="_blank">{html.escape(cut(row.title, 30))}</a>'
        f"<span>{row.published:%Y-%m-%d}</span></li>"
    )


FAMILY = Jcms()
