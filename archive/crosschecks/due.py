"""E5: units that exist and have no report by the statutory date.

Guarantees: nobody is overdue on a day on which the archive has not looked; what it could not get is not said to be missing: where
a list that would name the report was not read to its end, or the page was refused, the rule is not assessable, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from archive.clock import CHINA, parse_timestamp
from archive.crawls.coverage import coverage
from archive.crosschecks.outcome import Row, Status, Words, cross_check_row
from archive.crosschecks.reports import Reports
from archive.crosschecks.rules import CrossRule, reason_text
from archive.store import Archive
from parsers.dates import due_date


def check_due(rule: CrossRule, archive: Archive, reports: Reports) -> Iterator[Row]:
    """Apply the rule to every unit that the archive knows, as at the day when it last looked anywhere."""
    (looked,) = archive.db.execute(
        "SELECT max(at) FROM (SELECT max(captured_at) AS at FROM capture UNION ALL SELECT max(listed_at) FROM listing)"
    ).fetchone()
    if looked is None:
        return
    last_day = parse_timestamp(looked).astimezone(CHINA).date()
    crawled = {
        row[0]
        for row in archive.db.execute(
            "SELECT DISTINCT p.unit_id FROM document d JOIN report p ON p.id = d.report_id WHERE d.portal IS NOT NULL"
        )
    }
    for row in coverage(archive):
        own = reports.years_of(row.unit_id)
        line = [member for member in reports.line(row.unit_id) if member in reports.units]
        known = sorted(year for member in line for year in reports.years_of(member))
        for year, state in row.years.items():
            if last_day <= due_date(year, row.unit):
                continue
            there = year in own
            if not there and not _is_wanted(reports, row.unit_id, own, year, state):
                continue
            if not there and year in known:  # the same body has it under its other name
                continue
            yield _row(rule, reports, (row.unit_id, row.unit), year, state, own, row.unit_id in crawled, there=there)


def _is_wanted(reports: Reports, unit_id: str, own: list[int], year: int, state: str) -> bool:
    """Tell whether a report is asked for: of a unit that reported before and existed, or that a list names for the year."""
    if not own:
        return state not in ("missing", "not_crawled", "not_yet_due")
    return year > own[0] and reports.existed(unit_id, year)


def _row(
    rule: CrossRule, reports: Reports, unit: tuple[str, str], year: int, state: str, own: list[int], crawled: bool,
    *, there: bool,
) -> Row:  # fmt: skip
    unit_id, name = unit
    due = due_date(year, name).isoformat()
    entry = reports.of(unit_id, year)[0] if there else None
    evidence: dict[str, object] = {"state": state, "due": due, "reported": own}
    status: Status = "fail"
    message: Words = (rule.fail_en.format(year=year, right=due), rule.fail_zh.format(year=year, right=due))
    if there:
        status, message = "pass", (rule.about_en, rule.about_zh)
    elif state != "missing" and not (state == "not_crawled" and not crawled):
        status, message = "not_assessable", reason_text("list_not_read", hole=state)
    elif own and year > own[-1] and set(reports.successors(unit_id)) - set(reports.line(unit_id)):
        # `_is_wanted` leaves years since the first report of what it became out: this one lies between the two
        status, message = "not_assessable", reason_text("between_bodies")
    elif reports.may_be_gone(unit_id, year):
        status, message = "not_assessable", reason_text("name_came_back")
    elif own and year - own[-1] > rule.parameters["silent_years"]:
        status, message = "not_assessable", reason_text("long_silent")
    return cross_check_row(
        rule.id,
        (unit_id, year, "" if entry is None else entry.scope, None if entry is None else entry.id),
        "",
        status,
        None,
        state,
        due,
        evidence,
        message,
    )
