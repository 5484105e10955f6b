"""What every page needs: the release that is served, the reader's language, and answers with safe headers."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cache, partial
from http.cookies import CookieError
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

from datasette.utils.asgi import NotFound, Request, Response
from jinja2 import Environment

from archive.publication.codebook import Term, terms
from archive.publication.database import APPLICATION_ID
from archive.website.words import word, word_or

if TYPE_CHECKING:  # Datasette loads this package while datasette.app is being imported
    from datasette.app import Datasette

Language = Literal["zh", "en"]
COOKIE = "gongkai_lang"
STATIC = "/-/gongkai"

SAFE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
    " frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Cookie, Accept-Language",
}

_STATIC_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".LICENSE": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Served:
    """The release that a Datasette serves: the name of its database there, its folder, its date and its mark."""

    database: str
    folder: Path
    date: str
    notice: str


def find_release(datasette: Datasette) -> Served | None:
    """Return the first attached database that is a release, or None."""
    for name, database in datasette.databases.items():
        if database.path and (found := _look(str(database.path))):
            return Served(name, Path(database.path).resolve().parent, *found)
    return None


@cache
def _look(path: str) -> tuple[str, str] | None:
    """Return the date and notice of the release at `path`, None for any other database; a release never changes."""
    with closing(sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True)) as db:
        if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            return None
        date, notice = db.execute("SELECT date, notice FROM release").fetchone()
    return date, notice


def release_of(datasette: Datasette) -> Served:
    """Return the release that is served; raises NotFound where there is none."""
    found = find_release(datasette)
    if found is None:
        raise NotFound("no release is attached")
    return found


def language_of(request: Request) -> Language:
    """Return the reader's language: `?lang=` (`?_lang=` on Datasette's pages), the cookie, Accept-Language, then Chinese."""
    for asked in (request.args.get("lang"), request.args.get("_lang"), _cookie(request)):
        if asked in ("zh", "en"):
            return "en" if asked == "en" else "zh"
    accepted = request.headers.get("accept-language", "").lower()
    for item in accepted.split(","):
        tag = item.split(";")[0].strip().split("-")[0]
        if tag in ("zh", "en"):
            return "en" if tag == "en" else "zh"
    return "zh"


def _cookie(request: Request) -> str | None:
    try:
        value: str | None = request.cookies.get(COOKIE)
    except CookieError:  # sent by another site of this host: no reason not to show the page
        return None
    return value


def page_values(datasette: Datasette, request: Request) -> dict[str, Any]:
    """Return what header and footer of any page need."""
    served, language = release_of(datasette), language_of(request)
    path = datasette.urls.path
    kept = [(k, v) for k in request.args for v in request.args.getlist(k) if k != "lang"]
    return {
        "gongkai": served,
        "lang": language,
        "t": partial(word, language=language),
        "words_or": partial(_word_or, language=language),
        "term": partial(_term, language=language),
        "detail_terms": partial(_detail_terms, language=language),
        "url": path,
        "static": static_path(datasette),
        "same_page": (request.path, kept),
        "canonical": datasette.absolute_url(request, request.path) + (f"?{urlencode(kept)}" if kept else ""),
    }


def _word_or(key: str, otherwise: str, *, language: Language) -> str:
    return word_or(key, language, otherwise)


def _term(kind: str, key: str, part: Literal["name", "about"] = "name", *, language: Language) -> str:
    """Return a term of the codebook (or its key, for one the codebook does not have: a later parser's rule)."""
    for term in terms(kind):
        if term.key == key:
            return _part(term, part, language)
    return key if part == "name" else ""


def _detail_terms(kind: str, *, language: Language) -> dict[str, list[str]]:
    """Return for each key of a kind of terms its name and what it promises."""
    return {t.key: [_part(t, "name", language), _part(t, "about", language)] for t in terms(kind)}


def _part(term: Term, part: str, language: Language) -> str:
    if part == "about":
        return term.about_en if language == "en" else term.about_zh
    return term.en if language == "en" else term.zh


def static_path(datasette: Datasette) -> Any:
    """Return a function from a static file's name to its address, which changes with its content."""
    return lambda name: datasette.urls.path(f"{STATIC}/{name}") + f"?{_static(name)[1]}"


@cache
def _static(name: str) -> tuple[bytes, str]:
    body = files("archive.website").joinpath("static", name).read_bytes()
    return body, hashlib.sha256(body).hexdigest()[:8]


async def static_file(request: Request) -> Response:
    """Answer with a file of `static/`; raises NotFound for any other name."""
    name = request.url_vars["name"]
    kind = _STATIC_TYPES.get(Path(name).suffix)
    if kind is None or not files("archive.website").joinpath("static", name).is_file():
        raise NotFound(f"no such file: {name}")
    headers = {"Cache-Control": "max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(_static(name)[0], headers=headers, content_type=kind)


async def robots(datasette: Datasette) -> Response:
    """Ask robots to leave alone what has no end (filters, comparisons, SQL): places lead to every report."""
    endless = ("/search", "/compare", f"/{release_of(datasette).database}")
    lines = ("User-agent: *", *(f"Disallow: {datasette.urls.path(path)}" for path in endless), "")
    return Response.text("\n".join(lines), headers={"Cache-Control": "public, max-age=86400"})


@cache
def _templates(datasette: Environment) -> Environment:
    """Return the environment of Datasette's templates for ours, which wait for nothing: each macro called would be awaited."""
    return datasette.overlay(enable_async=False)


async def render(
    datasette: Datasette, request: Request, template: str, *, status: int = 200, **values: Any
) -> Response:
    """Answer with one of our templates, in the reader's language, which is remembered where it was asked for."""
    page = _templates(datasette.jinja_env).get_template(f"gongkai/{template}")
    body = page.render(**page_values(datasette, request), **values)
    response = Response.html(body, status=status, headers=dict(SAFE_HEADERS))
    if request.args.get("lang") in ("zh", "en"):
        response.set_cookie(COOKIE, language_of(request), max_age=31536000)
        response.headers["Cache-Control"] = "private, no-store"  # else a shared cache would hand the choice on
    return response


def site_address(datasette: Datasette, request: Request) -> str:
    """Return where the site stands, as the reader asked for it, without a slash at the end."""
    address: str = datasette.absolute_url(request, datasette.urls.path("/"))
    return address.rstrip("/")
