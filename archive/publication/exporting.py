"""Writes a part of the archive in the columns of a release: one table of the reports that a SELECT takes.

Guarantees: the same columns, order and words as a release; what is withheld is left out here, too.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from archive.clock import CHINA
from archive.publication.columns import tables, wide_tables
from archive.publication.database import DATABASE_STEPS, write_database
from archive.publication.formats import STATA, write_stata, write_wide
from archive.publication.writing import write_table
from archive.selection import Selection
from archive.store import Archive
from parsers.errors import UsageError

EXPORTED = ("wide", *(table.name for table in tables()))
"""Tables that can be exported; the wide one comes with its twins beside it."""


def export_table(
    archive: Archive,
    file: Path,
    selection: Selection,
    kind: str,
    table: str = "wide",
    *,
    at: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> dict[Path, int]:
    """Write `table` of the reports selected to `file` in the format `kind`; return the rows of each file written.

    The twins of the wide table stand beside it, as FILE_trust and FILE_state. Raises UsageError for a table that Stata is not given.
    """
    if kind == "dta" and table != "wide":
        raise UsageError("Stata is given the wide table only", "Stata 格式仅有宽表")
    on = at.astimezone(CHINA).date()
    done = 0

    def step(_: str) -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done, DATABASE_STEPS)

    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".export-") as name:
        folder = Path(name)
        write_database(archive, folder / "gongkai.db", on, step, selection)
        with closing(sqlite3.connect(folder / "gongkai.db")) as db:
            if table != "wide":
                rows = write_table(db, folder, next(t for t in tables() if t.name == table), [kind])
                written = [table]
            else:
                rows = write_wide(db, folder, ["parquet" if kind == "dta" else kind])
                written = [t.name for t in wide_tables()]
        if kind == "dta":
            write_stata(folder, on)
            written = list(STATA)
        out = {}
        for made in written:
            target = file.with_stem(file.stem + made.removeprefix(table))
            shutil.move(folder / f"{made}.{kind}", target)
            out[target] = rows
    return out
