"""The archive on disk: `archive.db` (everything but bodies) and `bodies.db`, opened, locked and written.

Guarantees: a body is committed before the capture that names it, so a capture never points at nothing; a capture
and the frontier items found on it are committed together, so a crawl killed at any moment resumes without
losing or repeating a page; what is recorded is never changed afterwards.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from sqlite_utils import Database

from archive.clock import Clock, timestamp
from archive.crawls.reasons import Reason
from archive.keeping.bodies import Bodies
from archive.schema import archive_migrations, body_migrations
from archive.selection import Selection
from parsers.errors import ArchiveLockedError, UsageError
from parsers.model import Verdict

Outcome = Literal[
    "ok",
    "not_modified",
    "not_found",
    "http_error",
    "robots",
    "guard",
    "dns",
    "refused",
    "timeout",
    "tls",
    "truncated",
    "too_large",
    "imported",
]
CaptureKind = Literal["list", "report", "attachment", "robots", "import", "replay"]
"""What was captured; a `replay` is another archive's answer as it was fetched, and what it is evidence of an `import`."""

Completeness = Literal["complete", "partial", "unknown"]

CaptureRow = tuple[Any, ...]
"""A row of `capture`: key, address, time, kind and what follows."""


@dataclass(frozen=True, slots=True)
class Capture:
    """One fetch or import, failures too: the address asked, when, how it ended, and the body as received.

    `headers` are (name, value) pairs in the order received; `redirects` the addresses passed through before `url`'s
    answer; `context` what led here (the list's title and date for it), never used to name a figure.
    """

    url: str
    captured_at: datetime
    kind: CaptureKind
    outcome: Outcome
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    redirects: tuple[str, ...] = ()
    body: bytes | None = None
    verdict: Verdict | None = None
    reason: str | None = None
    portal: str | None = None
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FrontierItem:
    """Something left to fetch in a run; `key` tells it from every other request of the run."""

    key: str
    kind: CaptureKind
    portal: str
    url: str
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    """What one reading of a report column came to: entries are (url, title, published date or None)."""

    portal: str
    url: str
    listed_at: datetime
    completeness: Completeness
    reason: Reason | None
    declared_total: int | None
    entries: tuple[tuple[str, str, str | None], ...]


