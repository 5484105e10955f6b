"""What needs a person: failures of rules in single reports and between them, lists that shrank, pages reworded, reports not filed.

Guarantees: an alert keeps its key as long as it says the same, through every rereading; it is new until a person has acknowledged
it; acknowledging is recorded and changes nothing else.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from archive.clock import CHINA, parse_timestamp, timestamp
from archive.crawls.ledger import column_state
from archive.crawls.reasons import finding
from archive.crosschecks import check_across, cross_rules
from archive.histories.versions import document_key
from archive.keys import digest
from archive.labels import finding_in_words, scope_label
from archive.selection import Selection
from archive.store import Archive
from parsers.model import Finding, Severity
from parsers.templates import rules

_TOLD_BY_CHECKS = ("sum_fails", "narrative_disagrees", "number_format", "in_force_too_small", "late_publication")
"""Findings that restate a rule, or (the last) what `gongkai status` shows of every late report."""


@dataclass(frozen=True, slots=True)
class Alert:
    """Something for a person: under which rule, how grave, about which report (UNIT/YEAR) or page, in both languages."""

    id: str
    rule: str
    severity: Severity
    about: str
    message: str
    message_zh: str
    is_new: bool = True


def watch(archive: Archive, selection: Selection) -> list[Alert]:
    """Bring the cross-checks up to date and return the alerts of the selected reports, by rule, the gravest first."""
    check_across(archive)
    db = archive.db
    reports, values = selection.reports()
    with archive.transaction():
        db.execute("CREATE TEMP TABLE IF NOT EXISTS selected (id TEXT PRIMARY KEY)")
        db.execute("DELETE FROM temp.selected")
        db.execute(f"INSERT INTO temp.selected {reports}", values)
    seen = {row[0] for row in db.execute("SELECT alert_id FROM acknowledgement")}
    found = [*_single(db), *_across(db, selection), *_reworded(db), *_lists(db, selection), *_filing(db, selection)]
    once = {alert.id: replace(alert, is_new=alert.id not in seen) for alert in found}
    order = ("error", "warning", "note")
    return sorted(once.values(), key=lambda a: (order.index(a.severity), a.rule, a.about, a.id))


def acknowledge(archive: Archive, alerts: Iterable[Alert], author: str) -> None:
    """Record that somebody has seen these alerts."""
    at = timestamp(archive.clock.now())
    with archive.transaction():
        archive.db.executemany(
            "INSERT OR IGNORE INTO acknowledgement VALUES (?, ?, ?, ?)", [(a.id, a.rule, author, at) for a in alerts]
        )


def rule_title(rule: str) -> tuple[str, str]:
    """Return what a rule is called (en, zh); a finding's code stands for itself."""
    if rule in cross_rules():
        known = cross_rules()[rule]
        return f"{rule} {known.en}", f"{rule} {known.zh}"
    return next(((f"{r.id} {r.en}", f"{r.id} {r.zh}") for r in rules() if r.id == rule), (rule, rule))


def _single(db: sqlite3.Connection) -> Iterator[Alert]:
    """Yield the rules that a shown reading fails by itself, and its other findings."""
    shown = """FROM temp.selected JOIN report p USING (id) JOIN unit u ON u.id = p.unit_id
               JOIN shown_reading s ON s.report_id = p.id"""
    severities = {rule.id: rule.severity for rule in rules()}
    for row in db.execute(
        f"""SELECT p.*, u.name, c.rule, c.scope AS place, c.left_side, c.right_side {shown}
            JOIN check_result c ON c.reading_id = s.reading_id WHERE c.status = 'fail'"""
    ):
        key = digest("alert", row["id"], row["rule"], row["place"], row["left_side"], row["right_side"])
        sides = f": {row['left_side']} ≠ {row['right_side']}" if row["right_side"] else ""
        en, zh = (scope_label(row["rule"], row["place"], language) + sides for language in ("en", "zh"))
        yield Alert(key, row["rule"], severities.get(row["rule"], "note"), _about(row), en, zh)
    told = ", ".join("?" * len(_TOLD_BY_CHECKS))
    for row in db.execute(
        f"""SELECT p.*, u.name, f.code, f.severity, f.message, f.message_zh {shown}
            JOIN finding f ON f.reading_id = s.reading_id WHERE f.code NOT IN ({told})""",
        _TOLD_BY_CHECKS,
    ):
        key = digest("alert", row["id"], row["code"], row["message"])
        en = finding_in_words(row["code"], row["message"], "en")
        zh = finding_in_words(row["code"], row["message_zh"], "zh")
        yield Alert(key, row["code"], row["severity"], _about(row), en, zh)


