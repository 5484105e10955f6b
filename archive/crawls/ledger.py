"""What a run has come to so far, read from the archive, so that a resumed run knows it too. Never writes."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from archive.captures import Capture
from archive.clock import parse_timestamp
from archive.crawls.reasons import Reason, load_reason, reason_of_row
from archive.crawls.runs import FrontierItem
from archive.keys import dump_json
from archive.store import Archive


@dataclass(frozen=True, slots=True)
class ColumnState:
    """How far one report column was read, and how many rows it had."""

    portal: str
    url: str
    listed_at: str
    completeness: str
    reason: Reason | None
    declared_total: int | None
    found_total: int


def captures_by_outcome(archive: Archive, run_id: str) -> dict[str, int]:
    """Return how many captures of the run ended in each outcome."""
    rows = archive.db.execute(
        "SELECT outcome, count(*) FROM capture WHERE run_id = ? GROUP BY outcome ORDER BY outcome", (run_id,)
    )
    return dict(rows.fetchall())


def captures_by_verdict(archive: Archive, run_id: str) -> dict[str, int]:
    """Return how many captures of the run have each verdict: the reader's, where it has read the body.

    Lists, robots.txt and replays are no reader's matter and count as `index`, `robots` and `replay`; `unread` waits for the reader.
    """
    rows = archive.db.execute(
        """SELECT coalesce(c.verdict, CASE
                     WHEN c.outcome NOT IN ('ok', 'imported') THEN c.outcome
                     WHEN c.kind = 'list' THEN 'index' WHEN c.kind IN ('robots', 'replay') THEN c.kind END,
                     (SELECT r.verdict FROM reading r WHERE r.body_sha256 = c.body_sha256 AND r.url = c.url
                      ORDER BY r.parser_version DESC LIMIT 1), 'unread') AS v, count(*)
           FROM capture c WHERE c.run_id = ? GROUP BY v ORDER BY v""",
        (run_id,),
    )
    return dict(rows.fetchall())


def bytes_by_portal(archive: Archive, run_id: str) -> dict[str, tuple[int, int]]:
    """Return (requests sent, bytes of bodies received) of the run by portal."""
    rows = archive.db.execute(
        "SELECT portal, count(*), sum(coalesce(body_size, 0)) FROM capture"
        " WHERE run_id = ? AND portal IS NOT NULL AND outcome NOT IN ('robots', 'guard') GROUP BY portal",
        (run_id,),
    )
    return {portal: (count, size) for portal, count, size in rows}


def column_states(archive: Archive, run_id: str) -> list[ColumnState]:
    """Return the columns of the run read so far, in the order they were closed."""
    rows = archive.db.execute("SELECT * FROM listing WHERE run_id = ? ORDER BY rowid", (run_id,))
    return [column_state(row) for row in rows]


def state_before(archive: Archive, state: ColumnState, run_id: str) -> ColumnState | None:
    """Return the last reading of the same column by an earlier run that was not cut short, or None."""
    row = archive.db.execute(
        "SELECT * FROM listing WHERE portal = ? AND url = ? AND run_id != ? AND completeness != 'partial'"
        " AND listed_at <= ? ORDER BY listed_at DESC LIMIT 1",
        (state.portal, state.url, run_id, state.listed_at),
    ).fetchone()
    return None if row is None else column_state(row)


def last_state(archive: Archive, portal: str, url: str) -> ColumnState | None:
    """Return the last reading of a column, or None where it was never read."""
    row = archive.db.execute(
        "SELECT * FROM listing WHERE portal = ? AND url = ? ORDER BY listed_at DESC, rowid DESC LIMIT 1", (portal, url)
    ).fetchone()
    return None if row is None else column_state(row)


def rows_listed(archive: Archive, run_id: str) -> list[tuple[str, str, str]]:
    """Return (column, address, title) of every row that the lists of the run named."""
    rows = archive.db.execute(
        "SELECT l.url, e.url, e.title FROM listing l JOIN listing_entry e ON e.listing_id = l.id"
        " WHERE l.run_id = ? ORDER BY l.rowid, e.rowid",
        (run_id,),
    )
    return [tuple(row) for row in rows]


def column_state(row: sqlite3.Row) -> ColumnState:
    """Return a row of `listing` as a ColumnState."""
    return ColumnState(
        portal=row["portal"],
        url=row["url"],
        listed_at=row["listed_at"],
        completeness=row["completeness"],
        reason=None if row["reason"] is None else load_reason(row["reason"]),
        declared_total=row["declared_total"],
        found_total=row["found_total"],
    )


def progress(archive: Archive, run_id: str) -> tuple[int, int]:
    """Return (pending, done) of the run's frontier."""
    counts = dict(
        archive.db.execute("SELECT done, count(*) FROM frontier WHERE run_id = ? GROUP BY done", (run_id,)).fetchall()
    )
    return counts.get(0, 0), counts.get(1, 0)


def answer_of(archive: Archive, run_id: str, item: FrontierItem, context: dict[str, Any]) -> Capture | None:
    """Return the answer that the run already holds to a pending request, or None.

    A run killed between a capture and what followed from it has one; to ask again would be to ask twice. An answer
    that came by a redirect stands under its last address.
    """
    row = archive.db.execute(
        "SELECT * FROM capture WHERE run_id = ? AND kind = ? AND json_remove(context, '$.rendered') = ?"
        " AND (url = ? OR redirects <> '[]' AND json_extract(redirects, '$[0]') = ?)"
        " AND outcome IN ('ok', 'not_modified', 'not_found') ORDER BY rowid DESC LIMIT 1",
        (run_id, item.kind, dump_json(context), item.url, item.url),
    ).fetchone()
    if row is None:
        return None
    return Capture(
        url=row["url"],
        captured_at=parse_timestamp(row["captured_at"]),
        kind=row["kind"],
        outcome=row["outcome"],
        status=row["status"],
        headers=tuple((name, value) for name, value in json.loads(row["headers"])),
        redirects=tuple(json.loads(row["redirects"])),
        body=None if row["body_sha256"] is None else archive.get_body(row["body_sha256"]),
        verdict=row["verdict"],
        reason=row["reason"],
        portal=row["portal"],
        context=context,
    )


def failures(archive: Archive, run_id: str) -> list[tuple[str, Reason]]:
    """Return each address of the run whose last capture leaves its page unseen, with the reason."""
    rows = archive.db.execute(
        "SELECT * FROM capture WHERE run_id = ? AND kind != 'robots' ORDER BY rowid", (run_id,)
    ).fetchall()
    last: dict[tuple[str, ...], Reason | None] = {}
    for row in rows:
        # what was posted tells two requests to one address apart
        context = json.loads(row["context"])
        last[row["url"], dump_json(context.get("form")), dump_json(context.get("json"))] = reason_of_row(row)
    return [(url, why) for (url, *_), why in last.items() if why is not None]
