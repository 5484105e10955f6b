"""Compares a release with the one before it: reports and cells added, changed and gone, and by whose doing.

Guarantees: what our parser changed is never shown as the publisher's; a release of another format is not compared, and that is said.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from archive.publication.columns import changes_table
from archive.publication.model import FORMAT
from archive.publication.writing import write_table


@dataclass(frozen=True, slots=True)
class Changes:
    """How many rows there are of each (change, cause) since the release `before`, None where nothing was compared."""

    before: str | None
    rows: int
    counts: tuple[tuple[str, str | None, int], ...]


def write_changes(folder: Path, previous: Path | None) -> Changes:
    """Write changes.csv, .parquet and .jsonl of the release in `folder` since the one in `previous`."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("ATTACH ? AS now", (str(folder / "gongkai.db"),))
        compared = previous if previous and _format(previous) == FORMAT else None
        db.execute("ATTACH ? AS before", (str((compared or folder) / "gongkai.db"),))
        db.executescript(files("archive.publication").joinpath("changes.sql").read_text("utf-8"))
        rows = write_table(db, folder, changes_table())
        counts = db.execute(
            "SELECT change, cause, count(*) FROM difference GROUP BY rank, change, cause ORDER BY rank, cause"
        )
        return Changes(compared.name if compared else None, rows, tuple(counts.fetchall()))


def _format(release: Path) -> str | None:
    with closing(sqlite3.connect(f"{(release / 'gongkai.db').as_uri()}?mode=ro", uri=True)) as db:
        found: str = db.execute("SELECT format FROM release").fetchone()[0]
    return found
