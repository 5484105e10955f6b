"""Grids and decoding hold for any input, not only for what was thought of."""

from __future__ import annotations

import lxml.etree
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.samples import World
from parsers import read_report
from parsers.decode import decode
from parsers.readers.html import lay_out

spans = st.one_of(st.integers(0, 9).map(str), st.sampled_from(["", "1x", " 3 ", "-2", "100000000", "x"]))
tables = st.lists(st.lists(st.tuples(spans, spans), max_size=6), max_size=8)


def markup(rows: list[list[tuple[str, str]]]) -> str:
    body = ""
    number = 0
    for row in rows:
        body += "<tr>"
        for down, across in row:
            body += f'<td rowspan="{down}" colspan="{across}">c{number}</td>'
            number += 1
        body += "</tr>"
    return f"<table>{body}</table>"


@given(tables)
def test_any_table_is_laid_out_without_overlap_and_keeps_each_source_cell_once(rows) -> None:
    table = lxml.etree.HTML(markup(rows)).find(".//table")
    grid = lay_out(table)
    assert len(grid.rows) == len(rows)
    covered: dict[tuple[int, int], str] = {}
    for y, row in enumerate(grid.rows):
        assert len(set(row)) == len(row), "a cell stands once in a row"
        assert [c.column for c in row] == sorted(c.column for c in row)
        for cell in row:
            assert cell.row <= y < cell.row + cell.rowspan, "a cell stands in the rows that it spans"
            covered[y, cell.column] = cell.text
    texts = [c.text for y, row in enumerate(grid.rows) for c in row if c.row == y]
    assert sorted(texts) == sorted(f"c{i}" for i in range(sum(map(len, rows))))


@given(tables.filter(lambda rows: any(rows)))
def test_the_grid_is_rectangular_once_its_spans_are_laid_out(rows) -> None:
    grid = lay_out(lxml.etree.HTML(markup(rows)).find(".//table"))
    for row in grid.rows:
        assert all(c.column >= 0 and c.column + c.colspan <= grid.width for c in row)
        assert all(c.row + c.rowspan <= len(grid.rows) for c in row)


def test_spans_are_laid_out_as_a_browser_does() -> None:
    table = lxml.etree.HTML(
        '<table><tr><td rowspan="2">a</td><td colspan="2">b</td></tr><tr><td>c</td><td rowspan="0">d</td></tr><tr><td>e</td></tr></table>'
    ).find(".//table")
    assert [[c.text for c in row] for row in lay_out(table).rows] == [["a", "b"], ["a", "c", "d"], ["e", "d"]]


@given(st.binary(max_size=400))
def test_any_bytes_decode(body: bytes) -> None:
    decoded = decode(body)
    assert isinstance(decoded.text, str)
    assert decoded.encoding in ("utf-8", "utf-16", "gb18030", "big5hkscs")


@given(st.text(alphabet="中华人民共和国政府信息公开工作年度报告，。申请数量", min_size=20, max_size=200))
def test_text_in_each_chinese_encoding_comes_back(text: str) -> None:
    for encoding in ("utf-8", "gb18030", "gbk", "utf-8-sig", "utf-16"):
        assert decode(text.encode(encoding)).text == text, encoding


@pytest.mark.parametrize("declared", ["utf-8", "big5", None])
def test_a_false_declaration_does_not_decide(declared: str | None) -> None:
    text = "<meta charset=utf-8>2023年政府信息公开工作年度报告，收到申请三件" * 5
    decoded = decode(text.encode("gb18030"), declared)
    assert (decoded.text, decoded.encoding) == (text, "gb18030")


@given(st.binary(max_size=600), st.sampled_from([b"", b"<table><tr><td>", b"\t", b"%PDF-1.4 ", b"a |\n"]))
def test_any_bytes_give_a_verdict(body: bytes, start: bytes) -> None:
    report = read_report(start + body)
    assert report == read_report(start + body)
    assert report.verdict in ("other", "empty", "unreadable", "soft_404", "challenge")


def cells_of(page: str) -> list[tuple]:
    return [(c.key, c.state, c.value, c.trust) for c in read_report(page.encode()).cells]


@pytest.fixture(scope="module")
def page() -> str:
    """Return a sample report as a page."""
    world = World(plant={})
    portal = next(p for p in world.portals if p.family == "ucap")
    report = next(r for r in portal.reports if r.cells["requests", "granted", "total"][1])
    return portal.answer("GET", "/" + report.url.split("/", 3)[3], {}, 0).body.decode("utf-8-sig")


IRRELEVANT = st.lists(
    st.sampled_from(
        [
            ("<td", '<td data-x="1" class="MsoNormal"'),
            ("<td", "<!-- 7 --><td"),
            ("</td>", "</td>\n\n  "),
            ("</tr>", "</tr><!--[if gte mso 9]><xml>9</xml><![endif]-->"),
            ("<tr", "<script>var n = 12;</script><tr"),
            ("</p>", "<o:p></o:p></p>"),
            ("<body", '<body style="margin:0" onload="x(3)"'),
            ("</head>", "<style>td{width:88px}</style></head>"),
            ("</td>", "\u200b</td>"),
            ("</td>", "&nbsp;</td>"),
            ("<td", "<TD"),
        ]
    ),
    max_size=6,
)


@settings(max_examples=25)
@given(IRRELEVANT)
def test_markup_that_says_nothing_changes_no_cell(page: str, changes: list[tuple[str, str]]) -> None:
    changed = page
    for before, after in changes:
        changed = changed.replace(before, after)
    assert cells_of(changed) == cells_of(page)
