"""Copies and unions of whole archives: `backup` while a crawl runs, `merge` of archives made on several machines.

Guarantees: a copy is one moment of the archive, and every body that its captures name is in it; a union holds every capture,
body, list and reading of both, each once, and is the same whatever was merged first and however often.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from archive.crawls.runs import settle_frontier
from archive.derivation import derive
from archive.schema import DECISIONS, EVIDENCE, READINGS, columns_of
from archive.store import Archive
from parsers.errors import UsageError

_COPY = "INSERT OR IGNORE INTO main.{table} ({columns}) SELECT {columns} FROM other.{table}"
_WIDEN = (
    "INSERT INTO main.{table} ({columns}) SELECT {columns} FROM other.{table} WHERE true ON CONFLICT DO UPDATE SET "
)
_UNITED = {
    # a run that has not ended is taken up by its own archive alone: here it ended with its last capture
    "run": """INSERT INTO main.run (id, verb, started_at, ended_at, summary) SELECT id, verb, started_at,
        coalesce(ended_at, (SELECT max(captured_at) FROM other.capture c WHERE c.run_id = r.id), started_at), summary
        FROM other.run r WHERE true ON CONFLICT DO UPDATE
        SET ended_at = excluded.ended_at, summary = excluded.summary
        WHERE (excluded.ended_at, excluded.summary) > (ended_at, summary)""",
    # a run merged before it had ended may have gone on since
    "frontier": _WIDEN + """done = max(done, excluded.done), skipped = coalesce(min(skipped, excluded.skipped), skipped,
        excluded.skipped), context = min(context, excluded.context)""",
    "host_rest": _WIDEN + """until = coalesce(max(until, excluded.until), until, excluded.until), strikes = max(strikes,
        excluded.strikes), run_id = min(run_id, excluded.run_id), reason = min(reason, excluded.reason)""",
    "listing": _WIDEN + """listed_at = excluded.listed_at, completeness = excluded.completeness, reason = excluded.reason,
        declared_total = excluded.declared_total, found_total = excluded.found_total
        WHERE (excluded.listed_at, excluded.found_total, excluded.completeness) > (listed_at, found_total, completeness)""",
    # one capture that two runs hold (both imported it) is of the smaller run, whichever was there first
    "capture": _WIDEN + """run_id = min(run_id, excluded.run_id), context = min(context, excluded.context),
        headers = min(headers, excluded.headers), redirects = min(redirects, excluded.redirects),
        portal = min(portal, excluded.portal)""",
    # seen twice is seen once, by whoever saw it first
    "acknowledgement": _WIDEN + """made_at = excluded.made_at, author = excluded.author
        WHERE (excluded.made_at, excluded.author) < (made_at, author)""",
}  # fmt: skip
"""How two rows of one key become one, where they may differ; rows of other tables are the same or not there."""


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


def merge(archive: Archive, others: Sequence[Path], workers: int = 0) -> dict[str, int]:
    """Take over what the archives at `others` hold and derive what follows; return the number of rows that were new, by table.

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
    derive(archive, workers)
    return added


def _merge_bodies(archive: Archive, other: Archive) -> list[tuple[str, int]]:
    db = archive.bodies
    out = []
    db.execute("ATTACH ? AS other", (_read_only(other.path / "bodies.db"),))
    try:
        db.execute("BEGIN IMMEDIATE")
        for table in ("dictionary", "body"):
            before = _count(db, table)
            db.execute(_COPY.format(table=table, columns=columns_of(db, table)))
            out.append((table, _count(db, table) - before))
        archive.body_store.flatten()
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")
        db.execute("DETACH other")
    archive.body_store.forget_dictionaries()
    return out


def _merge_rows(archive: Archive, other: Archive) -> list[tuple[str, int]]:
    db = archive.db
    out = []
    db.execute("ATTACH ? AS other", (_read_only(other.path / "archive.db"),))
    try:
        with archive.transaction():
            db.execute("PRAGMA defer_foreign_keys = ON")
            for table in (*EVIDENCE, *DECISIONS):
                before = _count(db, table)
                db.execute(_UNITED.get(table, _COPY).format(table=table, columns=columns_of(db, table)))
                out.append((table, _count(db, table) - before))
            out += _merge_readings(db)
            settle_frontier(db)
            db.execute(
                """INSERT OR IGNORE INTO stale_document
                SELECT url FROM other.capture WHERE kind NOT IN ('list', 'robots', 'replay')
                UNION SELECT url FROM other.reading UNION SELECT url FROM other.listing_entry
                UNION SELECT e.url FROM main.listing l JOIN main.listing_entry e ON e.listing_id = l.id
                WHERE (l.portal, l.url) IN (SELECT portal, url FROM other.listing)"""  # a list tells of what it leaves out, too
            )
            if any(rows for table, rows in out if table in DECISIONS):  # what people said may concern any document
                db.execute("INSERT OR IGNORE INTO stale_document SELECT url FROM main.filing")
    finally:
        db.execute("DETACH other")
    return [(table, max(rows, 0)) for table, rows in out]


def _merge_readings(db: sqlite3.Connection) -> list[tuple[str, int]]:
    """Take over readings whole.

    One body at one address gives two readings where the captures' headers differ; of these the one whose content comes first
    stays, whichever was merged first.
    """
    content = "verdict || text_hash || data_hash || " + " || ".join(
        f"coalesce({column}, '')" for column in ("issuer", "report_year", "region_code", "published", "encoding")
    )
    taken = [
        (row[0], row[1])
        for row in db.execute(
            f"""SELECT o.id, m.id IS NULL FROM (SELECT id, {content} AS content FROM other.reading) o
                LEFT JOIN (SELECT id, {content} AS content FROM main.reading) m USING (id)
                WHERE m.id IS NULL OR o.content < m.content"""  # noqa: S608
        )
    ]
    out = []
    for table in READINGS:
        key, columns = "id" if table == "reading" else "reading_id", columns_of(db, table)
        db.executemany(f"DELETE FROM main.{table} WHERE {key} = ?", [(i,) for i, new in taken if not new])  # noqa: S608
        before = _count(db, table)
        db.executemany(
            f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM other.{table} WHERE {key} = ?",  # noqa: S608
            [(i,) for i, _ in taken],
        )
        out.append((table, _count(db, table) - before))
    out[0] = ("reading", sum(new for _, new in taken))
    return out


def _count(db: sqlite3.Connection, table: str) -> int:
    (count,) = db.execute(f"SELECT count(*) FROM main.{table}").fetchone()  # noqa: S608
    return int(count)


def _read_only(path: Path) -> str:
    return f"{path.resolve().as_uri()}?mode=ro"
