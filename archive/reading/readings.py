"""Reads kept bodies and keeps what was read: a reading is one parser version's view of one body at one address.

Guarantees: a reading is never changed; what can be read is read once for each parser version; a body that the
parser cannot take becomes a reading with the verdict `unreadable`, never a hole and never the end of the run.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from archive.clock import Clock
from archive.derivation import derive
from archive.keeping.bodies import DamagedBodyError
from archive.keys import digest
from archive.reading.rows import ReadingRows, rows_of
from archive.reading.workers import Lost, Read, ReadingPool, ReadingTask, read_in_processes, read_task
from archive.store import Archive
from parsers import PARSER_VERSION, Report

READ_KINDS = ("report", "attachment", "import")
_BATCH = 50
_PATIENCE = 0.5
"""Seconds that a reading waits for others to be stored with."""


@dataclass(frozen=True, slots=True)
class ReadSummary:
    """What `read_captures` did: readings made by verdict, new versions by kind, and bodies that are missing or damaged."""

    readings: dict[str, int]
    new_versions: dict[str, int]
    lost: tuple[str, ...] = ()


def reading_key(body_sha256: str, url: str, parser_version: int) -> str:
    """Return the key of a reading."""
    return digest("reading", body_sha256, url, parser_version)


def read_captures(
    archive: Archive,
    *,
    urls: Iterable[str] | None = None,
    workers: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> ReadSummary:
    """Read every kept body that today's parser has not read yet, then derive the versions they change.

    `urls` narrows it. `progress` is called with (done, all). Bodies are read in `workers` processes, under
    limits; with none, here and now and without limits.
    """
    verdicts, lost = read_unread(archive, urls=urls, workers=workers, progress=progress)
    return ReadSummary(verdicts, derive(archive, workers), lost)


def read_unread(
    archive: Archive,
    *,
    urls: Iterable[str] | None = None,
    workers: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Do the reading of `read_captures` alone; return the readings made by verdict, and the bodies that could not be had."""
    tasks, _ = _unread(archive.db)
    if urls is not None:
        wanted = set(urls)
        tasks = [task for task in tasks if task.url in wanted]
    verdicts: Counter[str] = Counter()
    lost: list[str] = []
    for batch in _batches(_read_all(archive, tasks, workers)):
        read, gone = _apart(batch)
        _store(archive, read)
        verdicts.update(rows.verdict for _, rows in read)
        lost += gone
        if progress:
            progress(verdicts.total() + len(lost), len(tasks))
    return dict(verdicts), tuple(lost)


def _unread(db: sqlite3.Connection, after: int = 0) -> tuple[list[ReadingTask], int]:
    """List the bodies that today's parser has not read, of captures with a rowid beyond `after`; and the last rowid."""
    tasks = []
    known: set[tuple[str, str]] = set()
    (last,) = db.execute("SELECT coalesce(max(rowid), 0) FROM capture").fetchone()
    kinds = ",".join("?" * len(READ_KINDS))
    for row in db.execute(
        f"""SELECT body_sha256, url, headers, context FROM capture c
            WHERE c.rowid > ? AND c.rowid <= ? AND body_sha256 IS NOT NULL AND kind IN ({kinds})
              AND verdict IS NULL AND outcome IN ('ok', 'imported') AND NOT EXISTS (
                SELECT 1 FROM reading r WHERE r.body_sha256 = c.body_sha256 AND r.url = c.url AND r.parser_version = ?)
            ORDER BY captured_at, id""",  # noqa: S608
        (after, last, *READ_KINDS, PARSER_VERSION),
    ):
        key = (row["body_sha256"], row["url"])
        if key not in known:
            known.add(key)
            tasks.append(_task(row["body_sha256"], row["url"], row))
    return tasks, last


def _read_all(archive: Archive, tasks: list[ReadingTask], workers: int) -> Iterator[Read]:
    """Yield each task with what became of it: in `workers` processes as they come, with none here and in order."""
    if workers:
        yield from read_in_processes(archive.path, tasks, workers)
        return
    for task in tasks:
        try:
            body = archive.get_body(task.body_sha256)
        except (KeyError, DamagedBodyError):
            yield task, Lost(task.body_sha256)
        else:
            yield task, rows_of(read_task(body, task))


def _apart(batch: Iterable[Read]) -> tuple[list[tuple[ReadingTask, ReadingRows]], list[str]]:
    """Return what was read, and the bodies that could not be had."""
    read: list[tuple[ReadingTask, ReadingRows]] = []
    lost: list[str] = []
    for task, rows in batch:
        if isinstance(rows, Lost):
            lost.append(rows.body_sha256)
        else:
            read.append((task, rows))
    return read, lost


