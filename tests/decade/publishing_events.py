"""Events that happen to published reports: changed, withdrawn, dated back, copied, never published; and what only looks like them."""

from __future__ import annotations

import random

from tests.decade.bodies import Body
from tests.decade.plan import Event, Plan

_ALL = ("government", "department", "office", "town", "zone")


def _publishing(name: str, rule: str, within: str = "") -> Event:
    """Return an event of publishing that is to be found."""

    def happen(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
        plan.published[body.key, year] = name
        plan.expect(rule, body, year, (within,), name)

    return Event(
        name, happen, 14 if rule != "G4" else 8, 2013, kinds=_ALL, before=0, after=0, harms=rule in ("G2", "G4")
    )


def _near(name: str, rules: str, share: int = 6) -> Event:
    """Return an event of publishing that is not to be reported."""

    def happen(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
        plan.published[body.key, year] = name
        plan.miss(rules, body, year, name)

    return Event(name, happen, share, 2013, kinds=_ALL, before=0, after=0)


def never_published(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    """Have a body publish no report on a year."""
    plan.missing.add((body.key, year))
    plan.expect("E5", body, year, ("",), "no report")


def _published_late(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    plan.late.add((body.key, year))


EVENTS = (
    _publishing("figures changed after publication", "G1", "figures"),
    _publishing("withdrawn", "G2"),
    _publishing("dated back", "G3"),
    _publishing("copies that disagree", "G4"),
    _near("words changed after publication", "G1 G3", 8),
    _near("bytes changed after publication", "G1 G3", 8),
    _near("not found once", "G2", 8),
    _near("a challenge and errors in its place", "G2", 6),
    _near("date written in another way", "G3", 6),
    _near("a copy with another date", "G3 G4", 8),
    _near("copies that agree", "G4 G1 G2", 20),
    _near("a withdrawn copy that disagreed", "G4", 4),
    _near("moved to another address", "G1 G3 G4"),
    _near("withdrawn and put back", "G1 G3 G4"),
    Event("never published", never_published, 14, 2013, kinds=("department", "town", "zone", "office"), harms=True),
    Event("published late", _published_late, 14, 2013, kinds=_ALL, before=0, after=0),
)
