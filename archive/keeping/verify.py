"""Tells whether an archive is whole: both files sound, every body what its name says, nothing pointing at nothing.

Guarantees: nothing is changed; a fault found in one place does not keep the others from being found.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from archive.histories.versions import is_derived
from archive.keeping.bodies import DamagedBodyError
from archive.reading.loading import is_same, load_reading
from archive.reading.readings import evidence_of
from archive.reading.rebuild import unfinished
from archive.reading.rows import data_hash, text_hash
from archive.reading.workers import read_task
from archive.schema import REFERENCES
from archive.store import Archive
from parsers import PARSER_VERSION

SAMPLE = 20

Kind = Literal["file", "reference", "body", "dictionary", "reading", "version", "rebuild"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it must be, in both languages."""

    kind: Kind
    en: str
    zh: str


def verify(
    archive: Archive, progress: Callable[[int, int], None] | None = None, *, sample: int = SAMPLE
) -> list[Fault]:
    """Return every fault found; an empty list means the archive is whole.

    Checked: SQLite's own integrity check of both files, foreign keys and other references, every dictionary, every body
    against its SHA-256, every capture's body, and of `sample` documents the readings, made again from their bodies, and
    the versions, derived again. `progress` is called with (bodies done, all).
    """
    faults = [*_check_files(archive), *_check_references(archive.db), *_check_dictionaries(archive)]
    more, sound = _check_bodies(archive, progress)
    faults += [*more, *_check_readings(archive, sound, sample), *_check_versions(archive.db, sample)]
    if unfinished(archive):
        faults.append(
            Fault(
                "rebuild",
                "a rebuild was begun and not ended: what is shown is what was before it; `gongkai reparse --rebuild` goes on",
                "重建尚未完成：现有数据仍为重建之前的数据；请运行 `gongkai reparse --rebuild` 继续",
            )
        )
    return faults


def _check_files(archive: Archive) -> Iterator[Fault]:
    for name, db in (("archive.db", archive.db), ("bodies.db", archive.bodies)):
        for (result,) in db.execute("PRAGMA integrity_check").fetchall():
            if result != "ok":
                yield Fault("file", f"{name}: {result}", f"{name}：{result}")


def _check_references(db: sqlite3.Connection) -> Iterator[Fault]:
    for row in db.execute("PRAGMA foreign_key_check"):
        yield Fault(
            "reference",
            f"{row[0]} row {row[1]} points at a missing {row[2]}",
            f"{row[0]} 第 {row[1]} 行指向不存在的 {row[2]}",
        )
    for ours, theirs in REFERENCES.items():
        (table, column), (other, key) = ours.split("."), theirs.split(".")
        for row in db.execute(
            f'SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL EXCEPT SELECT "{key}" FROM "{other}"'  # noqa: S608
        ):
            yield Fault(
                "reference",
                f"{table}: the {column} {row[0]} is in no row of {other}",
                f"{table}：{other} 中没有 {column} 为 {row[0]} 的记录",
            )


def _check_dictionaries(archive: Archive) -> Iterator[Fault]:
    wanted = "SELECT name FROM dictionary UNION SELECT base FROM body WHERE codec = 'zstd-dict'"
    for (name,) in archive.bodies.execute(wanted).fetchall():
        try:
            archive.body_store.dictionary(name)
        except LookupError:
            yield Fault("dictionary", f"dictionary {name} is missing or damaged", f"字典 {name} 缺失或已损坏")


def _check_bodies(archive: Archive, progress: Callable[[int, int], None] | None) -> tuple[list[Fault], set[str]]:
    """Return the faults, and the bodies that are sound."""
    faults = []
    whole: set[str] = set()
    known = [row[0] for row in archive.bodies.execute("SELECT sha256 FROM body")]
    for done, sha256 in enumerate(known, 1):
        try:
            archive.get_body(sha256)
            whole.add(sha256)
        except DamagedBodyError:
            faults.append(Fault("body", f"body {sha256} is damaged", f"正文 {sha256} 已损坏"))
        if progress:
            progress(done, len(known))
    # bodies are committed before the captures that name them: what came since is no fault
    named = {row[0] for row in archive.db.execute("SELECT body_sha256 FROM capture WHERE body_sha256 IS NOT NULL")}
    for sha256 in sorted(named - set(known)):
        if archive.bodies.execute("SELECT 1 FROM body WHERE sha256 = ?", (sha256,)).fetchone() is None:
            faults.append(Fault("body", f"a capture's body {sha256} is missing", f"抓取记录的正文 {sha256} 缺失"))
    return faults, whole


def _check_readings(archive: Archive, sound: set[str], sample: int) -> Iterator[Fault]:
    """Read a sample of the sound bodies again and compare with what is kept; the sample is fixed by the archive's content."""
    keys = [
        row["id"]
        for row in archive.db.execute(
            "SELECT id, body_sha256 FROM reading WHERE parser_version = ? AND verdict = 'report' ORDER BY id",
            (PARSER_VERSION,),
        )
        if row["body_sha256"] in sound
    ]
    for key in _sample(keys, sample):
        if not _reads_the_same(archive, key):
            (url,) = archive.db.execute("SELECT url FROM reading WHERE id = ?", (key,)).fetchone()
            yield Fault("reading", f"the reading of {url} is not what its bytes give", f"{url} 的读取结果与原文不符")


def _reads_the_same(archive: Archive, key: str) -> bool:
    row = archive.db.execute("SELECT * FROM reading WHERE id = ?", (key,)).fetchone()
    kept = load_reading(archive.db, key)
    if (row["text_hash"], row["data_hash"]) != (text_hash(kept), data_hash(kept)):
        return False
    body = archive.get_body(row["body_sha256"])
    # the evidence of a capture that arrived later may have been another
    return any(is_same(kept, read_task(body, task)) for task in evidence_of(archive.db, row["body_sha256"], row["url"]))


def _check_versions(db: sqlite3.Connection, sample: int) -> Iterator[Fault]:
    """Derive the versions of a sample of documents again; those of which something new is known have yet to be."""
    urls = [row[0] for row in db.execute("SELECT url FROM document EXCEPT SELECT url FROM stale_document ORDER BY 1")]
    for url in _sample(urls, sample):
        if not is_derived(db, url):
            yield Fault(
                "version",
                f"the versions of {url} are not what its captures and readings give",
                f"{url} 的版本与其抓取记录和读取结果不符",
            )


def _sample(keys: list[str], number: int) -> list[str]:
    return random.Random(len(keys)).sample(keys, min(number, len(keys)))  # noqa: S311 a sample, no secret
