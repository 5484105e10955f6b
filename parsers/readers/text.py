"""Text captures: a page saved as plain text, its tables as tab rows, a cell per line, or pipe-terminated cells.

Guarantees: every non-blank line is in the Document, in a paragraph or in a cell, rules of dashes excepted; cells are
kept as captured (`spans_known` is false: spanned cells were dropped, or written as fillers). A blank line inside a tab
table begins a new Grid, because the lines below it may be laid out otherwise.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator

from parsers.model import Block, Document, Finding, Grid, GridCell, Paragraph
from parsers.normalize import comparable, is_figure
from parsers.readers.glued import is_glued, split_glued
from parsers.readers.one_line import is_one_line, split_lines
from parsers.templates import finding

_RULE = re.compile(r"^\s*:?-{3,}:?\s*$")
_HEADER_LINE = re.compile(r"^(标题|发布时间|发布日期|文号|发布机构|栏目|来源|原文链接)[:：]\s*(.*)$")
_METADATA = {
    "标题": "ArticleTitle",
    "发布时间": "PubDate",
    "发布日期": "PubDate",
    "发布机构": "ContentSource",
    "来源": "ContentSource",
    "原文链接": "Url",
}
_LIST_HEADER = re.compile(
    r"(统计)?指标(名称)?|(计量)?单位|(指标)?代码|序号|统计数|数量|数值|本期实际|本年度?|本年数|\d{4}年度?|[本历]年累计"
)
_PIPE_WIDTHS = range(2, 25)
_FEW_ROWS = 3
"""Fewer rows of one width may be so by chance."""
_NUMBERED = re.compile(r"^\s*(?:[一二三四五六七]、|[（(][一二三四五六七][)）]|\d[.、．])")


def read_text(text: str, encoding: str | None = None) -> Document:
    """Read a text capture into a Document."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    metadata, body = _metadata(lines)
    blocks: list[Block] = []
    findings: list[Finding] = []
    i = 0
    while i < len(body):
        kind = _kind(body[i])
        if kind == "blank":
            i += 1
        elif kind == "tab":
            end = _end_of_tabs(body, i)
            run = body[i:end]
            blocks += _cell_per_line(run) if _is_cell_per_line(run) else _tab_rows(run)
            i = end
        elif kind == "pipe":
            end = i
            while end < len(body) and _kind(body[end]) in ("pipe", "blank"):
                end += 1
            if _is_markdown(body[i]):
                blocks.append(_grid(_markdown_rows(body[i:end])))
            else:
                rows, certain = _pipe_rows(body[i:end])
                if not certain:
                    findings.append(finding("rows_lost"))
                blocks.append(_grid(rows))
            i = end
        elif is_glued(body[i]):
            blocks += split_glued(body[i])
            i += 1
        elif is_one_line(body[i]):
            blocks += split_lines(body[i])
            i += 1
        else:
            blocks.append(Paragraph(body[i].strip("\n")))
            i += 1
    return Document(tuple(blocks), "text", metadata, encoding, tuple(findings))


