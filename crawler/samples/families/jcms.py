"""Hanweb JCMS (portals.md 1.5): rows inside a script, further pages by POST to dataproxy.jsp."""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import partial
from typing import Final

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
from crawler.samples.places import Site, Unit

PROXY: Final = "/module/web/jpage/dataproxy.jsp"
PAST_THE_END: Final = "<datastore><recordset>\r\n\r\n</recordset>\r\n\r\n</datastore>"
"""The 54 bytes that the proxy sends for records past the end."""

UNIT_ID: Final = "247686"
WEB_ID: Final = "39"


MOST_RECORDS: Final = 300
"""Records the proxy sends at once, at most."""

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
    first_number = 1_200_000
    validators = ()
    challenge = RUISHU

    def columns(self, site: Site, units: Sequence[Unit]) -> tuple[Column, ...]:
        """Return the one column of all bodies."""
        return (Column("/col/col61490/index.html", 61490),)

    def list_pages(self, listed: Listed, column: Column) -> dict[str, Printer]:
        """Return the first page, the only one that stands at an address."""
        return {column.path: partial(list_page, listed.site, listed.page(column, 1))}

    def answer(self, asked: Asked, listed: Listed) -> Answer | None:
        """Answer the proxy: records `startrecord` to `endrecord` of a column, counted from 1."""
        if asked.method != "POST" or asked.path != PROXY:
            return None
        fields = asked.fields
        column = next((one for one in listed.columns if str(one.number) == fields.get("columnid")), None)
        try:
            first, last = int(fields["startrecord"]), int(fields["endrecord"])
        except (KeyError, ValueError):
            column = None
        if column is None:
            return Answer(b"", status=500)
        rows = listed.rows[column.path]
        shown = rows[max(first, 1) - 1 : min(last, max(first, 1) + MOST_RECORDS - 1)]
        if not shown:
            return Answer(PAST_THE_END.encode("ascii"), content_type="text/xml")
        page = ListPage(column, shown, (first - 1) // column.page_size + 1, listed.pages(column), len(rows))
        return Answer(datastore(page).encode("utf-8"), content_type="text/xml;charset=utf-8")

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


def list_page(site: Site, page: ListPage) -> str:
    """Print the first list page: the rows of page one in a <script type="text/xml">, and the call that
    pages further.
    """
    name = html.escape(site.name)
    form = (
        f"col=1&appid=1&webid={WEB_ID}&path=/&columnid={page.column.number}&sourceContentType=1"
        f"&unitid={UNIT_ID}&webname={name}&permissiontype=0"
    )
    content = f"""{_header(site)}<div class="bt_position">{_breadcrumb(page.column.path)}</div>
<div class="list" id="{UNIT_ID}"><script type="text/xml">{datastore(page, form)}</script></div>
<script>
$("#{UNIT_ID}").jpage({{themeName:'default', dataStore:$("#{UNIT_ID} script"), proxyUrl:'{PROXY}',
totalRecord:{page.total}, perPage:{page.column.page_size}, currentPage:1, barPosition:'bottom',
ajaxParam:{{col:'1', appid:'1', webid:'{WEB_ID}', path:'/', columnid:'{page.column.number}',
sourceContentType:'1', unitid:'{UNIT_ID}', webname:'{name}', permissiontype:'0'}}}});
</script>
{footer(site)}"""
    tags = (*site_metas(site), ("ColumnName", "信息公开年报"), ("ColumnType", "信息公开年报"))
    return whole(_head(site, f"{site.name} 信息公开年报", metas(tags)), content)


def datastore(page: ListPage, form: str = "") -> str:
    """Print the rows as the paging module reads them; `form` adds where it asks for more."""
    following = f'<nextgroup><![CDATA[<a href="{PROXY}?page=2&{form}"></a>]]></nextgroup>\n' if form else ""
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
