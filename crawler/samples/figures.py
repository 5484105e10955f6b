"""Figures of one unit over the years, obeying the arithmetic printed on the forms.

Within a year A1, A2, A3 and B1 hold; from year to year C1 (documents in force), C5 (items) and D1 (requests
carried over), as long as the form stays. `broken_sums` says which equalities a set of printed cells breaks;
it knows nothing of how they were made.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from crawler.samples import forms
from crawler.samples.forms import APPLICANTS, PROACTIVE, REQUEST_COLUMNS, REQUESTS, REVIEW, CellKey

Value = int | str | None
"""An integer, a decimal string for money, or None where nothing is printed."""
Figures = dict[CellKey, int | str]
Truth = tuple[str, Value]
"""(state, value) of a cell, as a careful reader should give it."""

# How many new requests a year: most bodies have few, some none, a city's land bureau a hundred.
SIZES: Final = ((0, 2), (0, 4), (3, 14), (8, 30), (40, 130))
_SIZE_WEIGHTS: Final = (3, 3, 5, 3, 1)
_APPLICANT_WEIGHTS: Final = (80, 12, 1, 2, 4, 1)
_OUTCOME_WEIGHTS: Final = {
    "granted": 46,
    "granted_partial": 9,
    "denied.other_law_prohibits": 2,
    "denied.third_party_rights": 2,
    "denied.internal_affairs": 3,
    "denied.process_information": 3,
    "denied.administrative_inquiry": 3,
    "unable.not_held": 20,
    "unable.must_be_created": 4,
    "unable.still_unclear": 2,
    "not_processed.petition_complaint": 6,
    "not_processed.duplicate": 3,
    "other_handling.no_correction": 3,
    "other_handling.other": 2,
}


def unit_figures(rng: random.Random, years: Sequence[int], *, makes_rules: bool) -> dict[int, Figures]:
    """Draw the figures of one unit for consecutive years; `makes_rules` admits 规章 (rule C6: cities and
    above).
    """
    size = rng.choices(SIZES, _SIZE_WEIGHTS)[0]
    carried = dict.fromkeys(APPLICANTS, 0)
    stock = _Stock(rng, makes_rules=makes_rules)
    result = {}
    for year in years:
        form = forms.form_of_year(year)
        figures: Figures = {}
        stock.write_year(figures, form)
        carried = _write_requests(rng, figures, form, size, carried)
        _write_reviews(rng, figures, size)
        result[year] = figures
    return result


class _Stock:
    """What table two counts from year to year: documents in force, items of power, and their yearly use."""

    def __init__(self, rng: random.Random, *, makes_rules: bool) -> None:
        self._rng = rng
        self._in_force = {
            "rules": rng.randint(5, 40) if makes_rules else 0,
            "normative_documents": rng.choice((0, 0, rng.randint(2, 60))),
        }
        self._items = {
            "administrative_licensing": rng.choice((0, rng.randint(3, 40))),
            "other_external_services": rng.choice((0, rng.randint(4, 90))),
            "administrative_penalty": rng.choice((0, rng.randint(20, 400))),
            "administrative_compulsion": rng.choice((0, rng.randint(2, 20))),
            "administrative_fees": rng.choice((0, 0, rng.randint(1, 9))),
        }
        self._yearly = {row: items * rng.randint(1, 30) for row, items in self._items.items()}

    def write_year(self, figures: Figures, form: str) -> None:
        for row, before in self._in_force.items():
            issued = self._rng.randint(0, 1 + before // 6) if before else 0
            repealed = self._rng.randint(0, before // 8)
            if form == "2019":
                self._in_force[row] = before + issued
                printed = {"made": issued, "newly_disclosed": issued, "total_disclosed": before + issued}
            else:
                self._in_force[row] = before + issued - repealed
                printed = {"issued": issued, "repealed": repealed, "in_force": self._in_force[row]}
            for column, value in printed.items():
                figures[PROACTIVE, row, column] = value
        for row in ("administrative_licensing", "administrative_penalty", "administrative_compulsion"):
            figures[PROACTIVE, row, "decisions"] = self._decisions(row)
        if form == "2019":
            figures[PROACTIVE, "other_external_services", "decisions"] = self._decisions("other_external_services")
            self._write_items(figures)
            projects = self._rng.choice((0, self._rng.randint(1, 30)))
            figures[PROACTIVE, "central_procurement", "projects"] = projects
            figures[PROACTIVE, "central_procurement", "amount_yuan"] = str(projects * self._rng.randint(2000, 90000))
        else:
            figures[PROACTIVE, "administrative_fees", "amount_wan_yuan"] = self._fees()

    def _decisions(self, row: str) -> int:
        usual = self._yearly[row]
        return self._rng.randint(usual * 7 // 10, usual * 13 // 10)

    def _write_items(self, figures: Figures) -> None:
        for row, items in self._items.items():
            change = (
                self._rng.choice((0, 0, -self._rng.randint(0, items // 4), self._rng.randint(0, 3))) if items else 0
            )
            figures[PROACTIVE, row, "prior_items"] = items
            figures[PROACTIVE, row, "change"] = change
            self._items[row] = items + change

    def _fees(self) -> str:
        ten_thousandths = self._items["administrative_fees"] * self._rng.randint(0, 9_000_000)
        amount = Decimal(ten_thousandths).scaleb(-self._rng.choice((0, 1, 2, 4)))
        return format(amount.normalize(), "f") if amount else "0"


def _write_requests(
    rng: random.Random, figures: Figures, form: str, size: tuple[int, int], carried_in: Mapping[str, int]
) -> dict[str, int]:
    """Write table three and return what each column carries into the next year."""
    for row in forms.REQUEST_ROWS[form]:
        for column in REQUEST_COLUMNS:
            figures[REQUESTS, row.key, column] = 0
    new = dict.fromkeys(APPLICANTS, 0)
    for column in rng.choices(APPLICANTS, _APPLICANT_WEIGHTS, k=rng.randint(*size)):
        new[column] += 1
    carried_out = {}
    rows, weights = zip(*_OUTCOME_WEIGHTS.items(), strict=True)
    for column in APPLICANTS:
        at_hand = new[column] + carried_in[column]
        left = rng.randint(0, min(new[column], 1 + new[column] // 10))
        carried_out[column] = left
        _add(figures, "new_received", column, new[column])
        _add(figures, "carried_in", column, carried_in[column])
        for row in rng.choices(rows, weights, k=at_hand - left):
            _add(
                figures,
                row.partition(".")[0] if form == "2019" and row.startswith("other_handling") else row,
                column,
                1,
            )
        _add(figures, "total_processed", column, at_hand - left)
        _add(figures, "carried_out", column, left)
    return carried_out


def _add(figures: Figures, row: str, column: str, number: int) -> None:
    for key in ((REQUESTS, row, column), (REQUESTS, row, "total")):
        figures[key] = integer(figures, key) + number


def _write_reviews(rng: random.Random, figures: Figures, size: tuple[int, int]) -> None:
    for block in forms.REVIEW_BLOCKS:
        results = [rng.choice((0, 0, 1, rng.randint(0, 1 + size[1] // 12))) if size[1] > 4 else 0 for _ in range(4)]
        write_review(figures, block, results)


def write_review(figures: Figures, block: str, results: Sequence[int]) -> None:
    """Write one block of table four: upheld, corrected, other, pending, and their total."""
    for column, value in zip(forms.REVIEW_COLUMNS, (*results, sum(results)), strict=True):
        figures[REVIEW, block, column] = value


def integer(figures: Figures, key: CellKey) -> int:
    """Return a figure that is a count (0 where the form has no such cell); TypeError if it is an amount of
    money.
    """
    value = figures.get(key, 0)
    if isinstance(value, str):
        raise TypeError(f"{key} is an amount of money")
    return value


def total(figures: Figures, row: str) -> int:
    """Return the 总计 column of a row of table three; a group's name gives the sum of its rows."""
    return sum(
        integer(figures, key)
        for key in figures
        if key[0] == REQUESTS and key[2] == "total" and (key[1] == row or key[1].startswith(f"{row}."))
    )


