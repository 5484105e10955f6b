"""When the next request may be sent: to a host, and to an address that hosts share.

Guarantees: between the starts of two requests to a host lie at least its delay and the time that it asked for, and no
more than its concurrency are under way; the same, with limits of its own, for all hosts on one address together.
Scrapy's downloader keeps a delay as well, but counts it from when a request leaves its queue, not from when it is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from scrapy.settings import BaseSettings


@dataclass(slots=True)
class Pace:
    """The pace of one host or address: seconds between two starts, and the requests under way."""

    delay: float
    concurrency: int
    earliest: float = 0.0
    turns: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.turns = asyncio.Semaphore(self.concurrency)

    def began(self, at: float) -> None:
        """Take note of a request that is sent now."""
        self.earliest = max(self.earliest, at + self.delay)


class Paces:
    """The paces of a crawl; `stop` ends all waiting."""

    def __init__(self, settings: BaseSettings) -> None:
        self._delay = settings.getfloat("DOWNLOAD_DELAY")
        self._concurrency = settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._address_delay = min(settings.getfloat("ADDRESS_DELAY"), self._delay)
        self._address_concurrency = settings.getint("ADDRESS_CONCURRENCY")
        self._hosts: dict[str, Pace] = {}
        self._addresses: dict[str, Pace] = {}
        self._stopped = asyncio.Event()

    def host(self, authority: str) -> Pace:
        """Return the pace of a host."""
        return self._hosts.setdefault(authority, Pace(self._delay, self._concurrency))

    def address(self, address: str) -> Pace:
        """Return the pace that all hosts on one address share."""
        return self._addresses.setdefault(address, Pace(self._address_delay, self._address_concurrency))

    def slow_down(self, authority: str, delay: float) -> None:
        """Keep at least `delay` seconds between two requests to a host, from its last one on."""
        pace = self.host(authority)
        more = max(0.0, delay - pace.delay)
        pace.delay += more
        pace.earliest += more

    def hold(self, authority: str, seconds: float) -> None:
        """Send nothing to a host for so many seconds."""
        pace = self.host(authority)
        pace.earliest = max(pace.earliest, asyncio.get_running_loop().time() + seconds)

    @asynccontextmanager
    async def turn(self, authority: str, address: str) -> AsyncIterator[None]:
        """Wait for the turn of a request; what is inside is the request."""
        host, shared = self.host(authority), self.address(address)
        # the host first: a slow one must not hold a place that others on its address could take
        async with host.turns:
            await self._wait(host)
            async with shared.turns:
                await self._wait(shared)
                now = asyncio.get_running_loop().time()
                host.began(now)
                shared.began(now)
                yield

    async def _wait(self, pace: Pace) -> None:
        clock = asyncio.get_running_loop().time
        # looked at again after each wait: another host on the address may have gone first
        while (wait := pace.earliest - clock()) > 0 and not self._stopped.is_set():
            try:
                async with asyncio.timeout(wait):
                    await self._stopped.wait()
            except TimeoutError:
                continue

    def stop(self) -> None:
        """Let all that waits go on: it will not be sent."""
        self._stopped.set()
