"""How fast a crawl is, against a bare Scrapy spider on the same pages in the same run.

A loopback server in a process of its own serves one list and `PAGES` articles of 190 KB, no two alike. Each contender runs in a
process of its own, delays at zero, 16 requests at a time: a bare Scrapy spider that keeps nothing; the same that writes a WARC with
warcio; `crawl` without reading (--fetch-only); reading alone (reparse); and the whole crawl, which reads beside fetching. Rates are
pages a second of wall time; CPU seconds count the process and its children. Run by `make bench`.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PAGES = int(os.environ.get("BENCH_PAGES", "2000"))
AT_ONCE = 16
HOST = "www.bench.test"
COLUMN = "/zwgk/zfxxgknb/"
_DECLARATION = f"""
slug = "bench"
name = "bench"
family = "trs"
place = "410400"
hosts = ["{HOST}"]
sample = true
[[column]]
url = "http://{HOST}{COLUMN}"
unit = ""
since = 2025-01-01
"""


def article(number: int) -> str:
    """Return the path of an article below the column."""
    return f"202401/t20240112_{number}.html"


# -- contenders, each in its own process -------------------------------------------------------------


def serve(port_file: str) -> None:
    """Serve the list and the articles until the parent goes away."""
    from aiohttp import web

    from tests.benchmarks.page import word_pasted_page

    page = word_pasted_page()
    at = page.index("局".encode())
    bodies = [page[:at] + f"第{n}分局".encode() + page[at:] for n in range(PAGES)]
    rows = "".join(
        f'<li><a href="./{article(n)}" title="第{n}分局2023年政府信息公开工作年度报告">报告</a><span>2024-01-12</span></li>'
        for n in range(PAGES)
    )
    listing = f"<html><body><ul>{rows}</ul><script>createPageHTML(1,0,'index','html');</script></body></html>".encode()
    known = {COLUMN + article(n): body for n, body in enumerate(bodies)} | {COLUMN: listing}

    async def answer(request: web.Request) -> web.Response:
        body = known.get(request.path)
        if body is None:
            return web.Response(status=404)
        return web.Response(body=body, headers={"Content-Type": "text/html;charset=utf-8"})

    async def run() -> None:
        application = web.Application()
        application.router.add_get("/{tail:.*}", answer)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        Path(port_file).write_text(str(runner.addresses[0][1]))
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)

    asyncio.run(run())


def bare(port: int, warc: str | None) -> None:
    """Fetch every page with a spider that keeps nothing, or writes a WARC."""
    import io

    from scrapy import Request, Spider
    from scrapy.crawler import AsyncCrawlerProcess
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    file = Path(warc).open("wb") if warc else None  # noqa: SIM115 - open as long as the spider
    writer = WARCWriter(file, gzip=True) if file else None
    seen = []

    class Bare(Spider):
        name = "bare"

        async def start(self) -> Any:
            yield Request(f"http://127.0.0.1:{port}{COLUMN}")

        def parse(self, response: Any) -> Any:
            for href in response.css("li a::attr(href)").getall():
                yield response.follow(href, self.keep)

        def keep(self, response: Any) -> None:
            seen.append(len(response.body))
            if writer is None:
                return
            headers = [(n.decode(), v.decode()) for n, vs in response.headers.items() for v in vs]
            http = StatusAndHeaders(f"{response.status} OK", headers, protocol="HTTP/1.1")
            record = writer.create_warc_record(response.url, "response", io.BytesIO(response.body), http_headers=http)
            writer.write_record(record)

    process = AsyncCrawlerProcess(
        {
            "CONCURRENT_REQUESTS": AT_ONCE, "CONCURRENT_REQUESTS_PER_DOMAIN": AT_ONCE, "LOG_LEVEL": "ERROR",
            "DOWNLOAD_DELAY": 0, "TELNETCONSOLE_ENABLED": False,
        }
    )  # fmt: skip
    process.crawl(Bare)
    process.start()
    if file:
        file.close()
    assert len(seen) == PAGES


def ours(port: int, archive: str, reading: bool) -> None:
    """Crawl into an archive, reading beside it or not at all."""
    from archive import Archive, SystemClock
    from archive.readings import read_beside, read_captures
    from crawler.declarations import load_portal
    from crawler.run import Job, run_job

    job = Job(
        archive=Path(archive),
        portals=(load_portal(_DECLARATION),),
        clock=SystemClock(),
        authorities={f"{HOST}:80": ("127.0.0.1", port)},
        delay=0,
        sample=True,
        settings={"CONCURRENT_REQUESTS": AT_ONCE, "CONCURRENT_REQUESTS_PER_DOMAIN": AT_ONCE},
    )
    if not reading:
        summary = run_job(job)
    else:
        Archive.open(job.archive, job.clock, create=True, sample=True).close()
        with read_beside(job.archive, job.clock, workers=os.cpu_count() or 1):
            summary = run_job(job)
        with Archive.open(job.archive, job.clock) as opened:
            read_captures(opened)
    assert summary.captures["ok"] == PAGES + 1, summary


def reparse(archive: str) -> None:
    """Read what is kept."""
    from archive import Archive, SystemClock
    from archive.readings import read_captures

    with Archive.open(Path(archive), SystemClock()) as opened:
        read = read_captures(opened, workers=os.cpu_count() or 1)
    assert read.readings == {"report": PAGES}, read


# -- the run -----------------------------------------------------------------------------------------


def measured(*arguments: str) -> tuple[float, float]:
    """Run a contender; return (wall seconds, CPU seconds of it and its children)."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run([sys.executable, "-m", "tests.benchmarks.crawl", *arguments], check=True)
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - start
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Run every contender and print the ratios."""
    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as folder:
        port_file = Path(folder) / "port"
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.crawl", "serve", str(port_file)], stdin=subprocess.PIPE
        )
        while not port_file.is_file() or not port_file.read_text():
            time.sleep(0.1)
        port = port_file.read_text()
        told = {
            "bare": measured("bare", port),
            "warc": measured("bare", port, f"{folder}/bare.warc.gz"),
            "fetch only": measured("ours", port, f"{folder}/fetched"),
            "reparse": measured("reparse", f"{folder}/fetched"),
            "whole": measured("ours", port, f"{folder}/whole", "reading"),
        }
        server.terminate()
        server.wait()
    rate = {name: PAGES / wall for name, (wall, _) in told.items()}
    print(f"{PAGES} pages of 190 KB, {cores} cores, {datetime.now(UTC):%Y-%m-%d}")
    for name, (wall, cpu) in told.items():
        print(f"  {name:<12} {wall:7.1f} s  {rate[name]:7.1f} pages/s  {1000 * cpu / PAGES:6.2f} ms CPU a page")
    allowed = cores / ((told["fetch only"][1] + told["reparse"][1]) / PAGES)
    print(f"  fetch only / bare        {rate['fetch only'] / rate['bare']:.2f}  (wanted >= 0.8)")
    print(f"  fetch only / WARC        {rate['fetch only'] / rate['warc']:.2f}  (wanted >= 1.5)")
    print(
        f"  whole / what {cores} cores allow ({allowed:.1f} pages/s)  {rate['whole'] / allowed:.2f}  (wanted >= 0.85)"
    )
    print(f"  whole / bare             {rate['whole'] / rate['bare']:.2f}")
    print(json.dumps({name: round(value, 1) for name, value in rate.items()}))


_CONTENDERS: dict[str, Callable[..., None]] = {
    "serve": serve,
    "bare": lambda port, warc=None: bare(int(port), warc),
    "ours": lambda port, archive, reading="": ours(int(port), archive, bool(reading)),
    "reparse": reparse,
}

if __name__ == "__main__":
    if len(sys.argv) > 1:
        _CONTENDERS[sys.argv[1]](*sys.argv[2:])
    else:
        main()
