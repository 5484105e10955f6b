"""Short looks at one portal: finding its report column, and holding its declaration against it.

Guarantees: a look asks for few pages, one after the other, under the guard, robots.txt, pace and capture of
a crawl (it is one, in a process of its own); it never leaves the portal's domain; what it could not find or
did not follow is said, and never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from archive.captures import Capture
from archive.clock import Clock
from archive.crawls.runs import FrontierItem
from crawler.declarations import HOST, Portal
from crawler.detection import domain_of
from crawler.families import FAMILIES, Page
from crawler.frontier import read_list
from crawler.run import Job, run_child
from parsers.errors import UsageError


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a person should know of a look, in both languages."""

    en: str
    zh: str

    def text(self, language: str) -> str:
        """Return the note in `language` ("zh" or "en")."""
        return self.zh if language == "zh" else self.en


class Probe(Protocol):
    """Decides which page is asked next and what all of them say; lives in the crawl's process."""

    def first(self) -> FrontierItem:
        """Return the request to begin with."""
        ...

    def came(self, item: FrontierItem, capture: Capture, page: Page | None) -> FrontierItem | None:
        """Take an answer (`page` is None where there is nothing to read), and return the next request."""
        ...

    def result(self) -> object:
        """Return what the look came to."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """Where and as whom a look is made; `authorities` are the sockets of a sample server, as for crawl()."""

    archive: Path
    clock: Clock
    contact: str | None = None
    authorities: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    delay: float | None = None
    sample: bool = False


@dataclass(frozen=True, slots=True)
class ProbeJob(Job):
    """A job that makes one look; `domains` are those that the pages may lead to."""

    probe: Probe | None = None
    domains: frozenset[str] = frozenset()


def look(source: Source, portal: Portal, probe: Probe) -> object:
    """Make one look at `portal` and return what the probe came to; raises as crawl() does."""
    job = ProbeJob(
        archive=source.archive,
        portals=(portal,),
        clock=source.clock,
        authorities=dict(source.authorities),
        contact=source.contact,
        delay=source.delay,
        sample=source.sample,
        probe=probe,
        domains=frozenset(map(domain_of, portal.allowed_hosts)) - {"gov.cn"},
    )
    return run_child(job)


def page_with_rows(item: FrontierItem, page: Page, family: str, now: datetime) -> FrontierItem | None:
    """Return the request that must follow before rows of this list are seen: many lists are filled by one of their own.

    None where `page` has rows, or names no further page.
    """
    if FAMILIES[family].read_list(page).entries:
        return None
    found = read_list(item, page, FAMILIES[family], now).found
    return next((further for further in found if further.kind == "list"), None)


def host_of(url: str) -> str:
    """Return the host of an address that a person typed; raises UsageError for what is no web address."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError as error:
        raise UsageError(f"{url}: is not an address: {error}", f"{url}：不是有效网址：{error}") from error
    if parts.scheme not in {"http", "https"} or not HOST.fullmatch(host):
        raise UsageError(
            f"{url}: write a whole address that begins with http:// or https:// and names a host",
            f"{url}：请写以 http:// 或 https:// 开头、含主机名的完整网址",
        )
    return host
