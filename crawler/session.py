"""One run of the crawl: its archive, what is pending, whom to leave alone, what it came to.

Guarantees: the archive is locked as long as the session is open; a run that was cut off is taken up again
where one of its pending requests belongs to a portal crawled now; a run ends only when nothing is pending
but what was skipped for a recorded reason, so an interrupted one stays open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from urllib.parse import urlsplit

from archive.clock import CHINA
from archive.store import Archive, Capture, FrontierItem, Listing
from crawler import ledger
from crawler.families import FAMILIES
from crawler.frontier import column_item, document_item, is_listed, listing_of
from crawler.guard import Guard, table_lookup
from crawler.run import CrawlEvent, CrawlSummary, Job, check_job

PRODUCT = "gongkai-archive"
"""The product token by which robots.txt may name us (RFC 9309 2.2.1)."""


class Session:
    """An open run; use it as a context manager."""

    def __init__(self, job: Job, emit: Callable[[CrawlEvent], None]) -> None:
        check_job(job)
        self.job = job
        self.clock = job.clock
        self.portals = {portal.slug: portal for portal in job.portals}
        hosts = frozenset[str]().union(*(portal.allowed_hosts for portal in job.portals))
        lookup = None if job.names is None else table_lookup(job.names)
        self.guard = Guard(hosts, job.authorities, lookup)
        self.left_alone: dict[str, str] = {}
        self.resumed = False
        self.stopping = False
        self.run_id = ""
        self._emit = emit
        self._errors: list[BaseException] = []
        self._findings: list[str] = []
        self._reports_asked = 0
        self._open = ExitStack()

    def __enter__(self) -> Session:
        """Open and lock the archive, start or resume the run, and put the columns on its frontier."""
        with ExitStack() as opening:
            self.archive = opening.enter_context(
                Archive.open(self.job.archive, self.clock, create=True, sample=self.job.sample)
            )
            opening.enter_context(self.archive.lock())
            self._start_run()
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Unlock and close the archive; the run stays as it is."""
        self._open.close()

    def _start_run(self) -> None:
        self.run_id, self.resumed = self.archive.start_run("crawl")
        if self.resumed and not any(item.portal in self.portals for item in self.archive.frontier_pending(self.run_id)):
            # the run that was cut off is about other portals: it is closed with what it has
            self.finish()
            self.run_id, self.resumed = self.archive.start_run("crawl")
        today = self.clock.now().astimezone(CHINA).date()
        columns = [
            (column_item if FAMILIES[portal.family].listed else document_item)(portal, column)
            for portal in self.job.portals
            for column in portal.columns_on(today)
        ]
        self.archive.frontier_add(self.run_id, columns)
        self.left_alone.update(ledger.hosts_to_leave_alone(self.archive, self.run_id))

    def settings(self) -> dict[str, object]:
        """Return the settings that belong to this session alone."""
        contact = (self.job.contact or "sample data, loopback only").strip()
        own: dict[str, object] = {"USER_AGENT": f"{PRODUCT}/0.1 (+{contact})"}
        if self.job.delay is not None:
            own["DOWNLOAD_DELAY"] = self.job.delay
        return own | dict(self.job.settings)

    # -- what the spider asks ------------------------------------------------------------------------------

    def pending(self) -> list[FrontierItem]:
        """Return what is to be fetched now, lists first."""
        mine = [item for item in self.archive.frontier_pending(self.run_id) if item.portal in self.portals]
        return sorted(mine, key=lambda item: item.kind != "list")

    def admits(self, item: FrontierItem) -> bool:
        """Tell whether the limit of report pages leaves room for this request; counts it."""
        if item.kind != "report" or self.job.limit is None:
            return True
        self._reports_asked += 1
        return self._reports_asked <= self.job.limit

    def reason_to_skip(self, url: str) -> str | None:
        """Return why the host of `url` is left alone for the rest of the run, or None."""
        return self.left_alone.get(urlsplit(url).hostname or "")

    def heed(self, url: str, verdict: str | None, reason: str | None, status: int | None) -> None:
        """Leave the host of `url` alone for the rest of the run where its answer asks for that."""
        why = ledger.reason_to_leave_alone(verdict, reason, status)
        if why is not None:
            self.left_alone.setdefault(urlsplit(url).hostname or "", why)

    # -- what the spider tells -----------------------------------------------------------------------------

    def record(self, capture: Capture) -> None:
        """Keep a capture, and leave its host alone where it asks for that."""
        self.archive.record_capture(capture, self.run_id)
        self.heed(capture.url, capture.verdict, capture.reason, capture.status)
        if capture.kind == "robots":
            self.tell(capture)

    def done(self, item: FrontierItem, found: list[FrontierItem], listing: Listing | None) -> list[FrontierItem]:
        """Mark `item` as handled, with what was found on it and the list it closed; return the new items."""
        with self.archive.transaction():
            added = self.archive.frontier_done(self.run_id, item.key, found)
            if listing is not None:
                self.archive.record_listing(listing, self.run_id)
        return added

    def tell(self, capture: Capture) -> None:
        """Report one request that came to its end."""
        pending, done = ledger.progress(self.archive, self.run_id)
        self._emit(
            CrawlEvent(
                capture.portal or "",
                capture.kind,
                capture.outcome,
                capture.verdict,
                capture.url,
                pending,
                done,
            )
        )

    def find(self, finding: str) -> None:
        """Keep what a person should know; the same said twice is kept once."""
        if finding not in self._findings:
            self._findings.append(finding)

    def fail(self, error: BaseException) -> None:
        """Keep an error that must end the crawl."""
        self._errors.append(error)

    def raise_first_error(self) -> None:
        """Raise the first error that a callback or a component met."""
        if self._errors:
            raise self._errors[0]

    # -- the end -------------------------------------------------------------------------------------------

    def finish(self) -> CrawlSummary:
        """End the run if nothing is left to do in it, and sum it up."""
        pending = self.archive.frontier_pending(self.run_id)
        skipped = {item.key: reason for item in pending if (reason := self._why_skipped(item)) is not None}
        ended = len(skipped) == len(pending)
        if ended:
            for item in pending:
                if is_listed(item):
                    listing = listing_of(item, self.clock.now(), "partial", skipped[item.key])
                    self.archive.record_listing(listing, self.run_id)
        listings = ledger.listings(self.archive, self.run_id)
        failures = ledger.failures(self.archive, self.run_id)
        skips = Counter((urlsplit(item.url).hostname, skipped[item.key]) for item in pending if item.key in skipped)
        for finding in (
            *(f"{host}: {count} requests skipped: {reason}" for (host, reason), count in skips.items()),
            *(f"{url}: list is {kind}: {reason}" for url, (kind, reason) in listings.items() if kind != "complete"),
            *failures,
        ):
            self.find(finding)
        if not ended:
            self.find(f"{len(pending) - len(skipped)} requests are still to be made: crawl again to go on")
        lists_complete = all(kind == "complete" for kind, _ in listings.values())
        summary = CrawlSummary(
            run_id=self.run_id,
            resumed=self.resumed,
            captures=ledger.captures_by_outcome(self.archive, self.run_id),
            listings={url: kind for url, (kind, _) in listings.items()},
            findings=tuple(self._findings),
            complete=ended and not pending and lists_complete and not failures,
        )
        if ended:
            self.archive.end_run(
                self.run_id,
                {
                    "captures": summary.captures,
                    "listings": summary.listings,
                    "findings": list(summary.findings),
                    "complete": summary.complete,
                },
            )
        return summary

    def _why_skipped(self, item: FrontierItem) -> str | None:
        if item.portal not in self.portals:
            return f"portal {item.portal} was not crawled this time"
        return self.reason_to_skip(item.url)