def _metadata(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """Take the head that some captures begin with (标题: …, 发布时间: … up to a rule of equals signs)."""
    metadata: dict[str, str] = {}
    for i, line in enumerate(lines[:20]):
        if line.startswith("====="):
            return metadata, lines[i + 1 :]
        match = _HEADER_LINE.match(line)
        if match and match[2].strip():
            metadata[_METADATA.get(match[1], match[1])] = match[2].strip()
    return {}, lines


def _kind(line: str) -> str:
    if not line.strip() and "\t" not in line:
        return "blank"
    if "\t" in line:
        # a tab may indent a paragraph: long prose with a full stop is no cell
        only = line.strip()
        if "\t" not in only and len(only) > 80 and "。" in only:
            return "prose"
        return "tab"
    if line.rstrip().endswith("|"):
        return "pipe"
    return "prose"


def _end_of_tabs(lines: list[str], start: int) -> int:
    """Return where the tab lines that begin at `start` end; blank lines and dash rules may stand between them."""
    end = start
    for i in range(start, len(lines)):
        kind = _kind(lines[i])
        if kind == "tab" or _RULE.match(lines[i]):
            end = i + 1
        elif kind != "blank":
            break
    return end


def _is_cell_per_line(run: list[str]) -> bool:
    """Tell whether each line is one cell: a tab and its text, rows ended by blank lines."""
    return len(run) > 3 and all(line.startswith("\t") and line.count("\t") == 1 for line in run if line.strip(" \n"))


def _cell_per_line(run: list[str]) -> list[Block]:
    rows: list[list[str]] = [[]]
    for line in run:
        if "\t" in line:
            rows[-1].append(line[1:])
        elif rows[-1]:
            rows.append([])
    return [_grid(row for row in rows if row)]


def _tab_rows(run: list[str]) -> list[Block]:
    grids: list[list[list[str]]] = [[]]
    for line in run:
        if _kind(line) == "blank":
            if grids[-1]:
                grids.append([])
            continue
        cells = line.split("\t")
        if line.strip() and all(_RULE.match(c) for c in cells if c.strip()):
            continue  # a Markdown rule under a header: no cells
        grids[-1].append(cells)
    return [_grid(rows) for rows in grids if rows]


def _is_markdown(line: str) -> bool:
    """Tell whether a line is a row of a Markdown table: pipes on both sides and text between."""
    stripped = line.strip()
    return stripped.startswith("|") and stripped.count("|") > 2 and bool(stripped.strip("| "))


def _markdown_rows(run: list[str]) -> Iterator[list[str]]:
    for line in run:
        if line.strip():
            cells = [c.replace("**", "").replace("<br>", " ").strip() for c in line.strip().strip("|").split("|")]
            if not all(_RULE.match(c) for c in cells):
                yield cells


def _pipe_rows(run: list[str]) -> tuple[list[list[str]], bool]:
    """Cut a run of pipe-terminated cells into rows; return (rows, whether their widths could be told)."""
    cells: list[str] = []
    for line in run:
        if line.strip():
            cells += [c.strip(" ") for c in line.rstrip().split("|")[:-1]]
    named = sum(1 for _ in itertools.takewhile(lambda cell: _LIST_HEADER.fullmatch(comparable(cell)), cells))
    if named > 1:  # the header of a list of indicators says how many cells a row has
        return [cells[i : i + named] for i in range(0, len(cells), named)], True
    even = _rows_of_one_width(cells, ("plain", "numbered", "gaps"))
    if even:
        return even, True
    parts, certain = _rows_in_parts(cells)
    if certain:
        return parts, True
    even = _rows_of_one_width(cells, ("words",))
    return (even, True) if even else (parts, False)


def _rows_of_one_width(cells: list[str], manners: tuple[str, ...]) -> list[list[str]]:
    """Return the rows where one width cuts all of them whole, in the first manner that does; [] where none does."""
    for manner in manners:
        for width in _PIPE_WIDTHS:
            rows = [cells[i : i + width] for i in range(0, len(cells), width)]
            if _fitting(rows, manner) == len(rows):
                return rows
    return []


def _rows_in_parts(cells: list[str]) -> tuple[list[list[str]], bool]:
    """Cut cells of tables that follow each other (a page broke): each has its width, and a last row that may be short."""
    rows: list[list[str]] = []
    while cells:
        fitting = {w: _fitting([cells[i : i + w] for i in range(0, len(cells), w)], "plain") for w in _PIPE_WIDTHS}
        width = max(fitting, key=lambda w: (fitting[w], -w))  # a wider one may cover more, by chance
        count = fitting[width]
        if count < _FEW_ROWS:
            return [*rows, *_rows_by_labels(cells)], False
        rows += [cells[i * width : (i + 1) * width] for i in range(count)]
        cells = cells[count * width :]
        if cells:
            last = _rows_by_labels(cells)[0]
            rows.append(last)
            cells = cells[len(last) :]
    return rows, True


def _rows_by_labels(cells: list[str]) -> list[list[str]]:
    """Cut cells into rows where they have no common width (a page broke, a row is short).

    A row begins at a label behind figures, or at a numbered label that no other label of its row stands before.
    """
    rows: list[list[str]] = [[]]
    figures = False
    for cell in cells:
        if is_figure(cell):
            figures = True
        elif cell.strip():
            numbered = bool(_NUMBERED.match(cell))
            if figures or (numbered and not any(_NUMBERED.match(c) for c in rows[-1])):
                rows.append([])
            figures = False
        rows[-1].append(cell)
    return [row for row in rows if row]


def _fitting(rows: list[list[str]], manner: str) -> int:
    """Return how many rows, from the first, a width cuts whole: each begins with a cell that is not blank, labels stand
    before figures, and no run of figures goes over the end of a row.

    `manner`: "numbered" rows begin with a figure before their labels; with "words" a figure's place may hold some; with
    "gaps" rows may be empty.
    """
    ended_in_figure = False
    for number, row in enumerate(rows):
        states = ["figure" if is_figure(cell) else "text" if cell.strip() else "blank" for cell in row]
        if manner == "numbered" and "figure" in states:
            if states[:2] != ["figure", "text"]:
                return number
            states, ended_in_figure = states[1:], False
        empty = set(states) == {"blank"} and len(row) == len(rows[0])
        if empty and number > 0 and (manner == "gaps" or number == len(rows) - 1):
            ended_in_figure = False  # a row left empty between others; table four, left empty
            continue
        figures = [i for i, s in enumerate(states) if s == "figure"]
        if states[0] == "blank" and ("text" in states or not figures):
            return number  # only a row of figures without a label may begin with a blank
        if figures:
            if ended_in_figure and figures[0] == 0:
                return number
            if _text_behind(states, figures, words=manner == "words"):
                return number
            if figures[0] == 0 and len(rows) > 1 and len(figures) < 2:
                return number
        ended_in_figure = bool(figures) and states[-1] == "figure"
    return len(rows)


def _text_behind(states: list[str], figures: list[int], *, words: bool) -> bool:
    """Tell whether text stands behind a row's first figure as a label of the next row would."""
    behind = [i for i in range(figures[0], len(states)) if states[i] == "text"]
    if words and states[0] == "text":
        behind = [i for i in behind if states[i - 1] == "blank" and i < figures[-1]]
    elif words and states[0] == "figure":  # table four has no labels, and no column of remarks
        behind = [i for i in behind if states[i - 1] == "blank" or i > figures[-1]]
    return bool(behind)


def _grid(rows: Iterable[Iterable[str]]) -> Grid:
    return Grid(
        tuple(tuple(GridCell(text, y, x) for x, text in enumerate(row)) for y, row in enumerate(rows)),
        spans_known=False,
    )
