"""A correction stands beside what was printed, outlives every reading, and is taken back by another row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import Archive, Capture, SimulatedClock
from archive.decisions.corrections import correct, corrections_of, import_corrections, undo
from archive.keeping.whole import merge
from archive.queries import ReportKey, find_report, standing
from archive.reading.loading import load_reading
from archive.reading.readings import read_captures
from crawler.samples import SampleReport
from parsers.errors import NotFoundError, UsageError

AT = datetime(2025, 1, 1, tzinfo=UTC)
CELL = "requests/new_received/total"


@pytest.fixture
def filed(archive: Archive, text: str) -> Archive:
    archive.record_capture(Capture("http://www.x.gov.cn/1", AT, "report", "ok", 200, body=text.encode()))
    read_captures(archive)
    return archive


@pytest.fixture
def name(filed: Archive, report: SampleReport) -> str:
    (unit,) = filed.db.execute("SELECT name FROM unit").fetchone()
    return f"{unit}/{report.year}"


def key_of(archive: Archive, name: str) -> ReportKey:
    return find_report(archive.db, name)[0]


def test_what_was_printed_stays_and_the_correction_stands_beside_it(filed: Archive, name: str) -> None:
    report = key_of(filed, name)
    before = load_reading(filed.db, standing(filed.db, report).version.reading_id or "")
    correct(filed, name, CELL, "999", why="a letter", author="li", evidence="http://x")
    (made,) = corrections_of(filed.db, report)
    assert (made.cell, made.value, made.agrees) == (("requests", "new_received", "total"), 999, False)
    assert (made.author, made.why, made.evidence) == ("li", "a letter", "http://x")
    assert load_reading(filed.db, standing(filed.db, report).version.reading_id or "") == before


def test_a_correction_says_whether_today_s_reading_agrees_with_it(filed: Archive, name: str) -> None:
    report = key_of(filed, name)
    cells = {c.key: c.value for c in load_reading(filed.db, standing(filed.db, report).version.reading_id or "").cells}
    correct(filed, name, CELL, str(cells["requests", "new_received", "total"]), why="checked", author="li")
    correct(filed, name, "proactive_disclosure/rules/made", "3", why="2019 column", author="li")
    agrees = {c.cell[0]: c.agrees for c in corrections_of(filed.db, report)}
    assert agrees == {"requests": True, "proactive_disclosure": None}


def test_the_later_correction_counts_and_undoing_it_brings_the_earlier_back(
    filed: Archive, name: str, clock: SimulatedClock
) -> None:
    report = key_of(filed, name)
    correct(filed, name, CELL, "1", why="first", author="li")
    clock.move_to(clock.now() + timedelta(hours=1))
    later = correct(filed, name, CELL, "2", why="second", author="wang")
    assert [c.value for c in corrections_of(filed.db, report)] == [2]
    undo(filed, later[:8], why="wrong letter", author="wang")
    assert [c.value for c in corrections_of(filed.db, report)] == [1]
    with pytest.raises(NotFoundError):
        undo(filed, later, why="again", author="wang")
    assert filed.db.execute("SELECT count(*) FROM correction").fetchone()[0] == 3


def test_a_correction_outlives_the_rebuilding_of_everything_derived(filed: Archive, name: str) -> None:
    correct(filed, name, CELL, "7", why="a letter", author="li")
    filed.db.execute("PRAGMA foreign_keys = OFF")
    for table in (
        "cell_change",
        "version",
        "document",
        "report",
        "unit",
        "finding",
        "check_result",
        "cell",
        "section",
        "reading",
    ):
        filed.db.execute(f"DELETE FROM {table}")
    filed.db.execute("PRAGMA foreign_keys = ON")
    read_captures(filed)
    assert [c.value for c in corrections_of(filed.db, key_of(filed, name))] == [7]


def test_corrections_are_merged_with_their_archive(filed: Archive, name: str, tmp_path: Path) -> None:
    correct(filed, name, CELL, "7", why="a letter", author="li")
    with Archive.open(tmp_path / "other", filed.clock, create=True, sample=False) as other:
        assert merge(other, [filed.path])["correction"] == 1
        assert [c.value for c in corrections_of(other.db, key_of(other, name))] == [7]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("requests/new_received", "1"),
        ("requests/new_received/sum", "1"),
        (CELL, "1,000"),
        (CELL, "-1"),
        (CELL, "007"),
        (CELL, "many"),
        ("proactive_disclosure/administrative_fees/amount_wan_yuan", "1.2万"),
    ],
)
def test_what_is_no_cell_or_no_figure_is_refused_by_name(filed: Archive, name: str, cell: str, value: str) -> None:
    with pytest.raises(UsageError) as error:
        correct(filed, name, cell, value, why="x", author="li")
    assert cell in error.value.en or value in error.value.en


def test_money_is_kept_as_written_and_a_state_can_be_corrected(filed: Archive, name: str) -> None:
    correct(filed, name, "proactive_disclosure/administrative_fees/amount_wan_yuan", "12.50", why="x", author="li")
    correct(filed, name, CELL, "blank", why="x", author="li")
    made = {c.cell[0]: (c.state, c.value) for c in corrections_of(filed.db, key_of(filed, name))}
    assert made == {"proactive_disclosure": ("value", "12.50"), "requests": ("blank", None)}


def test_a_file_of_corrections_is_taken_whole_or_not_at_all(filed: Archive, name: str, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text(
        f"\ufeffreport,cell,value,why,author\n{name},{CELL},5,a letter,wang\n{name},nowhere,5,x,\n", "utf-8"
    )
    ((line, error),) = import_corrections(filed, file, author="li")
    assert line == 3 and "nowhere" in error.en
    assert corrections_of(filed.db, key_of(filed, name)) == []
    file.write_text(f"report,cell,value,why\n{name},{CELL},5,a letter\n", "utf-8")
    assert import_corrections(filed, file, author="li") == []
    assert [(c.value, c.author) for c in corrections_of(filed.db, key_of(filed, name))] == [(5, "li")]
    file.write_text("a,b\n", "utf-8")
    with pytest.raises(UsageError, match="report"):
        import_corrections(filed, file, author="li")
