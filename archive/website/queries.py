"""Every question that the pages ask of a release, as functions on one SQLite connection.

Guarantees: each answer of a list is bounded, and each uses an index; nothing writes.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

Rows = list[sqlite3.Row]
_LATEST = 12
_UNITS = 300

MAIN_FIGURES = (
    ("requests", "new_received", "total"),
    ("requests", "carried_in", "total"),
    ("requests", "granted", "total"),
    ("requests", "granted_partial", "total"),
    ("requests", "total_processed", "total"),
    ("requests", "carried_out", "total"),
    ("review_and_litigation", "review", "total"),
)
"""What the unit's page sets side by side: cells that mean the same in both generations (domain 1b)."""


@dataclass(frozen=True, slots=True)
class Front:
    """The front page: the release's counts, units by place (not all where they are many), the latest changes."""

    release: sqlite3.Row
    places: tuple[tuple[str, str, tuple[sqlite3.Row, ...]], ...]
    changes: Rows


@dataclass(frozen=True, slots=True)
class ReportView:
    """All that is known of one report."""

    report: sqlite3.Row
    forms: dict[str, str]
    cells: Rows
    sections: Rows
    checks: Rows
    findings: Rows
    versions: tuple[tuple[sqlite3.Row, Rows], ...]
    documents: Rows
    siblings: Rows
    corrections: Rows


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit with, for each year from its first report to its last, its reports (none for a missing year)."""

    unit: sqlite3.Row
    years: tuple[tuple[int, tuple[tuple[sqlite3.Row, dict[tuple[str, str, str], sqlite3.Row]], ...]], ...]


def _all(db: sqlite3.Connection, sql: str, *values: Any) -> Rows:
    cursor = db.cursor()
    cursor.row_factory = sqlite3.Row
    return cursor.execute(sql, values).fetchall()


def _one(db: sqlite3.Connection, sql: str, *values: Any) -> sqlite3.Row | None:
    rows = _all(db, sql, *values)
    return rows[0] if rows else None


def front(db: sqlite3.Connection) -> Front:
    """Return the front page."""
    (release,) = _all(db, "SELECT * FROM release")
    units = _all(
        db,
        """SELECT u.*, min(p.report_year) AS first_year, max(p.report_year) AS last_year,
                  sum(p.cells_disputed) AS disputed FROM unit u JOIN report p ON p.unit_id = u.id
           GROUP BY u.id ORDER BY u.place_code IS NULL, u.place_code, u.name LIMIT ?""",
        _UNITS,
    )
    places: dict[tuple[str, str], list[sqlite3.Row]] = {}
    for unit in units:
        places.setdefault((unit["place_code"] or "", unit["place_name"] or ""), []).append(unit)
    changes = _all(
        db,
        """SELECT v.*, p.title, p.unit_name, p.report_year FROM version v JOIN report p ON p.id = v.report_id
           WHERE v.kind <> 'technical' ORDER BY v.captured_at DESC, v.kind = 'first', v.id LIMIT ?""",
        _LATEST,
    )
    return Front(release, tuple((code, name, tuple(u)) for (code, name), u in places.items()), changes)


def report(db: sqlite3.Connection, report_id: str) -> ReportView | None:
    """Return a report with all that is known of it, or None."""
    row = _one(db, "SELECT * FROM report WHERE id = ?", report_id)
    if row is None:
        return None
    versions = _all(
        db,
        """SELECT v.*, d.url, c.outcome, c.status FROM version v JOIN document d ON d.id = v.document_id
           JOIN capture c ON c.id = v.capture_id WHERE v.report_id = ?
           ORDER BY v.captured_at DESC, v.sequence DESC, v.id""",
        report_id,
    )
    return ReportView(
        row,
        json.loads(row["forms"]),
        _all(db, "SELECT * FROM cell WHERE report_id = ? ORDER BY position", report_id),
        _all(db, "SELECT * FROM section WHERE report_id = ? ORDER BY position", report_id),
        _all(db, "SELECT * FROM check_result WHERE report_id = ? ORDER BY status <> 'fail', position", report_id),
        _all(db, "SELECT * FROM finding WHERE report_id = ? ORDER BY position", report_id),
        tuple(
            (v, _all(db, "SELECT * FROM cell_change WHERE version_id = ?", v["id"]) if v["cells_changed"] else [])
            for v in versions
        ),
        _all(db, "SELECT * FROM document WHERE report_id = ? ORDER BY preferred DESC, url", report_id),
        _all(
            db,
            "SELECT id, report_year, scope FROM report WHERE unit_id = ? ORDER BY report_year, scope, id",
            row["unit_id"],
        ),
        _all(db, "SELECT * FROM correction WHERE report_id = ? ORDER BY made_at, id", report_id),
    )


def withheld(db: sqlite3.Connection, report_id: str) -> sqlite3.Row | None:
    """Return the notice in place of a report that is withheld, or None."""
    return _one(db, "SELECT * FROM withholding WHERE report_id = ? AND kind = 'report'", report_id)


def source(db: sqlite3.Connection, report_id: str, version_id: str | None) -> sqlite3.Row | None:
    """Return the version that is served (or the one named) with its capture and body, or None."""
    return _one(
        db,
        """SELECT v.id AS version_id, v.served, v.kind, c.url, c.captured_at, c.outcome, c.status, c.headers,
                  c.imported, p.id AS report_id, p.title, p.unit_id, p.unit_name, p.report_year, s.sha256, s.format,
                  s.encoding, s.size, s.codec, s.data
           FROM version v JOIN report p ON p.id = v.report_id JOIN capture c ON c.id = v.capture_id
           JOIN source s ON s.sha256 = v.body_sha256
           WHERE v.report_id = ? AND v.id = coalesce(?, p.version_id)""",
        report_id,
        version_id,
    )


def unit(db: sqlite3.Connection, unit_id: str) -> UnitView | None:
    """Return a unit with its reports by year, or None."""
    row = _one(db, "SELECT * FROM unit WHERE id = ?", unit_id)
    if row is None:
        return None
    reports = _all(db, "SELECT * FROM report WHERE unit_id = ? ORDER BY report_year, scope, id", unit_id)
    by_year: dict[int, list[tuple[sqlite3.Row, dict[tuple[str, str, str], sqlite3.Row]]]] = {}
    for one in reports:
        figures = {}
        for key in MAIN_FIGURES:
            cell = _one(
                db,
                'SELECT * FROM cell WHERE report_id = ? AND "table" = ? AND "row" = ? AND "column" = ?',
                one["id"],
                *key,
            )
            if cell is not None:
                figures[key] = cell
        by_year.setdefault(one["report_year"], []).append((one, figures))
    span = range(min(by_year), max(by_year) + 1)
    return UnitView(row, tuple((year, tuple(by_year.get(year, ()))) for year in span))


def release(db: sqlite3.Connection) -> sqlite3.Row:
    """Return the release's own row."""
    (row,) = _all(db, "SELECT * FROM release")
    return row
