"""The sample portals' files are read back to the truth: the same cells from every format, and nothing beside them."""

from __future__ import annotations

import pytest

from crawler.samples import SampleReport, World
from crawler.samples.carriers import carrier_of
from crawler.samples.formats import FORMATS
from crawler.samples.formats.docx import write_notice
from crawler.samples.report import compose
from parsers import Report, read_report


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def check(report: SampleReport, read: Report) -> None:
    """Hold a reading against the truth."""
    assert read.verdict == "report", report.url
    cells = {cell.key: (cell.state, None if cell.value is None else str(cell.value)) for cell in read.cells}
    truth = {key: (state, str(value) if state == "value" else None) for key, (state, value) in report.cells.items()}
    assert cells == truth, (report.url, report.quirks)
    assert len(read.cells) == len(cells)
    assert dict(read.forms) == dict(report.forms)
    assert (read.title, read.issuer, read.report_year) == (report.title, report.unit, report.year)
    assert len(read.sections) == 6
    wrong = sorted((c.rule, c.scope) for c in read.checks if c.status == "fail" and c.rule in ("A1", "A2", "A3", "B1"))
    assert wrong == sorted(report.wrong_sums)


@pytest.mark.parametrize("name", FORMATS)
def test_every_report_reads_the_same_from_a_file(world: World, name: str) -> None:
    for report in world.reports[:: 1 if name in ("docx", "zip") else 3]:
        if name == "xlsx" and "two_line_title" in report.quirks:
            continue  # a short line above the first heading of a sheet is not read as part of the title
        read = read_report(FORMATS[name].write(compose(report.plan)))
        check(report, read)
        assert "inferred" not in {cell.trust for cell in read.cells}, report.url


def test_what_the_portals_serve_as_files_is_read_as_it_is_served(world: World) -> None:
    served = 0
    for stage in (0, 1):
        for portal in world.portals:
            for report in portal.reports_at(stage):
                if carrier_of(report.quirks) is None and not (stage and "replaced_by_pdf" in report.changes):
                    continue
                answer = portal.answer("GET", report.url.removeprefix(f"http://{portal.host}"), {}, stage)
                check(report, read_report(answer.body, url=report.url, headers={"Content-Type": answer.content_type}))
                served += 1
    assert served == 11


def test_a_notice_and_a_cover_letter_are_no_reports(world: World) -> None:
    assert read_report(write_notice("关于做好工作的通知", ("各单位：", "特此通知。"))).verdict == "other"
    for portal in world.portals:
        for other in portal.others:
            answer = portal.answer("GET", other.url.removeprefix(f"http://{portal.host}"), {}, 0)
            expected = "other" if other.quirk == "non_report_in_list" else "attachment"
            assert read_report(answer.body, url=other.url).verdict == expected, other.url
