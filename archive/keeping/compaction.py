"""Packs kept bodies harder than a crawl has time for: with a dictionary of their host, or against an earlier page of their address.

Guarantees: no row is replaced before its new form has given back the bytes of its name; a body that others are packed against
is never packed against one itself; killed at any moment, the same call goes on with what is left.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import groupby

import zstandard

from archive.captures import host_of
from archive.keeping.bodies import QUICK, Bodies, Codec, DamagedBodyError, as_prefix, dictionary_name, is_markup
from archive.store import Archive

_HARD = 19
_HARD_UP_TO = 1 << 20
"""Larger bodies (scans, mostly) are packed at `_FAIR`: the hardest level takes seconds for a megabyte that hardly shrinks."""
_FAIR = 9
_DELTA_UP_TO = 16 << 20
_DICTIONARY = 192 << 10
_SEGMENT = 4096
"""Measured on 1,000 sample pages: 192 KB in pieces of 4 KB leave 694 bytes a page, dictionary included; zstd's own choice 3,088."""
_FEWEST_PAGES = 8
_MOST_PAGES = 100
_SAMPLE = 32 << 20
_BATCH = 64
_PREPARED = 4
"""Dictionaries held ready: bodies come host by host."""
_Preparing = Callable[[str], zstandard.ZstdCompressionDict]


@dataclass(frozen=True, slots=True)
class CompactSummary:
    """Bodies looked at, those packed anew, bytes of the files' bodies before and after, dictionaries made,
    and bodies that could not be read and are left as they are.
    """

    bodies: int
    repacked: int
    bytes_before: int
    bytes_after: int
    dictionaries: int
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where a body was first seen: its host, the body that its address had before, and how many it had before."""

    host: str | None = None
    before: str | None = None
    generation: int = 0


@dataclass(frozen=True, slots=True)
class _Packed:
    codec: Codec
    base: str | None
    data: bytes

    @property
    def size(self) -> int:
        """Bytes in its row."""
        return len(self.data) + len(self.base or "")


@dataclass(frozen=True, slots=True)
class _Task:
    """A body with all that it may be packed with, by name: its host's dictionary, another body; and what its row takes now."""

    sha256: str
    body: bytes
    kept: int
    dictionary: tuple[str, zstandard.ZstdCompressionDict] | None
    other: tuple[str, bytes] | None


def compact(archive: Archive, progress: Callable[[int, int], None] | None = None) -> CompactSummary:
    """Pack every body that was not looked at since it was kept; `progress` is called with (done, all)."""
    db = archive.bodies
    origins = _origins(archive)
    made = _make_dictionaries(archive, origins)
    left = [row[0] for row in db.execute("SELECT sha256 FROM body WHERE NOT compacted ORDER BY sha256")]
    before = _kept(db)
    done = repacked = 0
    lost: list[str] = []
    prepared = lru_cache(_PREPARED)(partial(_prepare, archive.body_store))
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for batch in _batches(left, origins):
            tasks = []
            for sha256 in batch:
                try:
                    tasks.append(_task(archive, sha256, origins.get(sha256, _Origin()), prepared))
                except DamagedBodyError:
                    lost.append(sha256)
            repacked += _replace(archive.body_store, list(zip(tasks, threads.map(_packed, tasks), strict=True)))
            done += len(batch)
            if progress:
                progress(done, len(left))
    free, pages = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_count"))
    if free * 4 > pages:
        db.execute("VACUUM")
    return CompactSummary(done, repacked, before, _kept(db), made, tuple(lost))


def _kept(db: sqlite3.Connection) -> int:
    (size,) = db.execute(
        "SELECT (SELECT coalesce(sum(length(data)), 0) FROM body) + (SELECT coalesce(sum(length(data)), 0) FROM dictionary)"
    ).fetchone()
    return int(size)


def _origins(archive: Archive) -> dict[str, _Origin]:
    """Return where each captured body was first met, by address and time."""
    rows = archive.db.execute(
        "SELECT url, body_sha256 FROM capture WHERE body_sha256 IS NOT NULL ORDER BY url, captured_at, id"
    )
    origins: dict[str, _Origin] = {}
    for url, captures in groupby(rows, key=lambda row: row[0]):
        host, before = host_of(url), None
        for generation, sha256 in enumerate(dict.fromkeys(row[1] for row in captures)):
            origins.setdefault(sha256, _Origin(host, before, generation))
            before = sha256
    return origins


def _batches(bodies: Sequence[str], origins: dict[str, _Origin]) -> Iterator[Sequence[str]]:
    """Yield bodies in the order in which their addresses had them, host by host: what a batch needs is settled before."""

    def turn(sha256: str) -> tuple[int, str]:
        origin = origins.get(sha256, _Origin())
        return origin.generation, origin.host or ""

    for _, group in groupby(sorted(bodies, key=turn), key=lambda sha256: turn(sha256)[0]):
        same = list(group)
        for start in range(0, len(same), _BATCH):
            yield same[start : start + _BATCH]


