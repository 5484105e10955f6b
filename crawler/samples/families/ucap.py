"""Kaipu ucap (portals.md 1.6): list.shtml, list_2.shtml; custom tags, a metadata table, a header include
that repeats the meta tags.
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import Sequence
from functools import partial
from typing import Final

from crawler.samples.families.family import Listed, Printer, SampleFamily
from crawler.samples.pages import (
    FORBIDDEN,
    Answer,
    Article,
    Column,
    ListPage,
    Row,
    cut,
    footer,
    home,
    in_container,
    metas,
    site_metas,
    whole,
)
from crawler.samples.places import Site, Unit

CRAWL_DELAY: Final = 0.5

ALIYUN: Final = Answer(
    b"<html><script>var arg1='0123456789ABCDEF0123456789ABCDEF01234567';function setCookie(name,value){"
    b"document.cookie=name+'='+value+';max-age=3600;path=/';document.location.reload();}"
    b"setCookie('acw_sc__v2',arg1.split('').reverse().join(''));</script></html>",
    headers=(("Set-Cookie", "acw_tc=sample;path=/;HttpOnly;Max-Age=1800"),),
)


class Ucap(SampleFamily):
    """ucap: Last-Modified alone, a robots.txt with rules, the home page in place of what was removed."""

    name = "ucap"
    first_number = 30_000
    validators = ("Last-Modified",)
    robots = f"User-agent: *\nDisallow: {FORBIDDEN}\nCrawl-delay: {CRAWL_DELAY}\n"
    challenge = ALIYUN

    def columns(self, site: Site, units: Sequence[Unit]) -> tuple[Column, ...]:
        """Return the one column of all bodies."""
        return (Column("/site/gknb/list.shtml", 1813),)

    def list_pages(self, listed: Listed, column: Column) -> dict[str, Printer]:
        """Return list.shtml, and list_2.shtml for page two."""
        stem = column.path.removesuffix(".shtml")
        return {
            column.path if n == 1 else f"{stem}_{n}.shtml": partial(list_page, listed.site, listed.page(column, n))
            for n in range(1, listed.pages(column) + 1)
        }

    def article_path(self, site: Site, column: Column, article: Article) -> str:
        """Return FOLDER/YYYYMM/<32 hex digits>.shtml."""
        return f"{_folder(column)}{article.published:%Y%m}/{_digest(article)}.shtml"

    def attachment_path(self, site: Site, column: Column, article: Article, suffix: str) -> str:
        """Return the path of the file in the article's folder of files."""
        name = _digest(article)
        return f"{_folder(column)}{article.published:%Y%m}/{name}/files/{name[::-1]}{suffix}"

    def article_page(self, site: Site, article: Article, column: Column) -> str:
        """Print an article page."""
        return article_page(site, article, column.path)

    def removed(self, site: Site, columns: tuple[Column, ...]) -> str:
        """Print the home page."""
        return home(site, columns)


def list_page(site: Site, page: ListPage) -> str:
    """Print a list page; the pager's call names pages and records."""
    rows = "\n".join(_row(row) for row in page.rows)
    content = f"""{_header(site)}<div class="dqwz">{_breadcrumb(page.column.path)}</div>
<ul class="list-ul">
{rows}
</ul>
<div id="page_div"></div>
<script>createPageHTML('page_div',{page.pages},{page.number},'list','shtml',{page.total});</script>
{footer(site)}"""
    tags = (*site_metas(site), ("ColumnName", "政府信息公开年报"), ("ColumnType", ""))
    return whole(_head(site, f"政府信息公开年报-{site.name}", metas(tags)), content)


def article_page(site: Site, article: Article, column_path: str) -> str:
    """Print an article page: `<ucaptitle>`, `table.table_content`, `div.article-content#zoomcon`,
    furniture.
    """
    tags = (
        *site_metas(site),
        ("ColumnName", "政府信息公开年报"),
        ("ColumnType", ""),  # Kaipu sites leave it empty
        ("ArticleTitle", article.title),
        ("PubDate", f"{article.published:%Y-%m-%d} 16:08:00"),
        ("ContentSource", article.unit),
    )
    name = html.escape(article.attachment_name)
    download = f'<a href="{article.attachment}">{name}</a>' if article.attachment else ""
    title = html.escape(article.title)
    body = in_container(article.body, article, _breadcrumb(column_path))
    content = f"""{_header(site)}<div class="dqwz">{_breadcrumb(column_path)}</div>
<table class="table_content" width="100%"><tbody><tr><td>名 称</td><td colspan="3">{title}</td></tr>
<tr><td>索 引 号</td><td>FZ00100-0800-{article.published.year}-{article.number:05d}</td>
<td>发布机构</td><td>{article.unit}</td></tr>
<tr><td>文 号</td><td></td><td>公开日期</td>
<td><publishtime>{article.published:%Y-%m-%d}</publishtime></td></tr>
<tr><td>文件下载</td><td>{download}</td><td>时 效</td><td>有效</td></tr></tbody></table>
<h1><ucaptitle>{title}</ucaptitle></h1>
<div class="info">来源：{article.unit}　发布日期：{article.published:%Y-%m-%d}
浏览次数：<span>{article.visits}</span></div>
<div class="article-content" id="zoomcon"><ucapcontent>
{body}
</ucapcontent></div>
<div class="share">分享到： 微信 微博 QQ空间</div><div class="ewm"><p>扫一扫在手机打开当前页</p></div>
<script>var ucapsession="{article.token}";</script>
{footer(site)}"""
    return whole(_head(site, f"{article.title}-{site.name}", metas(tags)), content, article.quirks)


def _head(site: Site, title: str, tags: str) -> str:
    return f'<title>{html.escape(title)}</title>\n<meta charset="{site.charset}">\n{tags}'


def _header(site: Site) -> str:
    """Print the header include: a second title and a second set of meta tags inside the body."""
    repeated = metas((*site_metas(site), ("ColumnName", "头部"), ("ColumnType", "")))
    header = f'<div class="header"><a href="/">{site.name}</a></div>'
    return f"<title>头部-{site.name}</title>\n{repeated}\n{header}\n"


def _breadcrumb(column_path: str) -> str:
    return f'当前位置：<a href="/">首页</a> &gt; <a href="{column_path}">政府信息公开年报</a> &gt; 正文'


def _folder(column: Column) -> str:
    return column.path.rpartition("/")[0] + "/"


def _digest(article: Article) -> str:
    return hashlib.md5(f"{article.unit}{article.number}".encode(), usedforsecurity=False).hexdigest()


def _row(row: Row) -> str:
    path = "/" + row.url.split("/", 3)[3]
    title = html.escape(row.title)
    return (
        f'<li><a href="{path}" title="{title}">{html.escape(cut(row.title, 26))}</a>'
        f"<span>{row.published:%Y-%m-%d}</span></li>"
    )


FAMILY = Ucap()
