"""Derives the cross-checks: finds what is stale, applies the rules to it and its neighbours, and keeps the outcomes.

Guarantees: what is kept is the same whether it was derived bit by bit or all at once; an outcome that did not change is not written
again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.crosschecks.cases import check_items, check_suits_after_review, check_unit_of_money
from archive.crosschecks.consolidated import check_consolidated, check_scope
from archive.crosschecks.contradicted import check_contradicted
from archive.crosschecks.copies import Copies, check_places
from archive.crosschecks.documents import (
    check_changed_figures,
    check_copies,
    check_date_moved,
    check_withdrawn,
    documents_of,
)
from archive.crosschecks.due import check_due
from archive.crosschecks.equations import check_equations
from archive.crosschecks.figures import FigureSource
from archive.crosschecks.growth import check_stated_growth
from archive.crosschecks.outcome import Outcome, Row
from archive.crosschecks.printed_parts import check_printed_parts
from archive.crosschecks.reports import Entry, Reports
from archive.crosschecks.rules import cross_rules
from archive.crosschecks.series import check_jumps, check_repeated_figures
from archive.crosschecks.texts import NarrativeSource, check_repeated_text
from archive.store import Archive

_REACH = 3
"""Years after a report in which it is still compared with another: D5 looks three years back."""
_COLUMNS = 16
_PLACE = "unit_id = ? AND report_year = ?"
_COPIES = "(rule = 'E4' AND (within = 'narrative' OR other_unit_id IS NOT NULL))"
"""Copies are derived apart from the rest: a text may be like many others, whose own comparisons it does not touch."""


@dataclass(frozen=True, slots=True)
class CheckSummary:
    """What `check_across` did: reports evaluated and rows that changed; and what fails in the archive now, by rule."""

    evaluated: int
    changed: int
    failing: dict[str, int]


def check_across(archive: Archive, stale_only: bool = True) -> CheckSummary:
    """Derive the cross-checks of what was touched since, and of what is compared with it; or of all.

    Runs after `archive.histories.versions.derive_versions`. Units that are overdue are looked for each time: any capture may tell the day.
    """
    db = archive.db
    with archive.transaction():
        stale = {tuple(row) for row in db.execute("SELECT unit_id, report_year FROM stale_cross_check")}
        reports = Reports(db)
        changed = evaluated = 0
        if stale or not stale_only:
            check = _Check(archive, reports)
            wanted = check.neighbourhood(stale) if stale_only else check.everything()
            evaluated = sum(bool(reports.of(*place)) for place in wanted)
            for place in sorted(wanted):
                changed += _keep(db, f"{_PLACE} AND rule <> 'E5' AND NOT {_COPIES}", place, check.rows(*place))
            for place in sorted(check.likely_copies(stale) if stale_only else wanted):
                changed += _keep(db, f"{_PLACE} AND {_COPIES}", place, check.copies(*place))
            db.execute("DELETE FROM stale_cross_check")
        changed += _keep(db, "rule = 'E5'", (), check_due(cross_rules()["E5"], archive, reports))
        failing = db.execute("SELECT rule, count(*) FROM cross_check WHERE status = 'fail' GROUP BY rule ORDER BY rule")
        return CheckSummary(evaluated, changed, dict(failing.fetchall()))


class _Check:
    """All rules over one state of the archive."""

    def __init__(self, archive: Archive, reports: Reports) -> None:
        self._db = archive.db
        self._reports = reports
        self._figures = FigureSource(archive.db)
        self._narratives = NarrativeSource(archive.db, reports)
        self._copies = Copies(archive.db, reports, self._narratives, cross_rules()["E4"])

    def everything(self) -> set[tuple[str, int]]:
        """Return every unit and year that has a report or an outcome."""
        kept = self._db.execute("SELECT DISTINCT unit_id, report_year FROM cross_check")
        return {*self._reports.all(), *(tuple(row) for row in kept)}

    def neighbourhood(self, stale: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
        """Return units and years, and those whose outcomes rest on them: later years and parents."""
        found: set[tuple[str, int]] = set()
        for unit, year in stale:
            found |= {(member, year + ahead) for member in self._reports.line(unit) for ahead in range(_REACH + 1)}
            known = self._reports.units.get(unit)
            if known is not None and known.parent is not None:
                # whether a part existed in another year may follow from its report on this one
                found |= {(known.parent, other) for other in self._reports.years_of(known.parent)}
        return found

    def likely_copies(self, stale: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
        """Return units and years, and those whose texts were, or may be, like theirs, or are looked for in their later ones."""
        found: set[tuple[str, int]] = set()
        for unit, year in stale:
            found |= {(member, year + ahead) for member in self._reports.line(unit) for ahead in range(_REACH)}
            found |= {
                tuple(row)
                for row in self._db.execute(
                    """SELECT unit_id, report_year FROM cross_check
                       WHERE rule = 'E4' AND other_unit_id = ? AND other_year = ?""",
                    (unit, year),
                )
            }
            for entry in self._reports.of(unit, year):
                found |= self._copies.likely(entry)
        return found

    def copies(self, unit: str, year: int) -> Iterator[Row]:
        """Return what the texts of a unit's reports on a year were copied from."""
        for entry in self._reports.of(unit, year):
            yield from (outcome.row() for outcome in self._copies.check(entry))

    def rows(self, unit: str, year: int) -> Iterator[Row]:
        """Return all other outcomes of a unit's reports on a year."""
        for entry in self._reports.of(unit, year):
            for outcome in self._outcomes(entry):
                yield outcome.row()

    def _outcomes(self, entry: Entry) -> Iterator[Outcome]:
        reports, db = self._reports, self._db
        rules = cross_rules()
        before = [reports.back(entry, years) for years in range(1, _REACH + 1)]
        facts = self._figures.of(entry)
        earlier = [None if e is None else self._figures.of(e) for e in before]
        last = None if reports.took_over(entry.unit_id, entry.year) else earlier[0]
        yield from check_suits_after_review(rules["B3"], facts, last)
        for key in ("B4", "C1", "C2", "D1"):
            yield from check_equations(rules[key], facts, last)
        yield from check_unit_of_money(rules["C4"], facts, last)
        yield from check_items(rules["C5"], facts, last)
        yield from check_repeated_text(rules["D2"], entry, before[0], self._narratives)
        yield from check_repeated_figures(rules["D3"], facts, earlier[0])
        yield from check_stated_growth(rules["D4"], facts, last, db)
        yield from check_jumps(rules["D5"], facts, [f for f in earlier if f is not None])
        yield from check_consolidated(rules["E1"], reports, facts, self._figures)
        yield from check_scope(rules["E2"], reports, entry)
        yield from check_printed_parts(rules["E3"], reports, facts, db)
        yield from check_places(rules["E4"], entry, reports.units[entry.unit_id], self._narratives)
        documents = documents_of(db, entry)
        yield from check_changed_figures(rules["G1"], entry, documents, db)
        yield from check_withdrawn(rules["G2"], entry, documents, db)
        yield from check_date_moved(rules["G3"], entry, documents, db)
        yield from check_copies(rules["G4"], entry, documents, db)
        yield from check_contradicted(rules["G5"], entry, db)


def _keep(db: sqlite3.Connection, where: str, values: tuple[str | int, ...], rows: Iterable[Row]) -> int:
    """Bring the rows `where` says to what they are now; return how many changed."""
    known = {row[0]: tuple(row) for row in db.execute(f"SELECT * FROM cross_check WHERE {where}", values)}  # noqa: S608
    wanted = {row[0]: row for row in rows}
    gone = known.keys() - wanted.keys()
    new = [row for key, row in wanted.items() if known.get(key) != row]
    db.executemany("DELETE FROM cross_check WHERE id = ?", [(key,) for key in gone])
    db.executemany(f"INSERT OR REPLACE INTO cross_check VALUES ({', '.join('?' * _COLUMNS)})", new)  # noqa: S608
    return len(gone) + len(new)
