"""What makes a version, and what must not: their changes, ours, withdrawals, and everything that is no change."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from archive import Archive, Capture, Listing, SimulatedClock
from archive.crosschecks import check_across
from archive.histories.diffs import compare
from archive.histories.versions import derive_versions
from archive.queries import find_report, history, read_version, standing
from archive.reading.readings import read_captures, store_reading
from crawler.samples import SampleReport
from parsers import PARSER_VERSION, read_report
from parsers.errors import NotFoundError

URL = "http://www.example.gov.cn/t20240112_1.html"
START = datetime(2025, 4, 10, 4, tzinfo=UTC)


def sight(archive: Archive, day: int, body: str | None, **more) -> None:
    """Record what a fetch of the report's address gave on a day."""
    data = {"outcome": "ok", "status": 200, **more}
    archive.record_capture(
        Capture(URL, START + timedelta(days=day), "report", body=body.encode() if body is not None else None, **data)
    )


def kinds(archive: Archive) -> list[str]:
    read_captures(archive)
    return [r[0] for r in archive.db.execute("SELECT kind FROM version ORDER BY captured_at, sequence")]


def edit(text: str, report: SampleReport) -> tuple[str, int]:
    """Return the capture with one more decision in 行政许可, and the figure it had."""
    before = report.cells["proactive_disclosure", "administrative_licensing", "decisions"][1]
    changed = text.replace(f"行政许可\t{before}", f"行政许可\t{before + 1}")
    assert changed != text
    return changed, before


def test_a_changed_figure_is_one_content_version_with_the_changed_cell(archive, text, report) -> None:
    changed, before = edit(text, report)
    sight(archive, 0, text)
    sight(archive, 30, changed)
    sight(archive, 31, changed)
    assert kinds(archive) == ["first", "content"]
    (change,) = archive.db.execute("SELECT * FROM cell_change").fetchall()
    assert tuple(change)[1:] == (
        "proactive_disclosure", "administrative_licensing", "decisions", "value", before, "value", before + 1,
    )  # fmt: skip


def test_bytes_that_change_without_text_or_figures_make_no_version(archive, text) -> None:
    sight(archive, 0, text)
    sight(archive, 30, text.replace("\n", "\r\n"))
    assert kinds(archive) == ["first"]
    assert archive.db.execute("SELECT count(*) FROM capture").fetchone()[0] == 2


def test_changed_words_make_a_content_version_without_changed_cells(archive, text) -> None:
    sight(archive, 0, text)
    sight(archive, 30, text.replace("一、总体情况\n", "一、总体情况\n本段为后来补写。\n", 1))
    assert kinds(archive) == ["first", "content"]
    assert archive.db.execute("SELECT count(*) FROM cell_change").fetchone()[0] == 0


@pytest.mark.parametrize(
    "gone",
    [{"outcome": "not_found", "status": 404}, {"outcome": "not_found", "status": 410}, {"verdict": "soft_404"}],
)
def test_withdrawn_needs_two_sightings_a_day_apart(archive, text, gone) -> None:
    body = "<html><body>页面不存在</body></html>" if "verdict" in gone else None
    sight(archive, 0, text)
    sight(archive, 30, body, **gone)
    assert kinds(archive) == ["first"]
    archive.record_capture(
        Capture(
            URL, START + timedelta(days=30, hours=3), "report", body=None, **{"outcome": "not_found", "status": 404}
        )
    )
    assert kinds(archive) == ["first"], "the same day again is no second sighting"
    sight(archive, 31, body, **gone)
    assert kinds(archive) == ["first", "withdrawn"]


def test_a_withdrawn_report_still_shows_its_last_good_version(archive, text, report) -> None:
    sight(archive, 0, text)
    for day in (30, 31):
        sight(archive, day, None, outcome="not_found", status=404)
    read_captures(archive)
    key, _ = find_report(archive.db, f"{report.unit}/{report.year}")
    assert [v.kind for v in history(archive.db, key.id)] == ["first", "withdrawn"]
    shown = read_version(archive.db, standing(archive.db, key).version)
    assert len(shown.cells) == 200


