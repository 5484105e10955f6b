"""How much a run may ask for, and when: budgets of requests and bytes, and the hours of a portal.

Guarantees: a request over a budget or outside its portal's hours is not sent; what a run that was cut off had
spent counts when it is taken up again; bytes are those of whole answers, so the last ones may exceed their budget.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from archive.clock import CHINA, Clock
from archive.crawls.reasons import Reason, reason
from crawler.declarations import Portal


@dataclass(frozen=True, slots=True)
class Budget:
    """The most requests and bytes; None for no limit."""

    pages: int | None = None
    bytes: int | None = None

    def reason_to_stop(self, pages: int, size: int) -> Reason | None:
        """Return why nothing more may be asked after so many requests and bytes, or None."""
        if self.pages is not None and pages >= self.pages:
            return reason("budget_pages", pages=self.pages)
        if self.bytes is not None and size >= self.bytes:
            return reason("budget_bytes", bytes=self.bytes)
        return None


class Allowance:
    """What is left of the budgets of a run and of its portals."""

    def __init__(
        self, portals: Mapping[str, Portal], run: Budget, clock: Clock, spent: Mapping[str, tuple[int, int]]
    ) -> None:
        self._portals = portals
        self._run = run
        self._clock = clock
        self._pages = Counter({slug: pages for slug, (pages, _) in spent.items()})
        self._bytes = Counter({slug: size for slug, (_, size) in spent.items()})

    def asked(self, slug: str) -> None:
        """Count a request that is sent now for a portal."""
        self._pages[slug] += 1

    def got(self, slug: str, size: int) -> None:
        """Count the bytes of an answer."""
        self._bytes[slug] += size

    def reason_to_skip(self, slug: str) -> Reason | None:
        """Return why nothing more may be asked for a portal now, or None."""
        portal = self._portals[slug]
        own = Budget(portal.max_pages, portal.max_bytes)
        if portal.window is not None and not portal.window.holds(self._clock.now().astimezone(CHINA).time()):
            return reason("window", window=str(portal.window))
        return self._run.reason_to_stop(self._pages.total(), self._bytes.total()) or own.reason_to_stop(
            self._pages[slug], self._bytes[slug]
        )
