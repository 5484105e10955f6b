"""Everything that real reports do to the form, each a named function on the manuscript.

A quirk changes the printed text and, where a careful reader should get something else, the truth with it.
Some have no function here: those of the page's markup (`split_spans`, `container_furniture`,
`layout_table`, `byte_order_mark`) are in `markup` and the families, that of a list (`non_report_in_list`) in
`world`, those of a file (`carriers`) in `portal`, those of a plain capture (`TEXT_ONLY`) in `captures`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from crawler.samples import forms, spoiling
from crawler.samples.figures import Figures, merge_other_handling
from crawler.samples.forms import PROACTIVE
from crawler.samples.manuscript import Manuscript
from crawler.samples.places import Unit

Fits = Callable[[int, Figures, Unit], bool]


def _always(year: int, figures: Figures, unit: Unit) -> bool:
    return True


def _form_2019(year: int, figures: Figures, unit: Unit) -> bool:
    return forms.form_of_year(year) == "2019"


def _form_2021(year: int, figures: Figures, unit: Unit) -> bool:
    return forms.form_of_year(year) == "2021"


def _procures(year: int, figures: Figures, unit: Unit) -> bool:
    return figures.get((PROACTIVE, "central_procurement", "amount_yuan"), "0") != "0"


def _changes_items(year: int, figures: Figures, unit: Unit) -> bool:
    return any(column == "change" and value != 0 for (_, _, column), value in figures.items())


def _has_documents(year: int, figures: Figures, unit: Unit) -> bool:
    return figures.get(spoiling.IN_FORCE, 0) != 0


def _agency(year: int, figures: Figures, unit: Unit) -> bool:
    return not unit.makes_rules


def _district(year: int, figures: Figures, unit: Unit) -> bool:
    return "市" in unit.place.prefix and unit.place.prefix.endswith("区")


@dataclass(frozen=True, slots=True)
class Quirk:
    """A quirk: what it is and where it was seen, which others it cannot meet in one report, and which
    reports it fits.
    """

    description: str
    group: str
    apply: Callable[[Manuscript], None] | None = None
    fits: Fits = _always


_BROKEN_HEADERS: Final = {
    "本年新制作": "本年新\n制作",
    "本年新公开": "本年新\n公开",
    "对外公开总": "对外公开\n总",
    "本年处理决定": "本年处理\n决定",
    "现行有效": "现行\n有效",
}
_SPACED_LABELS: Final = {
    "不予公开": "不予 公开",
    "无法提供": "无法 提供",
    "商业企业": "商业 企业",
    "科研机构": "科研 机构",
    "结果维持": "结果 维持",
    "结果纠正": "结果 纠正",
    "其他结果": "其他 结果",
    "尚未审结": "尚未 审结",
}
_SOCIAL_ORGANISATION: Final = {
    "社会公益组织": "社会组织",
    "其他法律行政法规禁止公开": "其他法律法规禁止公开",
}

REGISTRY: Final[dict[str, Quirk]] = {
    "header_break": Quirk("portals 1: a header broken by <br/>", "labels", spoiling.relabel(_BROKEN_HEADERS)),
    "span_mismatch": Quirk(
        "portals 2: data cells divide the columns otherwise than their header",
        "table2",
        spoiling.span_mismatch,
        _form_2019,
    ),
    "blank_zeros": Quirk(
        "portals 3: blank for 0, 总计 blank in detail rows", "table3", spoiling.blank_zeros, _form_2019
    ),
    "unit_in_cell": Quirk(
        "portals 4: the unit inside the number (251000元)", "table2", spoiling.unit_in_cell, _procures
    ),
    "signed_change": Quirk("portals 5: signed changes (+2, -8)", "table2", spoiling.signed_change, _changes_items),
    "group_repeated": Quirk(
        "portals 8: the group label repeated where a page break split the rowspan",
        "spans3",
        spoiling.group_repeated,
    ),
    "split_spans": Quirk("portals 9: the text of a cell split over spans", "markup"),
    "empty_organisations": Quirk(
        "portals 10: the columns of organisations empty (<o:p>) instead of 0",
        "table3",
        spoiling.empty_organisations,
    ),
    "annotated_cell": Quirk("portals 13: a figure with a remark", "table2", spoiling.annotated_cell, _has_documents),
    "damaged_label": Quirk(
        "portals 14: 2.其他法律行政止公开",
        "labels",
        spoiling.relabel({"其他法律行政法规禁止公开": "其他法律行政止公开"}),
    ),
    "short_normative_label": Quirk(
        "portals 14: 规范性文件 without 行政",
        "labels",
        spoiling.relabel({"行政规范性文件": "规范性文件"}),
        _form_2021,
    ),
    "comma_numbers": Quirk("portals 14: 1、 for 1.", "labels", spoiling.comma_numbers),
    "spaced_list_numbers": Quirk("seed 4: 1. with a blank", "labels", spoiling.spaced_list_numbers),
    "clause_spaced": Quirk(
        "portals 14, seed 1: 第二十条  第（一）项", "clause", spoiling.relabel({"第二十条": "第二十条  "})
    ),
    "clause_short": Quirk("portals 14: 第二十条（一）项", "clause", spoiling.relabel({"第二十条第": "第二十条"})),
    "other_section_five": Quirk("portals 14: 五、存在的主要问题及整改措施", "heading5", spoiling.other_section_five),
    "other_handling_single_row": Quirk(
        "portals 15, seed 4: （六） as one row in a report of the 2021 form", "rows3", None, _form_2021
    ),
    "restarted_numbering": Quirk(
        "portals 16: six sections of prose, then the tables numbered 一 to 三",
        "outline",
        spoiling.restarted_numbering,
    ),
    "carried_out_total_missing": Quirk(
        "portals 17: no total in the row 结转", "table3", spoiling.carried_out_total_missing
    ),
    "container_furniture": Quirk(
        "portals 19: breadcrumb, share links and a stray --> inside the body's container", "markup"
    ),
    "cover_letter": Quirk("portals 20: a page whose report is in the attached DOCX", "carrier"),
    "cover_letter_ofd": Quirk("portals 20: a page whose report is in the attached OFD", "carrier"),
    "cover_letter_zip": Quirk("portals 20: a page whose report is a DOCX in the attached ZIP", "carrier"),
    "listed_pdf": Quirk("portals 20: a row of the list leads to a PDF and to no page", "carrier"),
    "listed_mhtml": Quirk("portals 20: a row of the list leads to a saved page (MHTML)", "carrier"),
    "title_short": Quirk("portals 21: 信息公开年度报告", "title", spoiling.short_title),
    "title_work_report": Quirk("portals 21: 政府信息公开工作报告", "title", spoiling.work_report_title),
    "title_double_year": Quirk("portals 21: 年度 twice in the title", "title", spoiling.double_year_title),
    "title_without_year": Quirk("portals 21: no year in the title", "title", spoiling.title_without_year),
    "non_report_in_list": Quirk("portals 22: something else in the column of reports", "list"),
    "wrong_year_in_text": Quirk(
        "portals 23: the plans for next year bear the report's year",
        "prose",
        spoiling.append_to_problems("{year}年，我们将采取以下措施：加强培训，细化目录，按时更新。"),
    ),
    "foreign_text": Quirk("portals 23: text copied from another province", "prose", spoiling.foreign_text),
    "leftover_sentence": Quirk("portals 24: 该部分以表格形式报告。表格如下:", "prose", spoiling.leftover_sentence),
    "dropped_date_character": Quirk("portals 24: a date without its 年", "preface", spoiling.dropped_date_character),
    "layout_table": Quirk("portals 26: the whole page inside one layout table", "markup"),
    "padded_signature": Quirk("portals 27: a signature padded with 118 blanks", "closing", spoiling.padded_signature),
    "title_without_place": Quirk("seed 0: the title names no place", "title", spoiling.title_without_place, _agency),
    "social_organisation": Quirk(
        "seed 0: 社会组织, 其他法律法规禁止公开", "labels", spoiling.relabel(_SOCIAL_ORGANISATION)
    ),
    "four_decimals": Quirk(
        "seed 0: a digit in a header (保留4位小数)",
        "fees",
        spoiling.relabel({"（单位：万元）": "（单位：万元，保留4位小数）"}),
        _form_2021,
    ),
    "training_subhead": Quirk(
        "seed 0: （五）监督保障及教育培训",
        "subheads",
        spoiling.resubhead({"（五）监督保障": "（五）监督保障及教育培训"}),
    ),
    "total_beside_applicants": Quirk(
        "seeds 0, 3, 4: 总计 in the first header row of table three",
        "header3",
        spoiling.total_beside_applicants,
    ),
    "no_fee_statement": Quirk("seed 0: section six says nothing of 信息处理费", "section6", spoiling.no_fee_statement),
    "two_line_title": Quirk(
        "seeds 1, 4: the title on two lines, a blank after the year", "title", spoiling.two_line_title
    ),
    "cut_label": Quirk(
        "seed 1: the label of row 21 cut off",
        "labels",
        spoiling.relabel({"行政机关不再处理其政府信息公开申请": "行政机关不再处理其政府信息公开"}),
        _form_2021,
    ),
    "no_subheads": Quirk(
        "seed 1: section one without sub-heads, a bare line instead", "subheads", spoiling.no_subheads
    ),
    "traditional": Quirk("seed 2: Traditional characters", "text"),
    "halfwidth_punctuation": Quirk("seed 2: halfwidth , : ( ) and no blanks", "text"),
    "title_without_city": Quirk(
        "seed 2: a district's title without its city", "title", spoiling.title_without_city, _district
    ),
    "spaced_labels": Quirk("seeds 2, 3: a blank where a label was broken", "labels", spoiling.relabel(_SPACED_LABELS)),
    "truncated_section": Quirk("seed 2: section one ends in a comma", "prose", spoiling.truncated_section),
    "scan_furniture": Quirk("seed 2: 扫一扫 after section six", "closing", spoiling.scan_furniture),
    "broken_table_two": Quirk("seed 3: table two cut by a page break, narrower below", "text"),
    "public_platform_subhead": Quirk(
        "seed 3: （四）政府信息公共平台建设",
        "subheads",
        spoiling.resubhead({"（四）政府信息公开平台建设": "（四）政府信息公共平台建设"}),
    ),
    "inline_subheads": Quirk("seed 3: sub-heads in one line with their text", "subheads", spoiling.inline_subheads),
    "previous_year_mentioned": Quirk(
        "seed 3: section five rightly names the year before",
        "prose",
        spoiling.append_to_problems("针对{last}年年度报告指出的问题，相关科室均已完成整改。"),
    ),
    "missing_character": Quirk("seed 3: a character missing (进一步加对)", "prose", spoiling.missing_character),
    "natural_person_blank": Quirk(
        "seed 4: natural_person empty in the detail rows", "table3", spoiling.natural_person_blank
    ),
    "short_subheads": Quirk(
        "seed 4: （四）平台建设, （五）信息公开工作监督",
        "subheads",
        spoiling.resubhead(
            {"（四）政府信息公开平台建设": "（四）平台建设", "（五）监督保障": "（五）信息公开工作监督"}
        ),
    ),
    "cut_header_three": Quirk(
        "seed 4: table three's header cut inside a cell, with a rule of dashes and unpaired brackets", "text"
    ),
    "cut_header_four": Quirk("seed 4: table four's header cut into blocks of 7 and 15 columns", "text"),
    "orphan_rows": Quirk("seeds 0, 3, 4: rows that lost their spanning parents start at column 0", "text"),
    "byte_order_mark": Quirk("domain 3.6: a page that starts with a UTF-8 byte order mark", "bytes"),
    "literal_word_comments": Quirk(
        "portals 18: Word's conditional comments in the visible text",
        "markup",
        spoiling.literal_word_comments,
    ),
    "halfwidth_brackets": Quirk("seeds 0, 3, 4: (一) with a blank", "brackets", spoiling.halfwidth_brackets),
    "spaced_numbers": Quirk("seed 3: blanks around the numbers of title and text", "blanks", spoiling.spaced_numbers),
    "padded_numbers": Quirk("seed 1: U+00A0 and U+3000 around numbers", "numbers", spoiling.padded_numbers),
}
"""Every quirk by name, in the order in which they are applied: those that rewrite any text come last."""

QUIRKS: Final[dict[str, str]] = {name: quirk.description for name, quirk in REGISTRY.items()}
TEXT_ONLY: Final = frozenset(name for name, quirk in REGISTRY.items() if quirk.group == "text")
LIST_ONLY: Final = frozenset(name for name, quirk in REGISTRY.items() if quirk.group == "list")

FIGURE_QUIRKS: Final[dict[str, Callable[[Figures], None]]] = {"other_handling_single_row": merge_other_handling}
"""Quirks that change the row list before the tables are laid out."""


def spoil(manuscript: Manuscript) -> None:
    """Apply the manuscript's quirks in the registry's order, whatever order they are named in."""
    for name, quirk in REGISTRY.items():
        if name in manuscript.quirks and quirk.apply is not None:
            quirk.apply(manuscript)
