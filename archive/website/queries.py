"""The questions that the page of a report asks of a release, as functions on one SQLite connection.

Guarantees: each answer of a list is bounded, and each uses an index; nothing writes.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from archive.website.asking import Rows, all_rows, has_rows, one_row
from parsers.model import Cell, Where


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
    texts: dict[str, Rows]
    """Sentences that a version changed, by version."""
    across: Rows
    """Checks of this report against others that fail."""


def forms(report: sqlite3.Row) -> dict[str, str]:
    """Return the form of each table of a report."""
    found: dict[str, str] = json.loads(report["forms"])
    return found


def report(db: sqlite3.Connection, report_id: str) -> ReportView | None:
    """Return a report with all that is known of it, or None."""
    row = one_row(db, "SELECT * FROM report WHERE id = ?", report_id)
    if row is None:
        return None
    versions = all_rows(
        db,
        """SELECT v.*, d.url, c.outcome, c.status FROM version v JOIN document d ON d.id = v.document_id
           JOIN capture c ON c.id = v.capture_id WHERE v.report_id = ?
           ORDER BY v.captured_at DESC, v.sequence DESC, v.id""",
        report_id,
    )
    return ReportView(
        row,
        forms(row),
        all_rows(db, "SELECT * FROM cell WHERE report_id = ? ORDER BY position", report_id),
        all_rows(db, "SELECT * FROM section WHERE report_id = ? ORDER BY position", report_id),
        all_rows(db, "SELECT * FROM check_result WHERE report_id = ? ORDER BY status <> 'fail', position", report_id),
        all_rows(db, "SELECT * FROM finding WHERE report_id = ? ORDER BY position", report_id),
        tuple(
            (v, all_rows(db, "SELECT * FROM cell_change WHERE version_id = ?", v["id"]) if v["cells_changed"] else [])
            for v in versions
        ),
        all_rows(db, "SELECT * FROM document WHERE report_id = ? ORDER BY preferred DESC, url", report_id),
        all_rows(
            db,
            "SELECT id, report_year, scope FROM report WHERE unit_id = ? ORDER BY report_year, scope, id",
            row["unit_id"],
        ),
        all_rows(db, "SELECT * FROM correction WHERE report_id = ? ORDER BY made_at, id", report_id),
        {v["id"]: _texts(db, v["id"]) for v in versions if v["text_changed"]},
        _across(db, report_id),
    )


def _texts(db: sqlite3.Connection, version_id: str) -> Rows:
    if not has_rows(db, "text_change"):
        return []
    return all_rows(db, "SELECT * FROM text_change WHERE version_id = ? ORDER BY position", version_id)


def _across(db: sqlite3.Connection, report_id: str) -> Rows:
    if not has_rows(db, "cross_check"):
        return []
    return all_rows(
        db,
        """SELECT k.*, u.name AS other_name FROM cross_check k LEFT JOIN unit u ON u.id = k.other_unit_id
           WHERE k.report_id = ? AND k.status = 'fail' ORDER BY k.severity = 'note', k.rule, k.id""",
        report_id,
    )


def withheld(db: sqlite3.Connection, report_id: str) -> sqlite3.Row | None:
    """Return the notice in place of a report that is withheld, or None."""
    if not has_rows(db, "withholding"):
        return None
    return one_row(db, "SELECT * FROM withholding WHERE report_id = ? AND kind = 'report'", report_id)


def notices(db: sqlite3.Connection, where: str, values: tuple[str, ...]) -> Rows:
    """Return the notices of reports that are withheld, of the bodies for which a condition on `w.unit_id` holds."""
    if not has_rows(db, "withholding"):
        return []
    sql = f"SELECT * FROM withholding w WHERE w.kind = 'report' AND w.report_id IS NOT NULL AND {where} ORDER BY w.id"  # noqa: S608
    return all_rows(db, sql, *values)


def source(db: sqlite3.Connection, report_id: str, version_id: str | None) -> sqlite3.Row | None:
    """Return the version that is served (or the one named) with its capture and body, or None."""
    # a release without a notice has no page withheld, and one of an earlier format no table of them
    notice = "(SELECT max(w.withheld_on) FROM withholding w WHERE w.body_sha256 = s.sha256 OR w.report_id = p.id AND w.kind = 'passage')"
    return one_row(
        db,
        f"""SELECT v.id AS version_id, v.served, v.kind, c.url, c.captured_at, c.outcome, c.status, c.headers,
                  c.imported, p.id AS report_id, p.title, p.unit_id, p.unit_name, p.report_year, s.sha256, s.format,
                  s.encoding, s.size, s.codec, s.data, {notice if has_rows(db, "withholding") else "NULL"} AS withheld_on
           FROM version v JOIN report p ON p.id = v.report_id JOIN capture c ON c.id = v.capture_id
           JOIN source s ON s.sha256 = v.body_sha256
           WHERE v.report_id = ? AND v.id = coalesce(?, p.version_id)""",  # noqa: S608
        report_id,
        version_id,
    )


def as_cell(row: sqlite3.Row) -> Cell:
    """Return a row of the table `cell` as the parser handed it over, but for its place."""
    here = Where(0, 0, 0)
    return Cell(
        row["table"], row["row"], row["column"], row["state"], row["value"], row["raw"], row["trust"], here, row["unit"], row["label"]
    )  # fmt: skip
