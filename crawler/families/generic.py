"""Portals of no known family: links whose text names an annual report, the link to the next page, frames and sitemaps.

Guarantees: a link is an entry only where its text names a report and a year stands in the text or in its row, or where a
sitemap lists it under a column of annual reports; only frames and sitemaps of the same host are followed, frames one level deep. Such
a list is whole only where it states a total itself.
"""

from __future__ import annotations

import re
import zlib
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

from crawler.families.listing import (
    ATTACHMENT,
    REPORT_TITLE,
    Entry,
    Family,
    ListPage,
    Page,
    PageRequest,
    absolute,
    attachments_in,
    date_in,
    decode,
    next_link,
    soup_of,
    stated_total,
    title_of,
    unique,
)

_YEAR = re.compile(r"(?<!\d)20[0-3]\d(?!\d)|二[〇○零Ｏ０]{1}[〇○零一二三][〇○零一二三四五六七八九]")
_FRAME_FURNITURE = re.compile(r"visit|login|tree\.jsp|share|footer|header|count|search|weather", re.IGNORECASE)
_SITEMAP = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_LOCATION = re.compile(r"<loc>\s*(?:<!\[CDATA\[)?\s*([^<\]\s]+)")
_REPORT_PATH = re.compile(
    r"/(?:zf)?(?:xx)?gk(?:gz)?(?:nb|ndbg|ndbb|niandubaogao)(?:\d{4})?(?:/|_|\.)|/(?:xxgk)?(?:nianbao|nianduba?ogao)/|/gknb"
)
_CONTAINERS = "#zoom, .TRS_Editor, .trs_editor_view, .article-content, .content, #content, .article, .fj, .attachment"
_SITEMAP_BYTES = 64 * 1024 * 1024


def detect(page: Page) -> bool:
    """Tell a list of reports by its rows: two links that name reports."""
    return len(_named(soup_of(decode(page)), page.url)) >= 2


def read_list(page: Page) -> ListPage:
    """Read a list page, a robots.txt that names sitemaps, or a sitemap."""
    path = urlsplit(page.url).path
    if path == "/robots.txt":
        return ListPage((), lists=_lists(page, _SITEMAP.findall(decode(page))))
    if "<urlset" in (text := _sitemap_text(page)) or "<sitemapindex" in text:
        return _sitemap(page, text)
    soup = soup_of(text)
    entries = _named(soup, page.url)
    following = next_link(soup, page.url)
    if following == page.column:
        following = None  # the last page leads back to the first
    # a page of other documents only does not end the list: it is gone through, and not counted
    number = page.number + bool(entries)
    return ListPage(
        entries=entries,
        total=stated_total(soup.get_text(" ")),
        next=None if following is None else PageRequest(following, number),
        lists=() if page.further else _frames(page, soup),
        past_end=following is None and not entries,
    )


def attachments(page: Page) -> tuple[str, ...]:
    """Return the files in an article."""
    return attachments_in(page, _CONTAINERS)


def _named(soup: BeautifulSoup, base: str) -> tuple[Entry, ...]:
    """Return the links that name a report; a menu names the column as a report does, but no year."""
    found = []
    for anchor in soup.find_all("a", href=True):
        url, title = absolute(base, str(anchor["href"])), title_of(anchor)
        row = anchor.find_parent(["li", "dd", "tr", "p", "div"])
        published = date_in(row.get_text(" ")) if isinstance(row, Tag) and len(row.find_all("a")) == 1 else None
        if url and REPORT_TITLE.search(title) and (_YEAR.search(title) or published):
            found.append(Entry(url, title, published))
    return unique(found)


def _frames(page: Page, soup: BeautifulSoup) -> tuple[PageRequest, ...]:
    frames = soup.find_all(["iframe", "frame"], src=True)
    return _lists(page, [src for frame in frames if not _FRAME_FURNITURE.search(src := str(frame["src"]))])


def _lists(page: Page, addresses: list[str]) -> tuple[PageRequest, ...]:
    """Return requests for those addresses that lie on the page's own host."""
    urls = (absolute(page.url, address) for address in addresses)
    own = dict.fromkeys(url for url in urls if url and urlsplit(url).netloc == urlsplit(page.url).netloc)
    return tuple(PageRequest(url, 1) for url in own)


def _sitemap(page: Page, text: str) -> ListPage:
    """Read a sitemap (sitemaps.org, protocol 0.9): it has no titles, so the column's name in the path must do."""
    locations = _LOCATION.findall(text)
    if "<sitemapindex" in text:
        return ListPage((), lists=_lists(page, locations))
    urls = (absolute(page.url, location.replace("&amp;", "&")) for location in locations)
    return ListPage(unique(Entry(url, "", None) for url in urls if url and _is_report_address(url)))


def _is_report_address(url: str) -> bool:
    """Tell a document under a column of annual reports from the column's own pages."""
    path = urlsplit(url).path
    name = path.rsplit("/", 1)[-1]
    document = re.search(r"\d{3,}", name) or ATTACHMENT.search(path)
    return bool(_REPORT_PATH.search(path) and document and not name.startswith(("index", "list")))


def _sitemap_text(page: Page) -> str:
    """Return the page's text; a sitemap may come as a gzip file, of which no more is unpacked than a reader takes."""
    if not page.body.startswith(b"\x1f\x8b"):
        return decode(page)
    try:
        return zlib.decompressobj(wbits=31).decompress(page.body, _SITEMAP_BYTES).decode("utf-8", "replace")
    except zlib.error:
        return ""


FAMILY = Family("generic", detect, read_list, attachments)
