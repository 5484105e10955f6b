"""What an archive takes on disk and how fast it is read again, against what others do with the same captures in the same run.

A thousand reports of ten sample portals (crawler/samples, one family each where there are so many) are kept as captures with the
headers that their servers send, compacted, written as `.warc.gz` by warcio and packed by git; then every page's figures change.
Reading again is measured with 1 worker and 2, in turns, on the same bodies. A second crawl of unchanged portals is a real one.
Run by `make bench`; `python -m tests.benchmarks.archive sizes|reading|growth` runs a part.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from archive import Archive, Capture, SimulatedClock, SystemClock
from archive.keeping.compaction import compact
from archive.keeping.disk import Disk, disk
from archive.reading.readings import read_captures
from archive.reading.reparse import reparse
from archive.selection import Selection
from crawler.samples import World

REPORTS = int(os.environ.get("BENCH_REPORTS", "1000"))
PORTALS = 10
AT = datetime(2025, 4, 1, tzinfo=UTC)
TURNS = int(os.environ.get("BENCH_TURNS", "3"))


def captures() -> list[Capture]:
    """Return one capture of each report, as many from each portal."""
    each = REPORTS // PORTALS
    world = World.of_families(units=-(-each // 6))
    portals = {portal.family: portal for portal in reversed(world.portals)}.values()
    assert len(portals) >= PORTALS
    found = []
    for portal in sorted(portals, key=lambda p: p.slug)[:PORTALS]:
        for report in portal.reports_at(0)[:each]:
            answer = portal.answer("GET", "/" + report.url.split("/", 3)[3], {}, 0)
            etag = hashlib.sha256(answer.body).hexdigest()[:16]
            headers = {
                "Server": "nginx", "Date": "Tue, 01 Apr 2025 00:00:00 GMT", "Content-Type": "text/html; charset=utf-8",
                "Content-Length": str(len(answer.body)), "Last-Modified": "Fri, 13 Jan 2025 01:30:00 GMT", "ETag": f'"{etag}"',
            }  # fmt: skip
            context = {"column": portal.declared[0][0], "title": report.title, "published": "2025-01-13"}
            found.append(
                Capture(report.url, AT, "report", "ok", 200, tuple(headers.items()), body=answer.body, portal=portal.slug,
                        context=context)
            )  # fmt: skip
    return found


def changed(capture: Capture) -> Capture:
    """Return the page a month later, three of its figures being others."""
    assert capture.body is not None
    count = 0

    def another(match: re.Match[bytes]) -> bytes:
        nonlocal count
        count += 1
        return match[0] if count not in (5, 60, 120) else b">%d<" % (int(match[1]) + 7)

    body = re.sub(rb">(\d{1,4})<", another, capture.body)
    if body == capture.body:  # figures in a script or in another charset's markup
        body = capture.body.replace(b"0", b"7", 3)
    return Capture(
        capture.url, AT + timedelta(days=30), "report", "ok", 200, capture.headers, body=body, portal=capture.portal,
        context=capture.context,
    )  # fmt: skip


def warc_size(found: list[Capture], path: Path) -> int:
    """Return the size of a `.warc.gz` of the captures, written by warcio."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for capture in found:
            http = StatusAndHeaders("200 OK", list(capture.headers), protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(capture.url, "response", io.BytesIO(capture.body or b""), http_headers=http)
            )
    return path.stat().st_size


def git_size(found: list[Capture], folder: Path, command: tuple[str, ...]) -> int:
    """Return the size of git's pack of the bodies, each under its address."""
    for number, capture in enumerate(found):
        path = folder / f"{capture.portal}/{number}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(capture.body or b"")
    for words in (
        ("init", "-q"),
        ("add", "."),
        ("-c", "user.name=x", "-c", "user.email=x", "commit", "-qm", "x"),
        command,
    ):
        subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)
    return sum(path.stat().st_size for path in (folder / ".git/objects/pack").iterdir())


def sizes() -> None:
    """Print bytes a capture."""
    found = captures()
    raw = sum(len(c.body or b"") for c in found)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Archive.open(folder / "archive", SystemClock(), create=True, sample=True) as archive:
            used = cpu(lambda: archive.record_captures(found))
            quick = disk(archive)
            packed = cpu(lambda: compact(archive))
            first = settled(archive)
            again = [changed(capture) for capture in found]
            archive.record_captures(again)
            compact(archive)
            second = settled(archive)
        warc = warc_size(found, folder / "x.warc.gz")
        git = git_size(found, folder / "git", ("repack", "-adq"))
        hard = git_size(found, folder / "hard", ("gc", "--aggressive", "--quiet"))
    n = len(found)
    rows = [
        ("as received", raw),
        (".warc.gz by warcio", warc),
        ("git, packed", git),
        ("git gc --aggressive", hard),
        ("bodies as the crawl packs them", quick.kept),
        ("bodies compacted, with dictionaries", first.kept),
        ("bodies.db, the file", first.files["bodies.db"]),
        ("bodies.db and the rows of captures", first.files["bodies.db"] + rows_of(first, "capture")),
    ]
    print(f"{n} reports of {PORTALS} sample portals; bytes a capture\n")
    print("| what | bytes | of .warc.gz |\n| --- | --- | --- |")
    for what, size in rows:
        print(f"| {what} | {size / n:.0f} | {size / warc:.3f} |")
    print(f"\nwanted: at most 0.25 of .warc.gz: bodies {first.kept / warc:.3f}, whole {rows[-1][1] / warc:.3f}")
    print(f"against git's pack: {first.kept / git:.2f}; against its hardest: {first.kept / hard:.2f}")
    print(f"a second version of a page: {(second.kept - first.kept) / n:.0f} bytes packed (wanted: under 1,000),"
          f" {(second.files['bodies.db'] - first.files['bodies.db']) / n:.0f} in the file")  # fmt: skip
    print(f"CPU a page: keeping {1000 * used / n:.2f} ms, compacting {1000 * packed / n:.2f} ms\n")


