"""Epoint WebBuilder (portals.md 1.9): govInfoPub.html names no row; they come by POST JSON to getgovinfolist.

Guarantees: the site's GUID and project are read from its own /js/webBuilderCommon.js; what is asked is the column's
categorynum and deptcode, as its address has them. Pages count from 0 (three crawlers of 徐州, 贾汪 and 营口 agree).
"""

from __future__ import annotations

import json
import math
import re
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from crawler.families.listing import (
    Entry,
    Family,
    ListPage,
    Page,
    PageRequest,
    absolute,
    attachments_in,
    date_in,
    decode,
    soup_of,
    unique,
)

PAGE_SIZE = 20
_COMMON = re.compile(r"""["']([^"']*/js/webBuilderCommon\.js[^"']*)["']""")
_SITE = re.compile(r"\bsiteInfo\s*=\s*(\{.*?\})", re.DOTALL)
_LIST = "/rest/lightfrontaction/getgovinfolist"
_CONTAINERS = "#ivs_content, .mian-cont, .ewb-article-content, .epoint-article-content, .article-content, #zoom, .fj"


def detect(page: Page) -> bool:
    """Tell Epoint by its common script or its front project."""
    text = decode(page)
    return "webBuilderCommon.js" in text or "EWB-FRONT" in text


def read_list(page: Page) -> ListPage:
    """Read the column page, then the site's script, then the answers of getgovinfolist."""
    text = decode(page)
    if page.json:
        return _answer(page, text)
    site = _SITE.search(text)
    if site is None:
        script = _COMMON.search(text)
        address = urljoin(page.url, script[1] if script else "/js/webBuilderCommon.js")
        return ListPage((), next=None if address == page.url else PageRequest(address, page.number))
    info = _object(site[1])
    asked = parse_qs(urlsplit(page.column).query)
    body = {
        "deptcode": asked.get("deptcode", [""])[0],
        "categorynum": asked.get("categorynum", [""])[0],
        "siteGuid": info.get("siteGuid", ""),
        "pageSize": PAGE_SIZE,
    }
    return ListPage((), next=_request(urljoin(page.column, f"{info.get('projectName', '')}{_LIST}"), body, page.number))


def attachments(page: Page) -> tuple[str, ...]:
    """Return the files in an article."""
    return attachments_in(page, _CONTAINERS)


def _answer(page: Page, text: str) -> ListPage:
    custom = _object(text).get("custom")
    if isinstance(custom, str):  # as checkJson of the site's script has it
        custom = _object(custom)
    if not isinstance(custom, dict):
        return ListPage(())
    total = int(custom["total"]) if str(custom.get("total", "")).isdigit() else None
    records = [record for record in custom.get("data") or [] if isinstance(record, dict)]
    body = _object(page.json)
    if page.number == 1 and records and total is not None:
        # a service that sends fewer rows than it was asked for counts its pages by them
        body["pageSize"] = min(body["pageSize"], len(records)) if len(records) < total else body["pageSize"]
    pages = None if total is None else math.ceil(total / body["pageSize"])
    following = None
    if pages is not None and page.number < pages:
        following = _request(page.url, body, page.number + 1)
    entries = unique(entry for record in records if (entry := _entry(record, page.column)) is not None)
    return ListPage(entries=entries, total=total, pages=pages, next=following)


def _entry(record: dict[str, Any], base: str) -> Entry | None:
    url = absolute(base, str(record.get("infourl") or record.get("visiturl") or ""))
    title = soup_of(str(record.get("realtitle") or record.get("title") or "")).get_text(" ")
    return Entry(url, " ".join(title.split()), date_in(str(record.get("infodate") or ""))) if url else None


def _request(url: str, body: dict[str, Any], number: int) -> PageRequest:
    return PageRequest(url, number, json=json.dumps({**body, "pageIndex": number - 1}, ensure_ascii=False))


def _object(text: str) -> dict[str, Any]:
    """Return a JSON object; what is none has no keys, so that the list it should be has no rows."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


FAMILY = Family("epoint", detect, read_list, attachments)
