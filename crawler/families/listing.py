"""What the families share: the types of a list page, and how rows and attachments are read.

Guarantees: pure functions of bytes and addresses; an address comes out absolute and without a fragment; a
title comes out whole where the page holds it whole (the title attribute rather than the cut text); nothing
is guessed: a date or a total that the page does not state is None.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from html import unescape
from typing import Any, Literal
from urllib.parse import urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from cssselect import HTMLTranslator
from lxml import etree
from w3lib.url import safe_url_string

REPORT_TITLE = re.compile(
    r"信息公开.{0,12}(?:年度?报告?|工作报告|年报)|(?:年度报告|年报).{0,12}信息公开|政府信息公开工作(?:情况)?报告"
)
"""Titles that name an annual report, with the variants of portals.md 3, quirk 21."""

ATTACHMENT = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|et|ofd|rtf|zip|rar)$", re.IGNORECASE)
_FILES = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"{\\rtf")
_HREF = re.compile(rb"""href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*))""")
"""To be looked for in the bytes of a page in lower case, which takes a tenth of IGNORECASE on its text."""
_MENTION = re.compile(rb"""\.(?:pdf|docx?|wps|xlsx?|et|ofd|rtf|zip|rar)|(?:downfile|download)\.jsp|&#|[\t\r\n]|^["']""")
"""What the value of an href has that leads to a file, or may: references to characters, what a browser leaves out, a quote left open."""
_DOWNLOAD = re.compile(r"/(?:downfile|download)\.jsp\?", re.IGNORECASE)
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]+)""")
_STATED_TOTAL = re.compile(r"共(?:计|有)?\s*(\d+)\s*(?:条|篇|项|个?记录)")
_STATED_PAGES = re.compile(r"共(?:计|有)?\s*(\d+)\s*页")
_NEXT = re.compile(r"[\[(（]?(?:下一?[页頁]|后一?页|next)[›»>＞]*[\])）]?|[›»>＞]{1,2}", re.IGNORECASE)
_ESCAPE = re.compile(r"%u([0-9A-Fa-f]{4})")
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs"}
"""Pages that declare gb2312 hold characters of gb18030 (䶮 in names), so the wider code is used."""


Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A fetched page; `number` counts a list's pages from 1, `column` is the address of that list's first.

    `form` or `json` is what the page was asked with, where it was a POST; `seen` counts the rows of the list's pages
    before it; `further` is true in a list that another page of the column named (ListPage.lists).
    """

    url: str
    body: bytes
    column: str
    number: int = 1
    content_type: str = ""
    form: Pairs = ()
    json: str = ""
    further: bool = False
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a list; `published` is YYYY-MM-DD as the list prints it, or None."""

    url: str
    title: str
    published: str | None


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A further page of a list; with a `form`, or with `json` (a JSON text), it is a POST.

    A page that is asked again under another address keeps its number.
    """

    url: str
    number: int
    form: Pairs = ()
    json: str = ""
    headers: Pairs = ()


@dataclass(frozen=True, slots=True)
class ListPage:
    """What one list page says: its rows, the source's own totals, and where the next one is.

    `lists` are further lists of the same column that the page names, each by its first page; `past_end` is true
    where the page says itself that there is nothing more.
    """

    entries: tuple[Entry, ...]
    total: int | None = None
    pages: int | None = None
    next: PageRequest | None = None
    lists: tuple[PageRequest, ...] = ()
    past_end: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """One CMS family: how to tell it, how its lists read, and what an article attaches.

    Where it is not `listed`, a column's address is no list but the one document itself. `entries` says what its rows are:
    reports, or an archive's replays of them (crawler.replays).
    """

    name: str
    detect: Callable[[Page], bool]
    read_list: Callable[[Page], ListPage]
    attachments: Callable[[Page], tuple[str, ...]]
    listed: bool = True
    entries: Literal["report", "replay"] = "report"


def decode(page: Page) -> str:
    """Return the page as text by the charset it declares (header, then meta), else UTF-8, else GB18030."""
    return _decoded(page)[0]


