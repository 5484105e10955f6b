"""What most CMSs print alike: the head with its meta tags, a row, an article around the family's own container."""

from __future__ import annotations

import html

from crawler.samples.pages import Article, Column, Row, cut, footer, in_container, metas, site_metas, whole
from crawler.samples.places import Site

NAME = "政府信息公开年报"


def path_of(row: Row) -> str:
    """Return where a row leads, from the host's root."""
    return "/" + row.url.split("/", 3)[3]


def row(row: Row, href: str | None = None, width: int = 24) -> str:
    """Print a row: a link with the whole title, the cut title, the date."""
    return (
        f'<li><a href="{html.escape(href or path_of(row))}" title="{html.escape(row.title)}">'
        f"{html.escape(cut(row.title, width))}</a><span>{row.published:%Y-%m-%d}</span></li>"
    )


def list_document(site: Site, column: Column, content: str, head: str = "") -> str:
    """Print a list page around its rows and its pager."""
    tags = metas((*site_metas(site), ("ColumnName", NAME), ("ColumnType", "信息公开年报")))
    lead = f'<meta charset="{site.charset}">\n<title>{NAME}-{site.name}</title>\n{tags}{head}'
    return whole(lead, f"{_header(site)}{_breadcrumb(column.path)}\n{content}\n{footer(site)}")


def article_document(site: Site, article: Article, column: Column, container: str, head: str = "") -> str:
    """Print an article page; `container` is the tag that opens the body's container (a div)."""
    tags = metas(
        (
            *site_metas(site),
            ("ColumnName", NAME),
            ("ColumnType", "信息公开年报"),
            ("ArticleTitle", article.title),
            ("PubDate", f"{article.published:%Y-%m-%d} 10:20"),
            ("ContentSource", article.unit),
        )
    )
    title = html.escape(article.title)
    lead = f'<meta charset="{site.charset}">\n<title>{title}-{site.name}</title>\n{tags}{head}'
    content = f"""{_header(site)}{_breadcrumb(column.path)}
<h1 class="title">{title}</h1>
<div class="info">发布日期：{article.published:%Y-%m-%d}　来源：{article.unit}　浏览次数：<i>{article.visits}</i></div>
{container}
{in_container(article.body, article, _breadcrumb(column.path))}
{attached(article)}
</div>
<div class="share">分享到：微信 微博</div><div class="ewm">扫一扫在手机打开当前页</div>
<script>var token="{article.token}";</script>
{footer(site)}"""
    return whole(lead, content, article.quirks)


def attached(article: Article, css: str = "") -> str:
    """Print the link to the attached file, if there is one."""
    if not article.attachment:
        return ""
    address, name = html.escape(article.attachment), html.escape(article.attachment_name)
    return f'<p>附件：<a{css} href="{address}">{name}</a></p>'


def _header(site: Site) -> str:
    return f'<div class="header"><a href="/">{site.name}</a></div>\n'


def _breadcrumb(path: str) -> str:
    return f'<div class="pos">当前位置：<a href="/">首页</a> &gt; <a href="{path}">{NAME}</a></div>'
