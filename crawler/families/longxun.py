"""Longxun (portals.md 1.8): /public/column/ORGAN?...&action=list; the rows come as a fragment of HTML from /site/label/NNNN.

Guarantees: the fragment is asked with the parameters that the column's own script names, page by page; entries of a
guide (publicType=gkzn) are no rows. A column page that shows its first rows itself is page 1, and the fragment begins with 2.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, parse_qsl, urlencode, urljoin, urlsplit

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
    stated_total,
)

_ARTICLE = re.compile(r"/public/\d+/\d+\.html$")
_LABEL = re.compile(r"""["'](?P<address>(?:https?://[^"']+)?[\w/-]*/site/label/\d+)["']""")
_DATA = re.compile(r"\bdata\s*:\s*\{(.*?)\}", re.DOTALL)
_FIELD = re.compile(r"""["']?(\w+)["']?\s*:\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+))""")
_PAGES = re.compile(r"\bpageCount\s*:\s*(\d+)")
_TOTAL = re.compile(r"""\btotal\s*:\s*["']?(\d+)""")
_CONTAINERS = "#zoom, .j-fontContent, .gk_content, .article-content, .fj, .attachment"
_PAGE_SIZE = "15"
_NOTHING = "暂无相关信息"


def detect(page: Page) -> bool:
    """Tell Longxun by the address of its label module."""
    return "/site/label/" in decode(page)


def read_list(page: Page) -> ListPage:
    """Read the column page, which may hold no rows, or a fragment."""
    text = decode(page)
    entries = tuple(entry for entry in rows(soup_of(text), page.url, _ARTICLE) if not _is_guide(entry))
    pages = _number(_PAGES, text)
    total = _number(_TOTAL, text)
    asked = parse_qs(urlsplit(page.url).query)
    following = None
    if "pageIndex" in asked:
        if pages is not None and page.number < pages:
            following = PageRequest(_with(page.url, "pageIndex", str(page.number + 1)), page.number + 1)
    else:
        label = _label(text, page)
        shown = int(bool(entries))
        if label is not None and not (shown and pages is not None and pages <= page.number):
            following = PageRequest(_with(label, "pageIndex", str(page.number + shown)), page.number + shown)
    return ListPage(
        entries=entries,
        total=total if total is not None else stated_total(soup_of(text).get_text(" ")),
        pages=pages,
        next=following,
        past_end=not entries and _NOTHING in text,
    )


def attachments(page: Page) -> tuple[str, ...]:
    """Return the files in an article (/group6/M00/….doc)."""
    return attachments_in(page, _CONTAINERS)


def _label(text: str, page: Page) -> str | None:
    """Return the address of the list's fragment with all its parameters but the page's number, or None.

    What the script leaves to the page's address (organId, catId) is taken from there.
    """
    call = _LABEL.search(text)
    if call is None:
        return None
    data = _DATA.search(text, call.end())
    named = {} if data is None else {name: _value(groups) for name, *groups in _FIELD.findall(data[1])}
    of_address = dict(parse_qsl(urlsplit(page.url).query))
    of_address["organId"] = urlsplit(page.url).path.rstrip("/").rsplit("/", 1)[-1]
    fields = {"IsAjax": "1", "dataType": "html", "labelName": "publicInfoList", "pageSize": _PAGE_SIZE, **of_address}
    fields |= {name: value for name, value in named.items() if value and name != "pageIndex"}
    return f"{urljoin(page.url, call['address'])}?{urlencode(fields)}"


def _value(groups: list[str]) -> str:
    """Return the text of a field; a name of the script's own (pageIndex, organId) is no value."""
    double, single, bare = groups
    return double or single or (bare if bare.isdigit() or bare in ("true", "false") else "")


def _with(url: str, name: str, value: str) -> str:
    """Return `url` with one parameter of its query set."""
    parts = urlsplit(url)
    fields = [(key, text) for key, text in parse_qsl(parts.query, keep_blank_values=True) if key != name]
    return parts._replace(query=urlencode([*fields, (name, value)])).geturl()


def _is_guide(entry: Entry) -> bool:
    return "publicType=gkzn" in urlsplit(entry.url).query


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return int(found[1]) if found else None


FAMILY = Family("longxun", detect, read_list, attachments)
