"""The page of a report and its other forms. It asks once and draws once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from datasette.utils.asgi import Request, Response
from markupsafe import Markup

from archive.labels import cell_label, finding_in_words, scope_label
from archive.website import queries
from archive.website.answers import json_answer
from archive.website.asking import Rows, ask
from archive.website.contract import report_object
from archive.website.drawing import draw
from archive.website.narrating import tie
from archive.website.report_files import NAMES
from archive.website.site import language_of, render, site_address
from archive.website.words import within_name
from parsers.templates import TABLES

if TYPE_CHECKING:  # Datasette loads this package while datasette.app is being imported
    from datasette.app import Datasette


async def missing(datasette: Datasette, request: Request) -> Response:
    """Say that there is no such page, with a way on; of what is withheld, since when and why."""
    named = request.url_vars.get("id", "")
    withheld = await ask(datasette, lambda db: queries.withheld(db, named))
    return await render(datasette, request, "missing.html", status=410 if withheld else 404, withheld=withheld)


async def refused(datasette: Datasette, request: Request, exception: Exception) -> Response:
    """Say what is wrong with what was asked, in the words of whoever refused it."""
    status = int(getattr(exception, "status", 400))
    message = getattr(exception, "message", None) or str(exception)
    if getattr(exception, "message_is_html", False):
        message = Markup(message).striptags()  # noqa: S704 - the tags are taken out, what is left is escaped again
    return await render(datasette, request, "refused.html", status=status, message=message)


async def no_row(message: str) -> Response:
    """Say to a program, in the shape of Datasette's errors, that there is no such row."""
    return json_answer({"ok": False, "error": message, "status": 404, "title": None}, 404)


async def missing_json(datasette: Datasette, request: Request, what: str) -> Response:
    """Say to a program that there is no such `what`; of what is withheld, since when and why."""
    named = request.url_vars.get("id", "")
    notice = await ask(datasette, lambda db: queries.withheld(db, named))
    if notice is None:
        return json_answer({"error": f"no such {what}"}, 404)
    told = ("unit_id", "unit_name", "report_year", "scope", "withheld_on", "why")
    return json_answer({"error": "withheld"} | {name: notice[name] for name in told}, 410)


def page_number(request: Request) -> int:
    """Return which page of a list is asked for, from 1; nonsense asks for the first."""
    asked = request.args.get("page") or "1"
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1


async def report(request: Request, datasette: Datasette) -> Response:
    """Show a report: its form, sections, checks, versions and source."""
    view = await ask(datasette, lambda db: queries.report(db, request.url_vars["id"]))
    if view is None:
        return await missing(datasette, request)
    language = language_of(request)
    tables = [draw(t, view.forms.get(t), view.cells, view.checks, language) for t in _tables(view.cells)]
    cells = [queries.as_cell(cell) for cell in view.cells]
    before = [s for s in view.siblings if s["report_year"] < view.report["report_year"]]
    return await render(
        datasette,
        request,
        "report.html",
        view=view,
        report=view.report,
        tables=tables,
        sections=[(section, tie(section, cells, view.checks)) for section in view.sections],
        before=before[-1] if before else None,
        address=f"{site_address(datasette, request)}/report/{view.report['id']}",
        pieces=json.loads,
        files=NAMES,
        cell_label=lambda *key: cell_label(*key, language),
        scope_label=lambda rule, scope: scope_label(rule, scope, language),
        about=lambda rule, within: within_name(rule, within, language),
        told=lambda f: finding_in_words(f["code"], f["message" if language == "en" else "message_zh"], language),
    )


def _tables(cells: Rows) -> tuple[str, ...]:
    """Return the tables to draw: those of the forms since 2019, with others that are there; of a list before 2019 only that."""
    there = tuple(dict.fromkeys(cell["table"] for cell in cells))
    others = tuple(table for table in there if table not in TABLES)
    return others if others and others == there else (*TABLES, *others)


async def report_json(request: Request, datasette: Datasette) -> Response:
    """Give a report as the contract of `gongkai parse`, with its unit, versions and capture."""
    view = await ask(datasette, lambda db: queries.report(db, request.url_vars["id"]))
    return await missing_json(datasette, request, "report") if view is None else json_answer(report_object(view))
