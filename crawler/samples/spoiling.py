"""The functions that spoil a manuscript: each prints one thing otherwise than the form has it, and keeps
the truth right.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from crawler.samples import forms
from crawler.samples.forms import ORGANISATIONS, PROACTIVE, REQUESTS, CellKey
from crawler.samples.manuscript import Cell, Manuscript, Section

IN_FORCE: Final[CellKey] = (PROACTIVE, "normative_documents", "in_force")


# Titles


def short_title(manuscript: Manuscript) -> None:
    _retitle(manuscript, "政府信息公开工作年度报告", "信息公开年度报告")


def work_report_title(manuscript: Manuscript) -> None:
    _retitle(manuscript, "政府信息公开工作年度报告", "政府信息公开工作报告")


def double_year_title(manuscript: Manuscript) -> None:
    _retitle(manuscript, "年政府信息公开工作", "年度政府信息公开工作")


def title_without_year(manuscript: Manuscript) -> None:
    _retitle(manuscript, f"{manuscript.year}年", "")


def title_without_place(manuscript: Manuscript) -> None:
    _retitle(manuscript, manuscript.unit.place.prefix, "")


def title_without_city(manuscript: Manuscript) -> None:
    city, _, district = manuscript.unit.place.prefix.partition("市")
    _retitle(manuscript, f"{city}市{district}", district)
    manuscript.issuer = manuscript.issuer.removeprefix(f"{city}市")
    manuscript.sections[0].paragraphs[0] += f"各项任务按照{manuscript.unit.place.name}的统一部署开展。"


def two_line_title(manuscript: Manuscript) -> None:
    line = "".join(manuscript.title)
    at = line.index(f"{manuscript.year}年")
    manuscript.title = [line[:at], line[at:].replace("年", " 年", 1)]


def _retitle(manuscript: Manuscript, old: str, new: str) -> None:
    manuscript.title = [line.replace(old, new, 1) for line in manuscript.title]


# Labels


def relabel(replacements: dict[str, str]) -> Callable[[Manuscript], None]:
    def relabel(manuscript: Manuscript) -> None:
        for cell in manuscript.labels():
            for old, new in replacements.items():
                cell.text = cell.text.replace(old, new)

    return relabel


def comma_numbers(manuscript: Manuscript) -> None:
    for cell in manuscript.labels():
        cell.text = re.sub(r"^(\d)\.", r"\1、", cell.text)


def spaced_list_numbers(manuscript: Manuscript) -> None:
    for cell in manuscript.labels():
        cell.text = re.sub(r"^(\d)\.", r"\1. ", cell.text)


def halfwidth_brackets(manuscript: Manuscript) -> None:
    for cell in manuscript.labels():
        if not cell.text.startswith("第二十条"):
            cell.text = re.sub(r"（(.)）", r"(\1) ", cell.text).replace("（", "(").replace("）", ")")
    overview = manuscript.sections[0]
    overview.paragraphs = [re.sub(r"^（(.)）", r"(\1) ", text) for text in overview.paragraphs]


def other_section_five(manuscript: Manuscript) -> None:
    manuscript.sections[4].heading = "五、存在的主要问题及整改措施"


def total_beside_applicants(manuscript: Manuscript) -> None:
    table = manuscript.table(REQUESTS)
    table[0][1].colspan = 6
    table[0].append(Cell("总计", rowspan=3))
    del table[1][-1]


# Cells


def blank_zeros(manuscript: Manuscript) -> None:
    filled = forms.FULL_WIDTH_ROWS | {"total_processed"}
    for cell, key in manuscript.printed(REQUESTS):
        if cell.text == "0" or (key[2] == "total" and key[1] not in filled):
            manuscript.blank(cell, key)


def empty_organisations(manuscript: Manuscript) -> None:
    for cell, key in manuscript.printed(REQUESTS):
        if key[2] in ORGANISATIONS:
            manuscript.blank(cell, key)


def natural_person_blank(manuscript: Manuscript) -> None:
    printed = forms.FULL_WIDTH_ROWS | {"total_processed", "other_handling"}
    for cell, key in manuscript.printed(REQUESTS):
        if key[2] == "natural_person" and key[1] not in printed:
            manuscript.blank(cell, key)


def carried_out_total_missing(manuscript: Manuscript) -> None:
    for cell, key in manuscript.printed(REQUESTS):
        if key[1:] == ("carried_out", "total"):
            manuscript.blank(cell, key)


def unit_in_cell(manuscript: Manuscript) -> None:
    for cell, key in manuscript.printed(PROACTIVE):
        if key[2] == "amount_yuan":
            cell.text += "元"
            manuscript.units[key] = "元"


def signed_change(manuscript: Manuscript) -> None:
    for cell, key in manuscript.printed(PROACTIVE):
        if key[2] == "change" and cell.text.isdigit() and cell.text != "0":
            cell.text = f"+{cell.text}"


def annotated_cell(manuscript: Manuscript) -> None:
    for cell, key in manuscript.printed(PROACTIVE):
        if key == IN_FORCE:
            cell.text += f"（其中修订 {max(1, int(cell.text) // 3)} 件）"


def padded_numbers(manuscript: Manuscript) -> None:
    paddings = ("\u00a0{}", "{}\u00a0", "\u3000\u3000{}", "\u3000\u00a0{}", " {}")
    for at, (cell, _) in enumerate(manuscript.printed()):
        cell.text = paddings[at * at % len(paddings)].format(cell.text)


# Spans


def span_mismatch(manuscript: Manuscript) -> None:
    """Let the data cells of clause （八） divide the four columns otherwise than their header does."""
    for row in manuscript.table(PROACTIVE):
        if row[-1].text == "本年增/减":
            row[1].colspan, row[2].colspan = 2, 1
        elif row[-1].key == (PROACTIVE, "administrative_fees", "change"):
            row[0].colspan, row[1].colspan, row[2].colspan = 2, 1, 1


def group_repeated(manuscript: Manuscript) -> None:
    """Print 三、本年度办理结果 again before （四）, as Word does when a page break splits the spanning
    cell.
    """
    table = manuscript.table(REQUESTS)
    start = next(at for at, row in enumerate(table) if row[0].text.startswith("三、"))
    again = next(at for at, row in enumerate(table) if "无法提供" in row[0].text)
    spanning = table[start][0]
    table[again].insert(0, Cell(spanning.text, rowspan=spanning.rowspan - (again - start)))
    spanning.rowspan = again - start


# Sections


def restarted_numbering(manuscript: Manuscript) -> None:
    """Keep six sections of prose and print the tables after them under a numbering of their own."""
    for numeral, section in zip("一二三", manuscript.sections[1:4], strict=True):
        manuscript.sections.append(Section(f"{numeral}、{section.heading[2:]}", [], section.table))
        section.paragraphs.append("具体数据见本报告后附统计表。")
        section.table = None


def no_subheads(manuscript: Manuscript) -> None:
    overview = manuscript.sections[0]
    overview.paragraphs = [text for text in overview.paragraphs if text not in forms.SUBHEADS]
    overview.paragraphs.insert(1, "推进信息公开工作规范有序开展")


def inline_subheads(manuscript: Manuscript) -> None:
    first, *rest = manuscript.sections[0].paragraphs
    manuscript.sections[0].paragraphs = [
        first,
        *(f"{subhead}：{text}" for subhead, text in zip(rest[::2], rest[1::2], strict=True)),
    ]


def resubhead(replacements: dict[str, str]) -> Callable[[Manuscript], None]:
    def resubhead(manuscript: Manuscript) -> None:
        overview = manuscript.sections[0]
        overview.paragraphs = [replacements.get(text, text) for text in overview.paragraphs]

    return resubhead


def truncated_section(manuscript: Manuscript) -> None:
    overview = manuscript.sections[0]
    overview.paragraphs[-1] = overview.paragraphs[-1].removesuffix("。") + "，"


def no_fee_statement(manuscript: Manuscript) -> None:
    manuscript.sections[5].paragraphs = [f"{manuscript.unit.name}无其他需要报告的事项。"]


def spaced_numbers(manuscript: Manuscript) -> None:
    def space(text: str) -> str:
        return re.sub(r"(?<=[\u4e00-\u9fff])(\d[\d.%]*)(?=[\u4e00-\u9fff])", r" \1 ", text)

    manuscript.title = [space(line) for line in manuscript.title]
    for section in manuscript.sections:
        section.paragraphs = [space(text) for text in section.paragraphs]


def literal_word_comments(manuscript: Manuscript) -> None:
    for section in (manuscript.sections[0], manuscript.sections[4]):
        section.paragraphs = [
            re.sub(r"^(（.）)", r"<!--[if !supportLists]-->\1<!--[endif]-->", text) for text in section.paragraphs
        ]
    problems = manuscript.sections[4].paragraphs
    problems[-1] = f"<!--[if !supportLists]-->7、<!--[endif]-->{problems[-1]}"


def append_to_problems(sentence: str) -> Callable[[Manuscript], None]:
    def append(manuscript: Manuscript) -> None:
        manuscript.sections[4].paragraphs.append(sentence.format(year=manuscript.year, last=manuscript.year - 1))

    return append


def foreign_text(manuscript: Manuscript) -> None:
    manuscript.sections[0].paragraphs[-1] += "学习并转发《浙江省政府信息公开工作规程汇编》，统一办理标准。"


def leftover_sentence(manuscript: Manuscript) -> None:
    for section in manuscript.sections:
        if section.table is not None:
            section.paragraphs.append("该部分以表格形式报告。表格如下:")


def dropped_date_character(manuscript: Manuscript) -> None:
    year = manuscript.year
    manuscript.preface = [f"本报告所列数据的统计期限为{year}1月1日至{year}年12月31日。"]


def missing_character(manuscript: Manuscript) -> None:
    manuscript.sections[4].paragraphs[-1] += "进一步加对工作人员的业务培训。"


def padded_signature(manuscript: Manuscript) -> None:
    manuscript.closing += [" " * 118 + manuscript.issuer, " " * 118 + f"{manuscript.year + 1}年1月"]


def scan_furniture(manuscript: Manuscript) -> None:
    manuscript.closing.append("扫一扫在手机上查看当前页面")
