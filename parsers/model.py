"""What the parsers hand over: Document (what a reader saw) and Report (what it means).

All are frozen; `Report.to_json` is the contract `gongkai.report/1` of `gongkai parse`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

PARSER_VERSION = 1
"""Raised whenever the reading of any fixture changes; a test sees to it."""

State = Literal["value", "blank", "dash", "text", "undecidable"]
Trust = Literal["disputed", "inferred", "verified", "stated"]
Status = Literal["pass", "pass_blank_as_zero", "fail", "not_assessable"]
Severity = Literal["error", "warning", "note"]
Verdict = Literal["report", "index", "attachment", "challenge", "blocked", "soft_404", "empty", "unreadable", "other"]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Where:
    """A cell's place: block in the Document, row and column in its grid, all from 0; page from 1, box in points."""

    block: int
    row: int
    column: int
    page: int | None = None
    box: Box | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the position with page and box only where the format has pages."""
        out: dict[str, Any] = {"block": self.block, "row": self.row, "column": self.column}
        if self.page is not None:
            out["page"] = self.page
        if self.box is not None:
            out["box"] = list(self.box)
        return out


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell of the source: its text as printed, and the grid columns and rows it covers.

    `row` and `column` are its top left corner after spans are laid out; `colspan`/`rowspan` are at least 1.
    """

    text: str
    row: int
    column: int
    rowspan: int = 1
    colspan: int = 1
    page: int | None = None
    box: Box | None = None
    printed: str | None = None
    """What is printed there, where `text` is only a part of it (digits that lost their borders)."""
    doubt: tuple[str, ...] = ()
    """Other figures that a recogniser admits there, best first; empty where `text` is sure."""
    glued: bool = False
    """The figures of a whole row stand here, with the borders between them lost."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: for each row the cells that cover it, left to right (a cell with rowspan stands in several rows).

    `spans_known` is false for text captures, where spanned cells were dropped or written as fillers and a
    column index says little.
    """

    rows: tuple[tuple[GridCell, ...], ...]
    spans_known: bool = True

    @property
    def width(self) -> int:
        """Return the number of columns of the widest row."""
        return max((c.column + c.colspan for row in self.rows for c in row), default=0)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of text between block boundaries, as printed."""

    text: str


Block = Paragraph | Grid


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader saw: blocks in reading order, with what the page says about itself."""

    blocks: tuple[Block, ...]
    format: str
    metadata: dict[str, str] = field(default_factory=dict)
    encoding: str | None = None
    findings: tuple[Finding, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    """(address as written, text) of each link, in order."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Anything a person should know: code (see templates/findings.toml), severity, message in both languages."""

    code: str
    severity: Severity
    message: str
    message_zh: str
    where: Where | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the finding as JSON data."""
        out: dict[str, Any] = {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "message_zh": self.message_zh,
        }
        if self.where is not None:
            out["where"] = self.where.to_json()
        return out


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure: `value` is an int, a decimal string for money, or None unless `state` is "value"."""

    table: str
    row: str
    column: str
    state: State
    value: int | str | None
    raw: str
    trust: Trust | None
    where: Where
    unit: str | None = None
    label: str | None = None
    """The printed name of a row that no form knows (`unmatched.N`)."""

    @property
    def key(self) -> tuple[str, str, str]:
        """Return (table, row, column)."""
        return (self.table, self.row, self.column)

    def to_json(self) -> dict[str, Any]:
        """Return the cell in the order of keys of the contract."""
        out: dict[str, Any] = {
            "table": self.table,
            "row": self.row,
            "column": self.column,
            "state": self.state,
            "value": self.value,
            "raw": self.raw,
            "trust": self.trust,
            "where": self.where.to_json(),
        }
        if self.unit is not None:
            out["unit"] = self.unit
        if self.label is not None:
            out["label"] = self.label
        return out


@dataclass(frozen=True, slots=True)
class Check:
    """One rule applied: both sides (None where not assessable) and the outcome."""

    rule: str
    scope: str
    status: Status
    left: int | str | None
    right: int | str | None
    note: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the check as JSON data."""
        out: dict[str, Any] = {
            "rule": self.rule,
            "scope": self.scope,
            "status": self.status,
            "left": self.left,
            "right": self.right,
        }
        if self.note is not None:
            out["note"] = self.note
        return out


@dataclass(frozen=True, slots=True)
class Section:
    """One of the six sections (or an older report's own): heading and prose as printed, tables cut out."""

    number: int
    heading: str
    text: str

    def to_json(self) -> dict[str, Any]:
        """Return the section as JSON data."""
        return {"number": self.number, "heading": self.heading, "text": self.text}


@dataclass(frozen=True, slots=True)
class Region:
    """The place a body belongs to: GB/T 2260 code, full name, and where the evidence was found."""

    code: str
    name: str
    evidence: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the region as JSON data."""
        return {"code": self.code, "name": self.name, "evidence": list(self.evidence)}


@dataclass(frozen=True, slots=True)
class Report:
    """What one body of bytes says, with how far each figure may be trusted."""

    verdict: Verdict
    parser_version: int
    title: str | None = None
    title_raw: str | None = None
    issuer: str | None = None
    issuer_raw: str | None = None
    report_year: int | None = None
    region: Region | None = None
    published: str | None = None
    script: str | None = None
    forms: dict[str, str] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    preface: str | None = None
    cells: tuple[Cell, ...] = ()
    checks: tuple[Check, ...] = ()
    findings: tuple[Finding, ...] = ()
    format: str | None = None
    encoding: str | None = None

    def to_json(self, source: str | None = None) -> dict[str, Any]:
        """Return the object that `gongkai parse --json` prints, keys in the order of design 3.1."""
        return {
            "schema": "gongkai.report/1",
            "source": source,
            "verdict": self.verdict,
            "title": self.title,
            "title_raw": self.title_raw,
            "issuer": self.issuer,
            "issuer_raw": self.issuer_raw,
            "report_year": self.report_year,
            "region": self.region.to_json() if self.region else None,
            "published": self.published,
            "script": self.script,
            "forms": self.forms,
            "sections": [s.to_json() for s in self.sections],
            "preface": self.preface,
            "cells": [c.to_json() for c in self.cells],
            "checks": [c.to_json() for c in self.checks],
            "findings": [f.to_json() for f in self.findings],
            "parser_version": self.parser_version,
        }
