"""Readings as rows of their tables: made where a body is read, so that whoever keeps them has only to insert.

Guarantees: a report gives the same rows wherever it is read; all are plain tuples, which cross a pipe in a sixth of the time of a Report.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from archive.keys import dump_json
from parsers import Report
from parsers.model import Verdict
from parsers.normalize import squeeze


@dataclass(frozen=True, slots=True)
class ReadingRows:
    """A reading: the columns of `reading` after key, body and address, and by table the rows below it after its key."""

    verdict: Verdict
    parser_version: int
    reading: tuple[Any, ...]
    below: dict[str, list[tuple[Any, ...]]]


def rows_of(report: Report) -> ReadingRows:
    """Return a report as rows."""
    region = report.region
    return ReadingRows(
        report.verdict,
        report.parser_version,
        (
            report.parser_version,
            report.verdict,
            report.format,
            report.encoding,
            report.title,
            report.title_raw,
            report.issuer,
            report.issuer_raw,
            report.report_year,
            region.code if region else None,
            region.name if region else None,
            dump_json(region.evidence) if region else None,
            report.published,
            report.script,
            dump_json(report.forms),
            report.preface,
            text_hash(report),
            data_hash(report),
        ),
        {
            "section": [(i, s.number, s.heading, s.text) for i, s in enumerate(report.sections)],
            "cell": [
                (
                    c.table, c.row, c.column, i, c.state, c.value, c.raw, c.unit, c.label, c.trust,
                    dump_json(c.where.to_json()),
                )
                for i, c in enumerate(report.cells)
            ],
            "check_result": [
                (i, c.rule, c.scope, c.status, printed(c.left), printed(c.right), c.note)
                for i, c in enumerate(report.checks)
            ],
            "finding": [
                (i, f.code, f.severity, f.message, f.message_zh, dump_json(f.where.to_json()) if f.where else None)
                for i, f in enumerate(report.findings)
            ],
        },
    )  # fmt: skip


def printed(value: int | str | None) -> str | None:
    """Return a side of a check as it is kept."""
    return None if value is None else str(value)


def text_hash(report: Report) -> str:
    """Return the hash of what a report says in words: title, preface, headings and prose, white space aside."""
    parts = [report.title_raw or "", report.preface or ""]
    for section in report.sections:
        parts += [section.heading, section.text]
    return hashlib.sha256("\x1f".join(squeeze(p) for p in parts).encode()).hexdigest()


def data_hash(report: Report) -> str:
    """Return the hash of what a report says in figures: state, value and unit of every cell."""
    lines = sorted(f"{c.table}/{c.row}/{c.column}={c.state}:{c.value}:{c.unit or ''}" for c in report.cells)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
