"""Derives units, reports, documents and versions from captures and readings; everything here can be made again.

Guarantees: a version is a change that somebody made (`first`, `content`), that our parser made (`technical`), or
a document gone in two sightings a day apart (`withdrawn`). Bytes that change without text or figures changing make
none. A challenge page, an error or an empty list never makes or replaces a version. A version's name is made from
document, body and time, so it stays when an older capture arrives and the order is computed again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archive.histories.pairs import changed_cells, same_parser
from archive.histories.sequence import Version, sequence_of
from archive.keys import digest
from archive.processes import Processes, connection
from archive.register.filing import FilingRow, Group, filing_of, keep_filing, settle
from archive.register.identity import decided_identity, identity_corrections, newest_reading
from archive.register.relations import relate
from archive.search import index_reports
from archive.store import Archive

_PREFERENCE = ("html", "docx", "doc", "text", "pdf", "ofd", "image")


FindingRow = tuple[str, str, str, str, str, str]
"""A row of `archive_finding`: key, document, and what follows."""


@dataclass(frozen=True, slots=True)
class _Filed:
    """What files the document at `url`: a row of `filing`, None where it can't be filed, and rows of findings on that."""

    url: str
    findings: tuple[FindingRow, ...]
    filing: FilingRow | None


def derive_versions(archive: Archive, parser_version: int, processes: Processes | None = None) -> dict[str, int]:
    """Compute the versions of every document whose captures, readings or lists changed; return the new ones by kind.

    Figures and text compared are those of one and the same parser, the newest that read both bodies.
    """
    processes = processes or Processes(archive.db)
    db = archive.db
    created: dict[str, int] = {}
    with archive.transaction():
        groups: list[Group] = []
        filed: list[str] = []
        asked = [(url, parser_version) for url in _stale_reports(db)]
        for found in processes.each(connection).map(_file_document, asked):
            concerned = _keep_filed(db, found)
            groups += concerned
            if concerned:
                filed.append(found.url)
        touched = settle(db, groups)
        for url in filed:
            for kind in _rewrite_versions(db, url):
                created[kind] = created.get(kind, 0) + 1
        places = _places_of(db, touched)
        for report_id in sorted(touched):
            _choose_document(db, report_id)
        index_reports(db, sorted(touched), processes)
        _drop_empty(db, touched)
        relate(db, places)
        db.execute("DELETE FROM stale_document")
    return created


def _places_of(db: sqlite3.Connection, reports: Iterable[str]) -> set[str | None]:
    """Return the places of the units of reports, None for a unit without one."""
    return {
        row[0]
        for report in reports
        for row in db.execute(
            "SELECT u.place_code FROM report p JOIN unit u ON u.id = p.unit_id WHERE p.id = ?", (report,)
        )
    }


def _drop_empty(db: sqlite3.Connection, reports: Iterable[str]) -> None:
    """Forget reports that have no documents left, their documents being another unit's or scope's, and units without reports."""
    for report in sorted(reports):
        if db.execute("SELECT 1 FROM document WHERE report_id = ?", (report,)).fetchone():
            continue
        (unit,) = db.execute("SELECT unit_id FROM report WHERE id = ?", (report,)).fetchone()
        db.execute("DELETE FROM report WHERE id = ?", (report,))
        db.execute("DELETE FROM unit WHERE id = ? AND id NOT IN (SELECT unit_id FROM report)", (unit,))


def _stale_reports(db: sqlite3.Connection) -> list[str]:
    """Return the addresses that ever carried a report and of which something new is known."""
    rows = db.execute(
        """SELECT url FROM stale_document s
           WHERE EXISTS (SELECT 1 FROM reading r WHERE r.url = s.url AND r.verdict = 'report') ORDER BY url"""
    )
    return [row[0] for row in rows]


def document_key(url: str) -> str:
    """Return the key of the document at `url`."""
    return digest("document", url)


def _file_document(db: sqlite3.Connection, asked: tuple[str, int]) -> _Filed:
    """Find out what files the document at an address by its newest reading, that of a parser before all. Writes nothing."""
    url, parser_version = asked
    row = newest_reading(db, url, parser_version)
    assert row is not None  # _stale_reports
    document = document_key(url)
    findings = [
        _finding_row(
            document,
            "identity_overtaken",
            "warning",
            f"{url} was corrected to {correction.field} {correction.value} when {correction.read_value} was read; now"
            f" {correction.now_read} is read: does the correction still hold?",
            f"{url} 更正为 {correction.field} {correction.value} 时读出的是 {correction.read_value}，现在读出"
            f" {correction.now_read}：更正是否仍然成立？",
        )
        for correction in identity_corrections(db, url)
        if correction.is_overtaken
    ]
    identity = decided_identity(db, row)
    if identity.issuer and identity.year:
        return _Filed(url, tuple(findings), filing_of(db, document, row, identity))
    missing, missing_zh = ("issuer", "发布机关") if not identity.issuer else ("report year", "报告年度")
    findings.append(
        _finding_row(
            document,
            "unfiled_report",
            "warning",
            f"{url} is a report, but its {missing} could not be read: it is kept, not filed; `gongkai correct` can say it",
            f"{url} 是年度报告，但未能识别{missing_zh}：已保存，未归档；可用 `gongkai correct` 写明",
        )
    )
    return _Filed(url, tuple(findings), None)


