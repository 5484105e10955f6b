"""The front page: what is in the release, where and when, and what changed lately."""

from __future__ import annotations

import sqlite3
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from datasette.utils.asgi import Request, Response

from archive.register.places import full_name_in
from archive.website.answers import json_answer
from archive.website.asking import Rows, all_rows, ask_once, has_rows
from archive.website.coverage import HAVE, NOT_OWED, units_years
from archive.website.site import render

if TYPE_CHECKING:  # Datasette loads this package while datasette.app is being imported
    from datasette.app import Datasette

_LATEST = 12
LEVELS = ("central", "province", "city", "county", "town")


@dataclass(frozen=True, slots=True)
class Tile:
    """A province on the tile map; `shade` is the class of the number of its reports, 0 (none) to 4 (most)."""

    code: str
    name: str
    short: str
    column: int
    row: int
    units: int
    reports: int
    shade: int


@dataclass(frozen=True, slots=True)
class Share:
    """How many bodies of a level have a report on a year in the release, of those that owe one (None: that is not known)."""

    have: int
    owed: int | None
    shade: int


@dataclass(frozen=True, slots=True)
class Front:
    """The front page; `levels` are rows of (level, share by year), None where nobody of the level owes a report."""

    release: sqlite3.Row
    tiles: tuple[Tile, ...]
    unplaced: tuple[int, int]
    years: tuple[int, ...]
    levels: tuple[tuple[str, tuple[Share | None, ...]], ...]
    covered: Share
    changes: Rows


@cache
def _tiles() -> dict[str, tuple[int, int, str]]:
    data = tomllib.loads(files("archive.website").joinpath("tiles.toml").read_text("utf-8"))
    return {code: (column, row, short) for code, (column, row, short) in data.items()}


def shade(share: float) -> int:
    """Return the class of a share, 0 (nothing) to 4 (all)."""
    if share <= 0:
        return 0
    return 4 if share >= 1 else 1 + min(2, int(share * 3))


def front(db: sqlite3.Connection) -> Front:
    """Return the front page."""
    (release,) = all_rows(db, "SELECT * FROM release")
    rows = all_rows(
        db,
        """SELECT substr(place_code, 1, 2) || '0000' AS province, count(DISTINCT unit_id) AS units, count(*) AS reports
           FROM report GROUP BY 1""",
    )
    held = {row["province"]: (row["units"], row["reports"]) for row in rows}
    most = max((held[code][1] for code in _tiles() if code in held), default=1)
    tiles = tuple(
        Tile(
            code,
            full_name_in(code),
            short,
            column,
            row,
            *held.get(code, (0, 0)),
            shade(held.get(code, (0, 0))[1] / most),
        )
        for code, (column, row, short) in sorted(_tiles().items(), key=lambda tile: (tile[1][1], tile[1][0]))
    )
    years, levels, covered = _coverage(db)
    changes = all_rows(
        db,
        """SELECT v.*, p.title, p.unit_name, p.report_year FROM version v JOIN report p ON p.id = v.report_id
           WHERE v.kind <> 'technical' ORDER BY v.captured_at DESC, v.kind = 'first', v.id LIMIT ?""",
        _LATEST,
    )
    elsewhere = [numbers for code, numbers in held.items() if code not in _tiles()]
    unplaced = (sum(units for units, _ in elsewhere), sum(reports for _, reports in elsewhere))
    return Front(release, tiles, unplaced, years, levels, covered, changes)


def _coverage(
    db: sqlite3.Connection,
) -> tuple[tuple[int, ...], tuple[tuple[str, tuple[Share | None, ...]], ...], Share]:
    level_of = {row["id"]: row["level"] for row in all_rows(db, "SELECT id, level FROM unit")}
    have: defaultdict[str | None, Counter[int]] = defaultdict(Counter)
    owed: defaultdict[str | None, Counter[int]] = defaultdict(Counter)
    for unit in units_years(db):
        level = level_of.get(unit.unit_id) or _level_of_key(unit.unit_id)
        for year, state in unit.years.items():
            if state in HAVE:
                have[level][year] += 1
            if state not in NOT_OWED:
                owed[level][year] += 1
    years = tuple(sorted({year for counted in owed.values() for year in counted}))
    most = 0 if has_rows(db, "coverage_year") else max((n for c in have.values() for n in c.values()), default=1)

    def share(have: int, owed: int) -> Share:
        """Shade by the share of what is owed, or where that is not known by number."""
        return Share(have, None, shade(have / most)) if most else Share(have, owed, shade(have / owed if owed else 0))

    levels = tuple(
        (level, tuple(share(have[level][y], owed[level][y]) if owed[level][y] else None for y in years))
        for level in LEVELS
        if level in owed
    )
    return years, levels, share(*(sum(sum(c.values()) for c in counted.values()) for counted in (have, owed)))


def _level_of_key(unit_id: str) -> str | None:
    """Return the level of a body without a report by the code that its key begins with."""
    code = unit_id[:6]
    if code == "000000":
        return None
    return "province" if code.endswith("0000") else "city" if code.endswith("00") else "county"


async def page(request: Request, datasette: Datasette) -> Response:
    """Show the front page."""
    return await render(datasette, request, "front.html", front=await ask_once(datasette, front))


async def page_json(request: Request, datasette: Datasette) -> Response:
    """Give what the front page shows."""
    found = await ask_once(datasette, front)
    return json_answer(
        {
            "release": dict(found.release),
            "provinces": [
                {"code": t.code, "name": t.name, "units": t.units, "reports": t.reports}
                for t in found.tiles
                if t.reports
            ],
            "coverage": [
                {"level": level, "report_year": year, "published": share.have, "owed": share.owed}
                for level, shares in found.levels
                for year, share in zip(found.years, shares, strict=True)
                if share is not None
            ],
            "changes": [dict(row) for row in found.changes],
        }
    )