def test_a_report_that_comes_back_is_restored(archive, text) -> None:
    sight(archive, 0, text)
    for day in (30, 31):
        sight(archive, day, None, outcome="not_found", status=404)
    sight(archive, 40, text)
    assert kinds(archive) == ["first", "withdrawn", "content"]
    assert archive.db.execute("SELECT reason FROM version WHERE kind = 'content'").fetchone()[0] == "restored"


def test_gone_from_a_list_read_to_its_end_is_a_sighting_and_from_a_partial_one_is_none(archive, text) -> None:
    column = "http://www.example.gov.cn/zfxxgknb/"
    other = (column + "t2.html", "另一份报告", None)

    def list_it(day: int, completeness: str, *entries) -> None:
        archive.clock.move_to(START + timedelta(days=day))
        run, _ = archive.runs.start(f"crawl-{day}")
        at = START + timedelta(days=day)
        archive.record_capture(Capture(column, at, "list", "ok", 200, body=f"list {day}".encode()), run)
        archive.record_listing(
            Listing("example", column, START + timedelta(days=day), completeness, None, len(entries), entries), run
        )
        archive.runs.end(run, {})

    sight(archive, 0, text)
    list_it(0, "complete", (URL, "报告", None), other)
    list_it(10, "partial", other)
    list_it(20, "partial", other)
    assert kinds(archive) == ["first"]
    list_it(30, "complete", other)
    assert kinds(archive) == ["first"]
    list_it(31, "complete", other)
    assert kinds(archive) == ["first", "withdrawn"]


@pytest.mark.parametrize(
    ("body", "more"),
    [
        ("<html><script>document.cookie='__jsl_clearance=1'</script></html>", {"status": 521, "outcome": "http_error", "verdict": "challenge"}),
        ("<html><script>var arg1='a'; acw_sc__v2</script></html>", {}),
        ("", {}),
        (None, {"outcome": "timeout", "status": None}),
        ("<html><body>系统维护中</body></html>", {}),
        (None, {"outcome": "http_error", "status": 502}),
    ],
)  # fmt: skip
def test_a_challenge_an_error_or_an_empty_page_never_makes_or_replaces_a_version(archive, text, body, more) -> None:
    sight(archive, 0, text)
    sight(archive, 30, body, **more)
    sight(archive, 31, body, **more)
    assert kinds(archive) == ["first"]


def test_our_parser_s_change_is_technical_and_the_next_change_of_theirs_is_still_content(archive, text, report) -> None:
    changed, _ = edit(text, report)
    sight(archive, 0, text)
    assert kinds(archive) == ["first"]
    (sha256,) = archive.db.execute("SELECT body_sha256 FROM capture").fetchone()
    # a parser to come that reads one cell less out of the same bytes
    today = read_report(text.encode())
    from dataclasses import replace

    with archive.transaction():
        store_reading(archive.db, sha256, URL, replace(today, parser_version=PARSER_VERSION + 1, cells=today.cells[1:]))
    assert derive_versions(archive, PARSER_VERSION + 1) == {"technical": 1}
    assert [r[0] for r in archive.db.execute("SELECT kind FROM version ORDER BY sequence")] == ["first", "technical"]
    sight(archive, 30, changed)
    assert kinds(archive) == ["first", "technical", "content"]


def test_an_older_capture_that_arrives_late_takes_its_place_and_names_stay(archive, text, report) -> None:
    changed, _ = edit(text, report)
    sight(archive, 30, changed)
    assert kinds(archive) == ["first"]
    (name,) = archive.db.execute("SELECT id FROM version").fetchone()
    sight(archive, 0, text)
    assert kinds(archive) == ["first", "content"]
    assert (
        archive.db.execute("SELECT captured_at FROM version WHERE kind = 'first'")
        .fetchone()[0]
        .startswith("2025-04-10")
    )
    ids = [r[0] for r in archive.db.execute("SELECT id FROM version ORDER BY sequence")]
    assert ids[1] == name


