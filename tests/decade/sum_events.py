"""Events that happen to consolidated reports: a total mistyped, a part that never reported, a scope that changed."""

from __future__ import annotations

import random

from tests.corpus.forms import PROACTIVE, REQUESTS, REVIEW
from tests.decade.bodies import Body
from tests.decade.figures import Figures, Key
from tests.decade.plan import Event, Plan

_LICENCES: Key = (PROACTIVE, "administrative_licensing", "decisions")
_GOVERNMENT = ("government",)


def _has_unannounced_renaming(plan: Plan, code: str) -> bool:
    """Tell whether a body took a name that another of the place had: nothing says then that it is there no more under its own."""
    names = [b.name for b in plan.land.of(code)]
    return len(names) != len(set(names))


def is_complete(plan: Plan, body: Body, year: int) -> bool:
    """Tell whether all that a government adds up reports by itself."""
    parts = plan.land.parts(body, year)
    below = [p for p in plan.land.places if p.parent == body.place.code]
    all_below = body.place.level == "county" or len(below) >= 5 or body.place.scope != "whole_area"
    return (
        not body.place.elsewhere
        and body.place.level != "province"
        and all_below
        and len(parts) > 2
        and all(p.scope == "whole_area" for p in below)
        and not _has_unannounced_renaming(plan, body.place.code)
        and (body.key, year) not in plan.intact
        and not any(p.kind == "government" and (p.key, year) in plan.used for p in parts)
        and not any((p.key, year) in plan.missing for p in parts)
    )


def _sum_mistyped(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    kind, by = rng.choice(("power", "review", "requests")), rng.randint(1, 9)
    plan.intact |= {(p.key, year) for p in plan.land.parts(body, year)}

    def hook(figures: Figures, before: Figures | None, rng: random.Random) -> None:
        changed: list[Key] = []
        if kind == "power":
            changed = [_LICENCES]
        elif kind == "review":
            changed = [(REVIEW, "review", "upheld"), (REVIEW, "review", "total")]
        else:
            changed = [(REQUESTS, row, c) for row in ("new_received", "granted", "total_processed") for c in ("natural_person", "total")]  # fmt: skip
        for key in changed:
            figures[key] = int(figures[key]) + by
            plan.expect("E1", body, year, (".".join(key),), "a total over the parts mistyped")

    plan.hook(body, year, hook)


def _part_missing(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    parts = [
        p for p in plan.land.parts(body, year)
        if p.kind == "department" and p.first < year < p.last and not any((p.key, y) in plan.used for y in (year - 1, year, year + 1))
    ]  # fmt: skip
    if not parts:
        return
    part = rng.choice(parts)
    plan.missing.add((part.key, year))
    plan.used |= {(part.key, y) for y in (year - 1, year, year + 1)}
    plan.expect("E5", part, year, ("",), "no report")
    plan.miss("E1", body, year, f"one of the parts has no report: {part.full}")


def _scope_changed(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    plan.scope[body.key, year] = "government_incl_departments"
    for at in (year, year + 1):
        if at in body.years:
            plan.miss("D1 C1 D3", body, at, "the scope is not that of the year before")


def _can_change_scope(plan: Plan, body: Body, year: int) -> bool:
    above = plan.land.government(body.place.parent)
    return (body.place.scope == "whole_area" and body.place.level != "province"
            and not (above is not None and (above.key, year) in plan.used)
            and (body.key, year) not in plan.intact)  # fmt: skip


EVENTS = (
    Event("sum mistyped", _sum_mistyped, 16, 2019, kinds=_GOVERNMENT, before=0, fits=is_complete),
    Event("part missing", _part_missing, 8, kinds=_GOVERNMENT, before=0, fits=is_complete),
    Event("scope changed", _scope_changed, 4, 2021, 2024, kinds=_GOVERNMENT, fits=_can_change_scope),
)
