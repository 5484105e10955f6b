"""Guangdong's disclosure catalogue, gkmlpt (portals.md 1.4): a tree in window._CONFIG, lists from a JSON API.

Guarantees: every node of the tree that names annual reports is a list of its own, with those below it; the pages
of a list are counted from 1 (page 0 is page 1 again) and asked only as long as the source's total is not met (some
sites send all rows on page one and answer 404 for the second).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urljoin

from crawler.families import nfcms
from crawler.families.listing import (
    ATTACHMENT,
    Entry,
    Family,
    ListPage,
    Page,
    PageRequest,
    absolute,
    attachments_in,
    data_of,
    date_in,
    decode,
    plain,
    soup_of,
    unique,
)

_API = "/gkmlpt/api/all/"
_SID = re.compile(r"""\bSID["']?\s*:\s*["']?(\d+)""")
_TREE = re.compile(r"""\bTREE["']?\s*:\s*(?=\[)""")
_CONTENT = re.compile(r"""["']content["']\s*:\s*(?=")""")
_ANNUAL = re.compile(r"年报|年度报告")
_CHINA = timedelta(hours=8)
_DECODER = json.JSONDecoder()


def detect(page: Page) -> bool:
    """Tell the catalogue by its configuration."""
    text = decode(page)
    return "_CONFIG" in text and "gkmlpt" in text


def read_list(page: Page) -> ListPage:
    """Read the index page (its tree names the lists), or a page of the API; a node may also lead to an NFCMS list."""
    text = decode(page)
    if _API in page.url:
        return _answer(page, data_of(text))
    tree, sid = _after(_TREE, text), _SID.search(text)
    if not isinstance(tree, list) or sid is None:
        return nfcms.read_list(page)
    return ListPage(entries=(), lists=tuple(_request(page, node, sid[1]) for node in _annual_nodes(tree)))


def attachments(page: Page) -> tuple[str, ...]:
    """Return the files linked in the article's body, which stands in a script, and those beside it."""
    body = _after(_CONTENT, decode(page))
    found = dict.fromkeys(attachments_in(page, "body"))
    for anchor in soup_of(body if isinstance(body, str) else "").find_all("a", href=True):
        url = absolute(page.url, str(anchor["href"]))
        if url and ATTACHMENT.search(url):
            found[url] = None
    return tuple(found)


def _annual_nodes(nodes: list[Any], *, inside: bool = False) -> Iterator[dict[str, Any]]:
    """Yield the nodes that name annual reports, and all below such a node (years)."""
    for node in nodes:
        if isinstance(node, dict):
            annual = inside or bool(_ANNUAL.search(plain(node.get("name"))))
            if annual:
                yield node
            children = node.get("children")
            yield from _annual_nodes(children if isinstance(children, list) else [], inside=annual)


def _request(page: Page, node: dict[str, Any], sid: str) -> PageRequest:
    elsewhere = absolute(page.url, str(node.get("jump_url") or ""))
    query = urlencode({"page": 1, "sid": sid})
    return PageRequest(elsewhere or urljoin(page.url, f"{_API}{node.get('id')}?{query}"), 1)


def _answer(page: Page, data: Any) -> ListPage:
    articles = data.get("articles") if isinstance(data, dict) else None
    if not isinstance(articles, list):
        return ListPage(entries=())
    entries = unique(entry for one in articles if isinstance(one, dict) if (entry := _entry(page, one)) is not None)
    classified = data.get("classify")
    stated = (data.get("total"), classified.get("post_count") if isinstance(classified, dict) else None)
    # the two disagree where one is capped; the larger is the one that must be met
    total = max((number for number in stated if isinstance(number, int)), default=None)
    following = None
    if total is not None and articles and page.seen + len(entries) < total:
        following = PageRequest(re.sub(r"([?&]page=)\d+", rf"\g<1>{page.number + 1}", page.url), page.number + 1)
    return ListPage(entries=entries, total=total, next=following)


def _entry(page: Page, article: dict[str, Any]) -> Entry | None:
    url = absolute(page.url, str(article.get("url") or article.get("post_url") or ""))
    title = plain(article.get("title"))
    if url is None or not title:
        return None
    published = article.get("date")
    if isinstance(published, int) and not isinstance(published, bool):
        return Entry(url, title, (datetime.fromtimestamp(published, UTC) + _CHINA).date().isoformat())
    return Entry(url, title, date_in(str(article.get("display_publish_time") or "")))


def _after(key: re.Pattern[str], text: str) -> Any:
    """Return the JSON value that follows `key` in a script, or None."""
    found = key.search(text)
    if found is None:
        return None
    try:
        value, _ = _DECODER.raw_decode(text, found.end())
    except ValueError:
        return None
    return value


FAMILY = Family("gkmlpt", detect, read_list, attachments)
