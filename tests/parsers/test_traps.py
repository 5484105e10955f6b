"""Cells and tables that a careless reader gets wrong without noticing: each is read right, or it is marked."""

from __future__ import annotations

import pytest

from crawler.samples import SampleReport, World, text_capture
from parsers import Cell, Report, read_report
from parsers.normalize import read_figure


@pytest.mark.parametrize(
    ("raw", "state", "value"),
    [
        ("3", "value", 3), ("３", "value", 3), (" 1,234 ", "value", 1234), ("1，234", "value", 1234), ("0", "value", 0),
        ("12件", "value", 12), ("22（其中修订 16 件）", "value", 22), ("", "blank", None), ("\u3000\u00a0", "blank", None),
        ("—", "dash", None), ("/", "dash", None), ("无", "dash", None), ("不涉及", "dash", None), ("－－", "dash", None),
        ("3¹", "undecidable", None), ("3①", "undecidable", None), ("①", "text", None), ("1 2", "undecidable", None),
        ("12\n3", "undecidable", None), ("1，2", "undecidable", None), ("1.2.3", "undecidable", None),
        ("007", "undecidable", None), ("1.5", "text", None), ("-3", "text", None), ("+3", "text", None), ("三", "text", None),
        ("约3件", "text", None), ("3万元", "text", None), ("(5)", "text", None), ("见附件", "text", None),
        ("3、4", "undecidable", None), ("3；4", "undecidable", None), ("3/4", "undecidable", None),
        ("O", "text", None), ("5件7件", "undecidable", None), ("5（其中修订2件）7", "undecidable", None),
        ("8,72440", "undecidable", None), ("1,234,5678", "undecidable", None), ("第20条3件", "text", None),
    ],
)  # fmt: skip
def test_a_count_is_what_is_written_or_no_figure(raw: str, state: str, value: int | None) -> None:
    figure = read_figure(raw)
    assert (figure.state, figure.value) == (state, value)


@pytest.mark.parametrize(
    ("raw", "kind", "unit_above", "value", "unit"),
    [
        ("59237.2449", "wan_yuan", None, "59237.2449", None),
        ("96,171.6", "wan_yuan", "万元", "96171.6", "万元"),
        ("251000元", "wan_yuan", None, "25.1", "元"),
        ("251000", "wan_yuan", "元", "25.1", "元"),
        ("0", "wan_yuan", "元", "0", "元"),
        ("251000元", "yuan", None, "251000", "元"),
        ("25.1万元", "yuan", None, "251000", "万元"),
        ("1.5亿元", "wan_yuan", None, "15000", "亿元"),
        ("-8", "signed", None, -8, None),
        ("+1036", "signed", None, 1036, None),
        ("－8", "signed", None, -8, None),
    ],
)
def test_money_and_changes_are_kept_in_the_unit_of_their_key(raw, kind, unit_above, value, unit) -> None:
    figure = read_figure(raw, kind, unit_above)
    assert (figure.state, figure.value, figure.unit) == ("value", value, unit)


# -- one cell of a page ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def report() -> SampleReport:
    world = World(plant={})
    portal = next(p for p in world.portals if p.family == "ucap")
    return next(r for r in portal.reports if r.year == 2023 and r.cells["requests", "granted", "total"][1])


@pytest.fixture(scope="module")
def page(report: SampleReport) -> str:
    world = World(plant={})
    portal = next(p for p in world.portals if p.family == "ucap")
    return portal.answer("GET", "/" + report.url.split("/", 3)[3], {}, 0).body.decode("utf-8-sig")


KEY = ("requests", "new_received", "natural_person")


def with_cell(page: str, inner: str) -> Cell | None:
    """Read the page with other content in the first figure of table three."""
    at = page.index("</td>", page.index("一、本年新收")) + len("</td>")
    start = page.index(">", page.index("<td", at)) + 1
    changed = page[:start] + inner + page[page.index("</td>", start) :]
    return next((c for c in read_report(changed.encode()).cells if c.key == KEY), None)


