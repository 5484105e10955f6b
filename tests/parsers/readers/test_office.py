"""Reports that a person would have made with an office program are read cell by cell as the samples' truth says."""

from __future__ import annotations

import io
import zipfile
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest

from crawler.samples import SampleReport, World
from parsers import Report, read_report

from .conftest import OfficeSamples, page_of
from .ofd_writer import write_ofd

SURE = ("verified", "stated")


def differences(report: SampleReport, read: Report) -> list[object]:
    got = {cell.key: (cell.state, cell.value) for cell in read.cells}
    return [key for key in report.cells.keys() | got.keys() if report.cells.get(key) != got.get(key)]


def silent(report: SampleReport, read: Report) -> list[object]:
    sure = {cell.key for cell in read.cells if cell.trust in SURE}
    return [key for key in differences(report, read) if key in sure]


@pytest.mark.office
@pytest.mark.parametrize("suffix", ["docx", "doc"])
def test_every_cell_of_a_word_file_is_read_as_printed(office: OfficeSamples, suffix: str) -> None:
    for report, body in zip(office.reports, office.bodies[suffix], strict=True):
        read = read_report(body)
        assert (read.verdict, read.format) == ("report", suffix)
        assert differences(report, read) == [], (report.url, report.quirks)
        assert [section.number for section in read.sections] == [1, 2, 3, 4, 5, 6]


@pytest.mark.office
@pytest.mark.parametrize(("suffix", "share"), [("xlsx", 0.999), ("xls", 0.999), ("ods", 0.999), ("ofd", 0.995)])
def test_no_cell_is_wrong_and_sure_in_a_sheet_or_a_page(office: OfficeSamples, suffix: str, share: float) -> None:
    """What is missing went missing on the way: LibreOffice's import of HTML cuts cells at breaks, a page cuts rows."""
    wrong = cells = 0
    for report, body in zip(office.reports, office.bodies[suffix], strict=True):
        read = read_report(body)
        assert (read.verdict, read.format) == ("report", suffix)
        assert silent(report, read) == [], (report.url, report.quirks)
        if suffix == "ofd" or not {"header_break", "layout_table"} & set(report.quirks):
            wrong += len(differences(report, read))
            cells += len(report.cells)
    assert wrong <= (1 - share) * cells


@pytest.mark.office
def test_an_ofd_is_read_as_the_pdf_that_it_was_made_from(office: OfficeSamples) -> None:
    for pdf, ofd in zip(office.bodies["pdf"], office.bodies["ofd"], strict=True):
        by_pdf, by_ofd = read_report(pdf), read_report(ofd)
        assert [(c.key, c.state, c.value, c.trust, c.where.page) for c in by_ofd.cells] == [
            (c.key, c.state, c.value, c.trust, c.where.page) for c in by_pdf.cells
        ]
        for one, other in zip(by_ofd.cells, by_pdf.cells, strict=True):
            assert one.where.box == pytest.approx(other.where.box, abs=0.3)


@pytest.mark.office
def test_the_namespace_of_an_ofd_does_not_matter(office: OfficeSamples) -> None:
    pdf = office.bodies["pdf"][0]
    assert read_report(write_ofd(pdf, "http://blog.yuanhaiying.cn/ofd")) == read_report(write_ofd(pdf))


@pytest.mark.office
def test_the_report_in_a_zip_is_found_among_other_files(office: OfficeSamples) -> None:
    report, docx = office.reports[3], office.bodies["docx"][3]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("封面.html", "<html><body><p>请见附件</p></body></html>")
        package.writestr("附件/说明.txt", "说明" * 20)
        package.writestr(f"附件/{report.year}年政府信息公开年报.docx", docx)
        package.writestr("图片.png", b"\x89PNG" + bytes(100))
    read = read_report(out.getvalue())
    assert (read.format, differences(report, read)) == ("docx", [])


@pytest.mark.office
def test_a_name_in_gbk_is_understood_and_a_zip_in_a_zip_opened(office: OfficeSamples) -> None:
    report, doc = office.reports[4], office.bodies["doc"][4]
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as package:
        package.writestr("xxxx.doc", doc)  # the name's bytes are put in below: zipfile would write UTF-8
        package.writestr("a.doc", office.bodies["doc"][5])
    named = inner.getvalue().replace(b"xxxx.doc", "年报".encode("gbk") + b".doc")
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as package:
        package.writestr("report.zip", named)
    read = read_report(outer.getvalue())
    assert (read.format, differences(report, read)) == ("doc", [])


@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
def test_a_saved_page_is_read_as_the_page(charset: str) -> None:
    report = World(seed=2, units=1, years=(2022,)).reports[0]
    page = page_of(report).replace("utf-8", charset)
    message = MIMEMultipart("related")
    message["Subject"] = "saved"
    message["MIME-Version"] = "1.0"
    part = MIMEText(page, "html", "gb18030" if charset == "gb2312" else charset)
    part.replace_header("Content-Type", f'text/html; charset="{charset}"')
    message.attach(part)
    read = read_report(message.as_bytes())
    assert (read.verdict, read.format, differences(report, read)) == ("report", "html", [])
