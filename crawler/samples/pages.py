"""Pages and answers: what a sample portal sends for an address, before anything of HTTP is added.

A page is plain text until it is sent; `Answer.body` is its bytes in the portal's encoding.
"""

from __future__ import annotations

import datetime
import html
from dataclasses import dataclass, field
from typing import Final

from crawler.samples.places import Site

BOM: Final = b"\xef\xbb\xbf"
FORBIDDEN: Final = "/nbsj/"
"""The folder that a home page links and robots.txt may forbid."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of a portal; `modified` is when its content last changed."""

    body: bytes
    status: int = 200
    content_type: str = "text/html"
    modified: datetime.datetime | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list: where it leads, its full title and its date."""

    url: str
    title: str
    published: datetime.date


@dataclass(frozen=True, slots=True)
class Article:
    """What a family needs to print an article page.

    `attachment` is the address of the attached file, or "", and `attachment_name` what the link to it says. `visits` is the number its counter shows: bytes
    that change, text that does not.
    """

    title: str
    unit: str
    published: datetime.date
    number: int
    body: str
    attachment: str = ""
    attachment_name: str = ""
    quirks: tuple[str, ...] = ()
    visits: int = 17

    @property
    def token(self) -> str:
        """The session's identifier as it stands in the page's scripts."""
        return f"{self.number * 2654435761 + self.visits * 40503:016X}"


@dataclass(frozen=True, slots=True)
class Column:
    """A report column: its path on the host, the body it belongs to ("" for many), rows a page, and what is
    particular about it, in its family's words.
    """

    path: str
    number: int
    unit: str = ""
    page_size: int = 8
    style: str = ""


def cut(title: str, width: int = 22) -> str:
    """Cut a title as lists do."""
    return title if len(title) <= width else title[:width] + "…"


def in_container(body: str, article: Article, breadcrumb: str) -> str:
    """Put furniture inside the body's container where the quirk says so."""
    if "container_furniture" not in article.quirks:
        return body
    share = "<p>微信 微博 QQ空间 全真版 文字版 文件下载 相关链接：</p> --&gt;"
    return f"<div>{breadcrumb}</div>\n{body}\n{share}"


def whole(head: str, content: str, quirks: tuple[str, ...] = (), lead: str = "") -> str:
    """Put a page together; the quirk `layout_table` puts its content into one cell of one table."""
    if "layout_table" in quirks:
        content = (
            '<table width="1006" border="0"><tbody><tr><td class="left" width="220">&nbsp;</td>'
            f'<td valign="top">{content}</td></tr></tbody></table>'
        )
    return f"<!DOCTYPE html>\n<html>\n<head>\n{head}\n</head>\n<body>\n{lead}{content}\n</body>\n</html>\n"


def footer(site: Site) -> str:
    """Print the footer every page has, with 网站标识码 (国办发〔2017〕47号)."""
    owner = site.name.removesuffix("门户网站（样本）")
    return (
        f'<div class="footer"><p>主办：{owner}办公室&nbsp;&nbsp;承办：{owner}信息中心</p>'
        f'<p>网站标识码：{site.site_code}&nbsp;&nbsp;<a href="https://beian.miit.gov.cn/">{site.licence}</a></p>'
        '<p><a href="/wzdt/">网站地图</a> | <a href="/lxwm/">联系我们</a>　建议使用1024×768分辨率</p></div>'
    )


def metas(pairs: tuple[tuple[str, str], ...], *, content_first: bool = False) -> str:
    """Print meta tags; some sites write `content` before `name`."""
    form = '<meta content="{1}" name="{0}">' if content_first else '<meta name="{0}" content="{1}">'
    return "\n".join(form.format(name, html.escape(content)) for name, content in pairs)


def site_metas(site: Site) -> tuple[tuple[str, str], ...]:
    """Return the tags that every page bears (国办发〔2017〕47号, annex, three)."""
    return (("SiteName", site.name), ("SiteDomain", site.host), ("SiteIDCode", site.site_code))


def home(site: Site, columns: tuple[Column, ...]) -> str:
    """Print the home page, which links the report columns and a folder that robots.txt may forbid."""
    links = "".join(f'<li><a href="{column.path}">{column.unit}政府信息公开年报</a></li>' for column in columns)
    head = f'<meta charset="{site.charset}">\n<title>{site.name}</title>\n{metas(site_metas(site))}'
    content = (
        f'<div class="header"><a href="/">{site.name}</a></div>'
        f'<ul class="nav"><li><a href="/">首页</a></li>{links}'
        f'<li><a href="{FORBIDDEN}index.html">内部审阅</a></li></ul>'
        '<div class="news"><p>欢迎访问样本门户。本网站内容均为虚构，仅供演示和测试使用。</p></div>'
    )
    return whole(head, content + footer(site))


def missing(site: Site) -> str:
    """Print the page that says there is no such page."""
    head = f'<meta charset="{site.charset}">\n<title>页面不存在</title>'
    return whole(
        head,
        '<div class="error"><p>您访问的页面不存在或已删除！</p><a href="/">返回首页</a></div>' + footer(site),
    )


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list: its rows, its number from 1, and the list's totals of pages and rows."""

    column: Column
    rows: tuple[Row, ...]
    number: int
    pages: int
    total: int = field(default=0)
