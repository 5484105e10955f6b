"""Derives what follows from captures, readings and decisions, in its order: versions first, then what compares them."""

from __future__ import annotations

from archive.crosschecks import check_across
from archive.histories.versions import derive_versions
from archive.store import Archive
from parsers import PARSER_VERSION


def derive(archive: Archive) -> dict[str, int]:
    """Derive versions and cross-checks of all that changed; return the new versions by kind."""
    created = derive_versions(archive, PARSER_VERSION)
    check_across(archive)
    return created
