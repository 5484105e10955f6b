"""The lists before 2019: known names matched, unknown rows kept, values in the columns that the header names."""

from __future__ import annotations

from pathlib import Path

from parsers import Report, read_report

HEAD = "甲市水利局2016年政府信息公开工作年度报告"
SECTIONS = "\n".join(
    f"<p>{n}、{words}</p><p>本节内容。</p>"
    for n, words in zip("一二三四五", ["概述", "主动公开政府信息情况", "依申请公开政府信息情况", "收费及减免情况", "存在的主要问题及改进措施"], strict=True)
)  # fmt: skip


def page(rows: list[tuple[str, ...]]) -> bytes:
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<html><body><h1>{HEAD}</h1>{SECTIONS}<table>{body}</table></body></html>".encode()


def cells(report: Report) -> dict[tuple[str, str], tuple]:
    return {(c.row, c.column): (c.state, c.value, c.unit, c.label, c.trust) for c in report.cells}


NATIONAL = [
    ("统计指标", "单位", "统计数"),
    ("一、主动公开情况", "——", "——"),
    ("（一）主动公开政府信息数（不同渠道和方式公开相同信息计1条）", "条", "1203"),
    ("其中：主动公开规范性文件数", "条", "12"),
    ("1.机构领导信息数", "条", "31"),
    ("四、行政复议数量", "件", "4"),
    ("（一）维持具体行政行为数", "件", "3"),
    ("（二）被依法纠错数", "件", "1"),
    ("（三）其他情形数", "件", ""),
    ("五、行政诉讼数量", "件", "2"),
    ("（一）维持具体行政行为或者驳回原告诉讼请求数", "件", "1"),
    ("（二）被依法纠错数", "件", "0"),
    ("（三）其他情形数", "件", "1"),
    ("七、依申请公开信息收取的费用", "万元", "0.35"),
    ("（四）政府信息公开专项经费（不包括用于政府公报编辑管理及政府网站建设维护等方面的经费）", "万元", "12"),
    ("单位负责人：张三", "审核人：李四", "填报人：王五"),
]


def test_the_national_list_is_read_by_its_names_within_their_chapter() -> None:
    report = read_report(page(NATIONAL))
    assert (report.verdict, report.report_year, report.forms) == ("report", 2016, {"statistics": "statistics-2014"})
    read = cells(report)
    assert read["disclosed_total", "value"] == ("value", 1203, "条", None, "stated")
    assert read["disclosed_normative_documents", "value"][1] == 12
    assert [read[f"review_{k}", "value"][1] for k in ("total", "upheld", "corrected")] == [4, 3, 1]
    assert read["review_other", "value"] == ("blank", None, "件", None, "stated")
    assert [read[f"suit_{k}", "value"][1] for k in ("total", "upheld", "corrected", "other")] == [2, 1, 0, 1]
    assert read["request_fees_wan_yuan", "value"][:3] == ("value", "0.35", "万元")
    assert read["special_funds_wan_yuan", "value"][:3] == ("value", "12", "万元")


def test_a_row_that_no_form_knows_is_kept_with_its_label_and_unit() -> None:
    read = cells(read_report(page(NATIONAL)))
    assert read["unmatched.1", "value"] == ("value", 31, "条", "1.机构领导信息数", "stated")
    assert not [row for row, _ in read if row == "unmatched.2"], "the foot of the form is no row"


def test_a_local_list_has_the_columns_of_its_header() -> None:
    report = read_report(
        page(
            [
                ("指标名称", "计量单位", "代码", "本期实际", "本年累计"),
                ("主动公开信息数", "条", "01", "120", "480"),
                ("其中：全文电子化的主动公开信息数", "条", "02", "100", "400"),
                ("网站专栏页面访问量", "人次", "05", "9,318", "22007"),
                ("行政复议数", "件", "32", "0", "1"),
            ]
        )
    )
    assert report.forms == {"statistics": "local"}
    read = {key: value[1] for key, value in cells(report).items()}
    assert read == {
        ("disclosed_total", "period"): 120, ("disclosed_total", "cumulative"): 480,
        ("disclosed_fulltext", "period"): 100, ("disclosed_fulltext", "cumulative"): 400,
        ("unmatched.1", "period"): 9318, ("unmatched.1", "cumulative"): 22007,
        ("reviews", "period"): 0, ("reviews", "cumulative"): 1,
    }  # fmt: skip


def test_a_row_with_more_figures_than_columns_is_undecidable() -> None:
    rows = [*NATIONAL[:4], ("制发规范性文件总数", "件", "3", "4")]
    read = cells(read_report(page(rows)))
    assert read["normative_documents_issued", "value"][:2] == ("undecidable", None)


def test_a_real_report_in_one_line_gives_up_its_list_and_its_sections(shared: Path) -> None:
    report = read_report((shared / "real" / "pingtan-2014.txt").read_bytes())
    assert (report.verdict, report.report_year, report.forms) == ("report", 2014, {"statistics": "local"})
    assert report.region.code == "350128"
    assert report.published == "2015-01-02"
    read = {key: value[1] for key, value in cells(report).items()}
    assert read["disclosed_total", "period"] == read["channel_website", "period"] == 2543
    assert read["disclosed_total", "cumulative"] == 78967
    assert [read[f"requests_{k}", "period"] for k in ("total", "in_person", "web")] == [1, 0, 0]
    assert [read[f"replies_{k}", "period"] for k in ("total", "granted", "partial")] == [1, 1, 0]
    assert all(c.state == "value" for c in report.cells)
    assert len(report.cells) == 2 * 16, "the sixteen rows that the capture holds"
    assert [s.number for s in report.sections] == [2, 3, 4, 5, 6]


def test_units_in_brackets_behind_the_labels_are_units() -> None:
    rows = [("指标名称", "代码", "本期实际", "本年累计"), ("主动公开信息数（条）", "01", "", "480")]
    assert cells(read_report(page(rows))) == {
        ("disclosed_total", "period"): ("blank", None, "条", None, "stated"),
        ("disclosed_total", "cumulative"): ("value", 480, "条", None, "stated"),
    }


def test_a_row_that_stands_twice_with_other_figures_is_undecidable() -> None:
    rows = [*NATIONAL[:4], ("其中：主动公开规范性文件数", "条", "13")]
    report = read_report(page(rows))
    assert cells(report)["disclosed_normative_documents", "value"][:2] == ("undecidable", None)
    assert "duplicate_row" in {f.code for f in report.findings}


def test_a_list_goes_on_over_a_page_break_without_its_header() -> None:
    whole = page(NATIONAL)
    cut = whole.replace(
        "<tr><td>其中：主动公开规范性".encode(), "</table><p>- 4 -</p><table><tr><td>其中：主动公开规范性".encode()
    )
    assert cut != whole
    assert cells(read_report(cut)).keys() == cells(read_report(whole)).keys()


def test_a_captured_row_that_lost_a_cell_is_not_sure() -> None:
    lines = ["标题：" + HEAD, "一、概述", "本节内容。", "统计指标\t单位\t统计数", "收到申请数\t件\t3", "当面申请数\t2"]
    report = read_report("\n".join(lines).encode())
    assert cells(report)["requests_received", "value"][4] == "stated"
    assert cells(report)["requests_in_person", "value"][4] == "inferred"