def _decoded(page: Page) -> tuple[str, str]:
    """Return the page as text, and the name of the charset by which it is."""
    if page.body.startswith(b"\xef\xbb\xbf"):
        return page.body[3:].decode("utf-8", "replace"), "utf-8-sig"
    for source in (page.content_type.encode("ascii", "ignore"), page.body[:4096]):
        declared = _CHARSET.search(source)
        if declared:
            name = declared[1].decode("ascii").lower()
            name = _WIDER.get(name, name)
            try:
                return page.body.decode(name), name
            except (LookupError, UnicodeDecodeError):
                continue
    try:
        return page.body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return page.body.decode("gb18030", "replace"), "gb18030"


def _tree_of(page: Page, end: int | None = None) -> etree._Element:
    """Return the tree of a page, or of its first `end` bytes: in a charset whose multibyte characters do not hold a `<`."""
    text, charset = _decoded(page)  # by the whole page, wherever it says its charset or breaks it
    markup = page.body if charset == "utf-8" else text.encode()
    if end is not None:
        # what is cut in a tag or in the value of an attribute is brought to its end
        cut = page.body[:end] if charset == "utf-8" else page.body[:end].decode(charset, "replace").encode()
        markup = cut + b"""'>">"""
    markup = markup.replace(b"\0", b"")
    tree: etree._Element | None = etree.fromstring(markup, etree.HTMLParser(encoding="utf-8", huge_tree=True))
    return etree.Element("html") if tree is None else tree


def soup_of(markup: str) -> BeautifulSoup:
    """Return the tree of a list page or of a fragment of one."""
    return BeautifulSoup(markup, "lxml")


def date_in(text: str) -> str | None:
    """Return the first date that stands in `text` as YYYY-MM-DD, or None."""
    found = _DATE.search(text)
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else None


def stated_total(text: str) -> int | None:
    """Return the number of rows that the page states in words (共 N 条), or None."""
    found = _STATED_TOTAL.search(text)
    return int(found[1]) if found else None


def stated_pages(text: str) -> int | None:
    """Return the number of pages that the page states in words (共 N 页), or None."""
    found = _STATED_PAGES.search(text)
    return int(found[1]) if found else None


def next_link(soup: BeautifulSoup, base: str) -> str | None:
    """Return where the link to the next page leads (下一页, 下页; else >), on the same host and not to the page itself, or None."""
    found: dict[bool, str] = {}
    for anchor in soup.find_all("a", href=True):
        text = "".join(anchor.get_text().split())
        url = absolute(base, str(anchor["href"])) if _NEXT.fullmatch(text) else None
        if url is not None and url != base and urlsplit(url).netloc == urlsplit(base).netloc:
            found.setdefault(text.strip("›»>＞") != "", url)
    return found.get(True) or found.get(False)


def absolute(base: str, href: str) -> str | None:
    """Return where a link leads, without its fragment; None for what is no web address."""
    href = href.strip()
    try:
        # as Scrapy will send it, so that a list's entry and its capture bear one address
        url = safe_url_string(urldefrag(urljoin(base, href)).url)
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if href and not href.startswith("#") and parts.scheme in {"http", "https"} and parts.netloc else None


_ROW = ("li", "dd", "tr")


