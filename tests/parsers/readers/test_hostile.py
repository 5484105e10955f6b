"""Bytes that mean harm, or were harmed, end with a verdict in bounded time and memory."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import read_report
from parsers.errors import UnreadableError
from parsers.formats import read_document
from parsers.readers.doc import read_doc
from parsers.readers.docx import read_docx
from parsers.readers.ofd import read_ofd
from parsers.readers.xls import read_xls

from .conftest import OfficeSamples
from .packages import cell, docx, number, ofd, package, paragraph, string, table, text_object, xlsx

LAUGHS = (
    "<!DOCTYPE a [<!ENTITY l0 'ha'>" + "".join(f"<!ENTITY l{i} '{f'&l{i - 1};' * 10}'>" for i in range(1, 10)) + "]>"
)
SMALL = {
    "docx": docx(paragraph("一、总体情况") + table([900, 900], cell("规章") + cell("3"), cell("a") + cell("4"))),
    "xlsx": xlsx(f"<row r='1'>{string('A1', '规章')}{number('B1', '3')}</row>"),
    "ofd": ofd(text_object(20, 30, "一、总体情况")),
    "zip": package({"年报.docx": docx(paragraph("一、总体情况"))}),
    "mhtml": b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n<html><p>a</p></html>\r\n--x--\r\n",
}


def refused(body: bytes, *words: str) -> None:
    started = time.monotonic()
    report = read_report(body)
    assert time.monotonic() - started < 10
    assert report.verdict == "unreadable"
    (found,) = report.findings
    assert found.message and found.message_zh
    assert all(word in found.message for word in words), found.message


@pytest.mark.parametrize("kind", SMALL)
def test_the_small_files_are_whole(kind: str) -> None:
    document = read_document(SMALL[kind])
    assert document is not None and document.blocks


@pytest.mark.parametrize("part", ["word/document.xml", "xl/workbook.xml", "OFD.xml", "年报.html"])
def test_a_zip_bomb_is_refused_before_it_is_unpacked(part: str) -> None:
    refused(package({part: b" " * (65 * 2**20)}), "MB")


def test_many_parts_that_unpack_to_too_much_are_refused() -> None:
    parts = {f"xl/media/{i}.bin": bytes(20 * 2**20) for i in range(8)}
    refused(package({"xl/workbook.xml": "<workbook/>", **parts}), "MB")


def test_a_size_that_is_declared_too_small_does_not_help() -> None:
    body = package({"word/document.xml": b" " * (65 * 2**20)})
    size = (65 * 2**20).to_bytes(4, "little")
    assert body.count(size) == 2
    refused(body.replace(size, (99).to_bytes(4, "little")))


@pytest.mark.parametrize(
    "body",
    [
        docx(paragraph("&l9;"), LAUGHS),
        xlsx(f"<row r='1'>{string('A1', '&l9;')}</row>", head=LAUGHS),
        ofd(text_object(1, 1, "&l9;"), LAUGHS),
        docx(paragraph("a") + '<w:p w:x="&l9;"/>', LAUGHS),
    ],
)
def test_a_billion_laughs_are_refused(body: bytes) -> None:
    refused(body)


def test_an_entity_never_reads_a_file() -> None:
    refused(docx(paragraph("&e;"), "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"))


def test_ten_thousand_nested_tables_are_refused() -> None:
    start, end = "<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"
    refused(docx(start * 10_000 + paragraph("a") + end * 10_000))


def test_tables_nested_as_deep_as_a_parser_allows_are_read() -> None:
    start, end = "<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"
    (block,) = read_docx(docx(start * 80 + paragraph("a") + end * 80)).blocks
    assert block.text == "a"


def test_too_much_markup_is_refused_before_a_tree_is_made() -> None:
    refused(docx("<w:p/>" * 2_100_000), "tags")


def test_a_sheet_that_reaches_to_the_last_corner_is_refused() -> None:
    refused(xlsx(f"<row r='1'>{number('A1', '1')}</row><row r='1048576'>{number('XFD1048576', '1')}</row>"), "1048576")


def test_more_merged_cells_than_a_person_makes_are_refused() -> None:
    rows = "".join(f"<row r='{i}'>{number(f'A{i}', '1')}</row>" for i in range(1, 6000))
    merged = "".join(f'<mergeCell ref="A{i}:B{i}"/>' for i in range(1, 6000))
    refused(xlsx(rows, f"<mergeCells>{merged}</mergeCells>"), "merged")


def test_a_page_of_lines_without_end_is_refused() -> None:
    data = "".join(f"M 0 {3 * i} L 12000 {3 * i} M {3 * i} 0 L {3 * i} 12000 " for i in range(4000))
    path = '<o:PathObject Boundary="0 0 210 297"><o:AbbreviatedData>{}</o:AbbreviatedData></o:PathObject>'
    refused(ofd(path.format(data)), "rules")


def test_more_members_than_a_container_may_have_are_refused() -> None:
    refused(package({f"{i}.html": "x" for i in range(201)}), "200")


def test_containers_in_containers_end() -> None:
    body = package({"年报.docx": docx(paragraph("a"))})
    for _ in range(4):
        body = package({"a.zip": body})
    refused(body, "nested")


def test_an_encrypted_member_is_refused() -> None:
    body = bytearray(SMALL["docx"])
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        body[body.find(signature) + at] |= 1
    refused(bytes(body), "encrypted")


def test_nested_mime_parts_are_refused() -> None:
    head = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n"
    refused(head + b"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" * 5000)


@pytest.mark.parametrize("kind", SMALL)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_cut_or_changed_file_gives_a_verdict(kind: str, data: st.DataObject) -> None:
    assert_total(SMALL[kind], data)


@pytest.mark.office
@pytest.mark.parametrize("kind", ["docx", "doc", "xls", "xlsx", "ods", "ofd"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_cut_or_changed_office_file_gives_a_verdict(office: OfficeSamples, kind: str, data: st.DataObject) -> None:
    assert_total(office.bodies[kind][0], data)


def assert_total(body: bytes, data: st.DataObject) -> None:
    """Cut, or change up to eight bytes; the same bytes must give the same report."""
    changed = bytearray(body)
    if data.draw(st.booleans(), "cut"):
        changed = changed[: data.draw(st.integers(1, len(body) - 1), "length")]
    for at, value in data.draw(st.lists(st.tuples(st.integers(0, len(changed) - 1), st.integers(0, 255)), max_size=8)):
        changed[at] = value
    report = read_report(bytes(changed))
    assert report.verdict in ("report", "other", "empty", "unreadable", "challenge", "index", "attachment", "soft_404")
    assert report == read_report(bytes(changed))


@pytest.mark.parametrize("reader", [read_docx, read_doc, read_xls, read_ofd])
@given(body=st.binary(max_size=300), start=st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]))
def test_a_reader_raises_nothing_but_unreadable(reader: Callable[[bytes], object], body: bytes, start: bytes) -> None:
    with pytest.raises(UnreadableError):
        reader(start + body)
