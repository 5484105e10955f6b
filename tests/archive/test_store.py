"""What the files guarantee: nothing twice, nothing half, marks kept, damage found."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import Archive, Capture, FrontierItem, SystemClock
from archive.keeping.verify import verify
from archive.reading.readings import read_captures
from parsers.errors import ArchiveLockedError, UsageError

AT = datetime(2025, 1, 1, tzinfo=UTC)


def test_a_body_is_stored_once_and_comes_back(archive: Archive) -> None:
    keys = {archive.put_body(b"x" * 1000) for _ in range(3)}
    assert len(keys) == 1
    assert archive.get_body(keys.pop()) == b"x" * 1000
    assert archive.get_body(archive.put_body(b"")) == b""
    assert archive.bodies.execute("SELECT count(*) FROM body").fetchone()[0] == 2
    with pytest.raises(KeyError):
        archive.get_body("0" * 64)


def test_the_same_capture_twice_is_one_row(archive: Archive) -> None:
    capture = Capture("http://x.gov.cn/", AT, "report", "ok", 200, body=b"x")
    assert archive.record_capture(capture) == archive.record_capture(capture)
    assert archive.db.execute("SELECT count(*) FROM capture").fetchone()[0] == 1


def test_two_posts_to_one_address_in_one_moment_are_two_captures(archive: Archive) -> None:
    asked = ({}, {"form": [["page", "1"]]}, {"form": [["page", "2"]]}, {"json": '{"page":1}'})
    keys = {archive.record_capture(Capture("http://x.gov.cn/s", AT, "list", "ok", 200, context=said)) for said in asked}
    assert len(keys) == 4


def test_a_page_and_what_was_found_on_it_are_one_transaction(archive: Archive) -> None:
    run, resumed = archive.runs.start("crawl")
    assert not resumed
    first = FrontierItem("a", "list", "p", "http://x.gov.cn/")
    assert archive.runs.add(run, [first, first]) == [first]

    class Killed(BaseException):
        pass

    with pytest.raises(Killed), archive.transaction():
        archive.runs.add(run, [FrontierItem("b", "report", "p", "http://x.gov.cn/b")])
        archive.runs.done(run, ["a"])
        raise Killed
    assert [i.key for i in archive.runs.pending(run)] == ["a"], "neither done nor its finds without the other"
    archive.runs.add(run, [FrontierItem("b", "report", "p", "http://x.gov.cn/b")])
    archive.runs.done(run, ["a"])
    assert [i.key for i in archive.runs.pending(run)] == ["b"]
    assert archive.runs.start("crawl") == (run, True), "a run that was cut off is taken up"
    archive.runs.end(run, {})
    assert archive.runs.start("crawl")[0] != run


def test_one_run_holds_the_archive(archive: Archive) -> None:
    with (
        archive.lock(),
        Archive.open(archive.path, SystemClock()) as other,
        pytest.raises(ArchiveLockedError, match="another run"),
        other.lock(),
    ):
        pass
    with archive.lock():
        pass


def test_sample_data_and_real_reports_never_meet(tmp_path: Path) -> None:
    Archive.open(tmp_path / "sample", SystemClock(), create=True, sample=True).close()
    Archive.open(tmp_path / "real", SystemClock(), create=True, sample=False).close()
    with pytest.raises(UsageError, match="marked as sample data"):
        Archive.open(tmp_path / "sample", SystemClock(), sample=False)
    with pytest.raises(UsageError, match="real data"):
        Archive.open(tmp_path / "real", SystemClock(), sample=True)
    with Archive.open(tmp_path / "sample", SystemClock()) as opened:
        assert opened.is_sample


def test_an_archive_killed_while_it_was_being_made_is_finished_by_the_next_open(tmp_path: Path) -> None:
    with Archive.open(tmp_path, SystemClock(), create=True, sample=True) as archive:
        archive.db.execute("DELETE FROM meta")
    with Archive.open(tmp_path, SystemClock(), create=True, sample=True) as archive:
        assert archive.is_sample


def test_an_archive_that_is_not_there_is_not_made_by_a_question(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no archive"):
        Archive.open(tmp_path / "nowhere", SystemClock())
    assert not (tmp_path / "nowhere").exists()


def test_verify_finds_a_damaged_body_a_missing_one_and_a_changed_reading(archive: Archive, text: str) -> None:
    archive.record_capture(Capture("http://x.gov.cn/", AT, "import", "imported", body=text.encode()))
    read_captures(archive)
    assert verify(archive) == []

    archive.db.execute("UPDATE cell SET value = '7' WHERE \"row\" = 'granted' AND \"column\" = 'total'")
    (reading_id,) = archive.db.execute("SELECT id FROM reading").fetchone()
    archive.db.execute("UPDATE reading SET data_hash = 'x' WHERE id = ?", (reading_id,))
    assert any("not what its bytes give" in f.en for f in verify(archive))

    data = bytearray(archive.bodies.execute("SELECT data FROM body").fetchone()[0])
    data[len(data) // 2] ^= 255
    archive.bodies.execute("UPDATE body SET data = ?", (bytes(data),))
    faults = []
    try:
        faults = verify(archive)
    except Exception as error:
        pytest.fail(f"verify fell over a damaged body: {error!r}")
    assert any("is damaged" in f.en for f in faults)

    archive.bodies.execute("DELETE FROM body")
    assert any("is missing" in f.en for f in verify(archive))


def test_derived_rows_cannot_point_at_nothing(archive: Archive) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        archive.db.execute(
            "INSERT INTO report (id, unit_id, report_year, scope) VALUES ('r', 'nobody', 2023, 'unknown')"
        )
