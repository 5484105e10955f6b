"""The official forms as the sample portals print them: rows, columns, labels and spans, as data.

Keys and labels follow 国办公开办函〔2021〕30号 (form 2021) and 国办公开办函〔2019〕60号 (form 2019).
Nothing here is shared with the reader: the samples must be able to contradict it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CellKey = tuple[str, str, str]
"""(table, row, column)."""

PROACTIVE: Final = "proactive_disclosure"
REQUESTS: Final = "requests"
REVIEW: Final = "review_and_litigation"

APPLICANTS: Final = ("natural_person", "business", "research", "social_welfare", "legal_service", "other_org")
ORGANISATIONS: Final = APPLICANTS[1:]
REQUEST_COLUMNS: Final = (*APPLICANTS, "total")
ORGANISATION_LABELS: Final = ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")
CORNER: Final = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
OUTCOME: Final = "三、本年度办理结果"

REVIEW_BLOCKS: Final = ("review", "suit_direct", "suit_after_review")
REVIEW_COLUMNS: Final = ("upheld", "corrected", "other", "pending", "total")
REVIEW_LABELS: Final = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A data row of table three: its key, the group label it stands under (or ""), and its own label."""

    key: str
    group: str
    label: str


_HEAD: Final = (
    RequestRow("new_received", "", "一、本年新收政府信息公开申请数量"),
    RequestRow("carried_in", "", "二、上年结转政府信息公开申请数量"),
    RequestRow("granted", "", "（一）予以公开"),
    RequestRow("granted_partial", "", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"),
    RequestRow("denied.state_secret", "（三）不予公开", "1.属于国家秘密"),
    RequestRow("denied.other_law_prohibits", "（三）不予公开", "2.其他法律行政法规禁止公开"),
    RequestRow("denied.three_security_one_stability", "（三）不予公开", "3.危及“三安全一稳定”"),
    RequestRow("denied.third_party_rights", "（三）不予公开", "4.保护第三方合法权益"),
    RequestRow("denied.internal_affairs", "（三）不予公开", "5.属于三类内部事务信息"),
    RequestRow("denied.process_information", "（三）不予公开", "6.属于四类过程性信息"),
    RequestRow("denied.enforcement_case_file", "（三）不予公开", "7.属于行政执法案卷"),
    RequestRow("denied.administrative_inquiry", "（三）不予公开", "8.属于行政查询事项"),
    RequestRow("unable.not_held", "（四）无法提供", "1.本机关不掌握相关政府信息"),
    RequestRow("unable.must_be_created", "（四）无法提供", "2.没有现成信息需要另行制作"),
    RequestRow("unable.still_unclear", "（四）无法提供", "3.补正后申请内容仍不明确"),
    RequestRow("not_processed.petition_complaint", "（五）不予处理", "1.信访举报投诉类申请"),
    RequestRow("not_processed.duplicate", "（五）不予处理", "2.重复申请"),
    RequestRow("not_processed.publication", "（五）不予处理", "3.要求提供公开出版物"),
    RequestRow("not_processed.excessive_repeated", "（五）不予处理", "4.无正当理由大量反复申请"),
    RequestRow("not_processed.confirm_or_reissue", "（五）不予处理", "5.要求行政机关确认或重新出具已获取信息"),
)
_OTHER_2021: Final = (
    RequestRow(
        "other_handling.no_correction",
        "（六）其他处理",
        "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
    ),
    RequestRow(
        "other_handling.fee_unpaid",
        "（六）其他处理",
        "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
    ),
    RequestRow("other_handling.other", "（六）其他处理", "3.其他"),
)
_OTHER_2019: Final = (RequestRow("other_handling", "", "（六）其他处理"),)
_TAIL: Final = (
    RequestRow("total_processed", "", "（七）总计"),
    RequestRow("carried_out", "", "四、结转下年度继续办理"),
)
REQUEST_ROWS: Final = {
    "2021": (*_HEAD, *_OTHER_2021, *_TAIL),
    "2019": (*_HEAD, *_OTHER_2019, *_TAIL),
}
FULL_WIDTH_ROWS: Final = frozenset({"new_received", "carried_in", "carried_out"})
"""Rows whose label spans all three label columns; every other row stands under 三、本年度办理结果."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of table two: the clause it is printed under, its header cells and its rows."""

    clause: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, str], ...]


_ITEMS: Final = (("prior_items", "上一年项目数量"), ("change", "本年增/减"), ("decisions", "处理决定数量"))
_DECISIONS: Final = (("decisions", "本年处理决定数量"),)
PROACTIVE_BLOCKS: Final = {
    "2021": (
        Block(
            "第二十条第（一）项",
            (("issued", "本年制发件数"), ("repealed", "本年废止件数"), ("in_force", "现行有效件数")),
            (("rules", "规章"), ("normative_documents", "行政规范性文件")),
        ),
        Block("第二十条第（五）项", _DECISIONS, (("administrative_licensing", "行政许可"),)),
        Block(
            "第二十条第（六）项",
            _DECISIONS,
            (("administrative_penalty", "行政处罚"), ("administrative_compulsion", "行政强制")),
        ),
        Block(
            "第二十条第（八）项",
            (("amount_wan_yuan", "本年收费金额（单位：万元）"),),
            (("administrative_fees", "行政事业性收费"),),
        ),
    ),
    "2019": (
        Block(
            "第二十条第（一）项",
            (
                ("made", "本年新制作数量"),
                ("newly_disclosed", "本年新公开数量"),
                ("total_disclosed", "对外公开总数量"),
            ),
            (("rules", "规章"), ("normative_documents", "规范性文件")),
        ),
        Block(
            "第二十条第（五）项",
            _ITEMS,
            (("administrative_licensing", "行政许可"), ("other_external_services", "其他对外管理服务事项")),
        ),
        Block(
            "第二十条第（六）项",
            _ITEMS,
            (("administrative_penalty", "行政处罚"), ("administrative_compulsion", "行政强制")),
        ),
        Block("第二十条第（八）项", _ITEMS[:2], (("administrative_fees", "行政事业性收费"),)),
        Block(
            "第二十条第（九）项",
            (("projects", "采购项目数量"), ("amount_yuan", "采购总金额")),
            (("central_procurement", "政府集中采购"),),
        ),
    ),
}

HEADINGS: Final = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)
SUBHEADS: Final = (
    "（一）主动公开",
    "（二）依申请公开",
    "（三）政府信息管理",
    "（四）政府信息公开平台建设",
    "（五）监督保障",
)


def form_of_year(year: int) -> str:
    """Name the official form of a report year (2019 and 2020: 格式（试行）; from 2021: 格式)."""
    return "2019" if year <= 2020 else "2021"
