"""The reports' own arithmetic: rules A1-A3, B1 (with B2) and C3 of domain.md section 2, trust, and open rows settled.

Guarantees: a blank is no zero (save as rule B2 says), nothing is altered because a rule fails, a rule chooses only
between readings that layout left open, and what it chose says so.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from parsers.model import Cell, Check, Finding, Trust
from parsers.normalize import Figure
from parsers.reading import OpenRow, Reading, TableReading
from parsers.templates import finding, load_form

Key = tuple[str, str, str]
_MAX_COMBINATIONS = 4096
_OUTCOMES = ("granted", "granted_partial", "denied.", "unable.", "not_processed.", "other_handling")


def outcome_rows(form: str) -> list[str]:
    """Return the rows that add up to total_processed (A3)."""
    return [r.key for r in load_form("requests", form).rows if r.key.startswith(_OUTCOMES)]


def _number(figure: Figure | None) -> int | None:
    return figure.value if figure is not None and isinstance(figure.value, int) else None


def add_up(rule: str, scope: str, parts: Sequence[Figure | None], totals: Sequence[Figure | None]) -> Check:
    """Compare the sums of `parts` and `totals` (None: absent).

    A blank part may be read as 0 where the printed rest equals the printed total already (rule B2); any other cell
    that is not a figure makes the rule not assessable.
    """
    everything = [*parts, *totals]
    if any(f is None or f.state not in ("value", "blank") for f in everything):
        return Check(rule, scope, "not_assessable", None, None)
    left = sum(_number(f) or 0 for f in parts)
    right = sum(_number(f) or 0 for f in totals)
    printed = [[f for f in side if _number(f) is not None] for side in (parts, totals)]
    if all(f is not None and f.state == "value" for f in everything):
        return Check(rule, scope, "pass" if left == right else "fail", left, right)
    totals_printed = len(printed[1]) == len(totals) or rule == "A2"
    if left == right and printed[0] and printed[1] and totals_printed:
        return Check(rule, scope, "pass_blank_as_zero", left, right)
    return Check(rule, scope, "not_assessable", None, None)


def table_checks(table: str, form: str | None, figures: dict[tuple[str, str], Figure]) -> list[tuple[Check, list[Key]]]:
    """Apply the equalities of one table; return each check with the cells that stand in it."""
    if table == "requests" and form is not None:
        return _request_checks(form, figures)
    if table == "review_and_litigation":
        return _review_checks(figures)
    return []


def _request_checks(form: str, figures: dict[tuple[str, str], Figure]) -> list[tuple[Check, list[Key]]]:
    template = load_form("requests", form)
    columns = [c.key for c in template.columns]
    parts, total = columns[:-1], columns[-1]
    present = [r.key for r in template.rows if any((r.key, c) in figures for c in columns)]
    out: list[tuple[Check, list[Key]]] = []
    for row in present:
        check = add_up("A1", row, [figures.get((row, c)) for c in parts], [figures.get((row, total))])
        out.append((check, [("requests", row, c) for c in columns]))
    sides: dict[str, tuple[list[str], list[str]]] = {
        "A2": (["new_received", "carried_in"], ["total_processed", "carried_out"]),
        "A3": (outcome_rows(form), ["total_processed"]),
    }
    for rule, (left, right) in sides.items():
        for column in columns:
            if not any((row, column) in figures for row in (*left, *right)):
                continue
            check = add_up(
                rule,
                column,
                [figures.get((r, column)) for r in left],
                [figures.get((r, column)) for r in right],
            )
            out.append((check, [("requests", r, column) for r in (*left, *right)]))
    return out


def _review_checks(figures: dict[tuple[str, str], Figure]) -> list[tuple[Check, list[Key]]]:
    template = load_form("review_and_litigation", "2021")
    columns = [c.key for c in template.columns]
    out = []
    for row in template.rows:
        if any((row.key, c) in figures for c in columns):
            check = add_up(
                "B1",
                row.key,
                [figures.get((row.key, c)) for c in columns[:-1]],
                [figures.get((row.key, "total"))],
            )
            out.append((check, [("review_and_litigation", row.key, c) for c in columns]))
    return out


# -- rows that layout left open --------------------------------------------------------------------


def settle(reading: TableReading) -> None:
    """Choose between the readings of open rows: A1 (or B1) first, then A2 and A3 in the columns touched.

    What one reading alone satisfies is taken, what all left agree on is taken likewise; the rest is undecidable. Cells
    whose place or figure was in doubt came with by_label false, and keep it.
    """
    open_rows, reading.open_rows = reading.open_rows, []
    if not open_rows:
        return
    left = [OpenRow(o.row, tuple(_satisfying(reading.table, o)) or o.candidates) for o in open_rows]
    several = [o for o in left if len(o.candidates) > 1]
    for o in left:
        if len(o.candidates) == 1:
            _put(reading, o.row, o.candidates[0])
    for o, chosen in zip(several, _jointly(reading, several), strict=True):
        _put_agreed(reading, o.row, chosen)


def _satisfying(table: str, open_row: OpenRow) -> Iterable[dict[str, Reading]]:
    """Yield the readings of a row that its own sum admits; a table without sums has none to say so."""
    if table not in ("requests", "review_and_litigation"):
        return
    columns = [c.key for c in load_form(table, "2021").columns]
    for candidate in open_row.candidates:
        figures = {c: r.figure for c, r in candidate.items()}
        check = add_up("A1", open_row.row, [figures.get(c) for c in columns[:-1]], [figures.get("total")])
        if check.status in ("pass", "pass_blank_as_zero"):
            yield candidate


def _jointly(reading: TableReading, several: list[OpenRow]) -> list[list[dict[str, Reading]]]:
    """Return for each open row the candidates with which A2 and A3 hold in every column touched; all if none do."""
    everything = [list(o.candidates) for o in several]
    size = 1
    for o in several:
        size *= len(o.candidates)
        if size > _MAX_COMBINATIONS:
            return everything
    if reading.form is None or not several or reading.table != "requests":
        return everything
    fixed = {key: r.figure for key, r in reading.cells.items()}
    touched = {c for o in several for candidate in o.candidates for c in candidate}
    kept: list[tuple[dict[str, Reading], ...]] = []
    for combination in itertools.product(*everything):
        figures = dict(fixed)
        for o, candidate in zip(several, combination, strict=True):
            figures |= {(o.row, c): r.figure for c, r in candidate.items()}
        checks = _request_checks(reading.form, figures)
        if all(
            check.status in ("pass", "pass_blank_as_zero")
            for check, _ in checks
            if check.rule in ("A2", "A3") and check.scope in touched
        ):
            kept.append(combination)
    if not kept:
        return everything
    return [[c for c in options if any(k[n] is c for k in kept)] for n, options in enumerate(everything)]


def _put(reading: TableReading, row: str, candidate: dict[str, Reading]) -> None:
    for column, cell in candidate.items():
        reading.cells[row, column] = cell


def _put_agreed(reading: TableReading, row: str, candidates: list[dict[str, Reading]]) -> None:
    """Take the cells on which all candidates agree; the others are undecidable."""
    columns = list(dict.fromkeys(c for candidate in candidates for c in candidate))
    open_cells = 0
    sample = next(iter(candidates[0].values()))
    raw = " ".join(dict.fromkeys(r.raw.strip() for r in candidates[0].values() if r.raw.strip()))
    for column in columns:
        options = [candidate.get(column) for candidate in candidates]
        first = options[0]
        if first is not None and all(o is not None and o.figure == first.figure for o in options):
            reading.cells[row, column] = first
        else:
            open_cells += 1
            at = first or sample
            alone = all(o is not None and o.where == at.where for o in options)
            printed = at.raw if alone else raw
            reading.cells[row, column] = Reading(Figure("undecidable"), printed, at.where, by_label=False)
    if open_cells:
        reading.findings.append(
            finding(
                "undecidable_row",
                sample.where,
                row=row,
                table=reading.table,
                figures=sum(bool(r.raw.strip()) for r in candidates[0].values()),
                columns=len(columns),
            )
        )


# -- cells with trust ------------------------------------------------------------------------------


def grade(reading: TableReading) -> tuple[list[Cell], list[Check], list[Finding]]:
    """Return a table's cells with their trust (design 3.1), its checks, and findings, in the form's order."""
    figures = {key: r.figure for key, r in reading.cells.items()}
    results = table_checks(reading.table, reading.form, figures)
    failed = {key for check, keys in results if check.status == "fail" for key in keys}
    passed = {key for check, keys in results if check.status in ("pass", "pass_blank_as_zero") for key in keys}
    checks = [check for check, _ in results]
    findings = [
        finding("sum_fails", rule=c.rule, scope=c.scope, left=c.left, right=c.right)
        for c in checks
        if c.status == "fail"
    ]
    cells = []
    for (row, column), r in _in_order(reading):
        key = (reading.table, row, column)
        f = r.figure
        name = "/".join(key)
        trust: Trust | None
        if f.state == "undecidable":
            trust = None
            findings.append(finding("undecidable_cell", r.where, cell=name, raw=r.raw))
        elif f.state != "value":
            trust = "stated" if r.by_label else "inferred"
        elif key in failed:
            trust = "disputed"
        elif not r.by_label:
            trust = "inferred"
        else:
            trust = "verified" if key in passed else "stated"
        if f.state == "text":
            findings.append(finding("text_in_cell", r.where, cell=name, raw=r.raw))
        if f.annotated:
            findings.append(finding("annotated_cell", r.where, cell=name, raw=r.raw))
        if f.converted:
            findings.append(finding("unit_converted", r.where, cell=name, unit=f.unit, raw=r.raw))
        value = f.value if f.state == "value" else None
        cells.append(Cell(reading.table, row, column, f.state, value, r.raw, trust, r.where, r.unit or f.unit, r.label))
    if reading.table == "proactive_disclosure":
        more, broken = _number_checks(cells)
        checks += more
        findings += broken
    return cells, checks, findings


def _in_order(reading: TableReading) -> list[tuple[tuple[str, str], Reading]]:
    form = load_form(reading.table, reading.form or "2021")
    rows = {r.key: i for i, r in enumerate(form.rows)}
    columns = {c.key: i for i, c in enumerate(form.columns)}
    return sorted(
        reading.cells.items(),
        key=lambda item: (rows.get(item[0][0], len(rows)), columns.get(item[0][1], len(columns))),
    )


def _plausible(value: int | str | None) -> bool:
    """Tell whether a count is not negative, or an amount has at most four decimals."""
    if isinstance(value, int):
        return value >= 0
    return value is not None and len(value.partition(".")[2]) <= 4


def _number_checks(cells: Sequence[Cell]) -> tuple[list[Check], list[Finding]]:
    """Apply C3 to table two: counts are whole and not negative, amounts not negative with at most four decimals."""
    checks, findings = [], []
    for cell in cells:
        scope = f"{cell.row}.{cell.column}"
        if cell.state in ("blank", "dash", "undecidable"):
            checks.append(Check("C3", scope, "not_assessable", None, None))
            continue
        fine = cell.state == "value" and (cell.column == "change" or _plausible(cell.value))
        checks.append(Check("C3", scope, "pass" if fine else "fail", cell.value, None))
        if not fine:
            findings.append(finding("number_format", cell.where, cell=scope, raw=cell.raw))
    return checks, findings
