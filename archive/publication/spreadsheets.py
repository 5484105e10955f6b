"""Writes a release's figures as CSV: `reports.csv` and its twin of trust (a row a report), `cells.csv` (a row a cell), and
`corrections.csv` (a row a decision of a person).

Guarantees: UTF-8 with a byte order mark (Excel reads it as Chinese), one line ending; rows are streamed; text that a
spreadsheet would run as a formula is defused with a leading apostrophe, figures never are. An empty figure has its
letters in the twin, and an absent cell is empty in both.
"""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from parsers.templates import FORMS, TABLES, load_form

CellKey = tuple[str, str, str]

FIXED = (
    "report_id",
    "unit_id",
    "unit",
    "place_code",
    "place_name",
    "report_year",
    "title",
    "published",
    "state",
    "source_url",
    "captured_at",
    "imported",
    "forms",
    "notice",
)
LONG = (
    "report_id",
    "unit",
    "place_code",
    "report_year",
    "table",
    "row",
    "column",
    "state",
    "value",
    "raw",
    "unit_printed",
    "label",
    "trust",
    "corrected_state",
    "corrected_value",
    "where",
    "source_url",
    "captured_at",
    "notice",
)
CORRECTIONS = (
    "report_id",
    "unit",
    "place_code",
    "report_year",
    "table",
    "row",
    "column",
    "identity",
    "document_url",
    "printed_state",
    "printed_value",
    "corrected_state",
    "corrected_value",
    "agrees",
    "why",
    "evidence",
    "author",
    "made_at",
    "correction_id",
    "notice",
)

TRUST_LETTERS = {"verified": "v", "stated": "s", "inferred": "i", "disputed": "d"}
STATE_LETTERS = {"value": "", "blank": "b", "dash": "n", "text": "t", "undecidable": "u"}

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def defuse(text: str | None) -> str:
    """Return `text` so that no spreadsheet takes it for a formula (OWASP, "CSV Injection")."""
    if text is None:
        return ""
    return f"'{text}" if text.startswith(_FORMULA) else text


def wide_columns() -> tuple[CellKey, ...]:
    """Return every cell of the official forms, tables in order, the present generation of each first."""
    keys: dict[CellKey, None] = {}
    for table in TABLES:
        for name in FORMS[table]:
            form = load_form(table, name)
            keys.update(((table, row.key, column.key), None) for row in form.rows for column in form.columns_of(row))
    return tuple(keys)


def letters(state: str, trust: str | None) -> str:
    """Return a cell's letters in the twin: trust (v s i d), then its state where it is not a figure (b n t u)."""
    return TRUST_LETTERS.get(trust or "", "") + STATE_LETTERS[state]


def write_wide(db: sqlite3.Connection, figures: Path, trust: Path) -> int:
    """Write the two files of a row a report; return the number of rows of each."""
    keys = wide_columns()
    place = {key: number for number, key in enumerate(keys)}
    header = (*FIXED, *(".".join(key) for key in keys))
    written = 0
    with (
        figures.open("w", encoding="utf-8-sig", newline="") as first,
        trust.open("w", encoding="utf-8-sig", newline="") as second,
    ):
        value_rows, trust_rows = csv.writer(first, lineterminator="\n"), csv.writer(second, lineterminator="\n")
        value_rows.writerow(header)
        trust_rows.writerow(header)
        for fixed, cells in _reports(db):
            values: list[object] = [""] * len(keys)
            marks = [""] * len(keys)
            for table, row, column, state, value, level in cells:
                position = place.get((table, row, column))
                if position is not None:
                    values[position] = "" if value is None else value
                    marks[position] = letters(state, level)
            value_rows.writerow((*fixed, *values))
            trust_rows.writerow((*fixed, *marks))
            written += 1
    return written


def _reports(db: sqlite3.Connection) -> Iterator[tuple[tuple[object, ...], Iterable[tuple[str, ...]]]]:
    """Yield each report's fixed columns and its cells, in the order of report ids."""
    cells = groupby(
        db.execute(
            'SELECT report_id, "table", "row", "column", state, value, trust FROM cell'
            ' ORDER BY report_id, "table", "row", "column"'
        ),
        key=lambda row: row[0],
    )
    group = next(cells, None)
    for row in db.execute(
        """SELECT p.id, p.unit_id, p.unit_name, p.place_code, p.place_name, p.report_year, p.title, p.published,
                  p.state, p.source_url, p.captured_at, p.imported, p.forms, r.notice
           FROM report p, release r ORDER BY p.id"""
    ):
        own: list[tuple[str, ...]] = []
        if group is not None and group[0] == row[0]:
            own = [cell[1:] for cell in group[1]]
            group = next(cells, None)
        yield tuple(defuse(v) if isinstance(v, str) else v for v in row), own


def write_long(db: sqlite3.Connection, path: Path) -> int:
    """Write the file of a row a cell; return the number of rows."""
    rows = db.execute(
        """SELECT p.id, p.unit_name, p.place_code, p.report_year, c."table", c."row", c."column", c.state, c.value,
                  c.raw, c.unit, c.label, c.trust, c.corrected_state, c.corrected_value, c."where", p.source_url, p.captured_at,
                  r.notice
           FROM report p JOIN cell c ON c.report_id = p.id, release r ORDER BY p.id, c.position"""
    )
    return _write_rows(path, LONG, rows)


def write_corrections(db: sqlite3.Connection, path: Path) -> int:
    """Write the file of a row a correction; return the number of rows."""
    rows = db.execute(
        """SELECT p.id, p.unit_name, p.place_code, p.report_year, c."table", c."row", c."column", c.field, c.url,
                  c.printed_state, c.printed_value, c.state, c.value, c.agrees, c.why, c.evidence, c.author, c.made_at, c.id,
                  r.notice
           FROM correction c JOIN report p ON p.id = c.report_id, release r ORDER BY p.id, c.made_at, c.id"""
    )
    return _write_rows(path, CORRECTIONS, rows)


def _write_rows(path: Path, header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> int:
    """Write rows with text defused and figures as they are; a corrected value may also be the name of a unit."""
    figures = {i for i, name in enumerate(header) if name.endswith("value")}
    written = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        for row in rows:
            out.writerow(
                v if not isinstance(v, str) or (i in figures and _is_figure(v)) else defuse(v)
                for i, v in enumerate(row)
            )
            written += 1
    return written


def _is_figure(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()
