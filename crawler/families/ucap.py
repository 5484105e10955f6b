"""Kaipu ucap (portals.md 1.6): list.shtml, list_2.shtml, ... with pages and records in createPageHTML.

Guarantees: page n is the column's own name with _n; a page number that the script does not announce is
never asked.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin

from crawler.families.listing import (
    Family,
    ListPage,
    Page,
    PageRequest,
    attachments_in,
    decode,
    rows,
    soup_of,
    stated_total,
)

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# the last is Hebei's: /columns/UUID/YYYYMM/DD/UUID.html
_ARTICLE = re.compile(
    rf"/(?:\d{{6}}/[0-9a-f]{{32}}|\d{{6}}/c[0-9a-f]{{32}}|\d{{8}}/i\d+|\d{{6}}/\d{{2}}/{_UUID})\.s?html$"
)
# createPageHTML('page_div', pages, current, 'list', 'shtml', records)
_PAGER = re.compile(
    r"""createPageHTML\(
    \s*["'][\w-]+["']\s*, \s*(\d+)\s*, \s*\d+\s*,
    \s*["']([\w-]+)["']\s*, \s*["'](\w+)["']\s* (?:,\s*(\d+)\s*)? \)""",
    re.VERBOSE,
)
_CONTAINERS = "ucapcontent, #zoomcon, .article-content, .xxgkcont, .table_content, .fj, .attachment"


def detect(page: Page) -> bool:
    """Tell ucap by its pager or its own tags."""
    text = decode(page)
    return bool(_PAGER.search(text)) or "<ucaptitle" in text or "<ucapcontent" in text


def read_list(page: Page) -> ListPage:
    """Read one list page."""
    text = decode(page)
    soup = soup_of(text)
    call = _PAGER.search(text)
    pages = int(call[1]) if call else None
    following = None
    if call and page.number < int(call[1]):
        number = page.number + 1
        following = PageRequest(urljoin(page.column, f"{call[2]}_{number}.{call[3]}"), number)
    stated = int(call[4]) if call and call[4] else None
    return ListPage(
        entries=rows(soup, page.url, _ARTICLE),
        total=stated if stated is not None else stated_total(soup.get_text(" ")),
        pages=pages,
        next=following,
    )


def attachments(page: Page) -> tuple[str, ...]:
    """Return the files in an article or in its metadata table (文件下载)."""
    return attachments_in(page, _CONTAINERS)


FAMILY = Family("ucap", detect, read_list, attachments)
