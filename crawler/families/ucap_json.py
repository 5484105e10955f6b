"""Kaipu ucap where lists come as JSON (portals.md 1.6): /common/search/CHANNEL of 黑龙江 and others, loadData of 苏州.

Guarantees: a column may be declared by the address of its JSON or by the page whose script names it; the totals are the source's own.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from crawler.families.listing import (
    Entry,
    Family,
    ListPage,
    Page,
    PageRequest,
    absolute,
    date_in,
    decode,
    soup_of,
    unique,
)
from crawler.families.ucap import attachments

PAGE_SIZE = 15
_SEARCH = re.compile(r"/(?:common/search|searchList|search)/[0-9a-f]{32}")
_LOAD = re.compile(r"[\w/.-]*/interfacesWebZcwj/loadData")
_CHANNEL = re.compile(r"""\bchannel_?id["']?\s*[:=]\s*["']([0-9a-f-]{32,36})["']""", re.IGNORECASE)


def detect(page: Page) -> bool:
    """Tell it by the address of one of its two services."""
    text = decode(page)
    return bool(_SEARCH.search(text) or _LOAD.search(text) or _SEARCH.search(urlsplit(page.url).path))


def read_list(page: Page) -> ListPage:
    """Read a page that names the service, or an answer of it."""
    text = decode(page)
    data = _data(text)
    if "results" in data:
        return _found(page, data)
    if "list" in data:
        return _loaded(page, data)
    search, load, channel = _SEARCH.search(text), _LOAD.search(text), _CHANNEL.search(text)
    following = None
    if search:
        query = urlencode(
            {"_isAgg": "true", "_isJson": "true", "_pageSize": PAGE_SIZE, "_template": "index", "page": 1}
        )
        following = PageRequest(urljoin(page.url, f"{search[0]}?{query}"), page.number)
    elif load and channel:
        address = urljoin(page.url, f"{load[0]}?pageSize={PAGE_SIZE}")
        following = PageRequest(address, page.number, _form(channel[1], page.number))
    return ListPage((), next=None if following and following.url == page.url else following)


def _found(page: Page, data: dict[str, Any]) -> ListPage:
    """Read an answer of /common/search: data{total, page, rows, results[{title, url, publishedTimeStr}]}."""
    records = data["results"]
    total = _count(data.get("total"))
    asked = dict(parse_qsl(urlsplit(page.url).query, keep_blank_values=True))
    size = _count(asked.get("_pageSize")) or len(records)
    if page.number == 1 and total is not None and 0 < len(records) < min(size, total):
        size = len(records)  # the service sends fewer rows than it was asked for
    pages = math.ceil(total / size) if total is not None and size else None
    following = None
    if pages is not None and page.number < pages:
        query = urlencode({**asked, "_pageSize": size, "page": page.number + 1})
        following = PageRequest(urlsplit(page.url)._replace(query=query).geturl(), page.number + 1)
    return ListPage(_entries(page, records, "title", "url", "publishedTimeStr"), total, pages, following)


def _loaded(page: Page, data: dict[str, Any]) -> ListPage:
    """Read an answer of loadData: data{allRow, totalPage, list[{TITLE, URL, PUBLISHED_TIME_FORMAT}]}."""
    pages = _count(data.get("totalPage"))
    following = None
    if pages is not None and page.number < pages:
        following = PageRequest(
            page.url, page.number + 1, _form(dict(page.form).get("channel_id", ""), page.number + 1)
        )
    entries = _entries(page, data["list"], "TITLE", "URL", "PUBLISHED_TIME_FORMAT")
    return ListPage(entries, _count(data.get("allRow")), pages, following)


def _entries(page: Page, records: list[dict[str, Any]], title: str, url: str, date: str) -> tuple[Entry, ...]:
    return unique(
        Entry(
            address, " ".join(soup_of(str(record.get(title) or "")).get_text().split()), date_in(str(record.get(date)))
        )
        for record in records
        if (address := absolute(page.column, str(record.get(url) or "")))
    )


def _form(channel: str, number: int) -> tuple[tuple[str, str], ...]:
    return (("pageIndex", str(number)), ("channel_id", channel))


def _count(value: Any) -> int | None:
    return int(value) if str(value).isdigit() else None


def _data(text: str) -> dict[str, Any]:
    """Return the data of an answer whose rows are a list; a page that is none has no keys."""
    try:
        data = json.loads(text).get("data")
    except (ValueError, AttributeError):
        return {}
    if not isinstance(data, dict) or not isinstance(data.get("results", data.get("list")), list):
        return {}
    return data


FAMILY = Family("ucap_json", detect, read_list, attachments)
