"""What people decided on units: that two are one, or that they are not.

Guarantees: a decision is a row of its own, never changed; a later one on the same two units takes its place; nothing else makes
one unit of two. Which of the units gives its name follows from the decisions alone.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from archive.clock import timestamp
from archive.decisions.files import keep_lines
from archive.decisions.said import demand_said
from archive.keys import digest, dump_json
from archive.register.called import not_one_unit
from archive.register.unit import Unit
from archive.store import Archive
from parsers.errors import GongkaiError, UsageError

ANSWERS = ("same", "different", "open")


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word on two units; where they are the same, `one` is filed under `other`. `open` takes a word back."""

    id: str
    one: Unit
    other: Unit
    answer: str
    author: str
    reason: str
    decided_at: str
    evidence: str | None = None


def find_unit(db: sqlite3.Connection, text: str) -> Unit:
    """Return the unit that an id, a full name, a printed name or the end of a full name means; raises NotFoundError.

    One that a decision made part of another is still found by its id and its full name.
    """
    unit = find_unit_or_none(db, text)
    if unit is None:
        raise not_one_unit(text, ())
    return unit


def find_unit_or_none(db: sqlite3.Connection, text: str) -> Unit | None:
    """Return the unit that `text` means as in `find_unit`, None where it means none; raises NotFoundError where several."""
    decided = {unit for d in decisions(db) for unit in (d.one, d.other) if text in (unit.id, unit.name)}
    found = decided or {
        Unit(*row) for row in db.execute("SELECT * FROM unit WHERE id = :text OR name = :text", {"text": text})
    }
    for condition, value in (
        ("id IN (SELECT unit_id FROM unit_alias WHERE name = ?)", text),
        ("name LIKE ?", f"%{text}"),
    ):
        if not found:
            rows = db.execute(f"SELECT * FROM unit WHERE {condition} ORDER BY id LIMIT 7", (value,))  # noqa: S608
            found = {Unit(*row) for row in rows}
    if len(found) < 2:
        return found.pop() if found else None
    raise not_one_unit(text, [(u.id, u.name) for u in found])


def decide(
    archive: Archive, one: Unit, other: Unit, answer: str, *, author: str, reason: str, evidence: str | None = None
) -> None:
    """Keep a person's word on two units and have what it concerns filed again by the next derivation."""
    if answer not in ANSWERS:
        raise UsageError(f"{answer!r}: take one of {', '.join(ANSWERS)}", f"“{answer}”：可选 {'、'.join(ANSWERS)}")
    demand_said(why=reason, author=author)
    if one.id == other.id:
        raise UsageError(f"{one.name} is one unit already", f"{one.name} 已是同一单位")
    decided_at = timestamp(archive.clock.now())
    key = digest("unit_decision", one.id, other.id, answer, author, reason, decided_at)
    with archive.transaction():
        before = merged_units(archive.db)
        archive.db.execute(
            "INSERT OR IGNORE INTO unit_decision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                key, one.id, other.id, dump_json(asdict(one)), dump_json(asdict(other)), answer, author, reason, decided_at,
                evidence,
            ),
        )  # fmt: skip
        after = merged_units(archive.db)
        concerned = {one.id, other.id} | {u for u in before.keys() | after.keys() if before.get(u) != after.get(u)}
        archive.db.executemany(
            """INSERT OR IGNORE INTO stale_document SELECT f.url FROM filing f JOIN document d ON d.id = f.document_id
               JOIN report p ON p.id = d.report_id WHERE ? IN (f.unit_id, p.unit_id)""",
            [(unit,) for unit in sorted(concerned)],
        )


def import_decisions(archive: Archive, path: Path, *, author: str) -> list[tuple[int, GongkaiError]]:
    """Keep the decisions of a CSV file (columns unit, other, answer, why; evidence and author where it has them).

    All or none: returns the faulty lines (number, error), and writes nothing where there is one.
    """

    def keep(line: Mapping[str, str]) -> None:
        one, other = find_unit(archive.db, line["unit"]), find_unit(archive.db, line["other"])
        said_by, evidence = line.get("author") or author, line.get("evidence") or None
        decide(archive, one, other, line["answer"], author=said_by, reason=line["why"], evidence=evidence)

    return keep_lines(archive, path, ("unit", "other", "answer", "why"), keep)


def decisions(db: sqlite3.Connection) -> Iterator[Decision]:
    """Yield the word that counts on each two units: the last one."""
    last: dict[frozenset[str], Decision] = {}
    for row in db.execute("SELECT * FROM unit_decision ORDER BY decided_at, id"):
        one, other = Unit(**json.loads(row["one"])), Unit(**json.loads(row["other"]))
        last[frozenset((one.id, other.id))] = Decision(
            row["id"], one, other, row["answer"], row["author"], row["reason"], row["decided_at"], row["evidence"]
        )
    yield from sorted(last.values(), key=lambda d: (d.decided_at, d.id))


def merged_units(db: sqlite3.Connection) -> dict[str, Unit]:
    """Return, for each unit that is one with others, the unit they are filed under.

    That is the one of them that was never said to be another; of several, or of a ring, the one with the smallest key.
    """
    units: dict[str, Unit] = {}
    group: dict[str, set[str]] = {}
    given_up: set[str] = set()
    for decision in decisions(db):
        if decision.answer != "same":
            continue
        units |= {decision.one.id: decision.one, decision.other.id: decision.other}
        given_up.add(decision.one.id)
        joined = group.get(decision.one.id, {decision.one.id}) | group.get(decision.other.id, {decision.other.id})
        group |= dict.fromkeys(joined, joined)
    return {key: units[min(members - given_up or members)] for key, members in group.items()}
