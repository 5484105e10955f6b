"""Events that happen to words: last year's text once more, another place's text, a growth rate misstated; and what only looks like them."""

from __future__ import annotations

import random

from tests.decade.bodies import Body
from tests.decade.plan import Event, Listed, Pasted, Plan
from tests.decade.prose import TOPICS
from tests.decade.sum_events import is_complete

_ELSEWHERE = ("苏州市", "杭州市", "长沙市", "青岛市", "厦门市", "成都市", "绍兴市", "佛山市")
_OFFICES = ("department", "office")
_ALL = ("government", "department", "office", "town", "zone")


PROBLEMS = 5
"""The section on problems and improvements."""


def section_of(year: int) -> int:
    """Return the number under which a report has the section on problems and improvements."""
    return 6 if year < 2019 else PROBLEMS


def _text_reused(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    plan.kept[body.key, year] = dict.fromkeys(TOPICS, rng.choice((1.0, 0.95, 0.9)))
    plan.expect("D2", body, year, ("narrative",), "last year's text reused")


def _section_reused(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    plan.kept[body.key, year] = dict.fromkeys(TOPICS, 0.1) | {"problems": 1.0, "remedies": 1.0}
    plan.expect("D2", body, year, (f"section.{PROBLEMS}",), "last year's problems and remedies reused")


def _text_partly_alike(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    plan.kept[body.key, year] = dict.fromkeys(TOPICS, 0.42)  # with what is alike by chance about 0.45
    plan.miss("D2", body, year, "a text 45 % like last year's")


def _one_over_the_other(one: Body, other: Body) -> bool:
    """Tell whether one body is of the province of the other: neither is elsewhere to the other."""
    return one.place.code[:2] == other.place.code[:2] and "province" in (one.place.level, other.place.level)


def _source(plan: Plan, body: Body, year: int, rng: random.Random) -> Body | None:
    """Return a body of another place whose text may be taken."""
    fit = [
        b for b in plan.land.bodies
        if b.place.code[:4] != body.place.code[:4] and not _one_over_the_other(b, body) and b.kind == body.kind and year in b.years
        and b.place.short != "鼓楼区" and (b.key, year) not in plan.used and (b.key, year) not in plan.missing
    ]  # fmt: skip
    # the smallest worlds have one city: there the text comes from another body of the city, of another place
    near = [
        b for b in plan.land.bodies
        if b.place.code != body.place.code and year in b.years and b.kind == body.kind and (b.key, year) not in plan.used
    ]  # fmt: skip
    return rng.choice(fit or near) if fit or near else None


def _pasted(name: str, what: str, *, named: bool, whole: bool) -> Event:
    """Return an event of a text taken from another body."""

    def happen(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
        source = _source(plan, body, year, rng)
        if source is None:
            return
        plan.used.add((source.key, year))
        plan.pasted[body.key, year] = Pasted(source.key, named, whole)
        plan.expect("E4", body, year, (f"section.{PROBLEMS}", "narrative"), what)

    return Event(name, happen, 10, 2013, kinds=_OFFICES, before=0)


def _studied_elsewhere(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    one, other = rng.sample(_ELSEWHERE, 2)
    plan.sentences[body.key, year] = (f"选派业务骨干赴{one}学习政务公开经验，并与{other}有关单位开展交流。",)
    plan.miss("E4", body, year, "a visit to another place")


def _own_places_named(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    full = body.place.full
    plan.sentences[body.key, year] = (f"落实{full}有关部署，按照{full[: full.index('省') + 1]}统一要求抓好各项工作。",)
    plan.miss("E4", body, year, "the places over the body named")


def _template_handed_down(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    sentences = (
        "按照统一安排，各单位围绕年度要点逐项落实责任，定期报送进展情况。",
        "政府信息公开工作主管部门组织开展集中检查，对发现的问题逐一反馈并督促整改。",
        "各单位均按要求在门户网站公布指南、目录和年度报告，接受群众监督。",
    )
    for other in plan.land.of(body.place.code):
        if year in other.years and other.kind in _OFFICES and (other == body or (other.key, year) not in plan.used):
            plan.sentences[other.key, year] = sentences
            plan.used.add((other.key, year))
            plan.miss("E4 D2", other, year, "sentences handed down to all bodies of a place")


def _growth_misstated(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    plan.growth[body.key, year] = (rng.choice((-7.5, 4.0, 11.0, 26.0)), rng.choice((1, 2)))


def _growth_stated(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    plan.growth[body.key, year] = (0.0, rng.choice((0, 1, 2)))


def _growth_of_something_else(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    plan.sentences[body.key, year] = (f"网站发布信息数量同比增长{rng.randint(31, 88)}.{rng.randint(1, 9)}%。",)
    plan.miss("D4", body, year, "the growth of something that the tables do not have")


def _parts_listed(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    list_parts(plan, body, year, Listed("all"))


def _parts_listed_wrong(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    list_parts(plan, body, year, Listed("all", rng.choice((-1, 1, 2, 10))))


def list_parts(plan: Plan, body: Body, year: int, listed: Listed) -> None:
    """Have a government's report list bodies one by one; these keep their reports."""
    plan.listed[body.key, year] = listed
    plan.intact |= {(part.key, year) for part in plan.land.parts(body, year)}


_GOVERNMENT = ("government",)
EVENTS = (
    Event("parts listed", _parts_listed, 4, 2019, kinds=_GOVERNMENT, before=0, after=0, fits=is_complete),
    Event("parts listed wrong", _parts_listed_wrong, 4, 2019, kinds=_GOVERNMENT, before=0, after=0, fits=is_complete),
    Event("text reused", _text_reused, 20, 2013, kinds=_ALL),
    Event("section reused", _section_reused, 10, 2013, kinds=_ALL),
    Event("text partly alike", _text_partly_alike, 20, 2013, kinds=_ALL),
    _pasted("pasted with name", "another place's text, its name left in", named=True, whole=False),
    _pasted("pasted whole", "all of another body's text, names changed", named=False, whole=True),
    _pasted("pasted section", "another body's problems and remedies, names changed", named=False, whole=False),
    Event("studied elsewhere", _studied_elsewhere, 10, 2013, kinds=_ALL, before=0, after=0),
    Event("own places named", _own_places_named, 8, 2013, kinds=_OFFICES, before=0, after=0),
    Event("template handed down", _template_handed_down, 3, 2013, kinds=_OFFICES, before=0, after=0),
    Event("growth misstated", _growth_misstated, 36, 2020, kinds=_OFFICES),
    Event("growth stated", _growth_stated, 36, 2020, kinds=_OFFICES),
    Event("growth of something else", _growth_of_something_else, 10, 2020, kinds=_OFFICES),
)
