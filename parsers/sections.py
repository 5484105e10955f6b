"""The six sections: found by the words of their headings in order, whatever their numbering.

Rows of table three are numbered like sections (一、本年新收…, 四、结转…), and numbering may restart: a heading is a
paragraph of its own that bears a section's title words, after the heading before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parsers.model import Document, Finding, Paragraph, Section
from parsers.normalize import comparable, squeeze
from parsers.templates import finding

_HEADINGS: tuple[tuple[int, re.Pattern[str]], ...] = tuple(
    (number, re.compile(pattern))
    for number, pattern in (
        (1, r"(总体|基本)(工作)?(情况)?(概述)?|概述|总体情况.{0,6}|\d{4}年总体情况"),
        (2, r"主动公开政府信息(的)?(工作)?情况|政府信息主动公开(的)?情况"),
        (
            3,
            r"(收到[和与及、]?处理|受理[和与及、]?处理|依申请公开)政府信息(公开)?(申请)?(的)?情况|政府信息公开申请(的)?(办理|处理)?情况",
        ),
        (
            4,
            r"(因)?政府信息公开(工作)?(被申请|被提起|的)?行政复议[、和及与]?(被?提起)?行政诉讼(的)?情况|行政复议[、和及与]行政诉讼(的)?情况",
        ),
        (
            5,
            r"(政府信息公开)?(工作)?(中)?(存在)?的?(主要)?(存在)?的?问题(和|及|与|以及|、)(下一步)?(改进|整改)(的)?(情况|措施|方向|意见|打算)?",
        ),
        (6, r"(其[他它])?(需要|应当|需)报告的?(其[他它])?(事项|情况)|其[他它]需要(报告|说明)的?(事项|情况)"),
    )
)
_NUMERAL = re.compile(
    r"^(?:第[一二三四五六七八]部分[、:]?|[一二三四五六七八九十]{1,2}[、.,]|\([一二三四五六七八]\)|[1-8][、.])"
)
_OWN_HEADING = re.compile(r"^([一二三四五六七八九])、[^,。;:!?]{2,30}$")
_MAX_HEADING = 40
_FURNITURE = re.compile(
    r"^(扫一扫|用手机扫|【?打印|【?关闭|打印本页|相关链接|附件下载|分享到|分享:|上一篇|下一篇|版权所有|主办单位|承办单位|网站标识码|责任编辑|"
    r"网站地图|联系我们|返回顶部|字体:|浏览次数|微信微博|政府网站找错|关于我们|站点地图|.{0,12}备\d{6,}号|.{0,6}公网安备)"
)


@dataclass(frozen=True, slots=True)
class Sections:
    """The sections found, what stood before the first, the block where it began, and findings."""

    sections: tuple[Section, ...]
    preface: str | None
    first_block: int | None
    findings: tuple[Finding, ...]


def heading_number(text: str) -> int | None:
    """Return which of the six sections `text` is the heading of, or None."""
    if len(text) > 4 * _MAX_HEADING:
        return None
    plain = comparable(text)
    if len(plain) > _MAX_HEADING:
        return None
    words = _NUMERAL.sub("", plain).rstrip(":。.")
    numbered = words != plain.rstrip(":。.")
    for number, pattern in _HEADINGS:
        if pattern.fullmatch(words) and (numbered or len(words) >= 6 or words == "总体情况"):
            return number
    return None


def own_heading(text: str) -> int | None:
    """Return the number of a heading in a report that follows no official outline (before 2019), or None."""
    plain = comparable(text)
    match = _OWN_HEADING.match(plain)
    if match is None or len(plain) > _MAX_HEADING:
        return None
    return "一二三四五六七八九".index(match[1]) + 1


def _has_official_headings(document: Document) -> bool:
    """Tell whether at least three of the six headings stand in the Document."""
    found = {heading_number(b.text) for b in document.blocks if isinstance(b, Paragraph)}
    return len(found - {None}) >= 3


def is_furniture(text: str) -> bool:
    """Tell whether a paragraph is the page's, not the report's (扫一扫在手机打开当前页, 版权所有 …)."""
    return bool(_FURNITURE.match(comparable(text)))


def _is_caption(document: Document, number: int) -> bool:
    """Tell whether a heading out of order stands right over a table (portals.md quirk 16)."""
    following = document.blocks[number + 1 : number + 2]
    return bool(following) and not isinstance(following[0], Paragraph)


def split_sections(document: Document, title_blocks: Sequence[int] = ()) -> Sections:
    """Cut a Document's prose into its sections; `title_blocks` are the paragraphs that hold the title."""
    sections: list[Section] = []
    findings: list[Finding] = []
    preface: list[str] = []
    heading: tuple[int, str] | None = None
    first_block: int | None = None
    text: list[str] = []

    def close() -> None:
        if heading is not None:
            sections.append(Section(heading[0], heading[1], "\n".join(text)))

    number_of = heading_number if _has_official_headings(document) else own_heading
    for number, block in enumerate(document.blocks):
        if not isinstance(block, Paragraph):
            continue
        section = number_of(block.text)
        if section is not None and section > (heading[0] if heading else 0):
            close()
            heading, text = (section, block.text.strip()), []
            first_block = number if first_block is None else first_block
            continue
        if section is not None and _is_caption(document, number):
            continue  # a table of its own, with the numbering begun again behind section six
        if heading is not None and heading[0] >= 5 and is_furniture(block.text):
            findings.append(finding("page_furniture", text=squeeze(block.text)[:40]))
            break
        if not block.text.strip():
            continue
        if heading is not None:
            text.append(block.text.strip())
        elif number not in title_blocks:
            preface.append(block.text.strip())
    close()
    missing = sorted({1, 2, 3, 4, 5, 6} - {s.number for s in sections})
    if sections and number_of is heading_number:
        findings += [finding("section_missing", number=n) for n in missing]
    return Sections(tuple(sections), "\n".join(preface) or None, first_block, tuple(findings))
