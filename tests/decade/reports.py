"""The reports of a world: figures and sentences put together under the name that the body's title bears that year."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from tests.corpus.forms import REQUESTS
from tests.decade.bodies import FIRST, Body
from tests.decade.courses import has_places_elsewhere
from tests.decade.figures import ORGANISATIONS, Figures, Key
from tests.decade.forms import forms_of, prints_blanks, style_of
from tests.decade.pages import cells_of
from tests.decade.plan import Pasted, Plan, Slot
from tests.decade.prose import Draft, Occasion, Section, phrases, revise, write_draft, write_sections
from tests.decade.text_events import section_of

_NO_SUM = {
    "all": "the parts listed in the text add up",
    "new": "the parts listed in the text add up without what was carried in",
    "largest": "only those with most requests are listed",
    "own": "only the government's own bodies are listed",
    "last year": "last year's parts are listed",
}


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it stands in the end: what its page prints and what its text tells.

    `unit` is the body's full name, `issuer` the name in the title; `figures` are the cells that the form has (decimals as text) and
    `printed` those that stand there otherwise than as their number ("", "-", another number); `scope` is what the text tells.
    """

    body: Body
    unit: str
    issuer: str
    place_code: str
    level: str
    year: int
    scope: str
    title: str
    preface: str
    sections: tuple[Section, ...]
    forms: Mapping[str, str]
    figures: Figures = field(repr=False)
    printed: Mapping[Key, str] = field(repr=False)
    published: date
    number: int

    @property
    def host(self) -> str:
        """Return the site's host."""
        return f"www.p{self.place_code}.gov.test"

    @property
    def url(self) -> str:
        """Return the address on the body's own site."""
        return f"http://{self.host}/zwgk/nb/{self.year + 1}/{self.number}.html"

    @property
    def style(self) -> int:
        """Return the kind of page."""
        return style_of(self.body)

    @property
    def text(self) -> str:
        """Return all its prose."""
        return "\n".join((self.preface, *(s.text for s in self.sections)))


def write_reports(seed: int, plan: Plan, courses: Mapping[str, dict[int, Figures]]) -> dict[Slot, Report]:
    reports: dict[Slot, Report] = {}
    for body in plan.land.bodies:
        rng = random.Random(f"{seed}/words/{body.key}")
        draft: Draft | None = None
        for year in body.years:
            shares = plan.kept.get((body.key, year))
            if draft is None:
                draft = write_draft(rng, body)
            elif shares is None:
                draft = revise(rng, draft, rng.uniform(0.24, 0.36))
            else:
                draft = _revise_by_topic(rng, draft, shares)
            report = _report(rng, plan, body, year, courses, draft)
            if (body.key, year) not in plan.missing:
                reports[body.key, year] = report
    for (key, year), pasted in plan.pasted.items():
        if (pasted.source, year) in reports and (key, year) in reports:
            reports[key, year] = _paste(reports[key, year], reports[pasted.source, year], pasted)
    return reports


def _revise_by_topic(rng: random.Random, draft: Draft, shares: Mapping[str, float]) -> Draft:
    revised: Draft = {}
    for share in set(shares.values()):
        revised |= revise(rng, {t: s for t, s in draft.items() if shares[t] == share}, share)
    return {topic: revised[topic] for topic in draft}


def _report(
    rng: random.Random, plan: Plan, body: Body, year: int, courses: Mapping[str, Mapping[int, Figures]], draft: Draft
) -> Report:
    slot = (body.key, year)
    course = courses[body.key]
    figures = course[year]
    scope = _scope(rng, plan, body, year)
    occasion = Occasion(
        body=body,
        year=year,
        figures=figures,
        scope=scope,
        parts=_parts_said(plan, body, year),
        growth=_growth(rng, plan, body, year, course),
        listed=_listed(plan, body, year, courses),
        more={1: plan.sentences[slot]} if slot in plan.sentences else None,
    )
    style = style_of(body)
    preface, sections = write_sections(rng, occasion, draft, style)
    forms = forms_of(body, year)
    keys = cells_of(forms)
    issuer = _issuer(rng, body, year)
    return Report(
        body=body,
        unit=body.full,
        issuer=issuer,
        place_code=body.place.code,
        level="town" if body.kind == "town" else body.place.level,
        year=year,
        scope=scope,
        title=f"{issuer}{year}年政府信息公开工作年度报告",
        preface=preface,
        sections=sections,
        forms=forms,
        figures={key: figures[key] for key in keys},
        printed=_printed(plan, body, year, figures, keys),
        published=_published(rng, plan, body, year),
        number=10000 + 20 * plan.land.bodies.index(body) + year - FIRST,
    )


