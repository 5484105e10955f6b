"""What a person decided about a figure that was printed or read wrong, or about whose report a document is.

It stands beside the reading and never in its place.

Guarantees: a correction names its author, its reason and its time; it is never changed or deleted, only undone by another
row; one on a figure belongs to a cell of a report (unit, year, scope), one on an identity to a document
(archive/register/identity.py), so that both outlive every reading, and say whether today's agrees.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.clock import timestamp
from archive.decisions.files import keep_lines
from archive.decisions.said import demand_said
from archive.keys import digest
from archive.queries import ReportKey, find_report
from archive.register.identity import IdentityCorrection, correct_identity, identity_corrections, undo_identity
from archive.store import Archive
from parsers.errors import GongkaiError, NotFoundError, UsageError
from parsers.templates import FORMS, STATISTICS_FORMS, Column, Kind, load_form

_COUNT = re.compile(r"0|[1-9]\d*")
_CHANGE = re.compile(r"0|-?[1-9]\d*")
_MONEY = re.compile(r"(?:0|[1-9]\d*)(?:\.\d+)?")
_COLUMNS = ("report", "cell", "value", "why")
_IDENTITY = "identity/"


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
    demand_said(why=why, author=author)
    key, _ = find_report(archive.db, report)
    table, row, column = _cell(archive.db, key, cell)
    state, figure = _value(table, row, column, value)
    (url,) = archive.db.execute("SELECT url FROM document WHERE id = ?", (key.preferred_document,)).fetchone()
    return _insert(archive, key, (table, row, column), state, figure, why, evidence, author, url, None)


def decide_identity(
    archive: Archive, report: str, what: str, value: str, *, why: str, author: str, evidence: str | None = None
) -> tuple[str, ...]:
    """Correct `identity/unit`, `/year`, `/scope` or `/place` of every document of `report`, or of the document at an address.

    Returns the keys; the next derivation of versions files the documents again. Raises as `correct` does.
    """
    demand_said(why=why, author=author)
    field = what.removeprefix(_IDENTITY)
    with archive.transaction():
        return tuple(
            correct_identity(archive, url, field, value, why=why, author=author, evidence=evidence)
            for url in _addresses(archive.db, report)
        )


def is_identity(cell: str) -> bool:
    """Tell whether CELL names an identity and no figure."""
    return cell.startswith(_IDENTITY)


def _addresses(db: sqlite3.Connection, report: str) -> list[str]:
    """Return the addresses of a report's documents, or the one that is named: a document that could not be filed has no other name."""
    if db.execute("SELECT 1 FROM reading WHERE url = ? AND verdict = 'report'", (report,)).fetchone():
        return [report]
    key, _ = find_report(db, report)
    return [row[0] for row in db.execute("SELECT url FROM document WHERE report_id = ? ORDER BY url", (key.id,))]


def undo(archive: Archive, correction_id: str, *, why: str, author: str) -> str:
    """Take a correction back by another row; raises NotFoundError where there is none in force of that key."""
    demand_said(why=why, author=author)
    found = archive.db.execute(
        """SELECT id, 'correction' AS kind FROM correction c WHERE id GLOB :id AND undoes IS NULL
           AND NOT EXISTS (SELECT 1 FROM correction u WHERE u.undoes = c.id)
           UNION ALL SELECT id, 'identity' FROM identity_correction c WHERE id GLOB :id AND undoes IS NULL
           AND NOT EXISTS (SELECT 1 FROM identity_correction u WHERE u.undoes = c.id)""",
        {"id": f"{correction_id}*"},
    ).fetchall()
    if len(found) != 1 or not correction_id.isalnum():
        raise NotFoundError(
            f"{len(found)} corrections in force begin with {correction_id!r}: `gongkai log REPORT` lists them",
            f"以“{correction_id}”开头的有效更正有 {len(found)} 条：`gongkai log 报告` 可列出",
        )
    ((key, kind),) = found
    if kind == "identity":
        return undo_identity(archive, key, why=why, author=author)
    c = archive.db.execute("SELECT * FROM correction WHERE id = ?", (key,)).fetchone()
    report = ReportKey("", c["unit_id"], "", c["report_year"], c["scope"], "")
    cell = (c["table"], c["row"], c["column"])
    return _insert(archive, report, cell, c["state"], c["value"], why, None, author, c["url"], c["id"])


def import_corrections(archive: Archive, path: Path, *, author: str) -> list[tuple[int, GongkaiError]]:
    """Make the corrections of a CSV file (columns report, cell, value, why; evidence and author where it has them).

    All or none: returns the faulty lines (number, error), and writes nothing where there is one.
    """

    def keep(line: Mapping[str, str]) -> None:
        (decide_identity if is_identity(line["cell"]) else correct)(
            archive,
            line["report"],
            line["cell"],
            line["value"],
            why=line["why"],
            author=line.get("author") or author,
            evidence=line.get("evidence") or None,
        )

    return keep_lines(archive, path, _COLUMNS, keep)


