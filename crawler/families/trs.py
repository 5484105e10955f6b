"""TRS WCM, static pages (portals.md 1.1): index.html, index_1.html, ... paged by a script.

Guarantees: page n is index_{n-1}, or index_n where the site counts from 1 (its index_1 says that it is the first
page); the number of pages is read from the script and never guessed by asking for more; where the page holds all
the rows that it states (some slice them in the browser), no other is asked; rows that only a script writes are
read out of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
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

ARTICLE = re.compile(r"/t\d{8}_\d+\.s?html?$")
# createPageHTML(pages, current0, "index", "html"); Chongqing says createPage; Beijing puts the records first
_PAGER = re.compile(
    r"""createPage(?:HTML)?\(
    \s*(\d+)\s*, \s*(\d+)\s*, (?:\s*(\d+)\s*,)?
    \s*["']([\w-]+)["']\s*, \s*["'](\w+)["']""",
    re.VERBOSE,
)
_COUNT_PAGE = re.compile(r"\bcountPage\s*=\s*(\d+)")
_CURRENT_PAGE = re.compile(r"\bcurrentPage\s*=\s*(\d+)")
_NUMBERED = re.compile(r"_(\d+)\.s?html?$")
_WRITTEN = re.compile(r"""document\.write(?:ln)?\(\s*("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')\s*\)""")
_INDEX = re.compile(r"""index["']?\s*\+\s*["']_["'].{0,80}?["'](s?html?)["']""", re.DOTALL)
_CONTAINERS = ".TRS_Editor, .trs_editor_view, .TRS_UEDITOR, .article-content, .xl-content, #zoom, .fj, .attachment"


@dataclass(frozen=True, slots=True)
class _Pager:
    """What the pager's script states; `current` counts from 0."""

    total: int | None = None
    pages: int | None = None
    current: int | None = None
    name: str = "index"
    extension: str = "html"


def detect(page: Page) -> bool:
    """Tell TRS by its article addresses together with its pager or its editor's class; not the Fujian platform."""
    text = decode(page)
    return (
        bool(re.search(r"/t\d{8}_\d+\.s?html?", text))
        and bool(_PAGER.search(text) or _COUNT_PAGE.search(text) or "TRS" in text)
        and not ("动静结合" in text or "fjdzapp" in text)
    )


def read_list(page: Page) -> ListPage:
    """Read one list page; a page without rows past the end (a stub of 300 bytes answered 200) has none."""
    text = decode(page)
    soup = soup_of(text)
    pager = _pager(text)
    entries = rows(soup, page.url, ARTICLE) or rows(soup_of(_written(text)), page.url, ARTICLE)
    total = pager.total if pager.total is not None else stated_total(soup.get_text(" "))
    following = None
    if pager.pages is not None and not (total is not None and page.seen + len(entries) >= total):
        following = _next(page, pager)
    return ListPage(entries=entries, total=total, pages=pager.pages, next=following)


def _next(page: Page, pager: _Pager) -> PageRequest | None:
    """Return the request for the next page, or for this one again where the site turns out to count from 1."""
    index = _NUMBERED.search(page.url)
    from_one = int(index[1]) == page.number if index else page.number == pager.current
    if page.number == 2 and not from_one and pager.current == 0:
        return PageRequest(urljoin(page.column, f"{pager.name}_2.{pager.extension}"), 2)
    if pager.pages is None or page.number >= pager.pages:
        return None
    number = page.number + 1 if from_one else page.number
    return PageRequest(urljoin(page.column, f"{pager.name}_{number}.{pager.extension}"), page.number + 1)


def attachments(page: Page) -> tuple[str, ...]:
    """Return the files beside an article (P020….pdf, W020….xls)."""
    return attachments_in(page, _CONTAINERS)


def _pager(text: str) -> _Pager:
    call = _PAGER.search(text)
    if call:
        first, second, third, name, extension = call.groups()
        if third is None:
            return _Pager(None, int(first), int(second), name, extension)
        return _Pager(int(first), int(second), int(third), name, extension)
    count, current = _COUNT_PAGE.search(text), _CURRENT_PAGE.search(text)
    if count:
        written = _INDEX.search(text)
        extension = written[1] if written else "html"
        return _Pager(pages=int(count[1]), current=int(current[1]) if current else None, extension=extension)
    return _Pager()


def _written(text: str) -> str:
    """Return the markup that the page's scripts write as literals, put together."""
    return "".join(re.sub(r"\\(.)", r"\1", literal[1:-1]) for literal in _WRITTEN.findall(text))


FAMILY = Family("trs", detect, read_list, attachments)
