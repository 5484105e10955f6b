"""The bytes as received, each stored once under its SHA-256, packed with zstd: alone, with a dictionary, or against another body.

Guarantees: what `get` returns has the SHA-256 it was asked for, or DamagedBodyError is raised; a body that others are packed
against is not itself packed against one, so unpacking takes two steps at most; nothing unpacks to more than its row says.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from typing import Literal, TypeVar

import zstandard

from archive.connecting import insert_rows
from parsers.errors import GongkaiError

Codec = Literal["zstd", "zstd-dict", "zstd-delta"]
_Kept = TypeVar("_Kept")

MAX_BODY = 64 * 1024 * 1024
"""Largest body kept, in bytes (design 3.1: larger is unreadable)."""
QUICK = 3
"""zstd's level while a crawl waits: 6 takes seven times as long, for 1 % on real pages; `gongkai compact` packs harder."""
_KEPT = 32
"""Dictionaries prepared for packing that are held in memory, some 2 MB each."""


class DamagedBodyError(GongkaiError):
    """Raised where a kept body does not give the bytes that its name stands for."""

    exit_status = 5

    def __init__(self, sha256: str) -> None:
        super().__init__(
            f"body {sha256} is damaged: `gongkai verify` lists all that are; take the archive from a backup",
            f"正文 {sha256} 已损坏：`gongkai verify` 可列出全部；请从备份恢复",
        )


