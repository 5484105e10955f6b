"""An archive made by any earlier schema opens, is brought up to date, and says what it said."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import Archive, SimulatedClock
from archive.keeping.compaction import compact
from archive.keeping.verify import verify
from archive.reading.loading import load_reading
from archive.reading.readings import read_captures
from archive.reading.reparse import reparse
from archive.search import search
from archive.selection import Selection

FIXTURES = Path(__file__).parent / "fixtures"
STEPS = sorted(path.name for path in FIXTURES.glob("m*"))
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def load(step: str, path: Path) -> Path:
    """Make the archive of a step in `path` out of its dumps."""
    path.mkdir()
    for name in ("archive", "bodies"):
        with closing(sqlite3.connect(path / f"{name}.db")) as db:
            script = gzip.decompress((FIXTURES / step / f"{name}.sql.gz").read_bytes()).decode()
            db.executescript(f"BEGIN;\n{script}COMMIT;")
    return path


def test_there_is_an_archive_of_each_step_but_the_newest() -> None:
    assert STEPS == ["m001", "m002", "m003", "m004"]


@pytest.mark.parametrize("step", STEPS)
def test_an_archive_of_an_earlier_schema_says_what_it_said(tmp_path: Path, step: str) -> None:
    with Archive.open(load(step, tmp_path / step), SimulatedClock(NOW)) as archive:
        read_captures(archive)
        assert verify(archive, sample=0) == []
        versions = archive.db.execute("SELECT kind, captured_at, reading_id FROM version ORDER BY sequence").fetchall()
        assert [(v["kind"], v["captured_at"]) for v in versions] == [
            ("first", "2025-01-01T04:00:00Z"),
            ("content", "2025-01-04T04:00:00Z"),
        ]
        report = load_reading(archive.db, versions[1]["reading_id"])
        assert report.issuer == "平顶山市人民政府"
        assert "扎实做好" in report.sections[0].text
        assert len(report.cells) == 200
        (unit,) = archive.db.execute("SELECT u.name FROM unit u JOIN report p ON p.unit_id = u.id").fetchone()
        assert unit == "河南省平顶山市人民政府"
        if step >= "m002":
            rows = archive.db.execute('SELECT "row", value, author FROM correction_in_force').fetchall()
            assert [tuple(row) for row in rows] == [("new_received", 7, "甲")]
        if step >= "m003":
            assert archive.db.execute("SELECT authority FROM host_rest").fetchone()[0] == "www.example.gov.cn:80"

        told = compact(archive)
        assert told.bodies == 2
        reparse(archive, Selection(), rebuild=True, workers=1)
        assert verify(archive) == []
        assert search(archive.db, "扎实做好")
        assert reparse(archive, Selection(), rebuild=True, dry_run=True, workers=1).changed == ()


def test_what_two_words_said_of_copies_is_said_by_one(tmp_path: Path) -> None:
    path = load("m004", tmp_path / "archive")
    with closing(sqlite3.connect(path / "archive.db")) as db, db:
        for code in ("documents_disagree", "unfiled_report"):
            db.execute(
                "INSERT INTO archive_finding VALUES (?, 'd', NULL, NULL, ?, 'warning', '', '')",
                (code, code),
            )
    with Archive.open(path, SimulatedClock(NOW)) as archive:
        assert [row[0] for row in archive.db.execute("SELECT code FROM archive_finding")] == ["unfiled_report"]
