"""The default sample world, served on the day that a test sets."""

from __future__ import annotations

import datetime
import http.client
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

import pytest

from crawler.samples import SampleServer, World


@dataclass
class Clock:
    """A clock that stands at noon of a simulated day."""

    world: World
    day: int = 1

    def __call__(self) -> datetime.datetime:
        return self.world.date_of(self.day)


@dataclass(frozen=True)
class Fetched:
    """An answer as it came over the wire."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(repr=False)


class Browser:
    """Fetches addresses under .test from the sockets that serve them."""

    def __init__(self, server: SampleServer, clock: Clock) -> None:
        self.server = server
        self.clock = clock

    def get(
        self, url: str, *, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(*self.server.authorities[f"{parts.hostname}:80"], timeout=10)
        try:
            sent = {"Host": parts.hostname or "", **(headers or {})}
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            if form is None:
                connection.request("GET", target, headers=sent)
            else:
                sent["Content-Type"] = "application/x-www-form-urlencoded"
                connection.request("POST", target, body=urlencode(form), headers=sent)
            response = connection.getresponse()
            return Fetched(response.status, response.read(), dict(response.headers))
        finally:
            connection.close()


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture
def browser(world: World) -> Iterator[Browser]:
    clock = Clock(world)
    with SampleServer(world, clock) as server:
        yield Browser(server, clock)
