"""Places through the years: the names and codes of GB/T 2260 that were in force, and what became of those that ended.

Guarantees: a place that went on under another name or code (洪泽县, 洪泽区) has one code here, today's; a place that was merged or
divided keeps its own and names its heirs. Years are those of the lists at the end of each year, both ends included.
How the data were made, and from what, stands in docs/decisions/0007-places.md.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from parsers.normalize import comparable

_PEOPLES = (
    "壮族 回族 满族 维吾尔 苗族 彝族 土家族 藏族 蒙古 侗族 布依族 瑶族 白族 朝鲜族 哈尼族 黎族 哈萨克 傣族 畲族 傈僳族 东乡族 仡佬族 拉祜族 佤族 "
    "水族 纳西族 羌族 土族 仫佬族 锡伯 柯尔克孜 景颇族 达斡尔族 撒拉族 布朗族 毛南族 塔吉克 普米族 阿昌族 怒族 鄂温克族 京族 基诺族 德昂族 保安族 "
    "裕固族 鄂伦春 独龙族 各族"
).replace(" ", "|")
_AUTONOMOUS = re.compile(rf"(.{{2,}}?)(?:(?:{_PEOPLES})族?)*自治([州县旗区])")
_SUFFIX = re.compile(r"(?:特别行政区|自治旗|自治县|地区|特区|省|市|县|区|旗|盟)$")

Fate = Literal["continued", "merged", "divided"]
TODAY = 9999
"""A year after every list: the places in force now."""


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A name that a code bore from `since` to `until` (None: before the lists begin, still)."""

    code: str
    name: str
    since: int | None
    until: int | None
    is_zone: bool

    @property
    def short(self) -> str | None:
        """Return the short name of an autonomous place: 恩施州 for 恩施土家族苗族自治州; None for others."""
        match = _AUTONOMOUS.fullmatch(self.name)
        return match[1] + match[2] if match and match[2] != "区" else None

    @property
    def spellings(self) -> tuple[str, ...]:
        """Return the forms that a text may write it in: in full, in short, and as conversion to Simplified leaves it (乾县 as 干县)."""
        forms = (self.name, self.short or self.name)
        return tuple(dict.fromkeys((*forms, *map(comparable, forms))))

    @property
    def stem(self) -> str:
        """Return the name as it stands before a zone's (郑州 in 郑州高新区): without its suffix, in full where one character is left."""
        match = _AUTONOMOUS.fullmatch(self.name)
        stem = match[1] if match else _SUFFIX.sub("", self.name)
        return stem if len(stem) > 1 else self.name

    def was_in_force(self, year: int) -> bool:
        """Tell whether the list of the end of `year` names it."""
        return (self.since is None or self.since <= year) and (self.until is None or year <= self.until)


@dataclass(frozen=True, slots=True)
class PlaceChange:
    """What became of a place after the list of `until`; `source` is `same code`, `same name` or `hand`."""

    code: str
    name: str
    until: int
    successor: str
    fate: Fate
    source: str


def _rows(name: str) -> list[dict[str, str]]:
    with (files(__package__) / name).open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@cache
def _names() -> dict[str, tuple[PlaceName, ...]]:
    found: dict[str, list[PlaceName]] = {}
    for row in _rows("places.csv"):
        since, until = (int(row[key]) if row[key] else None for key in ("since", "until"))
        name = PlaceName(row["code"], row["name"], since, until, row["kind"] == "zone")
        found.setdefault(name.code, []).append(name)
    return {code: tuple(names) for code, names in found.items()}


@cache
def all_changes() -> tuple[PlaceChange, ...]:
    """Return what became of every place that ended since 2006."""
    return tuple(
        PlaceChange(r["code"], r["name"], int(r["until"]), r["successor"], _fate(r["kind"]), r["source"])
        for r in _rows("place_changes.csv")
    )


def _fate(text: str) -> Fate:
    for fate in ("continued", "merged", "divided"):
        if text == fate:
            return fate
    raise ValueError(text)


def all_codes() -> tuple[str, ...]:
    """Return every code that was in a list since 2006."""
    return tuple(_names())


def names_of(code: str) -> tuple[PlaceName, ...]:
    """Return the names that `code` bore, oldest first; none for a code that is in no list since 2006."""
    return _names().get(code, ())


def name_in(code: str, year: int = TODAY) -> str | None:
    """Return what `code` was called at the end of `year`; the nearest name where it did not exist then."""
    names = names_of(code)
    if not names:
        return None
    return next((n.name for n in names if n.was_in_force(year)), names[-1].name)


@cache
def current_code(code: str) -> str:
    """Return the code under which a place goes on today; its own where it ended with no one heir."""
    seen = {code}
    while True:
        # a code that bears its place still under another name has heirs only by merging
        ended = [c for c in all_changes() if c.code == code and c.fate == "continued" and c.successor != code]
        if not ended or ended[-1].successor in seen:
            return code
        code = ended[-1].successor
        seen.add(code)


