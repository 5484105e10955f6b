"""Hanweb JCMS (portals.md 1.5): rows inside a script, further pages from dataproxy.jsp, old and new.

Guarantees: the first page's rows are read out of its <script type="text/xml"> (a DOM selector does not see
them), or out of the page where that is empty; a further page is asked with the form that the first page itself
writes, by record numbers and by page number, for some servers honour one alone; a page that is full is never
taken for the last, whatever total the source states (totals are capped on some sites).
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlencode, urljoin, urlsplit

from crawler.families.listing import (
    Entry,
    Family,
    ListPage,
    Page,
    PageRequest,
    absolute,
    attachments_in,
    decode,
    rows,
    soup_of,
    stated_total,
    unique,
)

_PROXY = "/module/web/jpage/dataproxy.jsp"
_ANNUAL = "/module/xxgk/xxgkAnnualReport.jsp"
_MOST = 300
"""Records that the proxy sends at once, at most; what is asked beyond is cut silently."""
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
ARTICLE = re.compile(r"/art/(?:.*/)?art_(?:\d+_)?(?:\d+|[0-9a-f]{32})\.html$")
_PROXY_PATH = re.compile(r"(/[\w./-]*dataproxy\.jsp)")
_RECORD = re.compile(r"<record>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</record>", re.DOTALL)
_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_CONTAINERS = "#zoom, #ivs_content, .artile_zw, .main-txt, .article-content, .fj, .attachment"


def detect(page: Page) -> bool:
    """Tell JCMS by its data store or its modules."""
    text = decode(page)
    return any(mark in text for mark in ("<datastore>", "/jpage/", "ZJEG_RSS.content.begin", _ANNUAL))


def read_list(page: Page) -> ListPage:
    """Read the first page (HTML), a further one (the XML of dataproxy.jsp), or a year of the annual-report page."""
    text = decode(page)
    if _ANNUAL in page.url:
        return _annual(page, text)
    scripts = _paging_scripts(text)
    entries = records(scripts, page.url)
    total = number("totalrecord", scripts)
    if not entries and scripts is not text:
        soup = soup_of(text)
        entries = rows(soup, page.url, ARTICLE)
        # an empty store counts nothing: the rows stand in the page itself (Shandong)
        total = total or stated_total(soup.get_text(" "))
    asked = parse_qs(urlsplit(page.url).query)
    per_page = min(int(asked["perpage"][0]) if "perpage" in asked else number("perpage", scripts) or 0, _MOST)
    seen = page.seen + len(entries)
    following = None
    if entries and (seen < (total or 0) or (per_page and len(entries) >= per_page)):
        following = _next(page, scripts, seen, per_page)
    past_end = page.number > 1 and not entries and "<datastore" in text
    return ListPage(entries=entries, total=total, pages=number("totalpage", scripts), next=following, past_end=past_end)


def _next(page: Page, scripts: str, seen: int, per_page: int) -> PageRequest | None:
    """Return the request for the records after the first `seen`, as the proxy that the page names wants it."""
    proxy = _PROXY_PATH.search(scripts) or _PROXY_PATH.search(page.url)
    path = proxy[1] if proxy else _PROXY
    if "/web/" not in path:  # the old one: no form, the page's number alone
        form = _form(scripts) or tuple((name, values[0]) for name, values in parse_qs(urlsplit(page.url).query).items())
        query = [("page", str(page.number + 1)), *((name, value) for name, value in form if name != "page")]
        return PageRequest(urljoin(page.column, f"{path}?{urlencode(query)}"), page.number + 1) if form else None
    form = page.form or _form(scripts)
    if not form or not per_page:
        return None
    numbers = {"page": page.number + 1, "startrecord": seen + 1, "endrecord": seen + per_page, "perpage": per_page}
    return PageRequest(urljoin(page.column, f"{path}?{urlencode(numbers)}"), page.number + 1, form)


def _annual(page: Page, text: str) -> ListPage:
    """Read one year of /module/xxgk/xxgkAnnualReport.jsp; it names the others by links or by a field for the year."""
    soup = soup_of(text)
    years = [absolute(page.url, str(a["href"])) for a in soup.find_all("a", href=True) if _ANNUAL in str(a["href"])]
    parts = urlsplit(page.url)
    query = dict(parse_qsl(parts.query))
    for option in soup.select("select[name=fbtime] option[value]"):
        if re.fullmatch(r"\d{4}", str(option["value"])):
            asked = urlencode(query | {"fbtime": str(option["value"])})
            years.append(parts._replace(query=asked).geturl())
    return ListPage(
        entries=rows(soup, page.url, ARTICLE),
        total=stated_total(soup.get_text(" ")),
        lists=tuple(PageRequest(url, 1) for url in dict.fromkeys(years) if url and url != page.url),
    )


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


def records(text: str, base: str) -> tuple[Entry, ...]:
    """Return the rows of a data store; `text` may hold scripts around it."""
    return unique(entry for record in _RECORD.findall(text) for entry in rows(soup_of(_in_row(record)), base, ARTICLE))


def _in_row(record: str) -> str:
    """Return a record as a row: some sites write bare links into it."""
    return record if re.search(r"<(?:li|dd|tr)\b", record) else f"<ul><li>{record}</li></ul>"


def number(name: str, text: str) -> int | None:
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
