"""What a run came to: its listings, its findings, whether it is complete.

Guarantees: a run ends only when nothing is pending but what was skipped for a recorded reason, so an interrupted
one stays open; a list that was not read to its end is kept as `partial` with the reason; a run is `complete` only
where every list was read whole and everything asked was answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from archive.clock import CHINA, parse_timestamp
from archive.crawls import ledger
from archive.crawls.reasons import Reason, finding
from archive.crawls.runs import FrontierItem
from archive.store import Archive
from crawler.declarations import Portal
from crawler.frontier import is_listed, listing_of
from crawler.run import CrawlSummary
from parsers.model import Finding
from parsers.normalize import plain
from parsers.titles import read_title

FIRST_YEAR = 2008
"""The Regulations came into force on 1 May 2008: there is no report on an earlier year."""


def close_run(
    archive: Archive,
    run_id: str,
    portals: Mapping[str, Portal],
    pending: Sequence[FrontierItem],
    skipped: Mapping[str, Reason],
    findings: Sequence[Finding],
    *,
    resumed: bool,
) -> CrawlSummary:
    """End the run if all that is `pending` was `skipped`, and sum it up; `findings` are those made on the way."""
    ended = len(skipped) == len(pending)
    if ended:
        for item in pending:
            if is_listed(item):
                archive.record_listing(listing_of(item, archive.clock.now(), "partial", skipped[item.key]), run_id)
        archive.runs.skip(run_id, skipped)
    states = ledger.column_states(archive, run_id)
    failures = ledger.failures(archive, run_id)
    found = dict.fromkeys(
        (
            *findings,
            *_skips(pending, skipped),
            *_lists(archive, run_id, states),
            *_odd_rows(archive, run_id, portals),
            *(finding("page_not_got", url=url, why=why) for url, why in failures),
        )
    )
    if not ended:
        found[finding("requests_left", count=len(pending) - len(skipped))] = None
    summary = CrawlSummary(
        run_id=run_id,
        resumed=resumed,
        ended=ended,
        captures=ledger.captures_by_outcome(archive, run_id),
        listings={state.url: state.completeness for state in states},
        findings=tuple(found),
        complete=ended and not pending and not failures and all(s.completeness == "complete" for s in states),
    )
    if ended:
        archive.runs.end(
            run_id,
            {
                "captures": summary.captures,
                "listings": summary.listings,
                "findings": [one.to_json() for one in summary.findings],
                "complete": summary.complete,
            },
        )
    return summary


def _skips(pending: Sequence[FrontierItem], skipped: Mapping[str, Reason]) -> Iterator[Finding]:
    counts = Counter((urlsplit(item.url).hostname or "", skipped[item.key]) for item in pending if item.key in skipped)
    for (host, why), count in counts.items():
        yield finding("requests_skipped", host=host, count=count, why=why)


def _lists(archive: Archive, run_id: str, states: Sequence[ledger.ColumnState]) -> Iterator[Finding]:
    """Yield what is wrong with the lists themselves: not whole, or shorter than they were."""
    for state in states:
        if state.reason is not None:
            yield finding(f"list_{state.completeness}", url=state.url, why=state.reason)
        before = ledger.state_before(archive, state, run_id)
        if before is None or state.completeness == "partial" or state.found_total >= before.found_total:
            continue
        on = parse_timestamp(before.listed_at).astimezone(CHINA).date().isoformat()
        code = "list_shrank" if state.found_total else "list_emptied"
        details: dict[str, str | int] = {"url": state.url, "before": before.found_total, "on": on}
        yield finding(code, **details, after=state.found_total)


def _odd_rows(archive: Archive, run_id: str, portals: Mapping[str, Portal]) -> Iterator[Finding]:
    """Yield rows that cannot belong to their list: a year that cannot be, another body than the column's."""
    units = {column.url: plain(column.unit) for portal in portals.values() for column in portal.columns}
    this_year = archive.clock.now().astimezone(CHINA).year
    for url, _, title in ledger.rows_listed(archive, run_id):
        named = read_title(title)
        if named is None:
            continue
        if named.year is not None and not FIRST_YEAR <= named.year <= this_year:
            yield finding("list_names_odd_year", url=url, year=named.year, title=title)
        unit = units.get(url)
        if unit and named.issuer and not (unit.endswith(named.issuer) or named.issuer.endswith(unit)):
            yield finding("list_names_other_unit", url=url, unit=unit, other=named.issuer, title=title)
