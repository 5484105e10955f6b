"""A crawl that is killed or interrupted at any moment goes on where it was: nothing lost, nothing twice."""

from __future__ import annotations

import os
import pickle
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import crawler
from archive.captures import Capture
from archive.clock import SimulatedClock
from archive.crawls.ledger import progress
from archive.keeping.verify import verify
from archive.reading.readings import read_captures
from archive.store import Archive
from crawler.declarations import load_portal
from crawler.frontier import column_item, told_of
from crawler.run import Job, run_job
from crawler.samples import SampleServer, World
from parsers.errors import ArchiveLockedError

SCRIPT = """
import pickle, sys
from pathlib import Path
from crawler.run import run_job

if __name__ == "__main__":
    job = pickle.loads(Path(sys.argv[1]).read_bytes())
    try:
        run_job(job, lambda event: print(event.done, flush=True))
    except KeyboardInterrupt:
        sys.exit(130)
"""


@pytest.fixture
def start(tmp_path: Path) -> Callable[[Job], Any]:
    """Return a context that runs a job in a process group of its own, its stdout the numbers done."""
    script = tmp_path / "crawl_it.py"
    script.write_text(SCRIPT)

    @contextmanager
    def run(job: Job) -> Iterator[subprocess.Popen[str]]:
        path = tmp_path / "job"
        path.write_bytes(pickle.dumps(job))
        process = subprocess.Popen(
            [sys.executable, script, path],
            env={
                **os.environ,
                "PYTHONPATH": str(Path(crawler.__file__).parents[1]) + ":" + os.environ.get("PYTHONPATH", ""),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        with process:
            yield process

    return run


def wait_until_done(process: subprocess.Popen[str], number: int) -> None:
    """Read the process's progress until `number` requests are done."""
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) >= number:
            return
    raise AssertionError("the crawl ended early")


def wait_until_free(job: Job) -> None:
    """Wait until nobody holds the archive: the child of a killed parent must end by itself."""
    deadline = time.monotonic() + 30
    while True:
        try:
            with Archive.open(job.archive, job.clock) as archive, archive.lock():
                return
        except ArchiveLockedError:
            assert time.monotonic() < deadline, "the child of a killed crawl still writes"
            time.sleep(0.02)


def test_a_killed_crawl_leaves_nobody_writing_and_is_taken_up_where_it_was(
    site: Any, job: Job, start: Any, captured: Any
) -> None:
    paths = site.column(20)
    slow = replace(job, delay=0.05)
    with start(slow) as process:
        wait_until_done(process, 7)
        process.kill()
    wait_until_free(job)
    asked = len(site.log)
    before = set(captured())
    time.sleep(0.3)
    assert len(site.log) == asked
    assert 4 <= len(before) < 22

    summary = run_job(job)
    assert summary.resumed
    assert summary.complete
    assert summary.listings == {"http://www.a.test/nb/": "complete"}
    assert before <= set(captured())
    # the clock stands still, so the page that was under way is one capture though it may have been asked twice
    assert Counter(row[0] for row in captured()) == Counter(["/robots.txt", "/nb/", *paths])
    # what was under way, or was not on disk yet, may have been asked twice, and nothing else
    again = Counter(path for path in site.asked() if path != "/robots.txt")
    assert max(again.values()) <= 2
    assert sum(again.values()) <= 24
    assert again["/nb/"] == 1


def test_a_page_under_way_at_a_kill_is_asked_for_after_all_others(site: Any, job: Job, start: Any) -> None:
    """Else a page that is slow to come would be asked for again by each of the runs that are killed over it."""
    paths = site.column(4)
    held = threading.Event()
    whole = site.pages[paths[1]]
    site.pages[paths[1]] = lambda handler: (held.wait(60), whole(handler))
    with start(job) as process:
        wait_until_done(process, 2)
        deadline = time.monotonic() + 30
        while paths[1] not in site.asked():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.kill()
    held.set()
    wait_until_free(job)
    site.log.clear()
    assert run_job(job).complete
    assert site.asked() == ["/robots.txt", paths[2], paths[3], paths[1]]
    assert sorted(path.name for path in job.archive.iterdir()) == ["archive.db", "bodies.db", "lock"]


def test_an_interrupted_crawl_ends_cleanly_and_stays_resumable(site: Any, job: Job, start: Any) -> None:
    site.column(20)
    site.page("/robots.txt", "User-agent: *\nCrawl-delay: 5\n")
    with start(job) as process:
        wait_until_done(process, 0)
        began = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=90)
    assert process.returncode == 130
    assert time.monotonic() - began < 4  # it does not wait for the turn of what it holds
    assert said == ""
    with Archive.open(job.archive, job.clock) as archive, archive.lock():
        run_id, resumed = archive.runs.start("crawl")
        assert resumed
        assert archive.runs.pending(run_id)


