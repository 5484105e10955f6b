"""The lists before 2019: label -> number, rows that no form knows kept as they are.

Guarantees: every row that bears a figure or a printed unit is kept, matched by its name or as `unmatched.N` in order; columns
are taken from the header; the form is the one whose names match more rows, never a matter of the year.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from parsers.layout import SourceRow, heads_statistics
from parsers.model import GridCell, Where
from parsers.normalize import Figure, comparable, is_figure, label, read_figure
from parsers.reading import Reading, TableReading
from parsers.templates import STATISTICS_FORMS, Column, Form, Row, finding, load_form

_NAME = re.compile(r"^(统计)?指标(名称)?$")
_UNIT = re.compile(r"^(计量)?单位$")
_CODE = re.compile(r"^(指标)?代码$|^序号$|^编号$")
_UNITS = re.compile(r"^(条|件|次|篇|个|人|人次|元|万元|份|宗|项|部|期|场|亿元)(/(次|人次))?$")
_BRACKETED = re.compile(r"\((?:单位:)?([^()]+)\)$")
_OF_WHICH = re.compile(r"^其中:?")


def read_statistics(rows: list[SourceRow]) -> TableReading:
    """Read a list of indicators."""
    out = TableReading("statistics")
    header = next((s for s in rows if _is_header(s)), None)
    names = [label(c.text) for s in rows for c in s.cells[:2]]
    forms = [load_form("statistics", name) for name in STATISTICS_FORMS]
    form = max(forms, key=lambda f: sum(any(r.match.fullmatch(n) for r in f.rows) for n in names))
    out.form = form.form
    columns = _value_columns(header, form)
    group: str | None = None
    unmatched = 0
    for number, source in enumerate(rows):
        if _is_header(source):
            continue
        parts = _parts(source, header)
        if parts is None:
            continue
        name_cell, unit, values = parts
        row = _match(label(name_cell.text), form, group)
        if row is not None and not row.needs_group:
            group = row.key
        elif row is None:
            unmatched += 1
        key = row.key if row else f"unmatched.{unmatched}"
        # a captured row of another length than the header lost a cell, or took one of the next row
        whole = source.spans_known or header is None or len(source.cells) == len(header.cells)
        if row is None and any(beside.block != source.block for beside in rows[max(number - 1, 0) : number + 2]):
            whole = False  # a page may have cut this row in two: no name of the form says that it is all there
        cells = _read(source, row, name_cell, unit, values, columns, whole)
        before = {name: out.cells[key, name] for name in cells if (key, name) in out.cells}
        if not before:
            out.cells |= {(key, name): cell for name, cell in cells.items()}
            continue
        same = all(before[name].figure == cell.figure for name, cell in cells.items())
        where = Where(source.block, source.index, name_cell.column, name_cell.page, name_cell.box)
        out.findings.append(finding("duplicate_row_same" if same else "duplicate_row", where, row=key, table=out.table))
        if not same:  # which of the two is the row, nothing tells
            undecided = Figure("undecidable")
            out.cells |= {(key, n): replace(cell, figure=undecided, by_label=False) for n, cell in before.items()}
    return out


def _is_header(source: SourceRow) -> bool:
    return heads_statistics(source.cells)


def _value_columns(header: SourceRow | None, form: Form) -> list[Column]:
    """Return the columns of figures in the header's order; one column is `value`, whatever it is called."""
    if header is None:
        return [form.columns[0]]
    titles = [
        n
        for c in header.cells
        if (n := comparable(c.text)) and not (_NAME.match(n) or _UNIT.match(n) or _CODE.match(n))
    ]
    local = load_form("statistics", "local")
    if len(titles) < 2:
        return [form.columns[0]]
    found = [next((c for c in local.columns if c.match.fullmatch(t)), None) for t in titles]
    known = [c for c in found if c is not None]
    return known if len(known) == len(titles) == len({c.key for c in known}) else [form.columns[0]]


def _parts(source: SourceRow, header: SourceRow | None) -> tuple[GridCell, str | None, list[GridCell]] | None:
    """Return (label cell, unit, value cells) of a data row; None for a chapter's heading or a foot line."""
    cells = source.cells
    texts = [i for i, c in enumerate(cells) if c.text.strip() and not is_figure(c.text)]
    if not texts:
        return None
    first = texts[0]
    unit = next((i for i in texts[1:] if _UNITS.match(comparable(cells[i].text))), None)
    start = (unit if unit is not None else first) + 1
    values = list(cells[start:])
    codes = _codes(header)
    if codes and len(cells) == len(header.cells if header else ()):
        values = [c for i, c in enumerate(cells) if i >= start and i not in codes]
    printed = comparable(cells[unit].text) if unit is not None else _unit_in(cells[first].text)
    if printed is None and not any(re.search(r"\d", v.text) and is_figure(v.text) for v in values):
        return None
    return cells[first], printed, values


def _unit_in(name: str) -> str | None:
    """Return the unit that a label ends with in brackets: 主动公开信息数（条）."""
    found = _BRACKETED.search(comparable(name))
    return found[1] if found and _UNITS.match(found[1]) else None


def _codes(header: SourceRow | None) -> set[int]:
    """Return the places of columns that number the rows: their figures are no data."""
    if header is None:
        return set()
    return {i for i, c in enumerate(header.cells) if _CODE.match(comparable(c.text))}


def _match(name: str, form: Form, group: str | None) -> Row | None:
    for candidate in (name, _OF_WHICH.sub("", name), label(_OF_WHICH.sub("", name))):
        found = [r for r in form.rows if r.match.fullmatch(candidate) and (not r.needs_group or r.group == group)]
        if len(found) == 1:
            return found[0]
    return None


def _read(
    source: SourceRow,
    row: Row | None,
    name_cell: GridCell,
    unit: str | None,
    values: Sequence[GridCell],
    columns: list[Column],
    whole: bool,
) -> dict[str, Reading]:
    """Return a row's cells by column: as many cells as columns, or as many figures; else undecidable."""
    filled = [v for v in values if v.text.strip()]
    chosen = list(values) if len(values) == len(columns) else filled
    kind = row.kind if row else ("wan_yuan" if unit == "万元" else "yuan" if unit == "元" else "count")
    printed = name_cell.text.strip() if row is None else None
    if not chosen and values:
        chosen = list(values[: len(columns)])
    if len(chosen) != len(columns):
        where = Where(source.block, source.index, name_cell.column, name_cell.page, name_cell.box)
        raw = " ".join(v.text.strip() for v in filled)
        return {c.key: Reading(Figure("undecidable"), raw, where, False, printed, unit) for c in columns}
    cells = {}
    for column, cell in zip(columns, chosen, strict=True):
        figure = read_figure(cell.text, kind, unit if kind != "count" else None)
        where = Where(source.block, source.index, cell.column, cell.page, cell.box)
        cells[column.key] = Reading(figure, cell.text, where, whole, printed, figure.unit or unit)
    return cells
