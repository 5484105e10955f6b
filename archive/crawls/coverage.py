"""Which unit has a report on which year, and for each hole the reason; how whole the lists of each portal were read.

Guarantees: every year of a known unit has a state; a report that was read is never shown as a hole; a hole is `missing`
only where every list that could name it was read to its end. A body that a list names and whose report was never had
has a row of its own.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from archive.clock import CHINA
from archive.crawls.ledger import ColumnState, column_state
from archive.crawls.reasons import Reason, load_reason
from archive.crawls.visits import Visit, known_visits
from archive.register.existence import Lifetime, lifetimes
from archive.register.names import read_name
from archive.register.namesakes import bearer
from archive.register.places import TODAY
from archive.register.unit import unit_of
from archive.store import Archive
from parsers.dates import due_date
from parsers.places import leading_places
from parsers.titles import read_title

FIRST_YEAR = 2008
"""The Regulations came into force on 1 May 2008: there is no report on an earlier year."""

_HOLES = {
    "unreadable": "unreadable",
    "empty": "unreadable",
    "other": "unreadable",
    "report": "unreadable",  # whose body or year could not be read: it is kept, not filed
    "soft_404": "missing",
    "challenge": "challenge",
    "blocked": "blocked",
    "attachment": None,  # the file attached has a line of its own
    "index": None,
    None: "not_crawled",  # fetched and not read yet
}
"""What the reader's verdict on a page leaves in the place of a report."""


