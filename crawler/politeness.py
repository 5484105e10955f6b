"""robots.txt after RFC 9309, the host's own pace, and hosts that asked to be left alone.

Guarantees: nothing is asked of a host before its robots.txt was; an answer of 4xx means there are no rules,
5xx or none at all means everything is forbidden for the run (Scrapy's own middleware fails open here);
Crawl-delay is kept up to MAX_CRAWL_DELAY; a host that answered with a challenge or 429 gets no further
request, queued ones included.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.session import PRODUCT
from parsers.classify import recognise_challenge

MAX_CRAWL_DELAY = 60.0
"""Seconds; a longer Crawl-delay is cut to this.

The field is no part of RFC 9309, and some sites write milliseconds into it.
"""


class RobotsRefused(IgnoreRequest):
    """Raised where robots.txt forbids a request, or could not be had."""


class NotSent(IgnoreRequest):
    """Raised for a request that is not sent and stays pending: its host is left alone, or the crawl is stopping."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What an origin's robots.txt says to us: its rules, if any, or why the origin is `closed`."""

    parser: Protego | None = None
    closed: str | None = None

    def refuse(self, url: str) -> None:
        """Raise RobotsRefused where `url` is forbidden."""
        if self.closed is not None:
            raise RobotsRefused(self.closed)
        if self.parser is not None and not self.parser.can_fetch(url, PRODUCT):
            raise RobotsRefused("robots.txt forbids it")

    def crawl_delay(self) -> float | None:
        """Return the seconds to keep between two requests, if the file says."""
        if self.parser is None:
            return None
        delay = self.parser.crawl_delay(PRODUCT)
        return None if delay is None else min(float(delay), MAX_CRAWL_DELAY)


class RobotsMiddleware:
    """Holds every request until its origin's robots.txt was read, and refuses what that forbids."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._rules: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> RobotsMiddleware:
        """Make the middleware for `crawler`."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let the request pass, or raise RobotsRefused or NotSent."""
        session = self._crawler.spider.session
        refuse_unwanted(session, request)
        item = request.meta.get("item")
        if item is None:
            return  # robots.txt itself
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._fetch(origin, item.portal))
        # shielded: a request that is given up must not take the others' rules with it
        rules = await asyncio.shield(self._rules[origin])
        refuse_unwanted(session, request)
        rules.refuse(request.url)

    async def _fetch(self, origin: str, portal: str) -> Rules:
        request = Request(
            f"{origin}/robots.txt",
            callback=NO_CALLBACK,
            dont_filter=True,
            meta={"trail": [], "portal": portal},
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except Exception as error:
            if not self._crawler.spider.capture.record_failure(request, error):
                raise
            return Rules(closed=f"robots.txt could not be had: {error or type(error).__name__}")
        rules = rules_of(response)
        delay = rules.crawl_delay()
        if delay is not None:
            self._slow_down(urlsplit(origin).hostname or "", delay)
        return rules

    def _slow_down(self, host: str, delay: float) -> None:
        """Keep `delay` seconds between requests to `host`, in its slot and in those that replace it."""
        downloader = self._crawler.engine.downloader
        wanted = max(delay, self._crawler.settings.getfloat("DOWNLOAD_DELAY"))
        downloader.per_slot_settings[host] = {"delay": wanted, "concurrency": 1, "jitter": 0}
        slot = downloader.slots.get(host)
        if slot is not None:
            slot.delay = wanted


def rules_of(response: Response) -> Rules:
    """Return the rules that an answer to robots.txt makes (RFC 9309 2.3.1)."""
    if 200 <= response.status < 300:
        return Rules(parser=Protego.parse(response.body.decode("utf-8-sig", "ignore")))
    # 429 is the host asking for less, not the absence of rules
    if 400 <= response.status < 500 and response.status != 429:
        return Rules()
    return Rules(closed=f"robots.txt answered {response.status}: nothing may be fetched in this run")


def refuse_unwanted(session: Any, request: Request) -> None:
    """Raise NotSent where the request's host asked for it earlier in the run, or the crawl is stopping."""
    reason = session.reason_to_skip(request.url)
    if reason is not None:
        raise NotSent(reason)
    if session.stopping:
        raise NotSent("the crawl is stopping")


class PoliteHandler(HTTP11DownloadHandler):
    """Looks once more before sending: while a request waited its turn, its host may have spoken."""

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def download_request(self, request: Request) -> Response:
        """Send the request when its host has answered the one before; raise NotSent or GuardRefused.

        Without a delay the downloader of Scrapy 2.19 starts all that waits for a host at once: it counts what is
        being transferred only when the transfer's task runs, so CONCURRENT_REQUESTS_PER_DOMAIN is not kept.
        """
        session = self._crawler.spider.session
        async with self._turns[urlsplit(request.url).hostname or ""]:
            refuse_unwanted(session, request)
            session.guard.check_url(request.url)
            response = await super().download_request(request)
            # before the next one is sent, which may be sooner than the capture of this answer
            vendor = recognise_challenge(response.body, response.status, header_pairs(response))
            session.heed(request.url, "challenge" if vendor else None, vendor, response.status)
        return response


def header_pairs(response: Response) -> tuple[tuple[str, str], ...]:
    """Return the headers as (name, value) text, those of one name in the order received."""
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )
