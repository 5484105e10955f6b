"""One run of the crawl: its archive, what is pending, whom to leave alone, what it came to.

Guarantees: the archive is locked as long as the session is open; a run that was cut off is taken up again
where one of its pending requests belongs to a portal crawled now; a run ends only when nothing is pending
but what was skipped for a recorded reason, so an interrupted one stays open. What comes of the crawl is written
from another thread, in the order in which it came (archive.crawls.recorder); a killed run holds all but the last moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, closing
from types import TracebackType

from scrapy import Request

from archive.captures import Capture, Listing
from archive.crawls import ledger
from archive.crawls.reasons import Reason, finding, reason
from archive.crawls.recorder import Recorder
from archive.crawls.runs import FrontierItem
from archive.store import Archive
from crawler.allowance import Allowance
from crawler.asked import Asked, forget
from crawler.browser import browser_settings
from crawler.closing import close_run
from crawler.families import FAMILIES
from crawler.frontier import column_item, document_item
from crawler.guard import Guard, table_lookup
from crawler.hosts import Hosts, NotSent
from crawler.plan import plan_crawl
from crawler.replays import original_of
from crawler.run import CrawlEvent, CrawlSummary, Job, check_job
from parsers.model import Finding

PRODUCT = "gongkai-archive"
"""The product token by which robots.txt may name us (RFC 9309 2.2.1)."""


class Session:
    """An open run; use it as a context manager."""

    def __init__(self, job: Job, emit: Callable[[Sequence[CrawlEvent]], None]) -> None:
        check_job(job)
        self.job = job
        self.clock = job.clock
        self.portals = {portal.slug: portal for portal in job.portals}
        hosts = frozenset[str]().union(*(portal.allowed_hosts for portal in job.portals))
        lookup = None if job.names is None else table_lookup(job.names)
        self.guard = Guard(hosts, job.authorities, lookup)
        self.resumed = False
        self.stopping = False
        self.run_id = ""
        self._emit = emit
        self._errors: list[BaseException] = []
        self.findings: list[Finding] = []
        self.skipped: dict[str, Reason] = {}
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
            self._known = self.archive.runs.keys(self.run_id)
            self._pending, self._done = ledger.progress(self.archive, self.run_id)
            self.asked = opening.enter_context(closing(Asked(self.job.archive, self.run_id)))
            self._recorder = opening.enter_context(Recorder(self.job.archive, self.clock, self._emit))
            self.hosts = Hosts(self.archive, self.run_id, self.clock)
            spent = ledger.bytes_by_portal(self.archive, self.run_id)
            self.allowance = Allowance(self.portals, self.job.budget, self.clock, spent)
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Unlock and close the archive; the run stays as it is."""
        self._open.__exit__(kind, error, trace)

    def _start_run(self) -> None:
        self.run_id, self.resumed = self.archive.runs.start("crawl")
        if self.resumed and not any(item.portal in self.portals for item in self.archive.runs.pending(self.run_id)):
            # the run that was cut off is about other portals: it is closed with what it has
            self.findings.extend(self._close().findings)
            self.run_id, self.resumed = self.archive.runs.start("crawl")
        self.plan = plan_crawl(self.archive, self.job.portals, self.clock, due=self.job.due, since=self.job.since)
        columns = [
            (column_item if FAMILIES[one.portal.family].listed else document_item)(one.portal, column)
            for one in self.plan.portals.values()
            for column in one.columns
        ]
        self.archive.runs.add(self.run_id, columns)

    def settings(self) -> dict[str, object]:
        """Return the settings that belong to this session alone."""
        contact = (self.job.contact or "sample data, loopback only").strip()
        own: dict[str, object] = {"USER_AGENT": f"{PRODUCT}/0.1 (+{contact})"}
        if self.job.delay is not None:
            own["DOWNLOAD_DELAY"] = self.job.delay
        if any(portal.rendered for portal in self.job.portals):
            own |= browser_settings()
        return own | dict(self.job.settings)

    # -- what the spider asks ------------------------------------------------------------------------------

    def pending(self) -> list[FrontierItem]:
        """Return what is to be fetched now, lists first."""
        mine = [item for item in self.archive.runs.pending(self.run_id) if item.portal in self.portals]
        return sorted(mine, key=lambda item: (item.kind != "list", self.asked.times(item.key)))

    def admits(self, item: FrontierItem) -> bool:
        """Tell whether the limit of report pages leaves room for this request; counts it."""
        if item.kind != "report" or self.job.limit is None:
            return True
        self._reports_asked += 1
        return self._reports_asked <= self.job.limit

    def wants(self, item: FrontierItem) -> bool:
        """Tell whether a page that was found is to be asked for in this run."""
        return self.plan.wants(item)

    def revisits(self, portal: str) -> list[FrontierItem]:
        """Put the known pages of a portal on the frontier, once its lists are read; return those not named there."""
        added = self._unknown(visit.item for visit in self.plan.portals[portal].visits.values())
        self._recorder.write(lambda archive: archive.runs.add(self.run_id, added))
        return added

    def _unknown(self, items: Iterable[FrontierItem]) -> list[FrontierItem]:
        """Return the items that the run does not know yet, each once, and count them."""
        added = []
        for item in items:
            if item.key not in self._known:
                self._known.add(item.key)
                added.append(item)
        self._pending += len(added)
        return added

    def order(self, item: FrontierItem) -> tuple[int, str]:
        """Return what pages are sorted by: those that a kill left under way go last, those not had longest first."""
        visit = self.plan.portals[item.portal].visits.get(item.key)
        return self.asked.times(item.key), visit.tried_at or "" if visit else ""

    def refuse_unwanted(self, request: Request) -> None:
        """Raise NotSent for a request that may not be sent now."""
        item: FrontierItem | None = request.meta.get("item")
        why = self.hosts.reason_to_skip(request.url)
        # robots.txt is read for all portals of a host: it is counted for one and refused for none
        if why is None and item is not None:
            why = self.allowance.reason_to_skip(item.portal)
        if why is None and self.stopping:
            why = reason("stopping")
        if why is not None:
            raise NotSent(why)

    # -- what the spider tells -----------------------------------------------------------------------------

    def record(self, capture: Capture) -> None:
        """Keep a capture, and leave its host alone where it asks for that."""
        self._recorder.capture(capture, self.run_id)
        if capture.verdict == "challenge" or capture.reason == "geo":
            # seen under its content-encoding only now
            self.hosts.answered(capture.url, capture.status or 0, capture.verdict, capture.reason, None)
        if capture.kind == "robots":
            self.tell(capture)

    def take_replay(self, capture: Capture) -> None:
        """Keep what an archive's replay is evidence of, or say why it is evidence of nothing."""
        original = original_of(capture)
        if isinstance(original, Reason):
            self.find(finding("replay_not_taken", url=capture.url, why=original))
        else:
            self._recorder.capture(original)  # no request of this run

    def done(self, item: FrontierItem, found: list[FrontierItem], listing: Listing | None) -> list[FrontierItem]:
        """Mark `item` as handled, with what was found on it and the list it closed; return the new items."""
        added = self._unknown(found)
        self._pending -= 1
        self._done += 1

        def write(archive: Archive) -> None:
            archive.runs.add(self.run_id, added)
            if listing is not None:
                archive.record_listing(listing, self.run_id)

        self._recorder.done(self.run_id, item.key, write if added or listing is not None else None)
        return added

    def flush(self) -> None:
        """Wait until all that was told is on disk."""
        self._recorder.flush()

    def tell(self, capture: Capture) -> None:
        """Report one request that came to its end, once that is on disk."""
        event = CrawlEvent(
            capture.portal or "",
            capture.kind,
            capture.outcome,
            capture.verdict,
            capture.url,
            self._pending,
            self._done,
        )
        self._recorder.event(event)

    def skip(self, item: FrontierItem, why: Reason) -> None:
        """Keep why a request was not sent in this run; one that the end of the crawl cut off stays to be made."""
        if why.code != "stopping":
            self.skipped[item.key] = why

    def find(self, finding: Finding) -> None:
        """Keep what a person should know; the same said twice is kept once."""
        if finding not in self.findings:
            self.findings.append(finding)

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
        self.flush()
        return self._close()

    def _close(self) -> CrawlSummary:
        pending = self.archive.runs.pending(self.run_id)
        skipped = {item.key: why for item in pending if (why := self._why_skipped(item)) is not None}
        summary = close_run(
            self.archive, self.run_id, self.portals, pending, skipped, self.findings, resumed=self.resumed
        )
        if summary.ended:
            forget(self.job.archive, self.run_id)
        return summary

    def _why_skipped(self, item: FrontierItem) -> Reason | None:
        if item.portal not in self.portals:
            return reason("portal_not_crawled", portal=item.portal)
        return self.skipped.get(item.key) or self.hosts.reason_to_skip(item.url)
