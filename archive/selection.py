"""SELECT: which reports a verb is about, in words (`portal=GLOB unit=ID place=NAME-or-CODE year=2019-2023 level=county kind=department
form=2021 trust=disputed`).

Guarantees: every word narrows; a word that is not understood is a UsageError that names it and says what could stand
there, never ignored; a place takes in the places below it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive.register.meant import places_meant
from archive.register.places import current_code, full_name_in
from parsers.errors import UsageError

_LEVELS = ("central", "province", "city", "county", "town")
TRUST = ("verified", "stated", "inferred", "disputed", "undecidable")
_CODE = re.compile(r"[0-9]{6}")
_YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?")
_ON_PORTAL = "EXISTS (SELECT 1 FROM document d WHERE d.report_id = p.id AND d.portal GLOB ?)"
_KINDS = ("government", "office", "department", "town", "zone", "central")
_FORMS = ("2021", "2019", "statistics-2014", "local")
NOWHERE = "000000"
"""The code, as in the keys of units, by which bodies are asked for that belong to no place, or whose place is not known."""
FILTERS = ("portal", "unit", "place", "year", "level", "kind", "form", "trust")
"""The words that narrow, `key=value`."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a database keeps what a SELECT asks about `report p`: columns, and conditions (SQL) that take one parameter or none."""

    unit_id: str
    unit_name: str
    place_code: str
    level: str
    kind: str
    form: str
    trust: Mapping[str, str]


def _has_cell(condition: str) -> str:
    return f"""EXISTS (SELECT 1 FROM shown_reading s JOIN cell c ON c.reading_id = s.reading_id
        WHERE s.report_id = p.id AND {condition})"""  # noqa: S608


_OF_ARCHIVE = Columns(
    unit_id="u.id",
    unit_name="u.name",
    place_code="u.place_code",
    level="u.level",
    kind="u.kind = ?",
    form="""EXISTS (SELECT 1 FROM shown_reading s JOIN reading r ON r.id = s.reading_id, json_each(r.forms) f
        WHERE s.report_id = p.id AND f.value = ?)""",
    # written out and not given as a parameter: else the index of doubtful cells is not used
    trust={key: _has_cell("c.trust IS NULL" if key == "undecidable" else f"c.trust = '{key}'") for key in TRUST},
)


@dataclass(frozen=True, slots=True)
class Selection:
    """A parsed SELECT; what is None or empty narrows nothing."""

    portals: tuple[str, ...] = ()
    unit: str | None = None
    place: str | None = None
    years: tuple[int, int] | None = None
    level: str | None = None
    kind: str | None = None
    form: str | None = None
    trust: str | None = None

    @property
    def is_everything(self) -> bool:
        """Tell whether nothing is narrowed."""
        return self == Selection()

    @property
    def is_of_portals(self) -> bool:
        """Tell whether nothing but portals, if anything, is narrowed: then what belongs to no report is meant as well."""
        return self == Selection(portals=self.portals)

    def of_portal(self) -> tuple[str, tuple[str, ...]]:
        """Return (SQL, parameters): what must hold of a row with a column `portal`."""
        return " OR ".join("portal GLOB ?" for _ in self.portals) or "1", self.portals

    @property
    def place_glob(self) -> str:
        """Return the pattern of the codes of the place and of all below it."""
        assert self.place is not None
        return f"{re.sub('(00)+$', '', current_code(self.place))}*"

    def condition(self, columns: Columns = _OF_ARCHIVE) -> tuple[str, list[str | int]]:
        """Return (SQL, parameters): what must hold of `report p`, in the archive of `report p JOIN unit u`."""
        where: list[str] = []
        values: list[str | int] = []
        if self.portals:
            where.append("(" + " OR ".join(_ON_PORTAL for _ in self.portals) + ")")
            values += self.portals
        if self.unit:
            where.append(f"({columns.unit_id} = ? OR {columns.unit_name} = ?)")
            values += [self.unit, self.unit]
        if self.place == NOWHERE:
            where.append(f"{columns.place_code} IS NULL")
        elif self.place:
            where.append(f"{columns.place_code} GLOB ?")
            values.append(self.place_glob)
        if self.years:
            where.append("p.report_year BETWEEN ? AND ?")
            values += self.years
        for condition, wanted in (
            (f"{columns.level} = ?", self.level),
            (columns.kind, self.kind),
            (columns.form, self.form),
        ):
            if wanted:
                where.append(condition)
                values.append(wanted)
        if self.trust:
            where.append(columns.trust[self.trust])
        return " AND ".join(where) or "1", values

    def reports(self) -> tuple[str, list[str | int]]:
        """Return (SQL, parameters): a query for the ids of the reports it takes."""
        condition, values = self.condition()
        return f"SELECT p.id FROM report p JOIN unit u ON u.id = p.unit_id WHERE {condition}", values  # noqa: S608


def parse_selection(words: Sequence[str]) -> Selection:
    """Parse the words of a SELECT (an "and" between them is allowed); a bare word is a portal's slug."""
    found: dict[str, str] = {}
    portals: list[str] = []
    for word in words:
        if word == "and":
            continue
        key, equals, value = word.partition("=")
        if not equals:
            key, value = "portal", word
        if key not in FILTERS or not value:
            raise UsageError(
                f"{word!r} is not understood: write {', '.join(f'{k}=…' for k in FILTERS)}, or a portal's slug",
                f"无法理解 {word!r}：可写 {'、'.join(f'{k}=…' for k in FILTERS)}，或门户代号",
            )
        if key == "portal":
            portals.append(value)
        elif found.setdefault(key, value) != value:
            raise UsageError(
                f"{key} stands twice: {found[key]!r} and {value!r}", f"{key} 出现两次：{found[key]!r} 与 {value!r}"
            )
    return Selection(
        portals=tuple(portals),
        unit=found.get("unit"),
        place=None if "place" not in found else parse_place(found["place"]),
        years=_years(found.get("year")),
        level=_choice("level", found.get("level"), _LEVELS),
        kind=_choice("kind", found.get("kind"), _KINDS),
        form=_choice("form", found.get("form"), _FORMS),
        trust=_choice("trust", found.get("trust"), TRUST),
    )


def parse_place(value: str) -> str:
    """Return the code of the place that `value` names or is the code of; raises UsageError where it is none, or may be several."""
    if _CODE.fullmatch(value):
        return value
    meant = places_meant(value)
    if not meant:
        raise UsageError(
            f"place={value}: write the name of a place (平顶山市) or six digits of GB/T 2260",
            f"place={value}：请写地名（平顶山市）或 GB/T 2260 六位代码",
        )
    if len(meant) > 1:
        several = [f"{full_name_in(code)} {code}" for code in meant]
        raise UsageError(
            f"place={value} may be any of: {', '.join(several)}", f"place={value} 可能是：{'、'.join(several)}"
        )
    return meant[0]


def _choice(key: str, value: str | None, choices: Sequence[str]) -> str | None:
    if value is not None and value not in choices:
        raise UsageError(
            f"{key}={value}: take one of {', '.join(choices)}", f"{key}={value}：可选 {'、'.join(choices)}"
        )
    return value


def _years(value: str | None) -> tuple[int, int] | None:
    if value is None:
        return None
    match = _YEARS.fullmatch(value)
    years = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
    if years[0] > years[1]:
        raise UsageError(
            f"year={value}: write a year (2023) or years (2019-2023)",
            f"year={value}：请写年份（2023）或起止年份（2019-2023）",
        )
    return years
