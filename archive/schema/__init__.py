"""The schema of archive.db and bodies.db, as steps that are applied once and never edited after a release.

A step is a file of SQL beside this module, `<database>/mNNN_<name>.sql`, applied in the order of names, each in one
transaction. Keys are made from content, never counted, so that archives can be merged in any order. Tables are of
three kinds: evidence (run, frontier, capture, listing, host_rest, body: append-only), decisions (correction,
unit_decision), and derived (reading and all below it: `gongkai reparse --rebuild` makes them again).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations


def _steps(database: str) -> Migrations:
    """Return the steps of one database."""
    steps = Migrations(database)
    for path in sorted((Path(__file__).parent / database).glob("m*.sql")):
        statements = tuple(_statements(path.read_text("utf-8")))

        # one by one: `executescript` would commit the step's own transaction
        def apply(db: Database, statements: tuple[str, ...] = statements) -> None:
            for statement in statements:
                db.execute(statement)

        steps(name=path.stem)(apply)
    return steps


def _statements(script: str) -> Iterator[str]:
    return (statement for statement in script.split(";\n") if statement.strip())


archive_migrations = _steps("archive")
body_migrations = _steps("bodies")
