"""The demo end to end: what was planted is found, a second run finds nothing new, a killed run is taken up again."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cli_process import command, environment

from archive.reading.loading import load_reading
from crawler.samples import SampleReport, World

TABLES = {
    # what happened, without what only tells that it was asked again
    "capture": "SELECT DISTINCT url, captured_at, kind, outcome, status, body_sha256, verdict FROM capture WHERE kind <> 'robots' ORDER BY 1, 2, 3, 4, 5, 6",
    "listing": "SELECT portal, url, listed_at, completeness, declared_total, found_total FROM listing ORDER BY 1, 2, 3",
    "version": "SELECT id, document_id, sequence, kind, captured_at, reading_id, reason FROM version ORDER BY 1",
    "cell_change": "SELECT * FROM cell_change ORDER BY 1, 2, 3, 4",
    "report": "SELECT * FROM report ORDER BY 1",
    "cell": "SELECT * FROM cell ORDER BY 1, 2, 3, 4",
}  # fmt: skip


def dump(path: Path) -> dict[str, list[tuple]]:
    with closing(sqlite3.connect(path / "archive.db")) as db:
        return {name: db.execute(sql).fetchall() for name, sql in TABLES.items()}


def run_demo(path: Path, *args: str) -> dict:
    run = subprocess.run(
        [*command(), "demo", "--once", "--json", "--archive", str(path), *args],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == "", "progress bars are for terminals, and nothing else was to be said"
    return json.loads(run.stdout)


@pytest.fixture(scope="session")
def world() -> World:
    return World()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    path = tmp_path_factory.mktemp("demo") / "archive"
    return path, run_demo(path)


@pytest.fixture
def db(demo: tuple[Path, dict]) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{demo[0] / 'archive.db'}?mode=ro", uri=True)) as opened:
        opened.row_factory = sqlite3.Row
        yield opened


def versions(db: sqlite3.Connection, url: str) -> list[sqlite3.Row]:
    return db.execute(
        "SELECT v.* FROM version v JOIN document d ON d.id = v.document_id WHERE d.url = ? ORDER BY v.sequence", (url,)
    ).fetchall()


def planted(world: World, change: str) -> SampleReport:
    (report,) = [r for r in world.reports if change in r.changes]
    return report


def test_the_summary_counts_what_the_world_holds(demo, world: World) -> None:
    _, summary = demo
    assert summary["portals"] == len(world.portals)
    assert summary["reports"] == len(world.reports)
    assert summary["new_versions"] == sum(summary["versions"].values())
    assert summary["versions"] == {"first": len(world.reports) + 1, "content": 2, "withdrawn": 3}
    assert sum(summary["cells"].values()) == sum(len(r.cells) for r in world.reports)
    assert summary["checks_failed"] == sum(len(r.wrong_sums) for r in world.reports)
    assert summary["captures"]["challenge"] >= 1
    assert Path(summary["release"]).is_dir()


def test_every_report_is_filed_under_its_body_and_year_and_every_cell_is_right(db, world: World) -> None:
    for report in world.reports_on(31):
        found = db.execute(
            """SELECT p.report_year, u.place_code, s.reading_id FROM document d JOIN report p ON p.id = d.report_id
               JOIN unit u ON u.id = p.unit_id JOIN version v ON v.document_id = d.id AND v.reading_id IS NOT NULL
               JOIN (SELECT document_id, max(sequence) AS newest FROM version WHERE reading_id IS NOT NULL GROUP BY 1) n
                 ON n.document_id = d.id AND n.newest = v.sequence
               JOIN (SELECT id AS version_id, reading_id FROM version) s ON s.version_id = v.id
               WHERE d.url = ?""",
            (report.url,),
        ).fetchall()
        assert len(found) == 1, report.url
        assert (found[0]["report_year"], found[0]["place_code"]) == (report.year, report.place_code)
        reading = load_reading(db, found[0]["reading_id"])
        assert reading.issuer == report.unit
        read = {c.key: (c.state, None if c.value is None else str(c.value)) for c in reading.cells}
        truth = {k: (s, str(v) if s == "value" else None) for k, (s, v) in report.cells.items()}
        assert read == truth, report.url


def test_wrong_sums_are_found_where_they_were_planted_and_nowhere_else(db, world: World) -> None:
    for report in world.reports_on(31):
        rows = db.execute(
            """SELECT c.rule, c.scope FROM check_result c JOIN version v ON v.reading_id = c.reading_id JOIN document d ON d.id = v.document_id
               WHERE d.url = ? AND c.status = 'fail' AND c.rule IN ('A1', 'A2', 'A3', 'B1')""",
            (report.url,),
        )
        assert sorted(map(tuple, rows)) == sorted(report.wrong_sums), report.url
    disputed = db.execute("SELECT count(*) FROM cell WHERE trust = 'disputed'").fetchone()[0]
    assert disputed > 0


def test_an_edited_report_is_one_content_version_with_its_changed_cells(db, world: World) -> None:
    before = planted(world, "edited")
    (after,) = [r for r in world.reports_on(30) if r.url == before.url]
    steps = versions(db, before.url)
    assert [v["kind"] for v in steps] == ["first", "content"]
    rows = db.execute("SELECT * FROM cell_change WHERE version_id = ?", (steps[1]["id"],)).fetchall()
    changed = {(r["table"], r["row"], r["column"]): (r["value_before"], r["value_after"]) for r in rows}
    assert changed == {k: (v[1], after.cells[k][1]) for k, v in before.cells.items() if v != after.cells[k]}
    assert changed


def test_a_reworded_report_is_a_content_version_without_changed_cells(db, world: World) -> None:
    steps = versions(db, planted(world, "reworded").url)
    assert [v["kind"] for v in steps] == ["first", "content"]
    assert not db.execute("SELECT 1 FROM cell_change WHERE version_id = ?", (steps[1]["id"],)).fetchall()


@pytest.mark.parametrize("change", ["withdrawn", "soft_404"])
def test_a_withdrawn_report_keeps_its_last_good_version(db, demo, world: World, change: str) -> None:
    report = planted(world, change)
    steps = versions(db, report.url)
    assert [v["kind"] for v in steps] == ["first", "withdrawn"]
    assert steps[1]["captured_at"] == "2025-05-10T04:00:00Z", "the second sighting, on day 31"
    with closing(sqlite3.connect(Path(demo[1]["release"]) / "gongkai.db")) as release:
        state, cells = release.execute(
            "SELECT r.state, (SELECT count(*) FROM cell c WHERE c.report_id = r.id) FROM report r WHERE r.source_url = ?",
            (report.url,),
        ).fetchone()
    assert (state, cells) == ("withdrawn", len(report.cells))


def test_a_moved_report_is_one_report_with_two_documents(db, world: World) -> None:
    report = planted(world, "moved")
    rows = db.execute(
        "SELECT url, id = (SELECT preferred_document FROM report p WHERE p.id = d.report_id) AS preferred FROM document d"
        " WHERE report_id = (SELECT report_id FROM document WHERE url = ?)",
        (report.url,),
    ).fetchall()
    assert {r["url"]: r["preferred"] for r in rows} == {
        report.url: 0,
        next(r.url for r in world.reports_on(30) if "moved" in r.changes): 1,
    }


def test_a_challenge_page_and_changing_bytes_make_no_version(db, world: World) -> None:
    for change in ("challenge", "republished"):
        report = planted(world, change)
        assert [v["kind"] for v in versions(db, report.url)] == ["first"], change
    challenged = planted(world, "challenge").url
    assert db.execute("SELECT 1 FROM capture WHERE url = ? AND verdict = 'challenge'", (challenged,)).fetchall()
    bodies = db.execute(
        "SELECT count(DISTINCT body_sha256) FROM capture WHERE url = ?", (planted(world, "republished").url,)
    ).fetchone()[0]
    assert bodies > 1


def test_a_second_run_starts_at_the_last_day_and_finds_nothing_new(demo) -> None:
    path, first = demo
    before = dump(path)
    second = run_demo(path)
    assert second["new_versions"] == 0
    assert second["versions"] == first["versions"]
    assert second["release"] == first["release"]
    after = dump(path)
    for name in ("version", "cell_change", "report", "cell"):
        assert after[name] == before[name], name


def test_a_killed_crawl_is_taken_up_and_nothing_is_lost_or_kept_twice(demo, tmp_path: Path) -> None:
    """kill -9 in the middle of the first day's crawl, and again in the middle of the second day's."""
    path = tmp_path / "killed"
    for captures in (30, 110):
        process = subprocess.Popen(
            [*command(), "demo", "--once", "--archive", str(path)],
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _wait_for_captures(path, captures, process)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        with closing(sqlite3.connect(path / "archive.db")) as db:
            assert db.execute("SELECT count(*) FROM run WHERE ended_at IS NULL").fetchone()[0] == 1
    summary = run_demo(path)
    undisturbed, taken_up = dump(demo[0]), dump(path)
    for name in TABLES:
        if name in ("capture", "listing"):  # the undisturbed archive has seen the last day once more
            assert set(taken_up[name]) <= set(undisturbed[name]), name
        else:
            assert taken_up[name] == undisturbed[name], name
    assert {row[0] for row in taken_up["capture"]} == {row[0] for row in undisturbed["capture"]}
    assert summary["versions"] == demo[1]["versions"]
    verified = subprocess.run(
        [*command(), "verify", "--archive", str(path)], env=environment(), capture_output=True, text=True
    )
    assert (verified.returncode, verified.stdout) == (0, "the archive is whole\n")


def _wait_for_captures(path: Path, number: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, "the demo ended before it could be killed"
        try:
            with closing(sqlite3.connect(f"file:{path / 'archive.db'}?mode=ro", uri=True)) as db:
                if db.execute("SELECT count(*) FROM capture").fetchone()[0] >= number:
                    return
        except sqlite3.OperationalError:
            pass  # not made yet
        time.sleep(0.05)
    pytest.fail("the demo's crawl did not get going")


def test_the_demo_refuses_an_archive_of_real_reports_and_others_refuse_its_own(
    gongkai, demo, seeds: list[Path]
) -> None:
    assert gongkai("import", seeds[0], "--archive", "real").returncode == 0
    refused = gongkai("demo", "--once", "--archive", "real")
    assert refused.returncode == 2
    assert "not marked as sample data" in refused.stderr
    for verb in (["import", seeds[0]], ["crawl", "--contact", "a@example.org"]):
        refused = gongkai(*verb, "--archive", demo[0])
        assert refused.returncode == 2, verb
        assert "marked as sample data" in refused.stderr, verb
    refused = gongkai("import", seeds[0], GONGKAI_ARCHIVE=str(demo[0]))
    assert refused.returncode == 2
