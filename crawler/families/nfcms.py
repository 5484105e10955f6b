"""Guangdong's portal CMS, NFCMS (portals.md 1.3): index.html, index_2.html, ... counted from 1.

Guarantees: a page number that the pager does not link is never asked; the address of a page for telephones
(mpost_) comes out as that of the page for all, and the script that sends telephones elsewhere is not obeyed.
"""

from __future__ import annotations

import dataclasses
import re
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup

from crawler.families.listing import (
    Family,
    ListPage,
    Page,
    PageRequest,
    absolute,
    attachments_in,
    decode,
    rows,
    soup_of,
    stated_total,
    unique,
)

_ARTICLE = re.compile(r"/content/m?post_\d+\.html$")
_MOBILE = re.compile(r"/mpost_(\d+\.html)$")
_INDEX = re.compile(r"m?index_(\d+)\.html$")
_CONTAINERS = ".news_cont_d_wrap, .tyxxy_main, .article-content, .fj, .attachment"


def detect(page: Page) -> bool:
    """Tell NFCMS by the marks its scripts set."""
    text = decode(page)
    return "NFCMS_SITE_ID" in text and "_CONFIG" not in text


def read_list(page: Page) -> ListPage:
    """Read one list page."""
    soup = soup_of(decode(page))
    entries = unique(
        dataclasses.replace(entry, url=_MOBILE.sub(r"/post_\1", entry.url)) for entry in rows(soup, page.url, _ARTICLE)
    )
    pages = _last_page(soup, page)
    following = None
    if pages is not None and page.number < pages:
        following = PageRequest(urljoin(page.column, f"index_{page.number + 1}.html"), page.number + 1)
    return ListPage(entries=entries, total=stated_total(soup.get_text(" ")), pages=pages, next=following)


def attachments(page: Page) -> tuple[str, ...]:
    """Return the files of an article (/attachment/0/88/88389/963149.pdf)."""
    return attachments_in(page, _CONTAINERS)


def _last_page(soup: BeautifulSoup, page: Page) -> int | None:
    """Return the highest page number that the pager links beside the column, or that of this page; None without one."""
    folder = urlsplit(urljoin(page.column, ".")).path
    numbers = []
    for anchor in soup.find_all("a", href=True):
        url = absolute(page.url, str(anchor["href"]))
        path = urlsplit(url).path if url else ""
        found = _INDEX.fullmatch(path.removeprefix(folder))
        if found:
            numbers.append(int(found[1]))
    return max([*numbers, page.number]) if numbers or page.number > 1 else None


FAMILY = Family("nfcms", detect, read_list, attachments)
