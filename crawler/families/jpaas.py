"""Hanweb jpaas, the newer shared platforms (portals.md 1.5): units built by a gateway, paged by paramJson.

Guarantees: further pages are asked with the queryData that the page itself carries and with paramJson (a bare pageNo is
ignored and gives page one again); the source's own count ends the list.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from crawler.families.jcms import ARTICLE
from crawler.families.listing import Family, ListPage, Page, PageRequest, attachments_in, data_of, decode, rows, soup_of

_GATEWAY = "/jpaas-publish-server/front/page/build/unit"
_PAIR = re.compile(r"""["'](\w+)["']\s*:\s*["']([^"']*)["']""")
_ROWS = "15"
_CONTAINERS = ".wzzw-article, #zoom, .zc_article_con, .article-content, .fj, .attachment"


def detect(page: Page) -> bool:
    """Tell jpaas by its gateway."""
    return "jpaas-publish-server" in decode(page)


def read_list(page: Page) -> ListPage:
    """Read the column's page, or what the gateway answers (JSON that holds HTML)."""
    text = decode(page)
    if _GATEWAY in page.url:
        return _answer(page, data_of(text))
    soup = soup_of(text)
    unit = _unit(soup)
    entries = rows(soup, page.url, ARTICLE)
    total, size = _counts(soup)
    if unit is None or (total is not None and len(entries) >= total):
        return ListPage(entries=entries, total=total)
    # without rows of its own the page is a shell, and all of its list is the gateway's
    asked = _ask(urljoin(page.url, str(unit["url"])), _PAIR.findall(str(unit["querydata"])), 2 if entries else 1, size)
    return ListPage(entries=entries, total=total, next=PageRequest(asked, 2))


def attachments(page: Page) -> tuple[str, ...]:
    """Return the files in an article."""
    return attachments_in(page, _CONTAINERS)


def _unit(soup: BeautifulSoup) -> Tag | None:
    """Return the element that builds the list: the one around the pager, else the first."""
    units = [one for one in soup.select("[url][querydata]") if _GATEWAY in str(one["url"])]
    return next((one for one in units if one.select_one(".pagination")), units[0] if units else None)


def _counts(soup: BeautifulSoup) -> tuple[int | None, str]:
    """Return (rows in all, rows a page) as the pager states them."""
    pager = soup.select_one(".pagination")
    count, size = (str(pager.get(name) or "") if pager else "" for name in ("count", "rows"))
    return (int(count) if count.isdigit() else None), size or _ROWS


def _answer(page: Page, data: Any) -> ListPage:
    inner = data.get("data") if isinstance(data, dict) else None
    markup = inner.get("html") if isinstance(inner, dict) else None
    if not isinstance(markup, str):
        return ListPage(entries=())
    soup = soup_of(markup)
    entries = rows(soup, page.column, ARTICLE)
    total, size = _counts(soup)
    following = None
    if total is not None and entries and page.seen + len(entries) < total:
        parts = urlsplit(page.url)
        query = parse_qsl(parts.query, keep_blank_values=True)
        asked = data_of(dict(query)["paramJson"])["pageNo"]
        following = PageRequest(_ask(parts._replace(query="").geturl(), query, asked + 1, size), page.number + 1)
    return ListPage(entries=entries, total=total, next=following)


def _ask(gateway: str, query: list[tuple[str, str]], number: int, size: str) -> str:
    """Return the address of a page of the unit."""
    own = [(name, value) for name, value in query if name != "paramJson"]
    page = json.dumps({"pageNo": number, "pageSize": size}, separators=(",", ":"))
    return f"{gateway}?{urlencode([*own, ('paramJson', page)])}"


FAMILY = Family("jpaas", detect, read_list, attachments)
