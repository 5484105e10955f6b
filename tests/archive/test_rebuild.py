"""Reading again tells what it changed, and a rebuild gives back byte for byte what was derived before."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from archive_dumps import dump
from cli_process import command, environment

from archive import Archive, SimulatedClock
from archive.decisions.corrections import correct
from archive.keeping.verify import verify
from archive.reading.loading import load_reading
from archive.reading.readings import read_captures, store_reading
from archive.reading.rebuild import unfinished
from archive.reading.reparse import reparse
from archive.register.decisions import decide, find_unit
from archive.schema import DERIVED, READINGS
from archive.selection import Selection
from crawler.declarations import load_portal
from crawler.run import crawl
from crawler.samples import SampleServer, World
from parsers import PARSER_VERSION
from parsers.errors import UsageError

EVERYTHING = Selection()


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an archive by crawls on three days, with changes, readings of an earlier parser, corrections and decisions."""
    path = tmp_path_factory.mktemp("crawled") / "archive"
    plant = {
        "edited": [(0, 2023)],
        "reworded": [(1, 2022)],
        "withdrawn": [(2, 2023)],
        "moved": [(3, 2023)],
        "soft_404": [(0, 2022)],
    }
    world = World(units=4, years=(2022, 2023), plant=plant)
    clock = SimulatedClock(world.date_of(1))
    with Archive.open(path, clock, create=True, sample=True) as archive, SampleServer(world, clock.now) as server:
        portals = [load_portal(text) for text in world.declarations().values()]
        for day in (1, 30, 31):
            clock.move_to(world.date_of(day))
            crawl(path, portals, clock, authorities=server.authorities, delay=0, sample=True)
            read_captures(archive)
            if day == 1:
                _read_by_an_earlier_parser(archive, 3)
        report = "/".join(map(str, archive.db.execute(
            "SELECT unit_id, report_year, scope FROM report ORDER BY id LIMIT 1").fetchone()))  # fmt: skip
        correct(archive, report, "requests/new_received/total", "7", why="写错", author="甲")
        units = [row[0] for row in archive.db.execute("SELECT id FROM unit ORDER BY id")]
        one, other = (find_unit(archive.db, unit) for unit in units[:2])
        decide(archive, one, other, "same", author="甲", reason="一家")
        read_captures(archive)
        kinds = dict(archive.db.execute("SELECT kind, count(*) FROM version GROUP BY kind").fetchall())
        assert kinds["content"] >= 2
        assert kinds["withdrawn"] == 2
        assert kinds["technical"] == 3
    return path


def _read_by_an_earlier_parser(archive: Archive, number: int) -> None:
    """Keep readings of the parser before today's, which saw one figure otherwise."""
    rows = archive.db.execute(
        "SELECT id, body_sha256, url FROM reading WHERE verdict = 'report' ORDER BY id LIMIT ?", (number,)
    ).fetchall()
    for row in rows:
        report = load_reading(archive.db, row["id"])
        first, *cells = report.cells
        before = replace(
            report, parser_version=PARSER_VERSION - 1, cells=(replace(first, state="dash", value=None), *cells)
        )
        store_reading(archive.db, row["body_sha256"], row["url"], before)
    read_captures(archive)


@pytest.fixture
def path(crawled: Path, tmp_path: Path) -> Path:
    return shutil.copytree(crawled, tmp_path / "archive")


@pytest.fixture
def archive(path: Path) -> Iterator[Archive]:
    """Open a copy of the crawled archive."""
    with Archive.open(path, SimulatedClock(World().date_of(40))) as opened:
        yield opened


def forget_todays_readings(archive: Archive) -> None:
    """Leave an archive as it was before today's parser came: every reading is the earlier parser's."""
    db = archive.db
    rows = db.execute("SELECT id, body_sha256, url FROM reading WHERE parser_version = ?", (PARSER_VERSION,)).fetchall()
    for row in rows:
        report = load_reading(db, row["id"])
        earlier = replace(
            report, parser_version=PARSER_VERSION - 1
        )  # is left alone where that parser has read the body
        store_reading(archive.db, row["body_sha256"], row["url"], earlier)
    db.execute("PRAGMA foreign_keys = OFF")
    for table in DERIVED:
        db.execute(f"DELETE FROM {table}")
    db.execute("INSERT INTO search (search) VALUES ('delete-all')")
    db.execute("DELETE FROM search_entry")
    for row in rows:
        for table, key in (("reading", "id"), *((table, "reading_id") for table in READINGS[1:])):
            db.execute(f"DELETE FROM {table} WHERE {key} = ?", (row["id"],))
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("INSERT OR IGNORE INTO stale_document SELECT url FROM reading")
    read_captures(archive, urls=[])


