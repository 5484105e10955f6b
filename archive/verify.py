"""Tells whether an archive is whole: both files sound, every body what its name says, nothing pointing at nothing."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass

import zstandard

from archive.readings import data_hash, load_reading, reread, text_hash
from archive.store import Archive
from parsers import PARSER_VERSION

_SAMPLE = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it must be, in both languages."""

    en: str
    zh: str


def verify(archive: Archive, progress: Callable[[int, int], None] | None = None) -> list[Fault]:
    """Return every fault found; an empty list means the archive is whole.

    Checked: SQLite's own integrity check of both files, foreign keys, every body against its SHA-256, every capture's
    body, duplicate captures of a run, and a sample of readings made again from their bodies.
    """
    faults: list[Fault] = []
    for name, db in (("archive.db", archive.db), ("bodies.db", archive.bodies)):
        (result,) = db.execute("PRAGMA integrity_check").fetchone()
        if result != "ok":
            faults.append(Fault(f"{name}: {result}", f"{name}：{result}"))
    for row in archive.db.execute("PRAGMA foreign_key_check"):
        faults.append(
            Fault(
                f"{row[0]} row {row[1]} points at a missing {row[2]}", f"{row[0]} 第 {row[1]} 行指向不存在的 {row[2]}"
            )
        )
    more, sound = _check_bodies(archive, progress)
    return [*faults, *more, *_check_readings(archive, sound)]


def _check_bodies(archive: Archive, progress: Callable[[int, int], None] | None) -> tuple[list[Fault], set[str]]:
    """Return the faults, and the bodies that are sound."""
    faults = []
    known: set[str] = set()
    whole: set[str] = set()
    (total,) = archive.bodies.execute("SELECT count(*) FROM body").fetchone()
    for done, (sha256,) in enumerate(archive.bodies.execute("SELECT sha256 FROM body"), 1):
        known.add(sha256)
        try:
            sound = hashlib.sha256(archive.get_body(sha256)).hexdigest() == sha256
        except zstandard.ZstdError:
            sound = False
        if sound:
            whole.add(sha256)
        else:
            faults.append(Fault(f"body {sha256} is damaged", f"正文 {sha256} 已损坏"))
        if progress:
            progress(done, total)
    for (sha256,) in archive.db.execute("SELECT DISTINCT body_sha256 FROM capture WHERE body_sha256 IS NOT NULL"):
        if sha256 not in known:
            faults.append(Fault(f"a capture's body {sha256} is missing", f"抓取记录的正文 {sha256} 缺失"))
    return faults, whole


def _check_readings(archive: Archive, sound: set[str]) -> list[Fault]:
    """Read a sample of the sound bodies again and compare with what is kept; the sample is fixed by the archive's content."""
    keys = [
        row["id"]
        for row in archive.db.execute(
            "SELECT id, body_sha256 FROM reading WHERE parser_version = ? AND verdict = 'report' ORDER BY id",
            (PARSER_VERSION,),
        )
        if row["body_sha256"] in sound
    ]
    faults = []
    for key in random.Random(len(keys)).sample(keys, min(_SAMPLE, len(keys))):  # noqa: S311 a sample, no secret
        row = archive.db.execute("SELECT body_sha256, url FROM reading WHERE id = ?", (key,)).fetchone()
        kept = load_reading(archive.db, key)
        fresh = reread(archive, row["body_sha256"], row["url"])
        if (text_hash(kept), data_hash(kept)) != (text_hash(fresh), data_hash(fresh)):
            faults.append(
                Fault(f"the reading of {row['url']} is not what its bytes give", f"{row['url']} 的读取结果与原文不符")
            )
    return faults
