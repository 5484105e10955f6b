"""Files documents: which unit's report on which year, for which scope, each document is.

Guarantees: filing follows from readings and decisions alone and is the same whatever came first. A document that is silent on its
scope has that of the copies with the same figures, where these agree. An office's report that speaks for the government is the
government's (domain.md E2).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import get_args
from urllib.parse import urlsplit

from archive.keys import digest, dump_json
from archive.register.decisions import merged_units
from archive.register.names import GOVERNMENT, BodyName, read_name
from archive.register.namesakes import Return, names_in, returns_in, shared_names, turn_in, turns
from archive.register.places import above, are_related, current_code, heirs_of, leading_places
from archive.register.scope import ReportScope, Scope, read_scope
from archive.register.unit import NOWHERE, Unit, unit_of
from parsers.model import Cell, Report, Section, Where
from parsers.normalize import comparable

Group = tuple[str, int]
"""A unit as named and a report year: the documents that may be copies of one report."""

FilingRow = tuple[str, str, str | None, str | None, str, int, str, str, str, str, str | None, int]
"""A row of `filing`: document, its address, issuer, place, unit as named, report year, and what follows."""

_FOR_MANY = ("government_incl_departments", "whole_area")


@dataclass(frozen=True, slots=True)
class Identity:
    """What files a document: the body's name, its place, the report year, and the scope where a person said it."""

    issuer: str | None
    place: str | None
    year: int | None
    scope: Scope | None = None

    @property
    def body(self) -> BodyName | None:
        """Return the body's name taken apart, None where it has none."""
        return read_name(self.issuer, self.place, *([self.year] if self.year else [])) if self.issuer else None


def identify(reading: sqlite3.Row, decided: Mapping[str, str]) -> Identity:
    """Return what files the document of a reading: as it is read, but for what people `decided` (archive/register/identity.py)."""
    year = int(decided["year"]) if "year" in decided else reading["report_year"]
    if "unit" in decided:
        name, place = decided["unit"], read_name(decided["unit"]).place
    else:
        name, place = reading["issuer"], _place_of(reading, year)
    scope = next((s for s in get_args(Scope) if s == decided.get("scope")), None)
    return Identity(name, decided.get("place", place), year, scope)


def scope_of(db: sqlite3.Connection, reading: sqlite3.Row, identity: Identity) -> ReportScope:
    """Return what a document speaks for: as decided, or as its text tells."""
    if identity.scope:
        return ReportScope(identity.scope, "decided")
    assert identity.body is not None
    return read_scope(_spoken(db, reading), identity.body.kind)


def filing_of(db: sqlite3.Connection, document_id: str, reading: sqlite3.Row, identity: Identity) -> FilingRow:
    """Return whose report a document is by its newest reading and what people decided. Writes nothing."""
    body = identity.body
    assert body is not None and identity.year is not None
    unit = unit_of(body, urlsplit(reading["url"]).hostname)
    scope = scope_of(db, reading, identity)
    return (
        document_id,
        reading["url"],
        identity.issuer,
        body.place,
        unit.id,
        identity.year,
        scope.scope,
        scope.rule,
        dump_json(scope.evidence),
        reading["data_hash"],
        reading["portal"],
        reading["imported"],
    )


