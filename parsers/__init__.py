"""Reads the bytes of a report into a Report: pure functions, no network, no SQL, no clock.

`read_report` is the one way in.
"""

from __future__ import annotations

from parsers.model import Cell, Check, Document, Finding, Report, Section, Where
from parsers.report import PARSER_VERSION, read_report

__all__ = [
    "PARSER_VERSION",
    "Cell",
    "Check",
    "Document",
    "Finding",
    "Report",
    "Section",
    "Where",
    "read_report",
]