def test_every_derived_table_dropped_and_made_again_is_byte_for_byte_what_it_was(archive: Archive) -> None:
    before = dump(archive.db)
    assert all(before[table].count("\n") for table in ("reading", "cell", "version", "filing", "unit_match")), before
    told = reparse(archive, EVERYTHING, rebuild=True, workers=2)
    after = dump(archive.db)
    assert {table for table in before if before[table] != after[table]} == set()
    assert not unfinished(archive)
    assert verify(archive, sample=5) == []
    assert (told.new_versions, told.changed, told.lost) == ({}, (), ())
    assert all(was == now for table in told.states.values() for was, now in table.values())
    assert archive.db.execute("SELECT count(*) FROM stale_document").fetchone()[0] == 0


def test_what_was_harmed_in_derived_tables_is_made_good_by_a_rebuild_and_told(archive: Archive) -> None:
    before = dump(archive.db)
    archive.db.execute(
        """UPDATE cell SET value = 99 WHERE reading_id = (SELECT v.reading_id FROM version v JOIN reading r ON r.id = v.reading_id
           WHERE r.parser_version = ? LIMIT 1) AND "table" = 'requests' AND "row" = 'new_received'""",
        (PARSER_VERSION,),
    )
    archive.db.execute("UPDATE version SET kind = 'content'")
    archive.db.execute("DELETE FROM unit_match")
    archive.db.execute("UPDATE unit SET name = '某某局'")
    archive.db.execute("DELETE FROM search_entry")
    archive.db.execute("INSERT INTO search (search) VALUES ('delete-all')")
    dry = reparse(archive, EVERYTHING, rebuild=True, dry_run=True)
    assert dump(archive.db) != before
    assert reparse(archive, EVERYTHING, rebuild=True) == dry
    assert dump(archive.db) == before


def test_readings_of_earlier_parsers_are_kept_untouched_by_a_rebuild(archive: Archive) -> None:
    earlier = "SELECT * FROM reading WHERE parser_version < ? ORDER BY id"
    before = list(map(tuple, archive.db.execute(earlier, (PARSER_VERSION,))))
    assert len(before) == 3
    reparse(archive, EVERYTHING, rebuild=True)
    assert list(map(tuple, archive.db.execute(earlier, (PARSER_VERSION,)))) == before


def test_a_body_that_is_lost_keeps_its_reading_and_is_told(archive: Archive) -> None:
    before = dump(archive.db)
    lost = archive.db.execute(
        "SELECT body_sha256 FROM reading WHERE parser_version = ? AND verdict = 'report' ORDER BY id DESC",
        (PARSER_VERSION,),
    ).fetchone()[0]
    archive.bodies.execute("UPDATE body SET data = zeroblob(40) WHERE sha256 = ?", (lost,))
    assert reparse(archive, EVERYTHING, rebuild=True, workers=1).lost == (lost,)
    assert dump(archive.db) == before


def test_reparse_makes_technical_versions_only_where_figures_or_text_changed_and_says_where(archive: Archive) -> None:
    (versions,) = archive.db.execute("SELECT count(*) FROM version WHERE kind = 'technical'").fetchone()
    before = dump(archive.db, DERIVED)
    forget_todays_readings(archive)
    assert archive.db.execute("SELECT count(*) FROM version WHERE kind = 'technical'").fetchone()[0] == 0

    dry = reparse(archive, EVERYTHING, dry_run=True, workers=1)
    assert (
        archive.db.execute("SELECT count(*) FROM reading WHERE parser_version = ?", (PARSER_VERSION,)).fetchone()[0]
        == 0
    )
    told = reparse(archive, EVERYTHING)
    assert told == dry, "a dry run tells what the real one tells"
    assert told.new_versions == {"technical": versions}
    assert told.compared == sum(told.readings.values())
    assert len(told.changed) == versions
    for changed in told.changed:
        assert changed.unit
        assert not changed.text
        assert [(c.state_before, c.state_after) for c in changed.cells] == [("dash", "value")]
    tables = {changed.cells[0].table for changed in told.changed}
    for table, states in told.states.items():
        was, now = states["value"]
        assert (now > was) == (table in tables), table
    after = dump(archive.db, DERIVED)
    assert after["cell_change"] == before["cell_change"]
    # a second call finds nothing to read, and tells the same
    assert reparse(archive, EVERYTHING) == replace(told, readings={}, new_versions={})


