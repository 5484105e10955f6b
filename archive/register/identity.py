"""Whose report a document is, where a person decided against what is read out of it: unit, year, scope or place.

Guarantees: a decision is about a document (an address), so it outlives every reading; it is never changed or deleted, only undone
by another row; what the reading says stays beside it, and a reading that says something new since is told of.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import get_args

from archive.clock import timestamp
from archive.keys import digest
from archive.register.decisions import find_unit_or_none
from archive.register.filing import Identity, identify, scope_of
from archive.register.names import read_name
from archive.register.places import full_name_in, names_of
from archive.register.scope import Scope
from archive.store import Archive
from parsers.errors import NotFoundError, UsageError

FIELDS = ("unit", "year", "scope", "place")
_SCOPES: tuple[str, ...] = get_args(Scope)
_YEAR = re.compile(r"20\d\d")


@dataclass(frozen=True, slots=True)
class IdentityCorrection:
    """A decision in force on a document; `read_value` is what was read when it was made, `now_read` what is read today.

    `agrees` tells whether today's reading says the same; `is_overtaken`, that it says neither this nor what it said then.
    """

    id: str
    url: str
    field: str
    value: str
    read_value: str | None
    now_read: str | None
    why: str
    evidence: str | None
    author: str
    made_at: str
    agrees: bool
    is_overtaken: bool


def decided_identity(db: sqlite3.Connection, reading: sqlite3.Row) -> Identity:
    """Return what files the document of a reading: as read, but for what people decided."""
    return identify(
        reading,
        dict(db.execute("SELECT field, value FROM identity_in_force WHERE url = ?", (reading["url"],)).fetchall()),
    )


def newest_reading(db: sqlite3.Connection, url: str, parser_version: int | None = None) -> sqlite3.Row | None:
    """Return the reading by which the document at `url` is filed, with its capture's portal; None where it carries no report."""
    row: sqlite3.Row | None = db.execute(
        """SELECT r.*, c.portal, c.imported, c.context FROM reading r JOIN capture c ON c.body_sha256 = r.body_sha256 AND c.url = r.url
           WHERE r.url = ? AND r.verdict = 'report'
           ORDER BY r.parser_version IS ? DESC, r.parser_version DESC, c.captured_at DESC LIMIT 1""",
        (url, parser_version),
    ).fetchone()
    return row


def correct_identity(
    archive: Archive, url: str, field: str, value: str, *, why: str, author: str, evidence: str | None = None
) -> str:
    """Decide the `field` of the document at `url`; return the decision's key. The next derivation files it again.

    Raises UsageError for what is no field or no value of it, NotFoundError where nothing at `url` was read as a report.
    """
    db = archive.db
    reading = newest_reading(db, url)
    if reading is None:
        raise NotFoundError(f"nothing at {url} was read as a report", f"{url} 处没有读出年度报告")
    if field not in FIELDS:
        raise UsageError(
            f"identity/{field}: take one of {', '.join(f'identity/{f}' for f in FIELDS)}",
            f"identity/{field}：可选 {'、'.join(f'identity/{f}' for f in FIELDS)}",
        )
    value = _VALUES[field](db, url, value.strip())
    at = timestamp(archive.clock.now())
    key = digest("identity_correction", url, field, value, why, author, at, None)
    row = (key, url, field, value, _read(db, reading)[field], why.strip(), evidence, author.strip(), at, None)
    _insert(archive, row)
    return key


def undo_identity(archive: Archive, correction_id: str, *, why: str, author: str) -> str:
    """Take the decision of this key back by another row, and have its document filed again by the next derivation."""
    row = archive.db.execute("SELECT * FROM identity_correction WHERE id = ?", (correction_id,)).fetchone()
    at = timestamp(archive.clock.now())
    key = digest("identity_correction", row["url"], row["field"], row["value"], why, author, at, row["id"])
    _insert(
        archive,
        (key, row["url"], row["field"], row["value"], row["read_value"], why.strip(), None, author.strip(), at, row["id"]),
    )  # fmt: skip
    return key


