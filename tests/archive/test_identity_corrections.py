"""A person's word on whose report a document is files it so, outlives every reading, and is taken back by another row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import Archive, Capture, SimulatedClock
from archive.decisions.corrections import (
    correct,
    corrections_of,
    decide_identity,
    identities_of,
    import_corrections,
    undo,
)
from archive.histories.versions import derive_versions
from archive.keeping.whole import merge
from archive.queries import find_report
from archive.reading.readings import read_captures
from archive.search import search
from crawler.samples import SampleReport
from parsers import PARSER_VERSION
from parsers.errors import NotFoundError, UsageError

AT = datetime(2025, 1, 1, tzinfo=UTC)
URL = "http://www.x.gov.cn/1"
DERIVED = (
    "cell_change", "version", "document", "filing", "report", "unit", "finding", "check_result", "cell", "section", "reading",
)  # fmt: skip


@pytest.fixture
def filed(archive: Archive, text: str) -> Archive:
    archive.record_capture(Capture(URL, AT, "report", "ok", 200, body=text.encode()))
    read_captures(archive)
    return archive


@pytest.fixture
def name(filed: Archive, report: SampleReport) -> str:
    (unit,) = filed.db.execute("SELECT name FROM unit").fetchone()
    return f"{unit}/{report.year}"


def decide(archive: Archive, report: str, what: str, value: str, why: str = "a letter") -> tuple[str, ...]:
    keys = decide_identity(archive, report, what, value, why=why, author="li")
    derive_versions(archive, PARSER_VERSION)
    return keys


def filing(archive: Archive) -> list[tuple[object, ...]]:
    return [
        tuple(row)
        for row in archive.db.execute(
            "SELECT u.name, u.place_code, p.report_year, p.scope FROM report p JOIN unit u ON u.id = p.unit_id"
        )
    ]


def test_each_part_of_an_identity_can_be_corrected_and_taken_back(filed: Archive, name: str) -> None:
    before = filing(filed)
    keys = [
        *decide(filed, name, "identity/year", "2021"),
        *decide(filed, URL, "identity/unit", "河北省石家庄市财政局"),
        *decide(filed, URL, "identity/scope", "own_body"),
    ]
    assert filing(filed) == [("河北省石家庄市财政局", "130100", 2021, "own_body")]
    assert [hit.unit for hit in search(filed.db, "石家庄").hits] == ["河北省石家庄市财政局"]
    for key in keys:
        undo(filed, key[:12], why="wrong letter", author="wang")
    derive_versions(filed, PARSER_VERSION)
    assert filing(filed) == before
    assert search(filed.db, "石家庄").total == 0
    assert filed.db.execute("SELECT count(*) FROM identity_correction").fetchone()[0] == 6
    with pytest.raises(NotFoundError):
        undo(filed, keys[0], why="again", author="li")


def test_a_corrected_place_moves_the_body_there_under_its_own_name(
    filed: Archive, name: str, report: SampleReport
) -> None:
    decide(filed, name, "identity/place", "130100")
    ((unit, place, *_),) = filing(filed)
    assert place == "130100" and str(unit).startswith("河北省石家庄市")


def test_a_decision_outlives_rebuilding_and_goes_with_a_merge(filed: Archive, name: str, tmp_path: Path) -> None:
    decide(filed, name, "identity/year", "2021")
    wanted = filing(filed)
    filed.db.execute("PRAGMA foreign_keys = OFF")
    for table in DERIVED:
        filed.db.execute(f"DELETE FROM {table}")
    filed.db.execute("PRAGMA foreign_keys = ON")
    read_captures(filed)
    assert filing(filed) == wanted
    with Archive.open(tmp_path / "other", filed.clock, create=True, sample=False) as other:
        other.record_capture(Capture(URL, AT, "report", "ok", 200, body=b"x"))
        assert merge(other, [filed.path])["identity_correction"] == 1
        assert filing(other) == wanted


def test_it_says_whether_today_s_reading_agrees_or_says_something_new(
    filed: Archive, name: str, text: str, report: SampleReport, clock: SimulatedClock
) -> None:
    decide(filed, name, "identity/year", str(report.year - 1))
    key, _ = find_report(filed.db, f"{name.split('/')[0]}/{report.year - 1}")
    (made,) = identities_of(filed.db, key)
    assert (made.read_value, made.agrees, made.is_overtaken) == (str(report.year), False, False)
    later = AT + timedelta(days=400)
    for year, agrees in ((report.year - 1, True), (report.year + 1, False)):
        later += timedelta(days=1)
        body = text.replace(str(report.year), str(year)).encode()
        filed.record_capture(Capture(URL, later, "report", "ok", 200, body=body))
        read_captures(filed)
        (made,) = identities_of(filed.db, key)
        assert (made.now_read, made.agrees, made.is_overtaken) == (str(year), agrees, not agrees)
        told = filed.db.execute("SELECT code, message FROM archive_finding").fetchall()
        assert [row["code"] for row in told] == ([] if agrees else ["identity_overtaken"])


def test_a_report_that_could_not_be_filed_is_filed_by_what_a_person_says_of_its_address(
    archive: Archive, text: str
) -> None:
    lines = text.splitlines()
    cut = next(i for i, line in enumerate(lines) if "一、" in line)
    nameless = "\n".join(["政府信息公开工作年度报告", "", *lines[cut:]])
    archive.record_capture(Capture(URL, AT, "report", "ok", 200, body=nameless.encode()))
    read_captures(archive)
    assert filing(archive) == []
    assert archive.db.execute("SELECT code FROM archive_finding").fetchall()
    decide(archive, URL, "identity/unit", "河北省石家庄市财政局")
    decide(archive, URL, "identity/year", "2023")
    assert filing(archive)[0][:3] == ("河北省石家庄市财政局", "130100", 2023)
    assert archive.db.execute("SELECT code FROM archive_finding WHERE code = 'unfiled_report'").fetchall() == []


def test_a_corrected_figure_goes_with_its_document(filed: Archive, name: str) -> None:
    correct(filed, name, "requests/new_received/total", "7", why="a letter", author="li")
    decide(filed, name, "identity/year", "2021")
    key, _ = find_report(filed.db, f"{name.split('/')[0]}/2021")
    assert [c.value for c in corrections_of(filed.db, key)] == [7]


def test_an_office_that_a_person_names_is_not_taken_for_its_government(filed: Archive) -> None:
    decide(filed, URL, "identity/scope", "whole_area")
    decide(filed, URL, "identity/unit", "河北省石家庄市人民政府办公室")
    assert filing(filed)[0][0] == "河北省石家庄市人民政府办公室"


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("identity/year", "23"),
        ("identity/scope", "everybody"),
        ("identity/place", "999999"),
        ("identity/unit", "财政局"),
        ("identity/colour", "red"),
    ],
)
def test_what_is_no_identity_is_refused_by_name(filed: Archive, name: str, what: str, value: str) -> None:
    with pytest.raises(UsageError) as error:
        decide(filed, name, what, value)
    assert value in error.value.en or what in error.value.en
    assert filed.db.execute("SELECT count(*) FROM identity_correction").fetchone()[0] == 0


def test_a_file_may_hold_figures_and_identities(filed: Archive, name: str, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text(
        f"report,cell,value,why\n{name},requests/new_received/total,5,a letter\n{URL},identity/year,2021,a letter\n",
        "utf-8",
    )
    assert import_corrections(filed, file, author="li") == []
    derive_versions(filed, PARSER_VERSION)
    assert filing(filed)[0][2] == 2021
