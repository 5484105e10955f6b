"""Two readings side by side: those that one and the same parser made, and the cells that are not the same in both.

Guarantees: what is found to differ between two bodies is never what our parser changed, where one parser has read both. The cells
are listed to the letter, whole tables too; which of them mean the same is for `archive.histories.diffs` to say.
"""

from __future__ import annotations

import sqlite3

ChangedCell = tuple[str, str, str, str | None, int | str | None, str | None, int | str | None]
"""Table, row, column; state and value before, state and value after: a state of None, the cell is not there."""


def read_alike(db: sqlite3.Connection, one: tuple[str, str], two: tuple[str, str]) -> tuple[str, str] | None:
    """Return the readings of two (body, address) by the newest parser that read both as a report, None where none did."""
    row = db.execute(
        """SELECT a.id, b.id FROM reading a JOIN reading b ON b.parser_version = a.parser_version
           WHERE a.body_sha256 = ? AND a.url = ? AND b.body_sha256 = ? AND b.url = ?
             AND a.verdict = 'report' AND b.verdict = 'report' ORDER BY a.parser_version DESC LIMIT 1""",
        (*one, *two),
    ).fetchone()
    return None if row is None else (row[0], row[1])


def same_parser(db: sqlite3.Connection, before: str, after: str) -> tuple[str, str]:
    """Return readings of the same two bodies by one parser, the newest that read both; the given ones where none did.

    Two readings of one body at one address are given back: between these, the parser is the difference.
    """
    one, two = (
        tuple(db.execute("SELECT body_sha256, url FROM reading WHERE id = ?", (key,)).fetchone())
        for key in (before, after)
    )
    return (one != two and read_alike(db, one, two)) or (before, after)


def changed_cells(db: sqlite3.Connection, before: str, after: str, schema_before: str = "main") -> list[ChangedCell]:
    """Return the cells in which two readings differ, the one before being kept in `schema_before`."""
    rows = db.execute(
        f"""SELECT coalesce(a."table", b."table"), coalesce(a."row", b."row"), coalesce(a."column", b."column"),
                   a.state, a.value, b.state, b.value
            FROM (SELECT * FROM {schema_before}.cell WHERE reading_id = ?) a
            FULL OUTER JOIN (SELECT * FROM main.cell WHERE reading_id = ?) b
              ON a."table" = b."table" AND a."row" = b."row" AND a."column" = b."column"
            WHERE a.state IS NOT b.state OR a.value IS NOT b.value OR a.unit IS NOT b.unit
            ORDER BY coalesce(b.position, a.position)""",  # noqa: S608
        (before, after),
    )
    return [tuple(row) for row in rows]
