"""Ordered dumps of an archive's tables, byte for byte the same where the archives say the same."""

from __future__ import annotations

import sqlite3

from archive.schema import DERIVED, READINGS


def dump(db: sqlite3.Connection, tables: tuple[str, ...] = (*READINGS, *DERIVED)) -> dict[str, str]:
    """Return the rows of each table in order, as text, and what the full text finds in each report."""
    out = {}
    for table in tables:
        columns = sorted(row[1] for row in db.execute(f"PRAGMA table_info({table})"))
        listed = ", ".join(f'"{column}"' for column in columns)
        rows = sorted(repr(tuple(row)) for row in db.execute(f"SELECT {listed} FROM {table}"))
        out[table] = "\n".join([listed, *rows])
    return out | {"search": _index(db)}


def _index(db: sqlite3.Connection) -> str:
    """Return every token of the full text with its report, column and place."""
    db.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', 'search', 'instance')")
    try:
        rows = db.execute(
            'SELECT term, e.report_id, col, "offset" FROM words JOIN search_entry e ON e.rowid = doc ORDER BY 1, 2, 3, 4'
        ).fetchall()
    finally:
        db.execute("DROP TABLE temp.words")
    return "\n".join(map(repr, map(tuple, rows)))
