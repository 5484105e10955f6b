"""A world of bodies with their reports of 2012-2025, and what a perfect archive would say of them.

Guarantees: the same seed and size give the same world; where nothing was planted, what is carried in was carried out, documents in
force add up, consolidated reports are the sums of their parts, and texts are 25 to 45 % like last year's.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.decade import figure_events, last_events, publishing_events, sum_events, text_events
from tests.decade.bodies import LAST, Land, make_land
from tests.decade.courses import draw_courses, has_places_elsewhere
from tests.decade.figures import Figures, is_idle
from tests.decade.plan import Plan, Slot, make_plan
from tests.decade.reports import Report, write_reports

EVENTS = (
    *sum_events.EVENTS,
    *figure_events.EVENTS,
    *publishing_events.EVENTS,
    *text_events.EVENTS,
    *last_events.EVENTS,
)


@dataclass(frozen=True, slots=True)
class World:
    """Bodies, reports and what was planted."""

    seed: int
    land: Land
    plan: Plan
    reports: tuple[Report, ...]
    at: Mapping[Slot, Report] = field(repr=False)

    def report(self, body: str, year: int) -> Report | None:
        """Return the report of a body (by key) on a year, None where it never published one."""
        return self.at.get((body, year))


def make_world(seed: int = 1, units: int = 300) -> World:
    """Make a world of `units` bodies."""
    land = make_land(seed, units)
    plan = make_plan(random.Random(f"{seed}/plan"), land, EVENTS, units)
    _tell_successions(plan)
    courses = draw_courses(seed, plan)
    reports = write_reports(seed, plan, courses)
    _note_near_misses(plan, courses)
    return World(seed, land, plan, tuple(reports.values()), reports)


def _tell_successions(plan: Plan) -> None:
    """Have the first reports of bodies say what they were called before, where they do."""
    for s in plan.land.successions:
        if s.told:
            sentence = f"{s.year}年，根据机构改革方案，原{s.before.name}更名为{s.after.name}，相关职责不变。"
            slot = (s.after.key, s.year)
            plan.sentences[slot] = (*plan.sentences.get(slot, ()), sentence)


def _note_near_misses(plan: Plan, courses: Mapping[str, Mapping[int, Figures]]) -> None:
    """Write down what the world is full of anyway and must not be reported."""
    for s in plan.land.successions:
        if s.fate == "merged" and s.year >= 2020:
            plan.miss("D1 C1 C2 C5", s.after, s.year, f"{s.before.name} was merged into it", natural=True)
        for year in range(s.before.last + 1, LAST + 1):
            plan.miss("E5", s.before, year, "it is no more", natural=True)
    for body in plan.land.bodies:
        for year in list(body.years)[1:]:
            if (
                year != 2019
                and year != 2014
                and is_idle(courses[body.key][year])
                and is_idle(courses[body.key][year - 1])
            ):
                plan.miss("D3", body, year, "nothing happened two years running", natural=True)
        if body.kind == "government" and (body.place.elsewhere or has_places_elsewhere(plan.land, body)):
            for year in range(2019, LAST + 1):
                plan.miss("E1", body, year, "not all of its parts are known", natural=True)
