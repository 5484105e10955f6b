"""Serves a release on this machine: Datasette in immutable mode with our pages, nothing that writes."""

from __future__ import annotations

import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from socket import AF_INET, AF_INET6, create_server, socket
from typing import Any

import uvicorn
from datasette.app import Datasette
from datasette.plugins import pm

from archive.publication import ReleaseError, resolve_release
from archive.website import plugin

SWITCH_INTERVAL = 0.0005
"""Seconds, default 0.005: a query comes back to Python for each row, and would wait so long each time while a page is drawn."""

SETTINGS: dict[str, Any] = {
    "sql_time_limit_ms": 1000,  # default 1000, written down because anyone may ask anything
    "default_page_size": 50,  # default 100: rows of a report hold long texts
    "num_sql_threads": 4,  # default 3: a slow query of one reader must not hold up the pages of the others
    "facet_time_limit_ms": 500,  # default 200: cells are many, and a facet that is cut off vanishes without a word
    "suggest_facets": False,  # default True: a dozen queries for each page of a table, half its time
    "truncate_cells_html": 300,  # default 2048: narratives
    "max_returned_rows": 5000,  # default 1000: a unit's cells over a decade
    "default_cache_ttl": 60,  # default 5: a release never changes
    "allow_download": True,
    "default_allow_sql": True,
}


class Site(uvicorn.Server):
    """Uvicorn with Datasette on one release, which says when it answers."""

    def __init__(self, release: Path, started: Callable[[], None]) -> None:
        sys.setswitchinterval(SWITCH_INTERVAL)
        self.datasette = make_datasette(release)
        self._tell = started
        config = uvicorn.Config(
            read_only(self.datasette.app()),
            log_config=None,
            log_level="critical",
            access_log=False,
            timeout_graceful_shutdown=2,  # a browser's open connection must not keep an interrupted site alive
        )
        super().__init__(config)

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets=sockets)
        if self.started:
            self._tell()

    def answer(self, listening: socket) -> None:
        """Answer until stopped, then close the release; raises ReleaseError where it did not come up."""
        try:
            self.run(sockets=[listening])
        finally:
            self.datasette.executor.shutdown()
        if not self.started:
            raise ReleaseError(
                "the site did not start: is gongkai.db whole? compare its SHA-256 with manifest.json",
                "网站未能启动：请核对 gongkai.db 的 SHA-256 是否与 manifest.json 一致",
            )


def read_only(app: Any) -> Any:
    """Return the ASGI application `app` behind a wall that lets nothing but GET and HEAD through."""

    async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD"):
            headers = [(b"allow", b"GET, HEAD"), (b"content-length", b"0")]
            await send({"type": "http.response.start", "status": 405, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        await app(scope, receive, send)

    return answer


def make_datasette(release: Path) -> Datasette:
    """Return Datasette on the release's database, which is opened immutable."""
    if not pm.is_registered(plugin):  # run from a checkout: no entry point has loaded it
        pm.register(plugin, name="gongkai")
    return Datasette([], immutables=[str(release / "gongkai.db")], settings=SETTINGS)


def serve(
    release: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8001,
    open_browser: bool = False,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve `release` (or the newest in a folder of releases) until interrupted; port 0 takes a free one.

    `ready` is called with the address once it answers. Prints nothing. Raises NotFoundError where there is no release,
    OSError where the port is taken, KeyboardInterrupt when interrupted.
    """
    found = resolve_release(release)
    with closing(_listen(host, port)) as listening:
        url = _address(listening)

        def started() -> None:
            if open_browser:
                webbrowser.open(url)
            if ready:
                ready(url)

        Site(found, started).answer(listening)


@contextmanager
def serving(release: Path, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve `release` in a thread while the block runs, and give its address; raises as `serve` does."""
    up = threading.Event()
    site = Site(resolve_release(release), up.set)
    with closing(_listen(host, port)) as listening, ThreadPoolExecutor(1, "gongkai-site") as thread:
        answering = thread.submit(site.answer, listening)
        answering.add_done_callback(lambda _: up.set())
        up.wait()
        try:
            if site.started:
                yield _address(listening)
        finally:
            site.should_exit = True
            answering.result()


def _listen(host: str, port: int) -> socket:
    return create_server((host, port), family=AF_INET6 if ":" in host else AF_INET, backlog=128)


def _address(listening: socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