def _keep_filed(db: sqlite3.Connection, filed: _Filed) -> tuple[Group, ...]:
    """Write down what files a document; return the groups that this concerns, none where it can't be filed."""
    db.execute(
        "DELETE FROM archive_finding WHERE document_id = ? AND code IN ('unfiled_report', 'identity_overtaken')",
        (document_key(filed.url),),
    )
    for row in filed.findings:
        _keep_finding(db, row)
    return () if filed.filing is None else keep_filing(db, filed.filing)


def _rewrite_versions(db: sqlite3.Connection, url: str) -> list[str]:
    """Compute the versions of one document and write them if they differ; return the kinds of those that are new."""
    document = document_key(url)
    wanted = _wanted(db, url)
    known = _known(db, document)
    if known == _as_rows(wanted):
        return []
    before = {row[0] for row in known}
    db.execute(
        "DELETE FROM cell_change WHERE version_id IN (SELECT id FROM version WHERE document_id = ?)",
        (document,),
    )
    db.execute("DELETE FROM version WHERE document_id = ?", (document,))
    previous: str | None = None
    for sequence, (key, version) in enumerate(wanted, 1):
        db.execute(
            "INSERT INTO version VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                key,
                document,
                sequence,
                version.kind,
                version.at,
                version.capture_id,
                version.reading_id,
                version.reason,
            ),
        )
        if version.reading_id:
            if previous:
                # what they changed is seen by one parser alone; what ours changed, by both
                pair = (previous, version.reading_id)
                _write_changes(db, key, *(pair if version.kind == "technical" else same_parser(db, *pair)))
            previous = version.reading_id
    return [v.kind for key, v in wanted if key not in before]


def is_derived(db: sqlite3.Connection, url: str) -> bool:
    """Tell whether the kept versions of a document are those that follow from its captures, lists and readings."""
    return _known(db, document_key(url)) == _as_rows(_wanted(db, url))


def _wanted(db: sqlite3.Connection, url: str) -> list[tuple[str, Version]]:
    return [(_version_key(document_key(url), version), version) for version in sequence_of(db, url)]


def _as_rows(wanted: Sequence[tuple[str, Version]]) -> list[tuple[object, ...]]:
    return [
        (key, sequence, v.kind, v.at, v.capture_id, v.reading_id, v.reason)
        for sequence, (key, v) in enumerate(wanted, 1)
    ]


def _known(db: sqlite3.Connection, document: str) -> list[tuple[object, ...]]:
    rows = db.execute(
        """SELECT id, sequence, kind, captured_at, capture_id, reading_id, reason FROM version
           WHERE document_id = ? ORDER BY sequence""",
        (document,),
    )
    return [tuple(row) for row in rows]


def _version_key(document: str, version: Version) -> str:
    """Return a version's name, from document, body and time: it stays when an older capture makes `first` `content`."""
    parser = version.reading_id if version.kind == "technical" else ""
    return digest("version", document, version.body_sha256, version.at, parser)


def _write_changes(db: sqlite3.Connection, version: str, before: str, after: str) -> None:
    """List the cells that differ between two readings."""
    for row in changed_cells(db, before, after):
        db.execute("INSERT INTO cell_change VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (version, *row))


def rank_document(kind: str, format_: str | None) -> tuple[bool, int]:
    """Return what orders documents of one report, best first: those still up, then by format."""
    known = _PREFERENCE.index(format_) if format_ in _PREFERENCE else len(_PREFERENCE)
    return (kind == "withdrawn", known)


def _choose_document(db: sqlite3.Connection, report_id: str) -> None:
    """Choose the document a report shows: one that is still up, by format, then the newest."""
    rows = db.execute(
        """SELECT d.id, d.url, v.kind, v.captured_at, r.id AS reading_id, r.format FROM document d
           JOIN version v ON v.document_id = d.id AND v.sequence = (SELECT max(sequence) FROM version WHERE document_id = d.id)
           LEFT JOIN reading r ON r.id = (SELECT reading_id FROM version w WHERE w.document_id = d.id AND w.reading_id IS NOT NULL ORDER BY w.sequence DESC LIMIT 1)
           WHERE d.report_id = ?""",
        (report_id,),
    ).fetchall()
    if not rows:
        db.execute("UPDATE report SET preferred_document = NULL WHERE id = ?", (report_id,))
        return
    newest_first = sorted(rows, key=lambda r: (r["captured_at"], r["id"]), reverse=True)
    best = min(newest_first, key=lambda r: rank_document(r["kind"], r["format"]))
    db.execute("UPDATE report SET preferred_document = ? WHERE id = ?", (best["id"], report_id))


def _finding_row(document: str, code: str, severity: str, message: str, message_zh: str) -> FindingRow:
    return (digest("finding", code, document), document, code, severity, message, message_zh)


def _keep_finding(db: sqlite3.Connection, row: FindingRow) -> None:
    db.execute("INSERT OR REPLACE INTO archive_finding VALUES (?, ?, ?, ?, ?, ?)", row)
