"""Boda VSB (portals.md 1.7): NAME.htm, then NAME/10.htm, NAME/9.htm, ... NAME/1.htm, numbered from the last page.

Guarantees: the next page is the one that the page itself links (下页), for the numbers of the old ones change when the
list grows; without a link it is reckoned from the position that the page states (2/11). Where the list grew while it was read, the
later pages state more of them than were read, which the frontier sees.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin

from bs4 import BeautifulSoup

from crawler.families.listing import (
    Family,
    ListPage,
    Page,
    PageRequest,
    attachments_in,
    decode,
    next_link,
    rows,
    soup_of,
    stated_total,
)

_ARTICLE = re.compile(r"/info/\d+/\d+\.html?$")
_POSITION = re.compile(r"(\d+)\s*/\s*(\d+)")
_CONTAINERS = "[id^=vsb_content], .v_news_content, form[name=_newscontent_fromname], .fj, .attachment"


def detect(page: Page) -> bool:
    """Tell VSB by its pager's classes, its resources or its content's identifier."""
    text = decode(page)
    return "pb_sys_common" in text or "/system/resource/" in text or "vsb_content" in text


def read_list(page: Page) -> ListPage:
    """Read one list page."""
    soup = soup_of(decode(page))
    position, pages = _position(soup)
    following = next_link(soup, page.url)
    if following is None and pages is not None and position is not None and position < pages:
        following = urljoin(page.column, f"{_name(page.column)}/{pages - position}.htm")
    return ListPage(
        entries=rows(soup, page.url, _ARTICLE),
        total=stated_total(_pager(soup)),
        pages=pages,
        next=None if following is None else PageRequest(following, page.number + 1),
    )


def attachments(page: Page) -> tuple[str, ...]:
    """Return the files in an article and in the form after it (/system/_content/download.jsp)."""
    return attachments_in(page, _CONTAINERS)


def _pager(soup: BeautifulSoup) -> str:
    """Return the texts beside the pager's numbers (共52条, 1/11)."""
    return " ".join(span.get_text() for span in soup.select(".p_t"))


def _position(soup: BeautifulSoup) -> tuple[int | None, int | None]:
    """Return which page of how many this one is today, as it states it."""
    found = _POSITION.search(_pager(soup))
    return (int(found[1]), int(found[2])) if found else (None, None)


def _name(column: str) -> str:
    """Return a column's own name: nb of /xxgk/nb.htm."""
    return column.rsplit("/", 1)[-1].rsplit(".", 1)[0]


FAMILY = Family("vsb", detect, read_list, attachments)