def keep_filing(db: sqlite3.Connection, row: FilingRow) -> tuple[Group, ...]:
    """Write down whose report a document is; return the groups that this changes."""
    document, unit, year = row[0], row[4], row[5]
    before = db.execute("SELECT unit_id, report_year FROM filing WHERE document_id = ?", (document,)).fetchone()
    db.execute("INSERT OR REPLACE INTO filing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    return ((unit, year),) if before is None else ((unit, year), (before[0], before[1]))


def _place_of(reading: sqlite3.Row, year: int | None) -> str | None:
    """Return the place of a report's body by the lists of its year: the parser knows today's places alone.

    洪泽县 of 2014 is more than its city, and 清河区 of 2014 may be 铁岭's or 淮安's: the portal's place tells, or nobody does.
    """
    region: str | None = reading["region_code"]
    if not reading["issuer"] or year is None:
        return region
    codes, _ = leading_places(comparable(reading["issuer"]), year)
    known = current_code(region) if region else None
    if not codes or (known in codes and (len(codes) == 1 or json.loads(reading["region_evidence"]) != ["title"])):
        return region
    if known is not None and known not in codes:
        codes = frozenset(code for code in codes if known in above(code) or _went_to(code, known))
        if not codes:
            return region  # named by more than the title
    declared = json.loads(reading["context"]).get("place")
    if len(codes) > 1 and declared:
        codes = frozenset(code for code in codes if are_related(code, declared))
    return next(iter(codes)) if len(codes) == 1 else None


def _went_to(code: str, heir: str) -> bool:
    return any(current_code(change.successor) == heir for change in heirs_of(code))


def _spoken(db: sqlite3.Connection, reading: sqlite3.Row) -> Report:
    """Return as much of a reading as its scope is read from."""
    sections = db.execute(
        "SELECT number, heading, text FROM section WHERE reading_id = ? ORDER BY position", (reading["id"],)
    )
    cells = db.execute(
        """SELECT "table", "row", "column", state, value, raw, trust FROM cell WHERE reading_id = ?
           AND ("row" IN ('new_received', 'carried_in') AND "column" = 'total' OR "row" IN ('requests_received', 'requests_total'))""",
        (reading["id"],),
    )
    return Report(
        "report",
        reading["parser_version"],
        preface=reading["preface"],
        sections=tuple(Section(*row) for row in sections),
        cells=tuple(
            Cell(c["table"], c["row"], c["column"], c["state"], c["value"], c["raw"], c["trust"], Where(0, 0, 0))
            for c in cells
        ),
    )


def settle(db: sqlite3.Connection, groups: Iterable[Group]) -> set[str]:
    """Tie the documents of each group to their reports, making units and reports where new; return every report touched."""
    touched: set[str] = set()
    merged = merged_units(db)
    wanted = set(groups)
    returned: dict[str, list[Return]] = {}
    for place in sorted({unit_id.partition("-")[0] for unit_id, _ in wanted} - {NOWHERE}):
        found = turns(returns_in(db, names_in(db, place, [*merged, *(unit_id for unit_id, _ in wanted)])))
        for unit_id in found.keys() | shared_names(db, place):  # one report may tell whose all the others are
            years = db.execute("SELECT report_year FROM filing WHERE unit_id = ?", (unit_id,))
            wanted |= {(unit_id, row[0]) for row in years}
        returned |= found
    for unit_id, year in sorted(wanted):
        filings = db.execute(
            "SELECT * FROM filing WHERE unit_id = ? AND report_year = ? ORDER BY document_id", (unit_id, year)
        ).fetchall()
        said: dict[str, set[str]] = {}
        for filing in filings:
            if filing["scope"] != "unknown":
                said.setdefault(filing["data_hash"], set()).add(filing["scope"])
        turn = turn_in(returned.get(unit_id, ()), year)
        for filing in filings:
            copies = said.get(filing["data_hash"], set())
            silent = filing["scope_rule"] == "silent" and len(copies) == 1
            touched |= _tie(db, filing, next(iter(copies)) if silent else filing["scope"], turn, merged)
    return touched


def _tie(db: sqlite3.Connection, filing: sqlite3.Row, scope: str, turn: int, merged: Mapping[str, Unit]) -> set[str]:
    """Tie one document to a report of the `turn`th body of its name; return the keys of its report now and before."""
    body = read_name(filing["issuer"], filing["place_code"], filing["report_year"])
    # what a person said of the unit stands
    said = "SELECT 1 FROM identity_in_force WHERE url = ? AND field = 'unit'"
    speaker = body if db.execute(said, (filing["url"],)).fetchone() else _spoken_for(body, scope)
    unit = unit_of(speaker, urlsplit(filing["url"]).hostname, turn)
    unit = merged.get(unit.id, unit)
    report = digest("report", unit.id, filing["report_year"], scope)
    db.execute(
        """INSERT INTO unit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
           place_name = excluded.place_name, level = excluded.level, kind = excluded.kind, base = excluded.base,
           parent_id = excluded.parent_id, parent_name = excluded.parent_name""",
        unit.row,
    )
    db.execute(
        "INSERT OR IGNORE INTO report (id, unit_id, report_year, scope) VALUES (?, ?, ?, ?)",
        (report, unit.id, filing["report_year"], scope),
    )
    before = db.execute("SELECT report_id FROM document WHERE id = ?", (filing["document_id"],)).fetchone()
    db.execute(
        """INSERT INTO document VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
           SET report_id = excluded.report_id, portal = excluded.portal, imported = excluded.imported""",
        (filing["document_id"], filing["url"], report, filing["portal"], filing["imported"]),
    )
    return {report} if before is None else {report, before[0]}


def _spoken_for(body: BodyName, scope: str) -> BodyName:
    if body.kind == "office" and body.place is not None and scope in _FOR_MANY:
        return read_name(GOVERNMENT, body.place)
    return body
