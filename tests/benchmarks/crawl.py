"""How fast a crawl is, against a bare Scrapy spider on the same pages in the same run.

A loopback server in a process of its own serves one list and `PAGES` articles of 190 KB, no two alike, each another body's report. Each contender runs in
processes of its own, delays at zero, `AT_ONCE` requests at a time over as many kept connections: a bare Scrapy spider that keeps
nothing; the same that writes a WARC with warcio; `crawl` without reading (--fetch-only); reading alone (reparse); and the whole
crawl, which reads beside fetching. All run once unmeasured, so that bytecode and files are in their caches for everybody, and then
`ROUNDS` times, every other time in the opposite order; figures are medians, ratios those of the rounds. Rates are pages a second of
wall time from the start of the process to its end; CPU seconds count the process and its children. Beside them stand what the server
spent, the connections it saw, and what share of all cores others took meanwhile: where that is not near zero, ratios of wall time
mean little. Run by `make bench`; with the argument `fetching` the two contenders that read are left out.
"""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PAGES = int(os.environ.get("BENCH_PAGES", "2000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
AT_ONCE = 16
SEEN = "/seen"
"""Where the server says how many connections it has seen since it was asked last."""
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

    from tests.benchmarks.page import word_pasted_pages

    bodies = list(word_pasted_pages(PAGES))
    rows = "".join(
        f'<li><a href="./{article(n)}" title="第{n}分局2023年政府信息公开工作年度报告">报告</a><span>2024-01-12</span></li>'
        for n in range(PAGES)
    )
    listing = f"<html><body><ul>{rows}</ul><script>createPageHTML(1,0,'index','html');</script></body></html>".encode()
    known = {COLUMN + article(n): body for n, body in enumerate(bodies)} | {COLUMN: listing}

    connections: set[int] = set()

    async def answer(request: web.Request) -> web.Response:
        if request.path == SEEN:
            seen = str(len(connections))
            connections.clear()
            return web.Response(text=seen)
        connections.add(request.transport.get_extra_info("peername")[1])
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
    from archive.reading.readings import read_beside, read_captures
    from crawler.declarations import load_portal
    from crawler.run import Job, run_job

    job = Job(
        archive=Path(archive),
        portals=(load_portal(_DECLARATION),),
        clock=SystemClock(),
        authorities={f"{HOST}:80": ("127.0.0.1", port)},
        delay=0,
        sample=True,
        settings={
            "CONCURRENT_REQUESTS": AT_ONCE, "CONCURRENT_REQUESTS_PER_DOMAIN": AT_ONCE, "ADDRESS_CONCURRENCY": AT_ONCE,
        },
    )  # fmt: skip
    if not reading:
        summary = run_job(job)
    else:
        Archive.open(job.archive, job.clock, create=True, sample=True).close()
        with read_beside(job.archive, job.clock, workers=os.cpu_count() or 1):
            summary = run_job(job)
        with Archive.open(job.archive, job.clock) as opened:
            read_captures(opened, workers=os.cpu_count() or 1)
    assert summary.captures["ok"] == PAGES + 1, summary


def reparse(archive: str) -> None:
    """Read what is kept."""
    from archive import Archive, SystemClock
    from archive.reading.readings import read_captures

    with Archive.open(Path(archive), SystemClock()) as opened:
        read = read_captures(opened, workers=os.cpu_count() or 1)
    assert read.readings == {"report": PAGES}, read


# -- the run -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measure:
    """One run of a contender: seconds of wall time and of CPU, the server's CPU seconds, its connections, others' share."""

    wall: float
    cpu: float
    served: float
    connections: int
    others: float


def measured(arguments: list[str], environment: dict[str, str], server: subprocess.Popen[bytes], port: str) -> Measure:
    """Run a contender and measure it."""
    seen = f"http://127.0.0.1:{port}{SEEN}"
    urllib.request.urlopen(seen).close()
    before, served, busy, start = _cpu_of_children(), _cpu_of(server.pid), _cpu_of_all(), time.monotonic()
    subprocess.run([sys.executable, "-m", "tests.benchmarks.crawl", *arguments], check=True, env=environment)
    wall, cpu = time.monotonic() - start, _cpu_of_children() - before
    served, busy = _cpu_of(server.pid) - served, _cpu_of_all() - busy
    with urllib.request.urlopen(seen) as answer:
        connections = int(answer.read())
    return Measure(wall, cpu, served, connections, max(0.0, busy - cpu - served) / wall / (os.cpu_count() or 1))


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _cpu_of(pid: int) -> float:
    """Return the CPU seconds of a process so far (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _cpu_of_all() -> float:
    """Return the seconds that all cores together were busy (proc(5)), steal included: then nobody could work here."""
    user, nice, system, _, _, irq, softirq, steal, *_ = map(int, Path("/proc/stat").read_text().split()[1:11])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def main(reading: bool) -> None:
    """Run the contenders in rounds and print medians and ratios."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = f"{folder}/bytecode"
        port_file = Path(folder) / "port"
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.crawl", "serve", str(port_file)], stdin=subprocess.PIPE
        )
        while not port_file.is_file() or not port_file.read_text():
            time.sleep(0.1)
        port = port_file.read_text()
        archives = {name: f"{folder}/archive of {name}" for name in ("fetch only", "reparse", "whole")}
        contenders = {
            "bare": ["bare", port],
            "warc": ["bare", port, f"{folder}/bare.warc.gz"],
            "fetch only": ["ours", port, archives["fetch only"]],
        }
        if reading:
            contenders["reparse"] = ["reparse", archives["reparse"]]
            contenders["whole"] = ["ours", port, archives["whole"], "reading"]
        told: dict[str, list[Measure]] = {name: [] for name in contenders}
        for number in range(ROUNDS + 1):
            for name in contenders if number % 2 == 0 else reversed(contenders):
                if name in archives:
                    shutil.rmtree(archives[name], ignore_errors=True)
                if name == "reparse":
                    shutil.copytree(archives["fetch only"], archives[name])
                measure = measured(contenders[name], environment, server, port)
                if number:
                    told[name].append(measure)
        server.terminate()
        server.wait()
    report(told)


def report(told: dict[str, list[Measure]]) -> None:
    """Print the medians, and the ratios that are asked for."""
    cores = os.cpu_count() or 1
    print(f"{PAGES} pages of 190 KB, {cores} cores, medians of {ROUNDS} rounds, {datetime.now(UTC):%Y-%m-%d}")
    for name, runs in told.items():
        wall, cpu, served = (
            statistics.median(values) for values in zip(*((r.wall, r.cpu, r.served) for r in runs), strict=True)
        )
        print(
            f"  {name:<10} {wall:6.1f} s {PAGES / wall:6.1f} pages/s {1000 * cpu / PAGES:6.2f} ms CPU a page"
            f"  (server {1000 * served / PAGES:.2f}, {max(run.connections for run in runs)} connections,"
            f" others {max(run.others for run in runs):.0%} of the cores)"
        )

    def ratio(name: str, other: str) -> str:
        rounds = list(zip(told[other], told[name], strict=True))
        by_wall = statistics.median(theirs.wall / ours.wall for theirs, ours in rounds)
        by_cpu = statistics.median(theirs.cpu / ours.cpu for theirs, ours in rounds)
        return f"{by_wall:.2f} (by CPU {by_cpu:.2f})"

    print(f"  fetch only / bare  {ratio('fetch only', 'bare')}, wanted >= 0.8")
    print(f"  fetch only / warc  {ratio('fetch only', 'warc')}, wanted >= 1.5")
    if "whole" in told:
        rounds = list(zip(told["fetch only"], told["reparse"], told["whole"], strict=True))
        share = statistics.median((f.cpu + r.cpu) / cores / w.wall for f, r, w in rounds)
        left = statistics.median((f.cpu + r.cpu) / cores / w.wall / (1 - w.others) for f, r, w in rounds)
        print(f"  whole / what {cores} cores allow  {share:.2f} (of what others left {left:.2f}), wanted >= 0.85")
        print(f"  whole / bare  {ratio('whole', 'bare')}")


_CONTENDERS: dict[str, Callable[..., None]] = {
    "serve": serve,
    "bare": lambda port, warc=None: bare(int(port), warc),
    "ours": lambda port, archive, reading="": ours(int(port), archive, bool(reading)),
    "reparse": reparse,
}

if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] in _CONTENDERS:
        _CONTENDERS[sys.argv[1]](*sys.argv[2:])
    else:
        main(reading=sys.argv[1:] != ["fetching"])
