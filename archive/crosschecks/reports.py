"""Which reports there are, and which of them may be compared: the same unit, the same scope, another year.

Guarantees: a unit's line goes on in another one only where it was plainly renamed (one before, one after); a body that governs
nobody speaks for itself, said or not, unless its text contradicts that; of two reports that fit equally none is taken.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass

from archive.register.existence import lifetimes
from archive.register.relations import MAY_BE_RENAMED

_GOVERNING = ("government", "office")


@dataclass(frozen=True, slots=True)
class Entry:
    """A report as it is compared; `span` is its scope, with what goes without saying; `reading_id` what it shows."""

    id: str
    unit_id: str
    year: int
    scope: str
    span: str
    reading_id: str | None
    issuer: str | None
    """As the reading has it, which may be a short or a former name."""


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A unit as far as rules ask for it."""

    id: str
    name: str
    kind: str
    place: str | None
    base: str
    parent: str | None


class Reports:
    """All reports of an archive, by unit and year; a snapshot."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.units = {
            row["id"]: UnitEntry(row["id"], row["name"], row["kind"], row["place_code"], row["base"], row["parent_id"])
            for row in db.execute("SELECT * FROM unit")
        }
        self._entries: dict[str, dict[int, tuple[Entry, ...]]] = defaultdict(dict)
        for row in db.execute(
            """SELECT p.*, s.reading_id, r.issuer, f.scope_rule FROM report p JOIN shown_reading s ON s.report_id = p.id
               LEFT JOIN reading r ON r.id = s.reading_id LEFT JOIN filing f ON f.document_id = p.preferred_document
               ORDER BY p.scope"""
        ):
            entry = Entry(
                row["id"],
                row["unit_id"],
                row["report_year"],
                row["scope"],
                self._span(row),
                row["reading_id"],
                row["issuer"],
            )
            years = self._entries[entry.unit_id]
            years[entry.year] = (*years.get(entry.year, ()), entry)
        self._before, self._after, self._successors, self._merged = _successions(db)
        self._lifetimes = lifetimes(db)
        self._doubtful = self._gone_unseen(db)
        self.children: dict[str, list[str]] = defaultdict(list)
        for unit in self.units.values():
            if unit.parent is not None:
                self.children[unit.parent].append(unit.id)

    def _span(self, row: sqlite3.Row) -> str:
        scope: str = row["scope"]
        silent = scope == "unknown" and row["scope_rule"] != "conflict"
        governs = self.units[row["unit_id"]].kind in _GOVERNING
        return "own_body" if silent and not governs else scope

    def of(self, unit_id: str, year: int) -> tuple[Entry, ...]:
        """Return a unit's reports on a year, one for each scope."""
        return self._entries.get(unit_id, {}).get(year, ())

    def years_of(self, unit_id: str) -> list[int]:
        """Return the years on which a unit has reports."""
        return sorted(self._entries.get(unit_id, ()))

    def line(self, unit_id: str) -> tuple[str, ...]:
        """Return the unit with what it was plainly renamed from and to, oldest first."""
        found = [unit_id]
        while (before := self._before.get(found[0])) is not None and before not in found:
            found.insert(0, before)
        while (after := self._after.get(found[-1])) is not None and after not in found:
            found.append(after)
        return tuple(found)

    def successors(self, unit_id: str) -> tuple[str, ...]:
        """Return what became of a unit, by renaming or merging."""
        return tuple(self._successors.get(unit_id, ()))

    def existed(self, unit_id: str, year: int) -> bool:
        """Tell whether a unit that reported existed in a year: after its first report and before it ended."""
        years = self.years_of(unit_id)
        return bool(years) and years[0] <= year and self._lifetimes[unit_id].covers(year)

    def may_be_gone(self, unit_id: str, year: int) -> bool:
        """Tell whether in a year after its last report a unit may be gone: its name is another's since, or it may have taken another's."""
        years = self.years_of(unit_id)
        return unit_id in self._doubtful and bool(years) and year > years[-1]

    def _gone_unseen(self, db: sqlite3.Connection) -> set[str]:
        """Return the units that fell silent before another bore their name, or a name that they may have taken, as far as nobody decided."""
        rows = db.execute(
            """SELECT u.id, n.id FROM unit u JOIN unit n ON n.place_code = u.place_code AND n.name = u.name AND n.id <> u.id
               UNION SELECT unit_id, other_id FROM unit_match WHERE reason = :reason AND status = 'open'
               UNION SELECT other_id, unit_id FROM unit_match WHERE reason = :reason AND status = 'open'""",
            {"reason": MAY_BE_RENAMED},
        )
        return {one for one, other in rows if self.years_of(one)[-1:] < self.years_of(other)[:1]}

    def took_over(self, unit_id: str, year: int) -> bool:
        """Tell whether another body was merged into a unit after its report on the year before: 乡村振兴局 into 农业农村局 in 2024."""
        return any(self.years_of(other)[-1:] == [year - 1] for other in self._merged.get(unit_id, ()))

    def year_of_line(self, unit_id: str, year: int) -> tuple[Entry, ...]:
        """Return the reports on a year of a unit, or of the one of its line that has any."""
        own = self.of(unit_id, year)
        if own:
            return own
        others = [self.of(member, year) for member in self.line(unit_id) if self.of(member, year)]
        return others[0] if len(others) == 1 else ()

    def back(self, entry: Entry, years: int = 1) -> Entry | None:
        """Return the report of the same body and scope `years` before, or None."""
        found = [e for e in self.year_of_line(entry.unit_id, entry.year - years) if e.span == entry.span]
        exact = [e for e in found if e.scope == entry.scope] or found
        return exact[0] if len(exact) == 1 else None

    def all(self) -> list[tuple[str, int]]:
        """Return every unit and year with a report, by unit."""
        return [(unit, year) for unit in sorted(self._entries) for year in sorted(self._entries[unit])]


def _successions(
    db: sqlite3.Connection,
) -> tuple[dict[str, str], dict[str, str], dict[str, list[str]], dict[str, list[str]]]:
    """Return (what a unit was called before, what it is called after), of plain renamings; all that units became; all merged into them."""
    before: dict[str, list[tuple[str, str]]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for row in db.execute("SELECT predecessor_id, successor_id, fate FROM unit_relation ORDER BY 1, 2"):
        before[row["successor_id"]].append((row["predecessor_id"], row["fate"]))
        after[row["predecessor_id"]].append(row["successor_id"])
    plain = {
        new: found[0][0]
        for new, found in before.items()
        if len(found) == 1 and found[0][1] == "renamed" and len(after[found[0][0]]) == 1
    }
    merged = {new: [unit for unit, fate in found if fate == "merged"] for new, found in before.items()}
    return plain, {old: new for new, old in plain.items()}, after, merged
