"""Reports as pages: the tables of the form in use, drawn by the corpus, in the frame of a site that states the date of publication."""

from __future__ import annotations

from collections.abc import Mapping

from tests.corpus.document import (
    Block,
    Box,
    Line,
    Manuscript,
    Sheet,
    Truth,
    boxes_of,
    lay_out,
    proactive_sheet,
    requests_sheet,
    review_sheet,
)
from tests.corpus.forms import CLAUSES, PERSONS, PROACTIVE, REQUEST_ROWS, REQUESTS, REVIEW, REVIEW_COLUMNS, REVIEW_ROWS
from tests.corpus.lists import LISTS, STATISTICS
from tests.corpus.markup import FLAVOURS, to_html
from tests.decade.figures import Figures, Key
from tests.decade.prose import Section

Forms = Mapping[str, str]
"""Which form each table of a report has, by table."""


def cells_of(forms: Forms) -> list[Key]:
    """Return the cells that the tables in these forms have."""
    if STATISTICS in forms:
        return [(STATISTICS, row.key, "value") for row in LISTS[forms[STATISTICS]] if row.key]
    return [
        *((PROACTIVE, row, column) for c in CLAUSES[forms[PROACTIVE]] for _, row in c.rows for column in c.columns),
        *((REQUESTS, row, column) for _, row in REQUEST_ROWS[forms[REQUESTS]] for _, column in PERSONS),
        *((REVIEW, row, column) for _, row in REVIEW_ROWS for _, column in REVIEW_COLUMNS),
    ]


def draw_page(
    title: str,
    preface: str,
    sections: tuple[Section, ...],
    forms: Forms,
    figures: Figures,
    printed: Mapping[Key, str],
    published: str,
    *,
    style: int,
    counter: int = 1,
) -> bytes:
    """Return a report's page.

    `printed` are figures as they stand where that is not their number; `published` is the date as written; `counter` changes nothing
    but bytes. Some sites print the date over the report (`style` odd), others give it in the page's metadata alone.
    """
    blocks: list[Block] = [title]
    if style % 2:
        blocks.append(f"发布日期：{published}　浏览次数：加载中")
    blocks += [preface] if preface else []
    tables = _sheets(forms, figures)
    for section in sections:
        blocks.append(section.heading)
        blocks += ["".join(p) for p in section.paragraphs]
        if section.number in tables:
            blocks += lay_out(tables[section.number])
    if STATISTICS in forms:
        sheet = tables[0]
        blocks += [sheet.caption, *lay_out(sheet)]
    for box in boxes_of(blocks):
        if box.key in printed:
            box.text = printed[box.key]
        elif box.text == "本年收费金额（单位：万元）" and (PROACTIVE, "unit", "yuan") in printed:
            box.text = "本年收费金额（单位：元）"
    manuscript = Manuscript(title, blocks, {}, frozenset(), "", 0, "", "Hans", frozenset())
    page = to_html(manuscript, FLAVOURS[style % len(FLAVOURS)] if style < 6 else "clean")
    meta = "" if style % 2 else f'<meta name="PubDate" content="{published} 09:30">'
    return page.replace("</head>", f"{meta}<!-- {counter} --></head>", 1).encode()


def _sheets(forms: Forms, figures: Figures) -> dict[int, Sheet]:
    """Return the tables by the section they stand in; a list before 2019 stands behind all (0)."""
    if STATISTICS in forms:
        return {0: _list(forms[STATISTICS], figures)}

    def of(table: str) -> dict[tuple[str, str], int | str]:
        return {key[1:]: value for key, value in figures.items() if key[0] == table}

    requests = {key: int(value) for key, value in of(REQUESTS).items()}
    review = {key: int(value) for key, value in of(REVIEW).items()}
    return {
        2: proactive_sheet(of(PROACTIVE), forms[PROACTIVE]),
        3: requests_sheet(requests, forms[REQUESTS]),
        4: review_sheet(review),
    }


def _list(form: str, figures: Figures) -> Sheet:
    """Return a list of indicators: the national one, or a local one with codes."""
    lines: list[Line] = []
    for number, row in enumerate(LISTS[form], 1):
        if not row.unit:
            lines.append(Line([row.label], [Box(""), Box("")], "chapter"))
            continue
        code = [Box(f"{number:02d}")] if form == "local" else []
        key = (STATISTICS, row.key or "", "value")
        value = figures.get(key, 0)
        box = Box(str(value), key if row.key else None, Truth("value", value))
        lines.append(Line([row.label], [Box(row.unit), *code, box], row.key or ""))
    titles = ("指标名称", "计量单位", "代码", "数量") if form == "local" else ("统计指标", "单位", "统计数")
    return Sheet(STATISTICS, [[Box(t) for t in titles]], lines, caption="附件：政府信息公开情况统计表")
