"""What the pages of several families have in common: head, place, title, body and furniture, around what is their own."""

from __future__ import annotations

import html
from collections.abc import Sequence

from crawler.samples.pages import Article, ListPage, Row, cut, footer, in_container, metas, site_metas, whole
from crawler.samples.places import Site


def printed_list(site: Site, page: ListPage, content: str, *, scripts: str = "") -> str:
    """Print a list page around its own content (rows and pager)."""
    tags = metas((*site_metas(site), ("ColumnName", "政府信息公开年报"), ("ColumnType", "信息公开年报")))
    body = f'{_header(site)}<div class="wz">{_place(page.column.path)}</div>\n{content}\n{footer(site)}'
    return whole(_head(site, f"政府信息公开年报-{site.name}", tags, scripts), body)


def printed_rows(rows: Sequence[Row], element: str = "li", *, width: int = 24) -> str:
    """Print rows as lists do: the title cut, whole in its attribute, the date beside it."""
    return "\n".join(
        f'<{element}><a href="{html.escape(path_of(row))}" title="{html.escape(row.title)}" target="_blank">'
        f"{html.escape(cut(row.title, width))}</a><span>{row.published:%Y-%m-%d}</span></{element}>"
        for row in rows
    )


def path_of(row: Row) -> str:
    """Return where a row leads, from its host's root."""
    return "/" + row.url.split("/", 3)[3]


def printed_article(site: Site, article: Article, column_path: str, opening: str, closing: str) -> str:
    """Print an article page; `opening` and `closing` are the markup around the body, the latter with the attached file."""
    tags = (
        *site_metas(site),
        ("ColumnName", "政府信息公开年报"),
        ("ColumnType", "信息公开年报"),
        ("ArticleTitle", article.title),
        ("PubDate", f"{article.published:%Y-%m-%d} 10:05"),
        ("ContentSource", article.unit),
    )
    body = in_container(article.body, article, _place(column_path))
    content = f"""{_header(site)}<div class="wz">{_place(column_path)}</div>
<h1 class="title">{html.escape(article.title)}</h1>
<div class="info">发布时间：{article.published:%Y-%m-%d}　来源：{article.unit}　浏览次数：<span>{article.visits}</span></div>
{opening}
{body}
{closing}
<div class="share">分享到： 微信 微博 【打印】【关闭】</div>
<script>var session="{article.token}";</script>
{footer(site)}"""
    return whole(_head(site, f"{article.title}-{site.name}", metas(tags)), content, article.quirks)


def attached(article: Article) -> str:
    """Print the link to the attached file, or nothing where there is none."""
    name = html.escape(article.attachment_name)
    return f'<a href="{html.escape(article.attachment)}">{name}</a>' if article.attachment else ""


def _head(site: Site, title: str, tags: str, scripts: str = "") -> str:
    return f'<meta charset="{site.charset}">\n<title>{html.escape(title)}</title>\n{tags}\n{scripts}'


def _header(site: Site) -> str:
    return f'<div class="header"><a href="/">{site.name}</a></div>\n'


def _place(column_path: str) -> str:
    return f'当前位置：<a href="/">首页</a> &gt; <a href="{html.escape(column_path)}">政府信息公开年报</a>'