def _insert(archive: Archive, row: tuple[str | None, ...]) -> None:
    with archive.transaction():
        archive.db.execute(
            """INSERT OR IGNORE INTO identity_correction
               (id, url, field, value, read_value, why, evidence, author, made_at, undoes)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            row,
        )
        archive.db.execute("INSERT OR IGNORE INTO stale_document VALUES (?)", (row[1],))


def identity_corrections(db: sqlite3.Connection, url: str) -> tuple[IdentityCorrection, ...]:
    """Return the decisions in force on the document at `url`, in the order of fields."""
    rows = db.execute("SELECT * FROM identity_in_force WHERE url = ? ORDER BY field", (url,)).fetchall()
    reading = newest_reading(db, url) if rows else None
    if reading is None:
        return ()
    read = _read(db, reading)
    return tuple(
        _correction(row, read[row["field"]], _agrees(row["field"], row["value"], reading, read)) for row in rows
    )


def _correction(row: sqlite3.Row, now_read: str | None, agrees: bool) -> IdentityCorrection:
    return IdentityCorrection(
        row["id"],
        row["url"],
        row["field"],
        row["value"],
        row["read_value"],
        now_read,
        row["why"],
        row["evidence"],
        row["author"],
        row["made_at"],
        agrees,
        not agrees and now_read != row["read_value"],
    )


def _read(db: sqlite3.Connection, reading: sqlite3.Row) -> dict[str, str | None]:
    """Return what a reading itself says of each field."""
    read = identify(reading, {})
    return {
        "unit": read.issuer,
        "year": None if read.year is None else str(read.year),
        "place": read.place,
        "scope": scope_of(db, reading, read).scope if read.body else None,
    }


def _agrees(field: str, value: str, reading: sqlite3.Row, read: Mapping[str, str | None]) -> bool:
    if field != "unit" or read["unit"] is None:
        return read[field] == value
    bodies = [identify(reading, {}).body, identify(reading, {"unit": value}).body]
    return len({(body.place, body.full) for body in bodies if body}) == 1


def _unit(db: sqlite3.Connection, url: str, value: str) -> str:
    """Return the full name of the unit that `value` means: one of the register, or the name of one that it does not know."""
    unit = find_unit_or_none(db, value)
    if unit is None:
        name = read_name(value)
        decided = db.execute("SELECT value FROM identity_in_force WHERE url = ? AND field = 'place'", (url,)).fetchone()
        if name.kind != "central" and name.place is None and decided is None:
            raise UsageError(
                f"{value!r} is no unit of the register and begins with no one place: write it in full, from the province"
                " down, or correct identity/place first",
                f"“{value}”不在单位名录中，也不能确定所在地区：请从省级起写全称，或先更正 identity/place",
            )
        return name.full
    if unit.place_code != read_name(unit.name).place:
        raise UsageError(
            f"{unit.name} does not name its place: correct identity/place first",
            f"{unit.name} 的名称不含所在地区：请先更正 identity/place",
        )
    return unit.name


def _year(_: sqlite3.Connection, __: str, value: str) -> str:
    if not _YEAR.fullmatch(value):
        raise UsageError(f"{value!r} is no report year: write four digits", f"“{value}”不是报告年度：请写四位数字")
    return value


def _scope(_: sqlite3.Connection, __: str, value: str) -> str:
    if value not in _SCOPES:
        raise UsageError(
            f"{value!r} is no scope: take one of {', '.join(_SCOPES)}", f"“{value}”不是范围：可选 {'、'.join(_SCOPES)}"
        )
    return value


def _place(_: sqlite3.Connection, __: str, value: str) -> str:
    if not names_of(value):
        raise UsageError(
            f"{value!r} is no code of GB/T 2260 since 2006: write six digits, e.g. 410400 ({full_name_in('410400')})",
            f"“{value}”不是 2006 年以来 GB/T 2260 的代码：请写六位数字，例如 410400（{full_name_in('410400')}）",
        )
    return value


_VALUES: Mapping[str, Callable[[sqlite3.Connection, str, str], str]] = {
    "unit": _unit,
    "year": _year,
    "scope": _scope,
    "place": _place,
}
