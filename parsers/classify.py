"""Tells what bytes are before anybody reads them as a report: challenge pages, soft 404s, empty answers, lists.

Rules are observations of other people's crawlers (portals.md 1.1, 1.2, 1.10); each is written beside its marker.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsers.model import Document, Grid, Paragraph, Verdict
from parsers.normalize import squeeze
from parsers.titles import is_report_title

_CHALLENGES: tuple[tuple[str, tuple[bytes, ...]], ...] = (
    # 加速乐: document.cookie or go({...}) that builds __jsl_clearance; answers 521 or 512 twice
    ("jsl", (b"__jsl_clearance", b"__jsluid")),
    # 瑞数: 412 with a $_ts virtual machine
    ("ruishu", (b"$_ts",)),
    # 阿里: arg1 -> acw_sc__v2
    ("aliyun", (b"acw_sc__v2", b"var arg1=")),
    ("c3vk", (b"C3VK",)),
    ("wzws", (b"WZWS", b"wzwschallenge", b"wzwsconfirm")),
    ("edgeone", (b"EdgeOne", b"TencentEdgeOne")),
    ("chuangyudun", (b"yunsuo_session", b"365cyd")),
)
# 博达 VSB: a form before an attached file, for the letters of a picture (portals.md 1.7)
_VSB_CAPTCHA = (b"codeValue", b"createimage.jsp")
_CHALLENGE_STATUS = {412: "ruishu", 521: "jsl", 512: "jsl"}
_SHELL_SIZE = 16 * 1024
"""A challenge is a shell: no seen one was over 10 KB, while a report page that quotes a marker is far larger."""


def recognise_challenge(body: bytes, status: int | None, headers: Sequence[tuple[str, str]]) -> str | None:
    """Return the vendor of the bot challenge that `body` is, or None."""
    if len(body) <= _SHELL_SIZE:
        for vendor, markers in _CHALLENGES:
            if any(marker in body for marker in markers):
                return vendor
        if all(marker in body for marker in _VSB_CAPTCHA):
            return "vsb_captcha"
    if status in _CHALLENGE_STATUS:
        return _CHALLENGE_STATUS[status]
    if status in (None, 200) and len(body) == 2:
        return "two_byte_body"  # observed on pingtan.gov.cn, for pages and attachments alike
    return None


_GEO_MARKERS = (b"GeoBL",)
"""龙讯 sites behind WZWS: `reason:GeoBL` (portals.md 1.8)."""


def recognise_block(body: bytes, status: int | None) -> str | None:
    """Return how the host refuses us: "geo" for where we are, "status" without a word of why; None where it does not."""
    if status in (403, 451):
        return "geo" if any(marker in body for marker in _GEO_MARKERS) else "status"
    if len(body) <= _SHELL_SIZE and any(marker in body for marker in _GEO_MARKERS):
        return "geo"
    return None


_SPAM = re.compile(
    r"百家乐|皇冠体育|新葡京|娱乐城|博彩|真人荷官|体育投注|投注平台|老虎机|六合彩|电子游艺|棋牌平台|时时彩|彩票平台|赌场"
)


def is_spam_mirror(document: Document) -> bool:
    """Tell whether a page re-hosts a report among the words of gambling sites (portals.md 1.10: hijacked copies).

    One such word may stand in a real report (打击网络博彩); two different ones, one of them in the page's title or links, do not.
    """
    shown = " ".join([document.metadata.get("Title", ""), *(text for _, text in document.links)])
    if not _SPAM.search(shown):
        return False
    prose = " ".join(b.text for b in document.blocks if isinstance(b, Paragraph))
    return len({m[0] for m in _SPAM.finditer(f"{shown} {prose}")}) >= 2


_GONE = re.compile(
    r"(页面|网页|文章|内容|信息|您(要)?访问的?(页面|内容)|你访问的页面).{0,12}(不存在|已删除|已被删除|找不到|无法找到|已下线)|404|Not ?Found",
    re.IGNORECASE,
)
_UPWARDS = re.compile(r"(?:\.{1,2}/?|/)+(?:index\.\w+)?")
"""Where a removed TRS document sends its reader, and nothing else stands in it (portals.md 1.1)."""
_REPORT_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|wps|ofd|zip|rar)(?:$|\?)", re.IGNORECASE)
_SHORT = 400
"""Characters of prose under which a page has no room for a report."""


def recognise_other(document: Document, titled: bool, sections: int, cells: int) -> Verdict:
    """Return the verdict on a page that was read: `report` where it has a report's parts, else what it is instead."""
    if cells and (titled or sections >= 2):
        return "report"
    if titled and sections >= 3:
        return "report"
    prose = " ".join(b.text for b in document.blocks if isinstance(b, Paragraph))
    size = len(squeeze(prose))
    if not size and not any(isinstance(b, Grid) for b in document.blocks):
        return "soft_404" if _UPWARDS.fullmatch(document.metadata.get("Refresh", "")) else "empty"
    named = [link for link in document.links if is_report_title(link[1])]
    if len(named) >= 3:
        return "index"
    if any(_REPORT_FILE.search(href) for href, _ in document.links) and titled and size < 4 * _SHORT:
        return "attachment"
    if size < _SHORT and _GONE.search(prose):
        return "soft_404"
    if any(_REPORT_FILE.search(href) and is_report_title(re.sub(r"\.\w+$", "", text)) for href, text in document.links):
        return "attachment"
    return "other"
