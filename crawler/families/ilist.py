"""Lists that number their pages in the address (portals.md 1.9): iList.jsp?cur_page=, InfoPublic.aspx?page=, zfxxgknb/1.html.

Guarantees: the number of pages is the one that the page states (共 N 页, parseInt('N'), the link to the last page); where it
states none, only a link to the next page is followed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from crawler.families.listing import (
    Family,
    ListPage,
    Page,
    PageRequest,
    absolute,
    attachments_in,
    decode,
    next_link,
    rows,
    soup_of,
    stated_pages,
    stated_total,
)


@dataclass(frozen=True, slots=True)
class _Dialect:
    """How one product writes a page's number into the address (group 1), and what stands around a row."""

    address: re.Pattern[str]
    number: re.Pattern[str]
    parameter: str
    within: tuple[str, ...] = ("li", "dd", "tr")


_DIALECTS = (
    # 德阳, 绵竹, 昌吉: /info/iList.jsp?node_id=GKmzs&cat_id=15971&cur_page=1
    _Dialect(re.compile(r"/iList\.jsp\?"), re.compile(r"(?<=[?&]cur_page=)(\d+)"), "cur_page"),
    # Yunnan: InfoPublic.aspx?cid=1019&pid=971&page=1&kw= with rows in <p>
    _Dialect(re.compile(r"/InfoPublic\.aspx\?"), re.compile(r"(?<=[?&]page=)(\d+)"), "page", ("p", "li", "dd", "tr")),
    # 延安: /zfxxgk/zfxxgknb/1.html
    _Dialect(re.compile(r"/\d+\.html$"), re.compile(r"(?<=/)(\d+)(?=\.html$)"), ""),
)
_ARTICLE = re.compile(r"\d{3,}[^/]*\.(?:s?html?|jsp|aspx)$|/(?:InfoDetail|iContent|content)\w*\.(?:jsp|aspx)$")
_SCRIPTED_PAGES = re.compile(r"parseInt\(\s*['\"](\d+)['\"]\s*\)")
_LAST = frozenset({"尾页", "末页", "最后一页", "最后页"})
_CONTAINERS = ".news-info, .m-txt-article, #zoom, .article-content, .con_c, .gk.fj, .fj, .attachment"


def detect(page: Page) -> bool:
    """Tell these lists by their address, and the numbered pages by the script that goes with them."""
    dialect = _dialect(page.url)
    return dialect is not None and (bool(dialect.parameter) or bool(_SCRIPTED_PAGES.search(decode(page))))


def read_list(page: Page) -> ListPage:
    """Read one list page."""
    text = decode(page)
    soup = soup_of(text)
    dialect = _dialect(page.column)
    words = soup.get_text(" ")
    if dialect is None:
        return ListPage((), total=stated_total(words))
    pages = _pages(soup, text, words, page, dialect)
    following = next_link(soup, page.url) if pages is None else None
    if pages is not None and page.number < pages:
        following = _numbered(page.column, dialect, page.number + 1)
    return ListPage(
        entries=rows(soup, page.url, _ARTICLE, dialect.within),
        total=stated_total(words),
        pages=pages,
        next=None if following is None else PageRequest(following, page.number + 1),
    )


def attachments(page: Page) -> tuple[str, ...]:
    """Return the files in an article, those of a <file href> among them (德阳)."""
    return attachments_in(page, _CONTAINERS)


def _dialect(url: str) -> _Dialect | None:
    return next((dialect for dialect in _DIALECTS if dialect.address.search(url)), None)


def _pages(soup: BeautifulSoup, text: str, words: str, page: Page, dialect: _Dialect) -> int | None:
    """Return the number of pages as the page states it, in words, in its script or by the link to the last."""
    scripted = _SCRIPTED_PAGES.search(text)
    if stated := stated_pages(words):
        return stated
    if scripted and not dialect.parameter:
        return int(scripted[1])
    for anchor in soup.find_all("a", href=True):
        if "".join(anchor.get_text().split()) in _LAST:
            url = absolute(page.url, str(anchor["href"]))
            last = dialect.number.search(url or "")
            if last:
                return int(last[1])
    return None


def _numbered(column: str, dialect: _Dialect, number: int) -> str:
    """Return the address of page `number`."""
    if dialect.number.search(column):
        return dialect.number.sub(str(number), column, count=1)
    return f"{column}{'&' if urlsplit(column).query else '?'}{dialect.parameter}={number}"


FAMILY = Family("ilist", detect, read_list, attachments)
