"""Titles of annual reports: which line is one, and which body and year it names.

Guarantees: a letter about a report, or a line of a page's information table, is no title; the issuer is given as it is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.model import Document, Grid, Paragraph
from parsers.normalize import NUMERALS, comparable, squeeze, to_simplified
from parsers.sections import heading_number

YEAR = r"(?:19|20)\d{2}"
_TITLE = re.compile(
    r"^(?P<head>.*?)(?:政府)?信息公开(?:工作)?(?:情况)?(?:年度)?(?:工作)?(?:情况)?(?:的)?(?:报告|年报)(?P<rest>.{0,20})$"
)
_TITLE_YEAR = re.compile(rf"(?:关于)?({YEAR}|[〇○零一二三四五六七八九]{{4}})年(?:度)?的?|(?<!\d)({YEAR})(?:度|$)")
_TITLE_LABEL = re.compile(r"^(?:名称|标题|题名):?")
BODY_NAME = re.compile(
    r"(局|委|委员会|办|办公室|办公厅|厅|府|中心|院|会|处|所|站|队|镇|乡|街道|办事处|公司|署|部|管委会|馆|行|学校|大学|支队|总队|集团|联社|社)$"
)
_NAME_EDGES = re.compile(r"^(?:关于|年度|[《(\-\s])+|(?:年度|的|[》)\-\s])+$")
_ENDS_A_TITLE_LINE = re.compile(r"[。；;，,！!？?：:]")
_NO_TITLE = ("通知", "的函", "要点", "指南", "制度", "目录", ".doc", ".pdf", "有效", "废止")
"""Words behind a title that make it something else: a letter about the report, or a line of a page's information table."""
_HEAD = 40
"""How many blocks before the first section are searched for the title, from the section backwards."""


@dataclass(frozen=True, slots=True)
class Title:
    """A title as printed, its blocks in the Document (none in metadata), and the body and year that it names."""

    raw: str
    issuer_raw: str
    year: int | None
    blocks: tuple[int, ...]
    source: str


def is_report_title(text: str) -> bool:
    """Tell whether `text` reads as the title of an annual report on information disclosure."""
    return _match_title(text) is not None


@dataclass(frozen=True, slots=True)
class NamedReport:
    """What a title says by itself: the body as printed (Simplified), which may be "", and the report year."""

    issuer: str
    year: int | None


def read_title(text: str) -> NamedReport | None:
    """Return what the title of an annual report names, or None where `text` is no such title."""
    match = _match_title(text)
    return None if match is None else NamedReport(*_name_and_year(match["head"]))


def _match_title(text: str) -> re.Match[str] | None:
    text = _TITLE_LABEL.sub("", comparable(text))
    if len(text) > 120 or _ENDS_A_TITLE_LINE.search(text):
        return None
    match = _TITLE.match(text)
    if match is None or any(w in match["rest"] for w in _NO_TITLE):
        return None
    return match if "工作要点" not in text else None


def titles_of(document: Document) -> Iterator[Title]:
    """Yield what reads as the report's title: the body's own, then the page's metadata."""
    first = next(
        (
            i
            for i, b in enumerate(document.blocks)
            if isinstance(b, Grid) or (isinstance(b, Paragraph) and heading_number(b.text) is not None)
        ),
        len(document.blocks),
    )
    if first == 0:
        first = min(_HEAD, len(document.blocks))
    paragraphs = [(i, b.text) for i, b in enumerate(document.blocks[: max(first, 1)]) if isinstance(b, Paragraph)]
    for place in range(len(paragraphs) - 1, max(-1, len(paragraphs) - 1 - _HEAD), -1):
        index, text = paragraphs[place]
        joined = _join_title(paragraphs, place)
        if joined is not None:
            yield joined
            continue
        match = _match_title(text)
        if match:
            yield _title(_TITLE_LABEL.sub("", text.strip()).strip(), match, (index,), "body")
    for name in ("ArticleTitle", "Heading", "Title"):
        value = document.metadata.get(name)
        if not value:
            continue
        for part in (value, *re.split(r"[_|\-–—]", value)):
            match = _match_title(part)
            if match:
                yield _title(part.strip(), match, (), name)
                break


def _join_title(paragraphs: list[tuple[int, str]], place: int) -> Title | None:
    """Join a title that stands on two or three lines: the body's name, the year, the words."""
    index, text = paragraphs[place]
    match = _match_title(text)
    if match is None or _name_and_year(match["head"])[0]:
        return None
    lines, blocks = [text.strip()], [index]
    for back in range(place - 1, max(-1, place - 3), -1):
        above = comparable(paragraphs[back][1])
        if not above or len(above) > 36 or _ENDS_A_TITLE_LINE.search(above) or heading_number(paragraphs[back][1]):
            break
        lines.insert(0, paragraphs[back][1].strip())
        blocks.insert(0, paragraphs[back][0])
        joined = "".join(lines)
        match = _match_title(joined)
        if match and BODY_NAME.search(_name_and_year(match["head"])[0]):
            return _title(joined, match, tuple(blocks), "body")
    return None


def _title(raw: str, match: re.Match[str], blocks: tuple[int, ...], source: str) -> Title:
    """Take issuer and year from a matched title; the issuer as printed is found back in `raw`."""
    name, year = _name_and_year(match["head"])
    return Title(squeeze(raw), _printed(name, raw), year, blocks, source)


def _name_and_year(head: str) -> tuple[str, int | None]:
    """Split what stands before 政府信息公开 in a title into the body's name and the year, in either order."""
    years = list(_TITLE_YEAR.finditer(head))
    if not years:
        return _NAME_EDGES.sub("", head), None
    last = years[-1]
    year = int((last[1] or last[2]).translate(NUMERALS))
    return _NAME_EDGES.sub("", head[: last.start()] + head[last.end() :]), year


def _printed(name: str, raw: str) -> str:
    """Return `name` in the characters of `raw` (the conversion to Simplified keeps the length)."""
    compact = squeeze(raw)
    at = to_simplified(compact).find(name)
    return compact[at : at + len(name)] if name and at >= 0 else name
