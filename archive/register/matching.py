"""Whether two names mean one body: `same`, `different`, `succeeded` (one became the other), or `unsure`, which a person decides.

Guarantees: `same` is said only of equal places and names that rule or data make equal; everything that might be one body and
is not sure to be is `unsure`; the answer depends on the two names and their years alone.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from archive.register.names import BodyName, fold, may_be_one
from archive.register.places import codes_of, heirs_of

Answer = Literal["same", "different", "succeeded", "unsure"]
Years = tuple[int, int]
Fate = Literal["renamed", "merged"]

_LOOSE = ("管理", "事务", "监督管理")
_SHORTEST_PART = 2


@dataclass(frozen=True, slots=True)
class Comparison:
    """The answer with the rule that gave it; for `succeeded` also what happened to the earlier body: renamed or merged."""

    answer: Answer
    reason: str
    fate: Fate | None = None


@dataclass(frozen=True, slots=True)
class _Reform:
    first: int
    last: int
    fate: Fate
    joined: bool
    """Whether the body that goes on was there before the reform (农业农村局 took over 乡村振兴局)."""


_KINDS: tuple[tuple[str, Fate], ...] = (("renamed", "renamed"), ("merged", "merged"), ("joined", "merged"))


@cache
def _reforms() -> dict[tuple[str, str], list[_Reform]]:
    """Index the reforms by the folded names before and after."""
    data = tomllib.loads((files(__package__) / "reforms.toml").read_text(encoding="utf-8"))
    found: dict[tuple[str, str], list[_Reform]] = {}
    for reform in data["reform"]:
        for kind, fate in _KINDS:
            for after, names in reform.get(kind, {}).items():
                for before in names:
                    found.setdefault((fold(before), fold(after)), []).append(
                        _Reform(reform["years"][0], reform["years"][1], fate, kind == "joined")
                    )
    return found


def compare(one: BodyName, other: BodyName, years: Years | None = None, other_years: Years | None = None) -> Comparison:
    """Compare two names; years are the first and the last report year of each, where known."""
    if one.kind == "central" or other.kind == "central":
        return Comparison("same", "same_name") if one.core == other.core else Comparison("different", "name")
    if one.place is None or other.place is None:
        short, long = sorted((one.full, other.full), key=len)
        return Comparison("unsure", "place_unknown") if long.endswith(short) else Comparison("different", "name")
    if one.place != other.place:
        return _in_two_places(one, other, years, other_years)
    if one.core == other.core:
        return Comparison("same", "same_name")
    if one.kind == other.kind == "office":  # 办公厅 of some cities became 办公室, and the other way round
        return _ordered(years, other_years, "office_renamed", "renamed")
    if {one.kind, other.kind} == {"government", "office"}:
        return Comparison("different", "office_of_government")
    if one.zone != other.zone:
        return _zones(one, other)
    return _reformed(one, other, years, other_years) or _alike(one, other)


def _in_two_places(one: BodyName, other: BodyName, years: Years | None, other_years: Years | None) -> Comparison:
    """Compare bodies of two places: those of a place that was merged into the other's were succeeded by it."""
    if one.core == other.core:
        for a, b, a_years, b_years in ((one, other, years, other_years), (other, one, other_years, years)):
            change = next((h for h in heirs_of(a.place or "") if h.successor in codes_of(b.place or "")), None)
            if change is None or change.fate != "merged":
                continue
            # the report on the last year may still come out under the old name
            if (a_years is None or a_years[1] <= change.until + 1) and (b_years is None or b_years[1] > change.until):
                return Comparison("succeeded", "place_merged", "merged")
    return Comparison("different", "place")


def _zones(one: BodyName, other: BodyName) -> Comparison:
    """Compare bodies of two zones of one place, or of a zone and of the place itself."""
    if one.zone and other.zone and one.core.removeprefix(one.zone) == other.core.removeprefix(other.zone):
        short, long = sorted((one.zone, other.zone), key=len)
        if short in ("经开区", "开发区", "新区", "园区", "示范区") or long.endswith(short):
            return Comparison("unsure", "zone_short")
    return Comparison("different", "zone")


def _reformed(one: BodyName, other: BodyName, years: Years | None, other_years: Years | None) -> Comparison | None:
    """Apply the reforms: a body whose last report is of the reform's years or before, and one whose first is not before."""
    if one.zone is None and one.kind == other.kind == "government":
        return _ordered(years, other_years, "prefecture", "renamed")
    found = [
        _by_reform(reform, a, b)
        for before, after, a, b in ((one, other, years, other_years), (other, one, other_years, years))
        for reform in _reforms().get((before.base, after.base), ())
    ]
    if found:  # one of several reforms that made such bodies may be the one
        return min(found, key=lambda c: ("succeeded", "unsure", "different").index(c.answer))
    if _is_between(one.base, other.base) or _is_between(other.base, one.base):
        return Comparison("different", "body_between")
    return None


def _by_reform(reform: _Reform, before: Years | None, after: Years | None) -> Comparison:
    """Hold the years of the body that a reform ended and of the one it made against the reform's."""
    if before is None or after is None:
        return Comparison("unsure", "reform_without_years")
    if reform.joined and reform.first - 1 <= before[1] <= reform.last and before[1] < after[1]:
        return Comparison("succeeded", "reform", reform.fate)
    if before[1] <= reform.last and reform.first <= after[0] and before[1] < after[0]:
        return Comparison("succeeded", "reform", reform.fate)
    if before[1] > reform.last or before[0] >= after[0]:
        return Comparison("different", "both_before_or_after_reform")
    return Comparison("unsure", "reform_with_both")


@cache
def _is_between(before: str, after: str) -> bool:
    """Tell whether two reforms lead from one name to the other: a third body stands between them."""
    middle = {name for earlier, name in _reforms() if earlier == before}
    return any(earlier in middle and name == after for earlier, name in _reforms())


def _ordered(years: Years | None, other_years: Years | None, reason: str, fate: Fate) -> Comparison:
    """Say that the earlier became the later where their years do not overlap."""
    if years and other_years and (years[1] < other_years[0] or other_years[1] < years[0]):
        return Comparison("succeeded", reason, fate)
    return Comparison("unsure", reason)


def _alike(one: BodyName, other: BodyName) -> Comparison:
    """Tell names that may mean one body from those that do not."""
    if one.kind == other.kind == "town":
        stems = [name.core.removesuffix("人民政府").removesuffix("街道办事处").rstrip("镇乡") for name in (one, other)]
        return Comparison("unsure", "town_or_street") if stems[0] == stems[1] else Comparison("different", "name")
    if one.kind != other.kind or one.kind != "department":
        return Comparison("different", "kind")
    if fold(one.core) == fold(other.core):
        return Comparison("unsure", "spelling")
    if "(" in one.core + other.core and one.core.split("(")[0] == other.core.split("(")[0]:
        return Comparison("unsure", "brackets")
    if may_be_one(one.core, other.core):
        return Comparison("unsure", "may_be_one")
    if one.base == fold(one.core) or other.base == fold(other.core):  # a 中心, 大队, 公司: only its own name means it
        return Comparison("different", "name")
    if _loose(one.base) == _loose(other.base):
        return Comparison("unsure", "ending")
    short, long = sorted((one.base, other.base), key=len)
    if len(short) >= _SHORTEST_PART and long.startswith(short):
        return Comparison("unsure", "part_of_name")
    return Comparison("different", "name")


def _loose(base: str) -> str:
    for word in sorted(_LOOSE, key=len, reverse=True):
        base = base.removesuffix(word)
    return base
