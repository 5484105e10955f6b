"""Tells from what was seen of one address which versions its document has. Writes nothing.

Guarantees: bytes that change without text or figures changing make no version; nor does a challenge page, an error or an empty list;
a document is withdrawn when it was gone in two sightings a day apart, not sooner.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from archive.clock import parse_timestamp
from archive.histories.pairs import read_alike

WITHDRAWN_AFTER = timedelta(days=1) - timedelta(hours=1)
"""Two sightings "at least a day apart" (design 3.2); an hour less, for nightly runs that do not start on the second."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one capture or list says about one document: `good` with its readings, or gone, with the reason."""

    at: str
    capture_id: str
    body_sha256: str | None
    gone: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """A step in a document's history, as `version` keeps it; a `withdrawn` one has no body and no reading."""

    kind: str
    at: str
    capture_id: str
    body_sha256: str | None
    reading_id: str | None
    reason: str | None = None


def sequence_of(db: sqlite3.Connection, url: str) -> list[Version]:
    """Walk what was seen of one address in order of time, and say where a new version begins."""
    versions: list[Version] = []
    current: str | None = None  # the body whose reading is shown
    missing: Sighting | None = None
    withdrawn = False
    for sighting in _sightings(db, url):
        if sighting.gone is not None:
            if current is None or withdrawn:
                continue
            if missing is None:
                missing = sighting
            elif parse_timestamp(sighting.at) - parse_timestamp(missing.at) >= WITHDRAWN_AFTER:
                versions.append(
                    Version(
                        "withdrawn",
                        sighting.at,
                        sighting.capture_id,
                        None,
                        None,
                        f"{missing.gone}; {sighting.gone}",
                    )
                )
                withdrawn = True
            continue
        missing = None
        body = sighting.body_sha256
        assert body is not None
        readings = _readings(db, body, url)
        if current is None:
            versions.append(Version("first", sighting.at, sighting.capture_id, body, readings[0]["id"]))
            versions += _technical(sighting, body, readings)
        elif withdrawn or _differs(db, url, current, body):
            reason = "restored" if withdrawn else None
            versions.append(Version("content", sighting.at, sighting.capture_id, body, readings[0]["id"], reason))
            versions += _technical(sighting, body, readings)
        else:
            continue
        current, withdrawn = body, False
    return versions


def _technical(sighting: Sighting, body: str, readings: Sequence[sqlite3.Row]) -> Iterable[Version]:
    """Yield a version for each later parser that read the same body differently."""
    for older, newer in pairwise(readings):
        if (older["text_hash"], older["data_hash"]) != (newer["text_hash"], newer["data_hash"]):
            yield Version(
                "technical",
                sighting.at,
                sighting.capture_id,
                body,
                newer["id"],
                f"parser {older['parser_version']} -> {newer['parser_version']}",
            )


def _readings(db: sqlite3.Connection, body: str, url: str) -> list[sqlite3.Row]:
    return db.execute(
        "SELECT * FROM reading WHERE body_sha256 = ? AND url = ? AND verdict = 'report' ORDER BY parser_version",
        (body, url),
    ).fetchall()


def _differs(db: sqlite3.Connection, url: str, before: str, after: str) -> bool:
    """Tell whether two bodies differ in text or figures, as the newest parser that read both sees them."""
    if before == after:
        return False
    readings = read_alike(db, (before, url), (after, url))
    if readings is None:
        return True
    hashes = db.execute("SELECT DISTINCT text_hash, data_hash FROM reading WHERE id IN (?, ?)", readings)
    return len(hashes.fetchall()) > 1


def _sightings(db: sqlite3.Connection, url: str) -> list[Sighting]:
    """Return what captures and complete lists say of one address, oldest first."""
    out = []
    for row in db.execute(
        """SELECT c.*, (SELECT r.verdict FROM reading r WHERE r.body_sha256 = c.body_sha256 AND r.url = c.url
                        ORDER BY r.parser_version DESC LIMIT 1) AS read_verdict
           FROM capture c WHERE c.url = ? ORDER BY c.captured_at, c.id""",
        (url,),
    ):
        verdict = row["verdict"] or row["read_verdict"]
        if row["outcome"] in ("ok", "imported") and verdict == "report":
            out.append(Sighting(row["captured_at"], row["id"], row["body_sha256"]))
        elif row["outcome"] == "not_found":
            out.append(Sighting(row["captured_at"], row["id"], None, f"HTTP {row['status']}"))
        elif row["outcome"] == "ok" and verdict == "soft_404":
            out.append(Sighting(row["captured_at"], row["id"], None, "soft 404"))
    out += _list_sightings(db, url)
    return sorted(out, key=lambda s: s.at)


def _list_sightings(db: sqlite3.Connection, url: str) -> Iterable[Sighting]:
    """Yield a sighting for each list read as complete that no longer names an address it once named."""
    columns = db.execute(
        "SELECT DISTINCT l.portal, l.url FROM listing l JOIN listing_entry e ON e.listing_id = l.id WHERE e.url = ?",
        (url,),
    ).fetchall()
    for portal, column in columns:
        named = False
        for row in db.execute(
            """SELECT l.listed_at, l.completeness, EXISTS (SELECT 1 FROM listing_entry e WHERE e.listing_id = l.id AND e.url = ?) AS has,
                      (SELECT c.id FROM capture c WHERE c.url = l.url AND c.run_id = l.run_id ORDER BY c.captured_at DESC LIMIT 1) AS capture_id
               FROM listing l WHERE l.portal = ? AND l.url = ? ORDER BY l.listed_at""",
            (url, portal, column),
        ):
            if row["has"]:
                named = True
            elif named and row["completeness"] == "complete" and row["capture_id"]:
                yield Sighting(row["listed_at"], row["capture_id"], None, "gone from its list")
