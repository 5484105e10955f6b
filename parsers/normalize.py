"""Text as it is compared: Simplified, one width, no white space; and figures as they are written in cells.

What is printed is kept elsewhere; everything here is for matching (domain.md 3.6).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from opencc import OpenCC

from parsers.model import State
from parsers.templates import Kind

_T2S = OpenCC("t2s")
_SPACE = re.compile(r"[\s\u00a0\u3000\u200b-\u200f\u2060\ufeff]+")
_QUOTES = re.compile("[\"'“”‘’「」『』《》〈〉]")
# Taiwan phrases that a character map leaves behind (武汉市生态环境局 2020, Traditional copy; OpenCC's s2twp on the forms)
PHRASES = (
    ("档案", "文件"),
    ("资讯", "信息"),
    ("网路", "网络"),
    ("专案", "项目"),
    ("释出", "发布"),
    ("设定", "设置"),
    ("线上访谈", "在线访谈"),
    ("程式码", "代码"),
)
_REMARK = re.compile(r"\([^()]*(?:\)|$)")
_NUMBERING = re.compile(
    r"^(?:\([一二三四五六七八九十]{1,3}\)[、.]?|[一二三四五六七八九十]{1,3}[、.]|\d{1,2}[.、](?!\d)|\(\d{1,2}\))"
)

PICTURE = "[img]"
"""What a reader writes for a cell that shows a picture and no text: something is there, and it is no label."""
DASHES = frozenset("-‐‑‒–—―−－─/／\\")
NUMERALS = str.maketrans("〇○零Ｏ一二三四五六七八九０１２３４５６７８９", "0000123456789" + "0123456789")
"""Digits in other writing, as they stand in years and dates, to those of ASCII."""
NONE_WORDS = frozenset(("无", "不涉及", "暂无", "未涉及"))
_UNITS = "万元|亿元|元|件|条|项|个|次|宗|份|人次|人"
_QIAN = re.compile("乾(?=县|安)")
"""Where 乾 stays: 乾县 (610424) and 乾安县 (220723)."""
_FIGURE = re.compile(rf"^([+-]?)(\d+(?:\.\d+)?|\.\d+)({_UNITS})?$")
_BETWEEN = re.compile(rf"\(\D[^()]*\)|{_UNITS}")
_GROUPED = re.compile(r"^([+-]?)(\d{1,3}(?:,\d{3})+(?:\.\d+)?)(?!\d)(.*)$")
_ANNOTATED = re.compile(rf"^([+-]?\d+(?:\.\d+)?(?:{_UNITS})?)(\(\D.*\)|\(\D[^()]*)$")


def squeeze(text: str) -> str:
    """Return `text` without any white space, zero-width characters included."""
    return _SPACE.sub("", text)


@lru_cache(maxsize=4096)
def to_simplified(text: str) -> str:
    """Return `text` with Traditional characters as Simplified ones; its length stays."""
    converted: str = _T2S.convert(text)
    for place in _QIAN.finditer(text):  # OpenCC makes 干 of it, as in 乾淨
        converted = f"{converted[: place.start()]}乾{converted[place.start() + 1 :]}"
    return converted


def plain(text: str) -> str:
    """Return text Simplified and without white space: the form in which titles and names are kept."""
    return squeeze(to_simplified(text))


def is_traditional(text: str) -> bool:
    """Tell whether Traditional characters are a habit of `text`, not a stray name: over 2 % of its ideographs."""
    simplified = to_simplified(text)
    changed = sum(a != b for a, b in zip(text, simplified, strict=False))
    ideographs = sum("\u4e00" <= c <= "\u9fff" for c in text)
    return changed * 50 > ideographs > 0


@lru_cache(maxsize=16384)
def comparable(text: str) -> str:
    """Return `text` Simplified, in half width, without white space and quotes."""
    text = squeeze(unicodedata.normalize("NFKC", to_simplified(text)))
    text = _QUOTES.sub("", text)
    for taiwan, mainland in PHRASES:
        text = text.replace(taiwan, mainland)
    return text


@lru_cache(maxsize=16384)
def label(text: str) -> str:
    """Return a cell's label for matching: comparable, its numbering and bracketed remarks removed."""
    text = _NUMBERING.sub("", comparable(text))
    if len(text) > 4:
        text = text[:4] + _REMARK.sub("", text[4:]) if "(" in text[4:] else text
    if "(" in text[1:]:
        text = text[0] + _REMARK.sub("", text[1:])
    return text.strip(".、:,;。")


