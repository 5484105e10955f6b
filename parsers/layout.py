"""Finds the tables in a Document: which grid rows belong to which table, whatever the page broke apart.

A table may be cut into several grids by page breaks, or share one grid with its neighbours; a grid without any known
label belongs to the table before it unless a section heading stands between.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from parsers.model import Document, Finding, Grid, GridCell, Paragraph
from parsers.normalize import comparable, label
from parsers.sections import heading_number
from parsers.templates import FORMS, TABLES, finding, load_form

_MARKS = {
    "proactive_disclosure": re.compile(r"^第二十条第?\([一五六八九]\)项$|^信息内容$"),
    "requests": re.compile(r"本列数据的勾稽关系|^申请人情况$|^法人或其[他它]组织$|^本年度?办理结果$"),
    "review_and_litigation": re.compile(r"^行政复议$|^行政诉讼$|^未经复议直接起诉$|^(经)?复议后起诉$"),
}
_SECTION_OF = {"proactive_disclosure": 2, "requests": 3, "review_and_litigation": 4}
_ANNEX = re.compile(r"^(附件|附表|附)[\d一二三]?[:：]")
_BEHIND = 7
"""The section number of what stands in an annex, behind section six."""
_SOME_ROWS = 4
"""Fewer rows are a fragment that strayed, no table of its own: table four has as many."""
_INDICATOR = re.compile(r"^(统计)?指标(名称)?$")
_BESIDE_INDICATORS = re.compile(r"^((计量)?单位|统计数|(指标)?代码|本期实际|[本历]年累计)$")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One grid row with its place: block in the Document, row in the grid."""

    block: int
    index: int
    cells: tuple[GridCell, ...]
    spans_known: bool

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the cells' texts."""
        return tuple(c.text for c in self.cells)


def table_rows(document: Document) -> tuple[dict[str, list[SourceRow]], list[Finding]]:
    """Return the rows of each table found, in reading order, and a finding for each table that was passed over.

    Where a table stands under its own section's heading, its like elsewhere (last year's in section one, the office's
    own in an annex) is another table and is passed over.
    """
    found: dict[str, list[tuple[int | None, SourceRow]]] = {}
    current: str | None = None
    section: int | None = None
    for number, block in enumerate(document.blocks):
        if isinstance(block, Paragraph):
            heading = heading_number(block.text)
            if heading is not None:
                current, section = None, heading
            elif _ANNEX.match(comparable(block.text)):
                current, section = None, _BEHIND
            continue
        kinds = _row_kinds(block, current)
        for index, (cells, kind) in enumerate(zip(block.rows, kinds, strict=True)):
            if kind is not None:
                found.setdefault(kind, []).append((section, SourceRow(number, index, cells, block.spans_known)))
                current = kind
    chosen: dict[str, list[SourceRow]] = {}
    findings = []
    for kind, rows in found.items():
        own = [row for at, row in rows if at == _SECTION_OF.get(kind)]
        elsewhere = len(rows) - len(own)
        if len(own) >= _SOME_ROWS and elsewhere:
            if elsewhere >= _SOME_ROWS:
                findings.append(finding("second_table", table=kind, rows=elsewhere))
            chosen[kind] = own
        else:
            chosen[kind] = [row for _, row in rows]
    return chosen, findings


def _row_kinds(grid: Grid, current: str | None) -> list[str | None]:
    """Tell for each row of a grid which table it belongs to (None: a grid of something else)."""
    if any(heads_statistics(row) for row in grid.rows):
        return ["statistics"] * len(grid.rows)
    evidence = [_evidence(row) for row in grid.rows]
    kinds = {kind for kind in evidence if kind}
    if not kinds:
        # names of indicators are as long as prose, and a heading would have ended the list
        return [current if current == "statistics" or _may_continue(grid) else None] * len(evidence)
    if len(kinds) == 1:
        return [kinds.pop()] * len(evidence)
    out: list[str | None] = []
    last: str | None = None
    for i, kind in enumerate(evidence):
        if kind is None:  # a header row goes with what follows, a row of bare figures with what precedes
            following = next((k for k in evidence[i:] if k), None)
            kind = last or following
        last = kind
        out.append(kind)
    return out


def heads_statistics(row: tuple[GridCell, ...]) -> bool:
    """Tell whether a row heads a list of indicators (统计指标 单位 统计数): all that grid is the list."""
    names = [comparable(c.text) for c in row]
    return any(_INDICATOR.match(n) for n in names) and any(_BESIDE_INDICATORS.match(n) for n in names)


def _may_continue(grid: Grid) -> bool:
    """Tell whether a grid without labels could be the lower part of a table: it holds figures and no prose."""
    texts = [c.text for row in grid.rows for c in row]
    return any(t.strip() for t in texts) and all(len(comparable(t)) < 40 for t in texts)


def _evidence(row: tuple[GridCell, ...]) -> str | None:
    """Return the table whose labels this row bears, or None. Words that two tables share are no evidence."""
    votes: dict[str, int] = {}
    for cell in row:
        for table in _tables_naming(cell.text):
            votes[table] = votes.get(table, 0) + 1
    return max(votes, key=lambda t: votes[t]) if votes else None


@lru_cache(maxsize=16384)
def _tables_naming(text: str) -> tuple[str, ...]:
    """Return the tables that know `text` as a label of theirs."""
    plain, name = comparable(text), label(text)
    if not name or name.isdigit():
        return ()
    return tuple(
        table
        for table in TABLES
        if _MARKS[table].search(plain)
        or _MARKS[table].search(name)
        or name in _names(table)
        or any(p.fullmatch(name) for p in _patterns(table))
    )


@cache
def _names(table: str) -> frozenset[str]:
    return frozenset(
        label(row.zh) for form in FORMS[table] for row in load_form(table, form).rows if not row.needs_group
    ) - {"总计", "其他"}


@cache
def _patterns(table: str) -> tuple[re.Pattern[str], ...]:
    """Return the patterns of the labels that belong to one table alone (其他 and 总计 stand in several)."""
    found: dict[str, re.Pattern[str]] = {}
    for form in FORMS[table]:
        template = load_form(table, form)
        for match in (*(r.match for r in template.rows), *(c.match for c in template.columns)):
            if not any(match.fullmatch(shared) for shared in ("其他", "总计")):
                found[match.pattern] = match
    return tuple(found.values())