def digest(*parts: object) -> str:
    """Return a key made from content: the first 20 hex digits of the SHA-256 of the parts."""
    text = "\x1f".join("" if p is None else str(p) for p in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def host_of(url: str) -> str | None:
    """Return the host that an address names, None for an imported file's."""
    try:
        return urlsplit(url).hostname
    except ValueError:  # what a page calls an address need not be one
        return None


def dump_json(data: Any) -> str:
    """Return `data` as compact JSON with a fixed order of keys."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class Archive:
    """An open archive; use `Archive.open`, and close it (it is a context manager)."""

    def __init__(self, path: Path, db: sqlite3.Connection, bodies: sqlite3.Connection, clock: Clock) -> None:
        self.path = path
        self.db = db
        self.bodies = bodies
        self.clock = clock
        self.body_store = Bodies(bodies)

    @classmethod
    def open(cls, path: Path, clock: Clock, *, create: bool = False, sample: bool | None = None) -> Archive:
        """Open the archive in folder `path`, bringing its schema up to date.

        `create` makes it where there is none. `sample` True demands the mark of sample data (and sets it on a new
        archive), False refuses it, None takes either. Raises UsageError for a missing or wrongly marked archive.
        """
        exists = (path / "archive.db").exists()
        if not exists and not create:
            raise UsageError(
                f"there is no archive at {path}: name one with --archive, or make one with `gongkai import` or `gongkai crawl`",
                f"{path} 处没有档案库：请用 --archive 指定，或用 `gongkai import`、`gongkai crawl` 新建",
            )
        path.mkdir(parents=True, exist_ok=True)
        db = _connect(path / "archive.db")
        bodies = _connect(path / "bodies.db")
        archive = cls(path, db, bodies, clock)
        try:
            archive_migrations.apply(Database(db))
            body_migrations.apply(Database(bodies))
            if create and archive.meta("sample_data") is None:  # new, or killed while it was being made
                archive.set_meta("sample_data", "1" if sample else "0")
            archive._demand_mark(sample)
        except BaseException:
            archive.close()
            raise
        return archive

    def beside(self, path: Path) -> Archive:
        """Open the file `path` as another archive.db over the same bodies; only its `db` is to be closed."""
        other = Archive(self.path, _connect(path), self.bodies, self.clock)
        archive_migrations.apply(Database(other.db))
        return other

    def _demand_mark(self, sample: bool | None) -> None:
        if sample is True and not self.is_sample:
            raise UsageError(
                f"{self.path} holds real data and is not marked as sample data: the demo will not touch it; name another folder",
                f"{self.path} 是真实档案库，没有样本标记：演示不会使用它，请另指定一个目录",
            )
        if sample is False and self.is_sample:
            raise UsageError(
                f"{self.path} is marked as sample data: real reports must not meet it; name another archive",
                f"{self.path} 标记为样本数据：真实报告不得写入，请另指定档案库",
            )

    def close(self) -> None:
        """Close both files."""
        self.db.close()
        self.bodies.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    # -- marks and locks ---------------------------------------------------------------------------

    @property
    def is_sample(self) -> bool:
        """Tell whether this archive is marked as sample data."""
        return self.meta("sample_data") == "1"

    def meta(self, key: str) -> str | None:
        """Return a note kept in the archive itself, or None."""
        row = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def set_meta(self, key: str, value: str) -> None:
        """Keep a note in the archive itself."""
        with self.transaction():
            self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what happens inside as one, or nothing of it; inside another transaction, join it."""
        if self.db.in_transaction:
            yield
            return
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the archive for one run; raises ArchiveLockedError where another process holds it.

        The lock is the kernel's (flock) and ends with the process, so a killed run leaves none behind.
        """
        with (self.path / "lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ArchiveLockedError(
                    f"another run holds the archive {self.path}: wait for it to end",
                    f"另一个任务正在使用档案库 {self.path}：请等它结束",
                ) from None
            yield

    # -- bodies ------------------------------------------------------------------------------------

    def put_body(self, body: bytes) -> str:
        """Store `body` once and return its SHA-256."""
        return self.put_bodies([body])[0]

    def put_bodies(self, bodies: Sequence[bytes], hosts: Sequence[str | None] | None = None) -> list[str]:
        """Store each of `bodies`, from `hosts`, once, in one transaction, and return their SHA-256s."""
        return self.body_store.put(bodies, hosts or [None] * len(bodies))

    def get_body(self, sha256: str) -> bytes:
        """Return the bytes named `sha256`; raises KeyError where there are none, DamagedBodyError where they are damaged."""
        return self.body_store.get(sha256)

    # -- runs and their frontier -------------------------------------------------------------------

    def start_run(self, verb: str) -> tuple[str, bool]:
        """Return (run id, resumed): the run of `verb` that was cut off, if there is one, else a new one."""
        cut_off = self.open_run(verb)
        if cut_off is not None:
            return cut_off, True
        started = timestamp(self.clock.now())
        (count,) = self.db.execute("SELECT count(*) FROM run").fetchone()
        run_id = digest("run", verb, started, count)
        with self.transaction():
            self.db.execute("INSERT INTO run (id, verb, started_at) VALUES (?, ?, ?)", (run_id, verb, started))
        return run_id, False

    def open_run(self, verb: str) -> str | None:
        """Return the id of the run of `verb` that was cut off, or None."""
        row = self.db.execute(
            "SELECT id FROM run WHERE verb = ? AND ended_at IS NULL ORDER BY started_at DESC", (verb,)
        ).fetchone()
        return row[0] if row else None

    def end_run(self, run_id: str, summary: dict[str, Any]) -> None:
        """Mark the run as ended, with its counts."""
        with self.transaction():
            self.db.execute(
                "UPDATE run SET ended_at = ?, summary = ? WHERE id = ?",
                (timestamp(self.clock.now()), dump_json(summary), run_id),
            )
            settle_frontier(self.db)

    def frontier_add(self, run_id: str, items: Iterable[FrontierItem]) -> list[FrontierItem]:
        """Add what is to be fetched; return those that the run did not know yet."""
        added = []
        with self.transaction():
            for item in items:
                cursor = self.db.execute(
                    "INSERT OR IGNORE INTO frontier (run_id, key, kind, portal, url, context) VALUES (?, ?, ?, ?, ?, ?)",
                    (run_id, item.key, item.kind, item.portal, item.url, dump_json(item.context)),
                )
                if cursor.rowcount:
                    added.append(item)
        return added

    def frontier_keys(self, run_id: str) -> set[str]:
        """Return the keys of all that the run knows."""
        return {row[0] for row in self.db.execute("SELECT key FROM frontier WHERE run_id = ?", (run_id,))}

    def frontier_pending(self, run_id: str) -> list[FrontierItem]:
        """Return what is still to be fetched in the run, in the order it was found."""
        rows = self.db.execute(
            "SELECT key, kind, portal, url, context FROM frontier WHERE run_id = ? AND NOT done ORDER BY rowid",
            (run_id,),
        )
        return [FrontierItem(k, kind, portal, url, json.loads(c)) for k, kind, portal, url, c in rows]

    def frontier_done(self, run_id: str, key: str, found: Sequence[FrontierItem] = ()) -> list[FrontierItem]:
        """Mark one item as handled and add what was found on it, as one transaction; return the new items."""
        with self.transaction():
            added = self.frontier_add(run_id, found)
            self.db.execute("UPDATE frontier SET done = 1 WHERE run_id = ? AND key = ?", (run_id, key))
        return added

    def frontier_skip(self, run_id: str, skipped: Mapping[str, Reason]) -> None:
        """Keep why requests (by key) were not made in a run that ends without them."""
        with self.transaction():
            self.db.executemany(
                "UPDATE frontier SET skipped = ? WHERE run_id = ? AND key = ?",
                [(why.dump(), run_id, key) for key, why in skipped.items()],
            )

    # -- evidence ----------------------------------------------------------------------------------

    def record_capture(self, capture: Capture, run_id: str | None = None) -> str:
        """Keep a capture and its body; return its key. The same capture recorded twice is one row."""
        return self.record_captures([capture], run_id)[0]

    def record_captures(self, captures: Sequence[Capture], run_id: str | None = None) -> list[str]:
        """Keep captures and their bodies, bodies first, each side in one transaction; return their keys."""
        rows = self.store_bodies_of([(capture, run_id) for capture in captures])
        self.insert_captures(rows)
        return [row[0] for row in rows]

    def store_bodies_of(self, captures: Sequence[tuple[Capture, str | None]]) -> list[CaptureRow]:
        """Store the bodies of captures, each with its run; return the rows that are left to be inserted."""
        found = [(c.body, host_of(c.url)) for c, _ in captures if c.body is not None]
        kept = iter(self.put_bodies([body for body, _ in found], [host for _, host in found]))
        return [_capture_row(c, None if c.body is None else next(kept), run_id) for c, run_id in captures]

    def insert_captures(self, rows: Sequence[CaptureRow]) -> None:
        """Insert what `store_bodies_of` left, in one transaction."""
        with self.transaction():
            self.db.executemany(
                "INSERT OR IGNORE INTO capture VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows
            )
            self.db.executemany(
                "INSERT OR IGNORE INTO stale_document VALUES (?)",
                ((url,) for _, url, _, kind, *_ in rows if kind not in ("list", "robots", "replay")),
            )

    def last_capture_of(self, url: str) -> sqlite3.Row | None:
        """Return the newest capture of `url` that has a body (for conditional requests), or None."""
        row: sqlite3.Row | None = self.db.execute(
            "SELECT * FROM capture WHERE url = ? AND body_sha256 IS NOT NULL AND outcome = 'ok' ORDER BY captured_at DESC LIMIT 1",
            (url,),
        ).fetchone()
        return row

    def captures_with_body(self, url: str) -> list[sqlite3.Row]:
        """Return the captures of `url` that have a body, newest first."""
        return self.db.execute(
            "SELECT * FROM capture WHERE url = ? AND body_sha256 IS NOT NULL ORDER BY captured_at DESC, id", (url,)
        ).fetchall()

    def captures_of(self, selection: Selection) -> Iterator[sqlite3.Row]:
        """Yield the captures of the documents of selected reports, oldest first; with no words in it, all there are."""
        if selection.is_everything:
            yield from self.db.execute("SELECT * FROM capture ORDER BY captured_at, id")
            return
        reports, values = selection.reports()
        yield from self.db.execute(
            f"""SELECT c.* FROM capture c WHERE c.url IN (SELECT d.url FROM document d WHERE d.report_id IN ({reports}))
            ORDER BY c.captured_at, c.id""",  # noqa: S608
            values,
        )

    def record_listing(self, listing: Listing, run_id: str) -> str:
        """Keep what a report column listed and whether the list was read to its end."""
        key = digest("listing", run_id, listing.portal, listing.url)
        with self.transaction():
            self.db.execute(
                """INSERT INTO listing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
                listed_at = excluded.listed_at, completeness = excluded.completeness, reason = excluded.reason,
                declared_total = excluded.declared_total, found_total = excluded.found_total""",
                (
                    key,
                    run_id,
                    listing.portal,
                    listing.url,
                    timestamp(listing.listed_at),
                    listing.completeness,
                    None if listing.reason is None else listing.reason.dump(),
                    listing.declared_total,
                    len(listing.entries),
                ),
            )
            self.db.executemany(
                "INSERT OR IGNORE INTO listing_entry VALUES (?, ?, ?, ?)",
                [(key, url, title, published) for url, title, published in listing.entries],
            )
            self.db.execute(  # what the column named before and does not name now may be withdrawn
                """INSERT OR IGNORE INTO stale_document SELECT e.url FROM listing l JOIN listing_entry e ON e.listing_id = l.id
                WHERE l.portal = ? AND l.url = ? EXCEPT SELECT url FROM listing_entry WHERE listing_id = ?""",
                (listing.portal, listing.url, key),
            )
        return key


def settle_frontier(db: sqlite3.Connection) -> None:
    """Keep of the frontiers of ended runs what the next run asks for: of each request its last row, of a list's page its key.

    A list's page bears all that was found before it, so that a run can be taken up there; an ended one never is.
    """
    db.execute(
        """DELETE FROM frontier WHERE rowid IN (SELECT row FROM (
             SELECT f.rowid AS row, row_number() OVER (PARTITION BY f.key ORDER BY r.started_at DESC, r.id DESC) AS place
             FROM frontier f JOIN run r ON r.id = f.run_id WHERE r.ended_at IS NOT NULL) WHERE place > 1)"""
    )
    db.execute(
        """UPDATE frontier SET context = '{}' WHERE kind = 'list' AND context <> '{}'
           AND run_id IN (SELECT id FROM run WHERE ended_at IS NOT NULL)"""
    )


def _capture_row(capture: Capture, sha256: str | None, run_id: str | None) -> CaptureRow:
    at = timestamp(capture.captured_at)
    # two POSTs to one address are told apart by what was posted, two ways to one address by where they led from
    posted = [f"{name}={value}" for name, value in capture.context.get("form", ())]
    if capture.context.get("json"):
        posted.append(capture.context["json"])
    return (
        digest(
            "capture",
            capture.url,
            at,
            capture.kind,
            capture.outcome,
            capture.status,
            sha256,
            *posted,
            *capture.redirects,
        ),
        capture.url,
        at,
        capture.kind,
        capture.outcome,
        capture.status,
        dump_json(capture.headers),
        dump_json(capture.redirects),
        sha256,
        None if capture.body is None else len(capture.body),
        capture.verdict,
        capture.reason,
        capture.portal,
        dump_json(capture.context),
        run_id,
        int(capture.kind == "import"),
    )


def _connect(path: Path) -> sqlite3.Connection:
    """Open one file in WAL mode with foreign keys on; transactions are explicit."""
    connection = sqlite3.connect(path, timeout=30, isolation_level=None, uri=True)  # uri: `merge` attaches read-only
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    # FULL: a commit survives a power cut; the crawl is paced by the network, not by fsync.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection
