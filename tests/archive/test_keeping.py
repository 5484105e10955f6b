"""A backup is one moment, whole; a merge is the same in any order and as often as one likes."""

from __future__ import annotations

import shutil
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import Archive, Capture, Listing, SimulatedClock
from archive.keeping import backup, merge
from archive.readings import read_captures
from archive.verify import verify
from parsers.errors import UsageError

AT = datetime(2025, 1, 1, tzinfo=UTC)
URL = "http://www.example.gov.cn/t20240112_{}.html"


def capture(number: int, text: str, day: int = 0, **fields: object) -> Capture:
    return Capture(
        URL.format(number), AT + timedelta(days=day), "report", "ok", 200, body=f"{text}\n{number}".encode(), **fields
    )


def fill(path: Path, numbers: range, text: str, clock: SimulatedClock, day: int = 0) -> Path:
    with Archive.open(path, clock, create=True, sample=False) as archive:
        run, _ = archive.start_run("crawl")
        for number in numbers:
            archive.record_capture(capture(number, text, day), run)
        entries = tuple((URL.format(n), "", None) for n in numbers)
        archive.record_listing(
            Listing("x", "http://www.example.gov.cn/", clock.now(), "complete", None, None, entries), run
        )
        archive.end_run(run, {"complete": True})
        read_captures(archive)
    return path


def dump(path: Path, clock: SimulatedClock, *, derived_only: bool = False) -> dict[str, list[tuple]]:
    """Return every table's rows, ordered."""
    with Archive.open(path, clock) as archive:
        tables = [
            row[0]
            for row in archive.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not row[0].startswith(("search", "sqlite", "_sqlite")) and row[0] != "meta"
        ]
        if derived_only:
            tables = [t for t in tables if t not in ("run", "listing", "listing_entry", "capture", "frontier")]
        return {t: sorted(map(tuple, archive.db.execute(f"SELECT * FROM {t}")), key=repr) for t in tables}


def test_archives_merged_in_either_order_and_twice_are_the_same(
    tmp_path: Path, text: str, clock: SimulatedClock
) -> None:
    one = fill(tmp_path / "one", range(0, 6), text, clock)
    clock.move_to(clock.now() + timedelta(days=2))
    two = fill(tmp_path / "two", range(3, 9), text.replace("2024", "2 024"), clock, day=2)
    dumps = []
    for name, order in (("a", (one, two)), ("b", (two, one)), ("c", (one, two, one, two))):
        target = tmp_path / name
        with Archive.open(target, clock, create=True, sample=False) as archive:
            for other in order:
                merge(archive, [other])
        dumps.append(dump(target, clock))
    assert dumps[0] == dumps[1] == dumps[2]
    assert len(dumps[0]["capture"]) == 12
    assert len(dumps[0]["document"]) == 9


def test_merging_into_the_archive_itself_is_as_good_as_into_a_new_one(
    tmp_path: Path, text: str, clock: SimulatedClock
) -> None:
    one = fill(tmp_path / "one", range(0, 4), text, clock)
    two = fill(tmp_path / "two", range(2, 6), text, clock)
    whole = fill(tmp_path / "whole", range(0, 6), text, clock)
    with Archive.open(one, clock) as archive:
        added = merge(archive, [two])
        assert verify(archive) == []
    assert (added["capture"], added["body"], added["reading"]) == (2, 2, 2)
    assert dump(one, clock, derived_only=True) == dump(whole, clock, derived_only=True)


def test_a_run_that_has_not_ended_is_not_taken_up_by_another_archive(
    tmp_path: Path, text: str, clock: SimulatedClock, archive: Archive
) -> None:
    with Archive.open(tmp_path / "other", clock, create=True, sample=False) as other:
        run, _ = other.start_run("crawl")
        other.record_capture(capture(1, text), run)
    merge(archive, [tmp_path / "other"])
    clock.move_to(clock.now() + timedelta(days=1))
    _, resumed = archive.start_run("crawl")
    assert not resumed
    assert verify(archive) == []


def test_sample_data_and_real_reports_never_meet(tmp_path: Path, clock: SimulatedClock, archive: Archive) -> None:
    Archive.open(tmp_path / "sample", clock, create=True, sample=True).close()
    with pytest.raises(UsageError):
        merge(archive, [tmp_path / "sample"])
    with pytest.raises(UsageError):
        merge(archive, [archive.path])


def test_a_backup_taken_while_captures_come_in_is_whole(archive: Archive, tmp_path: Path, text: str) -> None:
    stop = threading.Event()

    def crawl() -> None:
        with Archive.open(archive.path, archive.clock) as other:
            number = 0
            while not stop.is_set():
                other.record_capture(capture(number, text * 20))
                number += 1

    thread = threading.Thread(target=crawl)
    thread.start()
    try:
        for n in range(5):
            folder = backup(archive, tmp_path / f"copy{n}")
            with Archive.open(folder, archive.clock) as copy:
                assert verify(copy) == []
    finally:
        stop.set()
        thread.join()
    with Archive.open(tmp_path / "copy4", archive.clock) as copy:
        (kept,) = copy.db.execute("SELECT count(*) FROM capture").fetchone()
    assert kept > 0


def test_a_backup_never_overwrites(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError):
        backup(archive, tmp_path / "full")
    assert [p.name for p in (tmp_path / "full").iterdir()] == ["thesis.txt"]


def test_a_backup_of_a_damaged_archive_shows_its_damage(archive: Archive, tmp_path: Path, text: str) -> None:
    archive.record_capture(capture(1, text))
    archive.bodies.execute("DELETE FROM body")
    folder = backup(archive, tmp_path / "copy")
    with Archive.open(folder, archive.clock) as copy:
        assert "missing" in verify(copy)[0].en
    shutil.rmtree(folder)
