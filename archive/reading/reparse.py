"""Reads kept bodies again with today's parser, and tells what that changed before anybody relies on it.

Guarantees: what is told is counted from what is kept, the reading before against today's, so that a run that was cut off and
taken up tells the same as one that was not, and a dry run the same as a real one; a dry run leaves the archive as it is.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.derivation import derive
from archive.histories.pairs import changed_cells
from archive.reading.readings import read_unread
from archive.reading.rebuild import read_and_derive, rebuilding, replace_derived, unfinished
from archive.selection import Selection
from archive.store import Archive
from parsers import PARSER_VERSION
from parsers.errors import UsageError

Progress = Callable[[int, int], None]
Counts = dict[str, dict[str, tuple[int, int]]]
"""By table and state (or trust): cells before and after."""


@dataclass(frozen=True, slots=True)
class ChangedCell:
    """A cell that is read otherwise; a state of None: there was none, or there is none."""

    table: str
    row: str
    column: str
    state_before: str | None
    value_before: int | str | None
    state_after: str | None
    value_after: int | str | None


@dataclass(frozen=True, slots=True)
class ChangedReading:
    """A body that is read otherwise: where, of which report (unit's name and year), and what of it."""

    url: str
    body_sha256: str
    unit: str | None
    report_year: int | None
    cells: tuple[ChangedCell, ...]
    text: bool


@dataclass(frozen=True, slots=True)
class ReparseSummary:
    """What was read, and how today's readings differ from those before them; `compared` counts the latter."""

    readings: dict[str, int]
    new_versions: dict[str, int]
    compared: int
    verdicts: dict[str, tuple[int, int]]
    states: Counts
    trust: Counts
    changed: tuple[ChangedReading, ...]
    lost: tuple[str, ...]


def reparse(
    archive: Archive,
    selection: Selection,
    *,
    dry_run: bool = False,
    rebuild: bool = False,
    workers: int = 1,
    progress: Progress | None = None,
) -> ReparseSummary:
    """Read the bodies that today's parser has not read, all of them or those of selected reports, and derive anew.

    With `rebuild`, read all of them and make everything derived again. `progress` is called with (done, all). Raises
    UsageError for a rebuild of a selection: what is derived hangs together.
    """
    if rebuild:
        if not selection.is_everything:
            raise UsageError(
                "--rebuild makes everything again: leave the SELECT out", "--rebuild 会重建全部数据：请去掉选择条件"
            )
        return _rebuild(archive, dry_run, workers, progress)
    if unfinished(archive) and not dry_run:
        raise UsageError(
            "a rebuild was begun and not ended: go on with `gongkai reparse --rebuild`",
            "重建尚未完成：请运行 `gongkai reparse --rebuild` 继续",
        )
    with _copy_of(archive) if dry_run else _itself(archive) as target:
        urls = _addresses(target.db, selection)
        known = {row[0] for row in target.db.execute("SELECT id FROM version")}
        read, lost = read_unread(target, urls=urls, workers=workers, progress=progress)
        derive(target, workers)
        return _summary(target.db, "main", read, lost, known, urls)


def _rebuild(archive: Archive, dry_run: bool, workers: int, progress: Progress | None) -> ReparseSummary:
    known = {row[0] for row in archive.db.execute("SELECT id FROM version")}
    with _temporary(dry_run) as folder, rebuilding(archive, folder) as aside:
        read, lost = read_and_derive(aside, workers, progress)
        told = _summary(aside.db, "other", read, lost, known, None)
        if not dry_run:
            replace_derived(archive, aside)
    if not dry_run:
        derive(archive, workers)  # what was decided or captured meanwhile
    return told


@contextmanager
def _itself(archive: Archive) -> Iterator[Archive]:
    yield archive


@contextmanager
def _temporary(wanted: bool) -> Iterator[Path | None]:
    if not wanted:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="gongkai-") as folder:
        yield Path(folder)


