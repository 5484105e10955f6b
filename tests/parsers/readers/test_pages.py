"""Tables on pages: cut by page breaks, without rules, with figures that a narrow cell breaks or a font does not name."""

from __future__ import annotations

import pytest

from parsers.align.breaks import whole_rows
from parsers.layout import SourceRow
from parsers.model import Grid, GridCell, Paragraph
from parsers.readers.continued import with_common_columns
from parsers.readers.pdf import UNKNOWN, read_pdf
from parsers.readers.ruled import Char, Rule, find_grids
from parsers.readers.unruled import PageText, blocks_without_rules
from tests.parsers.readers.pdf_writer import pdf_of

EM = 10.0


def grid(page: int, edges: list[float], *rows: list[str]) -> Grid:
    """Return a grid on a page whose columns begin and end at `edges`."""
    return Grid(
        tuple(
            tuple(
                GridCell(text, y, x, 1, 1, page, (edges[x], 20.0 * y, edges[x + 1], 20.0 * y + 20))
                for x, text in enumerate(row)
            )
            for y, row in enumerate(rows)
        )
    )


def write(x: float, y: float, text: str) -> list[Char]:
    """Return characters whose line has its middle at y, beginning at x: ideographs an em wide, others half of it."""
    out = []
    for char in text:
        width = EM if char > "\u2e80" else EM / 2
        if char != " ":
            out.append(Char(char, x, y - 0.45 * EM, x + width, y + 0.45 * EM))
        x += width
    return out


def centred(x: float, y: float, text: str) -> list[Char]:
    return write(x - sum(EM if c > "\u2e80" else EM / 2 for c in text) / 2, y, text)


def table(*more: list[Char]) -> list[Char]:
    """Return a page with a small table: a name broken in two lines, a label in three."""
    lines = [
        write(20, 40, "一、总体情况"),
        centred(200, 60, "自然人"),
        centred(260, 55, "商业"),
        centred(260, 67, "企业"),
        centred(320, 60, "总计"),
        write(20, 90, "新收"),
        centred(200, 90, "4"),
        centred(260, 90, "0"),
        centred(320, 90, "4"),
        write(20, 110, "部分公开（区分"),
        write(20, 122, "处理的，不计其他"),
        write(20, 134, "情形）"),
        centred(200, 122, "12"),
        centred(320, 122, "12"),
    ]
    return [char for line in (*lines, *more) for char in line]


def tables_of(*pages: list[Char]) -> list[Grid]:
    blocks = blocks_without_rules(PageText(n, 842.0, chars) for n, chars in enumerate(pages, 1)) or []
    return [b for b in blocks if isinstance(b, Grid)]


def test_columns_have_one_number_on_both_pages() -> None:
    upper = grid(1, [0, 50, 100, 150], ["a", "b", "c"])
    lower = grid(2, [0, 20.4, 50.4, 100.2, 150], ["d", "e", "f", "g"])
    first, second = with_common_columns([upper, lower])
    assert isinstance(first, Grid)
    assert isinstance(second, Grid)
    assert [(c.column, c.colspan) for c in first.rows[0]] == [(0, 2), (2, 1), (3, 1)]
    assert [c.column for c in second.rows[0]] == [0, 1, 2, 3]


def test_tables_of_other_columns_stay_as_they_are() -> None:
    blocks = [grid(1, [0, 50, 100, 150], ["a", "b", "c"]), grid(2, [0, 45, 93, 150], ["d", "e", "f"])]
    assert with_common_columns(blocks) == blocks


def test_a_paragraph_between_parts_two_tables() -> None:
    blocks = [grid(1, [0, 50, 100], ["a", "b"]), Paragraph("x"), grid(2, [0, 20, 50, 100], ["d", "e", "f"])]
    assert with_common_columns(blocks) == blocks


def rows_of(*grids: Grid) -> list[SourceRow]:
    return [SourceRow(n, y, row, True) for n, part in enumerate(grids) for y, row in enumerate(part.rows)]


def test_a_row_that_a_page_break_cuts_is_one_row() -> None:
    upper = grid(1, [0, 50, 100, 150], ["2.其他法律行政法规", "3", "4"])
    lower = grid(2, [0, 50, 100, 150], ["禁止公开", "", ""], ["4.保护第三方合法权益", "1", "2"])
    rows = whole_rows("requests", rows_of(upper, lower))
    assert [row.texts for row in rows] == [
        ("2.其他法律行政法规\n禁止公开", "3", "4"),
        ("4.保护第三方合法权益", "1", "2"),
    ]


def test_two_rows_on_two_pages_stay_two() -> None:
    upper = grid(1, [0, 50, 100], ["1.属于国家秘密", "3"])
    lower = grid(2, [0, 50, 100], ["4.保护第三方合法权益", ""])
    assert len(whole_rows("requests", rows_of(upper, lower))) == 2


def test_a_row_of_blanks_takes_no_figures_from_the_page_below() -> None:
    upper = grid(1, [0, 50, 100], ["1.属于国家秘密", ""])
    lower = grid(2, [0, 50, 100], ["", "7"])
    assert len(whole_rows("requests", rows_of(upper, lower))) == 2


def test_a_table_without_rules_has_its_figures_under_its_names() -> None:
    (found,) = tables_of(table())
    texts = [tuple(c.text for c in row) for row in found.rows]
    assert texts == [
        ("自然人", "商业\n企业", "总计"),
        ("新收", "4", "0", "4"),
        ("部分公开（区分\n处理的，不计其他\n情形）", "12", "", "12"),
    ]
    assert [c.column for c in found.rows[0]] == [c.column for c in found.rows[1][1:]]