def rows_of(told: Disk, table: str) -> int:
    """Return the bytes of a table of archive.db and its indexes."""
    return sum(t.size for t in told.tables if (t.file, t.table) == ("archive.db", table))


def settled(archive: Archive) -> Disk:
    """Return the sizes with nothing left in the write-ahead log and no page free."""
    for db in (archive.db, archive.bodies):
        db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return disk(archive)


def cpu(work: Callable[[], object]) -> float:
    """Return the CPU seconds of some work in this process."""
    before = time.process_time()
    work()
    return time.process_time() - before


# -- reading again -----------------------------------------------------------------------------------


def reading() -> None:
    """Print how fast `reparse` is with one worker and with two, and on one core."""
    found = captures()
    cores = sorted(os.sched_getaffinity(0))[:2]
    told: dict[str, list[Turn]] = {}
    with tempfile.TemporaryDirectory() as name:
        kept = Path(name) / "kept"
        with Archive.open(kept, SystemClock(), create=True, sample=True) as archive:
            archive.record_captures(found)
            compact(archive)
        for turn in range(TURNS):
            for what, workers, on in (
                ("1 worker", 1, cores), ("2 workers", 2, cores), ("2 workers, 1 core", 2, cores[:1])
            ):  # fmt: skip
                path = shutil.copytree(kept, Path(name) / f"{workers}-{len(on)}-{turn}")
                with pinned(on):
                    told.setdefault(what, []).append(measured(path, workers))
    print(f"{len(found)} reports read and filed; medians of {TURNS} turns; ms CPU a report\n")
    print("| | seconds | workers | caller while they read | caller alone |\n| --- | --- | --- | --- | --- |")
    wall = {}
    for what, turns in told.items():
        columns = [statistics.median(values) for values in zip(*turns, strict=True)]
        wall[what] = columns[0]
        each = " | ".join(f"{1000 * value / len(found):.1f}" for value in columns[1:])
        print(f"| {what} | {columns[0]:.1f} | {each} |")
    _, workers, beside, alone = (statistics.median(values) for values in zip(*told["2 workers"], strict=True))
    print(f"\n2 workers / 1 worker  {wall['1 worker'] / wall['2 workers']:.2f} x  (wanted >= 1.8)")
    print(f"2 cores / 1 core      {wall['2 workers, 1 core'] / wall['2 workers']:.2f} x  (wanted >= 1.8)")
    allowed = (workers + beside + alone) / ((workers + beside) / 2 + alone)
    print(f"2 cores / 1 core by the CPU seconds alone, as on a quiet machine: {allowed:.2f} x\n")


class Turn(NamedTuple):
    """Wall seconds, and CPU seconds of the workers, of the caller while they read, and of the caller after that."""

    wall: float
    workers: float
    beside: float
    alone: float


@contextmanager
def pinned(cores: list[int]) -> Iterator[None]:
    """Run what is started inside on these cores alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def measured(path: Path, workers: int) -> Turn:
    """Read an archive in a process of its own."""
    start = time.monotonic()
    run = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.archive", "reparse", str(path), str(workers)],
        check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    return Turn(time.monotonic() - start, *json.loads(run.stdout))


def reparse_all(path: str, workers: str) -> None:
    """Read everything as `gongkai reparse` does; print the CPU seconds of Turn."""
    read_at = 0.0

    def note(done: int, total: int) -> None:
        nonlocal read_at
        read_at = time.process_time()

    with Archive.open(Path(path), SystemClock()) as archive:
        told = reparse(archive, Selection(), workers=int(workers), progress=note)
    assert told.readings == {"report": REPORTS}, told.readings
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps([children.ru_utime + children.ru_stime, read_at, time.process_time() - read_at]))


# -- a second crawl ----------------------------------------------------------------------------------


def growth() -> None:
    """Print what a second crawl of unchanged portals adds to the archive, for each report."""
    from crawler.declarations import load_portal
    from crawler.run import crawl
    from crawler.samples import SampleServer

    world = World.of_families(units=3)
    clock = SimulatedClock(world.date_of(1))
    took = []
    with tempfile.TemporaryDirectory() as name, SampleServer(world, clock.now) as server:
        portals = [load_portal(text) for text in world.declarations().values()]
        for day in (1, 2):
            clock.move_to(world.date_of(day))
            crawl(Path(name), portals, clock, authorities=server.authorities, delay=0, sample=True)
            with Archive.open(Path(name), clock) as archive:
                new = read_captures(archive, workers=2).new_versions
                took.append(sum(settled(archive).files.values()))
    assert not new, new
    each = (took[1] - took[0]) / len(world.reports)
    print(
        f"a second crawl of {len(world.portals)} unchanged portals: {each:.0f} bytes for each report (wanted: under 2,048)\n"
    )


def main() -> None:
    """Print all of it."""
    sizes()
    growth()
    reading()


_PARTS: dict[str, Callable[..., None]] = {
    "sizes": sizes, "reading": reading, "growth": growth, "reparse": reparse_all,
}  # fmt: skip

if __name__ == "__main__":
    if len(sys.argv) > 1:
        _PARTS[sys.argv[1]](*sys.argv[2:])
    else:
        main()