class Bodies:
    """The bodies behind one connection to bodies.db; not for use by several threads."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self._plain = zstandard.ZstdCompressor(level=QUICK)
        self._unpack = zstandard.ZstdDecompressor()
        self._host_dictionary: dict[str, str | None] = {}
        self._packers: dict[str, zstandard.ZstdCompressor] = {}
        self._unpackers: dict[str, zstandard.ZstdDecompressor] = {}

    def put(self, bodies: Sequence[bytes], hosts: Sequence[str | None]) -> list[str]:
        """Store each body once, in one transaction, and return their SHA-256s; pages with their host's dictionary, if it has one."""
        keys = [hashlib.sha256(body).hexdigest() for body in bodies]
        asked = self.db.execute(
            "SELECT sha256 FROM body WHERE sha256 IN (SELECT value FROM json_each(?))", (json.dumps(keys),)
        )
        known = {row[0] for row in asked}
        new = {key: (body, host) for key, body, host in zip(keys, bodies, hosts, strict=True) if key not in known}
        if new:
            rows = [(key, len(body), *self._quickly(body, host)) for key, (body, host) in new.items()]
            self.db.execute("BEGIN IMMEDIATE")
            insert_rows(self.db, "body (sha256, size, codec, base, data)", rows)
            self.db.execute("COMMIT")
        return keys

    def get(self, sha256: str) -> bytes:
        """Return the bytes named `sha256`; raises KeyError where there are none, DamagedBodyError where they are not whole."""
        row = self.db.execute("SELECT size, codec, base, data FROM body WHERE sha256 = ?", (sha256,)).fetchone()
        if row is None:
            raise KeyError(sha256)
        try:
            body = self._unpacked(*row)
        except (zstandard.ZstdError, LookupError, ValueError) as error:
            raise DamagedBodyError(sha256) from error
        if hashlib.sha256(body).hexdigest() != sha256:
            raise DamagedBodyError(sha256)
        return body

    def dictionary(self, name: str) -> bytes:
        """Return a dictionary; raises LookupError where it is not there or not whole."""
        row = self.db.execute("SELECT size, data FROM dictionary WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise LookupError(f"dictionary {name} is missing")
        try:
            data = _bounded(self._unpack, row[0], row[1])
        except (zstandard.ZstdError, ValueError) as error:
            raise LookupError(f"dictionary {name} is damaged") from error
        if dictionary_name(data) != name:
            raise LookupError(f"dictionary {name} is damaged")
        return data

    def dictionary_of(self, host: str) -> str | None:
        """Return the name of the dictionary that pages of `host` are packed with, or None."""
        if host not in self._host_dictionary:
            # two, where archives were merged: the same one is chosen whichever came first
            (self._host_dictionary[host],) = self.db.execute(
                "SELECT min(name) FROM dictionary WHERE host = ?", (host,)
            ).fetchone()
        return self._host_dictionary[host]

    def forget_dictionaries(self) -> None:
        """Look again which dictionary a host has."""
        self._host_dictionary.clear()

    def flatten(self) -> None:
        """Pack bodies alone that a merge left built upon one that is itself built upon another, inside the caller's transaction."""
        rows = self.db.execute(
            """SELECT d.sha256, d.size, d.data, b.size, b.base, b.data FROM body d
               JOIN body b ON b.sha256 = d.base WHERE d.codec = 'zstd-delta' AND b.codec = 'zstd-delta'"""
        ).fetchall()
        for sha256, size, data, base_size, below, base_data in rows:
            base = self._unpacked(base_size, "zstd-delta", below, base_data)
            body = _bounded(_against(base), size, data)
            self.db.execute(
                "UPDATE body SET codec = 'zstd', base = NULL, data = ?, compacted = 0 WHERE sha256 = ?",
                (self._plain.compress(body), sha256),
            )

    def _quickly(self, body: bytes, host: str | None) -> tuple[Codec, str | None, bytes]:
        name = self.dictionary_of(host) if host and is_markup(body) else None
        if name is None:
            return "zstd", None, self._plain.compress(body)
        packer = self._packers.get(name)
        if packer is None:
            try:
                prepared = zstandard.ZstdCompressionDict(self.dictionary(name))
            except LookupError:  # what is damaged already `verify` tells; what comes now is kept all the same
                return "zstd", None, self._plain.compress(body)
            prepared.precompute_compress(level=QUICK)
            packer = zstandard.ZstdCompressor(level=QUICK, dict_data=prepared)
            _keep(self._packers, name, packer)
        return "zstd-dict", name, packer.compress(body)

    def _unpacked(self, size: int, codec: Codec, base: str | None, data: bytes) -> bytes:
        match codec, base:
            case "zstd", None:
                unpacker = self._unpack
            case "zstd-dict", str(name):
                known = self._unpackers.get(name)
                unpacker = known or zstandard.ZstdDecompressor(
                    dict_data=zstandard.ZstdCompressionDict(self.dictionary(name))
                )
                _keep(self._unpackers, name, unpacker)
            case "zstd-delta", str(other):
                row = self.db.execute("SELECT size, codec, base, data FROM body WHERE sha256 = ?", (other,)).fetchone()
                if row is None or row[1] == "zstd-delta":
                    raise LookupError(f"body {other} cannot be built upon")
                unpacker = zstandard.ZstdDecompressor(
                    dict_data=as_prefix(self._unpacked(*row)), max_window_size=1 << 27
                )
            case _:
                raise LookupError(f"no codec is called {codec!r} with the base {base!r}")
        return _bounded(unpacker, size, data)


def is_markup(body: bytes) -> bool:
    """Tell whether a body looks like HTML or XML, of which pages of one host share a lot."""
    head = body[:1024]
    return b"<" in head and b"\0" not in head and not head.startswith(b"%PDF")


def as_prefix(body: bytes) -> zstandard.ZstdCompressionDict:
    """Return a body as what another is told apart from."""
    return zstandard.ZstdCompressionDict(body, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


def _against(body: bytes) -> zstandard.ZstdDecompressor:
    return zstandard.ZstdDecompressor(dict_data=as_prefix(body), max_window_size=1 << 27)


def dictionary_name(data: bytes) -> str:
    """Return the name of a dictionary: the first 20 hex digits of its SHA-256."""
    return hashlib.sha256(data).hexdigest()[:20]


def _bounded(unpacker: zstandard.ZstdDecompressor, size: int, data: bytes) -> bytes:
    """Unpack `data` to exactly `size` bytes; raises ValueError before unpacking where it says otherwise of itself."""
    if not 0 <= size <= 4 * MAX_BODY or zstandard.frame_content_size(data) != size:
        raise ValueError("the frame's size is not that of the body")
    return unpacker.decompress(data, max_output_size=max(size, 1))


def _keep(cache: dict[str, _Kept], name: str, value: _Kept) -> None:
    """Remember a value, and forget the oldest of more than `_KEPT`."""
    cache[name] = value
    if len(cache) > _KEPT:
        del cache[next(iter(cache))]
