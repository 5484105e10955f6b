"""Makes everything derived again beside what is there, and puts it in its place in one transaction.

Guarantees: readers see what was there before until all of the new is made; killed at any moment, the archive says that a
rebuild was begun (`unfinished`) and the same call goes on with the bodies that are left; what today's parser cannot make
again is kept: readings by other parsers, and readings of bodies that are lost.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.derivation import derive
from archive.processes import Processes
from archive.reading.readings import read_unread
from archive.schema import DECISIONS, DERIVED, EVIDENCE, INDEX, READINGS, WORK, columns_of
from archive.search import index_reports
from archive.store import Archive
from parsers import PARSER_VERSION

_ASIDE = "rebuild.db"
_PARSER = "rebuild_parser"
_WAITING = tuple(table for table in WORK if table != "meta")


def unfinished(archive: Archive) -> bool:
    """Tell whether a rebuild was begun and not ended."""
    return (archive.path / _ASIDE).exists()


@contextmanager
def rebuilding(archive: Archive, folder: Path | None = None) -> Iterator[Archive]:
    """Give the archive in which the rebuild is made: the same bodies, captures, lists and decisions, and other parsers' readings.

    It stays, to be gone on with, unless `replace_derived` took it over; in `folder`, it is a rebuild that nobody will see.
    """
    path = (folder or archive.path) / _ASIDE
    aside = archive.beside(path)
    try:
        if aside.meta(_PARSER) != str(PARSER_VERSION):
            for table in READINGS:
                aside.db.execute(f"DELETE FROM {table}")  # noqa: S608 what another parser began
        aside.set_meta(_PARSER, str(PARSER_VERSION))
        _attach(aside.db, archive.path / "archive.db")
        _seed(aside)
        yield aside
    finally:
        aside.db.close()


def read_and_derive(
    aside: Archive, workers: int, progress: Callable[[int, int], None] | None = None
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Read what is left and derive all that follows; return readings made by verdict, and the bodies that are lost."""
    read, lost = read_unread(aside, workers=workers, progress=progress)
    if lost:
        _keep_readings(aside.db, f"body_sha256 IN ({', '.join('?' * len(lost))})", lost)
    with aside.transaction():
        aside.db.execute("INSERT OR IGNORE INTO stale_document SELECT url FROM reading")
    derive(aside, workers)
    return read, lost


def replace_derived(archive: Archive, aside: Archive) -> None:
    """Put what was made aside in the place of what is there, in one transaction, and end the rebuild."""
    db = archive.db
    path = archive.path / _ASIDE
    _attach(db, path)
    try:
        with archive.transaction():
            db.execute("PRAGMA defer_foreign_keys = ON")
            waiting = {t: db.execute(f"SELECT * FROM main.{t}").fetchall() for t in _WAITING}  # noqa: S608
            for table in INDEX:
                _empty(db, table)
            for table in (*READINGS, *DERIVED):
                _empty(db, table)
                _copy(db, table)
            index_reports(db, [row[0] for row in db.execute("SELECT id FROM report ORDER BY id")], Processes(db))
            for table, rows in waiting.items():  # what was still to be derived is, triggers or not; nothing else
                _empty(db, table)
                for row in rows:
                    db.execute(f"INSERT INTO main.{table} VALUES ({', '.join('?' * len(row))})", tuple(row))  # noqa: S608
    finally:
        db.execute("DETACH other")
    aside.db.close()
    for suffix in ("-wal", "-shm", ""):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _attach(db: sqlite3.Connection, path: Path) -> None:
    db.execute("ATTACH ? AS other", (f"{path.resolve().as_uri()}?mode=ro",))


def _seed(aside: Archive) -> None:
    """Bring evidence, decisions and other parsers' readings up to date, and forget what was derived from them before."""
    db = aside.db
    db.execute("PRAGMA foreign_keys = OFF")  # tables are emptied in any order; the swap checks them all
    with aside.transaction():
        for table in (*INDEX, *DERIVED):
            _empty(db, table)
        for table in (*EVIDENCE, *DECISIONS):
            _empty(db, table)
            _copy(db, table)
        for table in _WAITING:
            _empty(db, table)
    _keep_readings(db, "parser_version <> ?", (PARSER_VERSION,))
    db.execute("PRAGMA foreign_keys = ON")


def _keep_readings(db: sqlite3.Connection, which: str, values: tuple[object, ...]) -> None:
    """Take over the readings that a condition names, with all that belongs to them."""
    for table in READINGS:
        key = "id" if table == "reading" else "reading_id"
        columns = columns_of(db, table)
        db.execute(
            f"""INSERT OR IGNORE INTO main.{table} ({columns}) SELECT {columns} FROM other.{table}
                WHERE {key} IN (SELECT id FROM other.reading WHERE {which})""",  # noqa: S608
            values,
        )


def _copy(db: sqlite3.Connection, table: str) -> None:
    columns = columns_of(db, table)
    (with_rowid,) = db.execute(
        "SELECT NOT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?", (table,)
    ).fetchone()
    order = "ORDER BY rowid" if with_rowid else ""  # the order in which things were found is that of their rows
    db.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM other.{table} {order}")  # noqa: S608


def _empty(db: sqlite3.Connection, table: str) -> None:
    (kind,) = db.execute("SELECT type FROM pragma_table_list WHERE schema = 'main' AND name = ?", (table,)).fetchone()
    if kind == "virtual":
        db.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")  # noqa: S608
    else:
        db.execute(f"DELETE FROM main.{table}")  # noqa: S608
