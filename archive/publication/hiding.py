"""Keeps out of a release what people decided to withhold, and leaves a dated notice in its place.

Guarantees: a withheld report has no row but its notice; a withheld passage is replaced wherever text of its report is published, and
none of that report's captured pages is published, because a page cannot be cut without changing what it is; nothing is hidden
without a row in `withholding`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date

import zstandard

from archive.clock import CHINA, parse_timestamp
from archive.decisions.withholding import Withholding, passage_pattern, withholdings
from archive.selection import Selection
from archive.store import Archive

_TEXTS = {
    "report": ("id", ("title", "title_raw", "issuer_raw", "preface")),
    "section": ("report_id", ("heading", "text")),
    "cell": ("report_id", ("raw", "label")),
    "check_result": ("report_id", ("note",)),
    "finding": ("report_id", ("message", "message_zh")),
    "correction": ("report_id", ("why", "evidence")),
    "version": ("report_id", ("reason",)),
    "cross_check": ("report_id", ("evidence", "message", "message_zh")),
}
"""Columns that hold words of a report, and which column of their table names it."""

_QUOTES = """(other_report_id IN (SELECT report_id FROM kept.withheld_report WHERE id = :id) OR EXISTS (
    SELECT 1 FROM kept.withheld_report h JOIN kept.document d ON d.report_id = h.report_id JOIN kept.reading r ON r.url = d.url
    WHERE h.id = :id AND instr(evidence, r.id) > 0))"""
"""Whether a check between reports has a withheld one on its other side, or quotes a reading of it."""


def list_withheld(db: sqlite3.Connection, archive: Archive, selection: Selection) -> None:
    """Write the notices: what is withheld, since when and why, never what it says."""
    if not selection.is_everything:
        return
    for held in withholdings(archive.db):
        report = archive.db.execute("SELECT min(report_id) FROM withheld_report WHERE id = ?", (held.id,)).fetchone()[0]
        unit = archive.db.execute("SELECT name FROM unit WHERE id = ?", (held.unit_id,)).fetchone()
        db.execute(
            "INSERT INTO withholding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                held.id,
                _day(held).isoformat(),
                held.kind,
                report,
                held.unit_id,
                unit and unit[0],
                held.report_year,
                held.scope,
                held.body_sha256,
                held.why,
            ),
        )
        if held.kind == "report":
            db.execute(
                "UPDATE coverage_year SET state = 'withheld' WHERE unit_id = ? AND report_year = ?",
                (held.unit_id, held.report_year),
            )


def hide_sources(db: sqlite3.Connection, archive: Archive) -> None:
    """Put a notice in place of each page that is withheld, or that a withheld passage stands in."""
    for held in withholdings(archive.db):
        if held.kind == "report":
            continue
        notice = f"本页自 {_day(held)} 起不予刊出。\nThis page is withheld since {_day(held)}.\n{held.why}\n".encode()
        bodies = (
            "SELECT ?"
            if held.kind == "page"
            else (
                "SELECT v.body_sha256 FROM main.version v WHERE v.report_id IN (SELECT report_id FROM kept.withheld_report WHERE id = ?)"
            )
        )
        db.execute(
            "UPDATE main.source SET format = 'text', encoding = 'utf-8', size = ?, codec = 'zstd', data = ?"  # noqa: S608
            f" WHERE sha256 IN ({bodies})",
            (len(notice), zstandard.compress(notice), held.body_sha256 or held.id),
        )


def hide_quotations(db: sqlite3.Connection, archive: Archive) -> None:
    """Drop checks of other reports that rest on figures or words of a withheld one."""
    for held in withholdings(archive.db):
        if held.kind == "report":
            db.execute(f"DELETE FROM main.cross_check WHERE {_QUOTES}", {"id": held.id})  # noqa: S608


def hide_passages(db: sqlite3.Connection, archive: Archive) -> None:
    """Replace each withheld passage wherever its report's words stand, those that other reports' checks quote included."""
    for held in withholdings(archive.db):
        if held.passage is None:
            continue
        db.create_function(
            "hidden", 1, _hide(held.passage, f"〔{_day(held)} 起不予刊出 / withheld〕"), deterministic=True
        )
        reports = "SELECT report_id FROM kept.withheld_report WHERE id = :id"
        for table, (key, columns) in _TEXTS.items():
            where = f"{key} IN ({reports})"
            if table == "cross_check":
                where += f" OR {_QUOTES}"
            changed = ", ".join(f"{column} = hidden({column})" for column in columns)
            db.execute(f"UPDATE main.{table} SET {changed} WHERE {where}", {"id": held.id})  # noqa: S608


def _hide(passage: str, notice: str) -> Callable[[str | None], str | None]:
    pattern = passage_pattern(passage)
    return lambda text: text if text is None else pattern.sub(notice, text)


def _day(held: Withholding) -> date:
    return parse_timestamp(held.made_at).astimezone(CHINA).date()
