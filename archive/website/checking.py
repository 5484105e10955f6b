"""Lists of what does not add up, what changed after publication, what is late or missing, and whose text is like another's.

Guarantees: every entry names its rule and its evidence; a list says how many entries it has; its CSV has all of them (or is refused),
its feed the newest. What is said about a figure here never changes the figure.
"""

from __future__ import annotations

import json
import sqlite3
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response

from archive.labels import finding_in_words
from archive.register.meant import places_meant
from archive.register.places import current_code, full_name_in
from archive.selection import parse_place
from archive.website.answers import Entry, atom_answer, csv_answer, json_answer
from archive.website.asking import Rows, all_rows, ask, ask_lately, ask_once, below, has_rows
from archive.website.pages import missing, page_number
from archive.website.site import language_of, page_values, release_of, render, site_address
from archive.website.words import finding_name, within_name, word, word_or
from parsers.errors import UsageError

if TYPE_CHECKING:  # Datasette loads this package while datasette.app is being imported
    from datasette.app import Datasette

PAGE = 50
CSV_ROWS = 50_000
FEED = 100
KINDS = ("sums", "changed", "late", "copied", "across", "findings")

_ORDER = {
    "changed": "at DESC, name",
    "sums": "report_year DESC, place_code, unit_name, rule, name",
}
_COLUMNS = (
    "report_id", "unit_id", "unit_name", "place_code", "report_year", "rule", "place", "severity", "left_side", "right_side",
    "message", "message_zh", "at", "other_id", "other_name", "other_year", "evidence",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries of a list: of a rule, a place, a year; None takes all."""

    kind: str
    rule: str | None
    place: str | None
    year: int | None
    fault: UsageError | None = None
    """What is wrong with what was asked: then nothing is listed."""
    choices: tuple[str, ...] = ()
    """The places that the name written may mean, where it means several."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list; `rules` are all rules of the list with their numbers, unfiltered."""

    asked: Asked
    total: int
    page: int
    pages: int
    rows: Rows


@cache
def _lists() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("archive.website").joinpath("checks.toml").read_text("utf-8"))


def source_of(db: sqlite3.Connection, kind: str) -> str | None:
    """Return the query behind a list, None where the release has no table for it."""
    parts = [_lists()[part] for part in ((kind, "missing") if kind == "late" else (kind,))]
    found = [part["sql"] for part in parts if "needs" not in part or has_rows(db, part["needs"])]
    return " UNION ALL ".join(found) or None


def overview(db: sqlite3.Connection) -> dict[str, dict[str, int] | None]:
    """Return the number of entries of each list by rule, the most frequent first; None for a list that the release does not hold."""
    told: dict[str, dict[str, int] | None] = {}
    for kind in KINDS:
        source = source_of(db, kind)
        sql = f"SELECT rule, count(*) AS n FROM ({source}) GROUP BY rule ORDER BY n DESC, rule"  # noqa: S608
        told[kind] = {row["rule"]: row["n"] for row in all_rows(db, sql)} if source else None
    return told


