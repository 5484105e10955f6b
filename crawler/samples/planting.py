"""Which report has which quirk, fault and change.

Unless the places are named, every one of them is planted at least once among sixty reports, at most two
quirks to a report, none of them on a report that has a fault or a change, so that what a test finds has one
cause. A report that a file carries has no other quirk; a world of fewer than sixty reports has pages alone.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Final

from crawler.samples.carriers import CARRIERS
from crawler.samples.changes import CHANGES
from crawler.samples.faults import FAULTS
from crawler.samples.figures import Figures
from crawler.samples.places import Site, Unit
from crawler.samples.quirks import LIST_ONLY, REGISTRY

Slot = tuple[int, int]
"""(unit index, report year)."""
Slots = Mapping[Slot, tuple[tuple[Site, Unit], Figures]]
Planting = dict[Slot, list[str]]

REPORTS_EACH: Final = 60
QUIRKS_A_REPORT: Final = 2
AT_LEAST: Final = {"other_handling_single_row": 2}
PREFERRED_YEAR: Final = {"other_handling_single_row": 2022}
"""Mixed forms are common, most of all in reports on 2022 (domain.md 1)."""

BY_FAMILY: Final = {
    # a challenge makes a crawler leave the host alone, so the portal that has one has no other change
    "trs": ("edited", "new", "withdrawn", "moved", "wrong_row"),
    "jcms": ("soft_404", "reworded", "republished", "replaced_by_pdf", "wrong_column"),
    "ucap": ("challenge", "wrong_block"),
}

CARRIED: Final = {
    "cover_letter": ("trs", 2021),
    "cover_letter_ofd": ("jcms", 2019),
    "listed_mhtml": ("jcms", 2022),
    "listed_pdf": ("ucap", 2020),
    "cover_letter_zip": ("ucap", 2023),
}
"""The portal and, where there is a choice, the year of each report that a file carries."""
PAGE_GROUPS: Final = frozenset({"markup", "bytes", "text"})
"""Groups of quirks that only a page or a plain capture can have."""


def plant_default(rng: random.Random, slots: Slots) -> Planting:
    """Spread everything over the reports, each kind once per sixty of them; a small world has room for some
    kinds only.
    """
    planting: Planting = {}
    times = max(1, len(slots) // REPORTS_EACH)
    for _ in range(times):
        for family, names in BY_FAMILY.items():
            for name in names:
                _plant_change(planting, slots, family, name)
    for _ in range(len(slots) // REPORTS_EACH):
        for name, (family, year) in CARRIED.items():
            _plant_carrier(planting, slots, family, year, name)
    free = [slot for slot in slots if slot not in planting]
    rng.shuffle(free)
    for name in REGISTRY:
        if name in LIST_ONLY or name in CARRIERS:
            continue
        for _ in range(max(times, AT_LEAST.get(name, 1))):
            _plant_quirk(planting, slots, free, name)
        if name == "byte_order_mark":  # one in every portal
            _plant_everywhere(planting, slots, free, name)
    last = max(year for _, year in slots)
    planting.setdefault((1 if (1, last) in slots else 0, last), []).append("non_report_in_list")
    return planting


def plant_named(named: Mapping[str, Sequence[Slot]], slots: Slots) -> Planting:
    """Plant what is named where it is named; ValueError for an unknown name, or a place that it does not
    fit.
    """
    planting: Planting = {}
    for name, places in named.items():
        if name not in REGISTRY and name not in CHANGES and name not in FAULTS:
            raise ValueError(f"{name} is no quirk, no fault and no change")
        for slot in places:
            if name not in LIST_ONLY and (slot not in slots or not _fits(planting, slots, slot, name)):
                raise ValueError(f"{name} cannot be planted in the report of unit {slot[0]} on {slot[1]}")
            planting.setdefault(slot, []).append(name)
    return planting


def _plant_change(planting: Planting, slots: Slots, family: str, name: str) -> None:
    """Take the newest untouched report of the family's portal, a new report being always on the last year."""
    last = max(year for _, year in slots)
    of_family = [slot for slot, ((site, _), _) in slots.items() if site.family == family and slot not in planting]
    candidates = [slot for slot in of_family if name != "new" or slot[1] == last]
    if candidates:
        planting[max(candidates, key=lambda slot: (slot[1], -slot[0]))] = [name]


def _plant_carrier(planting: Planting, slots: Slots, family: str, year: int, name: str) -> None:
    """Take an untouched report of the portal's last body, of the year where there is one."""
    candidates = [slot for slot, ((site, _), _) in slots.items() if site.family == family and slot not in planting]
    if candidates:
        planting[min(candidates, key=lambda slot: (slot[1] != year, -slot[0]))] = [name]


def _plant_quirk(planting: Planting, slots: Slots, free: Sequence[Slot], name: str) -> None:
    candidates = [
        slot
        for slot in free
        if len(planting.get(slot, ())) < QUIRKS_A_REPORT
        and name not in planting.get(slot, ())
        and _fits(planting, slots, slot, name)
    ]
    if candidates:
        year = PREFERRED_YEAR.get(name)
        best = min(candidates, key=lambda slot: (slot[1] != (year or slot[1]), len(planting.get(slot, ()))))
        planting.setdefault(best, []).append(name)


def _plant_everywhere(planting: Planting, slots: Slots, free: Sequence[Slot], name: str) -> None:
    having = {slots[slot][0][0].slug for slot, names in planting.items() if name in names}
    for slug in dict.fromkeys(slots[slot][0][0].slug for slot in free):
        if slug not in having:
            _plant_quirk(planting, slots, [slot for slot in free if slots[slot][0][0].slug == slug], name)


def _fits(planting: Planting, slots: Slots, slot: Slot, name: str) -> bool:
    """Tell whether a report can have this beside what it has: a file has no quirks of a page, and does not change."""
    others = planting.get(slot, ())
    quirk = REGISTRY.get(name)
    if quirk is None:
        return name not in CHANGES or not any(other in CARRIERS for other in others)
    if name in CARRIERS and any(other in CHANGES for other in others):
        return False
    (_, unit), figures = slots[slot]
    taken = {REGISTRY[other].group for other in others if other in REGISTRY}
    if "carrier" in {*taken, quirk.group} and PAGE_GROUPS & {*taken, quirk.group}:
        return False
    one_per_report = quirk.group not in taken or quirk.group == "text"
    return one_per_report and quirk.fits(slot[1], figures, unit)
