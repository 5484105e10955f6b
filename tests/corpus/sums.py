"""Which printed cells stand in a sum that does not hold (A1-A3, B1): these a reader has to dispute, and no others.

Worked out from what is printed, by the forms of `forms.py`; the reader's rules are not asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.corpus.document import Key, Truth
from tests.corpus.forms import (
    FORMS,
    PERSONS,
    REQUEST_ROWS,
    REQUESTS,
    REVIEW,
    REVIEW_COLUMNS,
    REVIEW_ROWS,
    outcome_keys,
)

Equality = tuple[list[Key], list[Key]]


def contested(truth: Mapping[Key, Truth], form: str) -> frozenset[Key]:
    """Return the cells of every sum that is printed in full and does not hold.

    A sum with a blank, a dash or words in it, or with a row that is not printed, says nothing of its other cells.
    """
    if form not in FORMS:
        return frozenset()  # no rule holds the lists to account
    broken: set[Key] = set()
    for left, right in _equalities(FORMS[form][1]):
        sides = [[truth[k].value if k in truth else None for k in side] for side in (left, right)]
        if not all(isinstance(value, int) for side in sides for value in side):
            continue
        if sum(v for v in sides[0] if isinstance(v, int)) != sum(v for v in sides[1] if isinstance(v, int)):
            broken.update(left, right)
    return frozenset(broken)


def _equalities(form: str) -> Iterator[Equality]:
    columns = [key for _, key in PERSONS]
    for _, row in REQUEST_ROWS[form]:
        yield [(REQUESTS, row, c) for c in columns[:-1]], [(REQUESTS, row, columns[-1])]
    for column in columns:
        done = (REQUESTS, "total_processed", column)
        yield (
            [(REQUESTS, row, column) for row in ("new_received", "carried_in")],
            [done, (REQUESTS, "carried_out", column)],
        )
        yield [(REQUESTS, row, column) for row in outcome_keys(form)], [done]
    leaves = [key for _, key in REVIEW_COLUMNS]
    for _, row in REVIEW_ROWS:
        yield [(REVIEW, row, c) for c in leaves[:-1]], [(REVIEW, row, leaves[-1])]
