"""What happens in a world: a plan of events and near misses, each at its own body and year, drawn before anything is written.

An event tells what a perfect archive would say of it; a near miss looks like an event and is none.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from tests.decade.bodies import Body, Land
from tests.decade.figures import Figures, Hook, Key

Slot = tuple[str, int]
"""A body's key and a report year."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What is to be found: the rule, at whose report, on which year; `within` lists what in the report, any of which will do."""

    rule: str
    body: str
    year: int
    within: tuple[str, ...]
    event: str


@dataclass(frozen=True, slots=True)
class NearMiss:
    """What must not be reported, by these rules; what it is stands in `event`."""

    rules: tuple[str, ...]
    body: str
    year: int
    event: str
    natural: bool = False
    """Whether it was there anyway: figures that happen to be wrong may stand beside it."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A correction that a person makes of a printed figure."""

    body: str
    year: int
    cell: Key
    value: int


@dataclass(frozen=True, slots=True)
class Flag:
    """What a person knows that contradicts a report; `undone` where it was taken back."""

    why: str
    evidence: str
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """Requests listed body by body in the text: which bodies and figures, and by how much one of the numbers is wrong.

    `all` and `new` list every part, with and without what was carried in; `largest` the three with most requests; `own` the bodies of
    the government itself; `last year` every part's figures of the year before.
    """

    what: Literal["all", "new", "largest", "own", "last year"]
    wrong: int = 0


@dataclass(frozen=True, slots=True)
class Pasted:
    """Another body's text of the same year: whose, whether its name was left in, whether all of it or one section."""

    source: str
    named: bool
    whole: bool


@dataclass(slots=True)
class Plan:
    """All that happens, by body and year."""

    land: Land
    hooks: dict[Slot, list[Hook]] = field(default_factory=dict)
    printed: dict[Slot, Callable[[Figures], dict[Key, str]]] = field(default_factory=dict)
    kept: dict[Slot, dict[str, float]] = field(default_factory=dict)
    pasted: dict[Slot, Pasted] = field(default_factory=dict)
    growth: dict[Slot, tuple[float, int]] = field(default_factory=dict)
    listed: dict[Slot, Listed] = field(default_factory=dict)
    sentences: dict[Slot, tuple[str, ...]] = field(default_factory=dict)
    scope: dict[Slot, str] = field(default_factory=dict)
    missing: set[Slot] = field(default_factory=set)
    late: set[Slot] = field(default_factory=set)
    published: dict[Slot, str] = field(default_factory=dict)
    expected: list[Expected] = field(default_factory=list)
    near: list[NearMiss] = field(default_factory=list)
    fixes: list[Fix] = field(default_factory=list)
    flags: dict[Slot, Flag] = field(default_factory=dict)
    used: set[Slot] = field(default_factory=set)
    intact: set[Slot] = field(default_factory=set)

    def hook(self, body: Body, year: int, hook: Hook) -> None:
        """Have a year's figures changed before the next year's are made."""
        self.hooks.setdefault((body.key, year), []).append(hook)

    def expect(self, rule: str, body: Body, year: int, within: Iterable[str], event: str) -> None:
        """Write down what is to be found."""
        self.expected.append(Expected(rule, body.key, year, tuple(within), event))

    def miss(self, rules: str, body: Body, year: int, event: str, *, natural: bool = False) -> None:
        """Write down what is not to be reported; `rules` are parted by blanks."""
        self.near.append(NearMiss(tuple(rules.split()), body.key, year, event, natural))


@dataclass(frozen=True, slots=True)
class Event:
    """A kind of event: at which bodies and years it can be, how many years before and after it must be quiet, what it does.

    `share` is how many there are in a world of 300 bodies. `intact` tells that it leaves a report out or unreadable in part.
    """

    name: str
    happen: Callable[[Plan, Body, int, random.Random], None]
    share: int
    first: int = 2020
    last: int = 2025
    kinds: tuple[str, ...] = ("department", "office", "town", "zone")
    before: int = 1
    after: int = 1
    harms: bool = False
    fits: Callable[[Plan, Body, int], bool] = lambda plan, body, year: True

    def can_be(self, plan: Plan, body: Body, year: int) -> bool:
        """Tell whether it can happen to a body's report on a year, where nothing else does nearby."""
        years = range(year - self.before, year + self.after + 1)
        return (
            body.kind in self.kinds
            and year - self.before >= body.first
            and (body.key, year) not in plan.missing
            and not any((body.key, y) in plan.used for y in years)
            and not any(s.after == body and body.first < s.year and s.year in years for s in plan.land.successions)
            and not (self.harms and any((body.key, y) in plan.intact for y in years))
            and self.fits(plan, body, year)
        )


def make_plan(rng: random.Random, land: Land, events: Iterable[Event], units: int) -> Plan:
    """Draw where and when each event happens; where there is no room for one, there is one less."""
    plan = Plan(land)
    for event in events:
        wanted = max(1, round(event.share * units / 300))
        slots = [(b, y) for b in land.bodies for y in b.years if event.first <= y <= event.last]
        rng.shuffle(slots)
        for body, year in slots:
            if wanted == 0:
                break
            if event.can_be(plan, body, year):
                plan.used |= {(body.key, y) for y in range(year - event.before, year + event.after + 1)}
                event.happen(plan, body, year, rng)
                wanted -= 1
    return plan
