"""Connections to the archive's files, and transactions on them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_VARIABLES = 32_766
"""Variables in one statement: SQLITE_MAX_VARIABLE_NUMBER since 3.32."""


def connect(path: Path) -> sqlite3.Connection:
    """Open one file in WAL mode with foreign keys on; transactions are explicit."""
    connection = sqlite3.connect(path, timeout=30, isolation_level=None, uri=True)  # uri: `merge` attaches read-only
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    # FULL: a commit survives a power cut; the crawl is paced by the network, not by fsync.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # as sqlite-utils has it, whose connections write here, too: a row that REPLACE drives out fires its triggers
    connection.execute("PRAGMA recursive_triggers = ON")
    return connection


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Commit what happens inside as one, or nothing of it; inside another transaction, join it."""
    if db.in_transaction:
        yield
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def insert_rows(db: sqlite3.Connection, into: str, rows: Sequence[Sequence[Any]]) -> None:
    """Insert the rows that `into` (a table with its columns, or all) does not hold yet, in the caller's transaction.

    By few statements of many rows: `executemany` runs one a row, and each run hands the interpreter to another thread and waits to
    have it back, which costs a crawl more than the row.
    """
    if not rows:
        return
    row = f"({', '.join('?' * len(rows[0]))})"
    most = _VARIABLES // len(rows[0])
    for at in range(0, len(rows), most):
        some = rows[at : at + most]
        values = [value for one in some for value in one]
        db.execute(f"INSERT OR IGNORE INTO {into} VALUES {', '.join([row] * len(some))}", values)  # noqa: S608
