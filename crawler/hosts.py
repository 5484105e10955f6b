"""The hosts of a run: which answer, which refuse us, which are down; and when each may be asked again.

Guarantees: a host is the authority `name:port`; one that showed a bot challenge, refused us, is down or asked us to
slow down gets no further request, queued ones included; a host that refused us is left alone for a growing time,
across runs (archive.crawls.rests); nothing is done to get round it.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from archive.captures import Outcome
from archive.clock import Clock, timestamp
from archive.crawls.reasons import Reason, reason
from archive.crawls.rests import Rest, authority_of, leave_alone, leave_alone_longer, rests
from archive.store import Archive

FAILURES = 6
"""Answers in a row that never came, or came as 5xx, after which a host counts as down. A page is tried three times."""

REFUSALS = 3
"""403s in a row after which a host counts as refusing us; a single page may be closed to everybody."""

SLOW_DOWNS = 3
"""429s in a row, each waited for as told, after which we come back another day."""

MAX_WAIT = 120.0
"""Longest Retry-After in seconds that is waited for; after a longer one the host is left alone until then."""

_DOWN = frozenset({"dns", "refused", "timeout", "tls"})


class NotSent(IgnoreRequest):
    """Raised for a request that is not sent and stays pending, with the reason; it is no failure of a fetch."""

    def __init__(self, why: Reason) -> None:
        super().__init__(why)
        self.why = why


class Hosts:
    """What a run knows of its hosts."""

    def __init__(self, archive: Archive, run_id: str, clock: Clock) -> None:
        self._archive = archive
        self._run_id = run_id
        self._clock = clock
        self._resting: dict[str, Reason] = {}
        self._failures: Counter[str] = Counter()
        self._refusals: Counter[str] = Counter()
        self._slow_downs: Counter[str] = Counter()
        for rest in rests(archive, run_id, clock.now()):
            self._rest(rest)

    def reason_to_skip(self, url: str) -> Reason | None:
        """Return why the host of `url` is left alone, or None where it may be asked."""
        return self._resting.get(authority_of(url))

    def failed(self, url: str, outcome: Outcome) -> None:
        """Count a request that got no answer."""
        if outcome in _DOWN:
            self._count_failure(authority_of(url), outcome)

    def unreachable(self, url: str, outcome: Outcome) -> bool:
        """Leave a host alone whose robots.txt could not be had; return whether it is down."""
        if outcome in _DOWN:
            self._leave_alone(authority_of(url), reason("host_down", kind=outcome))
        return outcome in _DOWN

    def answered(self, url: str, status: int, verdict: str | None, said: str | None, wait: float | None) -> None:
        """Take note of an answer; `wait` are the seconds of its Retry-After, if it has one."""
        host = authority_of(url)
        if verdict == "challenge":
            self._leave_alone_longer(host, reason("challenge", vendor=said or "?"))
        elif verdict == "blocked":
            self._count_refusal(host, status, said)
        elif status in (429, 503) and wait is not None and wait > MAX_WAIT:
            until = self._clock.now() + timedelta(seconds=wait)
            why = reason("slow_down_until", until=timestamp(until))
            self._rest(leave_alone(self._archive, self._run_id, host, why, self._clock.now(), until))
        elif status == 429:
            self._slow_downs[host] += 1
            if wait is None or self._slow_downs[host] >= SLOW_DOWNS:
                self._leave_alone(host, reason("slow_down", status=status))
        elif status >= 500:
            self._count_failure(host, f"http_{status}")
        else:
            for counter in (self._failures, self._refusals, self._slow_downs):
                del counter[host]

    def _count_failure(self, host: str, kind: str) -> None:
        self._failures[host] += 1
        if self._failures[host] >= FAILURES:
            self._leave_alone(host, reason("host_down", kind=kind))

    def _count_refusal(self, host: str, status: int, said: str | None) -> None:
        self._refusals[host] += 1
        if said == "geo":
            self._leave_alone_longer(host, reason("blocked_geo"))
        elif self._refusals[host] >= REFUSALS:
            self._leave_alone_longer(host, reason("blocked", status=status))

    def _leave_alone(self, host: str, why: Reason) -> None:
        if host not in self._resting:
            self._rest(leave_alone(self._archive, self._run_id, host, why, self._clock.now()))

    def _leave_alone_longer(self, host: str, why: Reason) -> None:
        if host not in self._resting:
            self._rest(leave_alone_longer(self._archive, self._run_id, host, why, self._clock.now()))

    def _rest(self, rest: Rest) -> None:
        why = rest.reason
        if rest.strikes and rest.until is not None:
            why = reason("left_alone", why=why, until=timestamp(rest.until))
        self._resting[rest.authority] = why


class HostsMiddleware:
    """Turns away what is not to be sent before a name is resolved for it, and queues the rest by host."""

    def __init__(self, session: Any) -> None:
        self._session = session

    @classmethod
    def from_crawler(cls, crawler: Any) -> HostsMiddleware:
        """Take the session of the spider."""
        return cls(crawler.spider.session)

    def process_request(self, request: Request) -> None:
        """Let the request pass, or raise NotSent."""
        self._session.refuse_unwanted(request)
        # set for each hop: a redirect would keep the queue of the host that it came from
        request.meta["download_slot"] = authority_of(request.url)
