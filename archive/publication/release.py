"""Publishes an archive as an immutable, dated release.

Guarantees: a release is written beside the others and renamed into place when it is whole, so that what bears a date is finished;
none is ever overwritten; the same archive on the same day gives the same bytes, and then the release that is there is kept.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

from archive.clock import CHINA
from archive.publication.changes import write_changes
from archive.publication.columns import Table, changes_table, tables, wide_tables
from archive.publication.database import DATABASE_STEPS, write_database
from archive.publication.documents import DOCUMENTS, write_documents
from archive.publication.formats import STATA, write_stata, write_wide
from archive.publication.model import FORMAT, Edition, ReleaseError, ReleaseFile, ReleaseSummary, read_address
from archive.publication.writing import FORMATS, write_table
from archive.store import Archive
from parsers.errors import NotFoundError

STEPS = DATABASE_STEPS + len(tables()) + 4
"""How often `progress` is called in one run: for the database, each table, and then for what takes time."""

LARGE = 500_000
"""From how many cells on the long table is written in a process of its own: it takes as long as all other tables."""
_LONGEST = "long"

Progress = Callable[[int, int, str], None]

_LATEST = "latest"
_UNFINISHED = ".unfinished"


def publish(
    archive: Archive, directory: Path, *, at: datetime, url: str | None = None, progress: Progress | None = None
) -> ReleaseSummary:
    """Write the release of day `at` (China Standard Time) under `directory`; the caller holds the archive's lock.

    `url` is where it will be found, `progress` is called with (done, all, what). Raises ReleaseError where the result does not
    agree with the archive, UsageError for a `url` that is none; the releases that are there stay.
    """
    url = read_address(url) if url is not None else None
    directory = directory.resolve()
    on = at.astimezone(CHINA).date()
    done = 0

    def step(what: str) -> None:
        nonlocal done
        if progress:
            progress(done, STEPS, what)
        done += 1

    with _workplace(directory) as folder:
        edition = Edition(on, archive.is_sample, write_database(archive, folder / "gongkai.db", on, step), url)
        files = _write_tables(folder, edition, step)
        kept = _same(directory, edition, files)
        if kept is None:
            step("changes")
            changes = write_changes(folder, _newest(directory))
            files += _describe(folder, changes_table(), FORMATS, changes.rows)
            step("documents")
            write_documents(folder, edition, files, changes)
            files += tuple(_file(folder / name, None, *about) for name, about in DOCUMENTS.items())
            (folder / "manifest.json").write_text(_manifest(edition, files), "utf-8")
            path = _settle(folder, directory, edition.date)
        else:
            path, files = kept, read_manifest(kept)
    if progress:
        progress(STEPS, STEPS, path.name)
    return ReleaseSummary(path, path.name, edition.date, kept is None, edition.sample, edition.counts, files)


def _write_tables(folder: Path, edition: Edition, step: Callable[[str], None]) -> tuple[ReleaseFile, ...]:
    """Write every table in every format; raises ReleaseError where a file holds another number of rows than the database."""
    database = folder / "gongkai.db"
    files = [
        _file(database, edition.counts.cells, "SQLite：全部表格、来源网页与索引", "SQLite: all tables, pages and index")
    ]
    with closing(_open(database)) as db, _beside(database, _LONGEST, edition.counts.cells > LARGE) as longest:
        step("wide")
        rows = write_wide(db, folder)
        step("wide.dta")
        write_stata(folder, edition.on)
        for table in wide_tables():
            formats = (*FORMATS, "dta") if table.name in STATA else FORMATS
            files += _describe(folder, table, formats, rows)
        _agree("wide", rows, edition.counts.reports)
        for table in tables():
            step(table.name)
            rows = longest() if table.name == _LONGEST else write_table(db, folder, table)
            files += _describe(folder, table, FORMATS, rows)
            _agree(table.name, rows, db.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()[0])  # noqa: S608
    return tuple(files)


def _open(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{database.as_uri()}?mode=ro&immutable=1", uri=True)


@contextmanager
def _beside(database: Path, name: str, large: bool) -> Iterator[Callable[[], int]]:
    """Give what waits for the table `name`, written meanwhile in a process of its own, or writes it now where that is quicker."""
    if not large:
        yield lambda: _write_view(database, name)
        return
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        yield pool.submit(_write_view, database, name).result


def _write_view(database: Path, name: str) -> int:
    with closing(_open(database)) as db:
        return write_table(db, database.parent, next(table for table in tables() if table.name == name))


def _agree(name: str, written: int, held: int) -> None:
    if written != held:
        raise ReleaseError(
            f"{name} holds {written} rows, gongkai.db {held}; nothing was published",
            f"{name} 有 {written} 行，gongkai.db 有 {held} 行；未发布任何内容",
        )


def read_manifest(release: Path) -> tuple[ReleaseFile, ...]:
    """Return the files of a release as its manifest names them."""
    manifest = json.loads((release / "manifest.json").read_text("utf-8"))
    return tuple(ReleaseFile(**entry) for entry in manifest["files"])


def resolve_release(path: Path) -> Path:
    """Return the release at `path`: itself, or the newest in a folder of releases; raises NotFoundError."""
    if (path / "manifest.json").is_file():
        return path
    newest = _newest(path)
    if newest is not None:
        return newest
    raise NotFoundError(
        f"there is no release at {path}: write one with `gongkai publish {path}`",
        f"{path} 处没有发布数据：请先运行 `gongkai publish {path}`",
    )


def _newest(directory: Path) -> Path | None:
    """Return the newest release in a folder of releases."""
    note = directory / _LATEST
    newest = directory / note.read_text("utf-8").strip() if note.is_file() else None
    return newest if newest and (newest / "manifest.json").is_file() else None


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


def _describe(folder: Path, table: Table, formats: Sequence[str], rows: int) -> tuple[ReleaseFile, ...]:
    return tuple(_file(folder / f"{table.name}.{name}", rows, table.zh, table.en) for name in formats)


def _file(path: Path, rows: int | None, zh: str, en: str) -> ReleaseFile:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return ReleaseFile(path.name, rows, path.stat().st_size, sha256, zh, en)


def _manifest(edition: Edition, files: tuple[ReleaseFile, ...]) -> str:
    counts = asdict(edition.counts)
    data = {
        "schema": FORMAT,
        "date": edition.date,
        "sample_data": edition.sample,
        "notice": edition.notice,
        "url": edition.url,
        "parser_version": counts.pop("parser_version"),
        "counts": counts,
        "files": [asdict(file) for file in files],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _same(directory: Path, edition: Edition, files: tuple[ReleaseFile, ...]) -> Path | None:
    """Return the day's newest release where its tables and its address are these, whatever came before either."""
    newest = _newest(directory)
    if newest is None or newest.name.partition(".")[0] != edition.date:
        return None
    url = json.loads((newest / "manifest.json").read_text("utf-8")).get("url")
    return newest if url == edition.url and set(files) <= set(read_manifest(newest)) else None


def _settle(folder: Path, directory: Path, date: str) -> Path:
    """Move the finished folder to its name and point `latest` at it."""
    number = 1
    while (directory / _name(date, number)).exists():
        number += 1
    path = directory / _name(date, number)
    folder.rename(path)
    note = directory / f".{_LATEST}"
    note.write_text(path.name + "\n", "utf-8")
    note.replace(directory / _LATEST)
    return path


def _name(date: str, number: int) -> str:
    return date if number == 1 else f"{date}.{number}"
