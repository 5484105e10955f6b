"""Kaipu ucap (portals.md 1.6): list.shtml, list_2.shtml; custom tags, a metadata table, a header include
that repeats the meta tags.
"""

from __future__ import annotations

import hashlib
import html

from crawler.samples.pages import (
    Article,
    ListPage,
    Row,
    cut,
    footer,
    in_container,
    metas,
    site_metas,
    whole,
)
from crawler.samples.places import Site


def article_path(folder: str, article: Article) -> str:
    """Return FOLDER/YYYYMM/<32 hex digits>.shtml."""
    return f"{folder}{article.published:%Y%m}/{_digest(article)}.shtml"


def attachment_path(folder: str, article: Article, suffix: str) -> str:
    """Return the path of the file in the article's folder of files; `suffix` begins with its dot."""
    return f"{folder}{article.published:%Y%m}/{_digest(article)}/files/{_digest(article)[::-1]}{suffix}"


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


def _digest(article: Article) -> str:
    return hashlib.md5(f"{article.unit}{article.number}".encode(), usedforsecurity=False).hexdigest()


def _row(row: Row) -> str:
    path = "/" + row.url.split("/", 3)[3]
    title = html.escape(row.title)
    return (
        f'<li><a href="{path}" title="{title}">{html.escape(cut(row.title, 26))}</a>'
        f"<span>{row.published:%Y-%m-%d}</span></li>"
    )
