"""Reads the bytes of a report into a Report: pure functions, no network, no SQL, no clock.

`read_report` is the one way in. Its readers are imported when it is first asked for: half a second that whoever only
fetches, lists or serves does not need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parsers.model import PARSER_VERSION, Cell, Check, Document, Finding, Report, Section, Where

if TYPE_CHECKING:
    from parsers.report import read_report

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


def __getattr__(name: str) -> Any:
    """Import what reads (PEP 562)."""
    if name == "read_report":
        from parsers.report import read_report

        return read_report
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
