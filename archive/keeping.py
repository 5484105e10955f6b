"""Copies and unions of whole archives: `backup` while a crawl runs, `merge` of archives made on several machines.

Guarantees: a copy is one moment of the archive, and every body that its captures name is in it; a union holds every capture,
body, list and reading of both, each once, and is the same whatever was merged first and however often.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from archive.store import Archive
from archive.versions import derive_versions
from parsers import PARSER_VERSION
from parsers.errors import UsageError

_COPY = "INSERT OR IGNORE INTO main.{0} SELECT * FROM other.{0}"
_EVIDENCE = {
    # a run that has not ended is taken up by its own archive alone: here it ended with its last capture
    "run": """INSERT INTO main.run SELECT id, verb, started_at,
        coalesce(ended_at, (SELECT max(captured_at) FROM other.capture c WHERE c.run_id = r.id), started_at), summary
        FROM other.run r WHERE true ON CONFLICT (id) DO UPDATE
        SET ended_at = excluded.ended_at, summary = excluded.summary WHERE excluded.ended_at > ended_at""",
    "host_rest": _COPY.format("host_rest"),
    "listing": """INSERT INTO main.listing SELECT * FROM other.listing WHERE true ON CONFLICT (id) DO UPDATE
        SET listed_at = excluded.listed_at, completeness = excluded.completeness, reason = excluded.reason,
        declared_total = excluded.declared_total, found_total = excluded.found_total
        WHERE excluded.listed_at > listed_at""",
    "correction": _COPY.format("correction"),
    "listing_entry": _COPY.format("listing_entry"),
    # one capture that two runs hold (both imported it) is of the smaller run, whichever was there first
    "capture": """INSERT INTO main.capture SELECT * FROM other.capture WHERE true ON CONFLICT (id) DO UPDATE
        SET run_id = min(run_id, excluded.run_id), context = min(context, excluded.context),
        headers = min(headers, excluded.headers), redirects = min(redirects, excluded.redirects),
        portal = min(portal, excluded.portal)""",
    "unit_decision": _COPY.format("unit_decision"),
}
"""Tables of evidence and decisions, in the order of their references, and how two rows of one key become one."""
_READ = ("reading", "section", "cell", "check_result", "finding")


def backup(archive: Archive, folder: Path, progress: Callable[[int, int], None] | None = None) -> Path:
    """Copy both files into the new folder `folder`; raises UsageError where something is there already.

    `progress` is called with (pages copied, pages) of each file.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty: name a new folder", f"{folder} 不是空目录：请另指定一个")
    folder.mkdir(parents=True, exist_ok=True)
    # bodies last: they are committed before the captures that name them, so all of these are there by then
    for name in ("archive.db", "bodies.db"):
        part = folder / f"{name}.part"
        with closing(sqlite3.connect(archive.path / name)) as source, closing(sqlite3.connect(part)) as target:
            source.backup(
                target, pages=-1, progress=progress and (lambda _, left, total: progress(total - left, total))
            )
            target.execute("PRAGMA journal_mode = DELETE")  # one file, whole without a -wal beside it
        part.rename(folder / name)
    return folder


def merge(archive: Archive, others: Sequence[Path]) -> dict[str, int]:
    """Take over what the archives at `others` hold; return the number of rows that were new, by table.

    A run that has not ended stays with the archive that began it. Raises UsageError for what is no archive, for the archive
    itself, and where sample data would meet real reports.
    """
    added: dict[str, int] = {}
    for path in others:
        if path.resolve() == archive.path.resolve():
            raise UsageError(f"{path} is the archive itself: name another", f"{path} 就是本档案库：请指定另一个")
        with Archive.open(path, archive.clock, sample=archive.is_sample) as other, other.lock():
            for table, rows in (*_merge_bodies(archive, other), *_merge_rows(archive, other)):
                added[table] = added.get(table, 0) + rows
    derive_versions(archive, PARSER_VERSION)
    return added


def _merge_bodies(archive: Archive, other: Archive) -> list[tuple[str, int]]:
    db = archive.bodies
    before = db.total_changes
    db.execute("ATTACH ? AS other", (_read_only(other.path / "bodies.db"),))
    try:
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT OR IGNORE INTO main.body SELECT * FROM other.body")
        db.execute("COMMIT")
    finally:
        db.execute("DETACH other")
    return [("body", db.total_changes - before)]


def _merge_rows(archive: Archive, other: Archive) -> list[tuple[str, int]]:
    db = archive.db
    out = []
    db.execute("ATTACH ? AS other", (_read_only(other.path / "archive.db"),))
    try:
        with archive.transaction():
            for table, statement in (*_EVIDENCE.items(), *((t, _COPY.format(t)) for t in _READ)):
                before = _count(db, table)
                db.execute(statement)
                out.append((table, _count(db, table) - before))
            db.execute(
                """INSERT OR IGNORE INTO stale_document
                SELECT url FROM other.capture WHERE kind NOT IN ('list', 'robots', 'replay')
                UNION SELECT url FROM other.reading UNION SELECT url FROM other.listing_entry"""
            )
            if dict(out)["unit_decision"]:  # what people said of units may concern any document
                db.execute("INSERT OR IGNORE INTO stale_document SELECT url FROM main.filing")
    finally:
        db.execute("DETACH other")
    return out


def _count(db: sqlite3.Connection, table: str) -> int:
    (count,) = db.execute(f"SELECT count(*) FROM main.{table}").fetchone()  # noqa: S608
    return int(count)


def _read_only(path: Path) -> str:
    return f"{path.resolve().as_uri()}?mode=ro"
