"""What a body's name says: its place, its kind, and the form in which two spellings of one name are equal.

Guarantees: names are equal here only where rule or data (names.toml) make them one; a name that no rule knows stays as it is printed.
The place comes from the caller where it is known; a name of several places (鼓楼区财政局) stays without one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from archive.register.places import (
    TODAY,
    above,
    codes_of,
    current_code,
    full_name_in,
    leading_place,
    line_of,
    name_in,
    names_of,
    parent_of,
)
from parsers.normalize import comparable

Kind = Literal["government", "office", "department", "town", "zone", "central"]

GOVERNMENT = "人民政府"
_OFFICE = ("人民政府办公室", "人民政府办公厅")
_ADMINISTRATION = "行政公署"
_ENDING = re.compile(r"(?:委员会|办公室|办公厅|局|厅|处|办)$")
_LINKS = re.compile(r"[和与及、·.]")
"""What links the parts of a name; places are taken away before it is looked for (和县)."""
_SIGNBOARD = re.compile(r"([^()]+)\((?:挂|加挂)?([^()]*(?:局|办|办公室|委员会|中心|政府))(?:牌子)?\)?")
_TAX_REFORM = 2018
"""The year in which the tax offices of state and places became branches of 国家税务总局."""
_LEVEL = "省市县区旗州盟"
_TOWN = re.compile(r"(.{1,9}?(?:民族乡|镇|乡|苏木))(?:人民政府|政府)?")
_STREET = re.compile(r"(.{1,9}?街道)(?:办事处|办)?")
_MANAGED = re.compile(r"(?:党工委)?(?:管理委员会|管委会)?")


@dataclass(frozen=True, slots=True)
class BodyName:
    """A body's name taken apart: `core` is the name in full without its place, equal for all spellings that are sure.

    `base` is what is left of it without its ending (局, 委员会) and without 和: equal for names that are near.
    """

    printed: str
    place: str | None
    kind: Kind
    core: str
    base: str
    signboard: str | None
    """A body that the name holds in brackets: 外国专家局, whose name the body bears as well."""
    zone: str | None = None
    """The zone that the body belongs to, or is."""
    branch: str | None = None
    """The central body that it is a branch of; its name stands before the place."""

    @property
    def full(self) -> str:
        """Return the name in full, with its whole place before it."""
        if self.place is None:
            return self.core
        if self.branch is not None:
            return self.branch + full_name_in(self.place) + self.core.removeprefix(self.branch)
        place = full_name_in(self.place)
        if self.zone is not None:  # a zone bears the name of its place without the suffix: 平潭综合实验区
            own = line_of(self.place)[-1]
            return place.removesuffix(own.name) + own.stem + self.core
        return place + self.core


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads((files(__package__) / "names.toml").read_text(encoding="utf-8"))


@cache
def _central() -> dict[str, str]:
    """Index the names of central bodies, full and short."""
    bodies: dict[str, list[str]] = _data()["central"]["bodies"]
    return {name: full for full, others in bodies.items() for name in (full, *others)}


@cache
def _known_cores() -> frozenset[str]:
    short: dict[str, str] = _data()["short"]
    return frozenset((*short, *_in_full().values()))


@cache
def _in_full() -> dict[str, str]:
    """Index the names that the data know by their folded form; of two that differ in 和 alone the first counts."""
    groups: list[list[str]] = _data()["may_be_one"]["groups"]
    standard: list[str] = _data()["standard"]["names"]
    found: dict[str, str] = {}
    for name in (*_OFFICE, GOVERNMENT, *standard, *_data()["short"].values(), *(n for g in groups for n in g)):
        found.setdefault(fold(name), name)
    return found


@cache
def _zone() -> re.Pattern[str]:
    words = sorted(_data()["zones"]["words"], key=len, reverse=True)
    return re.compile(rf"(.{{0,8}}?(?:{'|'.join(words)}))(.*)")


def expand(core: str) -> str:
    """Return the full form of a name without its place: 卫健委 as 卫生健康委员会, 住房城乡建设局 with its 和."""
    short: dict[str, str] = _data()["short"]
    name = _LINKS.sub("和", core)
    name = short.get(name, name)
    return _in_full().get(fold(name), name)


def fold(core: str) -> str:
    """Return a name without 和 and what stands for it."""
    return _LINKS.sub("", core)


def without_ending(core: str) -> str:
    """Return a folded name without 局, 厅, 委员会 or 办公室."""
    return _ENDING.sub("", fold(core))


def may_be_one(one: str, other: str) -> bool:
    """Tell whether the data name two names as ones that may mean one body."""
    return any(fold(one) in group and fold(other) in group for group in _groups())


@cache
def _groups() -> tuple[frozenset[str], ...]:
    groups: list[list[str]] = _data()["may_be_one"]["groups"]
    return tuple(frozenset(fold(name) for name in group) for group in groups)


def read_name(printed: str, place: str | None = None, year: int = TODAY) -> BodyName:
    """Take a body's name apart; `place` is the GB/T 2260 code it is known to belong to, `year` the year it is used in."""
    text = comparable(printed).removeprefix("中华人民共和国")
    text, signboard = _without_signboard(text)
    if text in _central():
        core = _central()[text]
        return BodyName(printed, None, "central", core, without_ending(core), signboard)
    branch = next((b for b in _data()["central"]["branches"] if text.startswith(b)), "")
    rest = text.removeprefix(branch)
    code = current_code(place) if place and names_of(place) else leading_place(rest, year)[0]
    zone_name = ""
    if code and any(n.is_zone for n in names_of(code)):
        zone_name, code = name_in(code) or "", parent_of(code)
    if code:
        rest = _without_place(rest, code, zone_name)
    if rest == "税务局" and year >= _TAX_REFORM:
        branch = "国家税务总局"
    if branch:
        core = branch + rest
        return BodyName(printed, code, "department", core, without_ending(core), signboard, branch=branch)
    return _classified(printed, code, rest, signboard)


