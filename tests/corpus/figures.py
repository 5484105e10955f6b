"""Figures that obey the forms' arithmetic: A1-A3 in table three, B1 in table four (domain.md section 2).

Guarantees: at least 15 cells of table three are not zero, no two of its rows that are not all zero are alike, no two
columns are alike; so an exchanged row or column shows.
"""

from __future__ import annotations

import random
from decimal import Decimal

from tests.corpus.forms import CLAUSES, PERSONS, REQUEST_ROWS, REVIEW_COLUMNS, REVIEW_ROWS, outcome_keys

Requests = dict[tuple[str, str], int]
_SIZES = (4, 9, 40, 300, 4_000, 90_000, 1_500_000)


def draw(rng: random.Random, most: int) -> int:
    """Draw a count up to `most`, small ones as likely as large ones."""
    return rng.randrange(1, 10 ** rng.randint(1, len(str(most)))) % (most + 1)


def draw_requests(rng: random.Random, form: str) -> Requests:
    """Draw table three; most rows are zero."""
    while True:
        table = _requests(rng, form)
        if _distinct(table, form):
            return table


def _requests(rng: random.Random, form: str) -> Requests:
    most = rng.choice(_SIZES)
    outcomes = outcome_keys(form)
    busy = set(rng.sample(outcomes, rng.randint(3, 8)))
    table: Requests = {}
    persons = [key for _, key in PERSONS[:-1]]
    idle = rng.choice([None, *persons])
    for column in persons:
        weight = 1 if column == "natural_person" else 0.45
        for row in outcomes:
            used = row in busy and column != idle and rng.random() < weight
            table[row, column] = draw(rng, most) if used else 0
        done = sum(table[row, column] for row in outcomes)
        left = draw(rng, max(most // 8, 2)) if column != idle and rng.random() < 0.6 else 0
        before = rng.randint(0, min(done + left, max(most // 8, 2)))
        table["total_processed", column] = done
        table["carried_out", column] = left
        table["carried_in", column] = before
        table["new_received", column] = done + left - before
    for _, row in REQUEST_ROWS[form]:
        table[row, "total"] = sum(table[row, column] for column in persons)
    return table


def _distinct(table: Requests, form: str) -> bool:
    columns = [key for _, key in PERSONS]
    rows = [tuple(table[row, c] for c in columns) for _, row in REQUEST_ROWS[form]]
    used = [row for row in rows if any(row)]
    across = {tuple(table[row, c] for _, row in REQUEST_ROWS[form]) for c in columns}
    return sum(v > 0 for v in table.values()) >= 15 and len(set(used)) == len(used) and len(across) == len(columns)


def draw_review(rng: random.Random) -> dict[tuple[str, str], int]:
    """Draw table four, its three blocks unlike each other."""
    table: dict[tuple[str, str], int] = {}
    while len({tuple(table[r, c] for _, c in REVIEW_COLUMNS) for _, r in REVIEW_ROWS if table}) < 3:
        for _, row in REVIEW_ROWS:
            parts = [draw(rng, 60) if rng.random() < 0.6 else 0 for _ in REVIEW_COLUMNS[:-1]]
            for (_, column), value in zip(REVIEW_COLUMNS, [*parts, sum(parts)], strict=True):
                table[row, column] = value
    return table


def draw_proactive(rng: random.Random, form: str) -> dict[tuple[str, str], int | str]:
    """Draw table two; amounts are decimal strings as printed, 0 included."""
    table: dict[tuple[str, str], int | str] = {}
    seen: set[int | str] = set()
    for clause in CLAUSES[form]:
        for _, row in clause.rows:
            for column in clause.columns:
                value = _proactive(rng, row, column)
                while value in seen and str(value) != "0":
                    value = _proactive(rng, row, column)
                seen.add(value)
                table[row, column] = value
    return table


def _proactive(rng: random.Random, row: str, column: str) -> int | str:
    if rng.random() < 0.15:
        return "0" if column.startswith("amount") else 0
    if column == "amount_wan_yuan":
        places = rng.choice((0, 1, 2, 4, 4))
        return str(Decimal(rng.randint(1, 10 ** rng.randint(3, 9))).scaleb(-places))
    if column == "amount_yuan":
        return str(Decimal(rng.randint(1, 10 ** rng.randint(3, 10))).scaleb(-rng.choice((0, 0, 2))))
    if column == "change":
        return rng.choice((-1, 1)) * draw(rng, 2_000)
    if row in ("rules", "normative_documents"):
        return draw(rng, 900)
    return draw(rng, 12_000_000) if column == "decisions" else draw(rng, 9_000)
