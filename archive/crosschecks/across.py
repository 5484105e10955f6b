"""Derives the cross-checks: finds what is stale, applies the rules to it and its neighbours, and keeps the outcomes.

Guarantees: what is kept is the same whether it was derived bit by bit or all at once; an outcome that did not change is not written
again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

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
from archive.crosschecks.sketches import SketchRow, drop_others, keep_sketches
from archive.crosschecks.texts import NarrativeSource, check_repeated_text
from archive.processes import Each, Processes
from archive.store import Archive

Place = tuple[str, int]
"""A unit and a report year."""
Changes = tuple[list[str | int | None], list[Row]]
"""Keys of rows that are no more, and rows that are new or other than before."""

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


def check_across(archive: Archive, stale_only: bool = True, processes: Processes | None = None) -> CheckSummary:
    """Derive the cross-checks of what was touched since, and of what is compared with it; or of all.

    Runs after `archive.histories.versions.derive_versions`. Units that are overdue are looked for each time: any capture may tell the day.
    """
    db = archive.db
    processes = processes or Processes(db)
    each = processes.each(_Check)
    marked = db.execute("SELECT rowid, unit_id, report_year FROM stale_cross_check ORDER BY rowid").fetchall()
    stale = {(row["unit_id"], row["report_year"]) for row in marked}
    wanted = each.here.neighbourhood(stale) if stale_only else each.here.everything()
    if wanted:
        with archive.transaction():
            _sketch(db, each)
    with archive.transaction():
        changed = 0
        for changes in each.map(_Check.changed, sorted(wanted)):
            changed += _keep(db, changes)
        likely = {place for places in each.map(_Check.likely_copies, sorted(stale)) for place in places}
        for changes in each.map(_Check.changed_copies, sorted(likely if stale_only else wanted)):
            changed += _keep(db, changes)
        if marked:  # what was marked since stays so: it is not in what was looked at
            db.execute("DELETE FROM stale_cross_check WHERE rowid <= ?", (marked[-1]["rowid"],))
        reports = each.here.reports
        changed += _keep(db, _changes(db, "rule = 'E5'", (), check_due(cross_rules()["E5"], archive, reports)))
        failing = db.execute("SELECT rule, count(*) FROM cross_check WHERE status = 'fail' GROUP BY rule ORDER BY rule")
        return CheckSummary(sum(bool(reports.of(*place)) for place in wanted), changed, dict(failing.fetchall()))


def _sketch(db: sqlite3.Connection, each: Each[_Check]) -> None:
    """Bring the sketches of narratives up to date with what reports show."""
    methods = each.here.texts.methods()
    missing = drop_others(db, methods)
    for rows in each.map(_Check.sketch, [(reading, methods[reading]) for reading in missing]):
        keep_sketches(db, rows)


class _Check:
    """All rules over one state of the archive. Writes nothing."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.reports = Reports(db)
        self._figures = FigureSource(db)
        self._narratives = NarrativeSource(db, self.reports)

    @cached_property
    def texts(self) -> Copies:
        """Return what finds the sources of texts."""
        return Copies(self._db, self.reports, self._narratives, cross_rules()["E4"])

    def sketch(self, asked: tuple[str, str]) -> list[SketchRow]:
        """Return the sketches of a (reading, method)."""
        return self.texts.sketch(asked)

    def everything(self) -> set[Place]:
        """Return every unit and year that has a report or an outcome."""
        kept = self._db.execute("SELECT DISTINCT unit_id, report_year FROM cross_check")
        return {*self.reports.all(), *(tuple(row) for row in kept)}

    def neighbourhood(self, stale: Iterable[Place]) -> set[Place]:
        """Return units and years, and those whose outcomes rest on them: later years and parents."""
        found: set[Place] = set()
        for unit, year in stale:
            found |= {(member, year + ahead) for member in self.reports.line(unit) for ahead in range(_REACH + 1)}
            known = self.reports.units.get(unit)
            if known is not None and known.parent is not None:
                # whether a part existed in another year may follow from its report on this one
                found |= {(known.parent, other) for other in self.reports.years_of(known.parent)}
        return found

    def likely_copies(self, stale: Place) -> set[Place]:
        """Return a unit and year, and those whose texts were, or may be, like theirs, or are looked for in their later ones."""
        unit, year = stale
        found = {(member, year + ahead) for member in self.reports.line(unit) for ahead in range(_REACH)}
        found |= {
            (row["unit_id"], row["report_year"])
            for row in self._db.execute(
                "SELECT unit_id, report_year FROM cross_check WHERE rule = 'E4' AND other_unit_id = ? AND other_year = ?",
                stale,
            )
        }
        for entry in self.reports.of(unit, year):
            found |= self.texts.likely(entry)
        return found

    def changed_copies(self, place: Place) -> Changes:
        """Return how what the texts of a unit's reports on a year were copied from differs from what is kept."""
        outcomes = (outcome for entry in self.reports.of(*place) for outcome in self.texts.check(entry))
        return _changes(self._db, f"{_PLACE} AND {_COPIES}", place, (outcome.row() for outcome in outcomes))

    def changed(self, place: Place) -> Changes:
        """Return how all other outcomes of a unit's reports on a year differ from what is kept."""
        outcomes = (outcome for entry in self.reports.of(*place) for outcome in self._outcomes(entry))
        others = f"{_PLACE} AND rule <> 'E5' AND NOT {_COPIES}"
        return _changes(self._db, others, place, (outcome.row() for outcome in outcomes))

    def _outcomes(self, entry: Entry) -> Iterator[Outcome]:
        reports, db = self.reports, self._db
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
        yield from check_printed_parts(rules["E3"], reports, facts, self._figures, db)
        yield from check_places(rules["E4"], entry, reports.units[entry.unit_id], self._narratives)
        documents = documents_of(db, entry)
        yield from check_changed_figures(rules["G1"], entry, documents, db)
        yield from check_withdrawn(rules["G2"], entry, documents, db)
        yield from check_date_moved(rules["G3"], entry, documents, db)
        yield from check_copies(rules["G4"], entry, documents, db)
        yield from check_contradicted(rules["G5"], reports, entry, db)


def _changes(db: sqlite3.Connection, where: str, values: tuple[str | int, ...], rows: Iterable[Row]) -> Changes:
    """Return how `rows` differ from those kept that `where` says."""
    known = {row[0]: tuple(row) for row in db.execute(f"SELECT * FROM cross_check WHERE {where}", values)}  # noqa: S608
    wanted = {row[0]: row for row in rows}
    return list(known.keys() - wanted.keys()), [row for key, row in wanted.items() if known.get(key) != row]


def _keep(db: sqlite3.Connection, changes: Changes) -> int:
    """Write changes down; return how many there are."""
    gone, new = changes
    db.executemany("DELETE FROM cross_check WHERE id = ?", [(key,) for key in gone])
    db.executemany(f"INSERT OR REPLACE INTO cross_check VALUES ({', '.join('?' * _COLUMNS)})", new)  # noqa: S608
    return len(gone) + len(new)