@contextmanager
def _copy_of(archive: Archive) -> Iterator[Archive]:
    """Give the archive with a copy of its archive.db, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="gongkai-") as folder:
        path = Path(folder) / "archive.db"
        needed, free = (archive.path / "archive.db").stat().st_size, shutil.disk_usage(folder).free
        if needed * 2 > free:
            raise UsageError(
                f"a dry run needs {needed * 2 // 2**20} MB in {folder}: point TMPDIR at a larger disk",
                f"试运行需要在 {folder} 有 {needed * 2 // 2**20} MB 空间：请将 TMPDIR 指向更大的磁盘",
            )
        with closing(sqlite3.connect(path)) as target:
            archive.db.backup(target)
        copy = archive.beside(path)
        with closing(copy.db):
            yield copy


def _addresses(db: sqlite3.Connection, selection: Selection) -> set[str] | None:
    """Return the addresses of what is selected, None for all: the documents of reports, all captures of portals alone."""
    if selection.is_everything:
        return None
    reports, values = selection.reports()
    found = db.execute(f"SELECT url FROM document WHERE report_id IN ({reports})", values)  # noqa: S608
    urls = {row[0] for row in found}
    if selection.is_of_portals:
        condition, portals = selection.of_portal()
        urls |= {row[0] for row in db.execute(f"SELECT DISTINCT url FROM capture WHERE {condition}", portals)}  # noqa: S608
    return urls


def _summary(
    db: sqlite3.Connection,
    before: str,
    read: dict[str, int],
    lost: tuple[str, ...],
    known: set[str],
    urls: set[str] | None,
) -> ReparseSummary:
    """Count what today's readings in `db` changed against the newest ones before them in its schema `before`."""
    operator = (
        "<" if before == "main" else "<="
    )  # a rebuild is held against today's parser, too: it may not be yesterday's code
    db.execute(
        f"""CREATE TEMP TABLE pair AS
            SELECT n.id AS new_id, n.url, n.body_sha256, n.verdict AS new_verdict, n.text_hash AS new_text, n.data_hash AS new_data,
                   o.id AS old_id, o.verdict AS old_verdict, o.text_hash AS old_text, o.data_hash AS old_data
            FROM main.reading n JOIN {before}.reading o ON o.id = (
                SELECT id FROM {before}.reading p WHERE p.body_sha256 = n.body_sha256 AND p.url = n.url
                AND p.parser_version {operator} ?1 ORDER BY p.parser_version DESC LIMIT 1)
            WHERE n.parser_version = ?1""",  # noqa: S608
        (PARSER_VERSION,),
    )
    try:
        if urls is not None:
            gone = [(row[0],) for row in db.execute("SELECT DISTINCT url FROM pair") if row[0] not in urls]
            db.executemany("DELETE FROM pair WHERE url = ?", gone)
        (compared,) = db.execute("SELECT count(*) FROM pair").fetchone()
        return ReparseSummary(
            readings=read,
            new_versions=_new_versions(db, known),
            compared=compared,
            verdicts=_verdicts(db),
            states=_counts(db, before, "state"),
            trust=_counts(db, before, "trust"),
            changed=tuple(_changed(db, before)),
            lost=lost,
        )
    finally:
        db.execute("DROP TABLE temp.pair")


def _new_versions(db: sqlite3.Connection, known: set[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for key, kind in db.execute("SELECT id, kind FROM main.version ORDER BY kind"):
        if key not in known:
            counts[kind] = counts.get(kind, 0) + 1
    return counts


def _verdicts(db: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    rows = db.execute(
        """SELECT verdict, sum(before), sum(after) FROM (
             SELECT old_verdict AS verdict, 1 AS before, 0 AS after FROM pair
             UNION ALL SELECT new_verdict, 0, 1 FROM pair) GROUP BY verdict ORDER BY verdict"""
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _counts(db: sqlite3.Connection, before: str, column: str) -> Counts:
    """Count cells by table and `column`, before and after; a trust of null is an undecidable cell's."""
    rows = db.execute(
        f"""SELECT "table", what, sum(before), sum(after) FROM (
              SELECT "table", coalesce({column}, 'undecidable') AS what, 1 AS before, 0 AS after
              FROM pair JOIN {before}.cell c ON c.reading_id = old_id
              UNION ALL SELECT "table", coalesce({column}, 'undecidable'), 0, 1
              FROM pair JOIN main.cell c ON c.reading_id = new_id)
            GROUP BY "table", what ORDER BY "table", what"""  # noqa: S608
    )
    counts: Counts = {}
    for table, what, was, now in rows:
        counts.setdefault(table, {})[what] = (was, now)
    return counts


def _changed(db: sqlite3.Connection, before: str) -> Iterator[ChangedReading]:
    pairs = db.execute(
        """SELECT pair.*, u.name AS unit, p.report_year FROM pair
           LEFT JOIN main.document d ON d.url = pair.url LEFT JOIN main.report p ON p.id = d.report_id
           LEFT JOIN main.unit u ON u.id = p.unit_id
           WHERE old_text <> new_text OR old_data <> new_data OR old_verdict <> new_verdict
           ORDER BY u.name, p.report_year, pair.url, pair.body_sha256"""
    ).fetchall()
    for pair in pairs:
        yield ChangedReading(
            pair["url"],
            pair["body_sha256"],
            pair["unit"],
            pair["report_year"],
            tuple(ChangedCell(*cell) for cell in changed_cells(db, pair["old_id"], pair["new_id"], before)),
            pair["old_text"] != pair["new_text"],
        )
