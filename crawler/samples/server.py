"""A real HTTP server on loopback that plays the sample portals, the portal being chosen by the Host header.

Nothing but 127.0.0.1 is listened on. The clock is handed in, so that days pass when the caller says so.
Validators differ by family as they do in the field.
"""

from __future__ import annotations

import asyncio
import datetime
import email.utils
import hashlib
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final

from aiohttp import web

from crawler.samples.pages import Answer
from crawler.samples.portal import SamplePortal
from crawler.samples.troubles import TROUBLES, untrusted_certificate
from crawler.samples.world import World

_LOOPBACK: Final = "127.0.0.1"
_START_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class ServedRequest:
    """A request as it was answered; `at` is time.monotonic() when it came, `path` has the query."""

    at: float
    host: str
    method: str
    path: str
    status: int


class SampleServer:
    """Serves a world while its context is open; `authorities` says which socket stands for which authority
    of the URLs.

    `troubles` names what goes wrong (crawler.samples.troubles) by (host, path); hosts that are `down` refuse every
    connection; with `certified` all hosts also answer on port 443, with a certificate for these names that nobody
    signed.
    """

    def __init__(
        self,
        world: World,
        now: Callable[[], datetime.datetime],
        *,
        delay: float = 0.0,
        troubles: Mapping[tuple[str, str], str] | None = None,
        down: Collection[str] = (),
        certified: Sequence[str] = (),
    ) -> None:
        self.world = world
        self._troubles = dict(troubles or {})
        self._down = down
        self._certified = certified
        self._asked: Counter[tuple[str, str]] = Counter()
        self.log: list[ServedRequest] = []
        self._now = now
        self._delay = delay
        self._portals = {portal.host: portal for portal in world.portals}
        self._authorities: dict[str, tuple[str, int]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._stop: asyncio.Event | None = None
        self._failure: BaseException | None = None

    @property
    def authorities(self) -> Mapping[str, tuple[str, int]]:
        """The authority as it stands in URLs (host:port) and the socket that serves it; empty while the
        server is down.
        """
        return dict(self._authorities)

    def __enter__(self) -> SampleServer:
        self._ready.clear()
        self._failure = None
        self._thread = threading.Thread(target=self._run, name="sample-portals", daemon=True)
        self._thread.start()
        if not self._ready.wait(_START_SECONDS):
            raise TimeoutError("the sample portals did not start")
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        if self._thread is not None:
            self._thread.join()
        self._authorities.clear()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:  # no socket to be had: __enter__ raises it in the caller's thread
            self._failure = error
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._handle)
        # an endless answer must not hold up the end
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        # bound and not listened on: whoever connects is refused, and nobody else can take the port
        closed = socket.socket()
        closed.bind((_LOOPBACK, 0))
        try:
            await web.TCPSite(runner, _LOOPBACK, 0).start()
            if self._certified:
                await web.TCPSite(runner, _LOOPBACK, 0, ssl_context=untrusted_certificate(self._certified)).start()
            for port, address in zip(("80", "443"), runner.addresses, strict=False):
                self._authorities.update({f"{host}:{port}": (address[0], address[1]) for host in self._portals})
            self._authorities.update({f"{host}:80": (_LOOPBACK, closed.getsockname()[1]) for host in self._down})
            self._ready.set()
            await self._stop.wait()
        finally:
            closed.close()
            await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        arrived = time.monotonic()
        if self._delay:
            await asyncio.sleep(self._delay)
        host = request.host.partition(":")[0].lower()
        portal = self._portals.get(host)
        if portal is None:
            response: web.StreamResponse = web.Response(status=421)
        elif (host, request.path_qs) in self._troubles:
            response = await self._trouble(request, portal)
        else:
            response = await self._respond(request, portal)
        self.log.append(ServedRequest(arrived, host, request.method, request.path_qs, response.status))
        return response

    async def _trouble(self, request: web.Request, portal: SamplePortal) -> web.StreamResponse:
        address = (portal.host, request.path_qs)
        before = self._asked[address]
        self._asked[address] += 1
        stage = self.world.stage(self.world.day(self._now()))
        answer = portal.answer("GET", request.path_qs, {}, stage, headers={}, json=None)
        return await TROUBLES[self._troubles[address]](request, before, answer)

    async def _respond(self, request: web.Request, portal: SamplePortal) -> web.Response:
        fields = dict(request.query)
        method = "GET" if request.method == "HEAD" else request.method
        json = None
        if method == "POST" and request.content_type == "application/json":
            json = await request.json()
        elif method == "POST":
            fields |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
        stage = self.world.stage(self.world.day(self._now()))
        sent = {name.lower(): value for name, value in request.headers.items()}
        answer = portal.answer(method, request.path_qs, fields, stage, headers=sent, json=json)
        headers = dict(answer.headers) | _validators(portal, answer)
        if _unchanged(request, headers):
            return web.Response(status=304, headers=headers)
        return web.Response(
            body=answer.body, status=answer.status, headers={**headers, "Content-Type": answer.content_type}
        )


def _validators(portal: SamplePortal, answer: Answer) -> dict[str, str]:
    if answer.modified is None or answer.status != 200:
        return {}
    values = {
        "ETag": f'"{hashlib.sha256(answer.body).hexdigest()[:24]}"',
        "Last-Modified": email.utils.format_datetime(answer.modified.astimezone(datetime.UTC), usegmt=True),
    }
    return {name: values[name] for name in portal.plays.validators}


def _unchanged(request: web.Request, headers: Mapping[str, str]) -> bool:
    """Tell whether the validators that the request sends still hold; If-None-Match goes before
    If-Modified-Since (RFC 9110, 13.2.2).
    """
    known = request.headers.get("If-None-Match")
    if known is not None and "ETag" in headers:
        return headers["ETag"] in [tag.strip().removeprefix("W/") for tag in known.split(",")]
    since = request.headers.get("If-Modified-Since")
    if since is None or "Last-Modified" not in headers:
        return False
    try:
        return email.utils.parsedate_to_datetime(headers["Last-Modified"]) <= email.utils.parsedate_to_datetime(since)
    except ValueError:  # a date that is none is ignored (RFC 9110, 13.1.3)
        return False
