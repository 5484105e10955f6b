"""truecms (南通; portals.md 1.5): records as XML inside JSONP, asked by record numbers and with a Referer.

Guarantees: the column's page is a shell whose script says whom to ask; never more records are asked at once than that
script does (a larger perpage is answered with nothing); every request names the column's page, for without it the
answer is 404.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from crawler.families import jcms
from crawler.families.listing import Family, ListPage, Page, PageRequest, data_of, decode

_MESSAGES = "messageController/getMessage.do"
_CALL = re.compile(r"""["']([^"'\s]*messageController/getMessage\.do[^"'\s]*)["']""")
_RESULT = re.compile(r"""\bresult["']?\s*:\s*("(?:[^"\\]|\\.)*")""", re.DOTALL)
_LIMIT = 50


def detect(page: Page) -> bool:
    """Tell truecms by whom its lists ask."""
    return _MESSAGES in decode(page)


def read_list(page: Page) -> ListPage:
    """Read the column's page, which has no rows, or an answer in JSONP."""
    text = decode(page)
    if _MESSAGES not in page.url:
        call = _CALL.search(text)
        query = dict(parse_qsl(urlsplit(call[1]).query)) if call else {}
        column = query.get("columnId") or _setting("columnId", text)
        if call is None or column is None:
            return ListPage(entries=())
        size = int(query.get("perpage") or _setting("perpage", text) or _LIMIT)
        return ListPage(entries=(), next=_asking(page, urljoin(page.url, call[1]), column, 1, size))
    asked = dict(parse_qsl(urlsplit(page.url).query))
    result = _RESULT.search(text)
    records = data_of(result[1]) if result else None
    if not isinstance(records, str):
        return ListPage(entries=())
    entries, total = jcms.records(records, page.column), jcms.number("totalrecord", records)
    following = None
    if total is not None and entries and page.seen + len(entries) < total:
        start = page.seen + len(entries) + 1
        following = _asking(page, page.url, asked["columnId"], start, int(asked["perpage"]))
    return ListPage(entries=entries, total=total, next=following)


def _setting(name: str, text: str) -> str | None:
    found = re.search(rf"""\b{name}["']?\s*[:=]\s*["']?([\w-]+)""", text, re.IGNORECASE)
    return found[1] if found else None


def _asking(page: Page, address: str, column: str, start: int, size: int) -> PageRequest:
    query = {"startrecord": start, "endrecord": start + size - 1, "perpage": size, "columnId": column, "callback": "cb"}
    url = urlsplit(address)._replace(query=urlencode(query)).geturl()
    return PageRequest(url, page.number + 1, headers=(("Referer", page.column),))


FAMILY = Family("truecms", detect, read_list, jcms.attachments)