def _without_signboard(text: str) -> tuple[str, str | None]:
    """Take away a second name in brackets; brackets that hold no body's name stay, for they may tell two bodies apart."""
    match = _SIGNBOARD.fullmatch(text)
    return (match[1], match[2]) if match else (text, None)


def _without_place(text: str, code: str, zone: str = "") -> str:
    """Take away the names of a place and of the places above it, of any year, from the beginning of `text`."""
    rest, before = text, ""
    for number in above(code):  # 河北磁县, 邯郸磁县: without its suffix, but before another name alone
        for stem in (name.stem for name in line_of(number)):
            if rest.startswith(stem) and rest.removeprefix(stem).startswith(_prefixes(code)):
                rest = rest.removeprefix(stem)
    while rest != before:
        before = rest
        rest = rest.removeprefix(next((n for n in _prefixes(code) if rest.startswith(n)), ""))
    if zone:
        rest = _bare_zone(zone, code) + rest.removeprefix(zone).removeprefix(_bare_zone(zone, code))
    if rest == text:
        rest = _without_level(text, code)
    return rest


@cache
def _prefixes(code: str) -> tuple[str, ...]:
    """Return what may stand before the name of a body of this place, the longest first."""
    found = set()
    for own in codes_of(code):
        for number in (own, *above(own)):
            found |= {spelling for n in line_of(number) for spelling in n.spellings}
    return tuple(sorted((n for n in found if len(n) > 1), key=lambda n: (-len(n), n)))


def _bare_zone(zone: str, code: str) -> str:
    """Return a zone's name without the place's: 石家庄高新技术产业开发区 as 高新技术产业开发区."""
    stems = [name.stem for number in (code, *above(code)) for name in line_of(number)]
    for name in (*_prefixes(code), *stems):
        zone = zone.removeprefix(name)
    return zone


def _without_level(text: str, code: str) -> str:
    """Take away a bare 市 or 区 for the place itself (市卫健委), where the rest is a name that the data know."""
    own = (name_in(code) or " ")[-1]
    if text[:1] == own and own in _LEVEL and text not in _known_cores() and text[1:] in _known_cores():
        return text[1:]
    return text


def _classified(printed: str, code: str | None, rest: str, signboard: str | None) -> BodyName:
    """Tell what kind of body bears the name `rest` (its place taken away)."""

    def body(kind: Kind, core: str, zone: str | None = None) -> BodyName:
        return BodyName(printed, code, kind, core, without_ending(core), signboard, zone)

    if not rest:
        return body("government", GOVERNMENT)
    core = expand(rest)
    if core in (GOVERNMENT, _ADMINISTRATION):
        return body("government", core)
    if core in _OFFICE:  # a province's is always 办公厅, however its short name is written out
        return body("office", _OFFICE[1] if code and code.endswith("0000") else core)
    if code and (match := _TOWN.fullmatch(rest)):
        return body("town", f"{match[1]}{GOVERNMENT}")
    if code and (match := _STREET.fullmatch(rest)):
        return body("town", f"{match[1]}办事处")
    if code and core not in _known_cores() and (zone := _zone().match(_without_stem(rest, code))):
        name = _data()["zone_short"].get(zone[1], zone[1])
        if _MANAGED.fullmatch(zone[2]):
            return body("zone", f"{name}管理委员会", name)
        return body("department", name + expand(zone[2]), name)
    return body("department", core)


def _without_stem(text: str, code: str) -> str:
    """Take away the place's name without its suffix before a zone: 郑州高新区 as 高新区."""
    for name in line_of(code):
        for stem in (name.stem, comparable(name.stem)):
            if text.startswith(stem) and _zone().match(text.removeprefix(stem)):
                return text.removeprefix(stem)
    return text
