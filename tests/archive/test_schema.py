"""Every table is declared for what it is, so that a rebuild, a merge and verify know what to do with it."""

from __future__ import annotations

from archive import Archive
from archive.schema import DECISIONS, DERIVED, EVIDENCE, INDEX, READINGS, REFERENCES, WORK


def test_every_table_is_declared_once_and_every_declared_table_is_there(archive: Archive) -> None:
    there = {
        row[0]
        for row in archive.db.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')"
        )
        if not row[0].startswith(("sqlite_", "_sqlite"))
    }
    declared = [*EVIDENCE, *DECISIONS, *READINGS, *DERIVED, *INDEX, *WORK]
    assert len(declared) == len(set(declared))
    assert set(declared) == there, "declare it in archive/schema/tables.toml"


def test_every_reference_names_columns_that_are_there(archive: Archive) -> None:
    for ours, theirs in REFERENCES.items():
        for place in (ours, theirs):
            table, column = place.split(".")
            assert column in [row[1] for row in archive.db.execute(f"PRAGMA table_info({table})")], place