def test_a_figure_between_two_names_makes_columns_without_names() -> None:
    (found,) = tables_of(table(write(20, 160, "不予公开"), centred(230, 160, "5")))
    assert not any(c.text == "自然人" for row in found.rows for c in row)


def test_a_figure_broken_in_two_is_no_blank() -> None:
    (found,) = tables_of(
        table(
            write(20, 165, "不予公开"),
            centred(200, 165, "3"),
            centred(260, 160, "5"),
            centred(260, 172, "1"),
            centred(320, 165, "54"),
        )
    )
    assert found.rows[-1][2].text == "5\n1"


def test_prose_alone_is_no_table() -> None:
    page = [*write(20, 40, "一、总体情况"), *write(40, 60, "全年共收到申请 12 件，均按规定办理。")]
    assert blocks_without_rules([PageText(1, 842.0, page)]) is None


def cell_texts(chars: list[Char], width: float) -> list[str]:
    """Return the texts of a ruled row of two cells, the first `width` wide."""
    edges = [10.0, 10 + width, 110 + width]
    horizontal = [Rule(y, edges[0], edges[-1]) for y in (10.0, 60.0)]
    vertical = [Rule(x, 10, 60) for x in edges]
    (found,) = find_grids(horizontal, vertical, chars, 1)
    return [c.text for c in found.grid.rows[0]]


def test_a_figure_that_fills_its_cell_goes_on_in_the_next_line() -> None:
    chars = [*write(13, 25, "1206"), *write(13, 37, "732")]
    assert cell_texts(chars, 26.0)[0] == "1206732"


def test_two_figures_in_a_wide_cell_stay_two() -> None:
    chars = [*write(13, 25, "1206"), *write(13, 37, "732")]
    assert cell_texts(chars, 60.0)[0] == "1206\n732"


def test_a_figure_broken_behind_its_comma_is_one() -> None:
    assert cell_texts([*write(13, 25, "36,"), *write(13, 37, "153")], 60.0)[0] == "36,153"


def one_cell(advance: int, blank: int, shown: bytes, manner: bytes = b"") -> str:
    """Return what is read of a ruled cell that shows Times' glyphs a thousandth `advance` or `blank` of an em wide."""
    content = b"50 700 60 20 re S 110 700 60 20 re S BT /F 12 Tf %s 60 706 Td [%s] TJ ET" % (manner, shown)
    widths = b" ".join(b"%d" % (blank if code == 32 else advance) for code in range(32, 58))
    document = read_pdf(
        pdf_of(
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
            b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
            b"<</Type/Font/Subtype/TrueType/BaseFont/Times-Roman/FirstChar 32/LastChar 57/Widths[%s]"
            b"/Encoding/WinAnsiEncoding/FontDescriptor 6 0 R>>" % widths,
            b"<</Type/FontDescriptor/FontName/Times-Roman/Flags 32/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 900"
            b"/Descent -200/CapHeight 700/StemV 80>>",
        )
    )
    (found,) = (block for block in document.blocks if isinstance(block, Grid))
    return found.rows[0][0].text


@pytest.mark.parametrize("advance", [636, 500, 456])
def test_thin_digits_of_one_figure_are_no_two_figures(advance: int) -> None:
    assert one_cell(advance, 250, b"(11)") == "11"


@pytest.mark.parametrize(("advance", "blank"), [(636, 318), (554, 224), (500, 250), (456, 228)])
@pytest.mark.parametrize("figure", [1, 8])
def test_two_figures_with_a_blank_between_them_stay_two(advance: int, blank: int, figure: int) -> None:
    """The blanks of DejaVu, Noto Sans CJK, Times and Arial Narrow, printed or left by a step of the pen."""
    assert one_cell(advance, blank, b"(%d %d)" % (figure, figure)) == f"{figure} {figure}"
    assert one_cell(advance, blank, b"(%d)-%d(%d)" % (figure, blank, figure)) == f"{figure} {figure}"


@pytest.mark.parametrize("manner", [b"66 Tz", b"50 Tz", b"-2 Tw"])
@pytest.mark.parametrize("figure", [1, 8])
def test_a_printed_blank_parts_figures_however_narrow_it_is(manner: bytes, figure: int) -> None:
    assert one_cell(500, 250, b"(%d %d)" % (figure, figure), manner) == f"{figure} {figure}"


def test_condensed_digits_a_step_apart_stay_two() -> None:
    assert one_cell(380, 200, b"(1)-180(1)") == "1 1"


def test_a_glyph_that_no_font_names_is_neither_a_digit_nor_a_blank() -> None:
    text = b"BT /F1 12 Tf 72 700 Td <003100140015> Tj ET"
    document = read_pdf(
        pdf_of(
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
            b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
            b"<</Type/Font/Subtype/Type0/BaseFont/AAAAAA+X/Encoding/Identity-H/DescendantFonts[6 0 R]>>",
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/AAAAAA+X/CIDToGIDMap/Identity/FontDescriptor 7 0 R/DW 600"
            b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
            b"<</Type/FontDescriptor/FontName/AAAAAA+X/Flags 4/FontBBox[0 0 1000 880]/ItalicAngle 0/Ascent 880"
            b"/Descent -120/CapHeight 880/StemV 93>>",
        )
    )
    (block,) = document.blocks
    assert isinstance(block, Paragraph)
    assert block.text == UNKNOWN * 3
    assert [f.code for f in document.findings] == ["unknown_glyphs"]
