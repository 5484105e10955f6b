"""The register of quirks, and what they reach for in a report.

A quirk that takes information away (`destroys`) leaves cells that nobody can read for sure; all others leave every
figure as certain as it was. The truth travels with the boxes: a quirk that changes what a cell says changes it there.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.corpus.document import Block, Box, Grid, Line, Report, Sheet, Truth
from tests.corpus.forms import FORMS, REQUESTS
from tests.corpus.lists import LISTS

Apply = Callable[[Report, random.Random], None]
ApplyBlocks = Callable[[Report, list[Block], random.Random], None]

TABLED = frozenset(FORMS)
LISTED = frozenset(LISTS)
NATIONAL = frozenset(("statistics-2014",))
ANY_FORM = TABLED | LISTED
ANYWHERE = frozenset(("html", "pages", "text"))


@dataclass(frozen=True, slots=True)
class Quirk:
    """A named quirk; `families` says which kinds of rendering can carry it ("html", "pages", "drawn", "text").

    `forms` says which forms can. `part` is the kind of quirk it is. `destroys`: it takes information away.
    """

    name: str
    part: str
    on_report: Apply | None = None
    on_blocks: ApplyBlocks | None = None
    destroys: bool = False
    families: frozenset[str] = ANYWHERE
    forms: frozenset[str] = TABLED


QUIRKS: dict[str, Quirk] = {}
MARKUP = frozenset(("html",))
SPANS = frozenset(("html", "pages"))


def part_of(function: Callable[..., None]) -> str:
    """Return the name of the module that holds a quirk."""
    return function.__module__.rpartition(".")[2]


def on_report(
    name: str,
    *,
    destroys: bool = False,
    families: frozenset[str] = ANYWHERE,
    forms: frozenset[str] = TABLED,
) -> Callable[[Apply], Apply]:
    """Register a quirk that changes a report before its tables are laid out."""

    def register(function: Apply) -> Apply:
        QUIRKS[name] = Quirk(
            name, part_of(function), on_report=function, destroys=destroys, families=families, forms=forms
        )
        return function

    return register


def on_blocks(
    name: str,
    *,
    destroys: bool = False,
    families: frozenset[str] = ANYWHERE,
    forms: frozenset[str] = TABLED,
) -> Callable[[ApplyBlocks], ApplyBlocks]:
    """Register a quirk that changes the blocks of a finished report."""

    def register(function: ApplyBlocks) -> ApplyBlocks:
        QUIRKS[name] = Quirk(
            name, part_of(function), on_blocks=function, destroys=destroys, families=families, forms=forms
        )
        return function

    return register


def lines_of(report: Report, table: str) -> list[Line]:
    """Return the lines of a table that hold figures."""
    return [line for line in report.sheets[table].lines if not line.header]


def figures_of(report: Report, *tables: str) -> Iterator[Box]:
    """Yield the figures of tables, all of them where none is named."""
    for table in tables or tuple(report.sheets):
        for line in lines_of(report, table):
            yield from (b for b in line.boxes if b.key is not None)


def is_zero(box: Box) -> bool:
    """Tell whether a box says 0."""
    return box.truth is not None and box.truth.value in (0, "0")


def say(box: Box, text: str, state: str) -> None:
    """Make a box say something that is no value."""
    box.text, box.truth = text, Truth(state)


def leave_blank(box: Box) -> None:
    """Make a box blank."""
    say(box, "", "blank")


def some(rng: random.Random, boxes: list[Box], share: float) -> list[Box]:
    """Draw a share of boxes, at least one where there are any."""
    return rng.sample(boxes, max(1, round(len(boxes) * share))) if boxes else []


def counts_of(report: Report, *tables: str) -> list[Box]:
    """Return the boxes that hold a whole number."""
    return [b for b in figures_of(report, *tables) if b.truth is not None and isinstance(b.truth.value, int)]


def at_least(report: Report, least: int, *tables: str) -> list[Box]:
    """Return the boxes that hold a whole number of a certain size."""
    return [b for b in counts_of(report, *tables) if abs(count(b)) >= least]


def count(box: Box) -> int:
    """Return what a box says, 0 where it is no whole number."""
    return box.truth.value if box.truth is not None and isinstance(box.truth.value, int) else 0


def relabel(report: Report, change: Callable[[str], str], *, boxes: bool = True) -> None:
    """Change every label and header text."""
    for sheet in report.sheets.values():
        for line in sheet.lines:
            line.labels = [change(label) for label in line.labels]
            if boxes:
                for box in line.boxes:
                    if box.key is None:
                        box.text = change(box.text)
        for row in sheet.head:
            for box in row:
                box.text = change(box.text)


def requests_of(report: Report) -> Sheet:
    """Return table three."""
    return report.sheets[REQUESTS]


def row_of(report: Report, table: str, key: str) -> Line:
    """Return the line of a row."""
    return next(line for line in lines_of(report, table) if line.key == key)


def grids_of(blocks: list[Block], table: str) -> list[Grid]:
    """Return the laid out parts of a table that have more than a few rows."""
    return [b for b in blocks if isinstance(b, Grid) and b.table == table and len(b.rows) > 8]
