"""G1-G4: what became of a report after it was published, and whether its documents agree.

Guarantees: two bodies are compared as one and the same parser read them, so that what our parser changed is never theirs; a
difference that only an unsure reading shows is none, nor is one between cells that do not mean the same.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from archive.clock import CHINA, parse_timestamp
from archive.crosschecks.outcome import Outcome, Status
from archive.crosschecks.reports import Entry
from archive.crosschecks.rules import CrossRule
from archive.histories.diffs import compare_cells
from archive.histories.pairs import read_alike
from archive.reading.loading import load_reading

_SHOWN = 20
"""Cells shown as evidence; the number of all stands beside them."""


@dataclass(frozen=True, slots=True)
class _Document:
    """A document of a report with its bodies in the order they were seen, and whether it is gone."""

    id: str
    url: str
    bodies: tuple[tuple[str, str], ...]
    withdrawn: tuple[str, str] | None
    """When it was found gone for good, and the reason."""


def documents_of(db: sqlite3.Connection, entry: Entry) -> list[_Document]:
    """Return the documents of a report."""
    found = []
    for row in db.execute("SELECT id, url FROM document WHERE report_id = ? ORDER BY url", (entry.id,)).fetchall():
        versions = db.execute(
            """SELECT v.kind, v.captured_at, v.reason, c.body_sha256 FROM version v JOIN capture c ON c.id = v.capture_id
               WHERE v.document_id = ? ORDER BY v.sequence""",
            (row["id"],),
        ).fetchall()
        if not versions:
            continue
        bodies = tuple((v["body_sha256"], v["captured_at"]) for v in versions if v["kind"] in ("first", "content"))
        last = versions[-1]
        gone = (last["captured_at"], last["reason"] or "") if last["kind"] == "withdrawn" else None
        found.append(_Document(row["id"], row["url"], bodies, gone))
    return found


def _differences(db: sqlite3.Connection, before: str, after: str) -> tuple[list[dict[str, object]], bool]:
    """Return (the cells that differ for sure, whether there are others that an unsure or partial reading shows)."""
    (kinds,) = db.execute(
        "SELECT count(DISTINCT data_hash) FROM reading WHERE id IN (?, ?)", (before, after)
    ).fetchone()
    if kinds == 1:
        return [], False
    tables, cells = compare_cells(load_reading(db, before), load_reading(db, after))
    sure: list[dict[str, object]] = []
    unsure = any(table.status != "compared" for table in tables)
    for cell in cells:
        one, other = cell.before, cell.after
        if cell.is_sum or one is None or other is None or "undecidable" in (one.state, other.state):
            unsure = True
            continue
        sure.append(
            {
                "table": cell.table,
                "row": cell.row,
                "column": cell.column,
                "state": one.state,
                "value": one.value,
                "other_state": other.state,
                "other_value": other.value,
            }
        )
    return sure, unsure


def check_changed_figures(
    rule: CrossRule, entry: Entry, documents: Sequence[_Document], db: sqlite3.Connection
) -> Iterator[Outcome]:
    """G1: one outcome for a report whose pages changed; it fails where figures did."""
    changes = []
    compared = unsure = False
    total = 0
    for document in documents:
        for (before, _), (after, at) in pairwise(document.bodies):
            if before == after:
                continue
            compared = True
            readings = read_alike(db, (before, document.url), (after, document.url))
            cells, doubtful = _differences(db, *readings) if readings else ([], True)
            unsure = unsure or doubtful
            total += len(cells)
            if cells:
                changes.append(
                    {"url": document.url, "captured_at": at, "readings": list(readings or ()), "cells": cells[:_SHOWN]}
                )
    if not compared:
        return
    status: Status = "fail" if changes else "not_assessable" if unsure else "pass"
    yield Outcome(
        rule.id, entry, "figures", status, left=str(total), evidence={"versions": changes}, reason="not_read_alike"
    )


def check_withdrawn(
    rule: CrossRule, entry: Entry, documents: Sequence[_Document], db: sqlite3.Connection
) -> Iterator[Outcome]:
    """G2: a document gone, and no other that is still up with the same figures."""
    gone = [d for d in documents if d.withdrawn is not None]
    if not gone:
        return
    alive = {_figures(db, d) for d in documents if d.withdrawn is None}
    lost = [d for d in gone if _figures(db, d) not in alive]
    evidence = {
        "versions": [
            {"url": d.url, "captured_at": d.withdrawn[0], "reason": d.withdrawn[1]} for d in gone if d.withdrawn
        ],
        "still_up": [d.url for d in documents if d.withdrawn is None],
    }
    urls = " , ".join(d.url for d in lost)
    yield Outcome(rule.id, entry, "", "fail" if lost else "pass", left=urls or None, evidence=evidence)


def _figures(db: sqlite3.Connection, document: _Document) -> str | None:
    """Return the hash of a document's last figures, as the newest parser reads them."""
    row = db.execute(
        """SELECT data_hash FROM reading WHERE body_sha256 = ? AND url = ? AND verdict = 'report'
           ORDER BY parser_version DESC LIMIT 1""",
        (document.bodies[-1][0], document.url),
    ).fetchone()
    return None if row is None else row[0]


