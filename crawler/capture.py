"""Records every answer and every failure in the archive before anything else sees it.

Guarantees: each request that was sent, retries included, and each that was refused (robots.txt, guard) is
one capture; the body kept is the one that callbacks get: the middleware stands above
HttpCompressionMiddleware, so it is decoded from its content-encoding (the header is kept as sent in
`headers`, less what Scrapy drops: the order of different header names), and below RetryMiddleware, so that
a retry does not hide what it repeats. Hops of a redirect are followed below it and stand in `redirects`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Protocol

from scrapy import Request
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Response

from archive.captures import Capture, CaptureKind, Outcome
from archive.crawls.runs import FrontierItem
from archive.store import Archive
from crawler.frontier import told_of
from crawler.guard import Guard
from crawler.hosts import NotSent
from crawler.outcomes import outcome_of_error, outcome_of_status
from crawler.politeness import OF_SCRIPT, RobotsRefused, header_pairs, verdict_of

RENDERED = "rendered"
"""The flag of a response whose body is what a page's scripts made of it; its capture's context says so by this key."""


@dataclass(frozen=True, slots=True)
class Step:
    """One capture on the way of a request, and the exception that it records, if it does."""

    capture: Capture
    error: Exception | None


class _Recording(Protocol):
    """What the middlewares need of a session."""

    archive: Archive
    guard: Guard
    clock: Any

    def record(self, capture: Capture) -> None: ...


def trail(request: Request) -> list[Step]:
    """Return the steps of a request so far; retries and redirected hops share one list."""
    steps: list[Step] = request.meta["trail"]
    return steps


class CaptureMiddleware:
    """Turns answers and exceptions into captures."""

    def __init__(self, session: _Recording) -> None:
        self._session = session
        self.spider: Any = None

    @classmethod
    def from_crawler(cls, crawler: Any) -> CaptureMiddleware:
        """Take the session of the spider."""
        middleware = cls(crawler.spider.session)
        middleware.spider = crawler.spider
        return middleware

    def process_response(self, request: Request, response: Response) -> Response | Request:
        """Record an answer; one that broke off is asked for again, as RetryMiddleware does for other failures."""
        verdict, how = verdict_of(response, of_script=OF_SCRIPT in request.meta)
        broken = "dataloss" in response.flags
        self._record(
            request,
            outcome="truncated" if broken else outcome_of_status(response.status),
            status=response.status,
            headers=header_pairs(response),
            body=None if response.status == 304 else bytes(response.body),
            verdict=verdict,
            reason=how,
            rendered=RENDERED in response.flags,
        )
        if broken and self.spider is not None:
            return get_retry_request(request, spider=self.spider, reason="truncated") or response
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Record a failure; a request that was never to be sent (NotSent) is none."""
        self.record_failure(request, exception)

    def record_failure(self, request: Request, exception: Exception) -> bool:
        """Record a failure once; return whether it is one of a fetch, and not of our own code.

        Called again by errbacks, because Scrapy does not show us what its middlewares below raise on an
        answer: too many redirects, a body that does not decompress or gets too large in doing so.
        """
        if isinstance(exception, NotSent):
            return False
        if any(step.error is exception for step in trail(request)):
            return True
        known = (
            ("robots", exception.why.dump()) if isinstance(exception, RobotsRefused) else outcome_of_error(exception)
        )
        if known is None:
            return False
        outcome, reason = known
        refusal = self._session.guard.refusal_of(request.url) if outcome == "dns" else None
        if refusal is not None:
            outcome, reason = "guard", refusal.dump()
        self._record(request, error=exception, outcome=outcome, reason=reason)
        return True

    def _record(
        self,
        request: Request,
        *,
        outcome: Outcome,
        error: Exception | None = None,
        rendered: bool = False,
        **fields: Any,
    ) -> None:
        item: FrontierItem | None = request.meta.get("item")
        kind: CaptureKind = item.kind if item else "robots"
        capture = Capture(
            url=request.url,
            captured_at=self._session.clock.now(),
            kind=kind,
            outcome=outcome,
            redirects=tuple(request.meta.get("redirect_urls", ())),
            portal=item.portal if item else request.meta.get("portal"),
            context=(told_of(item) if item else {}) | ({"rendered": True} if rendered else {}),
            **fields,
        )
        self._session.record(capture)
        trail(request).append(Step(capture, error))


class ConditionalMiddleware:
    """Asks for a page that we have only if it has changed (RFC 9110 13.1).

    Scrapy's own cache would answer without asking where a page has an old Last-Modified and nothing else.
    """

    def __init__(self, session: _Recording) -> None:
        self._session = session

    @classmethod
    def from_crawler(cls, crawler: Any) -> ConditionalMiddleware:
        """Take the session of the spider."""
        return cls(crawler.spider.session)

    def process_request(self, request: Request) -> None:
        """Set the conditions for this hop's address, and drop those of the hop before."""
        for name in ("If-None-Match", "If-Modified-Since"):
            request.headers.pop(name, None)
        if request.method != "GET" or "item" not in request.meta:
            return
        last = self._session.archive.last_capture_of(request.url)
        if last is None or last["verdict"] == "challenge":
            return
        said = {name.lower(): value for name, value in json.loads(last["headers"])}
        if "etag" in said:
            request.headers["If-None-Match"] = said["etag"]
        if "last-modified" in said:
            request.headers["If-Modified-Since"] = said["last-modified"]