def _make_dictionaries(archive: Archive, origins: dict[str, _Origin]) -> int:
    """Train a dictionary for each host that has pages enough and none yet, from its first pages; return how many."""
    first: dict[str, list[str]] = {}
    for sha256, origin in origins.items():
        if origin.host is not None and origin.before is None:
            first.setdefault(origin.host, []).append(sha256)
    made = 0
    for host, bodies in first.items():
        if len(bodies) < _FEWEST_PAGES or archive.body_store.dictionary_of(host) is not None:
            continue
        data = _train(list(_samples(archive, bodies)))
        if data is not None:
            packed = zstandard.ZstdCompressor(level=_HARD).compress(data)
            archive.bodies.execute(
                "INSERT OR IGNORE INTO dictionary VALUES (?, ?, ?, ?)", (dictionary_name(data), host, len(data), packed)
            )
            made += 1
    archive.body_store.forget_dictionaries()
    return made


def _samples(archive: Archive, bodies: Iterable[str]) -> Iterator[bytes]:
    total = count = 0
    for sha256 in bodies:
        try:
            body = archive.get_body(sha256)
        except DamagedBodyError:
            continue  # told when its turn comes
        if is_markup(body) and total + len(body) <= _SAMPLE:
            total, count = total + len(body), count + 1
            yield body
        if count == _MOST_PAGES:
            return


def _train(pages: list[bytes | bytearray | memoryview]) -> bytes | None:
    """Return a dictionary for `pages`, or None where it would not save its own size on them."""
    size = min(_DICTIONARY, sum(map(len, pages)) // 4)
    if len(pages) < _FEWEST_PAGES or size < 4 * _SEGMENT:
        return None
    try:
        trained = zstandard.train_dictionary(size, pages, k=_SEGMENT, d=8)
    except zstandard.ZstdError:  # too little in common, or too little at all
        return None
    alone, helped = zstandard.ZstdCompressor(level=QUICK), zstandard.ZstdCompressor(level=QUICK, dict_data=trained)
    saved = sum(len(alone.compress(page)) - len(helped.compress(page)) for page in pages)
    return trained.as_bytes() if saved > len(alone.compress(trained.as_bytes())) else None


def _task(archive: Archive, sha256: str, origin: _Origin, prepared: _Preparing) -> _Task:
    body = archive.get_body(sha256)
    (kept,) = archive.bodies.execute(
        "SELECT length(data) + length(coalesce(base, '')) FROM body WHERE sha256 = ?", (sha256,)
    ).fetchone()
    name = archive.body_store.dictionary_of(origin.host) if origin.host and is_markup(body) else None
    base = _base(archive.bodies, sha256, origin.before)
    other = archive.get_body(base) if base else b""
    return _Task(
        sha256,
        body,
        kept,
        (name, prepared(name)) if name else None,
        (base, other) if base and 0 < len(other) + len(body) <= _DELTA_UP_TO else None,
    )


def _prepare(bodies: Bodies, name: str) -> zstandard.ZstdCompressionDict:
    prepared = zstandard.ZstdCompressionDict(bodies.dictionary(name))
    prepared.precompute_compress(level=_HARD)
    return prepared


def _base(db: sqlite3.Connection, sha256: str, before: str | None) -> str | None:
    """Return the body to tell `sha256` apart from: the one before it, or what that one is told apart from."""
    if before is None or db.execute("SELECT 1 FROM body WHERE base = ? AND codec = 'zstd-delta'", (sha256,)).fetchone():
        return None
    row = db.execute("SELECT codec, base, compacted FROM body WHERE sha256 = ?", (before,)).fetchone()
    if row is None or not row["compacted"]:
        return None
    base = row["base"] if row["codec"] == "zstd-delta" else before
    return None if base == sha256 else str(base)


def _packed(task: _Task) -> _Packed | None:
    """Return the smallest form of a body, or None where none is smaller than the one that is kept; runs in a thread."""
    level = _HARD if len(task.body) <= _HARD_UP_TO else _FAIR
    forms: list[_Packed] = []
    if task.other is not None:
        name, data = task.other
        # the window takes in both, or what lies far back in the other body could not be pointed at
        both = len(data) + len(task.body)
        parameters = zstandard.ZstdCompressionParameters.from_level(
            level, source_size=both, window_log=max(10, both.bit_length())
        )
        packer = zstandard.ZstdCompressor(compression_params=parameters, dict_data=as_prefix(data))
        forms.append(_Packed("zstd-delta", name, packer.compress(task.body)))
    if not forms or forms[0].size > task.kept // 4:  # else no other form comes near
        if task.dictionary is not None:
            name, prepared = task.dictionary
            packer = zstandard.ZstdCompressor(level=level, dict_data=prepared)
            forms.append(_Packed("zstd-dict", name, packer.compress(task.body)))
        else:
            forms.append(_Packed("zstd", None, zstandard.ZstdCompressor(level=level).compress(task.body)))
    best = min(forms, key=lambda form: form.size)
    return best if best.size < task.kept else None


def _replace(bodies: Bodies, packed: Iterable[tuple[_Task, _Packed | None]]) -> int:
    """Put the new forms in their rows, each once it has been unpacked and hashed, in one transaction; return how many."""
    replaced = 0
    bodies.db.execute("BEGIN IMMEDIATE")
    try:
        for task, form in packed:
            if form is not None:
                bodies.db.execute(
                    "UPDATE body SET codec = ?, base = ?, data = ? WHERE sha256 = ?",
                    (form.codec, form.base, form.data, task.sha256),
                )
                bodies.get(task.sha256)  # raises, and all of the batch stays as it was
                replaced += 1
            bodies.db.execute("UPDATE body SET compacted = 1 WHERE sha256 = ?", (task.sha256,))
    except BaseException:
        bodies.db.execute("ROLLBACK")
        raise
    bodies.db.execute("COMMIT")
    return replaced
