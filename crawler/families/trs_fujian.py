"""TRS on the Fujian platform, 动静结合 (portals.md 1.2): page one is static, all pages come from a search by POST.

Guarantees: the rest is asked only where the column's script states more rows than page one shows; rows of other
columns that the search returns are left out; links to the ipv6best.cn mirrors are never entries.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from crawler.families import trs
from crawler.families.listing import (
    Entry,
    Family,
    ListPage,
    Page,
    PageRequest,
    absolute,
    data_of,
    date_in,
    decode,
    plain,
    rows,
    soup_of,
    unique,
)

_SEARCH = "/fjdzapp/search"
_ROWS = 500
"""Rows asked for at once, as a crawler that covered the platform does."""
_SEARCH_ID = "200210"
"""The platform's index; pages name it as SiteInfo.searchId, whose value stands in another script."""
_LITERAL_ID = re.compile(r"""\b(?:channelid|searchId)["']?\s*[:=]\s*(?:SiteInfo\.searchId\s*)?(?:/\*)?\s*["']?(\d+)""")
_MIRROR = ".ipv6best.cn"


def detect(page: Page) -> bool:
    """Tell the platform by its paging mode or its search."""
    text = decode(page)
    return "动静结合" in text or _SEARCH in text


def read_list(page: Page) -> ListPage:
    """Read page one (HTML) or what the search answers (JSON)."""
    text = decode(page)
    return _answer(page, data_of(text)) if page.form else _first(page, text)


def _first(page: Page, text: str) -> ListPage:
    entries = tuple(entry for entry in rows(soup_of(text), page.url, trs.ARTICLE) if not _is_mirror(entry.url))
    total = _number("recordCount", text)
    following = None
    if "listModel" in text and (total is None or total > len(entries)):
        searched = _LITERAL_ID.search(text)
        channel = _setting("classsql", text) or _channel_of_meta(text)
        form = (
            ("channelid", searched[1] if searched else _SEARCH_ID),
            *((("classsql", channel),) if channel else ()),
            ("sortfield", _setting("sortfield", text) or "-pubdate"),
            ("page", "1"),
            ("prepage", str(_ROWS)),
        )
        following = _asking(page, 2, form)
    return ListPage(
        entries=entries, total=total, pages=1 if following is None and total is not None else None, next=following
    )


def _answer(page: Page, data: Any) -> ListPage:
    found = data.get("data") if isinstance(data, dict) else None
    if not isinstance(found, list):
        return ListPage(entries=())
    form = dict(page.form)
    wanted = re.search(r"chnlid=(\d+)", form.get("classsql", ""))
    entries = unique(
        entry
        for row in found
        if isinstance(row, dict) and (wanted is None or str(row.get("chnlid", wanted[1])) == wanted[1])
        if (entry := _entry(page, row)) is not None
    )
    asked = int(form["page"])
    pages = data.get("pageCount")
    following = None
    if isinstance(pages, int) and asked < pages:
        form["page"] = str(asked + 1)
        following = _asking(page, page.number + 1, tuple(form.items()))
    return ListPage(entries=entries, pages=pages if isinstance(pages, int) else None, next=following)


def _entry(page: Page, row: dict[str, Any]) -> Entry | None:
    url = absolute(page.url, str(row.get("docpuburl") or row.get("chnldocurl") or ""))
    title = plain(row.get("doctitle"))
    if url is None or _is_mirror(url) or not title:
        return None
    return Entry(url, title, date_in(str(row.get("docreltime") or row.get("pubdate") or "")))


def _asking(page: Page, number: int, form: tuple[tuple[str, str], ...]) -> PageRequest:
    """Return a request to the search as the column's own script sends it."""
    parts = urlsplit(page.column)
    headers = (
        ("X-Requested-With", "XMLHttpRequest"),
        ("Origin", f"{parts.scheme}://{parts.netloc}"),
        ("Referer", page.column),
    )
    return PageRequest(urljoin(page.column, _SEARCH), number, form, headers=headers)


def _setting(name: str, text: str) -> str | None:
    found = re.search(rf"""\b{name}["']?\s*:\s*(?:"([^"]*)"|'([^']*)')""", text)
    return next(group for group in found.groups() if group is not None) if found else None


def _number(name: str, text: str) -> int | None:
    found = re.search(rf"""\b{name}["']?\s*:\s*["']?(\d+)""", text)
    return int(found[1]) if found else None


def _channel_of_meta(text: str) -> str | None:
    meta = soup_of(text).find("meta", attrs={"name": "ChnlId"})
    return f"chnlid={meta['content']}" if meta is not None and str(meta.get("content", "")).isdigit() else None


def _is_mirror(url: str) -> bool:
    return (urlsplit(url).hostname or "").endswith(_MIRROR)


FAMILY = Family("trs_fujian", detect, read_list, trs.attachments)
