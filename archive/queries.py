"""Questions put to the archive: one report at a time, its history, differences between readings, and the whole."""

from __future__ import annotations

import difflib
import re
import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta

from archive.clock import parse_timestamp, timestamp
from archive.readings import load_reading
from archive.versions import changed_cells
from parsers.errors import NotFoundError
from parsers.model import Report


@dataclass(frozen=True, slots=True)
class ReportKey:
    """A report in the archive: its key, its unit and the year it is on."""

    id: str
    unit_id: str
    unit: str
    report_year: int
    scope: str
    preferred_document: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A step in the history of one of a report's documents; `number` counts over all of them in order of time."""

    number: int
    id: str
    kind: str
    captured_at: str
    url: str
    imported: bool
    reading_id: str | None
    reason: str | None
    changed_cells: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two readings: cells as (table, row, column, state, value, state, value), then sentences."""

    cells: tuple[tuple[str | int | None, ...], ...]
    removed: tuple[str, ...]
    added: tuple[str, ...]


def find_report(db: sqlite3.Connection, text: str) -> tuple[ReportKey, str | None]:
    """Return the report that `UNIT/YEAR[/SCOPE][@VERSION]` names, and the version part.

    UNIT is an id, a full name, or the end of one that no other unit shares. Raises NotFoundError, naming what is near.
    """
    body, _, version = text.partition("@")
    parts = body.strip("/").split("/")
    if len(parts) < 2 or not parts[1].isdigit():
        raise NotFoundError(
            f"{text!r} names no report: write UNIT/YEAR, for instance 平顶山市政务服务和大数据管理局/2023",
            f"“{text}”不是报告名：请写成“单位/年度”，例如 平顶山市政务服务和大数据管理局/2023",
        )
    units = db.execute("SELECT id, name FROM unit WHERE id = ? OR name = ?", (parts[0], parts[0])).fetchall()
    units = units or db.execute("SELECT id, name FROM unit WHERE name LIKE ?", (f"%{parts[0]}",)).fetchall()
    if len(units) != 1:
        near = "; ".join(f"{u['name']} ({u['id']})" for u in units[:5]) or "-"
        raise NotFoundError(
            f"{len(units)} units are called {parts[0]!r}: {near}", f"名为“{parts[0]}”的单位有 {len(units)} 个：{near}"
        )
    rows = db.execute(
        "SELECT * FROM report WHERE unit_id = ? AND report_year = ? AND (? IS NULL OR scope = ?)",
        (units[0]["id"], int(parts[1]), *(2 * [parts[2] if len(parts) > 2 else None])),
    ).fetchall()
    if len(rows) != 1:
        years = ", ".join(
            str(r[0])
            for r in db.execute("SELECT report_year FROM report WHERE unit_id = ? ORDER BY 1", (units[0]["id"],))
        )
        raise NotFoundError(
            f"{units[0]['name']} has no single report on {parts[1]}; the archive has: {years}",
            f"{units[0]['name']} 没有唯一的 {parts[1]} 年度报告；档案库中有：{years}",
        )
    row = rows[0]
    key = ReportKey(
        row["id"], units[0]["id"], units[0]["name"], row["report_year"], row["scope"], row["preferred_document"]
    )
    return key, version or None


def history(db: sqlite3.Connection, report_id: str) -> list[VersionRow]:
    """Return the versions of all documents of a report, oldest first."""
    rows = db.execute(
        """SELECT v.*, d.url, d.imported, (SELECT count(*) FROM cell_change x WHERE x.version_id = v.id) AS changed
           FROM version v JOIN document d ON d.id = v.document_id
           WHERE d.report_id = ? ORDER BY v.captured_at, d.url, v.sequence""",
        (report_id,),
    )
    return [
        VersionRow(
            n, r["id"], r["kind"], r["captured_at"], r["url"], bool(r["imported"]), r["reading_id"], r["reason"],
            r["changed"],
        )
        for n, r in enumerate(rows, 1)
    ]  # fmt: skip


def shown_version(db: sqlite3.Connection, report: ReportKey, which: str | None = None) -> VersionRow:
    """Return the version to show: number `which`, the one in force on the date `which`, or the newest.

    Without `which` it is the newest with a reading of the report's preferred document. A date is a day in China.
    """
    versions = history(db, report.id)
    if which and which.isdigit():
        found = [v for v in versions if v.number == int(which)]
    elif which:
        try:
            # the end of that day in China Standard Time
            end = timestamp(parse_timestamp(date.fromisoformat(which).isoformat()) + timedelta(hours=16))
        except ValueError:
            raise NotFoundError(
                f"@{which} is neither a version's number nor a date (YYYY-MM-DD)",
                f"@{which} 既不是版本号也不是日期（YYYY-MM-DD）",
            ) from None
        found = [v for v in versions if v.captured_at < end and v.reading_id]
    else:
        urls = {r[0] for r in db.execute("SELECT url FROM document WHERE id = ?", (report.preferred_document,))}
        found = [v for v in versions if v.url in urls and v.reading_id]
    if not found:
        raise NotFoundError(
            f"{report.unit} {report.report_year} has no version {which or ''}",
            f"{report.unit} {report.report_year} 年度报告没有版本 {which or ''}",
        )
    return found[-1]


def read_version(db: sqlite3.Connection, version: VersionRow, report: ReportKey) -> Report:
    """Return what a version says; for a withdrawn one, the last good reading before it."""
    if version.reading_id is None:
        earlier = [v for v in history(db, report.id) if v.url == version.url and v.number < version.number]
        return load_reading(db, next(v.reading_id for v in reversed(earlier) if v.reading_id))
    return load_reading(db, version.reading_id)


def _sentences(report: Report) -> list[str]:
    parts = [report.title_raw or "", report.preface or ""]
    for section in report.sections:
        parts += [section.heading, section.text]
    return [s.strip() for part in parts for s in re.split(r"(?<=[。！？；\n])", part) if s.strip()]


def compare(db: sqlite3.Connection, before_id: str, after_id: str) -> Difference:
    """Return how two readings differ: cells first, then sentences."""
    before, after = _sentences(load_reading(db, before_id)), _sentences(load_reading(db, after_id))
    removed, added = [], []
    for line in difflib.ndiff(before, after):
        if line.startswith("- "):
            removed.append(line[2:])
        elif line.startswith("+ "):
            added.append(line[2:])
    return Difference(tuple(changed_cells(db, before_id, after_id)), tuple(removed), tuple(added))


# -- the whole ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Overview:
    """The archive in numbers: what `status` and the demo print."""

    portals: int
    captures: dict[str, int]
    reports: int
    versions: dict[str, int]
    cells: dict[str, int]
    checks_failed: int


def _counts(db: sqlite3.Connection, sql: str) -> dict[str, int]:
    return {row[0]: row[1] for row in db.execute(sql)}


def overview(db: sqlite3.Connection) -> Overview:
    """Count portals, captures by verdict, reports, versions by kind, and the cells and failed checks that are shown."""
    (portals,) = db.execute("SELECT count(DISTINCT portal) FROM capture WHERE portal IS NOT NULL").fetchone()
    (reports,) = db.execute("SELECT count(*) FROM report").fetchone()
    (failed,) = db.execute(
        "SELECT count(*) FROM check_result JOIN shown_reading USING (reading_id) WHERE status = 'fail'"
    ).fetchone()
    return Overview(
        portals,
        _counts(
            db,
            """SELECT coalesce(c.verdict, (SELECT r.verdict FROM reading r WHERE r.body_sha256 = c.body_sha256 AND r.url = c.url
                      ORDER BY r.parser_version DESC LIMIT 1),
                      CASE WHEN c.kind = 'list' THEN 'index' WHEN c.kind IN ('robots', 'replay') THEN c.kind ELSE c.outcome END) AS v,
                      count(*) FROM capture c GROUP BY v ORDER BY v""",
        ),
        reports,
        _counts(db, "SELECT kind, count(*) FROM version GROUP BY kind ORDER BY kind"),
        _counts(
            db,
            "SELECT coalesce(trust, 'undecidable'), count(*) FROM cell JOIN shown_reading USING (reading_id)"
            " GROUP BY 1 ORDER BY 1",
        ),
        failed,
    )
