"""The crawl's process while it makes a look: a session without a frontier, and the spider that asks for one page
after the other. Imported there alone: it needs Scrapy.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence

from scrapy import Request

from archive.captures import Capture
from archive.crawls.runs import FrontierItem
from crawler.asked import forget
from crawler.families import Page
from crawler.guard import Guard, table_lookup
from crawler.probe import Probe, ProbeJob
from crawler.run import CrawlEvent
from crawler.session import Session
from crawler.spiders.portal import PortalSpider


class ProbeSession(Session):
    """A session of one look: a run of its own, nothing to resume, and the portal's whole domain admitted."""

    def __init__(self, job: ProbeJob, emit: Callable[[Sequence[CrawlEvent]], None]) -> None:
        super().__init__(job, emit)
        assert job.probe is not None
        self.probe: Probe = job.probe
        self.portal = job.portals[0]
        lookup = None if job.names is None else table_lookup(job.names)
        self.guard = Guard(self.portal.allowed_hosts, job.authorities, lookup, job.domains)

    def _start_run(self) -> None:
        self.run_id, _ = self.archive.runs.start("probe")

    def revisits(self, portal: str) -> list[FrontierItem]:
        """Return nothing: a look asks for what its probe wants alone."""
        return []

    def finish(self) -> object:  # type: ignore[override]
        """End the run and return what the probe came to."""
        self.flush()
        self.archive.runs.end(self.run_id, {"portal": self.portal.slug, "asked": self.portal.home})
        forget(self.job.archive, self.run_id)
        return self.probe.result()


class ProbeSpider(PortalSpider):
    """Asks for what the probe wants, one page at a time."""

    name = "probe"
    session: ProbeSession

    async def start(self) -> AsyncIterator[Request]:
        """Yield the first request."""
        yield self.request(self.session.probe.first())

    def handled(self, item: FrontierItem, capture: Capture, page: Page | None) -> Iterator[Request]:
        """Give the answer to the probe and ask for what it wants next."""
        following = self.session.probe.came(item, capture, page)
        if following is not None:
            yield self.request(following)
