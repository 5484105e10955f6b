"""Derives what follows from captures, readings and decisions, in its order: versions first, then what compares them.

Guarantees: what is derived is the same in however many processes; killed at any moment, the next call goes on with what is left.
"""

from __future__ import annotations

from archive.crosschecks import check_across
from archive.histories.versions import derive_versions
from archive.processes import Processes
from archive.store import Archive
from parsers import PARSER_VERSION


def derive(archive: Archive, workers: int = 0) -> dict[str, int]:
    """Derive versions and cross-checks of all that changed, in so many processes; return the new versions by kind."""
    with Processes(archive.db, workers) as processes:
        created = derive_versions(archive, PARSER_VERSION, processes)
        check_across(archive, processes=processes)
        return created
