"""What is known of every page that was ever asked for: when, with what success, how often it changed. Never writes."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace
from typing import Any

from archive.crawls.reasons import Reason, load_reason, reason_of_row
from archive.crawls.runs import FrontierItem
from archive.store import Archive
from parsers.titles import read_title


@dataclass(frozen=True, slots=True)
class Visit:
    """One known page of a portal.

    `tried_at` is the time of its last capture, None where there is none; `failure` is why that showed nothing, if it
    did; `times_gone` counts the last captures in a row that found it gone; `changes` its versions after the first that
    somebody made; `report` is the key of the report that it carried, `verdict` what the reader said of its last body.
    """

    item: FrontierItem
    report_year: int | None
    tried_at: str | None = None
    failure: Reason | None = None
    times_gone: int = 0
    changes: int = 0
    report: str | None = None
    verdict: str | None = None


@dataclass(slots=True)
class _Seen:
    """What the captures of one asked address come to; `url` is where its last answer stood."""

    url: str
    tried_at: str = ""
    failure: Reason | None = None
    times_gone: int = 0
    verdict: str | None = None


def known_visits(archive: Archive, portal: str) -> list[Visit]:
    """Return the report pages and attachments of a portal that any run knew, in the order they were found."""
    db = archive.db
    seen = _seen(db, portal)
    documents = {
        row["url"]: (row["report_year"], row["changes"], row["report"])
        for row in db.execute(
            """SELECT d.url, p.id AS report, p.report_year,
                      (SELECT count(*) FROM version v WHERE v.document_id = d.id AND v.kind IN ('content', 'withdrawn')) AS changes
               FROM document d JOIN report p ON p.id = d.report_id WHERE d.portal = ?""",
            (portal,),
        )
    }
    visits = []
    for row in db.execute(
        "SELECT key, kind, portal, url, context, skipped, run.ended_at, max(frontier.rowid) FROM frontier"
        " JOIN run ON run.id = run_id WHERE portal = ? AND kind IN ('report', 'attachment')"
        " GROUP BY key ORDER BY min(frontier.rowid)",
        (portal,),
    ):
        item = FrontierItem(row["key"], row["kind"], row["portal"], row["url"], json.loads(row["context"]))
        past = seen.get(item.url)
        filed = documents.get(past.url if past else item.url)
        year, changes, report = filed or (listed_year(item.context), 0, None)
        visit = Visit(item, year, changes=changes, report=report)
        if past is not None:
            visit = replace(
                visit,
                tried_at=past.tried_at,
                failure=past.failure,
                times_gone=past.times_gone,
                verdict=past.verdict,
            )
        if row["skipped"]:
            visit = _skipped(visit, load_reason(row["skipped"]), row["ended_at"])
        visits.append(visit)
    return visits


def _skipped(visit: Visit, why: Reason, at: str) -> Visit:
    """Return a visit that its last run did not make: that its host was not to be asked counts as a try."""
    return replace(visit, failure=why) if why.ours else replace(visit, failure=why, tried_at=at)


def listed_year(context: dict[str, Any]) -> int | None:
    """Return the report year that a list gives for a page: by its title, else the year before its date; or None."""
    named = read_title(context.get("title") or "")
    if named is not None and named.year is not None:
        return named.year
    published = context.get("published")
    return int(published[:4]) - 1 if published else None


def _seen(db: sqlite3.Connection, portal: str) -> dict[str, _Seen]:
    """Return what was seen of each address asked; an answer after a redirect belongs to the address asked first."""
    seen: dict[str, _Seen] = {}
    for row in db.execute(
        """SELECT url, redirects, captured_at, outcome, verdict, status, reason,
                  (SELECT r.verdict FROM reading r WHERE r.body_sha256 = c.body_sha256 AND r.url = c.url
                   ORDER BY r.parser_version DESC LIMIT 1) AS read_verdict
           FROM capture c WHERE portal = ? AND kind IN ('report', 'attachment') ORDER BY captured_at, rowid""",
        (portal,),
    ):
        asked = json.loads(row["redirects"])[0] if row["redirects"] != "[]" else row["url"]
        one = seen.setdefault(asked, _Seen(row["url"]))
        one.url, one.tried_at = row["url"], row["captured_at"]
        one.failure = reason_of_row(row)
        one.verdict = row["read_verdict"] or one.verdict
        if one.failure is None:
            one.times_gone = one.times_gone + 1 if row["outcome"] == "not_found" else 0
    return seen
