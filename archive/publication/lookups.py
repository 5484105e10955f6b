"""Fills what only the site looks up, so that no page reads the whole of a release: main figures by place, hits by facet.

Guarantees: these tables say nothing that the rest of the release does not; the same release gives the same bytes.
"""

from __future__ import annotations

import sqlite3
from importlib.resources import files
from itertools import groupby

from archive.selection import NOWHERE

MAIN_FIGURES = (
    ("requests", "new_received", "total"),
    ("requests", "carried_in", "total"),
    ("requests", "granted", "total"),
    ("requests", "granted_partial", "total"),
    ("requests", "total_processed", "total"),
    ("requests", "carried_out", "total"),
    ("review_and_litigation", "review", "total"),
)
"""What is set side by side and added up: cells that mean the same in both generations of the forms (domain 1b)."""

_FACETS = """
SELECT 'place', iif(p.place_code <> '', substr(p.place_code, 1, 2) || '0000', :nowhere), e.rowid
    FROM search_entry e JOIN report p ON p.id = e.report_id
UNION ALL SELECT 'level', p.level, e.rowid FROM search_entry e JOIN report p ON p.id = e.report_id WHERE p.level <> ''
UNION ALL SELECT 'kind', u.kind, e.rowid
    FROM search_entry e JOIN report p ON p.id = e.report_id JOIN unit u ON u.id = p.unit_id
UNION ALL SELECT 'year', p.report_year, e.rowid FROM search_entry e JOIN report p ON p.id = e.report_id
UNION ALL SELECT 'form', f.value, e.rowid
    FROM search_entry e JOIN report p ON p.id = e.report_id JOIN json_each(p.forms) f
UNION ALL SELECT 'trust', t.value, e.rowid FROM search_entry e JOIN report p ON p.id = e.report_id
    JOIN json_each(json_array(iif(p.cells_verified, 'verified', NULL), iif(p.cells_stated, 'stated', NULL),
        iif(p.cells_inferred, 'inferred', NULL), iif(p.cells_disputed, 'disputed', NULL),
        iif(p.cells_undecidable, 'undecidable', NULL))) t WHERE t.value IS NOT NULL
UNION ALL SELECT 'finding', f.code, e.rowid FROM finding f JOIN search_entry e ON e.report_id = f.report_id
ORDER BY 1, 2"""


def fill_lookups(db: sqlite3.Connection) -> None:
    """Fill the tables `figure` and `search_facet` of the release `db` from its other tables, in place of what they held."""
    db.execute("DELETE FROM figure")
    statement = files("archive.publication").joinpath("lookups.sql").read_text("utf-8")
    for table, row, column in sorted(MAIN_FIGURES):
        db.execute(statement, {"table": table, "row": row, "column": column, "nowhere": NOWHERE})
    db.execute("DELETE FROM search_facet")
    (last,) = db.execute("SELECT coalesce(max(rowid), 0) FROM search_entry").fetchone()
    for (facet, value), rows in groupby(db.execute(_FACETS, {"nowhere": NOWHERE}), lambda row: row[:2]):
        hits = bytearray(last // 8 + 1)
        for _, _, number in rows:
            hits[number >> 3] |= 1 << (number & 7)
        db.execute("INSERT INTO search_facet VALUES (?, ?, ?)", (facet, str(value), bytes(hits)))