@dataclass(frozen=True, slots=True)
class Figure:
    """What a cell says: `parts` holds the pieces where white space leaves more than one reading open."""

    state: State
    value: int | str | None = None
    unit: str | None = None
    annotated: bool = False
    converted: bool = False
    parts: tuple[str, ...] = ()


@lru_cache(maxsize=16384)
def read_figure(raw: str, kind: Kind = "count", unit_above: str | None = None) -> Figure:
    """Read the figure printed in a cell; never makes a number of what is not one.

    `kind` says what is admitted: a sign only in "signed", decimals only in money. `unit_above` is the unit that the
    column's header prints. The value of money is a decimal string in the unit of the key.
    """
    if any(unicodedata.category(c) == "No" for c in raw):
        # ¹ ² ① are notes, and NFKC would make digits of them: 3¹ is not 31
        return Figure("undecidable" if re.search(r"\d", raw) else "text")
    text = unicodedata.normalize("NFKC", to_simplified(raw)).replace("\u2212", "-")
    pieces = _SPACE.sub(" ", text).strip()
    text = squeeze(text)
    if not text:
        return Figure("blank")
    if set(text) <= DASHES or text in NONE_WORDS:
        return Figure("dash")
    annotated = False
    match = _ANNOTATED.match(text)
    if match:
        annotated, text = True, match[1]
        pieces = pieces.split("(")[0].strip()
    grouped = _GROUPED.match(text)
    if grouped:
        text = grouped[1] + grouped[2].replace(",", "") + grouped[3]
    match = _FIGURE.match(text)
    if not match:
        # several figures and nothing but marks, units and remarks between them, or digits that a line break parted from
        # the comma between them: more than one reading; words: text
        bare = _BETWEEN.sub(" ", text)
        groups = max(len(re.findall(r"\d+", part)) for part in (bare, _BETWEEN.sub(" ", pieces)))
        several = re.fullmatch(r"[\d.,+/、;:~() -]+", bare) and (groups > 1 or (groups and "," in bare))
        return Figure("undecidable" if several else "text")
    sign, digits, unit = match.groups()
    numbers = re.findall(r"\d[\d.,]*", pieces)
    if len(numbers) > 1:
        return Figure("undecidable", parts=tuple(numbers), unit=unit)
    if kind in ("yuan", "wan_yuan"):
        return _money(sign, digits, unit, unit_above, kind, annotated)
    if unit in ("元", "万元", "亿元"):
        return Figure("text", unit=unit)
    if "." in digits or (sign and kind != "signed"):
        return Figure("text", unit=unit)
    if len(digits) > 1 and digits[0] == "0":
        return Figure("undecidable", unit=unit)  # nobody writes a count as 007: digits of more than one cell
    return Figure("value", int(sign + digits), unit, annotated)


@lru_cache(maxsize=16384)
def is_figure(raw: str) -> bool:
    """Tell whether a cell holds a figure of any kind, or a dash in its place: what cannot be a label."""
    return raw == PICTURE or any(
        read_figure(raw, kind).state in ("value", "undecidable", "dash") for kind in ("signed", "wan_yuan")
    )


def _money(
    sign: str,
    digits: str,
    unit: str | None,
    unit_above: str | None,
    kind: Literal["yuan", "wan_yuan"],
    annotated: bool,
) -> Figure:
    if sign == "-":
        return Figure("text", unit=unit)
    if len(digits) > 1 and digits[0] == "0" and digits[1] != ".":
        return Figure("undecidable", unit=unit)
    printed = unit or unit_above
    target = "万元" if kind == "wan_yuan" else "元"
    if printed in (None, target):
        return Figure("value", digits, printed, annotated)
    scale = {"元": Decimal(1), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}
    if printed not in scale:
        return Figure("text", unit=unit)
    amount = Decimal(digits) * scale[printed] / scale[target]
    return Figure("value", format(amount.normalize(), "f"), printed, annotated, converted=True)
