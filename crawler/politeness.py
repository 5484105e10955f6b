"""robots.txt after RFC 9309, and requests that are sent at their host's pace and not a moment sooner.

Guarantees: nothing is asked of a host before its robots.txt was; an answer of 4xx means there are no rules,
5xx means everything is forbidden for the run, and a host whose robots.txt cannot be had at all is down (Scrapy's
own middleware fails open here); Crawl-delay is kept up to MAX_CRAWL_DELAY and Retry-After as crawler.hosts has it;
a request that waited its turn is looked at once more before it is sent.
"""

from __future__ import annotations

import asyncio
import email.utils
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.crawls.reasons import Reason, reason
from archive.crawls.rests import authority_of
from crawler.hosts import MAX_WAIT
from crawler.outcomes import outcome_of_error
from crawler.session import PRODUCT
from parsers.classify import recognise_block, recognise_challenge

MAX_CRAWL_DELAY = 60.0
"""Seconds; a longer Crawl-delay is cut to this.

The field is no part of RFC 9309, and some sites write milliseconds into it.
"""

OF_SCRIPT = "of_script"
"""Stands in the meta of a request that the script of a rendered page makes (crawler.rendering)."""


class RobotsRefused(IgnoreRequest):
    """Raised where robots.txt forbids a request, or could not be had."""

    def __init__(self, why: Reason) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Rules:
    """What an origin's robots.txt says to us: its rules, if any, or why the origin is `closed`."""

    parser: Protego | None = None
    closed: Reason | None = None

    def refuse(self, url: str) -> None:
        """Raise RobotsRefused where `url` is forbidden."""
        if self.closed is not None:
            raise RobotsRefused(self.closed)
        if self.parser is not None and not self.parser.can_fetch(url, PRODUCT):
            raise RobotsRefused(reason("robots_forbids"))

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
        item = request.meta.get("item")
        if item is None:
            return  # robots.txt itself
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._fetch(origin, item.portal))
        reading = self._rules[origin]
        # shielded: a request that is given up must not take the others' rules with it
        rules = reading.result() if reading.done() else await asyncio.shield(reading)
        self._crawler.spider.session.refuse_unwanted(request)
        rules.refuse(request.url)

    async def _fetch(self, origin: str, portal: str) -> Rules:
        request = Request(
            f"{origin}/robots.txt",
            callback=NO_CALLBACK,
            dont_filter=True,
            meta={"trail": [], "portal": portal},
        )
        spider = self._crawler.spider
        try:
            response = await self._crawler.engine.download_async(request)
        except Exception as error:
            if not spider.capture.record_failure(request, error):
                raise
            known = outcome_of_error(error)
            if known is not None and spider.session.hosts.unreachable(origin, known[0]):
                return Rules()  # nothing is sent there: the host is left alone
            return Rules(closed=reason("robots_unreachable", said=str(error) or type(error).__name__))
        rules = rules_of(response)
        delay = rules.crawl_delay()
        if delay is not None:
            spider.paces.slow_down(authority_of(origin), delay)
        return rules


def rules_of(response: Response) -> Rules:
    """Return the rules that an answer to robots.txt makes (RFC 9309 2.3.1); half a file may lack the half that forbids."""
    if "dataloss" in response.flags:
        return Rules(closed=reason("robots_unreachable", said="the answer broke off"))
    if 200 <= response.status < 300:
        return Rules(parser=Protego.parse(response.body.decode("utf-8-sig", "ignore")))
    # 429 is the host asking for less, not the absence of rules
    if 400 <= response.status < 500 and response.status != 429:
        return Rules()
    return Rules(closed=reason("robots_status", status=response.status))


class PoliteHandler(HTTP11DownloadHandler):
    """Sends each request at its turn, and looks once more before: its host may have spoken while it waited."""

    async def download_request(self, request: Request) -> Response:
        """Send the request when its host's pace lets it; raise NotSent or GuardRefused.

        Without a delay the downloader of Scrapy 2.19 starts all that waits for a host at once: it counts what is
        being transferred only when the transfer's task runs, so CONCURRENT_REQUESTS_PER_DOMAIN is not kept.
        """
        spider = self._crawler.spider
        session = spider.session
        host = authority_of(request.url)
        async with spider.paces.turn(host, session.guard.address_of(request.url) or host):
            session.refuse_unwanted(request)
            session.guard.check_url(request.url)
            item = request.meta.get("item")
            portal = request.meta["portal"] if item is None else item.portal
            session.allowance.asked(portal)
            if item is not None:
                session.asked.sending(item.key)
            try:
                response = await super().download_request(request)
            except Exception as error:
                known = outcome_of_error(error)
                if known is not None:
                    session.hosts.failed(request.url, known[0])
                raise
            # before the next one is sent, which may be sooner than the capture of this answer
            session.allowance.got(portal, len(response.body))
            wait = retry_after(response, session.clock.now())
            if wait is not None and response.status in (429, 503) and wait <= MAX_WAIT:
                spider.paces.hold(host, wait)
            session.hosts.answered(
                request.url, response.status, *verdict_of(response, of_script=OF_SCRIPT in request.meta), wait
            )
        return response


def verdict_of(response: Response, *, of_script: bool = False) -> tuple[str | None, str | None]:
    """Return (verdict, how we know) of an answer that a host gives to those whom it does not serve; else (None, None)."""
    body = b"" if response.status == 304 else response.body
    vendor = recognise_challenge(body, response.status, header_pairs(response))
    # a counter answers the script of a page with two digits
    if vendor is not None and not (of_script and vendor == "two_byte_body"):
        return "challenge", vendor
    block = recognise_block(body, response.status)
    return ("blocked", block) if block is not None else (None, None)


def retry_after(response: Response, now: datetime) -> float | None:
    """Return the seconds that an answer asks us to wait (RFC 9110 10.2.3), or None where it does not say."""
    said = response.headers.get("Retry-After", b"").decode("latin-1").strip()
    if said.isascii() and said.isdigit():
        return float(said)
    until = _http_date(said)
    if until is None:
        return None
    # by the host's own clock where it tells the time
    now = _http_date(response.headers.get("Date", b"").decode("latin-1")) or now
    return max(0.0, (until - now).total_seconds())


def _http_date(text: str) -> datetime | None:
    try:
        at = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def header_pairs(response: Response) -> tuple[tuple[str, str], ...]:
    """Return the headers as (name, value) text, those of one name in the order received."""
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )
