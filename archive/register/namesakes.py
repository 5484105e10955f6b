"""Names that come back: from which year on a department's name is borne by another body than the one that bore it before.

Guarantees: the answer follows from how the documents of one place are filed and from their texts, whatever came first. A name that was
merely silent stays with its unit: another body bears it only where its first is known to have become something else meanwhile, where
a report or a column of the site tells who took the name, or where everything looks so; then a person is asked (`is_sure`).
"""

from __future__ import annotations

import re
import sqlite3
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Literal
from urllib.parse import urlsplit

from archive.register.matching import compare
from archive.register.names import BodyName, read_name
from archive.register.unit import unit_key
from parsers.normalize import comparable

Reason = Literal["renamed_told", "renamed_column", "name_after_end", "name_came_back"]
LONG_SILENT = 3
"""Fewer years without a report are no sign that a body was gone: single years are missing everywhere."""
_SHARE_OF_OTHERS = 0.5
"""Where fewer of the place's departments have reports of the years between, the archive knows too little of them."""
_STOPS = re.compile(r"[。;!?\n]")
_ENDS_NAME = re.compile(r"[后,、并的且及和挂加(:]")
_STARTS_NAME = re.compile(r"(?:^|[原由将把,、:的]|\d年度?|[月日省市县区旗州盟])$")
_PLANNED = re.compile(r"[拟未]|计划|建议|申请|争取")
_OURSELVES = re.compile(r"[我本](?:局|委|厅|办|中心|单位|机关|部门)$")


@dataclass(frozen=True, slots=True)
class Return:
    """A name (its key in `filing`) borne by another body from the report year `year` on; `formers` (keys as well): who that may be."""

    name_id: str
    after: int
    """The last report year of the body that bore it before."""
    year: int
    reason: Reason
    formers: tuple[str, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Tell whether it is known which body bears the name now."""
        return self.reason in ("renamed_told", "renamed_column")


@dataclass(slots=True)
class _Name:
    """A department's name with its report years, and the addresses of each."""

    id: str
    body: BodyName
    urls: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    @property
    def years(self) -> list[int]:
        return sorted(self.urls)

    def columns(self, first: int = 0, last: int = 9999) -> set[str]:
        """Return the columns in which its reports on these years stand."""
        return {_column(url) for year, urls in self.urls.items() if first <= year <= last for url in urls}


def returns_in(db: sqlite3.Connection, names: Iterable[str]) -> list[Return]:
    """Return the names that came back among these, the keys of all names of one place's bodies, by name and year."""
    known = _names(db, names)
    found = []
    for name in known.values():
        for last, back in pairwise(name.years):
            if back - last > 1 and (met := _return(db, known, name, last, back)) is not None:
                found.append(met)
    return sorted(found, key=lambda r: (r.name_id, r.year))


def names_in(db: sqlite3.Connection, place: str, more: Iterable[str] = ()) -> set[str]:
    """Return the keys under which documents of a place's bodies may be filed: those of its units' names, and of `more` that are its own."""
    rows = db.execute("SELECT name FROM unit WHERE place_code = ?", (place,))
    return {unit_key(place, row[0]) for row in rows} | {key for key in more if key.startswith(f"{place}-")}


def shared_names(db: sqlite3.Connection, place: str) -> set[str]:
    """Return the keys of the names of a place that were found to be of several bodies when it was last derived."""
    rows = db.execute("SELECT id, name FROM unit WHERE place_code = ?", (place,))
    return {key for row in rows if (key := unit_key(place, row["name"])) != row["id"]}


def turns(found: Iterable[Return]) -> dict[str, list[Return]]:
    """Return the returns of each name, in order of time."""
    by_name: dict[str, list[Return]] = {}
    for one in found:
        by_name.setdefault(one.name_id, []).append(one)
    return by_name


def turn_in(returned: Iterable[Return], year: int) -> int:
    """Return which of a name's bodies, counted from 1, bears it in a year."""
    return 1 + sum(one.year <= year for one in returned)


def bearer(db: sqlite3.Connection, unit_id: str, year: int) -> str:
    """Return the unit that bears this unit's name in a year: itself, or a namesake of its place."""
    rows = db.execute(
        """SELECT n.id, min(p.report_year) AS first FROM unit u JOIN unit n ON n.place_code = u.place_code AND n.name = u.name
           JOIN report p ON p.unit_id = n.id WHERE u.id = ? GROUP BY n.id ORDER BY first, n.id""",
        (unit_id,),
    ).fetchall()
    return next((row["id"] for row in reversed(rows) if row["first"] <= year), rows[0]["id"] if rows else unit_id)


def _names(db: sqlite3.Connection, names: Iterable[str]) -> dict[str, _Name]:
    known: dict[str, _Name] = {}
    for key in sorted(set(names)):
        for row in db.execute("SELECT * FROM filing WHERE unit_id = ? ORDER BY document_id", (key,)):
            if key not in known:
                body = read_name(row["issuer"], row["place_code"], row["report_year"])
                if body.kind != "department" or body.place is None or body.branch is not None:
                    break
                known[key] = _Name(key, body)
            known[key].urls[row["report_year"]].add(row["url"])
    return known


def _return(db: sqlite3.Connection, known: Mapping[str, _Name], name: _Name, last: int, back: int) -> Return | None:
    """Tell whether the name is another body's from `back` on, having been silent since `last`."""
    ended = [
        other
        for other in known.values()
        if other.id != name.id and other.body.zone == name.body.zone and last <= other.years[-1] < back
    ]
    for reason, who in (("renamed_told", _told(db, name, back, ended)), ("renamed_column", _moved_in(known, name, last, back, ended))):  # fmt: skip
        if len(who) == 1:
            return Return(name.id, last, back, reason, (who[0].id,))  # type: ignore[arg-type]
    if any(_became(name, heir, last, back) for heir in known.values() if heir.id != name.id):
        return Return(name.id, last, back, "name_after_end")
    alike = [
        other
        for other in ended
        if other.years[-1] == back - 1
        and sum(last < year < back for year in other.years) >= LONG_SILENT
        and not any(_is_heir(other, heir) for heir in known.values() if heir.id != other.id)
    ]
    if alike and back - last > LONG_SILENT and _others_report(known, name, last, back):
        return Return(name.id, last, back, "name_came_back", tuple(other.id for other in alike))
    return None


def _became(name: _Name, heir: _Name, last: int, back: int) -> bool:
    """Tell whether the body that bore a name to `last` is known to have become `heir`, which reported before the name came `back`.

    Where it may have become so as late as the year in which the name is back, it was only silent.
    """
    if not any(last < year < back for year in heir.years):
        return False
    first = name.years[0]
    years = (heir.years[0], heir.years[-1])
    ended, went_on = (compare(name.body, heir.body, (first, year), years) for year in (last, back))
    return ended.answer == "succeeded" != went_on.answer and last < heir.years[-1]


def _is_heir(name: _Name, heir: _Name) -> bool:
    found = compare(name.body, heir.body, (name.years[0], name.years[-1]), (heir.years[0], heir.years[-1]))
    return found.answer == "succeeded" and name.years[-1] < heir.years[-1]


def _others_report(known: Mapping[str, _Name], name: _Name, last: int, back: int) -> bool:
    """Tell whether the archive knows the place's other departments in each year of the silence: then it is this name's own."""
    others = [n for n in known.values() if n.id != name.id and n.years[0] <= last and n.years[-1] >= back]
    return bool(others) and all(
        sum(year in other.urls for other in others) >= _SHARE_OF_OTHERS * len(others) for year in range(last + 1, back)
    )


def _column(url: str) -> str:
    """Return the folder of a page without its numbers: reports of several years stand in one column."""
    parts = urlsplit(url)
    return f"{parts.hostname}{re.sub(r'[0-9]+', '#', parts.path.rpartition('/')[0])}"


def _moved_in(known: Mapping[str, _Name], name: _Name, last: int, back: int, ended: list[_Name]) -> list[_Name]:
    """Return the bodies in whose own column the name stands since it is back, having stood in another.

    A column is a body's own where nobody else of the place is in it, and the same site gives a third one a column of its own.
    """
    now = name.columns(back) - name.columns(last=last)
    found = []
    for other in ended:
        thirds = [n.columns() for n in known.values() if n.id not in (name.id, other.id)]
        own = {c for c in now & other.columns() if not any(c in columns for columns in thirds)}
        hosts = {c.partition("/")[0] for columns in thirds for c in columns}
        if any(c.partition("/")[0] in hosts for c in own):
            found.append(other)
    return found


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    data = tomllib.loads((files(__package__) / "reforms.toml").read_text(encoding="utf-8"))
    return tuple(re.compile(pattern) for pattern in data["told"]["renamed"])


def _told(db: sqlite3.Connection, name: _Name, back: int, ended: list[_Name]) -> list[_Name]:
    """Return the bodies of which the first report under the name, or their own last one, says that they took it."""
    return [
        other
        for other in ended
        if any(
            _is_meant(before, other.body, _OURSELVES if teller is other else None)
            and (_begins_with(after, name.body) if after else teller is name)
            for teller, year in ((name, back), (other, other.years[-1]))
            for before, after in _renamings(db, teller.urls[year])
        )
    ]


def _renamings(db: sqlite3.Connection, urls: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (what stands before 更名为, what behind it or "") in the texts read at these addresses."""
    for url in sorted(urls):
        rows = db.execute(
            """SELECT DISTINCT s.text FROM capture c JOIN reading r ON r.body_sha256 = c.body_sha256 AND r.url = c.url
               JOIN section s ON s.reading_id = r.id WHERE c.url = ? AND (s.text LIKE '%更名%' OR s.text LIKE '%改名%' OR s.text LIKE '%改称%')
               ORDER BY 1""",
            (url,),
        )
        for (text,) in rows:
            for sentence in (s for line in text.split("\n") for s in _STOPS.split(comparable(line))):
                for pattern in _patterns():
                    for match in pattern.finditer(re.sub(r"[\"'“”‘’《》]", "", sentence)):
                        if not _PLANNED.search(match["before"]):
                            yield match["before"], match.groupdict().get("after") or ""


def _begins_with(text: str, body: BodyName) -> bool:
    core = read_name(text, body.place).core
    return core == body.core or (core.startswith(body.core) and bool(_ENDS_NAME.match(core[len(body.core) :])))


def _is_meant(text: str, body: BodyName, itself: re.Pattern[str] | None) -> bool:
    """Tell whether what stands before 更名为 ends with a body's name and no longer one; in its own report, with 我局."""
    if itself is not None and itself.search(text):
        return True
    return text.endswith(body.core) and bool(_STARTS_NAME.search(text.removesuffix(body.core)))
