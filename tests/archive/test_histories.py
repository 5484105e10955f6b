"""A report's history: what it showed on a day, its copies, captures that came late, and whose change a change is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archive import Archive, Capture, SimulatedClock
from archive.decisions.corrections import correct, decisions_on, undo
from archive.histories.copies import copies
from archive.histories.diffs import compare
from archive.histories.versions import derive_versions
from archive.queries import ReportKey, find_report, history, standing
from archive.reading.readings import read_captures, store_reading
from crawler.samples import SampleReport
from parsers import PARSER_VERSION, read_report
from parsers.errors import NotFoundError

OWN = "http://www.example.gov.cn/t20240112_1.html"
COPY = "http://zfxxgk.example.gov.cn/copy.html"
START = datetime(2025, 4, 10, 4, tzinfo=UTC)
CELL = ("proactive_disclosure", "administrative_licensing", "decisions")


@pytest.fixture
def printed(report: SampleReport) -> int:
    value = report.cells[CELL][1]
    assert isinstance(value, int)
    return value


def sight(archive: Archive, url: str, day: int, body: str | None, **more: object) -> None:
    data = {"outcome": "ok", "status": 200, **more}
    at = START + timedelta(days=day)
    archive.record_capture(Capture(url, at, "report", body=body.encode() if body is not None else None, **data))  # type: ignore[arg-type]


def more(text: str, printed: int, by: int) -> str:
    changed = text.replace(f"行政许可\t{printed}", f"行政许可\t{printed + by}")
    assert changed != text
    return changed


def key_of(archive: Archive, report: SampleReport) -> ReportKey:
    return find_report(archive.db, f"{report.unit}/{report.year}")[0]


def shown(archive: Archive, report: SampleReport, which: str | None = None) -> tuple[str, int, bool]:
    found = standing(archive.db, key_of(archive, report), which)
    (value,) = archive.db.execute(
        'SELECT value FROM cell WHERE reading_id = ? AND "table" = ? AND "row" = ? AND "column" = ?',
        (found.version.reading_id, *CELL),
    ).fetchone()
    return found.version.url, value, found.withdrawn is not None


def test_a_day_shows_the_copy_that_was_preferred_then(archive, text, report, printed) -> None:
    page = f"<html><body>{text.replace(chr(10), '<br>')}</body></html>"
    assert read_report(page.encode()).verdict == "report"
    sight(archive, COPY, 0, more(text, printed, 1))
    sight(archive, OWN, 5, text)
    for day in (10, 12):
        sight(archive, OWN, day, None, outcome="not_found", status=404)
    read_captures(archive)
    assert shown(archive, report, "2025-04-12") == (COPY, printed + 1, False)
    assert shown(archive, report, "2025-04-16") == (OWN, printed, False), "the newer of two of one format"
    assert shown(archive, report, "2025-04-30") == (COPY, printed + 1, False), "the other one was withdrawn"
    assert shown(archive, report) == (COPY, printed + 1, False)
    with pytest.raises(NotFoundError, match="2025-04-10"):
        shown(archive, report, "2025-04-01")


def test_a_withdrawn_report_says_since_when_on_the_day_and_by_number(archive, text, report, printed) -> None:
    sight(archive, OWN, 0, text)
    for day in (10, 12):
        sight(archive, OWN, day, None, outcome="not_found", status=404)
    read_captures(archive)
    assert shown(archive, report, "2025-04-15") == (OWN, printed, False)
    assert shown(archive, report, "2025-04-23") == (OWN, printed, True)
    assert shown(archive, report, "2") == (OWN, printed, True)
    assert shown(archive, report, "1") == (OWN, printed, False)


def test_copies_show_the_figures_in_which_they_differ_and_agree_again_later(archive, text, report, printed) -> None:
    sight(archive, OWN, 1, text)
    sight(archive, COPY, 0, more(text, printed, 5))
    read_captures(archive)
    first, second = copies(archive.db, key_of(archive, report))
    assert (first.url, first.is_shown, first.cells) == (OWN, True, ())
    ((cell),) = second.cells
    assert (cell.before.value, cell.after.value, cell.difference) == (printed, printed + 5, 5)
    sight(archive, COPY, 3, text)
    read_captures(archive)
    assert [copy.cells for copy in copies(archive.db, key_of(archive, report))] == [(), ()]


def test_an_older_capture_that_comes_late_is_put_in_its_place_and_marked(archive, text, report, printed) -> None:
    sight(archive, OWN, 10, more(text, printed, 1))
    read_captures(archive)
    name = history(archive.db, key_of(archive, report).id)[0].id
    sight(archive, OWN, 0, text)
    read_captures(archive)
    found = history(archive.db, key_of(archive, report).id)
    assert [(v.kind, v.is_late) for v in found] == [("first", True), ("content", False)]
    assert found[1].id == name


def test_what_our_parser_reads_otherwise_is_never_shown_as_their_change(
    archive, text, report, printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two pages, both read by an older parser that missed a row, then by today's: their change is one cell."""
    changed = more(text, printed, 1)
    for day, body in ((0, text), (10, changed)):
        sight(archive, OWN, day, body)
    for body in (text, changed):
        made = read_report(body.encode(), url=OWN)
        older = replace(made, parser_version=0, cells=tuple(c for c in made.cells if c.row != "granted"))
        with archive.transaction():
            for reading in (older, made):
                store_reading(archive.db, archive.put_body(body.encode()), OWN, reading)
    derive_versions(archive, PARSER_VERSION)
    found = history(archive.db, key_of(archive, report).id)
    assert [v.kind for v in found] == ["first", "technical", "content", "technical"]
    assert [v.changed_cells for v in found] == [0, 7, 1, 7]
    difference = compare(archive.db, found[0].reading_id or "", found[3].reading_id or "")
    assert len(difference.cells) == 1
    assert len(compare(archive.db, found[0].reading_id or "", found[1].reading_id or "").cells) == 7


def test_everything_decided_is_in_the_history_with_what_undid_it(archive, text, report, clock: SimulatedClock) -> None:
    sight(archive, OWN, 0, text)
    read_captures(archive)
    name = f"{report.unit}/{report.year}"
    made = correct(archive, name, "requests/granted/total", "9", why="a letter", author="li", evidence="http://x")
    clock.move_to(clock.now() + timedelta(hours=1))
    back = undo(archive, made, why="wrong letter", author="wang")
    found = decisions_on(archive.db, key_of(archive, report))
    assert [(d.id, d.author, d.undoes, d.is_in_force) for d in found] == [
        (made, "li", None, False),
        (back, "wang", made, False),
    ]
