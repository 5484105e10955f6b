"""The official tables as printed: labels, keys and order of both generations (国办公开办函〔2019〕60号, 〔2021〕30号).

A second opinion: written from the notices and real reports, not from the reader's templates.
"""

from __future__ import annotations

from dataclasses import dataclass

PROACTIVE, REQUESTS, REVIEW = "proactive_disclosure", "requests", "review_and_litigation"


@dataclass(frozen=True, slots=True)
class Clause:
    """A block of table two: its clause, the header's labels, the columns' keys, and (label, key) of its rows."""

    name: str
    header: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]


_ITEMS = ("信息内容", "上一年项目数量", "本年增/减", "处理决定数量")
CLAUSES: dict[str, tuple[Clause, ...]] = {
    "2021": (
        Clause(
            "第二十条第（一）项",
            ("信息内容", "本年制发件数", "本年废止件数", "现行有效件数"),
            ("issued", "repealed", "in_force"),
            (("规章", "rules"), ("行政规范性文件", "normative_documents")),
        ),
        Clause(
            "第二十条第（五）项",
            ("信息内容", "本年处理决定数量"),
            ("decisions",),
            (("行政许可", "administrative_licensing"),),
        ),
        Clause(
            "第二十条第（六）项",
            ("信息内容", "本年处理决定数量"),
            ("decisions",),
            (("行政处罚", "administrative_penalty"), ("行政强制", "administrative_compulsion")),
        ),
        Clause(
            "第二十条第（八）项",
            ("信息内容", "本年收费金额（单位：万元）"),
            ("amount_wan_yuan",),
            (("行政事业性收费", "administrative_fees"),),
        ),
    ),
    "2019": (
        Clause(
            "第二十条第（一）项",
            ("信息内容", "本年新制作数量", "本年新公开数量", "对外公开总数量"),
            ("made", "newly_disclosed", "total_disclosed"),
            (("规章", "rules"), ("规范性文件", "normative_documents")),
        ),
        Clause(
            "第二十条第（五）项",
            _ITEMS,
            ("prior_items", "change", "decisions"),
            (("行政许可", "administrative_licensing"), ("其他对外管理服务事项", "other_external_services")),
        ),
        Clause(
            "第二十条第（六）项",
            _ITEMS,
            ("prior_items", "change", "decisions"),
            (("行政处罚", "administrative_penalty"), ("行政强制", "administrative_compulsion")),
        ),
        Clause(
            "第二十条第（八）项",
            _ITEMS[:3],
            ("prior_items", "change"),
            (("行政事业性收费", "administrative_fees"),),
        ),
        Clause(
            "第二十条第（九）项",
            ("信息内容", "采购项目数量", "采购总金额"),
            ("projects", "amount_yuan"),
            (("政府集中采购", "central_procurement"),),
        ),
    ),
}

CORNER = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
PERSONS: tuple[tuple[str, str], ...] = (
    ("自然人", "natural_person"),
    ("商业企业", "business"),
    ("科研机构", "research"),
    ("社会公益组织", "social_welfare"),
    ("法律服务机构", "legal_service"),
    ("其他", "other_org"),
    ("总计", "total"),
)
ORGANISATIONS = ("business", "research", "social_welfare", "legal_service", "other_org")
ORGANISATIONS_LABEL = "法人或其他组织"

_DONE = "三、本年度办理结果"
_DENIED, _UNABLE = "（三）不予公开", "（四）无法提供"
_REFUSED, _OTHER = "（五）不予处理", "（六）其他处理"
_NO_MORE = "行政机关不再处理其政府信息公开申请"
_COMMON: tuple[tuple[tuple[str, ...], str], ...] = (
    (("一、本年新收政府信息公开申请数量",), "new_received"),
    (("二、上年结转政府信息公开申请数量",), "carried_in"),
    ((_DONE, "（一）予以公开"), "granted"),
    ((_DONE, "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"), "granted_partial"),
    ((_DONE, _DENIED, "1.属于国家秘密"), "denied.state_secret"),
    ((_DONE, _DENIED, "2.其他法律行政法规禁止公开"), "denied.other_law_prohibits"),
    ((_DONE, _DENIED, "3.危及“三安全一稳定”"), "denied.three_security_one_stability"),
    ((_DONE, _DENIED, "4.保护第三方合法权益"), "denied.third_party_rights"),
    ((_DONE, _DENIED, "5.属于三类内部事务信息"), "denied.internal_affairs"),
    ((_DONE, _DENIED, "6.属于四类过程性信息"), "denied.process_information"),
    ((_DONE, _DENIED, "7.属于行政执法案卷"), "denied.enforcement_case_file"),
    ((_DONE, _DENIED, "8.属于行政查询事项"), "denied.administrative_inquiry"),
    ((_DONE, _UNABLE, "1.本机关不掌握相关政府信息"), "unable.not_held"),
    ((_DONE, _UNABLE, "2.没有现成信息需要另行制作"), "unable.must_be_created"),
    ((_DONE, _UNABLE, "3.补正后申请内容仍不明确"), "unable.still_unclear"),
    ((_DONE, _REFUSED, "1.信访举报投诉类申请"), "not_processed.petition_complaint"),
    ((_DONE, _REFUSED, "2.重复申请"), "not_processed.duplicate"),
    ((_DONE, _REFUSED, "3.要求提供公开出版物"), "not_processed.publication"),
    ((_DONE, _REFUSED, "4.无正当理由大量反复申请"), "not_processed.excessive_repeated"),
    ((_DONE, _REFUSED, "5.要求行政机关确认或重新出具已获取信息"), "not_processed.confirm_or_reissue"),
)
_END: tuple[tuple[tuple[str, ...], str], ...] = (
    ((_DONE, "（七）总计"), "total_processed"),
    (("四、结转下年度继续办理",), "carried_out"),
)
REQUEST_ROWS: dict[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    "2021": (
        *_COMMON,
        ((_DONE, _OTHER, f"1.申请人无正当理由逾期不补正、{_NO_MORE}"), "other_handling.no_correction"),
        ((_DONE, _OTHER, f"2.申请人逾期未按收费通知要求缴纳费用、{_NO_MORE}"), "other_handling.fee_unpaid"),
        ((_DONE, _OTHER, "3.其他"), "other_handling.other"),
        *_END,
    ),
    "2019": (*_COMMON, ((_DONE, _OTHER), "other_handling"), *_END),
}

REVIEW_ROWS: tuple[tuple[str, str], ...] = (
    ("行政复议", "review"),
    ("未经复议直接起诉", "suit_direct"),
    ("复议后起诉", "suit_after_review"),
)
REVIEW_COLUMNS: tuple[tuple[str, str], ...] = (
    ("结果维持", "upheld"),
    ("结果纠正", "corrected"),
    ("其他结果", "other"),
    ("尚未审结", "pending"),
    ("总计", "total"),
)

# Combinations of (table two, table three) that real reports have; the last is common after 2021 (domain.md 1)
FORMS: dict[str, tuple[str, str]] = {"2021": ("2021", "2021"), "2019": ("2019", "2019"), "mixed": ("2021", "2019")}


def outcome_keys(form: str) -> list[str]:
    """Return the rows of table three that add up to total_processed."""
    outer = ("new_received", "carried_in", "total_processed", "carried_out")
    return [key for _, key in REQUEST_ROWS[form] if key not in outer]