def rows(soup: BeautifulSoup, base: str, article: re.Pattern[str], within: tuple[str, ...] = _ROW) -> tuple[Entry, ...]:
    """Return the rows of the page's main list, in order, each address once.

    A row is the element `within` which stands a link whose path is an article's or whose title names a report. Pages
    carry side lists too (latest news, related links): the list is the rows of the shape in which most reports are
    named, or else of the commonest; a list broken into several ul of one shape stays whole.
    """
    found: list[tuple[tuple[str, ...], Entry]] = []
    for anchor in soup.find_all("a", href=True):
        # by name: find() and find_parent() would make matchers anew for each of the rows
        row = next((parent for parent in anchor.parents if parent.name in within), None)
        url = absolute(base, str(anchor["href"]))
        title = title_of(anchor)
        if row is None or url is None or not title or _holds(row, within):
            continue  # a row that holds rows is the page's layout
        published = date_in(row.get_text(" ")) or _date_beside(row)
        # a menu names the column as a report does (信息公开年报), but gives it no date
        if article.search(urlsplit(url).path) or (published and REPORT_TITLE.search(title)):
            found.append((_shape(row), Entry(url, title, published)))
    dated = [(shape, entry) for shape, entry in found if entry.published]
    shapes = (
        Counter(shape for shape, entry in dated if REPORT_TITLE.search(entry.title))
        or Counter(shape for shape, _ in dated)
        or Counter(shape for shape, _ in found)
    )
    if not shapes:
        return ()
    (main, _), *_ = shapes.most_common(1)
    return unique(entry for shape, entry in found if shape == main)


def _holds(row: Tag, names: tuple[str, ...]) -> bool:
    return any(isinstance(inner, Tag) and inner.name in names for inner in row.descendants)


def _date_beside(row: Tag) -> str | None:
    """Return the date of a row that is laid out as a list of its own: the link in one li, the date in the next."""
    parent = row.parent
    return date_in(parent.get_text(" ")) if parent is not None and len(parent.find_all("a")) == 1 else None


def unique(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries in order, the first of each address."""
    by_url: dict[str, Entry] = {}
    for entry in entries:
        by_url.setdefault(entry.url, entry)
    return tuple(by_url.values())


def attachments_in(page: Page, containers: str) -> tuple[str, ...]:
    """Return the addresses of the files attached to an article, looked for in its containers (CSS) alone.

    Outside them pages link forms and guides that belong to the site and not to the article. `containers` are names, classes, ids
    and attributes of one element each.
    """
    if page.body.startswith(_FILES):
        return ()  # to look for tags in a PDF of 5 MB takes seconds
    end = None
    # every charset of these pages but UTF-16, which shows by its zeros, holds the letters of an address as ASCII does
    if b"\0" not in page.body:
        lower = page.body.lower()
        mentioned = [href.end() for href in _HREF.finditer(lower) if _MENTION.search(href[href.lastindex or 0])]
        if not mentioned:
            return ()  # most articles: a page pasted out of Word is not worth a tree
        # what comes after the last link to a file cannot change what contains it
        at = lower.find(b"</a", mentioned[-1])
        end = at if at >= 0 else None
    containing = _containers(containers)
    found: dict[str, None] = {}
    for anchor in _tree_of(page, end).iter("a"):
        url = absolute(page.url, anchor.get("href", ""))
        if url and (ATTACHMENT.search(urlsplit(url).path) or _DOWNLOAD.search(url)) and containing(anchor):
            found[url] = None
    return tuple(found)


@cache
def _containers(containers: str) -> etree.XPath:
    """Return what finds the containers of a link: looked for from the few that may be files, not in the whole page."""
    return etree.XPath(HTMLTranslator().css_to_xpath(containers, prefix="ancestor-or-self::"))


def data_of(text: str) -> Any:
    """Return the object that a JSON answer is, or None for what is none (an error page in its place)."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def plain(text: object) -> str:
    """Return a title out of JSON as text: entities and %uXXXX resolved, blanks folded; "" for what is no text."""
    if not isinstance(text, str):
        return ""
    resolved = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return " ".join(unescape(resolved).split())


def title_of(anchor: Tag) -> str:
    """Return the link's whole title: its title attribute where it has one, for the text is often cut."""
    for text in (str(anchor.get("title") or ""), anchor.get_text(" ")):
        title = " ".join(text.split())
        if title:
            return title
    return ""


def _shape(row: Tag) -> tuple[str, ...]:
    """Return what the rows of one list have in common: their name and their parent's name and classes."""
    parent = row.parent
    if parent is None:
        return (row.name,)
    return (row.name, parent.name, *map(str, parent.get_attribute_list("class")))
