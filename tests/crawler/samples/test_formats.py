"""The files as other programs see them: the text that a PDF gives back, the packages' members and spans."""

from __future__ import annotations

import email
import io
import re
import time
import zipfile

import lxml.etree
import pypdfium2
import pytest

from crawler.samples import World
from crawler.samples.formats import FORMATS
from crawler.samples.formats.docx import write_notice
from crawler.samples.formats.layout import PAGE_HEIGHT, PAGE_WIDTH, advance, lay_pages
from crawler.samples.grid import lay_out
from crawler.samples.manuscript import Manuscript
from crawler.samples.report import compose

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def manuscripts(world: World) -> list[Manuscript]:
    return [compose(report.plan) for report in world.reports]


def prose(manuscript: Manuscript) -> str:
    """Return the prose of a report without its blanks."""
    lines = [*manuscript.title, *manuscript.preface]
    for section in manuscript.sections:
        lines += [section.heading, *section.paragraphs]
    return "".join("".join([*lines, *manuscript.closing]).split())


def members(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_manuscript_gives_the_same_bytes(manuscripts: list[Manuscript], name: str) -> None:
    write = FORMATS[name].write
    assert write(manuscripts[0]) == write(manuscripts[0])
    assert write(manuscripts[0]) != write(manuscripts[1])


def test_a_pdf_gives_its_text_back_with_a_number_at_the_foot_of_each_page(manuscripts: list[Manuscript]) -> None:
    for manuscript in manuscripts[::5]:
        document = pypdfium2.PdfDocument(FORMATS["pdf"].write(manuscript))
        assert len(document) > 2
        assert document.get_metadata_dict()["Title"] == "".join(manuscript.title)
        text = ""
        for number, page in enumerate(document, 1):
            lines = page.get_textpage().get_text_range().replace("\ufffe", "-").splitlines()
            assert lines[-1].strip() == f"- {number} -"
            text += "".join("".join(lines[:-1]).split())
        document.close()
        for section in manuscript.sections:
            for paragraph in (section.heading, *section.paragraphs):
                assert "".join(paragraph.split()) in text
            for row in section.table or ():
                assert all("".join(cell.text.split()) in text for cell in row)


def test_nothing_is_laid_out_beyond_its_page_and_every_figure_once(manuscripts: list[Manuscript]) -> None:
    for manuscript in manuscripts:
        pages = lay_pages(manuscript)
        for page in pages:
            assert all(line.x >= 54 for line in page.lines)
            assert all(line.x + sum(map(advance, line.text)) * line.size <= PAGE_WIDTH - 53 for line in page.lines)
            assert all(0 < line.y < PAGE_HEIGHT - 30 for line in page.lines)
        printed = "".join(line.text for page in pages for line in page.lines[:-1])
        tables = [cell.text for section in manuscript.sections for row in section.table or () for cell in row]
        assert sorted("".join(printed.split())) == sorted(prose(manuscript) + "".join("".join(tables).split()))


def test_docx_and_ofd_and_xlsx_hold_every_text_in_well_formed_xml(manuscripts: list[Manuscript]) -> None:
    for manuscript in manuscripts[::7]:
        for name in ("docx", "xlsx", "ofd"):
            texts = ""
            for part in members(FORMATS[name].write(manuscript)).values():
                texts += "".join("".join(lxml.etree.fromstring(part).itertext()).split())
            for paragraph in (p for section in manuscript.sections for p in section.paragraphs):
                assert name == "ofd" or "".join(paragraph.split()) in texts


def test_a_docx_keeps_the_spans_of_its_tables(manuscripts: list[Manuscript]) -> None:
    for manuscript in manuscripts[::7]:
        document = lxml.etree.fromstring(members(FORMATS["docx"].write(manuscript))["word/document.xml"])
        tables = [section.table for section in manuscript.sections if section.table]
        for printed, table in zip(document.iter(f"{W}tbl"), tables, strict=True):
            width = len(lay_out(table)[0])
            assert len(list(printed.iter(f"{W}gridCol"))) == width
            for row in printed.iter(f"{W}tr"):
                spans = [cell.find(f"{W}tcPr/{W}gridSpan") for cell in row.iter(f"{W}tc")]
                assert sum(1 if span is None else int(span.get(f"{W}val")) for span in spans) == width
            starts = [merge for merge in printed.iter(f"{W}vMerge") if merge.get(f"{W}val") == "restart"]
            assert len(starts) == sum(cell.rowspan > 1 for row in table for cell in row)


def test_an_xlsx_merges_what_spans_and_keeps_decimals_as_printed(manuscripts: list[Manuscript]) -> None:
    for manuscript in manuscripts[::7]:
        sheet = members(FORMATS["xlsx"].write(manuscript))["xl/worksheets/sheet1.xml"].decode()
        cells = [cell for section in manuscript.sections for row in section.table or () for cell in row]
        over_columns = re.findall(r'<mergeCell ref="A\d+:O\d+"/>', sheet)
        spanning = sum(cell.rowspan * cell.colspan > 1 for cell in cells)
        assert len(re.findall("<mergeCell ", sheet)) == spanning + len(over_columns)
        for text in (cell.text for cell in cells if re.fullmatch(r"\d+\.\d+", cell.text)):
            assert f'<t xml:space="preserve">{text}</t>' in sheet


def test_an_mhtml_holds_the_page_and_a_zip_the_docx(manuscripts: list[Manuscript]) -> None:
    manuscript = manuscripts[3]
    message = email.message_from_bytes(FORMATS["mhtml"].write(manuscript))
    (page,) = [part for part in message.walk() if part.get_content_type() == "text/html"]
    content = page.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert f"<title>{''.join(manuscript.title)}</title>" in content.decode("utf-8")
    title = "".join(manuscript.title)
    assert members(FORMATS["zip"].write(manuscript)) == {f"{title}.docx": FORMATS["docx"].write(manuscript)}


def test_a_notice_has_no_table() -> None:
    document = members(write_notice("通知", ("各单位：", "特此通知。")))["word/document.xml"].decode()
    assert "特此通知。" in document
    assert "w:tbl" not in document


def test_a_world_and_its_sixty_reports_are_made_within_three_seconds() -> None:
    before = time.process_time()
    assert len(World(seed=11).reports) == 60
    assert time.process_time() - before < 3