@pytest.mark.parametrize(
    ("inner", "state", "value"),
    [
        ("<p><span>4</span><span>1</span></p>", "value", 41),
        ("<p>4</p><p>1</p>", "undecidable", None),
        ("4<br>1", "undecidable", None),
        ("4<sup>1</sup>", "undecidable", None),
        ("<del>3</del><ins>5</ins>", "value", 5),
        ("<s>3</s>5", "value", 5),
        ('<input value="7">', "value", 7),
        ('<img src="data:,">', "text", None),
        ("<script>9</script>", "blank", None),
        ("<style>td{width:9px}</style>8", "value", 8),
        ("&nbsp;", "blank", None),
        ("&#8212;", "dash", None),
    ],
)
def test_a_cell_is_what_it_shows(page: str, inner: str, state: str, value: int | None) -> None:
    cell = with_cell(page, inner)
    assert cell is not None
    assert (cell.state, cell.value) == (state, value)


def test_a_hidden_cell_is_no_cell(page: str, report: SampleReport) -> None:
    at = page.index("</td>", page.index("一、本年新收")) + len("</td>")
    changed = page[:at] + '<td style="display: none">99</td>' + page[at:]
    cells = {c.key: c.value for c in read_report(changed.encode()).cells if c.row == "new_received"}
    assert cells == {k: v[1] for k, v in report.cells.items() if k[1] == "new_received"}


# -- rows and columns -----------------------------------------------------------------------------------------------


def wrong_and_sure(read: Report, truth: dict) -> list:
    """Return the cells that are wrong and offered as verified or stated."""
    return [
        c
        for c in read.cells
        if c.trust in ("verified", "stated")
        and (c.state, None if c.value is None else str(c.value))
        != (truth[c.key][0], str(truth[c.key][1]) if truth[c.key][0] == "value" else None)
    ]


def figures_of(read: Report) -> dict:
    return {c.key: (c.state, c.value) for c in read.cells if c.table == "requests"}


def test_columns_in_another_order_go_by_their_names(report: SampleReport) -> None:
    lines = text_capture(report, "tabs").split("\n")
    for i, line in enumerate(lines):
        cells = line.split("\t")
        if "商业企业" in cells and "科研机构" in cells:
            a, b = cells.index("商业企业"), cells.index("科研机构")
            cells[a], cells[b] = cells[b], cells[a]
            lines[i] = "\t".join(cells)
    other = {"business": "research", "research": "business"}
    assert figures_of(read_report("\n".join(lines).encode())) == {
        (t, r, other.get(c, c)): v for (t, r, c), v in report.cells.items() if t == "requests"
    }


def test_a_total_before_the_others_is_read_as_the_total(report: SampleReport) -> None:
    lines = text_capture(report, "tabs").split("\n")
    inside = False
    for i, line in enumerate(lines):
        cells = line.split("\t")
        if "自然人" in cells and "总计" in cells:
            inside = True
            cells.remove("总计")
            cells.insert(cells.index("自然人"), "总计")
        elif inside and line.startswith("四、政府"):
            break
        elif inside and cells[-1].isdigit() and len(cells) > 8:
            cells[-7:] = [cells[-1], *cells[-7:-1]]
        lines[i] = "\t".join(cells)
    read = read_report("\n".join(lines).encode())
    assert figures_of(read) == {k: v for k, v in report.cells.items() if k[0] == "requests"}
    assert {c.trust for c in read.cells if c.table == "requests"} == {"verified"}


