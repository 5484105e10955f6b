"""Which report has which quirk, fault and change.

Unless the places are named, every one of them is planted at least once among sixty reports, at most two
quirks to a report, none of them on a report that has a fault or a change, so that what a test finds has one
cause.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Final

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
    "jcms": ("soft_404", "reworded", "republished", "wrong_column"),
    "ucap": ("challenge", "wrong_block"),
}


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
    free = [slot for slot in slots if slot not in planting]
    rng.shuffle(free)
    for name in REGISTRY:
        if name in LIST_ONLY:
            continue
        for _ in range(max(times, AT_LEAST.get(name, 1))):
            _plant_quirk(planting, slots, free, name)
        if name == "byte_order_mark":  # one in every portal
            _plant_everywhere(planting, slots, free, name)
    last, first = max(year for _, year in slots), min(year for _, year in slots)
    planting.setdefault((0, first - 1), []).append("cover_letter")
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
    quirk = REGISTRY.get(name)
    if quirk is None:
        return True
    (_, unit), figures = slots[slot]
    taken = {REGISTRY[other].group for other in planting.get(slot, ()) if other in REGISTRY}
    one_per_report = quirk.group not in taken or quirk.group == "text"
    return one_per_report and quirk.fits(slot[1], figures, unit)
