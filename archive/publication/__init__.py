"""Releases: an archive's reports as an immutable, dated dataset with hashes; read back by `archive.website`."""

from __future__ import annotations

from archive.publication.model import Counts, ReleaseError, ReleaseFile, ReleaseSummary
from archive.publication.release import publish, resolve_release

__all__ = ["Counts", "ReleaseError", "ReleaseFile", "ReleaseSummary", "publish", "resolve_release"]
