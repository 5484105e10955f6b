"""What differs is told once, with both sides as printed; what does not mean the same is said and never compared."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive.histories.diffs import compare_cells
from archive.histories.sentences import compare_texts
from parsers.model import Cell, Report, Section, Where

AT = Where(0, 0, 0)


def cell(key: str, value: int | str | None, state: str = "value", **more: object) -> Cell:
    table, row, column = key.split("/")
    return Cell(table, row, column, state, value, str(value), "stated", AT, **more)  # type: ignore[arg-type]


def report(*cells: Cell, **forms: str) -> Report:
    return Report("report", 1, forms=forms or dict.fromkeys({c.table for c in cells}, "2021"), cells=cells)


def written(*sections: tuple[int, str, str], title: str = "年度报告", preface: str | None = None) -> Report:
    return Report(
        "report", 1, title_raw=title, preface=preface, sections=tuple(Section(*section) for section in sections)
    )


def test_both_sides_stand_as_printed_with_the_difference_and_what_was_corrected() -> None:
    key = "requests/granted/total"
    corrected = {("requests", "granted", "total"): ("value", 9)}
    _, (found,) = compare_cells(report(cell(key, 3)), report(cell(key, 5)), None, corrected)
    assert found.before and found.after
    assert (found.before.value, found.after.value, found.difference) == (3, 5, 2)
    assert (found.before.corrected, found.after.corrected) == (None, ("value", 9))


@pytest.mark.parametrize(
    ("before", "after", "difference"),
    [
        (cell("t/r/c", 3), None, None),
        (None, cell("t/r/c", 3), None),
        (cell("t/r/c", 0), cell("t/r/c", None, "blank"), None),
        (cell("t/r/c", "96171.6"), cell("t/r/c", "96172.10"), "0.50"),
        (cell("t/r/c", 3), cell("t/r/c", 3, unit="件"), 0),
    ],
)
def test_absent_blank_money_and_units_are_told_apart(
    before: Cell | None, after: Cell | None, difference: object
) -> None:
    other = cell("t/other/c", 1)
    sides = [report(*(c for c in (side, other) if c)) for side in (before, after)]
    (table,), (found,) = compare_cells(*sides)
    assert (found.before is None, found.after is None) == (before is None, after is None)
    assert found.difference == difference
    assert (table.status, table.different) == ("compared", 1)


def test_table_two_of_two_generations_is_compared_in_decisions_alone() -> None:
    table = "proactive_disclosure"
    before = report(
        cell(f"{table}/rules/made", 13),
        cell(f"{table}/administrative_fees/prior_items", 5),
        cell(f"{table}/administrative_licensing/decisions", 550),
        **{table: "2019"},
    )
    after = report(
        cell(f"{table}/rules/issued", 13),
        cell(f"{table}/administrative_fees/amount_wan_yuan", "7.5"),
        cell(f"{table}/administrative_licensing/decisions", 9487),
        **{table: "2021"},
    )
    (told,), (found,) = compare_cells(before, after)
    assert (found.row, found.difference) == ("administrative_licensing", 8937)
    assert told.status == "in_part"
    assert set(told.left_out) == {
        "rules.made", "rules.issued", "administrative_fees.prior_items", "administrative_fees.amount_wan_yuan",
    }  # fmt: skip


@pytest.mark.parametrize(("parts", "sums"), [((1, 2, 3), [6]), ((1, None, 3), []), ((0, 4, 0), [])])
def test_other_handling_is_compared_as_a_sum_where_every_part_is_a_figure(
    parts: tuple[int | None, ...], sums: list[int]
) -> None:
    rows = ("no_correction", "fee_unpaid", "other")
    before = report(cell("requests/other_handling/total", 4), cell("requests/granted/total", 1), requests="2019")
    after = report(
        *(
            cell(f"requests/other_handling.{row}/total", value, "blank" if value is None else "value")
            for row, value in zip(rows, parts, strict=True)
        ),
        cell("requests/granted/total", 1),
        requests="2021",
    )
    _, found = compare_cells(before, after)
    assert [c.after.value for c in found if c.after] == sums
    assert all(c.is_sum and c.row == "other_handling.subtotal" for c in found)


def test_lists_of_two_forms_and_a_table_that_one_side_lacks_are_said_not_compared() -> None:
    before = report(cell("statistics/disclosed_total/value", 12), statistics="statistics-2014")
    after = report(
        cell("statistics/disclosed_total/value", 15), cell("requests/granted/total", 1),
        statistics="local", requests="2021",
    )  # fmt: skip
    tables, found = compare_cells(before, after)
    assert found == ()
    assert {t.table: t.status for t in tables} == {"statistics": "not_compared", "requests": "only_after"}
    assert {t.table: t.left_out for t in tables} == {
        "statistics": ("disclosed_total.value",),
        "requests": ("granted.total",),
    }


def test_rows_that_no_form_knows_go_by_their_label_not_by_their_number() -> None:
    def listed(**values: int) -> Report:
        cells = [
            cell(f"statistics/unmatched.{n}/value", v, label=name) for n, (name, v) in enumerate(values.items(), 1)
        ]
        return report(*cells, statistics="local")

    _, found = compare_cells(listed(甲=1, 乙=2), listed(新=7, 甲=1, 乙=3))
    assert [(c.label, c.before and c.before.value, c.after and c.after.value) for c in found] == [
        ("乙", 2, 3),
        ("新", None, 7),
    ]


TEXT = "全年发布信息一百条。组织培训三次。未发生责任追究。\n"


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (TEXT, []),
        (TEXT.replace("。", "。 "), []),
        (TEXT.replace("三次", "四次"), [("changed", "组织培训三次。", "组织培训四次。")]),
        (TEXT + "新增公报专栏，方便查阅。", [("added", None, "新增公报专栏，方便查阅。")]),
        (TEXT.replace("组织培训三次。", ""), [("removed", "组织培训三次。", None)]),
        (
            TEXT.replace("全年发布信息一百条。", "") + "全年发布信息一百条。",
            [("moved", "全年发布信息一百条。", "全年发布信息一百条。")],
        ),
        (
            TEXT.replace("组织培训三次。", "本年度没有收到投诉举报。"),
            [("removed", "组织培训三次。", None), ("added", None, "本年度没有收到投诉举报。")],
        ),
    ],
)
def test_sentences_are_changed_moved_added_or_removed(
    after: str, told: list[tuple[str, str | None, str | None]]
) -> None:
    found = compare_texts(written((1, "一、总体情况", TEXT)), written((1, "一、总体情况", after)))
    assert [(c.kind, c.before, c.after) for c in found] == told


def test_sections_are_set_side_by_side_by_number_and_a_sentence_moved_between_them_is_moved() -> None:
    before = written((1, "一、总体情况", TEXT), (5, "五、问题", "存在不足。"))
    after = written(
        (1, "一、总体情况", TEXT.replace("组织培训三次。", "")),
        (5, "五、问题", "组织培训三次。存在不足。"),
        (6, "六、其他", "无。"),
    )
    found = compare_texts(before, after)
    assert [(c.kind, c.part_before, c.part_after) for c in found] == [
        ("moved", "section.1", "section.5"),
        ("added", None, "section.6"),
        ("added", None, "section.6"),
    ]


def test_every_sentence_that_differs_is_told_once() -> None:
    one = written((1, "一、总体情况", "甲。乙。乙。丙。"), title="甲", preface="丁。")
    other = written((1, "一、总体情况", "乙。甲。戊。乙。己。"), title="乙", preface=None)
    found = compare_texts(one, other)
    gone = sorted(c.before for c in found if c.kind in ("removed", "changed") and c.before)
    come = sorted(c.after for c in found if c.kind in ("added", "changed") and c.after)
    assert gone == ["丁。", "丙。", "甲"] and come == ["乙", "己。", "戊。"]
    assert compare_texts(one, replace(one)) == ()


def test_the_pieces_of_a_changed_sentence_make_both_sides() -> None:
    (found,) = compare_texts(
        written((1, "一、总体情况", "2022年发布信息120条，同比增长。")),
        written((1, "一、总体情况", "2023年发布信息98条，同比下降。")),
    )
    assert "".join(text for kind, text in found.pieces if kind != "added") == found.before
    assert "".join(text for kind, text in found.pieces if kind != "removed") == found.after
