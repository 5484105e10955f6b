"""The one spider over all families: it asks what is pending and follows what came.

Guarantees: a page's new requests and its own completion are one transaction; an exception in a callback
ends the crawl and is raised by whoever ran it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any

from scrapy import FormRequest, Request, Spider, signals
from scrapy.http import Response
from scrapy.settings import BaseSettings

from archive.captures import Capture, Listing
from archive.clock import SystemClock
from archive.crawls import ledger
from archive.crawls.reasons import finding, reason
from archive.crawls.runs import FrontierItem
from crawler.capture import CaptureMiddleware, trail
from crawler.declarations import load_portal
from crawler.families import FAMILIES, Page
from crawler.frontier import (
    attachment_item,
    close_list,
    is_listed,
    listing_of,
    page_of,
    read_list,
    referer_of,
    said_of,
    told_of,
)
from crawler.guard import GuardedResolver, GuardRefused
from crawler.hosts import NotSent
from crawler.pace import Paces
from crawler.registry import open_registry
from crawler.replays import has_replay
from crawler.run import Job
from crawler.session import Session
from parsers.errors import GongkaiError


class PortalSpider(Spider):
    """Crawls the portals of a session.

    `scrapy crawl portal -a portal=SLUG_OR_FILE -a archive=DIR -a contact=WHO` opens a session of its own.
    """

    name = "portal"

    def __init__(self, session: Session, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.session = session
        self.capture = CaptureMiddleware(session)
        self.paces: Paces
        self._lists_open: Counter[str] = Counter()
        self._revisited: set[str] = set()
        self._stopping: asyncio.Future[None] | None = None
        self._waiting: defaultdict[str, list[FrontierItem]] = defaultdict(list)

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> PortalSpider:
        """Make the spider, and put its guard between Twisted and the network."""
        from twisted.internet import reactor

        if "session" not in kwargs:
            try:
                kwargs["session"] = _session_of_arguments(crawler, **kwargs)
            except GongkaiError as error:
                # under `scrapy crawl` and scrapyd nobody but us would say it without a traceback
                sys.stderr.write(f"error: {error.en}\n错误：{error.zh}\n")
                raise SystemExit(error.exit_status) from None
        spider: PortalSpider = super().from_crawler(crawler, kwargs["session"])
        reactor.installNameResolver(GuardedResolver(spider.session.guard))
        spider.paces = Paces(crawler.settings)
        for portal in spider.session.portals.values():
            for host in portal.allowed_hosts if portal.delay else ():
                for port in (80, 443):
                    spider.paces.slow_down(f"{host}:{port}", portal.delay or 0)
        crawler.signals.connect(spider.failed_in_code, signals.spider_error)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Yield what is pending, lists first; what was answered before the crawl was cut off is only followed."""
        unasked, answered = [], []
        for item in self.session.pending():
            capture = ledger.answer_of(self.session.archive, self.session.run_id, item, told_of(item))
            if capture is None:
                unasked.append(item)
            else:
                answered.append((item, capture))
                self._lists_open[item.portal] += item.kind == "list"
        for request in self.requests(unasked):
            yield request
        for item, capture in answered:
            for request in self.handled(item, capture, self.page(item, capture)):
                yield request
        for portal in self.session.portals:
            for request in self.released(portal):
                yield request

    def requests(self, items: Iterable[FrontierItem]) -> Iterator[Request]:
        """Yield the requests for `items`; articles wait until their portal's lists are read.

        A list that is read in one go does not shift under us, and is known even where an article shuts the
        door.
        """
        portals = []
        for item in items:
            portals.append(item.portal)
            if item.kind == "list":
                self._lists_open[item.portal] += 1
                yield self.request(item)
            else:
                self._waiting[item.portal].append(item)
        for portal in dict.fromkeys(portals):
            yield from self.released(portal)

    def released(self, portal: str) -> Iterator[Request]:
        """Yield the requests that waited for the lists of `portal`, once these are read, and those of known pages."""
        if self._lists_open[portal] == 0:
            waiting = self._waiting.pop(portal, [])
            if portal not in self._revisited:
                self._revisited.add(portal)
                waiting += self.session.revisits(portal)
            for item in sorted(waiting, key=self.session.order):
                if self.session.admits(item):
                    yield self.request(item)

    def request(self, item: FrontierItem) -> Request:
        """Return the request for one item; with a form or a JSON text it is a POST."""
        headers = [(name, value) for name, value in item.context.get("headers", [])]
        referer = referer_of(item)
        if referer is not None and "Referer" not in dict(headers):
            headers.append(("Referer", referer))  # Scrapy would name whichever page released the request
        common: dict[str, Any] = {
            "callback": self.came,
            "errback": self.failed,
            # what was asked before is known to the frontier, which outlives the process
            "dont_filter": True,
            "meta": {"item": item, "trail": []},
        }
        json_text = item.context.get("json")
        if item.kind in self.session.portals[item.portal].rendered and not (json_text or item.context.get("form")):
            common["meta"]["render"] = True
        if json_text:
            headers.append(("Content-Type", "application/json"))
            return Request(item.url, method="POST", body=json_text, headers=headers, **common)
        form = [(name, value) for name, value in item.context.get("form", [])]
        if form:
            return FormRequest(item.url, formdata=form, headers=headers, **common)
        return Request(item.url, headers=headers, **common)

    def came(self, response: Response) -> Iterator[Request]:
        """Handle an answer, whatever its status."""
        item: FrontierItem = response.request.meta["item"]
        capture = trail(response.request)[-1].capture
        yield from self.handled(item, capture, self.page(item, capture))

    def failed(self, failure: Any) -> Iterator[Request]:
        """Handle a request that got no answer; an exception of our own code is raised again."""
        request: Request = failure.request
        item: FrontierItem = request.meta["item"]
        error = failure.value
        if isinstance(error, NotSent):
            self.session.skip(item, error.why)
            self.closed_list(item)
            yield from self.released(item.portal)
            return
        if not self.capture.record_failure(request, error):
            failure.raiseException()
        yield from self.handled(item, trail(request)[-1].capture, None)

    def handled(self, item: FrontierItem, capture: Capture, page: Page | None) -> Iterator[Request]:
        """Store what a page led to, tell the parent, and ask for what is new."""
        found: list[FrontierItem] = []
        listing: Listing | None = None
        family = FAMILIES[self.session.portals[item.portal].family]
        why = said_of(capture)
        if item.kind == "list":
            if page is None:
                failed = reason("list_page_failed", page=item.context["page"], why=why)
                reading = close_list(item, capture.captured_at, failed)
            else:
                reading = read_list(item, page, family, capture.captured_at)
            found, listing = self.admitted(reading.found), reading.listing
            refused = next((one for one in reading.found if one.kind == "list" and one not in found), None)
            if refused is not None:
                elsewhere = reason("list_page_elsewhere", page=refused.context["page"], url=refused.url)
                listing = listing_of(refused, capture.captured_at, "partial", elsewhere)
        elif item.kind == "report":
            if page is not None:
                found = self.admitted(attachment_item(item, url) for url in family.attachments(page))
            if is_listed(item):
                listing = listing_of(
                    item, capture.captured_at, *(("partial", why) if page is None else ("complete", None))
                )
        elif item.kind == "replay" and capture.outcome == "ok" and page is not None:
            self.session.take_replay(capture)
        added = self.session.done(item, found, listing)
        self.session.tell(capture)
        self.closed_list(item)
        yield from self.requests(added)
        yield from self.released(item.portal)

    def closed_list(self, item: FrontierItem) -> None:
        """Count a list page that is no longer waited for."""
        if item.kind == "list":
            self._lists_open[item.portal] -= 1

    def admitted(self, items: Iterable[FrontierItem]) -> list[FrontierItem]:
        """Return the items that the guard would let through; a link that leads elsewhere is a finding."""
        admitted = []
        for item in items:
            try:
                self.session.guard.check_url(item.url)
            except GuardRefused as refusal:
                self.session.find(finding("not_followed", url=item.url, why=refusal.why))
            else:
                if self.session.wants(item) and not has_replay(self.session.archive, item):
                    admitted.append(item)
        return admitted

    def page(self, item: FrontierItem, capture: Capture) -> Page | None:
        """Return the page that came; of an unchanged one the body that we have, for its links still count."""
        if capture.verdict is not None or capture.outcome not in ("ok", "not_modified"):
            return None
        body, headers = capture.body, capture.headers
        if capture.outcome == "not_modified":
            last = self.session.archive.last_capture_of(capture.url)
            if last is None:
                return None
            body, headers = self.session.archive.get_body(last["body_sha256"]), json.loads(last["headers"])
        content_type = next((value for name, value in headers if name.lower() == "content-type"), "")
        if item.kind == "list":
            return page_of(item, capture.url, body or b"", content_type)
        return Page(url=capture.url, body=body or b"", column=item.context["column"], content_type=content_type)

    def failed_in_code(self, failure: Any, response: Any, spider: Spider) -> None:
        """End the crawl over an exception in a callback, and keep it for whoever runs the crawl."""
        self.session.fail(failure.value)
        self.stop()

    def stop(self) -> None:
        """End the crawl when the requests under way have their answers; what waits for its turn is not sent.

        Scrapy itself would first send all that its downloader holds, each at its host's pace.
        """
        self.session.stopping = True
        self.paces.stop()
        downloader = self.crawler.engine.downloader
        for slot in downloader.slots.values():
            slot.delay = 0
            slot.close()
            downloader._process_queue(slot)
        if self._stopping is None:
            self._stopping = asyncio.ensure_future(self.crawler.stop_async())


def _session_of_arguments(crawler: Any, **arguments: str) -> Session:
    """Open the session that the arguments of `scrapy crawl` describe, closed when the spider is."""
    named = arguments.get("portal", "")
    portal = load_portal(Path(named)) if named.endswith(".toml") else open_registry().find(named)
    job = Job(
        archive=Path(arguments.get("archive", "data")),
        portals=(portal,),
        clock=SystemClock(),
        contact=arguments.get("contact"),
        sample=portal.sample,
    )
    session = Session(job, emit=lambda events: None)
    session.__enter__()

    def close(spider: Spider, reason: str) -> None:
        session.finish()
        session.__exit__(None, None, None)

    crawler.signals.connect(close, signals.spider_closed, weak=False)
    settings: BaseSettings = crawler.settings
    settings.setdict(session.settings(), priority="spider")
    return session