def test_an_answer_kept_before_the_kill_is_followed_and_not_asked_for_again(site: Any, job: Job, captured: Any) -> None:
    """As if killed between the capture of a list and what followed from it."""
    paths = site.column(2)
    (portal,) = job.portals
    item = column_item(portal, portal.columns[0])
    with Archive.open(job.archive, job.clock, create=True, sample=True) as archive:
        run_id, _ = archive.runs.start("crawl")
        archive.runs.add(run_id, [item])
        rows = "".join(f"<li><a href={path}>某局年度报告</a>2025-03-12</li>" for path in paths)
        body = f"<ul>{rows}</ul><script>createPageHTML(1, 0, 'index', 'html');</script>"
        kept = Capture(
            item.url, job.clock.now(), "list", "ok", 200, body=body.encode(), portal=portal.slug, context=told_of(item)
        )
        archive.record_capture(kept, run_id)
    summary = run_job(job)
    assert summary.complete
    assert site.asked() == ["/robots.txt", *paths]
    assert [row[0] for row in captured()] == ["/nb/", "/robots.txt", *paths]


def contents(path: Path, clock: SimulatedClock) -> dict[str, list[tuple[Any, ...]]]:
    """Read an archive and return what it holds of reports, versions, cells, findings, lists and captures."""
    queries = {
        "report": "SELECT * FROM report ORDER BY id",
        "version": "SELECT * FROM version ORDER BY id",
        "cell": 'SELECT * FROM cell ORDER BY reading_id, "table", "row", "column"',
        "finding": "SELECT * FROM finding ORDER BY reading_id, position",
        "entry": "SELECT url, title, published FROM listing_entry ORDER BY url",
        "list": "SELECT portal, url, completeness, declared_total, found_total FROM listing ORDER BY url",
        "capture": "SELECT id, url, outcome, body_sha256 FROM capture ORDER BY id",
    }
    with Archive.open(path, clock) as archive:
        read_captures(archive)
        assert verify(archive) == []
        return {name: [tuple(row) for row in archive.db.execute(query)] for name, query in queries.items()}


def asked_of(server: SampleServer) -> Counter[str]:
    """Return how often each address was asked for since this was last looked at."""
    asked = Counter(f"http://{one.host}{one.path}" for one in server.log)
    server.log.clear()
    return asked


def answers_kept(job: Job) -> set[str]:
    """Return the addresses, robots.txt aside, of which the answer is on disk."""
    with Archive.open(job.archive, job.clock) as archive:
        return {row[0] for row in archive.db.execute("SELECT url FROM capture WHERE kind != 'robots'")}


def frontier_done(job: Job) -> int:
    """Return how many requests of the run that was cut off are done."""
    if not (job.archive / "archive.db").exists():
        return 0
    with Archive.open(job.archive, job.clock) as archive:
        return progress(archive, archive.runs.start("crawl")[0])[1]


@pytest.mark.parametrize(("kills", "units"), [(3, 4), pytest.param(20, 8, marks=pytest.mark.slow)])
def test_a_crawl_killed_at_random_moments_ends_as_one_that_was_left_in_peace(
    tmp_path: Path, start: Any, kills: int, units: int
) -> None:
    chance = random.Random(kills)
    world = World.of_families("trs", units=units, years=(2019, 2020, 2021, 2022, 2023, 2024))
    clock = SimulatedClock(world.date_of(1))
    portals = tuple(load_portal(text) for text in world.declarations().values())
    with SampleServer(world, clock.now) as server:
        job = Job(tmp_path / "undisturbed", portals, clock, server.authorities, delay=0.02, sample=True)
        undisturbed = run_job(job)
        once = asked_of(server)
        job = replace(job, archive=tmp_path / "killed")
        asked: list[Counter[str]] = []
        kept: list[set[str]] = []
        for _ in range(kills):
            done = frontier_done(job) + 1 + chance.randrange(len(once) // (kills + 1))
            with start(job) as process:
                wait_until_done(process, done)
                time.sleep(chance.uniform(0, 0.04))
                os.killpg(process.pid, signal.SIGKILL)
            wait_until_free(job)
            asked.append(asked_of(server))
            kept.append(answers_kept(job))
        last = run_job(job)
        asked.append(asked_of(server))
        assert last.resumed
        assert last.listings == undisturbed.listings
        assert last.complete == undisturbed.complete
    assert contents(tmp_path / "killed", clock) == contents(tmp_path / "undisturbed", clock)
    # a kill makes no page be asked for more than one time too many: none is asked for twice by one run, and none of
    # which the answer was on disk is asked for by the next
    assert all(count == 1 for run in (once, *asked) for count in run.values())
    assert not any(before & run.keys() for before, run in zip(kept, asked[1:], strict=True))
    # what was under way at each host, and what was not on disk yet
    pages = [url for run in asked for url in run if not url.endswith("/robots.txt")]
    assert set(pages) == {url for url in once if not url.endswith("/robots.txt")}
    assert len(pages) - len(set(pages)) <= kills * 2 * len(portals)
