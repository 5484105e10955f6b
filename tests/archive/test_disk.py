"""What an archive is said to take on disk adds up to what its files are."""

from __future__ import annotations

from datetime import UTC, datetime

from archive import Archive, Capture
from archive.keeping.compaction import compact
from archive.keeping.disk import disk

AT = datetime(2025, 1, 1, tzinfo=UTC)


def test_tables_and_what_is_free_add_up_to_the_files_and_codecs_to_the_bodies(archive: Archive) -> None:
    rows = "".join(f"<tr><td>{n * n}</td></tr>" for n in range(3000))
    bodies = [f"<html><table>{rows}<tr><td>{n}</td></tr></table>".encode() for n in range(30)]
    for n, body in enumerate(bodies):
        archive.record_capture(Capture(f"http://x.gov.cn/{n}", AT, "report", "ok", 200, body=body))
    compact(archive)
    for db in (archive.db, archive.bodies):
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    told = disk(archive)
    for name in told.files:
        assert sum(t.size for t in told.tables if t.file == name) == (archive.path / name).stat().st_size
    assert {t.table for t in told.tables} >= {"capture", "cell", "search", "body", "dictionary"}
    assert [(c.codec, c.bodies, c.received) for c in told.codecs] == [("zstd-dict", 30, sum(map(len, bodies)))]
    assert (told.captures, told.dictionaries, told.received) == (30, 1, sum(map(len, bodies)))
    assert told.received > 20 * told.kept > 0
