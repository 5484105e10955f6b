"""A sample report: the plan it is made from, and the truth about it.

The same plan gives the same report, so that nothing but plans and truths is kept: the manuscript is written
again when it is printed.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from crawler.samples import forms
from crawler.samples.faults import FAULTS
from crawler.samples.figures import Figures, Truth, broken_sums, integer, write_review
from crawler.samples.forms import HEADINGS, PROACTIVE, REQUESTS, REVIEW, CellKey
from crawler.samples.manuscript import Manuscript, Section, proactive_table, requests_table, review_table
from crawler.samples.places import Site, Unit
from crawler.samples.prose import Narrator
from crawler.samples.quirks import FIGURE_QUIRKS, spoil

HIDING: frozenset[str] = frozenset({"empty_organisations", "natural_person_blank", "blank_zeros"})
"""Quirks that leave columns of table three blank: the narrative then does not state them."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a report is made from. `number` is the identifier its CMS gave the page."""

    seed: str
    site: Site
    unit: Unit
    year: int
    number: int
    published: datetime.date
    figures: Figures = field(repr=False)
    quirks: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SampleReport:
    """The truth about a report as it stands on some day.

    `title` and `unit` are what a reader should give (blanks removed; the body's name as the title prints
    it, completed from the text where the title names no place). `cells` has no key for a cell that the
    document does not have. `units` names the unit printed inside a cell. `wrong_sums` lists (rule, scope)
    of every equality among fully printed cells that does not hold.
    """

    portal: str
    host: str
    url: str
    unit: str
    place_code: str
    place_name: str
    year: int
    title: str
    title_printed: str
    published: datetime.date
    forms: Mapping[str, str]
    cells: Mapping[CellKey, Truth] = field(repr=False)
    units: Mapping[CellKey, str]
    quirks: tuple[str, ...]
    wrong_sums: tuple[tuple[str, str], ...]
    changes: tuple[str, ...]
    plan: Plan = field(repr=False)
    edition: int = field(repr=False)


def shift_review(figures: Figures) -> None:
    """Move one review from 结果维持 to 结果纠正: two cells, every sum as before."""
    upheld, corrected, other, pending = (
        integer(figures, (REVIEW, "review", column)) for column in forms.REVIEW_COLUMNS[:-1]
    )
    write_review(figures, "review", (upheld - 1, corrected + 1, other, pending))


def compose(plan: Plan, edition: int = 0) -> Manuscript:
    """Write the report as it stands in an edition: 0 as first published, 1 as changed later."""
    figures = dict(plan.figures)
    for name in plan.faults:
        FAULTS[name](figures)
    for name in plan.quirks:
        if name in FIGURE_QUIRKS:
            FIGURE_QUIRKS[name](figures)
    if "edited" in plan.changes and edition:
        shift_review(figures)
    form = forms.form_of_year(plan.year)
    rows = "2019" if (REQUESTS, "other_handling", "total") in figures else "2021"
    narrator = Narrator(plan.seed, plan.site, plan.unit, plan.year, figures)
    manuscript = Manuscript(
        unit=plan.unit,
        issuer=plan.unit.name,
        year=plan.year,
        title=[f"{plan.unit.name}{plan.year}年政府信息公开工作年度报告"],
        preface=narrator.preface(),
        sections=[
            Section(HEADINGS[0], narrator.overview(by_applicant=HIDING.isdisjoint(plan.quirks))),
            Section(HEADINGS[1], [], proactive_table(figures, form)),
            Section(HEADINGS[2], [], requests_table(figures, rows)),
            Section(HEADINGS[3], [], review_table(figures)),
            Section(HEADINGS[4], narrator.problems()),
            Section(HEADINGS[5], narrator.others()),
        ],
        closing=[],
        forms={PROACTIVE: form, REQUESTS: rows, REVIEW: "2021"},
        cells={key: ("value", value) for key, value in figures.items()},
        quirks=plan.quirks,
    )
    if "reworded" in plan.changes and edition:
        manuscript.sections[4].paragraphs.append(narrator.previous_year())
    spoil(manuscript)
    return manuscript


def describe(plan: Plan, stage: int, url: str) -> SampleReport:
    """Tell the truth about a plan's report as it stands at an address before (0) or after (1) the changes."""
    edition = stage if {"edited", "reworded"} & set(plan.changes) else 0
    manuscript = compose(plan, edition)
    title = "".join(manuscript.title)
    return SampleReport(
        portal=plan.site.slug,
        host=plan.site.host,
        url=url,
        unit=manuscript.issuer,
        place_code=plan.unit.place.code,
        place_name=plan.unit.place.name,
        year=plan.year,
        title="".join(title.split()),
        title_printed=title,
        published=plan.published,
        forms=manuscript.forms,
        cells=manuscript.cells,
        units=manuscript.units,
        quirks=plan.quirks,
        wrong_sums=broken_sums(manuscript.cells),
        changes=plan.changes,
        plan=plan,
        edition=edition,
    )
