"""Events drawn last, in the room that the others leave: documents repealed, silent years, flags, lists of parts; and what only looks like them."""

from __future__ import annotations

import random

from tests.corpus.forms import PROACTIVE
from tests.decade.bodies import Body
from tests.decade.figure_events import both_2021
from tests.decade.figures import Figures
from tests.decade.plan import Event, Flag, Listed, Plan
from tests.decade.publishing_events import never_published
from tests.decade.sum_events import is_complete
from tests.decade.text_events import list_parts

_ALL = ("government", "department", "office", "town", "zone")
_GOVERNMENT = ("government",)
_OFFICES = ("department", "office")


def _documents(figures: Figures, issued: int, repealed: int, in_force: int) -> None:
    for column, value in (("issued", issued), ("repealed", repealed), ("in_force", in_force)):
        figures[PROACTIVE, "normative_documents", column] = value


def _more_repealed_than_there_were(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    by = rng.choice((1, 1, 2, 7))

    def hook(figures: Figures, before: Figures | None, rng: random.Random) -> None:
        assert before is not None
        held, issued = (
            int(f[PROACTIVE, "normative_documents", c]) for f, c in ((before, "in_force"), (figures, "issued"))
        )
        _documents(figures, issued, held + issued + by, 0)

    plan.hook(body, year, hook)
    plan.expect("C2", body, year, ("normative_documents",), "more repealed than was in force or issued")


def _all_repealed(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    def hook(figures: Figures, before: Figures | None, rng: random.Random) -> None:
        assert before is not None
        held = int(before[PROACTIVE, "normative_documents", "in_force"])
        _documents(figures, 3, held + 3, 0)

    plan.hook(body, year, hook)
    plan.miss("C1 C2", body, year, "all that was in force or issued was repealed")


def _more_repealed_than_was_in_force(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    def hook(figures: Figures, before: Figures | None, rng: random.Random) -> None:
        assert before is not None
        held = int(before[PROACTIVE, "normative_documents", "in_force"])
        _documents(figures, 4, held + 1, 3)

    plan.hook(body, year, hook)
    plan.miss("C1 C2", body, year, "more repealed than was in force, not more than with those issued")


def _contradicted(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    plan.flags[body.key, year] = Flag("报告称未收到申请，申请人持有当年的受理回执", "受理回执照片")
    plan.expect("G5", body, year, ("",), "contradicted from outside")
    for other in (year - 1, year + 1):
        plan.miss("G5", body, other, "the year beside is contradicted")


def _contradiction_taken_back(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    plan.flags[body.key, year] = Flag("报告与网上公布的复议决定不符", "复议决定书", undone=True)
    plan.miss("G5", body, year, "a contradiction that its author took back")


_SILENT = 4
"""How many reports in a row a body fails to publish that is there all the time."""


def _silent_for_years(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    for silent in range(year, year + _SILENT):
        never_published(plan, body, silent, rng)


def _goes_on(plan: Plan, body: Body, year: int) -> bool:
    return body.last > year + _SILENT and not any((body.key, y) in plan.missing for y in range(year, year + _SILENT))


def _parts_listed(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    list_parts(plan, body, year, Listed(rng.choice(("all", "new"))))


def _parts_listed_wrong(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    list_parts(plan, body, year, Listed(rng.choice(("all", "new")), rng.choice((-10, -2, -1, -1, 1, 2))))


def _other_parts_listed(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    list_parts(plan, body, year, Listed(rng.choice(("largest", "own", "last year"))))


def _is_complete_twice(plan: Plan, body: Body, year: int) -> bool:
    return year > body.first and is_complete(plan, body, year) and is_complete(plan, body, year - 1)


EVENTS = (
    Event(
        "more repealed than there were",
        _more_repealed_than_there_were,
        12,
        2022,
        kinds=_OFFICES,
        after=0,
        fits=both_2021,
    ),
    Event("all repealed", _all_repealed, 6, 2022, kinds=_OFFICES, after=0, fits=both_2021),
    Event(
        "more repealed than was in force",
        _more_repealed_than_was_in_force,
        6,
        2022,
        kinds=_OFFICES,
        after=0,
        fits=both_2021,
    ),
    Event("silent for years", _silent_for_years, 3, 2014, 2020, ("department",), 1, _SILENT, harms=True, fits=_goes_on),
    Event("contradicted", _contradicted, 8, 2014, 2024, kinds=_ALL, before=0, after=0, harms=True),
    Event("contradiction taken back", _contradiction_taken_back, 6, 2014, 2024, kinds=_ALL, before=0, after=0),
    Event("more parts listed", _parts_listed, 4, 2019, kinds=_GOVERNMENT, before=0, after=0, fits=is_complete),
    Event(
        "more parts listed wrong", _parts_listed_wrong, 8, 2019, kinds=_GOVERNMENT, before=0, after=0, fits=is_complete
    ),
    Event(
        "other parts listed",
        _other_parts_listed,
        10,
        2020,
        kinds=_GOVERNMENT,
        before=0,
        after=0,
        fits=_is_complete_twice,
    ),
)
