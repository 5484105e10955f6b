"""What the hits of a search are spread over: place, level, kind, year, form, trust, findings.

Guarantees: the numbers are those of all hits, never of a page or a sample. What each report counts under is held in memory, read
once for a release, because one search asks for seven spreads at a time.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable
from itertools import chain

from archive.selection import NOWHERE
from archive.website.asking import all_rows

FACETS = ("place", "level", "kind", "year", "form", "trust", "finding")
_DOUBTFUL = ("verified", "stated", "inferred", "disputed", "undecidable")

Values = dict[int, tuple[str, ...]]
"""What a report counts under, by its row in the search index."""


def read_facets(db: sqlite3.Connection) -> dict[str, Values]:
    """Return for every facet what every report counts under."""
    found: dict[str, Values] = {facet: {} for facet in FACETS}
    same: dict[tuple[str, ...], tuple[str, ...]] = {}

    def put(facet: str, row: int, values: tuple[str, ...]) -> None:
        found[facet][row] = same.setdefault(values, values)

    for row in all_rows(
        db,
        """SELECT e.rowid AS n, p.place_code, p.level, u.kind, p.report_year, p.forms, p.cells_verified, p.cells_stated,
                  p.cells_inferred, p.cells_disputed, p.cells_undecidable
           FROM search_entry e JOIN report p ON p.id = e.report_id JOIN unit u ON u.id = p.unit_id""",
    ):
        n = row["n"]
        put("place", n, (f"{row['place_code'][:2]}0000" if row["place_code"] else NOWHERE,))
        put("level", n, (row["level"],) if row["level"] else ())
        put("kind", n, (row["kind"],))
        put("year", n, (str(row["report_year"]),))
        put("form", n, tuple(sorted(set(json.loads(row["forms"]).values()))))
        put("trust", n, tuple(level for level in _DOUBTFUL if row[f"cells_{level}"]))
    codes: dict[int, set[str]] = {}
    for row in all_rows(
        db, "SELECT DISTINCT e.rowid AS n, f.code FROM finding f JOIN search_entry e ON e.report_id = f.report_id"
    ):
        codes.setdefault(row["n"], set()).add(row["code"])
    for n in found["year"]:
        put("finding", n, tuple(sorted(codes.get(n, ()))))
    return found


def spread(facets: dict[str, Values], hits: Iterable[int]) -> dict[str, list[tuple[str, int]]]:
    """Return for every facet its values over the hits with their numbers: years newest first, others by number."""
    rows = list(hits)
    told: dict[str, list[tuple[str, int]]] = {}
    for facet, values in facets.items():
        counted = Counter(chain.from_iterable(map(values.__getitem__, rows)))
        order = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
        told[facet] = sorted(counted.items(), reverse=True) if facet == "year" else order
    return told
