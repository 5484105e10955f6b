"""Table two: what was disclosed on the body's own initiative, in the columns of 2019 and 2021.

Guarantees: the form is chosen by the names over the columns; a column's unit is the one printed over it.
"""

from __future__ import annotations

import re

from parsers.align.cutting import Run
from parsers.align.glued import glued_placements
from parsers.align.placing import place_row
from parsers.align.rows import Header, Labelled, column_of, even_lengths, split_row, state_of
from parsers.align.taking import report_missing, take
from parsers.layout import SourceRow
from parsers.model import Where
from parsers.normalize import comparable, label
from parsers.reading import TableReading
from parsers.templates import Form, finding, load_form

_UNIT_ABOVE = re.compile(r"单位[:：]?(万元|亿元|元)")


def read_proactive(rows: list[SourceRow]) -> TableReading:
    out = TableReading("proactive_disclosure")
    forms = [load_form("proactive_disclosure", f) for f in ("2021", "2019")]
    votes = {f.form: 0 for f in forms}
    for source in rows:
        for f in forms:
            votes[f.form] += len(_block_header(source, f).keys)
    # `decisions` is named alike in both; every other column belongs to one form alone
    form = max(forms, key=lambda f: votes[f.form])
    out.form = form.form
    glued = any(c.glued for s in rows for c in s.cells)
    open_rows: list[tuple[Header, Labelled]] = []
    header: Header | None = None
    even = even_lengths(rows)
    unnamed = False
    for source in rows:
        found = _block_header(source, form)
        if found.keys:
            header = found
            continue
        labels, values = split_row(source.cells)
        matched = next(((c, r) for c in labels for r in form.rows if r.match.fullmatch(label(c.text))), None)
        if matched is None:
            if any(state_of(v) == "figure" for v in values):
                out.findings.append(
                    finding(
                        "unmatched_row",
                        Where(source.block, source.index, 0),
                        table=out.table,
                        label=" ".join(c.text.strip() for c in labels),
                    )
                )
            continue
        cell, row = matched
        values = list(source.cells[source.cells.index(cell) + 1 :])  # words behind the row's name stand for figures
        expected = tuple(c.key for c in form.columns_of(row))
        under = header if header and header.named and set(header.keys) == set(expected) else None
        used = under or Header(expected, {}, -1, named=False)
        unnamed = unnamed or not used.named
        if glued:
            open_rows.append((used, Labelled(source, cell, tuple(values), row.key)))
            continue
        placements, layout = place_row(values, used, source, even=even.get(source.block))
        take(
            out,
            form,
            used,
            Labelled(source, cell, tuple(values), row.key),
            placements,
            layout and used.named,
        )
    _take_glued(out, form, open_rows)
    if unnamed:
        out.findings.append(finding("columns_not_named", table=out.table))
    report_missing(out, form)
    return out


def _take_glued(out: TableReading, form: Form, rows: list[tuple[Header, Labelled]]) -> None:
    """Take rows whose figures lost their borders: no sum chooses among the ways to cut them."""
    runs = [(row, (Run(tuple(form.column(key).kind for key in header.keys)),)) for header, row in rows]
    for (header, row), found in zip(rows, glued_placements(runs), strict=True):
        take(out, form, header, row, found[0] if found else [], by_label=False)


def _block_header(source: SourceRow, form: Form) -> Header:
    """Return the columns that a row of table two names; none where it is no header row.

    `named` is false where it has a name that the form does not: which figure is whose cannot then be told by names.
    """
    strange = False
    keys: list[str] = []
    at: dict[str, frozenset[int]] = {}
    units: dict[str, str] = {}
    for cell in source.cells:
        column = column_of(label(cell.text), form.columns)
        if column is None or column.key in at:
            strange = strange or (bool(label(cell.text)) and label(cell.text) not in ("信息内容", "项目", "内容"))
            continue
        keys.append(column.key)
        at[column.key] = frozenset(range(cell.column, cell.column + cell.colspan))
        unit = _UNIT_ABOVE.search(comparable(cell.text))
        if unit:
            units[column.key] = unit[1]
    return Header(tuple(keys), at, source.block, named=not strange, units=units)