@dataclass(frozen=True, slots=True)
class UnitCoverage:
    """One unit with its state in each year: `published`, `late`, `withdrawn`, or why there is a hole.

    A hole is `not_yet_due`, `missing`, `challenge`, `blocked`, `blocked_geo`, `host_down:KIND`, `robots`, `partial`,
    `unreadable`, `not_crawled` or `no_such_body`. `told_by` are the addresses that show it, by year: of the page that was
    not got, or of the lists that do not name one.
    """

    unit_id: str
    unit: str
    years: dict[int, str]
    told_by: dict[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class PortalHealth:
    """What became of a portal: its columns as last read, its pages that were not got by reason, hosts left alone."""

    portal: str
    columns: tuple[ColumnState, ...]
    pages: dict[str, int]
    left_alone: dict[str, Reason]


def coverage(archive: Archive, today: date | None = None) -> list[UnitCoverage]:
    """Return the coverage of every unit that a report or a list names, by place and name, as it is on `today`."""
    db = archive.db
    today = today or archive.clock.now().astimezone(CHINA).date()
    states = _columns(db)
    published = _published(db)
    columns, holes = _pages_not_got(archive, today)
    names = {row["id"]: row["name"] for row in db.execute("SELECT id, name FROM unit ORDER BY place_code, name")}
    names |= {unit: name for (unit, name), _ in holes.items() if unit not in names}
    known = {year for years in published.values() for year in years} | {y for h in holes.values() for y in h}
    if not known:
        return []
    years = range(min(known), max(*known, today.year - 1) + 1)
    by_unit: defaultdict[str, dict[int, tuple[str, str]]] = defaultdict(dict)
    for (unit, _), found in holes.items():
        by_unit[unit] |= found
    lived = lifetimes(db)
    rows = []
    for unit, name in names.items():
        lists = sorted(key for key in columns.get(unit, ()) if key in states)
        listed = _state_of_lists(states[key] for key in lists)
        row = UnitCoverage(unit, name, {}, {})
        for year in years:
            if year in published.get(unit, {}):
                row.years[year] = published[unit][year]
            elif year in by_unit[unit]:
                row.years[year], page = by_unit[unit][year]
                row.told_by[year] = (page,)
            elif not lived.get(unit, Lifetime()).covers(year):
                row.years[year] = "no_such_body"
            elif today <= due_date(year, name):
                row.years[year] = "not_yet_due"
            else:
                row.years[year], row.told_by[year] = listed, tuple(url for _, url in lists)
        rows.append(row)
    return rows


def portal_health(archive: Archive) -> list[PortalHealth]:
    """Return the health of every portal that was ever crawled."""
    resting = _last_rests(archive.db)
    health = []
    by_portal: defaultdict[str, list[ColumnState]] = defaultdict(list)
    for state in _columns(archive.db).values():
        by_portal[state.portal].append(state)
    for portal, columns in sorted(by_portal.items()):
        visits = known_visits(archive, portal)
        # by name: a page may lead from http to https
        names = {urlsplit(url).hostname for url in (*(v.item.url for v in visits), *(c.url for c in columns))}
        holes = Counter(hole for visit in visits if (hole := _hole(visit)) is not None)
        left_alone = {host: why for host, why in resting.items() if host.rpartition(":")[0] in names}
        health.append(PortalHealth(portal, tuple(columns), dict(sorted(holes.items())), left_alone))
    return health


def _columns(db: sqlite3.Connection) -> dict[tuple[str, str], ColumnState]:
    """Return how each column was last read."""
    rows = db.execute("SELECT * FROM listing ORDER BY listed_at, rowid")
    return {(row["portal"], row["url"]): column_state(row) for row in rows}


def _published(db: sqlite3.Connection) -> dict[str, dict[int, str]]:
    """Return the state of each report that was read, by unit and year."""
    out: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for row in db.execute(
        """SELECT p.unit_id, p.report_year,
                  (SELECT kind FROM version v WHERE v.document_id = d.id ORDER BY sequence DESC LIMIT 1) AS kind,
                  EXISTS (SELECT 1 FROM finding f JOIN version v ON v.reading_id = f.reading_id
                          WHERE v.document_id = d.id AND f.code = 'late_publication') AS late
           FROM report p JOIN document d ON d.id = p.preferred_document"""
    ):
        state = "withdrawn" if row["kind"] == "withdrawn" else "late" if row["late"] else "published"
        out[row["unit_id"]][row["report_year"]] = state
    return out


def _pages_not_got(
    archive: Archive, today: date
) -> tuple[dict[str, set[tuple[str, str]]], dict[tuple[str, str], dict[int, tuple[str, str]]]]:
    """Return the columns that name each unit, and (unit id, name) -> year -> (why a page was not got, its address)."""
    db = archive.db
    columns: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    holes: defaultdict[tuple[str, str], dict[int, tuple[str, str]]] = defaultdict(dict)
    for (portal,) in db.execute("SELECT DISTINCT portal FROM frontier").fetchall():
        units = _units_of(db, portal)
        for visit in known_visits(archive, portal):
            column = (portal, visit.item.context.get("column", ""))
            if visit.report is not None:
                columns[units[visit.report][0]].add(column)
                continue
            named = _unit_named(visit, list(units.values()))
            if named is None:
                continue
            named = (bearer(db, named[0], visit.report_year or TODAY), named[1])
            columns[named[0]].add(column)
            hole = _hole(visit)
            if hole is not None and visit.report_year and FIRST_YEAR <= visit.report_year <= today.year:
                holes[named][visit.report_year] = hole, visit.item.url
    return columns, holes


def _units_of(db: sqlite3.Connection, portal: str) -> dict[str, tuple[str, str]]:
    """Return (unit id, name) by report, of the reports of a portal."""
    rows = db.execute(
        "SELECT p.id, u.id, u.name FROM document d JOIN report p ON p.id = d.report_id JOIN unit u ON u.id = p.unit_id"
        " WHERE d.portal = ?",
        (portal,),
    )
    return {report: (unit, name) for report, unit, name in rows}


def _unit_named(visit: Visit, units: list[tuple[str, str]]) -> tuple[str, str] | None:
    """Return (unit id, name) of the body that the list names for a page, or None where it names none."""
    title = read_title(visit.item.context.get("title") or "")
    if title is None:
        return None
    issuer = title.issuer or visit.item.context.get("unit") or ""
    if not issuer:
        return None
    for unit in units:
        if unit[1].endswith(issuer):
            return unit
    places, _ = leading_places(issuer)
    code = places[0].code if len(places) == 1 else None
    named = unit_of(read_name(issuer, code, visit.report_year or TODAY), urlsplit(visit.item.url).hostname)
    return named.id, named.name


def _hole(visit: Visit) -> str | None:
    """Return why a known page shows no report, or None where it did or is no report's business."""
    if visit.report is not None:
        return None
    if visit.failure is not None:
        return visit.failure.hole
    if visit.tried_at is None:
        return "not_crawled"
    if visit.item.kind == "attachment" and visit.verdict == "other":
        return None  # a notice, a form: not every attachment is a report
    return "missing" if visit.times_gone else _HOLES[visit.verdict]


def _last_rests(db: sqlite3.Connection) -> dict[str, Reason]:
    """Return why each host that was left alone in the newest run that met it was."""
    rows = db.execute(
        """SELECT authority, reason FROM host_rest h WHERE run_id = (SELECT id FROM run WHERE verb = 'crawl'
           ORDER BY started_at DESC, rowid DESC LIMIT 1) OR until > (SELECT max(started_at) FROM run WHERE verb = 'crawl')
           ORDER BY began_at"""
    )
    return {row["authority"]: load_reason(row["reason"]) for row in rows}


def _state_of_lists(states: Iterable[ColumnState]) -> str:
    """Return what a year is that no list names: `missing` where all lists were read whole."""
    found = list(states)
    if not found:
        return "not_crawled"
    holes = [state.reason.hole for state in found if state.reason is not None]
    # a list that is not there names nobody, but says nothing of what it would have named
    return next(("partial" if hole == "missing" else hole for hole in holes), "missing")