def merge_other_handling(figures: Figures) -> None:
    """Print （六）其他处理 as the one row of the 2019 form."""
    for column in REQUEST_COLUMNS:
        parts = [key for key in figures if key[1].startswith("other_handling.") and key[2] == column]
        figures[REQUESTS, "other_handling", column] = sum(integer(figures, key) for key in parts)
        for key in parts:
            del figures[key]


def broken_sums(cells: Mapping[CellKey, Truth]) -> tuple[tuple[str, str], ...]:
    """List the equalities (rule, scope) that fully printed cells break; a blank input makes none."""
    rows = tuple(dict.fromkeys(row for table, row, _ in cells if table == REQUESTS))
    outcomes = [row for row in rows if row not in ("new_received", "carried_in", "total_processed", "carried_out")]

    def broken(left: Iterable[CellKey], right: Iterable[CellKey]) -> bool:
        sums = []
        for side in (left, right):
            values = [cells.get(key, ("absent", None))[1] for key in side]
            numbers = [value for value in values if isinstance(value, int)]
            if len(numbers) < len(values):
                return False
            sums.append(sum(numbers))
        return sums[0] != sums[1]

    def column_of(column: str, *names: str) -> list[CellKey]:
        return [(REQUESTS, name, column) for name in names]

    found = [
        ("A1", row)
        for row in rows
        if broken([(REQUESTS, row, column) for column in APPLICANTS], [(REQUESTS, row, "total")])
    ]
    for column in REQUEST_COLUMNS:
        if broken(
            column_of(column, "new_received", "carried_in"),
            column_of(column, "total_processed", "carried_out"),
        ):
            found.append(("A2", column))
        if broken(column_of(column, *outcomes), column_of(column, "total_processed")):
            found.append(("A3", column))
    for block in forms.REVIEW_BLOCKS:
        parts: list[CellKey] = [(REVIEW, block, column) for column in forms.REVIEW_COLUMNS[:-1]]
        if broken(parts, [(REVIEW, block, "total")]):
            found.append(("B1", block))
    return tuple(found)
