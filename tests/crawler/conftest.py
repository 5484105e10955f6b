"""A real server on loopback whose every answer the test writes, and declarations for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from archive.clock import SimulatedClock
from archive.store import Archive
from crawler.declarations import Column, Portal
from crawler.run import Job

HOST = "www.a.test"


@dataclass
class Site:
    """Serves `pages`: by path, or by "POST path"; an unknown path is 404. `log` keeps (method, path, headers)."""

    port: int = 0
    pages: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    log: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    @property
    def authorities(self) -> dict[str, tuple[str, int]]:
        return {f"{HOST}:80": ("127.0.0.1", self.port)}

    def page(self, path: str, body: str | bytes = "", status: int = 200, **headers: str) -> None:
        """Answer `path` so; an ETag is honoured."""
        data = body.encode() if isinstance(body, str) else body

        def answer(handler: BaseHTTPRequestHandler) -> None:
            etag = headers.get("ETag")
            if etag is not None and handler.headers.get("If-None-Match") == etag:
                send(handler, 304, b"", headers)
            else:
                send(handler, status, data, headers)

        self.pages[path] = answer

    def column(self, number: int, path: str = "/nb/") -> list[str]:
        """Serve a TRS list of `number` reports on one page, and the reports; return their paths."""
        names = [f"202503/t20250312_{n}.html" for n in range(1, number + 1)]
        self.page(path, trs_list([f"./{name}" for name in names]))
        for name in names:
            self.page(f"{path}{name}", f"<div class=TRS_Editor>{name}</div>")
        return [f"{path}{name}" for name in names]

    def asked(self) -> list[str]:
        return [path for _, path, _ in self.log]


def trs_list(links: list[str], pages: int = 1, current: int = 0) -> str:
    rows = "".join(
        f'<li><a href="{link}" title="某某市财政局{2024}年政府信息公开工作年度报告（{link}）">某某…</a>'
        f"<span>2025-03-12</span></li>"
        for link in links
    )
    pager = f'<script>createPageHTML({pages}, {current}, "index", "html");</script>'
    return f"<html><meta charset=utf-8><ul class=list>{rows}</ul>{pager}</html>"


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: Mapping[str, str]) -> None:
    handler.send_response(status)
    sent = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body))} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    for name, value in sent.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def site() -> Iterator[Site]:
    """A server for www.a.test with an empty robots.txt."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.log.append((self.command, self.path, dict(self.headers)))
            site.times.append(time.monotonic())
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            key = self.path if self.command == "GET" else f"{self.command} {self.path}"
            answer = site.pages.get(key)
            if answer is None:
                send(self, 404, b"<html>not found</html>", {})
            else:
                answer(self)

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Keep quiet about clients that leave early."""

    server = Server(("127.0.0.1", 0), Handler)
    site.port = server.server_address[1]
    site.page("/robots.txt", "User-agent: *\nDisallow:\n")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield site
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def portal() -> Portal:
    """A sample portal with one column on www.a.test."""
    return Portal(
        slug="sample-a",
        name="某某市人民政府门户网站（样本）",
        family="trs",
        place="410400",
        hosts=(HOST,),
        columns=(Column(f"http://{HOST}/nb/", "", date(2025, 4, 1)),),
        sample=True,
    )


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(datetime(2025, 4, 10, 4, tzinfo=UTC))


@pytest.fixture
def job(tmp_path: Path, portal: Portal, site: Site, clock: SimulatedClock) -> Job:
    """A job on the site without delay and with short timeouts."""
    return Job(
        archive=tmp_path / "archive",
        portals=(portal,),
        clock=clock,
        authorities=site.authorities,
        delay=0,
        sample=True,
        settings={"DOWNLOAD_TIMEOUT": 3, "RETRY_TIMES": 0},
    )


@pytest.fixture
def captured(job: Job) -> Callable[[], list[tuple[str, str, int | None, str | None, str | None]]]:
    """Return the captures of the job's archive as (path, outcome, status, verdict, reason), in their order."""

    def read() -> list[tuple[str, str, int | None, str | None, str | None]]:
        with Archive.open(job.archive, job.clock) as archive:
            return [
                (row["url"].removeprefix(f"http://{HOST}"), *row[1:])
                for row in archive.db.execute(
                    "SELECT url, outcome, status, verdict, reason FROM capture ORDER BY rowid"
                )
            ]

    return read
