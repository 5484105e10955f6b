"""Which hosts are left alone, since when, until when and why; kept from one run to the next.

Guarantees: a rest is written before the next request could be sent, so a run that is killed and taken up again
leaves the same hosts alone; rests are added and never changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from archive.clock import parse_timestamp, timestamp
from archive.crawls.reasons import Reason, load_reason
from archive.store import Archive

REST_HOURS = (1, 6, 24, 168)
"""Hours that a host which refuses us is left alone, the first time, the second and so on; the last from then on."""

FORGOTTEN = timedelta(days=30)
"""A host that did not refuse us for so long after a rest begins at the first step again."""


_PORTS = {"http": 80, "https": 443}


def authority_of(url: str) -> str:
    """Return the host of `url` as `name:port`."""
    parts = urlsplit(url)
    return f"{parts.hostname or ''}:{parts.port or _PORTS.get(parts.scheme, 0)}"


@dataclass(frozen=True, slots=True)
class Rest:
    """A host (`name:port`) that is left alone; `until` is None where that is for the run alone."""

    authority: str
    began_at: datetime
    until: datetime | None
    reason: Reason
    strikes: int


def rests(archive: Archive, run_id: str, now: datetime) -> list[Rest]:
    """Return the rests that hold now: those that have not ended, and those of the run itself."""
    rows = archive.db.execute(
        "SELECT * FROM host_rest WHERE until > ? OR until IS NULL AND run_id = ? ORDER BY began_at",
        (timestamp(now), run_id),
    )
    return [
        Rest(
            row["authority"],
            parse_timestamp(row["began_at"]),
            None if row["until"] is None else parse_timestamp(row["until"]),
            load_reason(row["reason"]),
            row["strikes"],
        )
        for row in rows
    ]


def leave_alone(
    archive: Archive, run_id: str, authority: str, why: Reason, now: datetime, until: datetime | None = None
) -> Rest:
    """Leave a host alone for the run, or until a time that it named."""
    return _keep(archive, run_id, Rest(authority, now, until, why, 0))


def leave_alone_longer(archive: Archive, run_id: str, authority: str, why: Reason, now: datetime) -> Rest:
    """Leave a host alone for longer than the last time (REST_HOURS)."""
    row = archive.db.execute(
        "SELECT strikes, until FROM host_rest WHERE authority = ? AND strikes > 0 ORDER BY began_at DESC LIMIT 1",
        (authority,),
    ).fetchone()
    strikes = 1
    if row is not None and parse_timestamp(row["until"]) + FORGOTTEN > now:
        strikes = row["strikes"] + 1
    hours = REST_HOURS[min(strikes, len(REST_HOURS)) - 1]
    return _keep(archive, run_id, Rest(authority, now, now + timedelta(hours=hours), why, strikes))


def _keep(archive: Archive, run_id: str, rest: Rest) -> Rest:
    with archive.transaction():
        archive.db.execute(
            "INSERT OR IGNORE INTO host_rest VALUES (?, ?, ?, ?, ?, ?)",
            (
                rest.authority,
                timestamp(rest.began_at),
                None if rest.until is None else timestamp(rest.until),
                run_id,
                rest.reason.dump(),
                rest.strikes,
            ),
        )
    return rest
