"""The site under an open load: `python -m tests.benchmarks.site [--reports 3000] [--rate 20] [--seconds 60] [--release DIR]`.

Requests of a fixed mixture (every kind of page, its JSON and CSV, twenty searches) are sent at their times whether or not earlier
ones were answered, each in a connection of its own, by a generator on the same machine; a request's time counts from when it was
due. Prints median and 95th percentile by kind, then the highest rate at which the 95th percentile stays under 300 ms.
Without --release one is made of real places' names, every cell of the forms, and narratives of the sample portals.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit
from urllib.request import urlopen

from archive import Archive, SimulatedClock
from archive.publication import publish
from parsers.model import Cell, Check, Report, Where
from parsers.templates import TABLES, load_form
from tests.benchmarks.search import fill
from tests.benchmarks.search import reports as narratives

AT = datetime(2026, 4, 10, tzinfo=UTC)
WANTED_MS = 300
SEARCHES = (
    "公开", "行政复议", "训", "微信", "开放日", "三审三校", "融媒体中心", "政府信息公开条例", "财政局", "水利局",
    "公开 year=2022", "公开&level=county", "公开&year=2023", "微信 图书馆", "財務 OR 水利局", "202*", "公开&sort=newest", "培训&page=2",
    "place=410000 公开", "绝无此词",
)  # fmt: skip
_DOUBTFUL = 97
"""One report in so many has a row that does not add up."""


def with_cells(reports: Iterator[Report]) -> Iterator[Report]:
    """Give each report every cell of its forms, with figures of its own; some do not add up."""
    for number, report in enumerate(reports):
        drawn = random.Random(number)
        form = "2021" if (report.report_year or 0) > 2020 else "2019"
        forms = {t: form if t != "review_and_litigation" else "2021" for t in TABLES}
        cells: list[Cell] = []
        for block, (table, name) in enumerate(forms.items()):
            layout = load_form(table, name)
            for y, row in enumerate(layout.rows):
                for x, column in enumerate(layout.columns_of(row)):
                    value: int | str = drawn.randrange(60)
                    trust = "stated" if table == "proactive_disclosure" else "verified"
                    cells.append(
                        Cell(table, row.key, column.key, "value", value, str(value), trust, Where(block, y, x))
                    )
        failing = number % _DOUBTFUL == 0
        checks = (
            Check("A1", "new_received", "fail" if failing else "pass", 3, 4 if failing else 3),
            *(Check("A2", c.key, "pass", 1, 1) for c in load_form("requests", form).columns),
        )
        if failing:
            cells = [replace(c, trust="disputed") if c.row == "new_received" else c for c in cells]
        yield replace(
            report, forms=forms, cells=tuple(cells), checks=checks, published=f"{(report.report_year or 0) + 1}-01-20"
        )


def make_release(folder: Path, number: int) -> Path:
    """Make a release of `number` reports."""
    with Archive.open(folder / "archive", SimulatedClock(AT), create=True, sample=True) as archive:
        pages = (
            (f"<html><body><h1>{report.title}</h1></body></html>".encode(), report)
            for report in with_cells(narratives(number))
        )
        fill(archive, pages)
        return publish(archive, folder / "releases", at=AT).path


def mixture(site: str) -> dict[str, list[str]]:
    """Return addresses by kind of page, of reports, units and places that the release has."""
    sql = "select id, unit_id, place_code from report order by id"
    with urlopen(f"{site}gongkai.json?sql={quote(sql)}&_shape=array&_size=max") as answer:
        rows = json.load(answer)
    drawn = random.Random(6)
    some = [drawn.choice(rows) for _ in range(300)]
    several = ["&".join(f"r={drawn.choice(rows)['id']}" for _ in range(n)) for n in (2, 3, 6)]
    asked = [part.split("&", 1) for part in SEARCHES]
    queries = [quote(words) + ("&" + rest[0] if rest else "") for words, *rest in asked]
    return {
        "front": ["/"],
        "report": [f"/report/{r['id']}" for r in some],
        "report.json": [f"/report/{r['id']}.json" for r in some],
        "source": [f"/report/{r['id']}/source" for r in some],
        "unit": [f"/unit/{r['unit_id']}" for r in some],
        "unit.json": [f"/unit/{r['unit_id']}.json" for r in some],
        "county": [f"/place/{r['place_code']}" for r in some],
        "province": [f"/place/{r['place_code'][:2]}0000" for r in some],
        "place.json": [f"/place/{r['place_code']}.json" for r in some],
        "compare": [f"/compare?{asked}" for asked in several],
        "search": [f"/search?q={q}" for q in queries],
        "search.json": [f"/search.json?q={q}" for q in queries],
        "checks": ["/checks", "/checks/sums", "/checks/changed", "/checks/late", "/checks/findings"],
        "checks.csv": ["/checks/sums.csv", "/checks/sums.atom", "/checks/sums.json"],
        "data": ["/data"],
        "table": ["/gongkai/report", "/gongkai/report.json", "/gongkai/received_by_year"],
    }


WEIGHTS = {"report": 5, "search": 6, "search.json": 2, "unit": 3, "front": 2}
"""How often a kind is asked for where the others are asked for once."""


async def load(site: str, kinds: dict[str, list[str]], rate: float, seconds: float) -> list[tuple[str, float, int]]:
    """Send requests at `rate` a second; return (kind, seconds from when it was due, status; 0 for no answer)."""
    drawn = random.Random(20)
    names = [kind for kind in kinds for _ in range(WEIGHTS.get(kind, 1))]
    host, port = (urlsplit(site).hostname or "", urlsplit(site).port or 80)
    began, told, running = time.perf_counter(), [], []

    async def one(kind: str, path: str, due: float) -> None:
        status = 0
        try:
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
            answer = await asyncio.wait_for(reader.read(-1), 60)
            writer.close()
            status = int(answer.split(b" ", 2)[1])
        except (OSError, TimeoutError, IndexError):
            pass
        told.append((kind, time.perf_counter() - due, status))

    for number in range(round(rate * seconds)):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        kind = drawn.choice(names)
        running.append(asyncio.create_task(one(kind, drawn.choice(kinds[kind]), due)))
    await asyncio.gather(*running)
    return told


def percentile(values: list[float], share: float) -> float:
    """Return a percentile of `values` in milliseconds."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] * 1000