def _scope(rng: random.Random, plan: Plan, body: Body, year: int) -> str:
    """Return what a report's text shall tell: of a government's always, of one department in twelve nothing."""
    if body.kind == "government":
        return plan.scope.get((body.key, year), body.place.scope)
    return "unknown" if body.kind != "office" and rng.random() < 0.08 else "own_body"


def _issuer(rng: random.Random, body: Body, year: int) -> str:
    """Write the body's name as titles do: with its place alone, now and then with the city before it, or in short."""
    name = rng.choice((body.name, *body.others)) if body.others and rng.random() < 0.3 else body.name
    if body.kind == "office" and body.place.level == "county" and rng.random() < 0.15:
        name = "政府办公室"
    place = body.place.called(year)
    if body.kind == "zone":
        return place.removesuffix("市") + name
    above = body.place.full.removesuffix(body.place.short)
    city = above[above.index("省") + 1 :] if "省" in above else ""
    if place == "鼓楼区" or rng.random() < 0.25:
        place = city + place
    return place + name


def _parts_said(plan: Plan, body: Body, year: int) -> int:
    """Return how many bodies a consolidated report says it adds up; those that are not in the world count too."""
    if body.kind != "government":
        return 0
    scope = plan.scope.get((body.key, year), body.place.scope)
    own = [b for b in plan.land.of(body.place.code) if b.kind != "government" and year in b.years]
    if scope != "whole_area":
        own = [b for b in own if b.kind in ("office", "department")]
    below = sum(p.parent == body.place.code and p.first <= year <= p.last for p in plan.land.places)
    more_below = scope == "whole_area" and has_places_elsewhere(plan.land, body)
    hidden = 4 if body.place.elsewhere or more_below else 0
    return len(own) + (below if scope == "whole_area" else 0) + hidden


def _growth(rng: random.Random, plan: Plan, body: Body, year: int, course: Mapping[int, Figures]) -> str:
    """State how much the number of requests grew, rightly or not; nothing where it was small."""
    if (body.key, year) not in plan.growth or year - 1 not in course:
        return ""
    wrong, places = plan.growth[body.key, year]
    total = (REQUESTS, "new_received", "total")
    before, now = int(course[year - 1][total]), int(course[year][total])
    if before < 10 or now == before:
        return ""
    rate = Decimal(now - before) * 100 / before + Decimal(str(wrong))
    percent = abs(rate).quantize(Decimal(1).scaleb(-places))
    if percent == 0:
        return ""
    if wrong:
        plan.expect("D4", body, year, ("new_received.total", "requests.new_received.total"), "a growth rate misstated")
    else:
        plan.miss("D4", body, year, "a growth rate stated, rounded")
    direction = rng.choice(("增长", "上升", "增加")) if rate > 0 else rng.choice(("下降", "减少"))
    sentence = rng.choice(phrases()["figures"]["growth"])
    return str(sentence.format(new_is=f"新收申请{now}件", direction=direction, percent=percent))


