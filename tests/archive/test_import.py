"""What an imported file is: its bytes, its address, its time, and the mark that it was imported."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import Archive
from archive.imports import import_files
from archive.reading.readings import read_captures
from parsers.errors import UsageError


def capture(archive: Archive) -> dict:
    (row,) = archive.db.execute("SELECT * FROM capture").fetchall()
    return dict(row)


def test_a_file_has_its_name_as_address_and_the_time_of_import(archive: Archive, tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_text(text)
    import_files(archive, [tmp_path / "a.txt"])
    kept = capture(archive)
    assert (kept["url"], kept["captured_at"]) == ("file:a.txt", "2025-04-10T04:00:00Z")
    assert (kept["outcome"], kept["imported"]) == ("imported", 1)
    assert archive.get_body(kept["body_sha256"]) == text.encode()


def test_a_sidecar_gives_address_time_and_headers(archive: Archive, tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_bytes(text.encode("gb18030"))
    note = {
        "url": "http://www.example.gov.cn/t20240112_1.html",
        "captured_at": "2024-01-12T09:00:00+08:00",
        "headers": {"Content-Type": "text/plain; charset=gbk"},
    }
    (tmp_path / "a.txt.json").write_text(json.dumps(note))
    import_files(archive, [tmp_path])
    kept = capture(archive)
    assert (kept["url"], kept["captured_at"]) == (note["url"], "2024-01-12T01:00:00Z")
    assert json.loads(kept["headers"]) == [["Content-Type", "text/plain; charset=gbk"]]
    assert kept["imported"] == 1


def test_address_and_time_may_be_given_for_one_file_only(archive: Archive, tmp_path: Path, text: str) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(text)
    at = datetime(2024, 1, 12, tzinfo=UTC)
    with pytest.raises(UsageError, match="are for one file, 2 were named"):
        import_files(archive, [tmp_path], url="http://x.gov.cn/", captured_at=at)
    import_files(archive, [tmp_path / "a.txt"], url="http://x.gov.cn/", captured_at=at)
    assert (capture(archive)["url"], capture(archive)["captured_at"]) == ("http://x.gov.cn/", "2024-01-12T00:00:00Z")


def test_files_of_one_name_in_two_folders_are_two_documents(archive: Archive, tmp_path: Path, text: str) -> None:
    for folder in ("x", "y"):
        (tmp_path / "in" / folder).mkdir(parents=True)
        (tmp_path / "in" / folder / "a.txt").write_text(text)
    import_files(archive, [tmp_path / "in"])
    assert [r[0] for r in archive.db.execute("SELECT url FROM capture ORDER BY url")] == [
        "file:x/a.txt",
        "file:y/a.txt",
    ]


def test_one_bad_file_stops_nothing(archive: Archive, tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_text(text)
    (tmp_path / "b.txt").write_text(text)
    (tmp_path / "b.txt.json").write_text('{"captured_at": "yesterday"}')
    (tmp_path / "c.bin").write_bytes(bytes(range(256)))
    results = import_files(archive, [tmp_path])
    assert [(r.path.name, r.error is None) for r in results] == [("a.txt", True), ("b.txt", False), ("c.bin", True)]
    assert "b.txt.json" in results[1].error.en
    assert read_captures(archive).readings == {"report": 1, "other": 1}


def test_importing_again_makes_no_version(archive: Archive, tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_text(text)
    import_files(archive, [tmp_path])
    assert read_captures(archive).new_versions == {"first": 1}
    import_files(archive, [tmp_path])
    assert read_captures(archive).new_versions == {}


def test_a_path_that_is_not_there_is_a_usage_error(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        import_files(archive, [tmp_path / "nowhere"])
