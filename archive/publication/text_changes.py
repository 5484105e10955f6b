"""Tells which sentences each version changed, so that a release shows them without the readings that it does not hold.

Guarantees: only what a body changed (`content`) is told, by readings of one parser of both bodies (archive/histories/changes.py); of a report
in which anything is withheld no sentence is told, because a passage may be cut in two by what changed in it.
"""

from __future__ import annotations

import json
import sqlite3

from archive.histories.pairs import same_parser
from archive.histories.sentences import compare_texts
from archive.reading.loading import load_reading
from archive.store import Archive

_CHANGED = """
SELECT w.id, w.reading_id, (SELECT e.reading_id FROM kept.version e WHERE e.document_id = w.document_id
                            AND e.sequence < w.sequence AND e.reading_id IS NOT NULL ORDER BY e.sequence DESC LIMIT 1)
FROM main.version v JOIN kept.version w ON w.id = v.id
WHERE v.kind = 'content' AND v.text_changed AND w.reading_id IS NOT NULL
  AND v.report_id NOT IN (SELECT report_id FROM kept.withheld_report WHERE report_id IS NOT NULL) ORDER BY w.id"""


def fill_text_changes(db: sqlite3.Connection, archive: Archive) -> None:
    """Fill the table `text_change` of the release `db`, one version at a time."""
    for version, after, before in db.execute(_CHANGED).fetchall():
        if before is None:
            continue
        readings = (load_reading(archive.db, key) for key in same_parser(archive.db, before, after))
        for position, change in enumerate(compare_texts(*readings)):
            pieces = json.dumps(change.pieces, ensure_ascii=False, separators=(",", ":"))
            part = change.part_after or change.part_before
            row = (version, position, change.kind, part, change.before, change.after, pieces)
            db.execute("INSERT INTO text_change VALUES (?, ?, ?, ?, ?, ?, ?)", row)
