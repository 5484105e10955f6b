"""What is told to the recorder is on disk in its order, in few commits, and never half."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import Archive, Capture, FrontierItem
from archive.crawls.recorder import Recorder
from parsers.errors import UsageError

AT = datetime(2025, 1, 1, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]


def capture(number: int) -> Capture:
    return Capture(f"http://x.gov.cn/{number}", AT, "report", "ok", 200, body=b"body %d" % number)


def test_flush_returns_when_all_that_was_told_is_on_disk(archive: Archive) -> None:
    with Recorder(archive.path, archive.clock) as recorder:
        for number in range(200):
            recorder.capture(capture(number))
        recorder.flush()
        urls = [r[0] for r in archive.db.execute("SELECT url FROM capture ORDER BY rowid")]
        assert urls == [f"http://x.gov.cn/{n}" for n in range(200)]
        assert archive.bodies.execute("SELECT count(*) FROM body").fetchone()[0] == 200


def test_what_is_to_follow_follows_when_all_before_it_is_on_disk(archive: Archive) -> None:
    seen: list[tuple[int, int]] = []

    def emit(numbers: Sequence[int]) -> None:
        rows = archive_rows(archive.path)  # what another process would see
        seen.extend((number, rows) for number in numbers)

    with Recorder(archive.path, archive.clock, emit) as recorder:
        for number in range(100):
            recorder.capture(capture(number))
            recorder.event(number)
        recorder.flush()
    assert [number for number, _ in seen] == list(range(100))
    assert all(rows > number for number, rows in seen)


def test_what_was_handled_is_marked_with_what_was_found_on_it(archive: Archive) -> None:
    run, _ = archive.runs.start("crawl")
    archive.runs.add(run, [FrontierItem("0", "list", "p", "http://x.gov.cn/")])
    with Recorder(archive.path, archive.clock) as recorder:
        for number in range(200):  # more than one commit holds; each item is found on the one before it
            found = FrontierItem(str(number + 1), "report", "p", f"http://x.gov.cn/{number}")
            recorder.done(run, str(number), lambda kept, item=found: kept.runs.add(run, [item]))
            (waiting,) = archive.db.execute("SELECT count(*) FROM frontier WHERE NOT done").fetchone()
            assert waiting == 1  # never an item without what was found on it, nor the other way round
        recorder.flush()
    assert [item.key for item in archive.runs.pending(run)] == ["200"]


def archive_rows(path: Path) -> int:
    with closing(sqlite3.connect(path / "archive.db")) as other:
        return int(other.execute("SELECT count(*) FROM capture").fetchone()[0])


def test_many_things_are_one_commit(archive: Archive) -> None:
    before = archive.db.execute("PRAGMA data_version").fetchone()[0]
    commits = 0
    with Recorder(archive.path, archive.clock) as recorder:
        for number in range(300):
            recorder.capture(capture(number))
            now = archive.db.execute("PRAGMA data_version").fetchone()[0]
            commits, before = commits + (now != before), now
        recorder.flush()
    assert commits <= 300 / 20


def test_a_slow_disk_makes_the_teller_wait_and_not_the_memory_grow(archive: Archive) -> None:
    with Recorder(archive.path, archive.clock) as recorder:
        recorder.write(lambda _: time.sleep(0.5))
        for number in range(1500):
            recorder.capture(capture(number))
            if number % 100 == 99:
                assert number - archive_rows(archive.path) < 400
        recorder.flush()
    assert archive_rows(archive.path) == 1500


def test_another_writer_is_let_in_between(archive: Archive) -> None:
    with Recorder(archive.path, archive.clock) as recorder:
        waits = []
        for number in range(40):
            recorder.capture(capture(number))
            begin = time.monotonic()
            archive.set_meta("number", str(number))
            waits.append(time.monotonic() - begin)
        recorder.flush()
    assert max(waits) < 5
    assert archive.meta("number") == "39"


def test_an_error_of_the_disk_is_raised_and_nothing_after_the_hole_is_written(archive: Archive) -> None:
    def fail(inner: Archive) -> None:
        inner.db.execute("INSERT INTO nowhere VALUES (1)")

    with pytest.raises(sqlite3.OperationalError, match="nowhere"), Recorder(archive.path, archive.clock) as recorder:
        recorder.capture(capture(1))
        recorder.flush()
        recorder.write(fail)
        recorder.capture(capture(2))
        recorder.flush()
    assert archive.db.execute("SELECT count(*) FROM capture").fetchone()[0] == 1


def test_a_killed_recorder_leaves_a_prefix_and_no_capture_without_its_body(archive: Archive, tmp_path: Path) -> None:
    program = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from archive import Archive, Capture, SystemClock
from archive.crawls.recorder import Recorder
with Recorder(Path(sys.argv[1]), SystemClock()) as recorder:
    for n in range(10**9):
        recorder.capture(Capture(f"http://x.gov.cn/{n}", datetime(2025, 1, 1, tzinfo=UTC), "report", "ok", 200, body=b"body %d" % n))
"""
    child = subprocess.Popen([sys.executable, "-c", program, str(archive.path)], cwd=ROOT)
    until = time.monotonic() + 60
    while archive.db.execute("SELECT count(*) FROM capture").fetchone()[0] < 100:
        assert time.monotonic() < until
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    numbers = [int(r[0].rsplit("/", 1)[1]) for r in archive.db.execute("SELECT url FROM capture ORDER BY rowid")]
    assert numbers == list(range(len(numbers)))
    for (sha256,) in archive.db.execute("SELECT body_sha256 FROM capture").fetchall():
        assert archive.get_body(sha256).startswith(b"body ")


def test_an_archive_that_cannot_be_opened_is_an_error_and_nobody_waits_for_ever(
    archive: Archive, tmp_path: Path
) -> None:
    with pytest.raises(UsageError), Recorder(tmp_path / "nowhere", archive.clock) as recorder:
        recorder.capture(capture(1))
        recorder.flush()
