"""The pages: front, search, report (and its JSON), unit, data and its downloads. Each asks once and draws once."""

from __future__ import annotations

import json
from collections.abc import Callable
from sqlite3 import Connection
from typing import TYPE_CHECKING, Any, TypeVar

from datasette.utils.asgi import AsgiFileDownload, NotFound, Request, Response

from archive.labels import cell_label
from archive.search.language import LONGEST
from archive.website import queries, searching
from archive.website.contract import report_object
from archive.website.drawing import draw
from archive.website.site import SAFE_HEADERS, language_of, release_of, render
from archive.website.words import word
from parsers.templates import TABLES

if TYPE_CHECKING:  # Datasette loads this package while datasette.app is being imported
    from datasette.app import Datasette

T = TypeVar("T")
LONGEST_QUERY = LONGEST + 1
"""What is cut off is said to be too long, and not left out without a word."""

_DOWNLOAD_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "db": "application/vnd.sqlite3",
}


async def ask(datasette: Datasette, question: Callable[[Connection], T]) -> T:
    """Answer `question` on a read-only connection to the release, off the event loop."""
    database = datasette.get_database(release_of(datasette).database)
    answer: T = await database.execute_fn(question)
    return answer


async def missing(datasette: Datasette, request: Request) -> Response:
    """Say that there is no such page, with a way on; of what is withheld, since when and why."""
    named = request.url_vars.get("id", "")
    withheld = await ask(datasette, lambda db: queries.withheld(db, named))
    return await render(datasette, request, "missing.html", status=410 if withheld else 404, withheld=withheld)


async def front(request: Request, datasette: Datasette) -> Response:
    """Show the front page."""
    return await render(datasette, request, "front.html", front=await ask(datasette, queries.front))


async def search(request: Request, datasette: Datasette) -> Response:
    """Show a page of what a query finds."""
    query = (request.args.get("q") or "").strip()[:LONGEST_QUERY]
    asked = request.args.get("page") or "1"
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    found = await ask(datasette, lambda db: searching.search(db, query, page))
    return await render(datasette, request, "search.html", found=found)


async def report(request: Request, datasette: Datasette) -> Response:
    """Show a report: its form, sections, checks, versions and source."""
    view = await ask(datasette, lambda db: queries.report(db, request.url_vars["id"]))
    if view is None:
        return await missing(datasette, request)
    language = language_of(request)
    others = [t for t in dict.fromkeys(cell["table"] for cell in view.cells) if t not in TABLES]
    tables = [draw(t, view.forms.get(t), view.cells, view.checks, language) for t in (*TABLES, *others)]
    return await render(
        datasette,
        request,
        "report.html",
        view=view,
        report=view.report,
        tables=tables,
        cell_label=lambda *key: cell_label(*key, language),
    )


async def report_json(request: Request, datasette: Datasette) -> Response:
    """Give a report as the contract of `gongkai parse`, with its unit, versions and capture."""
    view = await ask(datasette, lambda db: queries.report(db, request.url_vars["id"]))
    status = 404 if view is None else 200
    body: dict[str, Any] = {"error": "no such report"} if view is None else report_object(view)
    text = json.dumps(body, ensure_ascii=False)
    headers = dict(SAFE_HEADERS) | {"Access-Control-Allow-Origin": "*"}
    return Response(text, status, headers, "application/json; charset=utf-8")


async def unit(request: Request, datasette: Datasette) -> Response:
    """Show a unit's reports by year with its main figures."""
    view = await ask(datasette, lambda db: queries.unit(db, request.url_vars["id"]))
    if view is None:
        return await missing(datasette, request)
    language = language_of(request)
    figures = [(key, word(f"figure.{key[1]}", language)) for key in queries.MAIN_FIGURES]
    return await render(datasette, request, "unit.html", view=view, unit=view.unit, figures=figures)


async def data(request: Request, datasette: Datasette) -> Response:
    """Show the files of the release with sizes and hashes."""
    served = release_of(datasette)
    manifest = json.loads((served.folder / "manifest.json").read_text("utf-8"))
    row = await ask(datasette, queries.release)
    return await render(datasette, request, "data.html", manifest=manifest, release=row)


async def download(request: Request, datasette: Datasette) -> Response | AsgiFileDownload:
    """Send a file of the release; only those that its manifest names."""
    served = release_of(datasette)
    name = request.url_vars["name"]
    manifest = json.loads((served.folder / "manifest.json").read_text("utf-8"))
    if name != "manifest.json" and name not in {file["name"] for file in manifest["files"]}:
        raise NotFound(f"no such file: {name}")
    kind = _DOWNLOAD_TYPES.get(name.rsplit(".", 1)[-1], "application/octet-stream")
    headers = {"X-Content-Type-Options": "nosniff"}
    return AsgiFileDownload(served.folder / name, f"gongkai-{served.date}-{name}", kind, headers)
