"""Holds what the archive found against what was planted, rule by rule, and its units, successions and scopes against the world's.

A finding that nobody planted counts as right where the figures bear it out (`proof`), and is counted apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from archive import Archive
from tests.decade.captures import copy_url
from tests.decade.plan import Expected, Slot
from tests.decade.proof import Proof
from tests.decade.reports import Report
from tests.decade.world import World

EXACT = ("C1", "D1", "D3", "E1", "G1", "G2", "G3")
JUDGED = ("D2", "D4", "D5", "E4")
RULES = (
    "B3",
    "B4",
    "C1",
    "C2",
    "C4",
    "C5",
    "D1",
    "D2",
    "D3",
    "D4",
    "D5",
    "E1",
    "E3",
    "E4",
    "E5",
    "G1",
    "G2",
    "G3",
    "G4",
    "G5",
)
WANTED = 0.98
"""What is wanted of judgements, recall and precision; of exact rules, all."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the archive reports of a body's report; `message` for a person."""

    rule: str
    body: str
    year: int
    within: str
    message: str


@dataclass(slots=True)
class Score:
    """The outcome for one rule or one judgement, with a line for each miss and each wrong finding."""

    name: str
    planted: int = 0
    found: int = 0
    unplanted: int = 0
    wrong: int = 0
    near: int = 0
    misses: list[str] = field(default_factory=list)
    wrongs: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Return the share of what was planted that was found."""
        return self.found / self.planted if self.planted else 1.0

    @property
    def precision(self) -> float:
        """Return the share of right findings."""
        right = self.found + self.unplanted
        return right / (right + self.wrong) if right + self.wrong else 1.0

    @property
    def wanted(self) -> float | None:
        """Return what recall and precision must be, None where nothing is demanded."""
        if self.name in EXACT:
            return 1.0
        return WANTED if self.name in (*JUDGED, "units", "successions", "scope") else None

    @property
    def falls_short(self) -> bool:
        """Tell whether it is less than what is wanted."""
        return self.wanted is not None and min(self.recall, self.precision) < self.wanted


def score_world(archive: Archive, world: World) -> list[Score]:
    """Score all that an archive made of a world."""
    bodies = _Bodies(archive, world)
    findings = list(_findings(archive, bodies))
    proof = Proof(world)
    return [
        *(score_rule(world, proof, rule, [f for f in findings if f.rule == rule]) for rule in RULES),
        _score_units(world, bodies),
        _score_successions(archive, world, bodies),
        _score_scopes(world, bodies),
    ]


class _Bodies:
    """Which unit of the archive each body's reports were filed under, and the other way round."""

    def __init__(self, archive: Archive, world: World) -> None:
        reports = {r.url: r for r in world.reports} | {copy_url(r): r for r in world.reports}
        self.filed: dict[Slot, tuple[str, str]] = {}
        self.units: dict[str, Counter[str]] = defaultdict(Counter)
        self.bodies: dict[str, Counter[str]] = defaultdict(Counter)
        self.names: dict[str, str] = {}
        self._years: dict[tuple[str, int], str] = {}
        for row in archive.db.execute(
            """SELECT d.url, p.unit_id, u.name, p.report_year, p.scope FROM document d JOIN report p ON p.id = d.report_id
               JOIN unit u ON u.id = p.unit_id"""
        ):
            report = reports.get(row["url"])
            if report is None:
                continue
            key = report.body.key
            if row["url"] == report.url:
                self.filed[key, report.year] = (row["unit_id"], row["scope"])
            self.units[key][row["unit_id"]] += 1
            self.bodies[row["unit_id"]][key] += 1
            self.names[row["unit_id"]] = row["name"]
            self._years[row["unit_id"], report.year] = key

    def body(self, unit: str, year: int) -> str:
        """Return the key of the body that a unit is in a year, or nearest to it; the unit's own where it is nobody's."""
        years = [y for u, y in self._years if u == unit]
        if not years:
            return unit
        return self._years[unit, min(years, key=lambda y: (abs(y - year), -y))]


def _findings(archive: Archive, bodies: _Bodies) -> Iterator[Finding]:
    """Yield the archive's failed cross-checks."""
    rows = archive.db.execute(
        "SELECT rule, unit_id, report_year, within, message FROM cross_check WHERE status = 'fail'"
    )
    for rule, unit, year, within, message in rows:
        yield Finding(rule, bodies.body(unit, year), year, within, message)


def score_rule(world: World, proof: Proof, rule: str, findings: list[Finding]) -> Score:
    """Hold what is reported under one rule against what was planted under it, what the figures bear out, and the near misses."""
    score = Score(rule)
    expected = [e for e in world.plan.expected if e.rule == rule]
    score.planted = len(expected)
    score.near = sum(rule in n.rules for n in world.plan.near)
    used: set[int] = set()
    for e in expected:
        hits = [i for i, f in enumerate(findings) if _means(e, f)]
        used.update(hits)
        if hits:
            score.found += 1
        else:
            score.misses.append(f"{_name(world, e.body, e.year)} {' or '.join(e.within)}: {e.event}")
    near = {(n.body, n.year): n.event for n in world.plan.near if rule in n.rules}
    for i, f in enumerate(findings):
        if i in used:
            continue
        if proof.true(rule, f.body, f.year, f.within) or (
            rule == "B4" and proof.true(rule, f.body, f.year + 1, f.within)
        ):
            score.unplanted += 1
            continue
        score.wrong += 1
        cause = near.get((f.body, f.year), "nothing was planted here")
        score.wrongs.append(f"{_name(world, f.body, f.year)} {f.within}: {cause} ({f.message})")
    return score