def listed(db: sqlite3.Connection, asked: Asked, page: int, size: int) -> Listed:
    """Return page `page` (from 1) of a list."""
    source = source_of(db, asked.kind)
    if source is None:
        return Listed(asked, 0, 1, 1, [])
    where, values = ["1"], []
    for column, value in (("rule", asked.rule), ("report_year", asked.year)):
        if value is not None:
            where.append(f"{column} = ?")
            values.append(value)
    if asked.place:
        condition, stems = below("place_code", asked.place)
        where.append(condition)
        values += stems
    chosen = f"FROM ({source}) WHERE {' AND '.join(where)}"
    (total,) = db.execute(f"SELECT count(*) {chosen}", values).fetchone()
    pages = max(1, -(-total // size))
    page = min(max(page, 1), pages)
    order = _ORDER.get(asked.kind, "report_year DESC, place_code, unit_name, name")
    rows = all_rows(db, f"SELECT * {chosen} ORDER BY {order} LIMIT ? OFFSET ?", *values, size, (page - 1) * size)
    return Listed(asked, total, page, pages, rows)


async def _listed(datasette: Datasette, asked: Asked, page: int, size: int) -> Listed:
    """Return page `page` of a list; the last ones asked for are kept."""
    return await ask_lately(datasette, lambda db: listed(db, asked, page, size), f"{asked} {page} {size}")


def read_asked(request: Request) -> Asked | None:
    """Return what the address asks for, None where there is no such list."""
    kind, rule = request.url_vars["kind"], request.args.get("rule") or None
    year, written = ((request.args.get(name) or "").strip() for name in ("year", "place"))
    if kind not in KINDS:
        return None
    if year and not (len(year) == 4 and year.isascii() and year.isdigit()):
        wrong = UsageError(f"year={year}: write a year (2023)", f"year={year}：请写年份（2023）")
        return Asked(kind, rule, None, None, wrong)
    on = int(year) if year else None
    try:
        return Asked(kind, rule, current_code(parse_place(written)) if written else None, on)
    except UsageError as fault:
        return Asked(kind, rule, None, on, fault, places_meant(written))


def _asked_or_refused(request: Request) -> Asked | Response:
    """Return what the address asks for, or what a program is told where that cannot be answered."""
    asked = read_asked(request)
    if asked is None:
        return json_answer({"error": "no such list"}, 404)
    if asked.fault is None:
        return asked
    return json_answer(
        {"error": asked.fault.en, "error_zh": asked.fault.zh}
        | ({"places": {code: full_name_in(code) for code in asked.choices}} if asked.choices else {}),
        400,
    )


def rule_name(kind: str, rule: str, language: str, term: Any) -> str:
    """Return the name of a rule of a list."""
    if kind == "changed":
        return str(term("kind", rule))
    if kind == "findings" or rule == "late_publication":
        return finding_name(rule, language)
    if kind == "late":
        return _state(rule, language)
    name = word_or(f"cross.{rule}", language, "") or str(term("rule", rule))
    return name if name == rule else f"{rule} {name}"


async def page(request: Request, datasette: Datasette) -> Response:
    """Show what there is to be checked, by list and rule."""
    language, term = language_of(request), page_values(datasette, request)["term"]
    return await render(
        datasette,
        request,
        "checks.html",
        lists=await ask_once(datasette, overview),
        rule_name=lambda kind, rule: rule_name(kind, rule, language, term),
    )


async def page_json(request: Request, datasette: Datasette) -> Response:
    """Give the numbers of entries by list and rule."""
    return json_answer(await ask_once(datasette, overview))


async def list_page(request: Request, datasette: Datasette) -> Response:
    """Show a page of a list."""
    asked = read_asked(request)
    if asked is None:
        return await missing(datasette, request)
    wrong = asked.fault is not None
    found = Listed(asked, 0, 1, 1, []) if wrong else await _listed(datasette, asked, page_number(request), PAGE)
    language, term = language_of(request), page_values(datasette, request)["term"]
    named = json.dumps([row["unit_id"] for row in found.rows])
    sql = "SELECT id FROM unit WHERE id IN (SELECT value FROM json_each(?))"
    return await render(
        datasette,
        request,
        "checklist.html",
        units={row["id"] for row in await ask(datasette, lambda db: all_rows(db, sql, named))},
        found=found,
        rules=(await ask_once(datasette, overview))[asked.kind] or {},
        rule_name=lambda rule: rule_name(asked.kind, rule, language, term),
        place_name=(full_name_in(asked.place) or word("front.no_place", language)) if asked.place else None,
        written=(full_name_in(asked.place) or asked.place) if asked.place else request.args.get("place") or "",
        choices=[(code, full_name_in(code)) for code in asked.choices],
        about=lambda row: within_name(row["rule"], row["place"] or "", language),
        sides=lambda row: _sides(row, language),
        told=lambda row: _told(asked.kind, row, language),
        evidence=_evidence,
        page_size=PAGE,
    )


def _sides(row: sqlite3.Row, language: str) -> str:
    """Return both sides of what was compared, "" where there are none."""
    sides = [row["left_side"], row["right_side"]]
    if sides == [None, None]:
        return ""
    left, right = ("—" if side is None else word_or(f"scope.{side}", language, str(side)) for side in sides)
    return f"{left} : {right}"


def _told(kind: str, row: sqlite3.Row, language: str) -> str:
    """Return the message of an entry, with its keys in words where it is a finding's."""
    message = row["message" if language == "en" else "message_zh"] or ""
    return finding_in_words(row["rule"], message, language) if kind in ("findings", "late") else message


def _entry(kind: str, row: sqlite3.Row) -> list[Any]:
    """Return an entry for a program; why there is no report is told in words, too."""
    entry = {name: row[name] for name in _COLUMNS}
    if kind == "late" and row["message"] is None:
        entry |= {"message": _state(row["rule"], "en"), "message_zh": _state(row["rule"], "zh")}
    return list(entry.values())


def _state(state: str, language: str) -> str:
    """Return in words why there is no report: `host_down:dns` with what follows its colon."""
    name, _, detail = state.partition(":")
    told = word_or(f"state.{name}", language, name)
    return f"{told} ({detail})" if detail else told


def _evidence(text: str | None) -> str:
    """Return evidence as it is read: JSON with its lines broken."""
    if not text:
        return ""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    except ValueError:
        return text


async def list_json(request: Request, datasette: Datasette) -> Response:
    """Give a page of a list."""
    asked = _asked_or_refused(request)
    if isinstance(asked, Response):
        return asked
    found = await _listed(datasette, asked, page_number(request), PAGE)
    entries = [dict(zip(_COLUMNS, _entry(asked.kind, row), strict=True)) for row in found.rows]
    return json_answer(
        {"list": asked.kind, "total": found.total, "page": found.page, "pages": found.pages, "entries": entries}
    )


async def list_csv(request: Request, datasette: Datasette) -> Response:
    """Give a whole list; refuses more than CSV_ROWS entries rather than cut them off."""
    asked = _asked_or_refused(request)
    if isinstance(asked, Response):
        return asked
    found = await ask(datasette, lambda db: listed(db, asked, 1, CSV_ROWS))
    if found.total > CSV_ROWS:
        return json_answer({"error": f"{found.total} entries: narrow the list by rule=, place= or year="}, 400)
    return csv_answer(f"gongkai-{asked.kind}.csv", _COLUMNS, (_entry(asked.kind, row) for row in found.rows))


async def list_atom(request: Request, datasette: Datasette) -> Response:
    """Give the first entries of a list as a feed."""
    asked = _asked_or_refused(request)
    if isinstance(asked, Response):
        return asked
    found = await _listed(datasette, asked, 1, FEED)
    language, term, served = language_of(request), page_values(datasette, request)["term"], release_of(datasette)
    entries = [
        Entry(
            row["name"],
            f"{row['unit_name']} {row['report_year']}: {rule_name(asked.kind, row['rule'], language, term)}",
            row["at"],
            f"/report/{row['report_id']}" if row["report_id"] else f"/unit/{row['unit_id']}",
            _summary(asked.kind, row, language),
        )
        for row in found.rows
    ]
    title = word(f"checks.{asked.kind}", language) + (f" [{served.notice}]" if served.notice else "")
    name = "/".join(map(str, (asked.kind, asked.rule, asked.place, asked.year, language)))
    itself = datasette.absolute_url(request, request.full_path)
    return atom_answer(
        name, title, f"{served.date}T00:00:00Z", language, entries, site_address(datasette, request), itself
    )


def _summary(kind: str, row: sqlite3.Row, language: str) -> str:
    """Return what an entry says in a feed: what changed where, or what was compared with what, and its message."""
    parts = [_told(kind, row, language)]
    if kind == "changed":
        parts = [
            row["place"],
            word("version.cells", language, n=row["right_side"]) if row["right_side"] else "",
            *parts,
        ]
    elif sides := _sides(row, language):
        about = within_name(row["rule"], row["place"] or "", language)
        parts = [word("mark.colon", language).join(filter(None, (about, sides))), *parts]
    return " · ".join(filter(None, parts))