def check_date_moved(
    rule: CrossRule, entry: Entry, documents: Sequence[_Document], db: sqlite3.Connection
) -> Iterator[Outcome]:
    """G3: a document whose stated date of publication is another later, or is before a day on which it was not there."""
    compared = False
    for document in documents:
        stated = _dates(db, document.url)
        compared = compared or len({at for _, at in stated}) > 1
        for (before, _), (after, at) in pairwise(stated):
            if before != after:
                evidence = {"url": document.url, "dates": [list(pair) for pair in stated], "captured_at": at}
                yield Outcome(rule.id, entry, "", "fail", left=before, right=after, evidence=evidence)
                return
        absent = _absent_after(db, document, stated[0][0]) if stated else None
        if absent is not None:
            evidence = {"url": document.url, "dates": [list(pair) for pair in stated], "absent": absent}
            yield Outcome(
                rule.id, entry, "", "fail", left=stated[0][0], right=absent, evidence=evidence, message="absent"
            )
            return
    if compared:
        yield Outcome(rule.id, entry, "", "pass")


def _dates(db: sqlite3.Connection, url: str) -> list[tuple[str, str]]:
    """Return (stated date, time) of each capture of an address, as the newest parser that read the most of them reads it."""
    rows = db.execute(
        """SELECT r.parser_version, r.published, c.captured_at FROM capture c
           JOIN reading r ON r.body_sha256 = c.body_sha256 AND r.url = c.url
           WHERE c.url = ? AND r.verdict = 'report' AND c.outcome IN ('ok', 'imported') ORDER BY c.captured_at, c.id""",
        (url,),
    ).fetchall()
    by_parser: dict[int, list[tuple[str, str]]] = {}
    for version, published, at in rows:
        if published is not None:
            by_parser.setdefault(version, []).append((published, at))
    if not by_parser:
        return []
    return max(by_parser.items(), key=lambda item: (len(item[1]), item[0]))[1]


def _absent_after(db: sqlite3.Connection, document: _Document, stated: str) -> str | None:
    """Return a day after the stated date on which a list read whole did not name the page yet, or the page was not there."""
    first = document.bodies[0][1]
    day_after = date.fromisoformat(stated) + timedelta(days=1)
    lists = db.execute(
        """SELECT l.listed_at FROM listing l WHERE l.completeness = 'complete' AND l.listed_at < :first
           AND (l.portal, l.url) IN (SELECT k.portal, k.url FROM listing k JOIN listing_entry e ON e.listing_id = k.id
                                     WHERE e.url = :url)
           AND NOT EXISTS (SELECT 1 FROM listing k JOIN listing_entry e ON e.listing_id = k.id
                           WHERE e.url = :url AND k.portal = l.portal AND k.url = l.url AND k.listed_at <= l.listed_at)
           UNION SELECT captured_at FROM capture WHERE url = :url AND outcome = 'not_found' AND captured_at < :first
           ORDER BY 1""",
        {"first": first, "url": document.url},
    )
    days = [parse_timestamp(row[0]).astimezone(CHINA).date() for row in lists]
    return next((day.isoformat() for day in days if day >= day_after), None)


def check_copies(
    rule: CrossRule, entry: Entry, documents: Sequence[_Document], db: sqlite3.Connection
) -> Iterator[Outcome]:
    """G4: the documents that are still up, each against the next: a report may stand at hundreds of addresses."""
    alive = [d for d in documents if d.withdrawn is None]
    if len(alive) < 2:
        return
    found: dict[tuple[object, ...], Mapping[str, object]] = {}
    unsure = False
    for one, two in pairwise(alive):
        readings = read_alike(db, (one.bodies[-1][0], one.url), (two.bodies[-1][0], two.url))
        cells, doubtful = _differences(db, *readings) if readings else ([], True)
        unsure = unsure or doubtful
        for cell in cells:
            key = (cell["table"], cell["row"], cell["column"])
            found.setdefault(key, {"urls": [one.url, two.url], "readings": list(readings or ()), **cell})
    status: Status = "fail" if found else "not_assessable" if unsure else "pass"
    yield Outcome(
        rule.id, entry, "", status, left=str(len(found)),
        evidence={"documents": [d.url for d in alive], "cells": list(found.values())[:_SHOWN]}, reason="not_read_alike",
    )  # fmt: skip
