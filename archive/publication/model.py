"""The words of a release that every writer shares, and what `publish` hands back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from parsers.errors import GongkaiError, UsageError

FORMAT = "gongkai.release/3"
DOI = "https://doi.org/"
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
    """What every document of a release says of it: its day, whether it is sample data, how much it holds, and where it will be found."""

    on: date
    sample: bool
    counts: Counts
    url: str | None = None

    @property
    def date(self) -> str:
        """Return the day as it is written."""
        return self.on.isoformat()

    @property
    def notice(self) -> str:
        """Return the mark of sample data, or nothing."""
        return SAMPLE_NOTICE if self.sample else ""

    @property
    def doi(self) -> str | None:
        """Return the DOI, where the address is one."""
        return self.url.removeprefix(DOI) if self.url and self.url.startswith(DOI) else None

    def address_of(self, name: str) -> str:
        """Return where a file will be found: below the release, or, where that is not known or is a DOI, beside what names it."""
        return f"{self.url}/{name}" if self.url and not self.doi else name


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


def read_address(url: str) -> str:
    """Return an address where a release will be found, without a slash at its end; raises UsageError for what is none."""
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and parts.hostname and not parts.query and not parts.fragment
    except ValueError:
        fine = False
    if not fine or not url.isascii() or not url.isprintable() or set(url) & set(' "<>\\^`{|}'):
        raise UsageError(
            f"{url!r} is no address of a release: https://…, without ? and #, in ASCII",
            f"{url!r} 不是发布地址：应为 https://…，不含 ? 与 #，仅用 ASCII 字符",
        )
    return url.rstrip("/")
