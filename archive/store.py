"""The archive on disk: `archive.db` (everything but bodies) and `bodies.db`, opened, locked and written.

Guarantees: a body is committed before the capture that names it, so a capture never points at nothing; what is recorded is never
changed afterwards.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from archive.captures import Capture, CaptureRow, Listing, capture_row, host_of
from archive.clock import Clock, timestamp
from archive.connecting import connect, insert_rows, transaction
from archive.crawls.runs import Runs
from archive.keeping.bodies import Bodies
from archive.keys import digest
from archive.schema import migrate
from archive.selection import Selection
from parsers.errors import ArchiveLockedError, UsageError


class Archive:
    """An open archive; use `Archive.open`, and close it (it is a context manager)."""

    def __init__(self, path: Path, db: sqlite3.Connection, bodies: sqlite3.Connection, clock: Clock) -> None:
        self.path = path
        self.db = db
        self.bodies = bodies
        self.clock = clock
        self.body_store = Bodies(bodies)
        self.runs = Runs(db, clock)

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
        db = connect(path / "archive.db")
        bodies = connect(path / "bodies.db")
        archive = cls(path, db, bodies, clock)
        try:
            migrate(db, "archive")
            migrate(bodies, "bodies")
            if create and archive.meta("sample_data") is None:  # new, or killed while it was being made
                archive.set_meta("sample_data", "1" if sample else "0")
            archive._demand_mark(sample)
        except BaseException:
            archive.close()
            raise
        return archive

    def beside(self, path: Path) -> Archive:
        """Open the file `path` as another archive.db over the same bodies; only its `db` is to be closed."""
        other = Archive(self.path, connect(path), self.bodies, self.clock)
        migrate(other.db, "archive")
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

    def transaction(self) -> AbstractContextManager[None]:
        """Commit what happens inside as one, or nothing of it; inside another transaction, join it."""
        return transaction(self.db)

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
        return [capture_row(c, None if c.body is None else next(kept), run_id) for c, run_id in captures]

    def insert_captures(self, rows: Sequence[CaptureRow]) -> None:
        """Insert what `store_bodies_of` left, in one transaction."""
        with self.transaction():
            insert_rows(self.db, "capture", rows)
            touched = [(url,) for _, url, _, kind, *_ in rows if kind not in ("list", "robots", "replay")]
            insert_rows(self.db, "stale_document", touched)

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
