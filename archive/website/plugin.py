"""Datasette's way in: adds our pages where a release is attached, and does nothing at all where none is.

Loaded by Datasette through the entry point `datasette` -> `gongkai`, in every Datasette of the environment.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pluggy
from datasette.utils.asgi import Base400, NotFound, Request, Response
from datasette.views.base import DatasetteError
from jinja2 import ChoiceLoader, Environment, PackageLoader

from archive.website import checking, comparing, dataset, front, pages, places, report_files, searching, sources, units
from archive.website.asking import ask_once
from archive.website.facets import read_facets
from archive.website.freshness import View, kept_fresh, language_for_cookie
from archive.website.site import STATIC, find_release, language_of, page_values, robots, static_file
from archive.website.worded import Worded
from archive.website.words import word

if TYPE_CHECKING:  # Datasette loads this package while datasette.app is being imported
    from datasette.app import Datasette

hookimpl = pluggy.HookimplMarker("datasette")  # what datasette.hookimpl is, with types

_ID = r"(?P<id>[0-9A-Za-z-]{1,64})"
_CODE = r"(?P<code>[0-9]{6})"
_KIND = r"(?P<kind>[a-z]{1,20})"
_RELEASE = r"(?P<release>[0-9.-]{10,15})"
_NAME = r"(?P<name>[A-Za-z0-9._-]{1,64})"

PAGES: tuple[tuple[str, View], ...] = (
    (r"^/$", front.page),
    (r"^/index\.json$", front.page_json),
    (r"^/search$", searching.page),
    (r"^/search\.json$", searching.page_json),
    (r"^/search\.csv$", searching.page_csv),
    (rf"^/report/{_ID}\.json$", pages.report_json),
    (rf"^/report/{_ID}/files/{_NAME}$", report_files.file),
    (rf"^/report/{_ID}$", pages.report),
    (rf"^/report/{_ID}/source$", sources.source),
    (rf"^/report/{_ID}/source\.json$", sources.source_json),
    (rf"^/report/{_ID}/source/page$", sources.captured_page),
    (rf"^/report/{_ID}/source/bytes$", sources.captured_bytes),
    (rf"^/unit/{_ID}\.json$", units.page_json),
    (rf"^/unit/{_ID}\.csv$", units.page_csv),
    (rf"^/unit/{_ID}$", units.page),
    (rf"^/place/{_CODE}\.json$", places.page_json),
    (rf"^/place/{_CODE}\.csv$", places.page_csv),
    (rf"^/place/{_CODE}$", places.page),
    (r"^/compare$", comparing.page),
    (r"^/compare\.json$", comparing.page_json),
    (r"^/compare\.csv$", comparing.page_csv),
    (r"^/checks$", checking.page),
    (r"^/checks\.json$", checking.page_json),
    (rf"^/checks/{_KIND}\.json$", checking.list_json),
    (rf"^/checks/{_KIND}\.csv$", checking.list_csv),
    (rf"^/checks/{_KIND}\.atom$", checking.list_atom),
    (rf"^/checks/{_KIND}$", checking.list_page),
    (r"^/data$", dataset.page),
    (r"^/data\.json$", dataset.page_json),
    (rf"^/data/{_NAME}$", dataset.download),
    (rf"^/data/{_RELEASE}/{_NAME}$", dataset.download_earlier),
)

ROUTES: tuple[tuple[str, View], ...] = (
    *((address, kept_fresh(view)) for address, view in PAGES),
    (r"^/-/gongkai/(?P<name>(?:vendor/)?[A-Za-z.-]{1,32})$", static_file),
    (r"^/robots\.txt$", robots),
)


@hookimpl
def register_routes(datasette: Datasette) -> list[tuple[str, View]]:
    """Add our pages."""
    return list(ROUTES) if find_release(datasette) else []


@hookimpl
def startup(datasette: Datasette) -> Callable[[], Awaitable[None]]:
    """Ask before the first reader does what is asked of a release only once: of 100,000 reports it takes two seconds."""

    async def ask_all() -> None:
        if find_release(datasette):
            for question in (front.front, read_facets, checking.overview, dataset.one_of_each):
                await ask_once(datasette, question)

    return ask_all


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[Any], Any]:
    """Let the answers to readers who have chosen a language be kept by caches."""
    return language_for_cookie if find_release(datasette) else lambda app: app


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Datasette) -> None:
    """Put our templates before Datasette's own, which speak the reader's language then: its pages bear our header."""
    if find_release(datasette):
        assert env.loader is not None
        env.loader = ChoiceLoader([PackageLoader("archive.website"), Worded(env.loader)])


@hookimpl
def extra_template_vars(request: Request | None, datasette: Datasette) -> dict[str, Any]:
    """Give Datasette's own pages what our header needs."""
    if request is None or not find_release(datasette):
        return {}
    return page_values(datasette, request)


@hookimpl
def extra_css_urls(datasette: Datasette) -> list[str]:
    """Give Datasette's own pages our colours."""
    return [f"{STATIC}/datasette.css"] if find_release(datasette) else []


@hookimpl
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Callable[[], Awaitable[Response]] | None:
    """Say what is not there, or what was asked wrongly, as our pages do; programs get Datasette's JSON, faults its page."""
    if request is None or not find_release(datasette):
        return None
    if request.path.endswith(".json"):
        return (lambda: pages.no_row(str(exception))) if _names_no_row(exception) else None
    if isinstance(exception, NotFound) or _names_no_row(exception):
        return lambda: pages.missing(datasette, request)
    if isinstance(exception, DatasetteError | Base400):
        return lambda: pages.refused(datasette, request, exception)
    return None


def _names_no_row(exception: Exception) -> bool:
    """Tell whether a row of a table was asked for by too few values of its key, which Datasette hands to SQLite."""
    return isinstance(exception, sqlite3.ProgrammingError) and "did not supply a value" in str(exception)


@hookimpl
def get_metadata(datasette: Datasette, key: str, database: str | None, table: str | None) -> dict[str, Any]:
    """Describe the release to Datasette, so that its pages and its JSON say what the data is."""
    found = find_release(datasette)
    if found is None:
        return {}
    notice = found.notice
    title = "Gongkai Archive"
    return {
        "title": f"{title} ({notice})" if notice else title,
        "databases": {
            found.database: {
                "title": f"{title} {found.date}",
                "description": notice or f"{word('data.about', 'zh')} {word('data.about', 'en')}",
                "tables": {
                    "unit": {"label_column": "name"},
                    "report": {"label_column": "title", "sort_desc": "report_year"},
                    "search_entry": {"hidden": True},
                    "search_facet": {"hidden": True},
                },
            }
        },
    }


@hookimpl
def menu_links(datasette: Datasette, request: Request | None) -> list[dict[str, str]]:
    """Link our front page from Datasette's menu."""
    if request is None or not find_release(datasette):
        return []
    return [{"href": datasette.urls.path("/"), "label": word("nav.home", language_of(request))}]


@hookimpl
def canned_queries(datasette: Datasette, database: str) -> dict[str, dict[str, str]]:
    """Give Datasette the queries to begin with."""
    found = find_release(datasette)
    if found is None or database != found.database:
        return {}
    return {
        name: {"sql": query["sql"], "title": f"{query['zh']} · {query['en']}"}
        for name, query in dataset.queries().items()
    }