@pytest.mark.parametrize("label", ["（一）予以公开", "（七）总计"])
def test_a_row_moved_by_its_label_is_read_by_count_beside_a_column_that_the_form_lacks(
    page: str, report: SampleReport, label: str
) -> None:
    begin, end = page.index("本列数据的勾稽关系"), page.index("四、政府信息公开行政复议")
    rows = page[begin:end].split("</tr>")
    for i, row in enumerate(rows):
        if "法律服务机构" in row:
            rows[i] = row + "<td>小计</td>"
        elif row.count("<td>") >= 7:
            *_, last = row.split("<td>")
            figures = [int(c.split("<")[0]) for c in row.split("<td>")[-7:]]
            rows[i] = row[: -len("<td>" + last)] + f"<td>{sum(figures[1:6])}</td><td>" + last
    table = (
        "</tr>".join(rows).replace('colspan="5">法人', 'colspan="6">法人').replace('colspan="7">申', 'colspan="8">申')
    )
    assert f'<td colspan="2">{label}' in table
    table = table.replace(f'<td colspan="2">{label}', f"<td>{label}")
    read = read_report((page[:begin] + table + page[end:]).encode())
    assert "column_passed_over" in {f.code for f in read.findings}
    assert figures_of(read) == {k: v for k, v in report.cells.items() if k[0] == "requests"}
    assert not [c for c in read.cells if c.trust == "disputed"]


def test_a_header_with_a_name_that_no_form_has_makes_nothing_sure(report: SampleReport) -> None:
    text = text_capture(report, "tabs").replace("总计\n", "上年总计\n", 1)
    assert "上年总计" in text
    read = read_report(text.encode())
    assert all(c.trust not in ("verified", "stated") for c in read.cells if c.table == "requests")


@pytest.mark.parametrize("style", ["tabs", "cell_per_line", "pipes", "shifted"])
def test_two_rows_exchanged_in_the_source_follow_their_labels(report: SampleReport, style: str) -> None:
    text = text_capture(report, style)
    one, other = "保护第三方合法权益", "属于三类内部事务信息"
    swapped = text.replace(one, "\0").replace(other, one).replace("\0", other)
    read = {c.key: c.value for c in read_report(swapped.encode()).cells}
    for column in ("natural_person", "total"):
        assert (
            read["requests", "denied.third_party_rights", column]
            == (report.cells["requests", "denied.internal_affairs", column][1])
        )


def test_a_row_that_stands_twice_with_other_figures_is_undecidable(page: str) -> None:
    start = page.index("<tr", page.rindex("<tr", 0, page.index("二、上年结转")))
    end = page.index("</tr>", start) + len("</tr>")
    row = page[start:end]
    again = row[: row.rindex("<td")] + "<td>77</td></tr>"
    read = read_report((page[:end] + again + page[end:]).encode())
    total = next(c for c in read.cells if c.key == ("requests", "carried_in", "total"))
    assert (total.state, total.trust) == ("undecidable", None)


def test_a_row_with_one_figure_too_many_is_undecidable(page: str) -> None:
    start = page.index("二、上年结转")
    end = page.index("</tr>", start)
    read = read_report((page[:end] + "<td>5</td>" + page[end:]).encode())
    cells = [c for c in read.cells if c.row == "carried_in"]
    assert {(c.state, c.trust) for c in cells} == {("undecidable", None)}


def test_a_missing_row_is_absent_and_the_others_keep_their_places(page: str, report: SampleReport) -> None:
    start = page.rindex("<tr", 0, page.index("2.重复申请"))
    end = page.index("</tr>", start) + len("</tr>")
    read = read_report((page[:start] + page[end:]).encode())
    assert not [c for c in read.cells if c.row == "not_processed.duplicate"]
    assert not wrong_and_sure(read, report.cells)
    assert "rows_missing" in {f.code for f in read.findings}


def test_a_damaged_label_between_its_neighbours_is_inferred_and_said(page: str, report: SampleReport) -> None:
    read = read_report(page.replace("6.属于四类过程性信息", "6.属千四类过裎性信息").encode())
    cells = [c for c in read.cells if c.row == "denied.process_information"]
    assert {c.trust for c in cells} == {"inferred"}
    assert [c.value for c in cells] == [report.cells[c.key][1] for c in cells]
    assert "row_from_neighbours" in {f.code for f in read.findings}
