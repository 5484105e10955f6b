"""Two to six reports side by side: which cells differ from those of the first, and which sentences.

Guarantees: only cells that mean the same are said to differ or to agree (archive/comparable.toml, and over the change from lists to
forms archive/publication/crosswalk.toml: `same`); a cell of another form stands beside and is marked as not comparable; figures are as
printed, with what people corrected beside them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from datasette.utils.asgi import Request, Response

from archive.histories.diffs import TableComparison, compare_cells
from archive.histories.sentences import TextChange, compare_texts
from archive.labels import cell_label
from archive.publication.codebook import crosswalk
from archive.website import queries
from archive.website.answers import csv_answer, json_answer
from archive.website.asking import Rows, all_rows, ask, one_row
from archive.website.site import language_of, render
from parsers.model import Report, Section

if TYPE_CHECKING:  # Datasette loads this package while datasette.app is being imported
    from datasette.app import Datasette

CellKey = tuple[str, str, str]
Mark = Literal["first", "same", "differs", "apart"]
MOST = 6
SENTENCES = 150
"""Changed sentences that a page shows for a pair; the JSON has all."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A cell of one of the reports, None where it has none, and how it stands to the first one's."""

    cell: sqlite3.Row | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class Line:
    """A cell over all reports."""

    key: CellKey
    sides: tuple[Compared, ...]

    @property
    def differs(self) -> bool:
        """Tell whether one of the sides says something else than the first."""
        return any(side.mark == "differs" for side in self.sides)


