"""What is computed side by side is what one process would have computed, and nobody is left behind."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from archive_dumps import dump
from made_archive import Maker, prose

from archive import Archive, SystemClock
from archive.derivation import derive
from archive.processes import Processes, connection

ROOT = Path(__file__).parents[2]


def _row(db: sqlite3.Connection, number: int) -> tuple[int, int, int]:
    if number == -1:
        raise ValueError("no such number")
    (value,) = db.execute("SELECT n * 2 FROM number WHERE n = ?", (number,)).fetchone()
    return number, value, os.getpid()


@pytest.fixture
def numbers(tmp_path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("CREATE TABLE number (n)")
    db.executemany("INSERT INTO number VALUES (?)", [(n,) for n in range(1000)])
    return db


def test_results_come_in_the_order_asked_for_from_several_processes(numbers: sqlite3.Connection) -> None:
    with Processes(numbers, 2) as processes:
        found = list(processes.each(connection).map(_row, range(1000)))
    assert [(number, value) for number, value, _ in found] == [(n, 2 * n) for n in range(1000)]
    assert os.getpid() not in {pid for _, _, pid in found}


def test_a_few_items_start_no_process(numbers: sqlite3.Connection) -> None:
    with Processes(numbers, 2) as processes:
        assert {pid for _, _, pid in processes.each(connection).map(_row, range(20))} == {os.getpid()}


def test_what_is_not_committed_is_computed_where_it_can_be_seen(numbers: sqlite3.Connection) -> None:
    numbers.execute("BEGIN")
    numbers.execute("INSERT INTO number VALUES (1000)")
    with Processes(numbers, 2) as processes:
        assert list(processes.each(connection).map(_row, range(1001)))[-1] == (1000, 2000, os.getpid())
    numbers.execute("ROLLBACK")


def test_what_goes_wrong_elsewhere_is_raised_here(numbers: sqlite3.Connection) -> None:
    with Processes(numbers, 2) as processes, pytest.raises(ValueError, match="no such number"):
        list(processes.each(connection).map(_row, [*range(500), -1]))


def test_processes_end_with_a_caller_that_is_killed(tmp_path: Path, numbers: sqlite3.Connection) -> None:
    pids = tmp_path / "pids"
    code = """
        import os, sqlite3, sys, time
        from pathlib import Path
        from archive.processes import Processes, connection
        from test_processes import _row
        db = sqlite3.connect(sys.argv[1], isolation_level=None)
        if __name__ == "__main__":
            with Processes(db, 2) as processes:
                found = {pid for *_, pid in processes.each(connection).map(_row, range(1000))}
                Path(sys.argv[2] + ".part").write_text(" ".join(map(str, found)))
                os.rename(sys.argv[2] + ".part", sys.argv[2])
                time.sleep(600)
    """
    script = tmp_path / "caller.py"
    script.write_text(textwrap.dedent(code))
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}:{ROOT / 'tests/archive'}"}
    caller = subprocess.Popen([sys.executable, script, tmp_path / "x.db", pids], env=environment)
    _wait(pids.exists)
    started = [int(pid) for pid in pids.read_text().split()]
    assert started
    caller.send_signal(signal.SIGKILL)
    caller.wait()
    _wait(lambda: not any(Path(f"/proc/{pid}").exists() for pid in started))


def _wait(until: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_an_archive_derived_in_two_processes_is_the_one_derived_in_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.processes._WORTH_IT", 20)
    with Archive.open(tmp_path / "one", SystemClock(), create=True) as archive:
        for db in (archive.db, archive.bodies):
            db.execute("PRAGMA synchronous = OFF")  # three commits a report
        make = Maker(archive)
        for body in range(12):
            for year in range(2019, 2024):
                seed = 7 if (body, year) in ((3, 2021), (4, 2022)) else body * 10 + year
                figures = {"new_received.total": body, "granted.total": year % 3}
                make.put(year, figures, issuer=f"平顶山市新华区第{body}局", text="。".join(prose(seed)) + "。")
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    dumps = []
    for name, workers in (("one", 0), ("two", 2)):
        with Archive.open(tmp_path / name, SystemClock()) as archive:
            derive(archive, workers)
            dumps.append(dump(archive.db))
            copied = archive.db.execute("SELECT count(*) FROM cross_check WHERE rule = 'E4' AND status = 'fail'")
            assert copied.fetchone()[0] == 1
    assert {table for table in dumps[0] if dumps[0][table] != dumps[1][table]} == set()
