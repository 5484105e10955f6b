"""The bodies of the simulated decade: places in three levels, their governments, offices, departments, towns and zones through the years.

A body bears one name; what a reform made of it is another body, and `successions` says which became which.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

FIRST, LAST = 2012, 2025
"""The first and the last report year of the decade."""

Kind = Literal["government", "office", "department", "town", "zone"]
Fate = Literal["renamed", "merged"]
_ORDINARY = (
    "finance", "planning", "labour", "housing", "audit", "civil", "education", "justice", "traffic", "city", "trade", "science",
    "statistics", "archives",
)  # fmt: skip
_TOWNS = (
    "朝歌街道", "城关镇", "桥盟街道", "高村镇", "王庄镇", "李集乡", "双楼镇", "新集镇", "东风街道", "河西乡", "龙泉镇", "石桥镇",
    "白寺乡", "北关街道",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A place of GB/T 2260 as it is called today; `names`: what it was called until the end of a year."""

    code: str
    full: str
    level: Literal["province", "city", "county"]
    scope: str
    elsewhere: bool
    last: int
    first: int
    names: tuple[tuple[int, str], ...] = ()
    heir: str = ""
    """The place that it was merged into, whose site has its reports."""

    @property
    def parent(self) -> str:
        """Return the code of the place above, "" for a province."""
        if self.level == "province":
            return ""
        return self.code[:2] + "0000" if self.level == "city" else self.code[:4] + "00"

    @property
    def short(self) -> str:
        """Return the place's own name."""
        return next(self.full[len(above) :] for above in sorted(_above(self.full), key=len, reverse=True))

    def called(self, year: int) -> str:
        """Return the place's own name in the title of a report on `year`."""
        return next((name for until, name in self.names if year <= until), self.short)

    @property
    def suffix(self) -> str:
        """Return 省, 市, 区 or 县."""
        return self.full[-1]


def _above(full: str) -> list[str]:
    """Return what may stand before a place's own name: nothing, its province, its city."""
    found = [""]
    if "省" in full[:-1]:
        found.append(full[: full.index("省") + 1])
    if "市" in full[:-1]:
        found.append(full[: full.index("市") + 1])
    return found


@dataclass(frozen=True, slots=True)
class Body:
    """A body under one name: `name` without its place, `full` with it, `we` how it speaks of itself."""

    key: str
    place: Place
    kind: Kind
    name: str
    first: int
    last: int
    we: str
    others: tuple[str, ...] = ()

    @property
    def full(self) -> str:
        """Return the name by which the archive should know it."""
        if self.kind == "zone":  # a zone bears its city's name without 市
            return self.place.full.removesuffix("市") + self.name
        return self.place.full + self.name

    @property
    def years(self) -> range:
        """Return the report years in which it is there."""
        return range(self.first, self.last + 1)


@dataclass(frozen=True, slots=True)
class Succession:
    """What became of a body: `before` went on as, or into, `after`, whose first report with it is on `year`."""

    before: Body
    after: Body
    fate: Fate
    year: int
    told: bool = False
    """Whether the first report of `after` says so."""


@dataclass(frozen=True, slots=True)
class Land:
    """All bodies, by place, with what became of them."""

    places: tuple[Place, ...]
    bodies: tuple[Body, ...]
    successions: tuple[Succession, ...]
    _of: dict[str, list[Body]] = field(default_factory=dict)

    def of(self, code: str) -> list[Body]:
        """Return the bodies of a place."""
        if not self._of:
            for body in self.bodies:
                self._of.setdefault(body.place.code, []).append(body)
        return self._of.get(code, [])

    def government(self, code: str) -> Body | None:
        """Return the government of a place, None where it is not in the world."""
        return next((b for b in self.of(code) if b.kind == "government"), None)

    def parts(self, government: Body, year: int) -> list[Body]:
        """Return the bodies whose figures a government's report on `year` adds up: its own, and where it speaks for the area, those below."""
        own = [b for b in self.of(government.place.code) if b.kind != "government" and year in b.years]
        if government.place.scope != "whole_area":
            return [b for b in own if b.kind in ("office", "department")]
        below = [self.government(p.code) for p in self.places if p.parent == government.place.code]
        return own + [b for b in below if b is not None and year in b.years]


