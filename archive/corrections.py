"""What a person decided about a figure that was printed or read wrong; it stands beside the reading and never in its place.

Guarantees: a correction names its author, its reason and its time; it is never changed or deleted, only undone by another
row; it belongs to a cell of a report (unit, year, scope) and so outlives every reading, and says whether today's agrees.
"""

from __future__ import annotations

import csv
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.clock import timestamp
from archive.queries import ReportKey, find_report
from archive.store import Archive, digest
from parsers.errors import GongkaiError, NotFoundError, UsageError
from parsers.templates import FORMS, Column, load_form

_COUNT = re.compile(r"0|[1-9]\d*")
_CHANGE = re.compile(r"0|-?[1-9]\d*")
_MONEY = re.compile(r"(?:0|[1-9]\d*)(?:\.\d+)?")
_COLUMNS = ("report", "cell", "value", "why")


@dataclass(frozen=True, slots=True)
class Correction:
    """A decision in force on one cell; `agrees` tells whether the shown reading says the same (None: it has no such cell)."""

    id: str
    cell: tuple[str, str, str]
    state: str
    value: int | str | None
    why: str
    evidence: str | None
    author: str
    made_at: str
    agrees: bool | None


def correct(
    archive: Archive, report: str, cell: str, value: str, *, why: str, author: str, evidence: str | None = None
) -> str:
    """Correct the cell `table/row/column` of `report` (UNIT/YEAR) to `value`, or to `blank` or `dash`; return its key.

    Raises NotFoundError for a report that is not there, UsageError for what is no cell, no figure or no reason.
    """
    key, _ = find_report(archive.db, report)
    table, row, column = _cell(archive.db, key, cell)
    state, figure = _value(table, row, column, value)
    for name, name_zh, text in (("--why", "--why", why), ("--author", "--author", author)):
        if not text.strip():
            raise UsageError(f"{name} must say something", f"{name_zh} 不能为空")
    return _insert(archive, key, (table, row, column), state, figure, why, evidence, author, None)


def undo(archive: Archive, correction_id: str, *, why: str, author: str) -> str:
    """Take a correction back by another row; raises NotFoundError where there is none in force of that key."""
    row = archive.db.execute(
        """SELECT * FROM correction c WHERE id GLOB ? AND undoes IS NULL
           AND NOT EXISTS (SELECT 1 FROM correction u WHERE u.undoes = c.id)""",
        (f"{correction_id}*",),
    ).fetchall()
    if len(row) != 1 or not correction_id:
        raise NotFoundError(
            f"{len(row)} corrections in force begin with {correction_id!r}: `gongkai show REPORT` lists them",
            f"以“{correction_id}”开头的有效更正有 {len(row)} 条：`gongkai show 报告` 可列出",
        )
    (c,) = row
    key = ReportKey("", c["unit_id"], "", c["report_year"], c["scope"], "")
    cell = (c["table"], c["row"], c["column"])
    return _insert(archive, key, cell, c["state"], c["value"], why, None, author, c["id"])


def import_corrections(archive: Archive, path: Path, *, author: str) -> list[tuple[int, GongkaiError]]:
    """Make the corrections of a CSV file (columns report, cell, value, why; evidence and author where it has them).

    All or none: returns the faulty lines (number, error), and writes nothing where there is one.
    """
    faults: list[tuple[int, GongkaiError]] = []
    archive.db.execute("BEGIN IMMEDIATE")
    try:
        for number, line in _lines(path):
            try:
                correct(
                    archive,
                    line["report"],
                    line["cell"],
                    line["value"],
                    why=line["why"],
                    author=line.get("author") or author,
                    evidence=line.get("evidence") or None,
                )
            except GongkaiError as error:
                faults.append((number, error))
    except BaseException:
        archive.db.execute("ROLLBACK")
        raise
    archive.db.execute("ROLLBACK" if faults else "COMMIT")
    return faults


