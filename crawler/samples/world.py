"""The world of the sample portals: deterministic from a seed, in which every kind of quirk, fault and
change occurs.

Reports of all units follow one another by the rules across years (domain.md C1, D1), because a unit's
figures are drawn for all its years at once. A year that is not asked for is drawn all the same, so that
`years` chooses and does not alter.
"""

from __future__ import annotations

import datetime
import functools
import random
from collections.abc import Mapping, Sequence
from typing import Final

from crawler.samples.changes import CHANGE_DAY, CHANGES
from crawler.samples.families import FAMILIES
from crawler.samples.faults import FAULTS
from crawler.samples.figures import Figures, unit_figures, write_review
from crawler.samples.places import SITES, Site, Unit, unit_of
from crawler.samples.planting import Planting, Slot, plant_default, plant_named
from crawler.samples.portal import CHINA, SamplePortal
from crawler.samples.quirks import LIST_ONLY
from crawler.samples.report import Plan, SampleReport

FIRST_YEAR: Final = 2019
DECLARED: Final = "2025-04-01"


class World:
    """Sample portals and their reports.

    `units` bodies are spread over the portals of `sites` in turn; each reports on each of `years` (2019 or later).
    `plant` maps the name of a quirk, a fault or a change to the (unit index, year) pairs that shall have
    it; without it every one of them is planted at least once among sixty reports. ValueError for a name or
    a pair that cannot be planted.
    """

    def __init__(
        self,
        seed: int = 1,
        *,
        units: int = 10,
        years: Sequence[int] = (2019, 2020, 2021, 2022, 2023, 2024),
        plant: Mapping[str, Sequence[Slot]] | None = None,
        sites: Sequence[Site] = SITES,
    ) -> None:
        if units < 1 or not years or min(years) < FIRST_YEAR:
            raise ValueError(f"a world needs a unit and years from {FIRST_YEAR}")
        self.seed = seed
        self.years = tuple(sorted(set(years)))
        self.start = datetime.date(self.years[-1] + 1, 4, 10)
        self._units = [
            (sites[index % len(sites)], unit_of(sites[index % len(sites)], index // len(sites)))
            for index in range(units)
        ]
        self._sites = tuple(sites)
        self._plant = plant

    @classmethod
    def of_families(
        cls,
        *names: str,
        units: int = 3,
        seed: int = 1,
        years: Sequence[int] = (2019, 2020, 2021, 2022, 2023, 2024),
        plant: Mapping[str, Sequence[Slot]] | None = None,
    ) -> World:
        """Make a world of every portal of the named families (of all, where none is named), with `units` bodies each.

        Unit `i` of the portal at place `p` among them has the index `i * portals + p` in `plant`; nothing is planted
        that is not named. KeyError for a family that is not played.
        """
        chosen = [FAMILIES[name] for name in names] or list(FAMILIES.values())
        sites = [site for family in chosen for site in (*(s for s in SITES if s.family == family.name), *family.sites)]
        return cls(seed, units=units * len(sites), years=years, plant=plant or {}, sites=sites)

    def day(self, now: datetime.datetime) -> int:
        """Return the simulated day of a moment: 1 on `start` in China, less before it; ValueError for a
        naive datetime.
        """
        if now.tzinfo is None:
            raise ValueError("the simulated clock needs a time zone")
        return (now.astimezone(CHINA).date() - self.start).days + 1

    def date_of(self, day: int) -> datetime.datetime:
        """Return noon of a simulated day in China."""
        noon = datetime.datetime.combine(self.start, datetime.time(12), CHINA)
        return noon + datetime.timedelta(days=day - 1)

    def stage(self, day: int) -> int:
        """Return which of the portals' two states a day sees: 0, or 1 from `CHANGE_DAY` on."""
        return int(day >= CHANGE_DAY)

    @functools.cached_property
    def portals(self) -> tuple[SamplePortal, ...]:
        """The portals, each with at least one unit; made when first asked for."""
        figures = self._figures()
        slots = {(index, year): (self._units[index], figures[index][year]) for index in figures for year in self.years}
        rng = random.Random(f"{self.seed}:planting")
        planting = plant_default(rng, slots) if self._plant is None else plant_named(self._plant, slots)
        return tuple(
            self._portal(at, site, figures, planting)
            for at, site in enumerate(self._sites)
            if any(owner is site for owner, _ in self._units)
        )

    @functools.cached_property
    def reports(self) -> tuple[SampleReport, ...]:
        """Every report as it first stands on its portal."""
        return tuple(report for portal in self.portals for report in portal.reports)

    def reports_on(self, day: int) -> tuple[SampleReport, ...]:
        """Return the reports that can be read on a day, at the addresses and with the cells of that day."""
        return tuple(report for portal in self.portals for report in portal.reports_at(self.stage(day)))

    def declarations(self) -> dict[str, str]:
        """Return the TOML text of each portal's declaration by slug."""
        return {portal.slug: _declaration(portal) for portal in self.portals}

    def _figures(self) -> dict[int, dict[int, Figures]]:
        all_years = range(FIRST_YEAR, self.years[-1] + 1)
        return {
            index: unit_figures(
                random.Random(f"{self.seed}:{unit.name}:figures"), all_years, makes_rules=unit.makes_rules
            )
            for index, (_, unit) in enumerate(self._units)
        }

    def _portal(self, at: int, site: Site, figures: dict[int, dict[int, Figures]], planting: Planting) -> SamplePortal:
        plans, others = [], []
        number = FAMILIES[site.family].first_number
        for index in range(at, len(self._units), len(self._sites)):
            for year in self.years:
                number += 1 + random.Random(f"{self.seed}:{index}:{year}").randint(0, 30)
                plans.append(self._plan(index, year, number, figures[index][year], planting.get((index, year), ())))
        for (index, year), names in planting.items():
            for name in names:
                if name in LIST_ONLY and index % len(self._sites) == at:
                    number += 1
                    others.append((name, self._plan(index, year, number, {}, ())))
        columns = FAMILIES[site.family].columns(site, [unit for owner, unit in self._units if owner is site])
        changed = self.date_of(CHANGE_DAY).replace(hour=6)
        return SamplePortal(site, columns, plans, others, changed)

    def _plan(self, index: int, year: int, number: int, figures: Figures, names: Sequence[str]) -> Plan:
        site, unit = self._units[index]
        seed = f"{self.seed}:{unit.name}:{year}"
        changes = tuple(name for name in names if name in CHANGES)
        if "edited" in changes:
            write_review(figures, "review", (2, 0, 1, 0))
        published = _publication_day(random.Random(f"{seed}:published"), year, unit)
        if "new" in changes:
            published = self.date_of(CHANGE_DAY - 1).date()
        return Plan(
            seed=seed,
            site=site,
            unit=unit,
            year=year,
            number=number,
            published=published,
            figures=figures,
            quirks=tuple(
                name for name in names if name not in CHANGES and name not in FAULTS and name not in LIST_ONLY
            ),
            faults=tuple(name for name in names if name in FAULTS),
            changes=changes,
        )


def _publication_day(rng: random.Random, year: int, unit: Unit) -> datetime.date:
    """Draw a working day of the next year: bodies publish in January, governments until March, some bodies
    late (Regulations of 2019, article 49).
    """
    last = 82 if unit.makes_rules or rng.random() < 0.1 else 25
    day = datetime.date(year + 1, 1, 6) + datetime.timedelta(days=rng.randint(0, last))
    return day - datetime.timedelta(days=max(0, day.weekday() - 4))


def _declaration(portal: SamplePortal) -> str:
    lines = [
        f'slug = "{portal.slug}"',
        f'name = "{portal.name}"',
        f'family = "{portal.plays.declared_as or portal.family}"',
        f'place = "{portal.place_code}"',
        f'hosts = ["{portal.host}"]',
        "sample = true",
        *(["browser = true"] if portal.plays.browser else []),
    ]
    for url, unit in portal.declared:
        lines += [
            "",
            "[[column]]",
            f'url = "{url}"',
            f'unit = "{unit}"',
            f"since = {DECLARED}",
        ]
    return "\n".join(lines) + "\n"
