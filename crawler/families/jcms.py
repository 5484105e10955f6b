"""Hanweb JCMS 1.5 (portals.md 1.5): rows inside a script, further pages by POST to dataproxy.jsp.

Guarantees: the first page's rows are read out of its <script type="text/xml"> (a DOM selector does not see
them); a further page is asked with the form that the first page itself writes, by record numbers.
"""

from __future__ import annotations

import math
import re
from html import unescape
from urllib.parse import parse_qs, unquote_plus, urlencode, urljoin, urlsplit

from crawler.families.listing import (
    Entry,
    Family,
    ListPage,
    Page,
    PageRequest,
    attachments_in,
    decode,
    rows,
    soup_of,
    unique,
)

_PROXY = "/module/web/jpage/dataproxy.jsp"
_FORM_KEYS = (
    "col",
    "appid",
    "webid",
    "path",
    "columnid",
    "sourceContentType",
    "unitid",
    "webname",
    "permissiontype",
)
_ARTICLE = re.compile(r"/art/(?:.*/)?art_(?:\d+_)?(?:\d+|[0-9a-f]{32})\.html$")
_RECORD = re.compile(r"<record>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</record>", re.DOTALL)
_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_CONTAINERS = "#zoom, #ivs_content, .artile_zw, .main-txt, .article-content, .fj, .attachment"


def detect(page: Page) -> bool:
    """Tell JCMS by its data store or its paging module."""
    text = decode(page)
    return "<datastore>" in text or "/jpage/" in text or "ZJEG_RSS.content.begin" in text


def read_list(page: Page) -> ListPage:
    """Read the first page (HTML) or a further one (the XML of dataproxy.jsp)."""
    text = decode(page)
    scripts = _paging_scripts(text)
    entries = _records(scripts, page.url) or rows(soup_of(text), page.url, _ARTICLE)
    total = _number("totalrecord", scripts)
    asked = parse_qs(urlsplit(page.url).query)
    per_page = int(asked["perpage"][0]) if "perpage" in asked else _number("perpage", scripts)
    pages = _number("totalpage", scripts)
    if total is not None and per_page:
        pages = math.ceil(total / per_page)
    form = page.form or _form(scripts)
    following = None
    if pages is not None and per_page and form and page.number < pages:
        first = page.number * per_page + 1
        query = urlencode(
            {"startrecord": first, "endrecord": first + per_page - 1, "perpage": per_page},
        )
        following = PageRequest(urljoin(page.column, f"{_PROXY}?{query}"), page.number + 1, form)
    return ListPage(entries=entries, total=total, pages=pages, next=following)


def attachments(page: Page) -> tuple[str, ...]:
    """Return the files in an article (/module/download/downfile.jsp and plain links)."""
    return attachments_in(page, _CONTAINERS)


def _paging_scripts(text: str) -> str:
    """Return the scripts of the page that speak of paging, or the whole of an XML answer."""
    if text.lstrip().startswith(("<?xml", "<datastore")):
        return text
    return "\n".join(
        script
        for script in _SCRIPT.findall(text)
        if "<datastore" in script or "jpage" in script or "dataproxy" in script
    )


def _records(text: str, base: str) -> tuple[Entry, ...]:
    return unique(entry for record in _RECORD.findall(text) for entry in rows(soup_of(_in_row(record)), base, _ARTICLE))


def _in_row(record: str) -> str:
    """Return a record as a row: some sites write bare links into it."""
    return record if re.search(r"<(?:li|dd|tr)\b", record) else f"<ul><li>{record}</li></ul>"


def _number(name: str, text: str) -> int | None:
    """Return the number that an element <name>N</name> or an assignment name: N states, or None."""
    found = re.search(rf"""\b{name}["']?\s*(?:>|[:=])\s*["']?\s*(\d+)""", text, re.IGNORECASE)
    return int(found[1]) if found else None


def _form(text: str) -> tuple[tuple[str, str], ...]:
    """Return the form of dataproxy.jsp as the page writes it, in a link's query or in a call's arguments."""
    plain = unescape(text)
    form = []
    for key in _FORM_KEYS:
        found = re.search(rf"""(?<![\w-]){key}["']?\s*[:=]\s*(?:"([^"]*)"|'([^']*)'|([^"'&,;\s<>}})]+))""", plain)
        if found:
            form.append((key, unquote_plus(next(group for group in found.groups() if group is not None))))
    return tuple(form)


FAMILY = Family("jcms", detect, read_list, attachments)
