"""Finds the report columns of a portal from one address: `gongkai portal detect`.

Guarantees: a column is declared only where its page was read and lists annual reports; at most `follow` pages
are asked after the first; columns of single bodies are found by links that name the body, each looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlsplit

from archive.captures import Capture
from archive.clock import CHINA
from archive.crawls.runs import FrontierItem
from crawler.declarations import Column, Evidence, Portal
from crawler.detection import (
    ColumnReading,
    Link,
    SiteReading,
    column_links,
    domain_of,
    family_by_shape,
    full_name_of,
    read_column,
    read_site,
    slug_of,
    unit_links,
)
from crawler.families import Page
from crawler.frontier import column_item, said_of
from crawler.probe import Note, Source, host_of, look, page_with_rows
from crawler.registry import province_of
from parsers.errors import GongkaiError

FOLLOW = 8
"""Pages asked after the first, unless the caller says otherwise: columns of bodies are looked at one by one."""


class NothingFoundError(GongkaiError):
    """Raised where no report column was found, or its place is not known; carries what was seen."""

    exit_status = 5


@dataclass(frozen=True, slots=True)
class FoundColumn:
    """A page that lists annual reports, with the body that the link to it named."""

    url: str
    unit: str
    reading: ColumnReading


@dataclass(frozen=True, slots=True)
class Trail:
    """What a look came to: the columns, what the first page says of its site, notes on what was not had."""

    columns: tuple[FoundColumn, ...]
    site: SiteReading | None
    notes: tuple[Note, ...]


class Detective:
    """Follows links until the report column is found and its bodies' own columns were looked at."""

    def __init__(self, asked: Portal, follow: int, today: date) -> None:
        self._asked = asked
        self._today = today
        self._left = follow
        self._queue: list[Link] = []
        self._links: dict[str, Link] = {}
        self._columns: dict[str, FoundColumn] = {}
        self._families: dict[str, str] = {}
        self._site: SiteReading | None = None
        self._notes: list[Note] = []

    def first(self) -> FrontierItem:
        """Return the request for the address that the person named."""
        return self._request(Link(self._asked.home, ""))

    def came(self, item: FrontierItem, capture: Capture, page: Page | None) -> FrontierItem | None:
        """Read a page as a column, take its links, and choose the next one."""
        if page is None:
            said = said_of(capture)
            self._note(f"{item.url}: could not be read: {said}", f"{item.url}：无法读取：{said.text('zh')}")
            return self._next()
        return self._read(item, page, capture.captured_at) or self._next()

    def result(self) -> Trail:
        """Return what was found, with a note on what was not followed."""
        unseen = [link for link in self._queue if self._is_wanted(link)]
        if unseen:
            named = ", ".join(link.text for link in unseen[:5]) + (" …" if len(unseen) > 5 else "")
            self._note(
                f"{len(unseen)} links were not followed ({named}): --follow N follows more",
                f"有 {len(unseen)} 个链接未跟进（{named}）：可用 --follow N 增加",
            )
        return Trail(tuple(self._columns.values()), self._site, tuple(self._notes))

    def _read(self, item: FrontierItem, page: Page, now: datetime) -> FrontierItem | None:
        """Read a page of the column that `item` began; return the request that fills its list, if it needs one."""
        begun = item.context["column"]
        link = self._links[begun]
        reading = read_column(page, self._families.get(begun))
        if item.url == begun:
            self._site = self._site or read_site(page)
            self._add(column_links(page))
            # a page of no family may still frame its list, which `generic` follows
            self._families[begun] = reading.family or "generic"
            if link.text and not link.hub:
                self._add(unit_links(page))
        # asked at one address, answered at another: the column is where it answers, and is there once
        url = page.url if item.url == begun else begun
        if reading.is_column(named=bool(link.text) and not link.hub):
            self._columns.setdefault(url, FoundColumn(url, link.unit, reading))
            return None
        filled_by = None if link.hub else page_with_rows(item, page, self._families[begun], now)
        if filled_by is not None and self._left > 0 and filled_by.key not in item.context["asked"]:
            self._left -= 1
            return filled_by
        if link.text and not link.hub:
            self._note(
                f"{url}: is called {link.text}, but shows no annual reports (a list made by a script?)",
                f"{url}：名为“{link.text}”，但未见年度报告（列表可能由脚本生成）",
            )
        return None

    def _add(self, links: Iterable[Link]) -> None:
        for link in links:
            if link.url not in self._links and self._is_near(link.url):
                self._links[link.url] = link
                self._queue.append(link)
        self._queue.sort(key=lambda link: link.hub)

    def _is_near(self, url: str) -> bool:
        return domain_of(urlsplit(url).hostname or "") == domain_of(self._asked.hosts[0])

    def _is_wanted(self, link: Link) -> bool:
        """Tell whether a link may still lead to something new: a body's column always, another only where none is."""
        return bool(link.unit) or not any(not column.unit for column in self._columns.values())

    def _next(self) -> FrontierItem | None:
        while self._queue and self._left > 0:
            link = self._queue.pop(0)
            if self._is_wanted(link):
                self._left -= 1
                return self._request(link)
        return None

    def _request(self, link: Link) -> FrontierItem:
        self._links[link.url] = link
        return column_item(self._asked, Column(link.url, link.unit, self._today))

    def _note(self, en: str, zh: str) -> None:
        self._notes.append(Note(en, zh))