def main() -> None:
    """Make or take a release, serve it in a process of its own, load it, and print what was measured."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--reports", type=int, default=3000)
    options.add_argument("--release", type=Path)
    options.add_argument("--rate", type=float, default=20)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--most", type=float, default=160, help="the highest rate to try")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        release = given.release or make_release(Path(folder), given.reports)
        code = (
            "import sys; from pathlib import Path; from archive.website.serve import serve\n"
            "serve(Path(sys.argv[1]), port=0, ready=lambda url: print(url, flush=True))"
        )
        with subprocess.Popen(
            [sys.executable, "-c", code, str(release)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            assert process.stdout is not None
            site = process.stdout.readline().strip()
            try:
                measure(site, release, given.rate, given.seconds, given.most)
            finally:
                process.send_signal(signal.SIGINT)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"server: {used.ru_utime + used.ru_stime:.0f} s of CPU, {used.ru_maxrss / 1024:.0f} MB at most")


def measure(site: str, release: Path, rate: float, seconds: float, most: float) -> None:
    """Print the times by kind at `rate`, then the highest rate that holds."""
    size = (release / "gongkai.db").stat().st_size / 2**20
    kinds = mixture(site)
    with urlopen(f"{site}index.json") as answer:
        numbers = json.load(answer)["release"]
    print(
        f"{numbers['reports']} reports, {numbers['cells']} cells, {size:.0f} MB; load average {os.getloadavg()[0]:.1f}"
    )
    told = asyncio.run(load(site, kinds, rate, seconds))
    print(f"{rate:g} requests a second for {seconds:g} s\n{'kind':<12} {'n':>5} {'median':>8} {'p95':>8} {'most':>8}")
    for kind in [*kinds, "all"]:
        times = [took for k, took, _ in told if kind in (k, "all")]
        if times:
            row = [percentile(times, share) for share in (0.5, 0.95, 1)]
            print(f"{kind:<12} {len(times):>5} " + " ".join(f"{value:>6.0f}ms" for value in row))
    print(f"errors: {sum(status != 200 for _, _, status in told)}")
    holds = 0.0
    while (rate := holds * 1.25 if holds else rate) <= most:
        # the better of two: a machine that others use too is not quiet for a minute
        for _ in range(2):
            told = asyncio.run(load(site, kinds, rate, 20))
            high, errors = percentile([took for _, took, _ in told], 0.95), sum(status != 200 for _, _, status in told)
            print(
                f"{rate:6.1f} a second for 20 s: p95 {high:.0f} ms, errors {errors}, load average {os.getloadavg()[0]:.1f}"
            )
            if high < WANTED_MS and not errors:
                holds = rate
                break
        else:
            break
    print(f"highest rate with p95 < {WANTED_MS} ms and no error: {holds:.1f} a second")


if __name__ == "__main__":
    main()
