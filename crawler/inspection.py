"""Holds a declaration against the portal itself: `gongkai portal check --live`.

Guarantees: one list page with rows (and what leads to it) and one report are asked for, no more; `fits` is said only where the list reads by
the declared family, names annual reports, and the page of one of them was read as a report; what could not
be had is `unreached`, never `differs`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from archive.captures import Capture
from archive.clock import CHINA
from archive.crawls.runs import FrontierItem
from archive.reading.workers import read_limited
from archive.store import Archive
from crawler.declarations import Column, Portal
from crawler.families import FAMILIES, Page, detect
from crawler.families.listing import REPORT_TITLE
from crawler.frontier import article_item, column_item, document_item, said_of
from crawler.probe import Note, Source, look, page_with_rows
from parsers.errors import UsageError

Outcome = Literal["fits", "differs", "unreached"]

_LIST_PAGES = 3
"""Requests that a list may need before it shows a row: the page, where its data is, the data."""

_CARRIES = frozenset({"report", "attachment"})
"""Verdicts of a page that carries a report, in itself or as a file."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a live check came to; `rows` and `reports` count the list page's rows, `verdict` is the report page's."""

    slug: str
    at: datetime
    outcome: Outcome
    notes: tuple[Note, ...]
    rows: int = 0
    reports: int = 0
    report_url: str | None = None
    verdict: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What the look brought: counts of the list page, the report page that was asked, and what was wrong."""

    rows: int
    reports: int
    report: Capture | None
    wrong: tuple[Note, ...]
    unreached: tuple[Note, ...]


class Inspector:
    """Asks for a column's list, up to the first page that has rows, and for the newest report that it names."""

    def __init__(self, portal: Portal, column: Column) -> None:
        self._portal = portal
        self._column = column
        self._family = FAMILIES[portal.family]
        self._rows = self._reports = 0
        self._report: Capture | None = None
        self._wrong: list[Note] = []
        self._unreached: list[Note] = []

    def first(self) -> FrontierItem:
        """Return the request for the column's list, or for the one document that it is."""
        return (column_item if self._family.listed else document_item)(self._portal, self._column)

    def came(self, item: FrontierItem, capture: Capture, page: Page | None) -> FrontierItem | None:
        """Read the list and ask for one report; keep the report."""
        if page is None:
            said = said_of(capture)
            # gone is an answer too: the declaration names an address that is not there any more
            notes = self._wrong if capture.outcome == "not_found" else self._unreached
            notes.append(Note(f"{item.url}: {said}", f"{item.url}：{said.text('zh')}"))
            return None
        if item.kind == "report":
            self._report = capture
            return None
        return self._read_list(item, page, capture.captured_at)

    def result(self) -> Seen:
        """Return what was seen."""
        return Seen(self._rows, self._reports, self._report, tuple(self._wrong), tuple(self._unreached))

    def _read_list(self, item: FrontierItem, page: Page, now: datetime) -> FrontierItem | None:
        shown = detect(page) if item.url == self._column.url else None
        if shown not in (None, "generic", self._portal.family):
            self._differ(
                f"the page shows family {shown}, declared is {self._portal.family}",
                f"页面属于家族 {shown}，声明的是 {self._portal.family}",
            )
        filled_by = page_with_rows(item, page, self._portal.family, now)
        if filled_by is not None and len(item.context["asked"]) < _LIST_PAGES:
            return filled_by
        entries = self._family.read_list(page).entries
        # a sitemap names addresses without titles
        reports = [entry for entry in entries if not entry.title or REPORT_TITLE.search(entry.title)]
        self._rows, self._reports = len(entries), len(reports)
        if not reports:
            self._differ(f"of {len(entries)} rows none names an annual report", f"{len(entries)} 行中没有年度报告")
            return None
        return article_item(item, max(reports, key=lambda entry: entry.published or ""))

    def _differ(self, en: str, zh: str) -> None:
        self._wrong.append(Note(en, zh))


def inspect(source: Source, portal: Portal) -> Inspection:
    """Hold the portal's first column that still holds against the portal; raises UsageError where it has none."""
    now = source.clock.now()
    columns = portal.columns_on(now.astimezone(CHINA).date())
    if not columns:
        raise UsageError(
            f"portal {portal.slug}: no report column is known; find it with `gongkai portal detect {portal.home}`",
            f"门户 {portal.slug}：尚不知年报栏目；可用 `gongkai portal detect {portal.home}` 查找",
        )
    seen = look(source, portal, Inspector(portal, columns[0]))
    assert isinstance(seen, Seen)
    wrong = list(seen.wrong)
    verdict = None if seen.report is None else _verdict(source, seen.report)
    if seen.report is not None and verdict not in _CARRIES:
        wrong.append(
            Note(
                f"{seen.report.url}: was read as {verdict}, not as a report",
                f"{seen.report.url}：判读为 {verdict}，不是报告",
            )
        )
    outcome: Outcome = "differs" if wrong else "unreached" if seen.unreached else "fits"
    return Inspection(
        slug=portal.slug,
        at=now,
        outcome=outcome,
        notes=(*wrong, *seen.unreached),
        rows=seen.rows,
        reports=seen.reports,
        report_url=seen.report.url if seen.report else None,
        verdict=verdict,
    )


def _verdict(source: Source, capture: Capture) -> str:
    """Return what the report page is, read in a process of its own; of an unchanged page the body that we have."""
    body = capture.body
    if body is None:
        with Archive.open(source.archive, source.clock) as archive:
            last = archive.last_capture_of(capture.url)
            body = archive.get_body(last["body_sha256"]) if last else b""
    return read_limited(body).verdict
