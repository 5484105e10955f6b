"""The words of a release that every writer shares, and what `publish` hands back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from parsers.errors import GongkaiError

FORMAT = "gongkai.release/3"
SAMPLE_NOTICE = "sample data / 样本数据"


class ReleaseError(GongkaiError):
    """Raised where what would be published does not agree with the archive; the last release stays."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a release holds; `parser_version` is the newest that read any of it, None for an empty release."""

    units: int
    reports: int
    versions: int
    cells: int
    withdrawn: int
    parser_version: int | None


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """One file of a release, and what it is; `rows` counts data rows (None for prose)."""

    name: str
    rows: int | None
    bytes: int
    sha256: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Edition:
    """What every document of a release says of it: its day, whether it is sample data, and how much it holds."""

    on: date
    sample: bool
    counts: Counts

    @property
    def date(self) -> str:
        """Return the day as it is written."""
        return self.on.isoformat()

    @property
    def notice(self) -> str:
        """Return the mark of sample data, or nothing."""
        return SAMPLE_NOTICE if self.sample else ""


@dataclass(frozen=True, slots=True)
class ReleaseSummary:
    """What `publish` did: `new` is false where the newest release of that day already said the same."""

    path: Path
    name: str
    date: str
    new: bool
    sample: bool
    counts: Counts
    files: tuple[ReleaseFile, ...]
