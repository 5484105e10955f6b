"""Publishes an archive as an immutable, dated release.

Guarantees: a release is written beside the others and renamed into place when it is whole, so that what bears a
date is finished; none is ever overwritten; the same archive on the same day gives the same bytes, and then the
release that is there is kept.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from archive.clock import CHINA
from archive.publication.codebook import codebook, readme
from archive.publication.database import DATABASE_STEPS, write_database
from archive.publication.model import FORMAT, SAMPLE_NOTICE, Counts, ReleaseFile, ReleaseSummary
from archive.publication.spreadsheets import write_corrections, write_long, write_wide
from archive.store import Archive
from parsers.errors import NotFoundError

STEPS = DATABASE_STEPS + 5
"""How often `progress` is called in one run: for the database, then for each file that takes time."""

Progress = Callable[[int, int, str], None]

_LATEST = "latest"
_UNFINISHED = ".unfinished"


def publish(archive: Archive, directory: Path, *, at: datetime, progress: Progress | None = None) -> ReleaseSummary:
    """Write the release of day `at` (China Standard Time) under `directory`; the caller holds the archive's lock.

    `progress` is called with (done, all, what). Raises ReleaseError where the result does not agree with the archive;
    the releases that are there stay.
    """
    directory = directory.resolve()
    on = at.astimezone(CHINA).date()
    notice = SAMPLE_NOTICE if archive.is_sample else ""
    done = 0

    def step(what: str) -> None:
        nonlocal done
        if progress:
            progress(done, STEPS, what)
        done += 1

    with _workplace(directory) as folder:
        counts = write_database(archive, folder / "gongkai.db", on, step)
        rows: dict[str, int | None] = {"gongkai.db": counts.cells}
        with closing(sqlite3.connect(f"{(folder / 'gongkai.db').as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            step("reports.csv")
            written = write_wide(db, folder / "reports.csv", folder / "reports_trust.csv")
            rows |= {"reports.csv": written, "reports_trust.csv": written}
            step("cells.csv")
            rows["cells.csv"] = write_long(db, folder / "cells.csv")
            step("corrections.csv")
            rows["corrections.csv"] = write_corrections(db, folder / "corrections.csv")
        step("codebook.md")
        rows |= {"codebook.md": None, "README.txt": None}
        (folder / "codebook.md").write_text(codebook(on.isoformat(), notice, counts.parser_version), "utf-8")
        names = (*rows, "manifest.json")
        (folder / "README.txt").write_text(readme(on.isoformat(), notice, names), "utf-8")
        files = tuple(_describe(folder / name, count) for name, count in rows.items())
        (folder / "manifest.json").write_text(_manifest(on.isoformat(), notice, counts, files), "utf-8")
        step("manifest.json")
        path, new = _settle(folder, directory, on.isoformat())
    if progress:
        progress(STEPS, STEPS, path.name)
    return ReleaseSummary(path, path.name, on.isoformat(), new, archive.is_sample, counts, files)


def resolve_release(path: Path) -> Path:
    """Return the release at `path`: itself, or the newest in a folder of releases; raises NotFoundError."""
    if (path / "manifest.json").is_file():
        return path
    if (path / _LATEST).is_file():
        newest = path / (path / _LATEST).read_text("utf-8").strip()
        if (newest / "manifest.json").is_file():
            return newest
    raise NotFoundError(
        f"there is no release at {path}: write one with `gongkai publish {path}`",
        f"{path} 处没有发布数据：请先运行 `gongkai publish {path}`",
    )


@contextmanager
def _workplace(directory: Path) -> Iterator[Path]:
    """Give an empty folder beside the releases, which is gone afterwards unless it was renamed."""
    folder = directory / _UNFINISHED
    if folder.exists():  # left by a run that was killed
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        if folder.exists():
            shutil.rmtree(folder)


def _describe(path: Path, rows: int | None) -> ReleaseFile:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return ReleaseFile(path.name, rows, path.stat().st_size, sha256)


def _manifest(date: str, notice: str, counts: Counts, files: tuple[ReleaseFile, ...]) -> str:
    data = {
        "schema": FORMAT,
        "date": date,
        "sample_data": bool(notice),
        "notice": notice,
        "parser_version": counts.parser_version,
        "counts": {
            "units": counts.units,
            "reports": counts.reports,
            "withdrawn": counts.withdrawn,
            "versions": counts.versions,
            "cells": counts.cells,
        },
        "files": [{"name": f.name, "rows": f.rows, "bytes": f.bytes, "sha256": f.sha256} for f in files],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _settle(folder: Path, directory: Path, date: str) -> tuple[Path, bool]:
    """Move the finished folder to its name and point `latest` at it; keep the day's newest where it says the same."""
    number, newest = 1, directory / date
    while (directory / _name(date, number + 1)).exists():
        number += 1
        newest = directory / _name(date, number)
    if newest.exists():
        if (newest / "manifest.json").read_bytes() == (folder / "manifest.json").read_bytes():
            return newest, False
        newest = directory / _name(date, number + 1)
    folder.rename(newest)
    note = directory / f".{_LATEST}"
    note.write_text(newest.name + "\n", "utf-8")
    note.replace(directory / _LATEST)
    return newest, True


def _name(date: str, number: int) -> str:
    return date if number == 1 else f"{date}.{number}"
