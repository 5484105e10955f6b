"""Caching: a page of a release is the same until the release or this package changes, and an answer says so.

Guarantees: an entity tag is made from the release, this package, the address and the reader's language, so that a page asked for
again is answered 304 without a question to the database. Who has chosen a language is answered from caches like anybody else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response

from archive.website.earlier import earlier_releases
from archive.website.site import COOKIE, language_of, release_of

if TYPE_CHECKING:  # Datasette loads this package while datasette.app is being imported
    from datasette.app import Datasette

View = Callable[..., Awaitable[Any]]
_CHOICES = {f"{COOKIE}={language}".encode(): language.encode() for language in ("zh", "en")}
MAX_AGE = 300
"""Seconds for which a page need not be asked for again: the newest release has the same addresses as the last."""


def kept_fresh(view: View) -> View:
    """Return `view` with an entity tag and caching headers, which is not asked where the reader has its answer."""

    async def answer(request: Request, datasette: Datasette) -> Any:
        tag = _tag(request, datasette)
        headers = {"ETag": tag, "Cache-Control": f"public, max-age={MAX_AGE}", "Vary": "Cookie, Accept-Language"}
        asked = [text.strip().removeprefix("W/") for text in request.headers.get("if-none-match", "").split(",")]
        if tag in asked and "lang" not in request.args:
            return Response("", 304, headers, "text/plain")
        given = await view(request=request, datasette=datasette)
        if getattr(given, "status", 200) == 200:  # a file has none: it is found or an exception
            given.headers.update({name: value for name, value in headers.items() if name not in given.headers})
        return given

    return answer


def language_for_cookie(app: Any) -> Any:
    """Return the ASGI application `app`, told of a chosen language in Accept-Language where that is the only cookie.

    Datasette 0.65.5 forbids to keep any answer to a request with a cookie, styles and all: it may be a person. Ours is not.
    """

    async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
        cookies = [value for name, value in scope.get("headers", ()) if name == b"cookie"]
        if len(cookies) == 1 and (language := _CHOICES.get(cookies[0].strip())):
            others = [(n, v) for n, v in scope["headers"] if n not in (b"cookie", b"accept-language")]
            scope = dict(scope, headers=[*others, (b"accept-language", language)])
        await app(scope, receive, send)

    return answer


def _tag(request: Request, datasette: Datasette) -> str:
    release = _release(str(release_of(datasette).folder))
    parts = (release, _package(), request.full_path, language_of(request), request.headers.get("host", ""))
    return f'"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:20]}"'


@cache
def _release(folder: str) -> str:
    """Return what is another for another release, or where others are offered beside it."""
    manifest = Path(folder) / "manifest.json"
    if manifest.is_file():
        found = hashlib.sha256(manifest.read_bytes())
        for one in earlier_releases(Path(folder)):
            found.update(f"{one.name} {one.manifest}".encode())
        return found.hexdigest()
    copied = (Path(folder) / "gongkai.db").stat()  # the database alone, as Datasette's publishers take it
    return f"{copied.st_size} {copied.st_mtime_ns}"


@cache
def _package() -> str:
    """Return the hash of every file that a page is made from."""
    found = hashlib.sha256()
    for package in ("archive.website", "archive.publication", "parsers.templates"):
        for file in _walk(files(package)):
            found.update(file.read_bytes())
    return found.hexdigest()


def _walk(folder: Traversable) -> list[Traversable]:
    found: list[Traversable] = []
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.is_dir():
            found += [] if entry.name == "__pycache__" else _walk(entry)
        else:
            found.append(entry)
    return found
