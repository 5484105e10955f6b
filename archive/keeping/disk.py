"""What an archive takes on disk: by table with its indexes, by how bodies are packed, and against the bytes as received."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from archive.store import Archive


@dataclass(frozen=True, slots=True)
class TableSize:
    """Bytes of one table and its indexes in one file; `free` is what a file holds for later."""

    file: str
    table: str
    size: int


@dataclass(frozen=True, slots=True)
class CodecSize:
    """Bodies of one codec: how many, their bytes as received and as kept."""

    codec: str
    bodies: int
    received: int
    kept: int


@dataclass(frozen=True, slots=True)
class Disk:
    """Bytes of both files and what they are for."""

    files: dict[str, int]
    tables: tuple[TableSize, ...]
    codecs: tuple[CodecSize, ...]
    dictionaries: int
    dictionary_size: int
    captures: int

    @property
    def received(self) -> int:
        """Bytes of all bodies as received, each once."""
        return sum(codec.received for codec in self.codecs)

    @property
    def kept(self) -> int:
        """Bytes that bodies take, with the dictionaries."""
        return sum(codec.kept for codec in self.codecs) + self.dictionary_size


def disk(archive: Archive) -> Disk:
    """Measure the archive as it is now, what is still in the write-ahead log included."""
    files = {
        name: sum(path.stat().st_size for path in archive.path.glob(f"{name}*")) for name in ("archive.db", "bodies.db")
    }
    tables = [*_tables("archive.db", archive.db), *_tables("bodies.db", archive.bodies)]
    codecs = archive.bodies.execute(
        "SELECT codec, count(*), sum(size), sum(length(data)) FROM body GROUP BY codec ORDER BY codec"
    ).fetchall()
    dictionaries, size = archive.bodies.execute(
        "SELECT count(*), coalesce(sum(length(data)), 0) FROM dictionary"
    ).fetchone()
    (captures,) = archive.db.execute("SELECT count(*) FROM capture").fetchone()
    return Disk(
        files,
        tuple(sorted(tables, key=lambda t: (-t.size, t.file, t.table))),
        tuple(CodecSize(*row) for row in codecs),
        dictionaries,
        size,
        captures,
    )


def _tables(file: str, db: sqlite3.Connection) -> list[TableSize]:
    """Return the sizes of the tables of one file by SQLite's own account (dbstat); a full text's are one."""
    rows = db.execute(
        """SELECT coalesce((SELECT v.name FROM pragma_table_list v WHERE v.type = 'virtual' AND s.name GLOB v.name || '_*'),
                           (SELECT m.tbl_name FROM sqlite_master m WHERE m.name = s.name), s.name) AS t, sum(s.size)
           FROM (SELECT name, sum(pgsize) AS size FROM dbstat GROUP BY name) s GROUP BY t"""
    )
    sizes = dict(rows.fetchall())
    free, page = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_size"))
    return [TableSize(file, name, size) for name, size in (sizes | {"free": free * page}).items() if size]