@dataclass(frozen=True, slots=True)
class Detection:
    """A portal as it was found, ready to be declared, and what a person should know of how."""

    portal: Portal
    notes: tuple[Note, ...]


def detect_portal(
    source: Source, url: str, *, place: str | None = None, slug: str | None = None, follow: int = FOLLOW
) -> Detection:
    """Look for the report columns of the portal at `url`, and return its declaration.

    `place` (GB/T 2260) goes before what the site's name says. Raises NothingFoundError, UsageError, and as
    crawl() does.
    """
    asked = Portal(slug or "detect", url, "", place or "000000", (host_of(url),), (), sample=source.sample, home=url)
    today = source.clock.now().astimezone(CHINA).date()
    trail = look(source, asked, Detective(asked, follow, today))
    assert isinstance(trail, Trail)
    return declare(trail, asked, today, place=place, slug=slug)


def declare(
    trail: Trail, asked: Portal, today: date, *, place: str | None = None, slug: str | None = None
) -> Detection:
    """Return the declaration of what a look at the portal `asked` found; raises NothingFoundError."""
    notes = list(trail.notes)
    if not trail.columns:
        raise _nothing(f"{asked.home}: no report column was found", f"{asked.home}：没有找到年报栏目", notes)
    code = place or _place_of(trail, asked, notes)
    province = province_of(code)
    if province is None:
        raise _nothing(f"place {code} lies in no province", f"代码 {code} 不属于任何省份", notes)
    family, family_by, found = _family_of(trail.columns, asked, notes)
    columns = tuple(Column(column.url, column.unit, today) for column in found)
    hosts = dict.fromkeys((*asked.hosts, *(urlsplit(column.url).hostname or "" for column in columns)))
    portal = replace(
        asked,
        slug=slug or slug_of(province, asked.hosts[0]),
        name=(trail.site.name if trail.site else "") or asked.hosts[0],
        family=family,
        family_by=family_by,
        place=code,
        hosts=tuple(hosts),
        columns=columns,
        checked=today,
        evidence=tuple(_evidence(column, today) for column in found),
    )
    return Detection(portal, tuple(notes))


def _place_of(trail: Trail, asked: Portal, notes: list[Note]) -> str:
    site = trail.site
    if site is not None and site.place is not None:
        notes.append(
            Note(
                f"place {full_name_of(site.place)}, after the site's name {site.name!r}",
                f"区划 {full_name_of(site.place)}，据网站名称“{site.name}”",
            )
        )
        return site.place.code
    name = site.name if site else ""
    several = ", ".join(map(full_name_of, site.candidates)) if site else ""
    raise _nothing(
        f"{asked.home}: the place is not known from the name {name!r} ({several or 'no place in it'}): name it with --place",
        f"{asked.home}：无法从网站名称“{name}”得知区划（{several or '未含地名'}）：请用 --place 指定",
        notes,
    )


def _family_of(
    columns: tuple[FoundColumn, ...], asked: Portal, notes: list[Note]
) -> tuple[str, str, tuple[FoundColumn, ...]]:
    """Return the family, how it is known, and the columns that it reads: a declaration has one family."""
    seen = dict.fromkeys(found.reading.family for found in columns if found.reading.family)
    marked = [family for family in seen if family != "generic"]
    if len(marked) > 1:
        names = ", ".join(marked)
        raise _nothing(
            f"{asked.home}: its columns show several families ({names}): declare them as portals of their own",
            f"{asked.home}：各栏目属于不同的家族（{names}）：请分别声明",
            notes,
        )
    if seen:
        family = (marked or ["generic"])[0]
        read = tuple(found for found in columns if found.reading.family in (family, None))
        for found in columns:
            if found not in read:
                notes.append(
                    Note(
                        f"{found.url}: shows no marks of family {family}: declare it as a portal of its own (generic)",
                        f"{found.url}：不属于家族 {family}：请另行声明（generic）",
                    )
                )
        return family, "page", read
    family = family_by_shape(columns[0].url) or "generic"
    notes.append(
        Note(
            f"family {family} is a guess by the address alone: hold it against the portal with `portal check --live`",
            f"家族 {family} 仅据网址形状推测：请用 `portal check --live` 核对",
        )
    )
    return family, "url shape", columns


def _evidence(found: FoundColumn, today: date) -> Evidence:
    reading = found.reading
    typed = f"ColumnType {reading.column_type}; " if reading.column_type else ""
    return Evidence(f"{typed}{reading.reports} of {reading.rows} rows name an annual report", found.url, today)


def _nothing(en: str, zh: str, notes: list[Note]) -> NothingFoundError:
    return NothingFoundError(
        "\n  ".join([en, *(note.en for note in notes)]), "\n  ".join([zh, *(note.zh for note in notes)])
    )