def _batches(items: Iterable[Read]) -> Iterator[list[Read]]:
    """Gather what comes until `_BATCH` are there, or `_PATIENCE` has passed: each batch is one commit."""
    batch: list[Read] = []
    since = time.monotonic()
    for item in items:
        batch.append(item)
        if len(batch) >= _BATCH or time.monotonic() - since > _PATIENCE:
            yield batch
            batch, since = [], time.monotonic()
    if batch:
        yield batch


@dataclass(slots=True)
class Beside:
    """What was read beside a crawl: readings by verdict, complete when the reader has ended."""

    verdicts: Counter[str] = field(default_factory=Counter)


@contextmanager
def read_beside(path: Path, clock: Clock, workers: int) -> Iterator[Beside]:
    """Read what is captured into the archive at `path` while the block runs; at its end, what is left of it.

    Nothing is read with no `workers`. Versions are derived by the next `read_captures`. Raises what went wrong beside, unless the block itself failed.
    """
    told = Beside()
    if not workers:
        yield told
        return
    ending = threading.Event()
    errors: list[BaseException] = []

    def read() -> None:
        try:
            _read_until(ending, path, clock, workers, told)
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=read, name="gongkai-read")
    thread.start()
    try:
        yield told
    finally:
        ending.set()
        thread.join()
    if errors:
        raise errors[0]


def _read_until(ending: threading.Event, path: Path, clock: Clock, workers: int, told: Beside) -> None:
    with Archive.open(path, clock) as archive, ReadingPool(path, workers) as pool:
        last = 0
        while True:
            was_ending = ending.is_set()  # before looking: what is captured until then is found
            tasks, last = _unread(archive.db, last)
            for task in tasks:
                pool.submit(task)
            if was_ending and not pool.waiting:
                return
            if not pool.waiting:
                ending.wait(_PATIENCE)
                continue
            read, _ = _apart(
                pool.collect(_PATIENCE)
            )  # what is lost is looked for again, and told, at the end of the crawl
            if read:
                _store(archive, read)
                told.verdicts.update(rows.verdict for _, rows in read)


def _store(archive: Archive, read: Iterable[tuple[ReadingTask, ReadingRows]]) -> None:
    """Keep readings in one transaction."""
    with archive.transaction():
        for task, rows in read:
            _insert(archive.db, task.body_sha256, task.url, rows)


def evidence_of(db: sqlite3.Connection, body_sha256: str, url: str) -> list[ReadingTask]:
    """Return a task for each capture of a body at `url`, oldest first, of those whose evidence differs."""
    rows = db.execute(
        "SELECT headers, context FROM capture WHERE body_sha256 = ? AND url = ? ORDER BY captured_at, id",
        (body_sha256, url),
    )
    tasks: list[ReadingTask] = []
    for task in (_task(body_sha256, url, row) for row in rows):
        if task not in tasks:
            tasks.append(task)
    return tasks


def _task(body_sha256: str, url: str, capture: sqlite3.Row) -> ReadingTask:
    declared = {
        k: v for k, v in json.loads(capture["context"]).items() if k in ("unit", "place") and isinstance(v, str) and v
    }
    headers = tuple((n, v) for n, v in json.loads(capture["headers"]))
    return ReadingTask(body_sha256, url, headers, declared)


def store_reading(db: sqlite3.Connection, body_sha256: str, url: str, report: Report) -> str:
    """Insert a reading with its sections, cells, checks and findings; return its key. Known readings are left alone."""
    return _insert(db, body_sha256, url, rows_of(report))


def _insert(db: sqlite3.Connection, body_sha256: str, url: str, rows: ReadingRows) -> str:
    key = reading_key(body_sha256, url, rows.parser_version)
    reading = (key, body_sha256, url, *rows.reading)
    cursor = db.execute(f"INSERT OR IGNORE INTO reading VALUES ({', '.join('?' * len(reading))})", reading)  # noqa: S608
    if not cursor.rowcount:
        return key
    db.execute("INSERT OR IGNORE INTO stale_document VALUES (?)", (url,))
    for table, found in rows.below.items():
        if found:
            marks = ", ".join("?" * (1 + len(found[0])))
            db.executemany(f"INSERT INTO {table} VALUES ({marks})", [(key, *row) for row in found])  # noqa: S608
    return key