def corrections_of(db: sqlite3.Connection, report: ReportKey) -> list[Correction]:
    """Return the corrections in force on a report, in the order of their cells."""
    rows = db.execute(
        """SELECT k.*, x.state AS read_state, x.value AS read_value FROM correction_in_force k
           LEFT JOIN shown_reading s ON s.report_id = ?
           LEFT JOIN cell x ON x.reading_id = s.reading_id
             AND x."table" = k."table" AND x."row" = k."row" AND x."column" = k."column"
           WHERE k.unit_id = ? AND k.report_year = ? AND k.scope = ? ORDER BY k."table", k."row", k."column" """,
        (report.id, report.unit_id, report.report_year, report.scope),
    )
    return [
        Correction(
            r["id"],
            (r["table"], r["row"], r["column"]),
            r["state"],
            r["value"],
            r["why"],
            r["evidence"],
            r["author"],
            r["made_at"],
            None if r["read_state"] is None else (r["read_state"], r["read_value"]) == (r["state"], r["value"]),
        )
        for r in rows
    ]


def _insert(
    archive: Archive,
    report: ReportKey,
    cell: tuple[str, str, str],
    state: str,
    value: int | str | None,
    why: str,
    evidence: str | None,
    author: str,
    undoes: str | None,
) -> str:
    at = timestamp(archive.clock.now())
    place = (report.unit_id, report.report_year, report.scope, *cell)
    key = digest("correction", *place, state, value, why, author, at, undoes)
    with archive.transaction():
        archive.db.execute(
            "INSERT OR IGNORE INTO correction VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (key, *place, state, value, why.strip(), evidence, author.strip(), at, undoes),
        )
    return key


def _cell(db: sqlite3.Connection, report: ReportKey, text: str) -> tuple[str, str, str]:
    """Return the parts of CELL: one of the official forms, or one that the report has (lists before 2019)."""
    parts = tuple(text.split("/"))
    if len(parts) == 3:
        if _column(*parts) is not None:
            return parts
        shown = """SELECT 1 FROM shown_reading s JOIN cell c ON c.reading_id = s.reading_id
                   WHERE s.report_id = ? AND c."table" = ? AND c."row" = ? AND c."column" = ?"""
        if db.execute(shown, (report.id, *parts)).fetchone():
            return parts
    raise UsageError(
        f"{text!r} is no cell: write table/row/column as in `gongkai show --json`, e.g. requests/new_received/total",
        f"“{text}”不是单元格：请按 `gongkai show --json` 写“表/行/列”，例如 requests/new_received/total",
    )


def _column(table: str, row: str, column: str) -> Column | None:
    for name in FORMS.get(table, ()):
        form = load_form(table, name)
        for candidate in form.rows:
            if candidate.key == row:
                for found in form.columns_of(candidate):
                    if found.key == column:
                        return found
    return None


def _value(table: str, row: str, column: str, text: str) -> tuple[str, int | str | None]:
    """Return (state, value) of what a person wrote, in the writing of the column's kind."""
    if text in ("blank", "dash"):
        return text, None
    known = _column(table, row, column)
    if known is None:  # a list before 2019: counts and amounts alike
        if _MONEY.fullmatch(text):
            return "value", int(text) if _COUNT.fullmatch(text) else text
    elif known.kind in ("yuan", "wan_yuan"):
        if _MONEY.fullmatch(text):
            return "value", text
    elif (_CHANGE if known.kind == "signed" else _COUNT).fullmatch(text):
        return "value", int(text)
    raise UsageError(
        f"{text!r} is no value of {table}/{row}/{column}: write digits alone, or blank, or dash",
        f"“{text}”不能作为 {table}/{row}/{column} 的值：只写数字，或 blank（空白）、dash（横线）",
    )


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line number, fields) of a CSV file; raises UsageError where columns are missing."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise UsageError(
                f"{path}: the columns {', '.join(missing)} are missing; it must have {', '.join(_COLUMNS)}",
                f"{path}：缺少列 {'、'.join(missing)}；须有 {'、'.join(_COLUMNS)}",
            )
        for line in reader:
            yield reader.line_num, {name: value or "" for name, value in line.items() if name}
