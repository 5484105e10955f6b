"""DOCX and DOC: what Word shows is what is read, and both formats give the same Document."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from parsers.model import Document, Grid, Paragraph
from parsers.readers.doc import printed, read_doc
from parsers.readers.docx import read_docx
from parsers.readers.spans import EdgedCell, lay_out

from .conftest import OfficeSamples, convert
from .packages import P, R, W, cell, docx, package, paragraph, table

TRACKED = 'w:id="1" w:author="a" w:date="2024-01-02T00:00:00Z"'


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def laid(document: Document) -> list[object]:
    """Return paragraphs as text, grids as (text, column, rowspan, colspan) of each cell in the row it begins in."""
    return [
        block.text
        if isinstance(block, Paragraph)
        else [[(c.text, c.column, c.rowspan, c.colspan) for c in row if c.row == y] for y, row in enumerate(block.rows)]
        for block in document.blocks
    ]


FEATURES = {
    "deleted and inserted": (
        f"<w:p>{run('共')}<w:del {TRACKED}><w:r><w:delText>3</w:delText></w:r></w:del>"
        f"<w:ins {TRACKED}>{run('5')}</w:ins>{run('件')}</w:p>",
        ["共5件"],
    ),
    "hidden": (f"<w:p>{run('共')}{run('9', '<w:vanish/>')}{run('5', '<w:b/>')}{run('件')}</w:p>", ["共5件"]),
    "shown again": ("<w:p>" + run("共") + run("9", '<w:vanish w:val="0"/>') + "</w:p>", ["共9"]),
    "field": (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> QUOTE 7 </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("七")}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>',
        ["七"],
    ),
    "line break": (f"<w:p>{run('题目')}<w:r><w:br/></w:r>{run('一、总体情况')}</w:p>", ["题目", "一、总体情况"]),
    "paragraphs in a cell": (
        table(
            [900, 900],
            f"<w:tc>{paragraph('商业')}{paragraph('企业')}</w:tc>" + cell("1"),
            cell("a") + cell(""),
        ),
        [[[("商业 企业", 0, 1, 1), ("1", 1, 1, 1)], [("a", 0, 1, 1), ("", 1, 1, 1)]]],
    ),
    "merged cells": (
        table(
            [900, 900, 900],
            cell("a", '<w:vMerge w:val="restart"/>') + cell("b", '<w:gridSpan w:val="2"/>'),
            cell("", "<w:vMerge/>") + cell("c") + cell("d"),
            cell("e", '<w:gridSpan w:val="2"/>') + cell("f"),
        ),
        [
            [
                [("a", 0, 2, 1), ("b", 1, 1, 2)],
                [("c", 1, 1, 1), ("d", 2, 1, 1)],
                [("e", 0, 1, 2), ("f", 2, 1, 1)],
            ]
        ],
    ),
    "edges a twip apart": (
        table(
            [900, 1, 899, 900],
            cell("a") + cell("b", '<w:gridSpan w:val="2"/>') + cell("c"),
            cell("d", '<w:gridSpan w:val="2"/>') + cell("e") + cell("f"),
        ),
        [[[("a", 0, 1, 1), ("b", 1, 1, 1), ("c", 2, 1, 1)], [("d", 0, 1, 1), ("e", 1, 1, 1), ("f", 2, 1, 1)]]],
    ),
    "a table in a table": (
        table(
            [4000, 4000],
            f"<w:tc>{paragraph('左')}</w:tc><w:tc>{paragraph('上')}"
            + table([900, 900], cell("1") + cell("2"), cell("3") + cell("4"))
            + f"{paragraph('下')}</w:tc>",
        )
        + paragraph("后"),
        ["左", "上", [[("1", 0, 1, 1), ("2", 1, 1, 1)], [("3", 0, 1, 1), ("4", 1, 1, 1)]], "下", "后"],
    ),
}


@pytest.mark.parametrize("feature", FEATURES)
def test_a_docx_is_read_as_word_shows_it(feature: str) -> None:
    body, expected = FEATURES[feature]
    assert laid(read_docx(docx(body))) == expected


@pytest.mark.office
def test_a_doc_is_read_as_the_docx_that_it_was_made_from(office: OfficeSamples, tmp_path: Path) -> None:
    sources = []
    for number, (body, _) in enumerate(FEATURES.values()):
        source = tmp_path / f"{number}.docx"
        content = f"{paragraph('前')}{body}{paragraph('末')}"
        source.write_bytes(
            package(
                {
                    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument'
                    '.wordprocessingml.document.main+xml"/></Types>',
                    "_rels/.rels": f'<Relationships xmlns="{P}"><Relationship Id="rId1" Type="{R}/officeDocument" '
                    'Target="word/document.xml"/></Relationships>',
                    "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{content}</w:body></w:document>',
                }
            )
        )
        sources.append(source)
    made = convert(sources, "doc", tmp_path, tmp_path / "profile")
    for feature, body in zip(FEATURES, made, strict=True):
        assert laid(read_doc(body)) == ["前", *FEATURES[feature][1], "末"], feature


@pytest.mark.office
def test_both_formats_of_a_report_give_the_same_blocks(office: OfficeSamples) -> None:
    for one, other in zip(office.bodies["docx"], office.bodies["doc"], strict=True):
        assert laid(read_docx(one)) == laid(read_doc(other))


def test_controls_and_wrappers_are_seen_through() -> None:
    body = (
        f"<w:sdt><w:sdtContent>{paragraph('甲')}</w:sdtContent></w:sdt>"
        f"<w:p><w:smartTag>{run('乙')}</w:smartTag><w:hyperlink>{run('丙')}</w:hyperlink></w:p>"
    )
    assert laid(read_docx(docx(body))) == ["甲", "乙丙"]


def test_a_text_box_is_read_once_behind_its_paragraph() -> None:
    box = f"<w:txbxContent>{paragraph('框')}</w:txbxContent>"
    body = (
        '<w:p xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"{run('文')}<w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    assert laid(read_docx(docx(body))) == ["文", "框"]


def test_a_deleted_row_and_cells_joined_the_old_way() -> None:
    rows = table(
        [900, 900, 900],
        cell("a", '<w:hMerge w:val="restart"/>') + cell("", "<w:hMerge/>") + cell("b"),
        cell("c") + cell("d") + cell("e"),
    ).replace("</w:tbl>", f"<w:tr><w:trPr><w:del {TRACKED}/></w:trPr>{cell('x') * 3}</w:tr></w:tbl>")
    assert laid(read_docx(docx(rows))) == [
        [[("a", 0, 1, 2), ("b", 2, 1, 1)], [("c", 0, 1, 1), ("d", 1, 1, 1), ("e", 2, 1, 1)]]
    ]


def test_a_table_without_widths_is_laid_out_by_its_spans() -> None:
    for widths in ([], [0, 0, 0]):
        rows = table(widths, cell("a", '<w:gridSpan w:val="2"/>') + cell("b"), cell("c") + cell("d") + cell("e"))
        (grid,) = read_docx(docx(rows)).blocks
        assert isinstance(grid, Grid)
        assert [[c.column for c in row] for row in grid.rows] == [[0, 2], [0, 1, 2]]


def test_fields_nest_and_an_open_one_ends_with_its_paragraph() -> None:
    assert printed("a\x13 IF \x13 PAGE \x141\x15 = 1\x14b\x15c") == "abc"
    assert printed("a\x13 REF x\x15b") == "ab"
    assert printed("a\x13 REF") == "a"
    assert printed("1\x1e2\x01\x08\x1f3") == "1-23"


def test_cells_that_overlap_or_run_backwards_are_laid_out_in_their_order() -> None:
    row = [EdgedCell("a", 0, 900), EdgedCell("b", 100, 50), EdgedCell("c", -5, 900)]
    grid = lay_out([row, row])
    for cells in grid.rows:
        assert [c.text for c in cells] == ["a", "b", "c"]
        assert all(one.column + one.colspan <= two.column for one, two in pairwise(cells))