@cache
def _earlier_codes() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for code in _names():
        found.setdefault(current_code(code), []).append(code)
    return {code: tuple(sorted(codes)) for code, codes in found.items()}


def codes_of(code: str) -> tuple[str, ...]:
    """Return every code under which the place of `code` was ever listed, its own included."""
    return _earlier_codes().get(current_code(code), (code,))


@cache
def line_of(code: str) -> tuple[PlaceName, ...]:
    """Return every name of the place of `code` under all its codes, oldest first.

    A place that was merged and left its code to the new one (万盛区, now 綦江区) is not in the new one's line.
    """
    names = [n for c in codes_of(code) for n in names_of(c) if not _left_its_code(n)]
    return tuple(sorted(names, key=lambda n: (n.until or TODAY, n.since or 0, n.code)))


def _left_its_code(name: PlaceName) -> bool:
    return (name.code, name.until) in _ended_under_a_code_that_went_on()


@cache
def _ended_under_a_code_that_went_on() -> frozenset[tuple[str, int | None]]:
    return frozenset((c.code, c.until) for c in all_changes() if c.code == c.successor and c.fate != "continued")


@cache
def heirs_of(code: str) -> tuple[PlaceChange, ...]:
    """Return the merging or division in which the place of `code` ended; nothing where it goes on."""
    codes = codes_of(code)
    return tuple(c for c in all_changes() if c.code in codes and c.fate != "continued")


@cache
def merged_into(code: str) -> tuple[PlaceChange, ...]:
    """Return the places that were merged or divided into the place of `code`."""
    codes = codes_of(code)
    return tuple(c for c in all_changes() if c.successor in codes and c.fate != "continued")


def parent_of(code: str) -> str | None:
    """Return the code of the place above: a county's city, a city's province, a county's province where it has no city."""
    if code.endswith("0000"):
        return None
    for above in (code[:4] + "00", code[:2] + "0000"):
        if above != code and names_of(above):
            return above
    return None


def above(code: str) -> Iterator[str]:
    """Yield the codes of the places above, nearest first."""
    parent = parent_of(code)
    while parent is not None:
        yield parent
        parent = parent_of(parent)


def full_name_in(code: str, year: int = TODAY) -> str:
    """Return the full name of a place from the province down, as at the end of `year`."""
    parts = [name_in(c, year) or "" for c in (code, *above(code))]
    return "".join(reversed(parts))


@cache
def _codes_by_name() -> dict[str, tuple[PlaceName, ...]]:
    found: dict[str, list[PlaceName]] = {}
    for names in _names().values():
        for name in names:
            for spelling in name.spellings:
                found.setdefault(spelling, []).append(name)
    return {name: tuple(places) for name, places in found.items()}


def places_named(name: str, year: int) -> tuple[PlaceName, ...]:
    """Return the places called `name`, in full or in short, in `year`, or in the year before (a report is on the year before its issue)."""
    return tuple(p for p in _codes_by_name().get(name, ()) if p.was_in_force(year) or p.was_in_force(year + 1))


def leading_place(text: str, year: int) -> tuple[str | None, int]:
    """Return (today's code, length) for the chain of place names of `year` that `text` begins with.

    (None, length) where several places fit, (None, 0) where `text` begins with none.
    """
    codes, at = leading_places(text, year)
    return (next(iter(codes)) if len(codes) == 1 else None), at


def leading_places(text: str, year: int) -> tuple[frozenset[str], int]:
    """Return (today's codes, length) of all places that the chain of names at the beginning of `text` may mean in `year`."""
    candidates: tuple[PlaceName, ...] = ()
    at = 0
    while True:
        for length in range(min(_longest(), len(text) - at), 1, -1):
            named = places_named(text[at : at + length], year)
            inside = tuple(p for p in named if not candidates or any(_lies_in(p.code, c.code) for c in candidates))
            if inside:
                candidates, at = inside, at + length
                break
        else:
            break
    return frozenset(current_code(p.code) for p in candidates if not _left_its_code(p)), at


@cache
def _longest() -> int:
    return max(map(len, _codes_by_name()))


def _lies_in(code: str, outer: str) -> bool:
    return code != outer and outer in above(code)


def are_related(one: str, other: str) -> bool:
    """Tell whether one of two places lies in the other, is it, or was merged into it."""
    one, other = current_code(one), current_code(other)
    return (
        one == other
        or _lies_in(one, other)
        or _lies_in(other, one)
        or any(current_code(c.successor) == other for c in heirs_of(one))
        or any(current_code(c.successor) == one for c in heirs_of(other))
    )
