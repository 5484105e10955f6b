"""How units are related: what became of them, and which two might be one and wait for a person.

Guarantees: both tables follow from the units, the years of their reports and people's decisions; they are made again for every
place that a change touches. What is said here never joins two units.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from archive.keys import digest, dump_json
from archive.register.decisions import decisions, merged_units
from archive.register.matching import Comparison, Years, compare
from archive.register.names import BodyName, read_name
from archive.register.namesakes import Return, names_in, returns_in, turn_in, turns
from archive.register.places import current_code, heirs_of, merged_into
from archive.register.unit import Unit, unit_key

MAY_BE_RENAMED = "may_be_renamed"
"""Why two units wait: one fell silent when another's name came back."""


@dataclass(frozen=True, slots=True)
class _Member:
    id: str
    body: BodyName
    years: Years


def relate(db: sqlite3.Connection, places: Iterable[str | None]) -> None:
    """Make the relations and the queue of these places again, and of the places that were merged into them."""
    wanted = set(places)
    wanted |= {current_code(change.code) for place in wanted if place for change in merged_into(place)}
    merged = merged_units(db)
    db.execute("DELETE FROM unit_match WHERE status <> 'open'")  # else a question asked again would meet its old answer
    for place in sorted(wanted, key=str):
        db.execute("DELETE FROM unit_relation WHERE place_code IS ?", (place,))
        db.execute("DELETE FROM unit_match WHERE place_code IS ? AND status = 'open'", (place,))
        if place is None:
            _queue_unplaced(db)
            continue
        members = _members(db, place)
        known = _namesakes(db, place, members, merged)
        compared = [
            (a, b, known.get(frozenset((a.id, b.id))) or compare(a.body, b.body, a.years, b.years))
            for a, b in _pairs(db, place, members)
        ]
        _write(db, place, compared)
    _write_decided(db)


def _members(db: sqlite3.Connection, place: str) -> list[_Member]:
    rows = db.execute(
        """SELECT u.id, u.name, min(p.report_year) AS first, max(p.report_year) AS last FROM unit u
           JOIN report p ON p.unit_id = u.id WHERE u.place_code = ? GROUP BY u.id ORDER BY u.id""",
        (place,),
    )
    return [_Member(row["id"], read_name(row["name"], place), (row["first"], row["last"])) for row in rows]


def _pairs(db: sqlite3.Connection, place: str, members: list[_Member]) -> Iterator[tuple[_Member, _Member]]:
    yield from combinations(members, 2)
    for heir in sorted({current_code(change.successor) for change in heirs_of(place)} - {place}):
        for other in _members(db, heir):
            yield from ((member, other) for member in members)


def _namesakes(
    db: sqlite3.Connection, place: str, members: list[_Member], merged: Mapping[str, Unit]
) -> dict[frozenset[str], Comparison]:
    """Compare the bodies that bore one name one after the other, and who may have taken it, by what namesakes.py found."""
    found = turns(returns_in(db, names_in(db, place, merged)))
    names = {unit_key(place, member.body.full): member.body.full for member in members}

    def unit(name: str, year: int) -> str:
        key = unit_key(place, names[name], turn=turn_in(found.get(name, ()), year)) if name in names else name
        return merged[key].id if key in merged else key

    out = {}
    for one in (one for returned in found.values() for one in returned):
        now, before = unit(one.name_id, one.year), unit(one.name_id, one.after)
        out[frozenset((now, before))] = _compared(one)
        for former in one.formers:
            answer = (
                Comparison("succeeded", one.reason, "renamed") if one.is_sure else Comparison("unsure", MAY_BE_RENAMED)
            )
            out[frozenset((now, unit(former, one.year)))] = answer
    return out


def _compared(returned: Return) -> Comparison:
    return Comparison("different" if returned.is_sure else "unsure", returned.reason)


def _write(db: sqlite3.Connection, place: str, compared: list[tuple[_Member, _Member, Comparison]]) -> None:
    """Keep successions that have one heir each, and queue the rest of what is not sure."""
    heirs: dict[str, list[tuple[_Member, _Member, Comparison]]] = {}
    for one, other, found in compared:
        if found.answer == "unsure":
            _queue(db, place, one, other, found.reason)
        elif found.answer == "succeeded":
            before, after = sorted((one, other), key=lambda m: (m.years[::-1], m.id))  # who ends first was before
            heirs.setdefault(before.id, []).append((before, after, found))
    for candidates in heirs.values():
        for before, after, found in candidates:
            if len(candidates) > 1:
                _queue(db, place, before, after, "several_heirs")
            else:
                db.execute(
                    "INSERT OR REPLACE INTO unit_relation VALUES (?, ?, ?, ?, ?)",
                    (before.id, after.id, found.fate, found.reason, place),
                )


def _queue(db: sqlite3.Connection, place: str, one: _Member, other: _Member, reason: str) -> None:
    one, other = sorted((one, other), key=lambda m: m.id)
    evidence = dump_json({one.id: one.years, other.id: other.years})
    db.execute(
        "INSERT OR IGNORE INTO unit_match VALUES (?, ?, ?, ?, ?, ?, ?, 'open', ?)",
        (_match_key(one.id, other.id), one.id, one.body.full, other.id, other.body.full, reason, evidence, place),
    )


def _queue_unplaced(db: sqlite3.Connection) -> None:
    """Queue every unit whose place is not known, central bodies apart: its name may be that of several."""
    for row in db.execute(
        "SELECT id, name FROM unit WHERE place_code IS NULL AND kind <> 'central' ORDER BY id"
    ).fetchall():
        db.execute(
            "INSERT OR IGNORE INTO unit_match VALUES (?, ?, ?, NULL, NULL, 'place_unknown', '{}', 'open', NULL)",
            (_match_key(row["id"], ""), row["id"], row["name"]),
        )


def _write_decided(db: sqlite3.Connection) -> None:
    """Show people's decisions in the queue, in the place of the question they answer."""
    for decision in decisions(db):
        if decision.answer == "open":
            continue
        one, other = sorted((decision.one, decision.other), key=lambda u: u.id)
        evidence = dump_json(
            {"author": decision.author, "decided_at": decision.decided_at, "evidence": decision.evidence}
        )
        db.execute(
            "INSERT OR REPLACE INTO unit_match VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (_match_key(one.id, other.id), one.id, one.name, other.id, other.name, decision.reason, evidence,
             decision.answer, one.place_code),
        )  # fmt: skip
        if decision.answer == "same":
            db.execute(
                "DELETE FROM unit_relation WHERE ? IN (predecessor_id, successor_id) AND ? IN (predecessor_id, successor_id)",
                (one.id, other.id),
            )


def _match_key(one: str, other: str) -> str:
    return digest("unit_match", *sorted((one, other)))
