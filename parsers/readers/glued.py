"""Captures that lost all cell borders: a report in one line, its labels and digits glued to each other.

Guarantees: nothing is read that the labels of a form do not delimit; what stands between two labels stays one cell, in
which the reader of tables finds every admissible way to cut it (parsers.align.glued), and none of which is ever sure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from parsers.model import Block, Grid, GridCell, Paragraph
from parsers.normalize import DASHES, PHRASES, to_simplified
from parsers.sections import heading_number
from parsers.templates import FORMS, load_form

_MIN_LABELS = 8
"""So many rows of table three must be named in one paragraph before it is taken for a glued report."""
_HEADING = re.compile(
    r"[一二三四五六]、(?:总体情况|主动公开政府信息情况|收到和处理政府信息公开申请情况|(?:因)?政府信息公开(?:工作)?(?:被申请)?行政复议、(?:提起)?行政诉讼情况"
    r"|(?:政府信息公开工作)?存在的?主要问题[及和与](?:改进|整改)(?:情况|措施)|其他需要报告的事项)"
)
_ANNEX = re.compile(r"附件[一二三1-3]?:")
_NUMBER = r"[1-9][.、](?!\d)|[一二三四五六七]、|\([一二三四五六七]\)"
_REMARK = re.compile(r"\([^()]{0,40}\)")
_FIGURES = re.compile(
    rf"(?:[\d\s.,+{re.escape(''.join(DASHES))}]|(?<=\d)(?:万元|亿元|元|件|条|项|个|次|宗|份)|(?<=\d)\([^()]{{0,40}}\)|无|不涉及|暂无|未涉及)+"
)
_PAGE_NUMBER = re.compile(r"(?<=[\u4e00-\u9fff])\s*[-—–]\s*\d{1,3}\s*[-—–]\s*(?=[\u4e00-\u9fff])")
_SERIAL = re.compile(r"序号|代码|编号|行次")
_ORGANISATIONS = re.compile(r"法人或其[他它]组织")
_OVER = "申请人情况"
_QUOTES = frozenset("\"“”'‘’「」『』")
_HEADER_AGAIN = re.compile(r"\([^()]*勾稽|申请人情况")
"""A header that a page break repeats behind a row."""
_CORNER = re.compile(r"\([^()]*勾稽[^()]*\)")


class _Glued:
    """A text as it is compared, without the blanks that mean nothing, and what is printed at each place of it.

    Blanks between figures are kept: they may be all that is left of a border.
    """

    def __init__(self, text: str) -> None:
        self.printed = text
        plain = to_simplified(text)
        for taiwan, mainland in PHRASES:
            if len(taiwan) == len(mainland):  # every place stays
                plain = plain.replace(taiwan, mainland)
        narrow = [n if len(n := unicodedata.normalize("NFKC", c)) == 1 else c for c in plain]
        skipped = {i for m in _PAGE_NUMBER.finditer("".join(narrow)) for i in range(*m.span())}
        figure = [c.isdigit() or c in DASHES or c in ".,+" for c in narrow]
        kept: list[str] = []
        self.places: list[int] = []
        for i, c in enumerate(narrow):
            if i in skipped or c in _QUOTES:
                continue
            if c.isspace():
                ahead = next((j for j in range(i, len(narrow)) if not narrow[j].isspace()), None)
                if not kept or kept[-1] == " " or not (ahead and figure[ahead] and figure[self.places[-1]]):
                    continue
                c = " "
            kept.append(c)
            self.places.append(i)
        self.places.append(len(text))
        self.plain = "".join(kept)

    def paragraph(self, start: int, end: int) -> Iterator[Paragraph]:
        """Yield what is printed from one place to another, where anything is."""
        text = self.printed[self.places[start] : self.places[end]].strip()
        if text:
            yield Paragraph(text)


def is_glued(text: str) -> bool:
    """Tell whether a paragraph holds a whole table three without borders."""
    return (
        len(text) >= 200
        and len({m["row"] for m in _row_labels().finditer(_Glued(text).plain) if m["row"]}) >= _MIN_LABELS
    )


def split_glued(text: str) -> Iterator[Block]:
    """Yield the paragraphs and grids of a glued report, cut at its section headings and at the labels of the forms."""
    glued = _Glued(text)
    marks = sorted([*_HEADING.finditer(glued.plain), *_ANNEX.finditer(glued.plain)], key=lambda m: m.start())
    starts = [(0, 0, None), *((m.start(), m.end() if _HEADING.match(m[0]) else m.start(), m[0]) for m in marks)]
    ends = [start for start, _, _ in starts[1:]]
    for (start, begin, name), end in zip(starts, [*ends, len(glued.plain)], strict=True):
        yield from glued.paragraph(start, begin)
        section = heading_number(name) if name else None
        if section == 2:
            yield from _proactive(glued, begin, end)
        elif section == 4:
            yield from _review(glued, begin, end)
        else:
            yield from _requests(glued, begin, end)


def _grid(rows: Iterable[Sequence[tuple[str, bool]]]) -> Grid:
    """Return a grid of (text, whether it is a row's figures without borders)."""
    return Grid(
        tuple(tuple(GridCell(t, y, x, glued=glued) for x, (t, glued) in enumerate(row)) for y, row in enumerate(rows)),
        spans_known=False,
    )


def _names(texts: Iterable[str]) -> list[tuple[str, bool]]:
    return [(text, False) for text in texts if text]


# -- table three -----------------------------------------------------------------------------------


def _requests(glued: _Glued, start: int, end: int) -> Iterator[Block]:
    """Yield table three with what stands around it; all as a paragraph where too few of its rows are named."""
    text = glued.plain[:end]
    labels = list(_row_labels().finditer(text, start))
    if len({m["row"] for m in labels if m["row"]}) < _MIN_LABELS:
        yield from glued.paragraph(start, end)
        return
    first = next(i for i, m in enumerate(labels) if m["row"])
    labels = labels[first:]
    head = _CORNER.search(text, start, labels[0].start())
    over = text.find(_OVER, start, labels[0].start())
    begin = min([at for at in (head.start() if head else -1, over) if at >= 0], default=labels[0].start())
    serial = _SERIAL.search(text, max(start, begin - 2), labels[0].start())
    begin = min(begin, serial.start()) if serial else begin
    yield from glued.paragraph(start, begin)
    names = _column_names(text[begin : labels[0].start()])
    behind = serial is not None and head is not None and serial.start() >= head.end()
    before = serial is not None and not behind
    rows = [_names([head[0] if head else "", *(_in_order([n for n in names if not _SERIAL.fullmatch(n)]))])]
    texts: list[str] = []
    number = 0
    close = end
    for label, following in zip(labels, [*labels[1:], None], strict=True):
        if following is None:
            figures = _FIGURES.match(text, label.end())
            close = figures.end() if figures else label.end()
        figures_text = text[label.end() : following.start() if following else close]
        texts.append(label[0])
        if not figures_text.strip() and not label["row"]:
            continue
        number += bool(label["row"]) or bool(figures_text.strip())
        again = _HEADER_AGAIN.search(figures_text)
        if again:
            figures_text = figures_text[: again.start()]
        if before and figures_text.endswith(str(number + 1)) and following:
            figures_text = figures_text[: -len(str(number + 1))]
        if behind:
            figures_text = re.sub(rf"^0?{number}", "", figures_text)
        rows.append([*_names(texts), (figures_text, True)])
        texts = []
    if texts:
        rows.append(_names(texts))
    yield _grid(row for row in rows if row)
    yield from glued.paragraph(close, end)


def _column_names(text: str) -> list[str]:
    """Return the names in a header, those that no form knows too, without the corner's."""
    text = _CORNER.sub("", text)
    known = [m[0] for m in _column_labels().finditer(text)]
    names: list[str] = []
    at = 0
    for match in _column_labels().finditer(text):
        strange = text[at : match.start()]
        if strange and known.count(match[0]) > 1 and not _SERIAL.fullmatch(strange):
            names.append(strange + match[0])  # 上年总计 beside 总计
        else:
            names += [strange, match[0]]
        at = match.end()
    return [name for name in (*names, re.sub(r"\d+$", "", text[at:])) if name.strip()]


def _in_order(names: Sequence[str]) -> list[str]:
    """Return the names of columns from left to right: the organisations stand in a row of their own below the others.

    A name that no form knows and that follows 申请人情况 at once stands beside it, behind all that is under it.
    """
    under = list(names[names.index(_OVER) + 1 :]) if _OVER in names else list(names)
    known = [bool(_column_labels().fullmatch(name)) for name in under]
    beside = under[: known.index(True)] if True in known else []
    under = under[len(beside) :]
    at = next((i for i, name in enumerate(under) if _ORGANISATIONS.fullmatch(name)), None)
    if at is None:
        return [*under, *beside]
    members = [c.match for c in load_form("requests", "2021").columns if c.group]
    upper = [
        i for i, n in enumerate(under) if _column_labels().fullmatch(n) and not any(m.fullmatch(n) for m in members)
    ]
    below = max(upper) + 1
    return [*under[:at], *under[below:], *under[at + 1 : below], *beside]


def _loose(pattern: str) -> str:
    """Return a label's pattern as it is found inside a text: what may follow its words is bounded."""
    return pattern.replace(".*", r"(?:[^\d(]{0,24}?政府信息公开(?:申请)?(?:数量?|件数)?)?")


@cache
def _row_labels() -> re.Pattern[str]:
    """Return the pattern of what names a row or a group of table three, with its number; `row` is its words if known."""
    form = load_form("requests", "2021")
    alone = [r.match.pattern for r in form.rows if not r.needs_group and r.key not in ("granted", "total_processed")]
    groups = [g.match.pattern for g in form.groups]
    numbered = [r.match.pattern for r in form.rows]
    words = "|".join(f"(?:{_loose(p)})" for p in numbered)
    rest = "|".join(f"(?:{_loose(p)})" for p in groups)
    named = "|".join(f"(?:{_loose(p)})" for p in alone)
    remark = r"(?:\([^()\d]{2,40}\))?"
    return re.compile(
        rf"(?:{_NUMBER})(?:(?:{rest}){remark}|(?P<row>{words}){remark}|[^\d\s({re.escape(''.join(DASHES))}]{{0,60}}?(?=[\d{re.escape(''.join(DASHES))}]|{_NUMBER}))"
        rf"|(?<![\u4e00-\u9fff])(?P<unnumbered>{named}){remark}"
    )


@cache
def _column_labels() -> re.Pattern[str]:
    form = load_form("requests", "2021")
    names = [c.match.pattern for c in form.columns]
    return re.compile("|".join((_OVER, _ORGANISATIONS.pattern, *(f"(?:{p})" for p in names))))


# -- tables two and four ---------------------------------------------------------------------------


def _proactive(glued: _Glued, start: int, end: int) -> Iterator[Block]:
    """Yield table two: header cells side by side, and each row's name with all that stands up to the next name."""
    text = glued.plain[:end]
    labels = list(_proactive_labels().finditer(text, start))
    if len(labels) < 4:
        yield from glued.paragraph(start, end)
        return
    yield from glued.paragraph(start, labels[0].start())
    rows: list[list[tuple[str, bool]]] = [[]]
    close = end
    for label, following in zip(labels, [*labels[1:], None], strict=True):
        at = label.end()
        remark = None if label["row"] else _REMARK.match(text, at)
        at = remark.end() if remark else at
        if following is None:
            figures = _FIGURES.match(text, at)
            close = figures.end() if figures else at
        between = text[at : following.start() if following else close]
        if label["row"]:
            rows += [[(label["row"], False), (between, True)], []]
            continue
        if label["clause"] or label[0] == "信息内容":
            rows.append([])
        rows[-1] += _names((text[label.start() : at], between.strip()))
    yield _grid(row for row in rows if row)
    yield from glued.paragraph(close, end)


@cache
def _proactive_labels() -> re.Pattern[str]:
    forms = [load_form("proactive_disclosure", name) for name in FORMS["proactive_disclosure"]]
    rows = dict.fromkeys(r.match.pattern for f in forms for r in f.rows)
    columns = dict.fromkeys(c.match.pattern for f in forms for c in f.columns)
    return re.compile(
        r"(?P<clause>第二十条第?\([一五六八九]\)项)|信息内容"
        rf"|(?P<column>{'|'.join(f'(?:{p})' for p in columns)})|(?P<row>{'|'.join(f'(?:{p})' for p in rows)})"
    )


def _review(glued: _Glued, start: int, end: int) -> Iterator[Block]:
    """Yield table four: its header as it reads, and its single row, perhaps with a label of its own."""
    text = glued.plain[:end]
    labels = list(_review_labels().finditer(text, start))
    if len(labels) < 4:
        yield from glued.paragraph(start, end)
        return
    yield from glued.paragraph(start, labels[0].start())
    header = _names(text[label.start() : label.end()] for label in labels)
    at = labels[-1].end()
    named = re.compile(r"[\u4e00-\u9fff]{2,8}(?=\d)").match(text, at)
    row = _names([named[0]]) if named and not _FIGURES.match(text, at) else []
    at = named.end() if named and row else at
    figures = _FIGURES.match(text, at)
    close = figures.end() if figures else at
    yield _grid([header, [*row, (text[at:close], True)]])
    yield from glued.paragraph(close, end)


@cache
def _review_labels() -> re.Pattern[str]:
    form = load_form("review_and_litigation", "2021")
    names = [*(c.match.pattern for c in form.columns), *(r.match.pattern for r in form.rows)]
    return re.compile("|".join(("行政诉讼", *(f"(?:{p})" for p in names))))
