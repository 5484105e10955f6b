"""One report, several documents: where it stands, and in which figures its copies differ.

Guarantees: no copy is folded into another; each that is still up is compared with the one that the report shows, both values beside
each other.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from archive.histories.diffs import CellDifference, compare_cells
from archive.histories.pairs import same_parser
from archive.queries import ReportKey, VersionRow, history
from archive.reading.loading import load_reading


@dataclass(frozen=True, slots=True)
class Copy:
    """A document of a report by its last version; `cells` are those in which it differs from the one that is shown."""

    url: str
    portal: str | None
    imported: bool
    format: str | None
    is_withdrawn: bool
    is_shown: bool
    captured_at: str
    cells: tuple[CellDifference, ...]


def copies(db: sqlite3.Connection, report: ReportKey) -> tuple[Copy, ...]:
    """Return the documents of a report, the one that it shows first; a withdrawn one is not compared."""
    last: dict[str, VersionRow] = {}
    read: dict[str, VersionRow] = {}
    for version in history(db, report.id):
        last[version.document_id] = version
        if version.reading_id:
            read[version.document_id] = version
    portals = dict(db.execute("SELECT id, portal FROM document WHERE report_id = ?", (report.id,)).fetchall())
    shown = report.preferred_document
    found = []
    for key, version in sorted(last.items(), key=lambda item: (item[0] != shown, item[1].url)):
        cells: tuple[CellDifference, ...] = ()
        if key != shown and version.kind != "withdrawn" and shown in read:
            one, other = same_parser(db, read[shown].reading_id or "", read[key].reading_id or "")
            _, cells = compare_cells(load_reading(db, one), load_reading(db, other))
        found.append(
            Copy(
                version.url,
                portals.get(key),
                version.imported,
                read[key].format,
                version.kind == "withdrawn",
                key == shown,
                version.captured_at,
                cells,
            )
        )
    return tuple(found)
