"""TRS WCM, static pages (portals.md 1.1): index.html, index_1.html; a pager that only a script writes."""

from __future__ import annotations

import html
import json
import math
from collections.abc import Sequence
from functools import partial

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

STUB = "<html><head><title></title></head><body><!-- " + "-" * 240 + " --></body></html>"
"""What an index_N past the end answers, with status 200."""

REMOVED = '<html><head><meta http-equiv="refresh" content="0;URL=../" /></head></html>'
"""What stands in place of a removed document, with status 200."""


# Styles of columns: who writes the pager, and how
INLINE = "inline"  # an inline script (the page at ordos.gov.cn)
BEIJING = "beijing"  # the records before the pages
CHONGQING = "chongqing"  # createPage
KUNMING = "kunming"  # index_1 is the first page
WUHAN = "wuhan"  # the rows are written by a script
SLICED = "sliced"  # all rows stand in the first page, and the browser shows fifteen of them
OVERSTATED = "overstated"  # one page more than there are; it answers a stub

_VARIANTS = Site(
    "sample-luoxi",
    "trs",
    "www.luoxi.test",
    "武汉市人民政府门户网站（样本）",
    "utf-8",
    "utf-8",
    "4201000091",
    "鄂ICP备00000009号",
    city(
        "湖北省",
        "武汉市",
        "420100",
        "420102 江岸区,420103 江汉区,420104 硚口区,420105 汉阳区,420106 武昌区,420107 青山区,420111 洪山区",
    ),
)


class Trs(SampleFamily):
    """TRS: ETag and Last-Modified, no charset in the headers, a refresh in place of what was removed."""

    name = "trs"
    sites = (_VARIANTS,)
    first_number = 80_000
    names_charset = False

    def columns(self, site: Site, units: Sequence[Unit]) -> tuple[Column, ...]:
        """Return the column of all bodies, and one of its own for the second, with another pager.

        The portal of variants has one for each of them.
        """
        main = Column("/zwgk/zfxxgknb/", 2101)
        if site is _VARIANTS:
            styles = (BEIJING, CHONGQING, KUNMING, WUHAN, SLICED, OVERSTATED)
            own = [
                Column(f"/{style}/nb/", 2101 + at, unit=unit.name, page_size=2, style=style)
                for at, (unit, style) in enumerate(zip(units[1:], styles, strict=False), start=1)
            ]
            return (main, *own)
        if len(units) < 2:
            return (main,)
        return (main, Column("/bmxxgk/nb/", 2102, unit=units[1].name, page_size=4, style=INLINE))

    def list_pages(self, listed: Listed, column: Column) -> dict[str, Printer]:
        """Return index.html, which the folder shows too, and index_1.html for page two."""
        if column.style == SLICED:
            whole_list = partial(list_page, listed.site, listed.page(column, 1, len(listed.rows[column.path])))
            return {column.path: whole_list, f"{column.path}index.html": whole_list}
        pages = {n: partial(list_page, listed.site, listed.page(column, n)) for n in range(1, listed.pages(column) + 1)}
        before = 0 if column.style == KUNMING else 1
        numbered = {f"{column.path}index_{n - before}.html": page for n, page in pages.items() if n > before}
        return {column.path: pages[1], f"{column.path}index.html": pages[1], **numbered}

    def answer(self, asked: Asked, listed: Listed) -> Answer | None:
        """Answer index_N past the end with a stub."""
        stems = [f"{column.path}index_" for column in listed.columns]
        if asked.method == "GET" and any(asked.path.startswith(stem) for stem in stems):
            return Answer(STUB.encode("ascii"))
        return None

    def article_path(self, site: Site, column: Column, article: Article) -> str:
        """Return ./YYYYMM/tYYYYMMDD_ID.html below the column."""
        return f"{column.path}{article.published:%Y%m}/t{article.published:%Y%m%d}_{article.number}.html"

    def attachment_path(self, site: Site, column: Column, article: Article, suffix: str) -> str:
        """Return the path of the file beside the article."""
        return f"{column.path}{article.published:%Y%m}/P0{article.published:%Y%m%d}{article.number:09d}{suffix}"

    def article_page(self, site: Site, article: Article, column: Column) -> str:
        """Print an article page."""
        return article_page(site, article, column.path)

    def removed(self, site: Site, columns: tuple[Column, ...]) -> str:
        """Print the refresh that leads to the column."""
        return REMOVED


