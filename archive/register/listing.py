"""Questions put to the register: the units, one of them with its names and relations, and what waits for a person."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from archive.register.decisions import find_unit
from archive.register.names import Kind
from archive.register.places import heirs_of, line_of, parent_of
from archive.register.unit import Unit

KINDS: tuple[Kind, ...] = ("government", "office", "department", "town", "zone", "central")


@dataclass(frozen=True, slots=True)
class UnitReports:
    """A unit with the number of its reports and the first and the last year that they are on."""

    unit: Unit
    reports: int
    first_year: int
    last_year: int


@dataclass(frozen=True, slots=True)
class Alias:
    """A name as printed in titles, with the years of the reports that bear it."""

    name: str
    first_year: int
    last_year: int


@dataclass(frozen=True, slots=True)
class Relation:
    """A unit that another one became, or came from: `renamed` or `merged`, with the rule that says so."""

    unit_id: str
    name: str
    fate: str
    reason: str


@dataclass(frozen=True, slots=True)
class Match:
    """Two units that might be one, or a unit whose place is not known; `status` is open, same or different."""

    id: str
    unit_id: str
    unit_name: str
    other_id: str | None
    other_name: str | None
    reason: str
    evidence: dict[str, Any]
    status: str


@dataclass(frozen=True, slots=True)
class UnitPage:
    """All that is known of a unit; `superiors` are the like departments one level up, `places` what its place was called."""

    unit: Unit
    aliases: tuple[Alias, ...]
    predecessors: tuple[Relation, ...]
    successors: tuple[Relation, ...]
    superiors: tuple[tuple[str, str], ...]
    scopes: dict[int, tuple[str, ...]]
    places: tuple[tuple[str, str, int | None, int | None], ...]
    place_heirs: tuple[str, ...]
    matches: tuple[Match, ...]


def list_units(db: sqlite3.Connection, kind: str | None = None, place: str | None = None) -> list[UnitReports]:
    """Return the units that have reports, by place and name; `place` takes in the places below it."""
    rows = db.execute(
        """SELECT u.*, count(*) AS reports, min(p.report_year) AS first, max(p.report_year) AS last
           FROM unit u JOIN report p ON p.unit_id = u.id
           WHERE (:kind IS NULL OR u.kind = :kind) AND (:place IS NULL OR u.place_code GLOB :place)
           GROUP BY u.id ORDER BY u.place_code, u.name, u.id""",
        {"kind": kind, "place": _below(place) if place else None},
    )
    return [UnitReports(Unit(*tuple(r)[:9]), r["reports"], r["first"], r["last"]) for r in rows]


def _below(place: str) -> str:
    while place.endswith("00"):
        place = place[:-2]
    return f"{place}*"


def show_unit(db: sqlite3.Connection, text: str) -> UnitPage:
    """Return all that is known of the unit that an id or a name means; raises NotFoundError."""
    unit = find_unit(db, text)
    scopes: dict[int, tuple[str, ...]] = {}
    for year, scope in db.execute(
        "SELECT report_year, scope FROM report WHERE unit_id = ? ORDER BY report_year, scope", (unit.id,)
    ):
        scopes[year] = (*scopes.get(year, ()), scope)
    aliases = db.execute(
        "SELECT name, first_year, last_year FROM unit_alias WHERE unit_id = ? ORDER BY first_year, name", (unit.id,)
    )
    return UnitPage(
        unit,
        tuple(Alias(*row) for row in aliases),
        _relations(db, unit.id, "successor_id", "predecessor_id"),
        _relations(db, unit.id, "predecessor_id", "successor_id"),
        _superiors(db, unit),
        scopes,
        tuple((n.code, n.name, n.since, n.until) for n in line_of(unit.place_code)) if unit.place_code else (),
        tuple(h.successor for h in heirs_of(unit.place_code)) if unit.place_code else (),
        tuple(m for m in list_matches(db, None) if unit.id in (m.unit_id, m.other_id)),
    )


def _relations(db: sqlite3.Connection, unit_id: str, own: str, other: str) -> tuple[Relation, ...]:
    rows = db.execute(
        f"""SELECT r.{other}, u.name, r.fate, r.reason FROM unit_relation r JOIN unit u ON u.id = r.{other}
            WHERE r.{own} = ? ORDER BY u.name""",  # noqa: S608
        (unit_id,),
    )
    return tuple(Relation(*row) for row in rows)


def _superiors(db: sqlite3.Connection, unit: Unit) -> tuple[tuple[str, str], ...]:
    """Return (id, name) of the departments of the place above whose names differ in their endings alone."""
    place = parent_of(unit.place_code) if unit.place_code and unit.kind == "department" else None
    rows = db.execute(
        "SELECT id, name FROM unit WHERE place_code = ? AND kind = 'department' AND base = ? ORDER BY id",
        (place, unit.base),
    )
    return tuple((row[0], row[1]) for row in rows)


def list_matches(db: sqlite3.Connection, status: str | None = "open") -> list[Match]:
    """Return the queue, by place and name: what is `open`, or all of it."""
    rows = db.execute(
        """SELECT * FROM unit_match WHERE :status IS NULL OR status = :status
           ORDER BY place_code, unit_name, other_name, id""",
        {"status": status},
    )
    return [
        Match(
            r["id"], r["unit_id"], r["unit_name"], r["other_id"], r["other_name"], r["reason"],
            json.loads(r["evidence"]), r["status"],
        )
        for r in rows
    ]  # fmt: skip
