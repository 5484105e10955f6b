"""The schema of archive.db and bodies.db, as steps that are applied once and never edited after a release.

A step is a file of SQL beside this module, `<database>/mNNN_<name>.sql`, applied in the order of names, each in one
transaction. Keys are made from content, never counted, so that archives can be merged in any order. Tables are evidence
(append-only), decisions, or derived from these; `tables.toml` declares each, and what rebuilds, merges or verifies goes
by it. In bodies.db all is evidence.
"""

from __future__ import annotations

import sqlite3
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def migrate(db: sqlite3.Connection, database: str) -> None:
    """Apply the steps of `database` ("archive", "bodies") that `db` has not had; nothing is imported where it had all."""
    files = sorted((Path(__file__).parent / database).glob("m*.sql"))
    if {path.stem for path in files} <= _applied(db, database):
        return
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

    steps = Migrations(database)
    for path in files:
        statements = tuple(_statements(path.read_text("utf-8")))

        # one by one: `executescript` would commit the step's own transaction
        def apply(db: Database, statements: tuple[str, ...] = statements) -> None:
            for statement in statements:
                db.execute(statement)

        steps(name=path.stem)(apply)
    steps.apply(Database(db))


def _applied(db: sqlite3.Connection, database: str) -> set[str]:
    """Return the steps that `db` has had, as sqlite-utils notes them."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone():
        return set()
    return {row[0] for row in db.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = ?", (database,))}


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of a script one by one; a trigger is one, with all that stands in it."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    assert not statement.strip(), f"not ended: {statement}"


_declared = tomllib.loads(Path(__file__).with_name("tables.toml").read_text("utf-8"))

EVIDENCE: tuple[str, ...] = tuple(_declared["evidence"])
DECISIONS: tuple[str, ...] = tuple(_declared["decision"])
READINGS: tuple[str, ...] = tuple(_declared["reading"])
DERIVED: tuple[str, ...] = tuple(_declared["derived"])
"""Derived tables other than those of readings and of the full text."""
INDEX: tuple[str, ...] = tuple(_declared["index"])
WORK: tuple[str, ...] = tuple(_declared["work"])
REFERENCES: dict[str, str] = _declared["references"]


def columns_of(db: sqlite3.Connection, table: str) -> str:
    """Return the columns of a table, for a copy from another file: steps may have been applied there in another order."""
    return ", ".join(f'"{row[1]}"' for row in db.execute(f"PRAGMA main.table_info({table})"))