@cache
def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def make_land(seed: int, units: int) -> Land:
    """Make the bodies of a world of `units` bodies; whole places, the last one cut short."""
    rng = random.Random(f"{seed}/land")
    places: list[Place] = []
    bodies: list[Body] = []
    successions: list[Succession] = []
    for row in _data("places.toml")["place"]:
        if len(bodies) >= units:
            break
        place = _place(row)
        places.append(place)
        for group, became in _groups(rng, place, row):
            if len(bodies) >= units:
                break
            bodies += group
            successions += became
    for row in _data("places.toml")["place"]:
        if "merged" in row:
            successions += _merged(bodies, row["code"], row["merged"]["into"], row["merged"]["last"])
    return Land(tuple(places), tuple(bodies), tuple(successions))


def _place(row: dict[str, Any]) -> Place:
    return Place(
        code=row["code"],
        full=row["full"],
        level=row["level"],
        scope=row["scope"],
        elsewhere=row.get("elsewhere", False),
        first=row.get("founded", FIRST),
        last=row.get("merged", {}).get("last", LAST),
        names=tuple((int(year), name) for year, name in row.get("names", {}).items()),
        heir=row.get("merged", {}).get("into", ""),
    )


def _groups(rng: random.Random, place: Place, row: dict[str, Any]) -> Iterator[tuple[list[Body], list[Succession]]]:
    """Yield the bodies of a place, those of one history together."""
    years = (place.first, place.last)
    everyone = f"全{place.suffix}"
    yield [Body(f"{place.code}/government", place, "government", "人民政府", *years, everyone)], []
    ending = "厅" if place.level == "province" else "室"
    yield [Body(f"{place.code}/office", place, "office", f"人民政府办公{ending}", *years, f"本办公{ending}")], []
    certain = row.get("only", [])
    more = [d for d in _ORDINARY if d not in certain]
    chosen = (certain + rng.sample(more, len(more)))[: row.get("departments", 0)]
    for key in chosen:
        yield _history(place, key)
    for number, name in enumerate(rng.sample(_TOWNS, row.get("towns", 0))):
        street = name.endswith("街道")
        full = name + ("办事处" if street else "人民政府")
        yield (
            [Body(f"{place.code}/town-{number}", place, "town", full, *years, "本街道" if street else f"本{name[-1]}")],
            [],
        )
    for number in range(row.get("zones", 0)):
        yield [Body(f"{place.code}/zone-{number}", place, "zone", "经济技术开发区管理委员会", *years, "管委会")], []


def _history(place: Place, key: str) -> tuple[list[Body], list[Succession]]:
    """Return the bodies of one department's history in a place, and what became of them."""
    data = _data("bodies.toml")[key]
    made: list[Body] = []
    for number, row in enumerate(data["bodies"]):
        first, last = max(row.get("first", FIRST), place.first), min(row.get("last", LAST), place.last)
        if first > last:
            continue
        name, we = row["name"], row["we"]
        others = tuple(row.get("others", ()))
        if place.level == "province" and name.endswith("局"):
            name, we, others = name.removesuffix("局") + "厅", "厅", ()
        made.append(Body(f"{place.code}/{key}-{number}", place, "department", name, first, last, f"我{we}", others))
    became = []
    for row in data.get("became", ()):
        before = next((b for b in made if b.name == row["from"]), None)
        after = next((b for b in made if b.name == row["to"] and before and b.last > before.last), None)
        if before and after:
            became.append(
                Succession(before, after, row["fate"], max(after.first, before.last + 1), row.get("told", False))
            )
    return made, became


def _merged(bodies: list[Body], code: str, into: str, last: int) -> Iterator[Succession]:
    """Yield the successions of a place that was merged: each body to the one of its name in the other place."""
    for before in (b for b in bodies if b.place.code == code):
        after = next((b for b in bodies if b.place.code == into and b.name == before.name), None)
        if after is not None:
            yield Succession(before, after, "merged", last + 1)
