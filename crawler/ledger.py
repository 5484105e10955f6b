"""What a run has come to so far, read from the archive, so that a resumed run knows it too. Never writes."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from archive.clock import parse_timestamp
from archive.store import Archive, Capture, FrontierItem, dump_json

_ANSWERED = frozenset({"ok", "not_modified", "not_found"})
"""Outcomes that say what the portal has to say; all others leave a page unseen."""


def captures_by_outcome(archive: Archive, run_id: str) -> dict[str, int]:
    """Return how many captures of the run ended in each outcome."""
    rows = archive.db.execute(
        "SELECT outcome, count(*) FROM capture WHERE run_id = ? GROUP BY outcome ORDER BY outcome", (run_id,)
    )
    return dict(rows.fetchall())


def listings(archive: Archive, run_id: str) -> dict[str, tuple[str, str | None]]:
    """Return completeness and reason by column address, for the columns of the run read so far."""
    rows = archive.db.execute(
        "SELECT url, completeness, reason FROM listing WHERE run_id = ? ORDER BY rowid", (run_id,)
    )
    return {url: (completeness, reason) for url, completeness, reason in rows}


def progress(archive: Archive, run_id: str) -> tuple[int, int]:
    """Return (pending, done) of the run's frontier."""
    counts = dict(
        archive.db.execute("SELECT done, count(*) FROM frontier WHERE run_id = ? GROUP BY done", (run_id,)).fetchall()
    )
    return counts.get(0, 0), counts.get(1, 0)


def answer_of(archive: Archive, run_id: str, item: FrontierItem, context: dict[str, Any]) -> Capture | None:
    """Return the answer that the run already holds to a pending request, or None.

    A run killed between a capture and what followed from it has one; to ask again would be to ask twice.
    """
    row = archive.db.execute(
        "SELECT * FROM capture WHERE run_id = ? AND url = ? AND kind = ? AND context = ?"
        " AND outcome IN ('ok', 'not_modified', 'not_found') ORDER BY rowid DESC LIMIT 1",
        (run_id, item.url, item.kind, dump_json(context)),
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


def failures(archive: Archive, run_id: str) -> list[str]:
    """Return a sentence for each address of the run whose last capture leaves its page unseen."""
    last: dict[tuple[str, str], tuple[str, int | None, str | None, str | None]] = {}
    # what was posted tells two requests to one address apart
    for url, posted, outcome, status, verdict, reason in archive.db.execute(
        "SELECT url, ifnull(context ->> 'form', '') || ifnull(context ->> 'json', ''), outcome, status, verdict, reason"
        " FROM capture WHERE run_id = ? AND kind != 'robots' ORDER BY rowid",
        (run_id,),
    ):
        last[url, posted] = (outcome, status, verdict, reason)
    found = []
    for (url, _), (outcome, status, verdict, reason) in last.items():
        if verdict == "challenge":
            found.append(f"{url}: {reason} bot challenge; the host was left alone")
        elif outcome not in _ANSWERED:
            detail = reason or (f"status {status}" if status else "")
            found.append(f"{url}: {outcome}{': ' if detail else ''}{detail}")
    return found


def hosts_to_leave_alone(archive: Archive, run_id: str) -> dict[str, str]:
    """Return the hosts that asked, earlier in the run, to be left alone, with the reason."""
    hosts: dict[str, str] = {}
    for url, verdict, reason, status in archive.db.execute(
        "SELECT url, verdict, reason, status FROM capture WHERE run_id = ? ORDER BY rowid", (run_id,)
    ):
        why = reason_to_leave_alone(verdict, reason, status)
        if why is not None:
            hosts.setdefault(urlsplit(url).hostname or "", why)
    return hosts


def reason_to_leave_alone(verdict: str | None, reason: str | None, status: int | None) -> str | None:
    """Return why a host that answered so is asked nothing more in the run, or None.

    A challenge is never worked around (design 3.4); 429 says that we ask too much (RFC 6585 section 4).
    """
    if verdict == "challenge":
        return f"bot challenge ({reason})"
    if status == 429:
        return "the host asked us to slow down (429)"
    return None
