"""The figures of all bodies of a world, year by year: those who report for themselves first, then the sums of governments."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace

from tests.decade.bodies import Body, Land
from tests.decade.figures import Figures, Hook, Nature, add_up, draw_course, take_over
from tests.decade.plan import Plan

_UNSEEN = 4
"""How many bodies outside the world a government adds up, where not all of its parts are in it."""


def draw_courses(seed: int, plan: Plan) -> dict[str, dict[int, Figures]]:
    """Draw every body's figures: first those who report for themselves, in the order of successions, then the sums."""
    land = plan.land
    courses: dict[str, dict[int, Figures]] = {}
    natures: dict[str, Nature] = {}
    own = sorted((b for b in land.bodies if b.kind != "government"), key=lambda b: (b.first, b.last, b.key))
    while own:
        ready = [b for b in own if all(s.before.key in courses for s in land.successions if s.after == b and s.before.kind != "government")]  # fmt: skip
        for body in ready:
            courses[body.key] = _course(seed, plan, body, courses, natures)
        own = [b for b in own if b not in ready]
    for level in ("county", "city", "province"):
        for government in (b for b in land.bodies if b.kind == "government" and b.place.level == level):
            courses[government.key] = _sums(seed, plan, government, courses)
    return courses


def _course(
    seed: int, plan: Plan, body: Body, courses: Mapping[str, dict[int, Figures]], natures: dict[str, Nature]
) -> dict[int, Figures]:
    taken = [s for s in plan.land.successions if s.after == body]
    first = [courses[s.before.key][s.before.last] for s in taken if s.year <= body.first]
    later = {s.year: courses[s.before.key][s.before.last] for s in taken if s.year > body.first}

    def hook_of(year: int) -> Hook:
        def hook(figures: Figures, before: Figures | None, rng: random.Random) -> None:
            if year in later:
                take_over(figures, later[year])
            for planned in plan.hooks.get((body.key, year), ()):
                planned(figures, before, rng)

        return hook

    rng = random.Random(f"{seed}/figures/{body.key}")
    renamed = next((s.before.key for s in taken if s.fate == "renamed"), None)  # a new name is no new body
    natures[body.key] = natures[renamed] if renamed else Nature(body, rng)
    return draw_course(body, rng, first, {year: hook_of(year) for year in body.years}, natures[body.key])


def _sums(seed: int, plan: Plan, government: Body, courses: Mapping[str, dict[int, Figures]]) -> dict[int, Figures]:
    """Add up a government's parts, year by year, with those that are not in the world."""
    land = plan.land
    rng = random.Random(f"{seed}/figures/{government.key}")
    hidden: dict[int, Figures] = {}
    if government.place.elsewhere or has_places_elsewhere(land, government):
        unseen = (replace(government, kind="department", key=f"{government.key}/{n}") for n in range(_UNSEEN))
        unseen_courses = [draw_course(body, rng) for body in unseen]
        hidden = {year: add_up(course[year] for course in unseen_courses) for year in government.years}
    only_below = not government.place.elsewhere  # then a report without the places below has all its parts
    sums: dict[int, Figures] = {}
    for year in government.years:
        scope = plan.scope.get((government.key, year), government.place.scope)
        figures = add_up(courses[b.key][year] for b in _summed(land, government, year, scope))
        if hidden and not (only_below and scope != "whole_area"):
            figures = add_up((figures, hidden[year]))
        for hook in plan.hooks.get((government.key, year), ()):
            hook(figures, sums.get(year - 1), rng)
        sums[year] = figures
    return sums


def has_places_elsewhere(land: Land, government: Body) -> bool:
    """Tell whether the place has others below it that are not in the world."""
    if government.place.level == "county":
        return False
    below = sum(p.parent == government.place.code for p in land.places)
    return government.place.level == "province" or (government.place.level == "city" and below < 5)


def _summed(land: Land, government: Body, year: int, scope: str) -> list[Body]:
    """Return the bodies that report for themselves and whose figures a government's report has in it."""
    own = [b for b in land.of(government.place.code) if b.kind != "government" and year in b.years]
    if scope != "whole_area":
        return [b for b in own if b.kind in ("office", "department")]
    for place in (p for p in land.places if p.parent == government.place.code):
        below = land.government(place.code)
        if below is not None:
            own += _summed(land, below, year, "whole_area")
    return own