@dataclass(frozen=True, slots=True)
class Shared:
    """A figure that the reports print in unlike forms and that means the same in them, called as in the crosswalk."""

    key: str
    zh: str
    en: str
    sides: tuple[Compared, ...]

    @property
    def differs(self) -> bool:
        """Tell whether one of the sides says something else than the first."""
        return any(side.mark == "differs" for side in self.sides)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Reports side by side; `tables` and `texts` hold for each report but the first how it stands to the first."""

    reports: Rows
    lines: tuple[Line, ...]
    shared: tuple[Shared, ...]
    tables: tuple[tuple[TableComparison, ...], ...]
    texts: tuple[tuple[TextChange, ...], ...]


def compare(db: sqlite3.Connection, ids: tuple[str, ...]) -> Comparison:
    """Compare the reports of these ids that the release has; the first is what the others are held against."""
    rows = [row for key in ids if (row := one_row(db, "SELECT * FROM report WHERE id = ?", key)) is not None]
    cells = [
        {(c["table"], c["row"], c["column"]): c for c in all_rows(db, "SELECT * FROM cell WHERE report_id = ? ORDER BY position", row["id"])}
        for row in rows
    ]  # fmt: skip
    if not rows:
        return Comparison([], (), (), (), ())
    whole = [as_read(db, row, list(found.values())) for row, found in zip(rows, cells, strict=True)]
    corrected = [_corrections(found) for found in cells]
    tables: list[tuple[TableComparison, ...]] = []
    marks: list[dict[CellKey, Mark]] = []
    for other, theirs in zip(whole[1:], corrected[1:], strict=True):
        compared, differing = compare_cells(whole[0], other, corrected[0], theirs)
        tables.append(compared)
        apart = [(t.table, row, column) for t in compared for row, _, column in (n.rpartition(".") for n in t.left_out)]
        marked: dict[CellKey, Mark] = dict.fromkeys(apart, "apart")
        marks.append(marked | {(d.table, d.row, d.column): "differs" for d in differing if not d.is_sum})
    keys = list(dict.fromkeys(key for found in cells for key in found))
    lines = tuple(
        Line(
            key,
            (
                Compared(cells[0].get(key), "first"),
                *(
                    Compared(found.get(key), marked.get(key, "same"))
                    for found, marked in zip(cells[1:], marks, strict=True)
                ),
            ),
        )
        for key in keys
    )
    texts = tuple(compare_texts(whole[0], other) for other in whole[1:])
    return Comparison(rows, lines, tuple(_shared(rows, cells)), tuple(tables), texts)


def _shared(rows: Rows, cells: Sequence[dict[CellKey, sqlite3.Row]]) -> Iterator[Shared]:
    """Yield what means the same in unlike forms, where two of the reports have it."""
    for concept in crosswalk():
        if concept["comparable"] != "same":
            continue
        found = [_of_concept(concept, row, one) for row, one in zip(rows, cells, strict=True)]
        if len({(cell["table"], cell["row"], cell["column"]) for cell in found if cell is not None}) < 2:
            continue  # in one form only: that stands among the lines
        first = found[0]
        sides = [Compared(first, "first")]
        for cell in found[1:]:
            if first is None or cell is None:
                sides.append(Compared(cell, "apart"))
            else:
                equal = (first["state"], first["value"]) == (cell["state"], cell["value"])
                sides.append(Compared(cell, "same" if equal else "differs"))
        yield Shared(concept["key"], concept["zh"], concept["en"], tuple(sides))


def _of_concept(concept: dict[str, str], row: sqlite3.Row, cells: dict[CellKey, sqlite3.Row]) -> sqlite3.Row | None:
    """Return the cell in which a report tells a concept, None where its form does not or tells it in several."""
    table, _, rest = concept.get("since_2019", "").partition("/")
    row_key, _, column = rest.partition("/")
    form = queries.forms(row).get("statistics")
    listed = None if form is None else concept.get("since_2014" if form == "statistics-2014" else "local", "")
    return cells.get((table, row_key, column)) or (cells.get(("statistics", listed, "value")) if listed else None)


def as_read(db: sqlite3.Connection, row: sqlite3.Row, cells: Rows) -> Report:
    """Return a report of the release as the parser handed it over, as far as a comparison looks at it."""
    sections = all_rows(db, "SELECT * FROM section WHERE report_id = ? ORDER BY position", row["id"])
    return Report(
        "report",
        row["parser_version"],
        title_raw=row["title_raw"],
        forms=queries.forms(row),
        sections=tuple(Section(s["number"], s["heading"], s["text"]) for s in sections),
        preface=row["preface"],
        cells=tuple(queries.as_cell(cell) for cell in cells),
    )


def _corrections(cells: dict[CellKey, sqlite3.Row]) -> dict[CellKey, tuple[str, int | str | None]]:
    return {
        key: (c["corrected_state"], c["corrected_value"])
        for key, c in cells.items()
        if c["corrected_state"] is not None
    }


def _asked(request: Request) -> tuple[str, ...]:
    return tuple(dict.fromkeys(request.args.getlist("r")))[:MOST]


async def page(request: Request, datasette: Datasette) -> Response:
    """Show reports side by side."""
    ids = _asked(request)
    found = await ask(datasette, lambda db: compare(db, ids))
    language, everything = language_of(request), request.args.get("all") == "1"
    over = len(set(request.args.getlist("r"))) - MOST
    lines = [line for line in found.lines if everything or line.differs]
    by_table: dict[str, list[Line]] = {}
    for line in lines:
        by_table.setdefault(line.key[0], []).append(line)
    return await render(
        datasette,
        request,
        "compare.html",
        found=found,
        by_table=by_table,
        shared=[line for line in found.shared if everything or line.differs],
        over=over,
        everything=everything,
        ids=[row["id"] for row in found.reports],
        gone=len(ids) - len(found.reports),
        most=MOST,
        shown=SENTENCES,
        cell_label=lambda *key: cell_label(*key, language),
    )


async def page_json(request: Request, datasette: Datasette) -> Response:
    """Give reports side by side, every cell of them and every sentence that differs."""
    ids = _asked(request)
    found = await ask(datasette, lambda db: compare(db, ids))
    return json_answer(
        {
            "reports": [
                {k: row[k] for k in ("id", "unit_id", "unit_name", "report_year", "scope")} for row in found.reports
            ],
            "cells": [
                {
                    "table": line.key[0],
                    "row": line.key[1],
                    "column": line.key[2],
                    "reports": [_side(s) for s in line.sides],
                }
                for line in found.lines
            ],
            "shared": [
                {"concept": line.key, "zh": line.zh, "en": line.en, "reports": [_side(s) for s in line.sides]}
                for line in found.shared
            ],
            "tables": [[_table(t) for t in tables] for tables in found.tables],
            "text": [[_change(change) for change in text] for text in found.texts],
        }
    )


def _side(side: Compared) -> dict[str, Any]:
    if side.cell is None:
        return {"state": "absent", "compared": side.mark}
    taken = ("table", "row", "column", "state", "value", "raw", "trust", "corrected_state", "corrected_value")
    return {name: side.cell[name] for name in taken} | {"compared": side.mark}


def _table(table: TableComparison) -> dict[str, Any]:
    taken = ("table", "form_before", "form_after", "status", "compared", "different", "left_out", "zh", "en")
    return {name: getattr(table, name) for name in taken}


def _change(change: TextChange) -> dict[str, Any]:
    return {name: getattr(change, name) for name in ("kind", "part_before", "part_after", "before", "after", "pieces")}


async def page_csv(request: Request, datasette: Datasette) -> Response:
    """Give every cell of the reports, a row a cell and three columns a report; last what means the same in unlike forms."""
    ids = _asked(request)
    found = await ask(datasette, lambda db: compare(db, ids))
    columns = ["table", "row", "column"]
    for row in found.reports:
        name = f"{row['unit_name']} {row['report_year']}"
        columns += [name, f"{name} trust", f"{name} compared"]
    rows: list[list[Any]] = []
    shared = [(("crosswalk", one.key, ""), one.sides) for one in found.shared]
    for key, sides in (*((line.key, line.sides) for line in found.lines), *shared):
        out: list[Any] = list(key)
        for side in sides:
            cell = side.cell
            out += ["", "", side.mark] if cell is None else [
                cell["value"] if cell["value"] is not None else cell["raw"], cell["trust"], side.mark
            ]  # fmt: skip
        rows.append(out)
    return csv_answer("gongkai-compare.csv", columns, rows)
