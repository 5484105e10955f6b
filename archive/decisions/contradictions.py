"""What a person knows from elsewhere and a report contradicts: a flag with its evidence (cross-check G5).

Guarantees: a flag names its author, its reason and its evidence; it is never changed or deleted, only undone by another row; it says
nothing about any figure.
"""

from __future__ import annotations

from archive.clock import timestamp
from archive.decisions.said import demand_said
from archive.keys import digest
from archive.queries import find_report
from archive.store import Archive
from parsers.errors import NotFoundError


def flag(archive: Archive, report: str, *, why: str, evidence: str, author: str) -> str:
    """Keep that `report` (UNIT/YEAR) is contradicted; return the flag's key.

    Raises NotFoundError for a report that is not there, UsageError where the reason or the evidence says nothing.
    """
    key, _ = find_report(archive.db, report)
    demand_said(why=why, evidence=evidence, author=author)
    return _insert(archive, (key.unit_id, key.report_year, key.scope), why, evidence, author, None)


def undo_flag(archive: Archive, flag_id: str, *, why: str, author: str) -> str:
    """Take a flag back by another row; raises NotFoundError where there is none in force of that key."""
    rows = archive.db.execute("SELECT * FROM contradiction_in_force WHERE id GLOB ?", (f"{flag_id}*",)).fetchall()
    if len(rows) != 1 or not flag_id:
        raise NotFoundError(
            f"{len(rows)} flags in force begin with {flag_id!r}: `gongkai check` lists them",
            f"以“{flag_id}”开头的有效标记有 {len(rows)} 条：`gongkai check` 可列出",
        )
    demand_said(why=why)
    (row,) = rows
    return _insert(archive, (row["unit_id"], row["report_year"], row["scope"]), why, row["evidence"], author, row["id"])


def _insert(
    archive: Archive, report: tuple[str, int, str], why: str, evidence: str, author: str, undoes: str | None
) -> str:
    at = timestamp(archive.clock.now())
    key = digest("contradiction", *report, why, evidence, author, at, undoes)
    with archive.transaction():
        archive.db.execute(
            "INSERT OR IGNORE INTO contradiction VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (key, *report, why.strip(), evidence.strip(), author.strip(), at, undoes),
        )
    return key