def corrections_of(db: sqlite3.Connection, report: ReportKey) -> list[Correction]:
    """Return the corrections in force on a report, in the order of their cells."""
    rows = db.execute(
        """SELECT k.*, x.state AS read_state, x.value AS read_value FROM correction_in_force k
           LEFT JOIN shown_reading s ON s.report_id = k.report_id
           LEFT JOIN cell x ON x.reading_id = s.reading_id
             AND x."table" = k."table" AND x."row" = k."row" AND x."column" = k."column"
           WHERE k.report_id = ? ORDER BY k."table", k."row", k."column" """,
        (report.id,),
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


@dataclass(frozen=True, slots=True)
class Decided:
    """A row of a report's decisions, undone and undoing ones too; `what` is a cell or `identity/FIELD`."""

    id: str
    made_at: str
    what: str
    value: str
    why: str
    evidence: str | None
    author: str
    url: str | None
    undoes: str | None
    is_in_force: bool


def decisions_on(db: sqlite3.Connection, report: ReportKey) -> list[Decided]:
    """Return everything that people decided on a report's figures and its documents' identity, oldest first."""
    rows = db.execute(
        """SELECT c.id, c.made_at, c."table" || '/' || c."row" || '/' || c."column" AS what,
                  CASE c.state WHEN 'value' THEN CAST(c.value AS TEXT) ELSE c.state END AS value, c.why, c.evidence, c.author,
                  c.url, c.undoes, c.id IN (SELECT id FROM correction_in_force) AS is_in_force
           FROM correction_of_report c WHERE c.report_id = :report
           UNION ALL
           SELECT i.id, i.made_at, 'identity/' || i.field, i.value, i.why, i.evidence, i.author, i.url, i.undoes,
                  i.id IN (SELECT id FROM identity_in_force)
           FROM identity_correction i JOIN document d ON d.url = i.url WHERE d.report_id = :report ORDER BY 2, 1""",
        {"report": report.id},
    )
    return [
        Decided(
            r["id"], r["made_at"], r["what"], r["value"], r["why"], r["evidence"], r["author"], r["url"], r["undoes"],
            bool(r["is_in_force"]),
        )
        for r in rows
    ]  # fmt: skip


def figures_in_force(
    db: sqlite3.Connection, report: ReportKey
) -> dict[tuple[str, str, str], tuple[str, int | str | None]]:
    """Return (state, value) of each cell that a correction in force names."""
    return {c.cell: (c.state, c.value) for c in corrections_of(db, report)}


def identities_of(db: sqlite3.Connection, report: ReportKey) -> list[IdentityCorrection]:
    """Return the identity corrections in force on a report's documents, in the order of addresses and fields."""
    urls = db.execute("SELECT url FROM document WHERE report_id = ? ORDER BY url", (report.id,)).fetchall()
    return [correction for (url,) in urls for correction in identity_corrections(db, url)]


def _insert(
    archive: Archive,
    report: ReportKey,
    cell: tuple[str, str, str],
    state: str,
    value: int | str | None,
    why: str,
    evidence: str | None,
    author: str,
    url: str | None,
    undoes: str | None,
) -> str:
    at = timestamp(archive.clock.now())
    place = (report.unit_id, report.report_year, report.scope, *cell)
    key = digest("correction", *place, state, value, why, author, at, undoes)
    with archive.transaction():
        archive.db.execute(
            "INSERT OR IGNORE INTO correction VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (key, *place, state, value, why.strip(), evidence, author.strip(), at, undoes, url),
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


def _kind(table: str, row: str, column: str) -> Kind | None:
    """Return how a cell's figures are written; None for a row that only its report knows."""
    if table != "statistics":
        known = _column(table, row, column)
        return known.kind if known else None
    rows = (r for name in STATISTICS_FORMS for r in load_form(table, name).rows)
    return next((r.kind for r in rows if r.key == row), None)


def _value(table: str, row: str, column: str, text: str) -> tuple[str, int | str | None]:
    """Return (state, value) of what a person wrote, in the writing of the column's kind."""
    if text in ("blank", "dash"):
        return text, None
    kind = _kind(table, row, column)
    if kind is None:  # counts and amounts alike
        if _MONEY.fullmatch(text):
            return "value", int(text) if _COUNT.fullmatch(text) else text
    elif kind in ("yuan", "wan_yuan"):
        if _MONEY.fullmatch(text):
            return "value", text
    elif (_CHANGE if kind == "signed" else _COUNT).fullmatch(text):
        return "value", int(text)
    raise UsageError(
        f"{text!r} is no value of {table}/{row}/{column}: write digits alone, or blank, or dash",
        f"“{text}”不能作为 {table}/{row}/{column} 的值：只写数字，或 blank（空白）、dash（横线）",
    )
