"""TRS WCM, static pages (portals.md 1.1): index.html, index_1.html, ... paged by a script.

Guarantees: page n is index_{n-1}; the number of pages is read from the script and never guessed by asking
for more.
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

_ARTICLE = re.compile(r"/t\d{8}_\d+\.s?html?$")
# createPageHTML(pages, current0, "index", "html"); Chongqing says createPage; Beijing puts the records first
_PAGER = re.compile(
    r"""createPage(?:HTML)?\(
    \s*(\d+)\s*, \s*(\d+)\s*, (?:\s*(\d+)\s*,)?
    \s*["']([\w-]+)["']\s*, \s*["'](\w+)["']""",
    re.VERBOSE,
)
_COUNT_PAGE = re.compile(r"\bcountPage\s*=\s*(\d+)")
_INDEX = re.compile(r"""index["']?\s*\+\s*["']_["'].{0,80}?["'](s?html?)["']""", re.DOTALL)
_CONTAINERS = ".TRS_Editor, .trs_editor_view, .TRS_UEDITOR, .article-content, .xl-content, #zoom, .fj, .attachment"


def detect(page: Page) -> bool:
    """Tell TRS by its article addresses together with its pager or its editor's class."""
    text = decode(page)
    return bool(re.search(r"/t\d{8}_\d+\.s?html?", text)) and bool(
        _PAGER.search(text) or _COUNT_PAGE.search(text) or "TRS" in text
    )


def read_list(page: Page) -> ListPage:
    """Read one list page; a page without rows past the end (a stub of 300 bytes answered 200) has none."""
    text = decode(page)
    soup = soup_of(text)
    total, pages, name, extension = _pager(text)
    following = None
    if pages is not None and page.number < pages:
        following = PageRequest(urljoin(page.column, f"{name}_{page.number}.{extension}"), page.number + 1)
    return ListPage(
        entries=rows(soup, page.url, _ARTICLE),
        total=total if total is not None else stated_total(soup.get_text(" ")),
        pages=pages,
        next=following,
    )


def attachments(page: Page) -> tuple[str, ...]:
    """Return the files beside an article (P020….pdf, W020….xls)."""
    return attachments_in(page, _CONTAINERS)


def _pager(text: str) -> tuple[int | None, int | None, str, str]:
    """Return (total rows, pages, file name, extension) as the pager's script states them."""
    call = _PAGER.search(text)
    if call:
        first, second, third, name, extension = call.groups()
        if third is not None:
            return int(first), int(second), name, extension
        return None, int(first), name, extension
    count = _COUNT_PAGE.search(text)
    if count:
        written = _INDEX.search(text)
        return None, int(count[1]), "index", written[1] if written else "html"
    return None, None, "index", "html"


FAMILY = Family("trs", detect, read_list, attachments)
