"""G5: reports that somebody knows to be contradicted from outside."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from archive.crosschecks.outcome import Outcome
from archive.crosschecks.reports import Entry, Reports
from archive.crosschecks.rules import CrossRule
from archive.keys import dump_json
from archive.register.unit import keys_of


def check_contradicted(rule: CrossRule, reports: Reports, entry: Entry, db: sqlite3.Connection) -> Iterator[Outcome]:
    """G5: a report with a flag in force fails; one without has no outcome."""
    unit = reports.units[entry.unit_id]
    rows = db.execute(
        """SELECT * FROM contradiction_in_force WHERE unit_id IN (SELECT value FROM json_each(?)) AND report_year = ? AND scope = ?
           ORDER BY made_at, id""",
        (dump_json(keys_of(unit.id, unit.place, unit.name)), entry.year, entry.scope),
    ).fetchall()
    if not rows:
        return
    flags = [{name: row[name] for name in ("id", "why", "evidence", "author", "made_at")} for row in rows]
    yield Outcome(
        rule.id, entry, "", "fail", left="; ".join(row["why"] for row in rows), evidence={"contradictions": flags}
    )