def test_the_order_in_which_captures_arrive_does_not_matter(tmp_path, clock, text, report) -> None:
    changed, _ = edit(text, report)
    dumps = []
    for order in ((0, 1, 2), (2, 0, 1), (1, 2, 0)):
        with Archive.open(tmp_path / str(order), clock, create=True) as archive:
            for i in order:
                sight(archive, (0, 10, 20)[i], (text, changed, text)[i])
                read_captures(archive)
            dumps.append([tuple(r) for r in archive.db.execute("SELECT * FROM version ORDER BY id")])
            dumps[-1] += [tuple(r) for r in archive.db.execute("SELECT * FROM cell_change ORDER BY 1, 2, 3, 4")]
    assert dumps[0] == dumps[1] == dumps[2]
    assert len([d for d in dumps[0] if "content" in d]) == 2


def test_a_date_shows_the_version_in_force_at_the_end_of_that_day_in_china(archive, text, report) -> None:
    changed, before = edit(text, report)
    sight(archive, 0, text)  # 2025-04-10 12:00 in China
    sight(archive, 1, changed)
    read_captures(archive)
    key, _ = find_report(archive.db, f"{report.unit}/{report.year}")

    def licences(when: str) -> int:
        reading = read_version(archive.db, standing(archive.db, key, when).version)
        return next(c.value for c in reading.cells if c.row == "administrative_licensing")

    assert licences("2025-04-10") == before
    assert licences("2025-04-11") == before + 1
    assert licences("1") == before
    with pytest.raises(NotFoundError):
        licences("2025-04-09")
    first, second = history(archive.db, key.id)
    difference = compare(archive.db, first.reading_id, second.reading_id)
    assert len(difference.cells) == 1
    assert difference.text == ()


def test_two_documents_of_one_report_that_disagree_fail_a_check_and_make_no_version(archive, text, report) -> None:
    changed, _ = edit(text, report)
    sight(archive, 0, text)
    copy = "http://zfxxgk.example.gov.cn/copy.html"
    archive.record_capture(Capture(copy, START, "report", "ok", 200, body=changed.encode()))
    read_captures(archive)
    assert [r[0] for r in archive.db.execute("SELECT kind FROM version")] == ["first", "first"]
    assert archive.db.execute("SELECT count(*) FROM report").fetchone()[0] == 1
    check_across(archive)
    (found,) = archive.db.execute("SELECT * FROM cross_check WHERE rule = 'G4'").fetchall()
    assert found["status"] == "fail"
    evidence = json.loads(found["evidence"])
    assert evidence["documents"] == [URL, copy]
    ((cell),) = evidence["cells"]
    assert len(set(cell["readings"])) == 2
    assert cell["other_value"] == cell["value"] + 1


def test_a_report_is_named_by_unit_and_year_and_a_wrong_name_says_what_is_near(archive, text, report) -> None:
    sight(archive, 0, text)
    read_captures(archive)
    for name in (report.unit, archive.db.execute("SELECT id FROM unit").fetchone()[0]):
        assert find_report(archive.db, f"{name}/{report.year}")[0].report_year == report.year
    with pytest.raises(NotFoundError, match=str(report.year)):
        find_report(archive.db, f"{report.unit}/1999")
    with pytest.raises(NotFoundError, match="no unit"):
        find_report(archive.db, "无此单位/2023")
    with pytest.raises(NotFoundError, match="UNIT/YEAR"):
        find_report(archive.db, "无此单位")


def test_clock_may_not_run_backwards(clock: SimulatedClock) -> None:
    with pytest.raises(ValueError, match="backwards"):
        clock.move_to(START - timedelta(days=1))
