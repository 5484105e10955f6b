"""Questions put to the archive: one report at a time, its history, what it showed on a day, and the whole."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta

from archive.clock import parse_timestamp, timestamp
from archive.histories.versions import rank_document
from archive.reading.loading import load_reading
from archive.register.called import not_one_unit
from archive.register.namesakes import bearer
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
    """A step in the history of one of a report's documents; `number` counts over all of them in order of time.

    `is_late`: later captures of the document were there already when this one came in (an import, a web archive).
    """

    number: int
    id: str
    kind: str
    captured_at: str
    url: str
    imported: bool
    document_id: str
    reading_id: str | None
    format: str | None
    parser_version: int | None
    reason: str | None
    changed_cells: int
    is_late: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What a report showed at some time: the version, and since when its document is withdrawn, if it is."""

    version: VersionRow
    withdrawn: VersionRow | None


def find_report(db: sqlite3.Connection, text: str) -> tuple[ReportKey, str | None]:
    """Return the report that `UNIT/YEAR[/SCOPE][@VERSION]` names, and the version part.

    UNIT is an id, a full name, or the end of one that no other unit shares but those that bore it in other years. Raises
    NotFoundError, naming what is near.
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
    if len(units) > 1 and len({unit["name"] for unit in units}) == 1:
        # of those that bore one name one after the other, the year tells
        bearers = {bearer(db, unit["id"], int(parts[1])) for unit in units}
        units = [unit for unit in units if unit["id"] in bearers]
    if len(units) != 1:
        raise not_one_unit(parts[0], [(u["id"], u["name"]) for u in units])
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
        """SELECT v.*, d.url, d.imported, r.format, r.parser_version,
                  (SELECT count(*) FROM cell_change x WHERE x.version_id = v.id) AS changed,
                  EXISTS (SELECT 1 FROM capture c JOIN capture l ON l.url = c.url AND l.captured_at > c.captured_at
                          AND l.rowid < c.rowid WHERE c.id = v.capture_id AND c.url = d.url) AS is_late
           FROM version v JOIN document d ON d.id = v.document_id LEFT JOIN reading r ON r.id = v.reading_id
           WHERE d.report_id = ? ORDER BY v.captured_at, d.url, v.sequence""",
        (report_id,),
    )
    return [
        VersionRow(
            n, r["id"], r["kind"], r["captured_at"], r["url"], bool(r["imported"]), r["document_id"], r["reading_id"],
            r["format"], r["parser_version"], r["reason"], r["changed"], bool(r["is_late"]),
        )
        for n, r in enumerate(rows, 1)
    ]  # fmt: skip


def standing(db: sqlite3.Connection, report: ReportKey, which: str | None = None) -> Standing:
    """Return what the report shows: by version number `which`, on the day `which` (its end in China), or now.

    Of several documents it is the one that the archive would have preferred then (archive/histories/versions.py). Raises NotFoundError.
    """
    versions = history(db, report.id)
    if which and which.isdigit():
        found = next((v for v in versions if v.number == int(which)), None)
        if found is None:
            raise _no_version(report, which, versions)
        return _standing(versions, found)
    until = _end_of_day(which) if which else None
    last: dict[str, VersionRow] = {}
    shown: dict[str, VersionRow] = {}
    for version in versions:
        if until is None or version.captured_at < until:
            last[version.document_id] = version
            if version.reading_id:
                shown[version.document_id] = version
    if not shown:
        raise _no_version(report, which, versions)
    newest_first = sorted(shown, key=lambda key: (last[key].captured_at, key), reverse=True)
    best = min(newest_first, key=lambda key: rank_document(last[key].kind, shown[key].format))
    return _standing(versions, last[best])


def _standing(versions: list[VersionRow], version: VersionRow) -> Standing:
    if version.reading_id:
        return Standing(version, None)
    earlier = [v for v in versions if v.document_id == version.document_id and v.number < version.number]
    return Standing(next(v for v in reversed(earlier) if v.reading_id), version)


def _end_of_day(text: str) -> str:
    try:
        # China Standard Time: its midnight is 16:00 UTC
        return timestamp(parse_timestamp(date.fromisoformat(text).isoformat()) + timedelta(hours=16))
    except ValueError:
        raise NotFoundError(
            f"@{text} is neither a version's number nor a date (YYYY-MM-DD)",
            f"@{text} 既不是版本号也不是日期（YYYY-MM-DD）",
        ) from None


def _no_version(report: ReportKey, which: str | None, versions: list[VersionRow]) -> NotFoundError:
    first = next((v.captured_at[:10] for v in versions), "-")
    return NotFoundError(
        f"{report.unit} {report.report_year} has no version {which or ''}: there are {len(versions)}, the first of {first}",
        f"{report.unit} {report.report_year} 年度报告没有版本 {which or ''}：共 {len(versions)} 个，最早为 {first}",
    )


def read_version(db: sqlite3.Connection, version: VersionRow) -> Report:
    """Return what a version with a reading says."""
    assert version.reading_id is not None
    return load_reading(db, version.reading_id)


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