def _means(expected: Expected, finding: Finding) -> bool:
    """Tell whether a finding is the expected one. A text that is another's in part may be found in part or as a whole."""
    years = (expected.year, expected.year - 1) if expected.rule == "B4" else (expected.year,)
    if finding.body != expected.body or finding.year not in years:
        return False
    any_part = not expected.within or expected.within == ("",) or expected.rule in ("D2", "E4", "E3")
    return any_part or not finding.within or finding.within in expected.within


def _name(world: World, body: str, year: int) -> str:
    known = next((b for b in world.land.bodies if b.key == body), None)
    return f"{known.full if known else body}/{year}"


def _score_units(world: World, bodies: _Bodies) -> Score:
    """Hold each body's unit against the body: all its reports, under its name, and nobody else's."""
    score = Score("units")
    for body in (b for b in world.land.bodies if b.key in bodies.units):
        score.planted += 1
        units = bodies.units[body.key]
        named = bodies.names[next(iter(units))] == body.full
        if len(units) == 1 and named:
            score.found += 1
        else:
            names = ", ".join(f"{bodies.names[u]} ({n} reports)" for u, n in units.items())
            score.misses.append(f"{body.full}: filed under {names}")
    for unit, keys in bodies.bodies.items():
        if len(keys) > 1:
            score.wrong += 1
            score.wrongs.append(f"{bodies.names[unit]} holds the reports of {', '.join(sorted(keys))}")
    for report in world.reports:
        if (report.body.key, report.year) not in bodies.filed:
            score.misses.append(f"{report.unit}/{report.year} is not filed: {report.url}")
    return score


def _score_successions(archive: Archive, world: World, bodies: _Bodies) -> Score:
    """Hold the relations of units against what became of bodies."""
    score = Score("successions")
    found = {
        (bodies.body(r["predecessor_id"], 0), bodies.body(r["successor_id"], 9999), r["fate"])
        for r in archive.db.execute("SELECT predecessor_id, successor_id, fate FROM unit_relation")
    }
    planted = {(s.before.key, s.after.key, s.fate): s for s in world.land.successions if s.before.key in bodies.units and s.after.key in bodies.units}  # fmt: skip
    score.planted, score.found = len(planted), len(planted.keys() & found)
    score.misses = [
        f"{s.before.full} -> {s.after.full} ({s.fate}, {s.year})" for key, s in planted.items() if key not in found
    ]
    for one, other, fate in sorted(found - planted.keys()):
        score.wrong += 1
        score.wrongs.append(f"{_name(world, one, 0)} -> {_name(world, other, 0)} ({fate})")
    return score


def _score_scopes(world: World, bodies: _Bodies) -> Score:
    """Hold the scope that was read against what the text tells; a text that tells nothing gives no scope."""
    score = Score("scope")
    for report in world.reports:
        read = bodies.filed.get((report.body.key, report.year), ("", "unknown"))[1]
        score.planted += report.scope != "unknown"
        if read == report.scope and read != "unknown":
            score.found += 1
        elif read != "unknown":
            score.wrong += 1
            score.wrongs.append(f"{report.unit}/{report.year}: read {read}, the text says {report.scope}")
        elif report.scope != "unknown":
            score.misses.append(f"{report.unit}/{report.year}: the text says {report.scope}; {_telling(report)}")
    return score


def _telling(report: Report) -> str:
    own = ("本", "我", "全", "汇总", "涵盖", "统计范围")
    sentences = (s for part in report.sections for s in part.sentences if s.startswith(own) or "申请" in s)
    return next((s for s in (report.preface, *sentences) if s), "")[:70]


def to_markdown(scores: Iterable[Score]) -> str:
    """Return the table of all scores, and each miss and each wrong finding with its reason."""
    scores = list(scores)
    lines = [
        "| rule | planted | found | near misses | wrongly reported | unplanted, borne out | recall | precision | wanted |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for s in scores:
        wanted = "" if s.wanted is None else f"{s.wanted:g}" + (" **not met**" if s.falls_short else "")
        lines.append(
            f"| {s.name} | {s.planted} | {s.found} | {s.near or ''} | {s.wrong} | {s.unplanted} | {s.recall:.3f} | {s.precision:.3f} | {wanted} |"
        )
    for title, of in (("Missed", "misses"), ("Wrongly reported", "wrongs")):
        lines += ["", f"## {title}", ""]
        listed = [f"- {s.name}: {line}" for s in scores for line in _shortened(getattr(s, of))]
        lines += listed or ["Nothing."]
    return "\n".join(lines) + "\n"


def _shortened(lines: list[str], most: int = 40) -> list[str]:
    return lines if len(lines) <= most else [*lines[:most], f"and {len(lines) - most} more"]


def summary(world: World) -> Mapping[str, int]:
    """Return what a world is made of."""
    return {
        "bodies": len(world.land.bodies),
        "places": len(world.land.places),
        "reports": len(world.reports),
        "successions": len(world.land.successions),
        "planted": len(world.plan.expected),
        "near misses": len(world.plan.near),
    }