def list_page(site: Site, page: ListPage) -> str:
    """Print a list page; the links are relative to the column, the titles cut."""
    rows = "\n".join(_row(row, page.column.path) for row in page.rows)
    if page.column.style == WUHAN:
        lines = [json.dumps(line, ensure_ascii=False).replace("</", "<\\/") for line in rows.split("\n")]
        rows = "<script>\n" + "".join(f"document.writeln({line});\n" for line in lines) + "</script>"
    content = (
        f'{_header(site)}<div class="pos">{_breadcrumb(page.column.path)}</div>\n'
        f'<ul class="gl_list">\n{rows}\n</ul>\n'
        f'<div class="page"><script>\n{_pager(page)}\n</script></div>{footer(site)}'
    )
    column_tags = (*site_metas(site), ("ColumnName", "政府信息公开年报"), ("ColumnType", "信息公开年报"))
    return whole(_head(site, f"政府信息公开年报_{site.name}", metas(column_tags)), content)


def _pager(page: ListPage) -> str:
    """Print the script that writes the pager; nothing else says how many pages there are."""
    current, style = page.number - 1, page.column.style
    if style == INLINE:
        return f"""var currentPage = {current};//所在页从0开始
var prevPage = currentPage-1//上一页
var nextPage = currentPage+1//下一页
var countPage = {page.pages}//共多少页
for(var i=0 ; i<countPage; i++){{
if(i==0) document.write("&nbsp;<a href=\\"index.html\\">1</a>&nbsp;|");
else document.write("&nbsp;<a href=\\"index"+"_" + i + "."+"html\\">"+(i+1)+"</a>&nbsp;|");
}}"""
    if style == CHONGQING:
        return f'createPage({page.pages},{current},"index","html");'
    if style in (BEIJING, SLICED):
        pages = math.ceil(page.total / page.column.page_size)
        return f'createPageHTML({page.total},{pages},{current},"index","html");'
    return f'createPageHTML({page.pages + (style == OVERSTATED)}, {current}, "index", "html");'


def article_page(site: Site, article: Article, column_path: str) -> str:
    """Print an article page: breadcrumb, title, index table, `.TRS_Editor` (unquoted), furniture."""
    tags = (
        *site_metas(site),
        ("ColumnName", "政府信息公开年报"),
        ("ColumnType", "政府信息公开年报"),  # the controlled value is 信息公开年报: portals.md section 2
        ("ArticleTitle", article.title),
        ("PubDate", f"{article.published:%Y-%m-%d} 09:30"),
        ("ContentSource", article.unit),
    )
    attachment = (
        f'<div class="fj">附件：<a href="./{article.attachment.rsplit("/", 1)[1]}">'
        f"{html.escape(article.attachment_name)}</a></div>"
        if article.attachment
        else ""
    )
    body = in_container(article.body, article, _breadcrumb(column_path))
    content = f"""{_header(site)}<div class="pos">{_breadcrumb(column_path)}</div>
<div class="xl-title">{html.escape(article.title)}</div>
<div class="xl-bar">发布时间：{article.published:%Y-%m-%d}&nbsp;&nbsp;来源：{article.unit}
&nbsp;&nbsp;字号：【大 中 小】 【打印】 浏览次数：<span id="hits">{article.visits}</span></div>
<table class="xl-index" width="100%">
<tr><td>索引号：</td><td>{site.site_code}/{article.published.year}-{article.number:05d}</td>
<td>发布机构：</td><td>{article.unit}</td></tr>
<tr><td>信息名称：</td><td colspan="3">{html.escape(article.title)}</td></tr></table>
<div class=TRS_Editor><div class=TRS_Editor>
{body}
</div></div>
{attachment}
<div class="share">分享到：<a href="#">微信</a> <a href="#">微博</a></div>
<div class="ewm">扫一扫在手机打开当前页</div>
<script>var sid="{article.token}";</script>
{footer(site)}"""
    title = f"{article.title}_{site.name}"
    return whole(_head(site, title, metas(tags, content_first=article.number % 3 == 0)), content, article.quirks)


def _head(site: Site, title: str, tags: str) -> str:
    return (
        f'<meta http-equiv="Content-Type" content="text/html; charset={site.charset}">\n'
        f'<title>{html.escape(title)}</title>\n{tags}\n<script src="/images/createPage.js"></script>'
    )


def _header(site: Site) -> str:
    return f'<div class="header"><a href="/">{site.name}</a></div>\n'


def _breadcrumb(column_path: str) -> str:
    return (
        '您现在的位置是：<a href="/" class="CurrChnlCls">首页</a>&nbsp;&gt;&gt;&nbsp;'
        f'<a href="{column_path}" class="CurrChnlCls">政府信息公开年报</a>'
    )


def _row(row: Row, column_path: str) -> str:
    href = "./" + row.url.partition(column_path)[2]
    title = html.escape(row.title)
    return (
        f'<li><a href="{href}" title="{title}">{html.escape(cut(row.title))}</a>'
        f"<span>{row.published:%Y-%m-%d}</span></li>"
    )


FAMILY = Trs()
