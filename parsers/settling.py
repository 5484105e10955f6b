"""Rows that layout left open: their own sum chooses first, then the sums of their columns (A1 or B1, then A2 and A3).

Guarantees: a rule chooses only between readings that layout left open, and one that no choice satisfies chooses nothing;
what several choices satisfy is taken as far as they agree. A blank or a dash adds nothing to a sum here, as nobody
writes a count so; whether the rule then passes is said elsewhere (parsers.checks), and no cell chosen here is ever sure.
Time is bounded: sums that could be made in more than MOST_SUMS ways choose nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from parsers.checks import outcome_rows
from parsers.normalize import Figure
from parsers.reading import OpenRow, Reading, TableReading
from parsers.templates import finding, load_form

MOST_SUMS = 8_000
"""Different sums of the rows so far; a table of 25 rows with a hundred readings each stays below a few thousand."""
_ROUNDS = 6

Choice = dict[str, Reading]
Sums = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Equality:
    """A2 or A3: rows whose figures, counted with their sign, make nothing in every column."""

    signs: Mapping[str, int]


def settle(reading: TableReading) -> None:
    """Choose between the readings of open rows and put what is chosen among the cells.

    What one reading alone satisfies is taken, what all left agree on is taken likewise; the rest is undecidable. Cells
    whose place or figure was in doubt came with by_label false, and keep it.
    """
    open_rows, reading.open_rows = reading.open_rows, []
    left = [OpenRow(o.row, tuple(_adding_up(reading.table, o)) or o.candidates) for o in open_rows]
    several = []
    for o in left:
        if len(o.candidates) == 1:
            _put_agreed(reading, o.row, o.candidates)
        else:
            several.append(o)
    if several and reading.table == "requests" and reading.form is not None:
        several = _narrowed(reading, several, reading.form)
    for o in several:
        _put_agreed(reading, o.row, o.candidates)


def _adds(figure: Figure | None) -> int | None:
    """Return what a cell adds to a sum, None where that is not known."""
    if figure is None or figure.state in ("text", "undecidable"):
        return None
    return figure.value if isinstance(figure.value, int) else 0


def _adding_up(table: str, open_row: OpenRow) -> Iterator[Choice]:
    """Yield the readings of a row that its own sum admits; a table without sums has none to say so."""
    if table not in ("requests", "review_and_litigation"):
        return  # and a column that the table does not have adds nothing
    printed = {c for choice in open_row.candidates for c in choice}
    columns = [c.key for c in load_form(table, "2021").columns if c.key in printed]
    for choice in open_row.candidates:
        *parts, total = [choice[c].figure if c in choice else None for c in columns]
        numbers = [_adds(f) for f in parts]
        if total is None or total.state not in ("value", "dash") or any(n is None for n in numbers):
            continue
        if sum(n or 0 for n in numbers) == _adds(total) and any(f and f.state in ("value", "dash") for f in parts):
            yield choice


def _narrowed(reading: TableReading, rows: list[OpenRow], form: str) -> list[OpenRow]:
    """Return the rows with the readings that stand in some choice for all of them with which A2 and A3 hold.

    The equalities share one row alone (total_processed): what each leaves of it in turn is all that both leave.
    """
    equalities = (
        Equality({"new_received": 1, "carried_in": 1, "total_processed": -1, "carried_out": -1}),
        Equality({**dict.fromkeys(outcome_rows(form), 1), "total_processed": -1}),
    )
    candidates = {o.row: list(o.candidates) for o in rows}
    columns = [c.key for c in load_form("requests", form).columns]
    held = [(e, [c for c in columns if _supported(reading, candidates, e, (c,)) is not None]) for e in equalities]
    for _ in range(_ROUNDS):
        before = sum(map(len, candidates.values()))
        for equality, over in held:
            for some in (*((c,) for c in over), tuple(over)):
                found = _supported(reading, candidates, equality, some) if some else None
                if found is None and len(some) == 1:
                    return rows  # what the others leave contradicts this column
                candidates |= found or {}
        if sum(map(len, candidates.values())) == before:
            break
    return [OpenRow(o.row, tuple(candidates[o.row])) for o in rows]


def _supported(
    reading: TableReading, candidates: Mapping[str, list[Choice]], equality: Equality, columns: Sequence[str]
) -> dict[str, list[Choice]] | None:
    """Return the readings with which an equality can hold in all of `columns`; None where it cannot or is not known."""
    start = [0] * len(columns)
    open_rows: list[tuple[str, dict[Sums, list[Choice]]]] = []
    for row, sign in equality.signs.items():
        if row in candidates:
            grouped = _by_sums(candidates[row], sign, columns)
            if grouped is None:
                return None
            open_rows.append((row, grouped))
            continue
        for i, column in enumerate(columns):
            cell = reading.cells.get((row, column))
            number = _adds(cell.figure if cell else None)
            if number is None:
                return None
            start[i] += sign * number
    if not open_rows:
        return None
    open_rows.sort(key=lambda item: len(item[1]))
    before = _partial_sums([tuple(start)], [list(g) for _, g in open_rows])
    behind = _partial_sums([(0,) * len(columns)], [list(g) for _, g in reversed(open_rows)])
    if before is None or behind is None:
        return None
    out: dict[str, list[Choice]] = {}
    for i, (row, grouped) in enumerate(open_rows):
        rest = behind[len(open_rows) - 1 - i]
        out[row] = [
            choice
            for sums, choices in grouped.items()
            if any(tuple(-(a + b) for a, b in zip(s, sums, strict=True)) in rest for s in before[i])
            for choice in choices
        ]
        if not out[row]:
            return None
    return out


def _by_sums(choices: Sequence[Choice], sign: int, columns: Sequence[str]) -> dict[Sums, list[Choice]] | None:
    """Group a row's readings by what they add in `columns`; None where one does not say."""
    grouped: dict[Sums, list[Choice]] = {}
    for choice in choices:
        numbers = [_adds(choice[c].figure if c in choice else None) for c in columns]
        if any(n is None for n in numbers):
            return None
        grouped.setdefault(tuple(sign * (n or 0) for n in numbers), []).append(choice)
    return grouped


def _partial_sums(start: list[Sums], rows: Sequence[Sequence[Sums]]) -> list[set[Sums]] | None:
    """Return the sums that can be reached before each row and behind the last; None where they are too many."""
    reached = [set(start)]
    for options in rows:
        if len(reached[-1]) * len(options) > 10 * MOST_SUMS:
            return None
        reached.append({tuple(a + b for a, b in zip(s, o, strict=True)) for s in reached[-1] for o in options})
        if len(reached[-1]) > MOST_SUMS:
            return None
    return reached


def _put_agreed(reading: TableReading, row: str, choices: Sequence[Choice]) -> None:
    """Take the cells on which all readings agree; the others are undecidable."""
    columns = list(dict.fromkeys(c for choice in choices for c in choice))
    open_cells = 0
    sample = next(iter(choices[0].values()))
    raw = " ".join(dict.fromkeys(r.raw.strip() for r in choices[0].values() if r.raw.strip()))
    for column in columns:
        options = [choice.get(column) for choice in choices]
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
                figures=sum(bool(r.raw.strip()) for r in choices[0].values()),
                columns=len(columns),
            )
        )
