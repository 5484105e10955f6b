"""The lists of indicators before 2019 as printed: the national one (annex of 国办发〔2014〕32号) and a local one (定西).

A second opinion: written from domain.md 1c, not from the reader's templates. A name that domain.md gives no key is a row
that no form knows; such rows are numbered in the order of print.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tests.corpus import figures
from tests.corpus.document import BODIES, PLACES, Block, Box, Line, Report, Sheet, Truth

STATISTICS = "statistics"
UNKNOWN = "unmatched"


@dataclass(frozen=True, slots=True)
class Indicator:
    """A row of a list: its label, its unit ("" for a chapter's heading), its key (None where no form knows it)."""

    label: str
    unit: str = ""
    key: str | None = None


_I = Indicator
NATIONAL: tuple[Indicator, ...] = (
    _I("一、主动公开情况"),
    _I("（一）主动公开政府信息数（不同渠道和方式公开相同信息计1条）", "条", "disclosed_total"),
    _I("其中：主动公开规范性文件数", "条", "disclosed_normative_documents"),
    _I("制发规范性文件总数", "件", "normative_documents_issued"),
    _I("（二）通过不同渠道和方式公开政府信息的情况"),
    _I("1.政府公报公开政府信息数", "条", "channel_gazette"),
    _I("2.政府网站公开政府信息数", "条", "channel_website"),
    _I("3.政务微博公开政府信息数", "条", "channel_weibo"),
    _I("4.政务微信公开政府信息数", "条", "channel_wechat"),
    _I("5.其他方式公开政府信息数", "条", "channel_other"),
    _I("二、回应解读情况"),
    _I("（一）回应公众关注热点或重大舆情数（不同方式回应同一热点或舆情计1次）", "次", "responses_total"),
    _I("（二）通过不同渠道和方式回应解读的情况"),
    _I("1.参加或举办新闻发布会总次数", "次", "press_conferences"),
    _I("其中：主要负责同志参加新闻发布会次数", "次", "press_conferences_head"),
    _I("2.政府网站在线访谈次数", "次", "online_interviews"),
    _I("其中：主要负责同志参加政府网站在线访谈次数", "次", "online_interviews_head"),
    _I("3.政策解读稿件发布数", "篇", "policy_explanations"),
    _I("4.微博微信回应事件数", "次", "responses_weibo_wechat"),
    _I("5.其他方式回应事件数", "次", "responses_other"),
    _I("三、依申请公开情况"),
    _I("（一）收到申请数", "件", "requests_received"),
    _I("1.当面申请数", "件", "requests_in_person"),
    _I("2.传真申请数", "件", "requests_fax"),
    _I("3.网络申请数", "件", "requests_web"),
    _I("4.信函申请数", "件", "requests_letter"),
    _I("（二）申请办结数", "件", "requests_closed"),
    _I("1.按时办结数", "件", "closed_on_time"),
    _I("2.延期办结数", "件", "closed_extended"),
    _I("（三）申请答复数", "件", "replies_total"),
    _I("1.属于已主动公开范围数", "件", "reply_already_public"),
    _I("2.同意公开答复数", "件", "reply_granted"),
    _I("3.同意部分公开答复数", "件", "reply_partial"),
    _I("4.不同意公开答复数", "件", "reply_refused"),
    _I("其中：涉及国家秘密", "件", "refused_state_secret"),
    _I("涉及商业秘密", "件", "refused_trade_secret"),
    _I("涉及个人隐私", "件", "refused_privacy"),
    _I("危及国家安全、公共安全、经济安全和社会稳定", "件", "refused_security_stability"),
    _I("不是《条例》所指政府信息", "件", "refused_not_gov_info"),
    _I("法律法规规定的其他情形", "件", "refused_other_legal"),
    _I("5.不属于本行政机关公开数", "件", "reply_not_competent"),
    _I("6.申请信息不存在数", "件", "reply_not_exist"),
    _I("7.告知作出更改补充数", "件", "reply_clarify"),
    _I("8.告知通过其他途径办理数", "件", "reply_other_channel"),
    _I("四、行政复议数量", "件", "review_total"),
    _I("（一）维持具体行政行为数", "件", "review_upheld"),
    _I("（二）被依法纠错数", "件", "review_corrected"),
    _I("（三）其他情形数", "件", "review_other"),
    _I("五、行政诉讼数量", "件", "suit_total"),
    _I("（一）维持具体行政行为或者驳回原告诉讼请求数", "件", "suit_upheld"),
    _I("（二）被依法纠错数", "件", "suit_corrected"),
    _I("（三）其他情形数", "件", "suit_other"),
    _I("六、举报投诉数量", "件", "complaints"),
    _I("七、依申请公开信息收取的费用", "万元", "request_fees_wan_yuan"),
    _I("八、机构建设和保障经费情况"),
    _I("（一）政府信息公开工作专门机构数", "个", "offices"),
    _I("（二）设置政府信息公开查阅点数", "个", "reading_points"),
    _I("（三）从事政府信息公开工作人员数", "人", "staff_total"),
    _I("1.专职人员数（不包括政府公报及政府网站工作人员数）", "人", "staff_full_time"),
    _I("2.兼职人员数", "人", "staff_part_time"),
    _I(
        "（四）政府信息公开专项经费（不包括用于政府公报编辑管理及政府网站建设维护等方面的经费）",
        "万元",
        "special_funds_wan_yuan",
    ),
    _I("九、政府信息公开会议和培训情况"),
    _I("（一）召开政府信息公开工作会议或专题会议数", "次", "meetings"),
    _I("（二）举办各类培训班数", "次", "training_courses"),
    _I("（三）接受培训人员数", "人次", "trainees"),
)
LOCAL: tuple[Indicator, ...] = (
    _I("主动公开信息数", "条", "disclosed_total"),
    _I("其中：全文电子化的主动公开信息数", "条", "disclosed_fulltext"),
    _I("新增的行政规范性文件数", "条", "new_normative_documents"),
    _I("提供服务类信息数", "条"),
    _I("网站专栏页面访问量", "人次"),
    _I("现场接待人数", "人次"),
    _I("网上咨询数", "人次"),
    _I("咨询电话接听数", "人次"),
    _I("依申请公开信息目录数", "条"),
    _I("申请总数", "条", "requests_total"),
    _I("当面申请数", "条", "requests_in_person"),
    _I("传真申请数", "条", "requests_fax"),
    _I("电子邮件申请数", "条", "requests_email"),
    _I("网上申请数", "条", "requests_web"),
    _I("信函申请数", "条", "requests_letter"),
    _I("其他形式申请数", "条", "requests_other"),
    _I("对申请的答复总数", "条", "replies_total"),
    _I("同意公开答复数", "条", "replies_granted"),
    _I("同意部分公开答复数", "条", "replies_partial"),
    _I("否决公开答复总数", "条", "replies_refused"),
    _I("“非《规定》所指政府信息”数", "条", "refused_not_gov_info"),
    _I("“信息不存在”数", "条", "refused_not_exist"),
    _I("“非本部门掌握”数", "条", "refused_not_held"),
    _I("“申请内容不明确”数", "条", "refused_unclear"),
    *(_I(f"“免予公开范围{n}”数", "条", f"refused_exempt_{n}") for n in range(1, 7)),
    _I("其它原因", "条", "refused_other"),
    _I("行政复议数", "件", "reviews"),
    _I("行政诉讼数", "件", "suits"),
    _I("行政申诉数", "件", "complaints"),
    _I("其中：对本部门首次处理不满意的行政申诉数", "件"),
)
LISTS: dict[str, tuple[Indicator, ...]] = {"statistics-2014": NATIONAL, "local": LOCAL}
YEARS = {"statistics-2014": (2014, 2018), "local": (2010, 2016)}
# What provinces put under item one (阜阳, 六安)
EXTENSIONS = (
    _I("机构领导信息数", "条"),
    _I("政府文件信息数", "条"),
    _I("行政执法信息数", "条"),
    _I("规划计划、统计信息数", "条"),
    _I("财政预决算和“三公”经费信息数", "条"),
    _I("招标采购信息数", "条"),
    _I("应急管理信息数", "条"),
)
HEADINGS = {
    1: "一、概述",
    2: "二、主动公开政府信息情况",
    3: "三、依申请公开政府信息情况",
    4: "四、收费及减免情况",
    5: "五、行政复议、行政诉讼情况",
    6: "六、存在的主要问题及改进措施",
}


def columns_of(form: str) -> tuple[str, ...]:
    """Return the columns of figures that a list has as it is sent out."""
    return ("value",) if form == "statistics-2014" else ("period", "cumulative")


def compose_list(rng: random.Random, form: str) -> Report:
    """Draw a report of those years: prose under its own headings, the list behind it."""
    place, code = rng.choice(PLACES)
    issuer = place + rng.choice(BODIES)
    year = rng.randint(*YEARS[form])
    return Report(
        title=f"{issuer}{year}年政府信息公开工作年度报告",
        issuer=issuer,
        year=year,
        place=code,
        form=form,
        sheets={STATISTICS: _sheet(rng, form, year)},
        prose=_prose(issuer, year),
        headings=dict(HEADINGS),
        annex=[f"单位负责人：张三　审核人：李四　填报人：王五　填报日期：{year + 1}年1月10日"],
    )


def _prose(issuer: str, year: int) -> dict[int, list[Block]]:
    return {
        0: [f"根据《中华人民共和国政府信息公开条例》规定，现公布{issuer}{year}年政府信息公开工作年度报告。"],
        1: [f"{year}年，{issuer}坚持以公开为常态、不公开为例外，稳步推进政府信息公开工作，完善各项制度。"],
        2: ["围绕中心工作，通过政府网站、政府公报等渠道及时发布政府信息，方便群众查阅。"],
        3: ["畅通申请渠道，规范办理流程，所有申请均在规定期限内答复。"],
        4: ["本年度未收取检索、复制、邮寄等费用。"],
        5: ["有关数量见附表。"],
        6: ["一是公开内容不够丰富，二是工作人员业务水平有待提高。下一步，将加强学习培训，进一步提高公开质量。"],
    }


def _sheet(rng: random.Random, form: str, year: int) -> Sheet:
    names = columns_of(form)
    lines = []
    for number, row in enumerate(LISTS[form], 1):
        if not row.unit:
            lines.append(Line([row.label], [Box("") for _ in range(2 if form == "statistics-2014" else 4)], "chapter"))
            continue
        code = [Box(f"{number:02d}")] if form == "local" else []
        lines.append(Line([row.label], [Box(row.unit), *code, *_figures(rng, row, names)], row.key or UNKNOWN))
    titles: tuple[str, ...] = ("统计指标", "单位", "统计数")
    if form == "local":
        titles = ("指标名称", "计量单位", "代码", "本期实际", "本年累计")
    head = [Box(title) for title in titles]
    return Sheet(STATISTICS, [head], lines, caption=f"附件：政府信息公开情况统计表（{year}年度）")


def _figures(rng: random.Random, row: Indicator, columns: Sequence[str]) -> list[Box]:
    boxes = []
    so_far = Decimal(0)
    for column in columns:
        zero = rng.random() < 0.4
        if row.unit == "万元":
            so_far += 0 if zero else Decimal(rng.randint(1, 900_000)).scaleb(-rng.choice((0, 2, 4)))
            value: int | str = format(so_far, "f")
        else:
            so_far += 0 if zero else figures.draw(rng, rng.choice((40, 4_000, 900_000)))
            value = int(so_far)
        truth = Truth("value", value, row.unit)
        boxes.append(Box(str(value), (STATISTICS, row.key or UNKNOWN, column), truth))
    return boxes


def extension(rng: random.Random, row: Indicator, report: Report) -> Line:
    """Return a line of a province's own, laid out as the report's list is."""
    like = next(line for line in report.sheets[STATISTICS].lines if line.key != "chapter")
    boxes = [Box(b.text) if b.key is None else b for b in like.boxes]
    drawn = iter(_figures(rng, row, [b.key[2] for b in boxes if b.key]))
    return Line([row.label], [next(drawn) if b.key else b for b in boxes], UNKNOWN)


def number_unknown(sheet: Sheet) -> None:
    """Number the rows that no form knows in the order of print."""
    number = 0
    for line in sheet.lines:
        if line.key != UNKNOWN:
            continue
        number += 1
        for box in line.boxes:
            if box.key:
                box.key = (STATISTICS, f"{UNKNOWN}.{number}", box.key[2])


def list_keys(form: str) -> frozenset[tuple[str, str, str]]:
    """Return every cell of the list's own that a reader may find."""
    return frozenset((STATISTICS, row.key, column) for row in LISTS[form] if row.key for column in columns_of(form))
