"""Records every answer and every failure in the archive before anything else sees it.

Guarantees: each request that was sent, retries included, and each that was refused (robots.txt, guard) is
one capture; the body kept is the one that callbacks get: the middleware stands above
HttpCompressionMiddleware, so it is decoded from its content-encoding (the header is kept as sent in
`headers`, less what Scrapy drops: the order of different header names), and below RetryMiddleware, so that
a retry does not hide what it repeats. Hops of a redirect are followed below it and stand in `redirects`.
"""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass
from typing import Any, Protocol

from OpenSSL.SSL import Error as TLSError
from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from twisted.internet.error import ConnectError, ConnectionClosed, TCPTimedOutError
from twisted.internet.error import TimeoutError as TransportTimeoutError
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed
from twisted.web.http import PotentialDataLoss, _DataLoss

from archive.store import Archive, Capture, CaptureKind, FrontierItem, Outcome
from crawler.frontier import told_of
from crawler.guard import Guard, GuardRefused
from crawler.politeness import NotSent, RobotsRefused, header_pairs
from parsers.classify import recognise_challenge


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

    @classmethod
    def from_crawler(cls, crawler: Any) -> CaptureMiddleware:
        """Take the session of the spider."""
        return cls(crawler.spider.session)

    def process_response(self, request: Request, response: Response) -> Response:
        """Record an answer."""
        headers = header_pairs(response)
        body = None if response.status == 304 else bytes(response.body)
        vendor = recognise_challenge(body or b"", response.status, headers)
        self._record(
            request,
            outcome=_outcome_of_status(response.status),
            status=response.status,
            headers=headers,
            body=body,
            verdict="challenge" if vendor else None,
            reason=vendor,
        )
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
        known = _outcome_of_error(exception)
        if known is None:
            return False
        outcome, reason = known
        refusal = self._session.guard.refusal_of(request.url) if outcome == "dns" else None
        if refusal is not None:
            outcome, reason = "guard", refusal
        self._record(request, error=exception, outcome=outcome, reason=reason)
        return True

    def _record(self, request: Request, *, outcome: Outcome, error: Exception | None = None, **fields: Any) -> None:
        item: FrontierItem | None = request.meta.get("item")
        kind: CaptureKind = item.kind if item else "robots"
        capture = Capture(
            url=request.url,
            captured_at=self._session.clock.now(),
            kind=kind,
            outcome=outcome,
            redirects=tuple(request.meta.get("redirect_urls", ())),
            portal=item.portal if item else request.meta.get("portal"),
            context=told_of(item) if item else {},
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


def _outcome_of_status(status: int) -> Outcome:
    if 200 <= status < 300:
        return "ok"
    if status == 304:
        return "not_modified"
    if status in (404, 410):
        return "not_found"
    return "http_error"


def _outcome_of_error(error: Exception) -> tuple[Outcome, str] | None:
    """Return outcome and reason of a failed fetch, or None for an exception that is no fetch's."""
    text = str(error) or type(error).__name__
    match error:
        case GuardRefused() | UnsupportedURLSchemeError():
            return "guard", text
        case RobotsRefused():
            return "robots", text
        case CannotResolveHostError():
            return "dns", text
        case DownloadTimeoutError() | TransportTimeoutError() | TCPTimedOutError():
            return "timeout", text
        case DownloadConnectionRefusedError() | ConnectError():
            return "refused", text
        case DownloadCancelledError():
            return "too_large", text
        case ResponseDataLossError() | EOFError() | zlib.error() | gzip.BadGzipFile():
            return "truncated", text
        case DownloadFailedError():
            return _outcome_of_transport(error.__cause__, text)
        case TLSError():
            return "tls", text
        case IgnoreRequest():
            # Scrapy's own: "max redirections reached", or a body over DOWNLOAD_MAXSIZE when decompressed
            return ("too_large" if "DOWNLOAD_MAXSIZE" in text else "http_error"), text
        case ConnectionClosed():
            return "refused", "the server closed the connection without an answer"
    return None


def _outcome_of_transport(cause: BaseException | None, text: str) -> tuple[Outcome, str]:
    """Tell why Twisted lost an answer: TLS, a cut in the middle, or no answer at all."""
    reasons = [reason.value for reason in cause.reasons] if isinstance(cause, ResponseFailed) else []
    reasons = [inner.value if isinstance(inner, Failure) else inner for inner in reasons]
    for reason in reasons:
        if isinstance(reason, TLSError):
            return "tls", str(reason) or text
    if any(isinstance(reason, _DataLoss | PotentialDataLoss) for reason in reasons):
        return "truncated", text
    return "refused", "the server closed the connection without an answer"