def test_a_selection_is_read_again_alone(archive: Archive) -> None:
    forget_todays_readings(archive)
    told = reparse(archive, Selection(years=(2022, 2022)))
    read = archive.db.execute(
        """SELECT DISTINCT p.report_year FROM reading r JOIN document d ON d.url = r.url JOIN report p ON p.id = d.report_id
           WHERE r.parser_version = ?""",
        (PARSER_VERSION,),
    ).fetchall()
    assert [row[0] for row in read] == [2022]
    assert 0 < told.compared < archive.db.execute("SELECT count(*) FROM reading").fetchone()[0]
    with pytest.raises(UsageError):
        reparse(archive, Selection(years=(2022, 2022)), rebuild=True)


def test_what_is_decided_while_a_rebuild_reads_is_derived_after_it(archive: Archive, path: Path) -> None:
    def correct_meanwhile(done: int, total: int) -> None:
        if done == total:
            with closing(sqlite3.connect(path / "archive.db")) as other, other:
                other.execute("UPDATE unit_decision SET answer = 'different'")
                other.execute("INSERT OR IGNORE INTO stale_document SELECT url FROM document")

    (before,) = archive.db.execute("SELECT count(*) FROM unit").fetchone()
    reparse(archive, EVERYTHING, rebuild=True, progress=correct_meanwhile)
    assert archive.db.execute("SELECT count(*) FROM unit").fetchone()[0] == before + 1


REPARSE = """
import sys
from pathlib import Path
from archive import Archive, SystemClock
from archive.reading.reparse import reparse
from archive.selection import Selection

if __name__ == "__main__":
    def tell(done, total):
        print(done, total, flush=True)
    with Archive.open(Path(sys.argv[1]), SystemClock()) as archive, archive.lock():
        reparse(archive, Selection(), rebuild=sys.argv[2] == "rebuild", workers=1, progress=tell)
"""


@pytest.mark.parametrize("mode", [pytest.param("reparse", marks=pytest.mark.slow), "rebuild"])
def test_killed_it_shows_what_was_there_says_so_and_goes_on_with_what_is_left(
    path: Path, tmp_path: Path, mode: str
) -> None:
    with Archive.open(path, SimulatedClock(World().date_of(40))) as archive:
        whole = dump(archive.db)
        if mode == "reparse":
            forget_todays_readings(archive)
            with Archive.open(shutil.copytree(path, tmp_path / "undisturbed"), archive.clock) as undisturbed:
                reparse(undisturbed, EVERYTHING)
                whole = dump(undisturbed.db)
        before = dump(archive.db, DERIVED)
    script = tmp_path / "reparse_it.py"
    script.write_text(REPARSE)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    process = subprocess.Popen([sys.executable, script, path, mode], env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    done, total = map(int, process.stdout.readline().split())
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert done < total
    with Archive.open(path, SimulatedClock(World().date_of(40))) as archive:
        _wait_until_free(archive)
        assert dump(archive.db, DERIVED) == before
        if mode == "rebuild":
            assert [fault.kind for fault in verify(archive, sample=0)] == ["rebuild"]
            with pytest.raises(UsageError, match="--rebuild"):
                reparse(archive, EVERYTHING)
        told = reparse(archive, EVERYTHING, rebuild=mode == "rebuild", workers=1)
        assert 0 < sum(told.readings.values()) < total, "what was read stays"
        after = dump(archive.db)
        assert {table for table in whole if after[table] != whole[table]} == set()
        assert verify(archive, sample=3) == []


def _wait_until_free(archive: Archive) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            with archive.lock():
                return
        except Exception:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def gongkai(path: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*command(), *args, "--archive", str(path)], env=environment(), capture_output=True, text=True, timeout=300
    )


def test_the_verb_tells_it_in_words_and_as_data(path: Path) -> None:
    with Archive.open(path, SimulatedClock(World().date_of(40))) as archive:
        forget_todays_readings(archive)
    dry = gongkai(path, "reparse", "--dry-run", "--workers", "1")
    assert dry.returncode == 0, dry.stderr
    assert "dry run: nothing was changed" in dry.stdout
    assert "read otherwise: 3" in dry.stdout
    assert " dash -> " in dry.stdout
    told = json.loads(gongkai(path, "reparse", "--json", "--workers", "1").stdout)
    assert told["new_versions"] == {"technical": 3}
    assert len(told["changed"]) == 3
    assert gongkai(path, "reparse", "--rebuild", "year=2022").returncode == 2
    rebuilt = gongkai(path, "reparse", "--rebuild", "--lang", "zh", "--workers", "1")
    assert (rebuilt.returncode, "新版本：0" in rebuilt.stdout) == (0, True), rebuilt.stderr
