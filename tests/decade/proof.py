"""What the figures themselves bear out: a program of its own over the generator's reports, which knows nothing of the archive's rules.

Every definition is that of domain.md section 2, over what each report prints in the end: blanks are no numbers, a cell whose own sums
are broken is no number either, a person's correction counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from statistics import median

from tests.corpus.forms import PERSONS, PROACTIVE, REQUEST_ROWS, REQUESTS, REVIEW
from tests.decade.bodies import Body
from tests.decade.figures import BLOCKS, Key
from tests.decade.likeness import sentences_of, share
from tests.decade.plan import Slot
from tests.decade.reports import Report
from tests.decade.world import World

Found = tuple[str, str, int, str]
"""Rule, body's key, report year, within."""

ALIKE = 0.5
"""The share of sentences from which on a text counts as last year's (domain.md 4: points are taken off above 50 %)."""

FEWEST = 3
"""How many sentences a section must have for its being like another to mean anything: "no fees were charged" stands everywhere."""

_DOCUMENTS = ("rules", "normative_documents")
_COLUMNS = tuple(key for _, key in PERSONS)
_OUTER = ("new_received", "carried_in", "total_processed", "carried_out")


@dataclass
class Proof:
    """Answers whether a finding is true of a world."""

    world: World
    _values: dict[Slot, Mapping[Key, Decimal]] = field(default_factory=dict)

    # -- what a report says -------------------------------------------------------------------------

    def values(self, report: Report) -> Mapping[Key, Decimal]:
        """Return the numbers that a report states and that its own sums do not contradict."""
        slot = (report.body.key, report.year)
        if slot not in self._values:
            self._values[slot] = self._stated(report)
        return self._values[slot]

    def _stated(self, report: Report) -> Mapping[Key, Decimal]:
        values: dict[Key, Decimal] = {}
        in_yuan = (PROACTIVE, "unit", "yuan") in report.printed
        for key, value in report.figures.items():
            text = report.printed.get(key, str(value))
            if in_yuan and key[1] == "administrative_fees":
                text = str(value)
            if re.fullmatch(r"-?\d+(\.\d+)?", text):
                values[key] = Decimal(text)
        for broken in self._broken(report, values):
            del values[broken]
        for fix in self.world.plan.fixes:
            if (fix.body, fix.year) == (report.body.key, report.year):
                values[fix.cell] = Decimal(fix.value)
        return values

    def _broken(self, report: Report, values: Mapping[Key, Decimal]) -> set[Key]:
        """Return the cells of rows and columns of table three that do not add up."""
        if REQUESTS not in report.forms:
            return set()
        rows = [row for _, row in REQUEST_ROWS[report.forms[REQUESTS]]]
        broken: set[Key] = set()
        for row in rows:
            cells = [(REQUESTS, row, c) for c in _COLUMNS]
            if all(c in values for c in cells) and sum(values[c] for c in cells[:-1]) != values[cells[-1]]:
                broken |= set(cells)
        for column in _COLUMNS:
            ends = [(REQUESTS, row, column) for row in _OUTER]
            if all(c in values for c in ends):
                new, before, done, after = (values[c] for c in ends)
                if new + before != done + after:
                    broken |= set(ends)
        return broken

    def before(self, report: Report) -> Report | None:
        """Return the same body's report on the year before, under its earlier name where it was plainly renamed.

        None where another body was merged into it for this year, or where either speaks for something else.
        """
        body, year = report.body, report.year
        if any(s.after == body and s.fate == "merged" and s.year == year for s in self.world.land.successions):
            return None
        earlier: Body | None = body
        if year == body.first:
            earlier = next(
                (s.before for s in self.world.land.successions if s.after == body and s.fate == "renamed"), None
            )
        previous = self.world.report(earlier.key, year - 1) if earlier is not None else None
        return previous if previous is not None and self._comparable(previous, report) else None

    def _comparable(self, one: Report, other: Report) -> bool:
        """Tell whether two reports of a body speak for the same; only governments can speak for others."""
        return one.body.kind != "government" or one.scope == other.scope

    def _of_line(self, body: Body, year: int) -> Report | None:
        """Return the report on a year of a body, or of what it was plainly renamed from."""
        while year < body.first:
            before = next(
                (s.before for s in self.world.land.successions if s.after == body and s.fate == "renamed"), None
            )
            if before is None:
                return None
            body = before
        return self.world.report(body.key, year)

    # -- rules ----------------------------------------------------------------------------------------

    def true(self, rule: str, body: str, year: int, within: str) -> bool:
        """Tell whether what a finding says is so."""
        return any(
            other == within or not other or not within
            for other in self._by_slot.get((rule, body, year), ())
        ) or self._alike(rule, body, year, within)  # fmt: skip

    @cached_property
    def _by_slot(self) -> dict[tuple[str, str, int], set[str]]:
        found: dict[tuple[str, str, int], set[str]] = {}
        for rule, body, year, within in self.sweep():
            found.setdefault((rule, body, year), set()).add(within)
        return found

    def sweep(self) -> Iterator[Found]:
        """Yield all that is wrong in the figures of the world."""
        for report in self.world.reports:
            key, year = report.body.key, report.year
            checks = [
                ("E2", self.scopes),
                ("D3", self.copied),
                ("D5", self.jumps),
                ("C4", self.units),
                ("E1", self.sums),
            ]
            if year >= 2019:
                checks += [("D1", self.carried), ("C1", self.in_force), ("C2", self.repealed), ("C5", self.items)]
                checks += [("B3", self.suits), ("B4", self.pending)]
            for rule, check in checks:
                yield from ((rule, key, year, within) for within in check(report))
        yield from self.unpublished()
        yield from self.published()

    def carried(self, report: Report) -> Iterator[str]:
        """D1: what is carried in is what was carried out, column by column."""
        before = self.before(report)
        if before is None or before.year < 2019:
            return
        now, then = self.values(report), self.values(before)
        for column in _COLUMNS:
            one, other = now.get((REQUESTS, "carried_in", column)), then.get((REQUESTS, "carried_out", column))
            if one is not None and other is not None and one != other:
                yield column

    def in_force(self, report: Report) -> Iterator[str]:
        """C1: documents in force are those of last year, with those issued and without those repealed."""
        before = self.before(report)
        if before is None:
            return
        now, then = self.values(report), self.values(before)
        for row in _DOCUMENTS:
            keys = [(PROACTIVE, row, column) for column in ("issued", "repealed", "in_force")]
            if all(k in now for k in keys) and keys[2] in then:
                issued, repealed, held = (now[k] for k in keys)
                if held != then[keys[2]] + issued - repealed:
                    yield row

    def repealed(self, report: Report) -> Iterator[str]:
        """C2: no more is repealed than was in force or issued."""
        before = self.before(report)
        if before is None:
            return
        now, then = self.values(report), self.values(before)
        for row in _DOCUMENTS:
            keys = [(PROACTIVE, row, column) for column in ("issued", "repealed", "in_force")]
            if all(k in now for k in keys):
                issued, repealed, held = (now[k] for k in keys)
                if (keys[2] in then and repealed > then[keys[2]] + issued) or issued > held + repealed:
                    yield row

    def copied(self, report: Report) -> Iterator[str]:
        """D3: every figure is last year's, and not all are nought."""
        before = self.before(report)
        if before is None or dict(before.forms) != dict(report.forms):
            return
        one, other = ({k: r.printed.get(k, str(v)) for k, v in r.figures.items()} for r in (report, before))
        if one == other and any(self.values(report).values()):
            yield "figures"

    def jumps(self, report: Report) -> Iterator[str]:
        """D5: more than ten times, or less than a tenth of, the median of three years; where it is a matter of twenty at least."""
        earlier: list[Mapping[Key, Decimal]] = []
        for year in range(report.year - 1, report.year - 4, -1):
            last = self._of_line(report.body, year)
            if last is not None and self._comparable(last, report):
                earlier.append(self.values(last))
        for key, value in self.values(report).items():
            known = [v[key] for v in earlier if key in v]
            for some in (known, [*known, value]):
                if len(known) >= 2 and max(value, median(some)) >= 20:
                    middle = median(some)
                    if value > 10 * middle or value * 10 < middle:
                        yield f"{key[1]}.{key[2]}"
                        yield ".".join(key)

    def units(self, report: Report) -> Iterator[str]:
        """C4: fees a thousand times last year's, or a thousandth."""
        before = self.before(report)
        key = (PROACTIVE, "administrative_fees", "amount_wan_yuan")
        if before is None or key not in self.values(report) or key not in self.values(before):
            return
        now, then = self.values(report)[key], self.values(before)[key]
        if now and then and (now > 1000 * then or then > 1000 * now):
            yield "administrative_fees.amount_wan_yuan"

    def items(self, report: Report) -> Iterator[str]:
        """C5: decisions without items, or items that do not follow on from last year's."""
        now = self.values(report)
        before = self.before(report)
        then = self.values(before) if before else {}
        for _, row, column in [k for k in now if k[2] == "prior_items"]:
            prior, change, decisions = ((PROACTIVE, row, c) for c in ("prior_items", "change", "decisions"))
            if change in now and now.get(decisions, 0) > 0 and now[prior] + now[change] == 0:
                yield f"{row}.decisions"
                yield f"{row}.{column}"
            if prior in then and change in then and now[prior] != then[prior] + then[change]:
                yield f"{row}.{column}"

    def scopes(self, report: Report) -> Iterator[str]:
        """E2: what a report speaks for is not told, or is not what last year's spoke for."""
        before = self.world.report(report.body.key, report.year - 1)
        if report.scope == "unknown" or (before is not None and before.scope != report.scope):
            yield ""

    def suits(self, report: Report) -> Iterator[str]:
        """B3: a suit after a review, and no review this year or last."""
        before = self.before(report)
        if before is None or before.year < 2019:
            return
        now, then = self.values(report), self.values(before)
        reviews = [v.get((REVIEW, "review", "total"), Decimal(1)) for v in (now, then)]
        if now.get((REVIEW, "suit_after_review", "total"), 0) > 0 and not any(reviews):
            yield ""

    def pending(self, report: Report) -> Iterator[str]:
        """B4: fewer cases this year than were pending in the last."""
        before = self.before(report)
        if before is None or before.year < 2019:
            return
        now, then = self.values(report), self.values(before)
        for block in BLOCKS:
            total, left = (REVIEW, block, "total"), (REVIEW, block, "pending")
            if total in now and left in then and now[total] < then[left]:
                yield block

    def sums(self, report: Report) -> Iterator[str]:
        """E1: a consolidated report is not the sum of its parts, where all of them are there; or is less than those that are."""
        if report.body.kind != "government":
            return
        bodies = [b for b in self._parts(report) if report.year in b.years]
        parts = [self.world.report(b.key, report.year) for b in bodies]
        there = [p for p in parts if p is not None]
        whole = len(there) == len(parts) and self._all_in_world(report)
        if not there:
            return
        for key, value in self.values(report).items():
            known = [self.values(p)[key] for p in there if key in self.values(p)]
            complete = whole and len(known) == len(there)
            if (complete and sum(known) != value) or (key[2] != "change" and sum(known) > value):
                yield ".".join(key)

    def _parts(self, report: Report) -> list[Body]:
        land = self.world.land
        own = [b for b in land.of(report.place_code) if b.kind != "government"]
        if report.scope != "whole_area":
            return [b for b in own if b.kind in ("office", "department")]
        below = [land.government(p.code) for p in land.places if p.parent == report.place_code]
        return own + [b for b in below if b is not None and self._speaks_for_all(b, report.year)]

    def _speaks_for_all(self, body: Body, year: int) -> bool:
        report = self.world.report(body.key, year)
        return report is None or report.scope == "whole_area"

    def _all_in_world(self, report: Report) -> bool:
        """Tell whether nothing that the report adds up is outside the world, or reports for less than its area."""
        land, place = self.world.land, report.body.place
        if place.elsewhere or place.level == "province":
            return False
        if place.level == "county" or report.scope != "whole_area":
            return True
        below = [land.government(p.code) for p in land.places if p.parent == place.code]
        return len(below) >= 5 and all(b is not None and self._speaks_for_all(b, report.year) for b in below)

    def unpublished(self) -> Iterator[Found]:
        """E5: a body that was there, had reported before, and has no report, or had none in time."""
        for body in self.world.land.bodies:
            for year in body.years:
                if year > body.first and (body.key, year) in self.world.plan.missing | self.world.plan.late:
                    yield "E5", body.key, year, ""

    def published(self) -> Iterator[Found]:
        """G1-G5: what was planned of the publication of reports, and what is known of them from elsewhere."""
        told = {
            "figures changed after publication": ("G1",), "withdrawn": ("G2",), "dated back": ("G3",),
            "copies that disagree": ("G4",), "a withdrawn copy that disagreed": ("G2",), "moved to another address": ("G2",),
            "withdrawn and put back": ("G2",),
        }  # fmt: skip
        for (body, year), event in self.world.plan.published.items():
            for rule in told.get(event, ()):
                yield rule, body, year, ""
        for (body, year), flag in self.world.plan.flags.items():
            if not flag.undone:
                yield "G5", body, year, ""

    # -- words ----------------------------------------------------------------------------------------

    def _alike(self, rule: str, body: str, year: int, within: str) -> bool:
        """Tell whether two texts are as like as a finding of D2 or E4 says."""
        report = self.world.report(body, year)
        if report is None:
            return False
        if rule not in ("D2", "E4") or len(sentences_of(report, within)) < FEWEST:
            return False
        before = self.before(report)
        others = [before] if before is not None else []
        return any(share(report, o, within) >= ALIKE for o in (others if rule == "D2" else self._others(report)))

    def _others(self, report: Report) -> Iterator[Report]:
        """Yield the reports that a text was taken from, or that took it."""
        for (body, year), pasted in self.world.plan.pasted.items():
            for one, other in ((body, pasted.source), (pasted.source, body)):
                if (one, year) == (report.body.key, report.year) and (found := self.world.report(other, year)):
                    yield found


def unseen(world: World) -> list[str]:
    """Return what was planted and cannot be seen in the figures, and near misses that are none: a dry run of the generator."""
    proof = Proof(world)
    wrong = []
    for e in world.plan.expected:
        if e.rule in ("E3", "D4") or (world.report(e.body, e.year) is None and e.rule != "E5"):
            continue
        if not any(proof.true(e.rule, e.body, e.year, within) for within in e.within):
            wrong.append(f"not to be seen: {e}")
    for near in (n for n in world.plan.near if not n.natural):
        for rule in near.rules:
            for within in ("narrative",) if rule in ("D2", "E4") else ("",):
                if proof.true(rule, near.body, near.year, within):
                    wrong.append(f"no near miss of {rule}: {near} {proof._by_slot.get((rule, near.body, near.year))}")
    return wrong
