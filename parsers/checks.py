"""The reports' own arithmetic: rules A1-A3, B1 (with B2) and C3 of domain.md section 2, trust, and open rows settled.

Guarantees: a blank is no zero (save as rule B2 says), nothing is altered because a rule fails, a rule chooses only
between readings that layout left open, and what it chose says so.
"""

from __future__ import annotations

from collections.abc import Sequence

from parsers.model import Cell, Check, Finding, Trust
from parsers.normalize import Figure
from parsers.reading import Reading, TableReading
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