def _listed(plan: Plan, body: Body, year: int, courses: Mapping[str, Mapping[int, Figures]]) -> str:
    """List body by body what was received and carried in (宿迁 2023), one number mistyped where that was planned."""
    planned = plan.listed.get((body.key, year))
    if planned is None:
        return ""
    rows = ("new_received",) if planned.what == "new" else ("new_received", "carried_in")
    at = year - 1 if planned.what == "last year" else year
    parts = plan.land.parts(body, at)
    if planned.what == "own":
        parts = [p for p in parts if p.kind in ("office", "department")]
    counts = [(p, sum(int(courses[p.key][at][REQUESTS, row, "total"]) for row in rows)) for p in parts]
    if planned.what == "largest":
        counts = sorted(counts, key=lambda c: (-c[1], c[0].key))[:3]
    summed = sum(count for _, count in counts)
    if planned.wrong:
        wrong, printed = planned.wrong, _received(courses[body.key][at])
        while summed + wrong in printed:  # that would be another figure of the table
            wrong += 1 if wrong > 0 else -1
        largest = max(range(len(counts)), key=lambda i: counts[i][1])
        counts[largest] = (counts[largest][0], max(counts[largest][1] + wrong, 0))
        plan.expect("E3", body, year, (), "the parts listed in the text do not add up")
    else:
        plan.miss("E3", body, year, _NO_SUM[planned.what])
    names = [(p.place.short if p.kind == "government" else p.name, count) for p, count in counts]
    listed = "、".join(f"{name}{count}件" for name, count in names)
    if planned.what == "own":
        return f"{body.place.suffix}直各单位共收办政府信息公开申请{summed}件，其中{listed}。"
    whole = sum(int(courses[body.key][at][REQUESTS, row, "total"]) for row in rows)
    opening = {
        "new": f"{body.we}共收到政府信息公开申请{whole}件，其中",
        "largest": f"{body.we}共收办政府信息公开申请{whole}件，较多的有",
        "last year": f"{at}年{body.we}共收办政府信息公开申请{whole}件，其中",
    }.get(planned.what, f"{body.we}共收办政府信息公开申请{whole}件，其中")
    return f"{opening}{listed}。"


def _received(figures: Figures) -> tuple[int, int]:
    new, carried_in = (int(figures[REQUESTS, row, "total"]) for row in ("new_received", "carried_in"))
    return new, new + carried_in


def _printed(plan: Plan, body: Body, year: int, figures: Figures, keys: list[Key]) -> dict[Key, str]:
    printed: dict[Key, str] = {}
    if prints_blanks(body) and year >= 2019:
        blank = [k for k in keys if k[0] == REQUESTS and k[2] in ORGANISATIONS]
        printed |= {k: "" for k in blank if int(figures[k]) == 0}
    special = plan.printed.get((body.key, year))
    return printed | special(figures) if special else printed


def _published(rng: random.Random, plan: Plan, body: Body, year: int) -> date:
    """Return the day of publication: by the end of January since the report on 2019, governments by the end of March."""
    by_march = year < 2019 or body.kind in ("government", "zone")
    due = date(year + 1, 3, 31) if by_march else date(year + 1, 1, 31)
    if (body.key, year) in plan.late:
        return due + timedelta(days=rng.randint(3, 120))
    return due - timedelta(days=rng.randint(0, 60 if by_march else 24))


def _paste(report: Report, source: Report, pasted: Pasted) -> Report:
    """Put another body's words into a report's section on problems, or into all that is not figures; its name left in or not."""
    number = section_of(report.year)
    sections = []
    for section, other in zip(report.sections, source.sections, strict=True):
        paragraphs = section.paragraphs
        if section.number == number:
            paragraphs = other.paragraphs
            if pasted.named:
                name = source.body.place.called(source.year) + source.body.name
                paragraphs = (*paragraphs[:-1], (*paragraphs[-1], f"今后，{name}将继续以群众需求为导向做好公开工作。"))
        elif pasted.whole and section.number in (1, 2):
            paragraphs = _topics_of(section, other)
        sections.append(replace(section, paragraphs=paragraphs))
    # who copies comes after whom he copies from
    return replace(report, sections=tuple(sections), published=max(report.published, source.published))


def _topics_of(section: Section, other: Section) -> tuple[tuple[str, ...], ...]:
    """Return a section's paragraphs with another's in the place of those that are neither its opening nor its requests."""
    own, taken = ([i for i, p in enumerate(s.paragraphs) if p and p[0].endswith("。")] for s in (section, other))
    opening = 1 if section.number == 1 else 0
    pairs = [
        (a, b) for a, b in list(zip(own, taken, strict=False))[opening:] if "申请" not in "".join(section.paragraphs[a])
    ]
    changed = {a: other.paragraphs[b] for a, b in pairs}
    return tuple(changed.get(i, p) for i, p in enumerate(section.paragraphs))