def _across(db: sqlite3.Connection, selection: Selection) -> Iterator[Alert]:
    """Yield the cross-checks that fail; where there is no report (E5), those of the units that are selected in any year."""
    units, values = replace(selection, years=None).reports()
    first, last = selection.years or (0, 9999)
    rows = db.execute(
        f"""SELECT c.*, u.name, p.scope FROM cross_check c LEFT JOIN unit u ON u.id = c.unit_id
            LEFT JOIN report p ON p.id = c.report_id
            WHERE c.status = 'fail' AND (c.report_id IN (SELECT id FROM temp.selected) OR c.report_id IS NULL
              AND c.report_year BETWEEN ? AND ? AND (? OR c.unit_id IN (SELECT unit_id FROM report WHERE id IN ({units}))))""",  # noqa: S608
        (first, last, replace(selection, years=None).is_everything, *values),
    )
    for row in rows:
        # a further change is another alert, though it leaves as many figures changed
        versions = [v.get("captured_at") for v in json.loads(row["evidence"]).get("versions", ())]
        key = digest("alert", row["id"], row["left_side"], row["right_side"], *versions)
        yield Alert(key, row["rule"], row["severity"], _about(row), row["message"], row["message_zh"])


def _reworded(db: sqlite3.Connection) -> Iterator[Alert]:
    """Yield the versions in which a published text changed and no figure (G1 tells of figures)."""
    for row in db.execute(
        """SELECT p.*, u.name, v.id AS version, v.captured_at, d.url FROM temp.selected JOIN report p USING (id)
           JOIN unit u ON u.id = p.unit_id JOIN document d ON d.report_id = p.id JOIN version v ON v.document_id = d.id
           WHERE v.kind = 'content' AND NOT EXISTS (SELECT 1 FROM cell_change x WHERE x.version_id = v.id)"""
    ):
        said = finding("text_changed", url=row["url"], on=_day(row["captured_at"]))
        yield _alert(digest("alert", row["version"]), said, _about(row))


def _lists(db: sqlite3.Connection, selection: Selection) -> Iterator[Alert]:
    """Yield the lists that have fewer rows than they once had, since the run in which they lost them."""
    if not selection.is_of_portals:
        return
    columns: dict[tuple[str, str], list[sqlite3.Row]] = {}
    condition, portals = selection.of_portal()
    for row in db.execute(
        f"SELECT * FROM listing WHERE completeness != 'partial' AND ({condition}) ORDER BY listed_at, rowid",  # noqa: S608
        portals,
    ):
        columns.setdefault((row["portal"], row["url"]), []).append(row)
    for (portal, url), rows in columns.items():
        before, lost = rows[0], None
        for row in rows[1:]:
            if row["found_total"] >= before["found_total"]:
                before, lost = row, None
            elif lost is None or row["found_total"] < lost["found_total"]:
                lost = row
        if lost is not None:
            now = column_state(lost).found_total
            said = finding(
                "list_shrank" if now else "list_emptied", url=url, before=before["found_total"],
                on=_day(before["listed_at"]), after=now,
            )  # fmt: skip
            yield _alert(digest("alert", lost["id"], now), said, portal)


def _filing(db: sqlite3.Connection, selection: Selection) -> Iterator[Alert]:
    """Yield what is the matter with the filing of documents, whichever portals they came from: those not filed are no report's."""
    if not selection.is_of_portals:
        return
    findings = db.execute("SELECT * FROM archive_finding").fetchall()
    if not findings:
        return
    condition, portals = selection.of_portal()
    urls = db.execute(f"SELECT DISTINCT url FROM capture WHERE kind <> 'robots' AND ({condition})", portals)  # noqa: S608
    documents = {document_key(row["url"]): row["url"] for row in urls}
    for row in findings:
        if row["document_id"] in documents:
            key = digest("alert", row["id"], row["message"])
            yield Alert(
                key, row["code"], row["severity"], documents[row["document_id"]], row["message"], row["message_zh"]
            )


def _alert(key: str, said: Finding, about: str) -> Alert:
    return Alert(key, said.code, said.severity, about, said.message, said.message_zh)


def _about(row: sqlite3.Row) -> str:
    scope = row["scope"]
    return f"{row['name'] or row['unit_id']}/{row['report_year']}" + (
        f"/{scope}" if scope not in (None, "unknown") else ""
    )


def _day(at: str) -> str:
    return parse_timestamp(at).astimezone(CHINA).date().isoformat()
