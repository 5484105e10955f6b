"""Takes captures out of WARC files (.warc, .warc.gz, .warc.zst), record by record.

Guarantees: one record is in memory at a time, whatever the file's size, and none over the limit for bodies; what a
server sent chunked or compressed comes out as it was before; a record that cannot be taken is a `Fault` that says why
and where, and the rest goes on; a file that breaks off gives every record before the break, and one fault.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal

import zstandard
from fastwarc.stream_io import BrotliReader, ChunkedReader, ZstdReader
from fastwarc.warc import ArchiveIterator, WarcRecordType

from archive.clock import parse_timestamp
from archive.keeping.bodies import MAX_BODY

_WANTED = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.revisit
_Kind = Literal["response", "resource", "revisit"]
_KINDS: dict[str, _Kind] = {"response": "response", "resource": "resource", "revisit": "revisit"}
_END = b"\r\n\r\n"
_MAGIC = (b"WARC/", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18")


@dataclass(frozen=True, slots=True)
class Record:
    """One capture in a WARC file: `body` is decoded; None in a revisit, whose bytes stand in an earlier record."""

    url: str
    captured_at: datetime
    kind: _Kind
    status: int | None
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    payload_digest: str | None
    """The payload's digest as the file states it (`sha1:…`); what a revisit is matched by."""
    refers_to: str | None
    """The address whose earlier capture holds a revisit's bytes (WARC-Refers-To-Target-URI), where the file says so."""
    refers_to_date: datetime | None
    """The time of that capture (WARC-Refers-To-Date)."""
    truncated: str | None
    """Why the body is not whole (`length`, `time`, `disconnect`: WARC-Truncated), None where it is."""
    not_modified: bool
    """A revisit because the server said that nothing changed."""
    offset: int
    """Bytes from the file's start to the record."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A record, or the rest of a file, that could not be taken."""

    offset: int
    en: str
    zh: str


def is_warc(path: Path) -> bool:
    """Tell a WARC file by its name and its first bytes."""
    names = [s.lower() for s in path.suffixes[-2:]]
    if ".warc" not in names:
        return False
    with path.open("rb") as file:
        start = file.read(5)
    return start.startswith(_MAGIC)


def read_warc(path: Path) -> Iterator[Record | Fault]:
    """Yield the responses, resources and revisits of a file in its order."""
    offset = 0
    with path.open("rb") as file:
        records = ArchiveIterator(file, record_types=_WANTED, parse_http=False, fsspec_args=False)
        problem = None
        try:
            for record in records:
                offset = record.stream_pos
                yield _record(record, offset)
        except (OSError, ValueError) as error:
            problem = str(error)
    if problem is None and _breaks_off(path, offset):  # which the iterator takes for the end
        problem = "it breaks off"
    if problem:
        yield Fault(
            offset,
            f"the file is damaged after the record at byte {offset} ({problem}): the records before it were taken",
            f"文件在第 {offset} 字节的记录之后损坏（{problem}）：此前的记录已读取",
        )


def _breaks_off(path: Path, offset: int) -> bool:
    """Tell whether the last record of a file is cut: read from `offset`, where a record begins, to the end."""
    with path.open("rb") as file:
        file.seek(offset)
        start = file.read(4)
        file.seek(offset)
        if start.startswith(b"\x1f\x8b"):
            return _cut_members(file, lambda: zlib.decompressobj(31))
        if start == b"\x28\xb5\x2f\xfd":
            return _cut_members(file, lambda: zstandard.ZstdDecompressor().decompressobj())
        return start == b"WARC" and _cut_record(file, path.stat().st_size)


def _cut_members(file: BinaryIO, fresh: Callable[[], Any]) -> bool:
    member = fresh()
    waiting = False
    while chunk := file.read(1 << 16):
        while chunk:
            member.decompress(chunk)
            waiting = not member.eof
            chunk = member.unused_data
            if member.eof:
                member = fresh()
    return waiting


def _cut_record(file: BinaryIO, size: int) -> bool:
    while file.tell() < size:
        length = None
        while (line := file.readline()).strip():
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length" and value.strip().isdigit():
                length = int(value)
        if length is None or file.tell() + length + len(_END) > size:
            return True
        file.seek(file.tell() + length + len(_END))
    return False


def _record(record: Any, offset: int) -> Record | Fault:
    url = (record.headers.get("WARC-Target-URI") or "").strip("<>")
    if not url or record.record_date is None:
        return Fault(
            offset, f"the record at byte {offset} names no address or no time", f"第 {offset} 字节的记录没有网址或时间"
        )
    if record.content_length > MAX_BODY:
        return Fault(
            offset,
            f"{url}: {record.content_length // 2**20} MB is over the limit of {MAX_BODY // 2**20} MB",
            f"{url}：{record.content_length // 2**20} MB 超过上限 {MAX_BODY // 2**20} MB",
        )
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    if record.is_http:
        record.parse_http()
        status = record.http_headers.status_code
        headers = tuple((str(n), str(v)) for n, v in record.http_headers.astuples())
    elif record.headers.get("Content-Type"):
        headers = (("Content-Type", str(record.headers["Content-Type"])),)
    raw = record.reader.read(MAX_BODY + 1)
    if len(raw) < record.content_length:
        return Fault(
            offset,
            f"{url}: the file breaks off after {len(raw)} of {record.content_length} bytes",
            f"{url}：文件在 {record.content_length} 字节中的第 {len(raw)} 字节处中断",
        )
    kind = _KINDS[record.headers["WARC-Type"].lower()]
    try:
        body = None if kind == "revisit" else _decoded(raw, headers)
    except (OSError, ValueError, zlib.error) as error:
        return Fault(offset, f"{url}: its body cannot be decoded: {error}", f"{url}：正文无法解码：{error}")
    return Record(
        url,
        record.record_date.astimezone(UTC),
        kind,
        status,
        headers,
        body,
        record.headers.get("WARC-Payload-Digest"),
        (record.headers.get("WARC-Refers-To-Target-URI") or "").strip("<>") or None,
        _date(record.headers.get("WARC-Refers-To-Date")),
        record.headers.get("WARC-Truncated"),
        "server-not-modified" in (record.headers.get("WARC-Profile") or ""),
        offset,
    )


def _date(text: str | None) -> datetime | None:
    try:
        return parse_timestamp(text) if text else None
    except ValueError:
        return None


def _decoded(raw: bytes, headers: tuple[tuple[str, str], ...]) -> bytes:
    """Undo Transfer-Encoding and Content-Encoding; bytes that are plain all the same (Common Crawl) stay as they are.

    Raises ValueError for a coding that is not known and for a body over the limit.
    """
    said = {name.lower(): value.lower() for name, value in headers}
    body = raw
    if "chunked" in said.get("transfer-encoding", "") and _looks_chunked(raw):
        body = _read(ChunkedReader(io.BytesIO(raw)))
    for coding in reversed([c.strip() for c in said.get("content-encoding", "").split(",") if c.strip()]):
        body = _uncoded(body, coding)
    return body


def _looks_chunked(raw: bytes) -> bool:
    size, _, _ = raw[:20].partition(b"\r\n")
    return bool(size) and all(c in b"0123456789abcdefABCDEF" for c in size.partition(b";")[0].strip())


def _uncoded(body: bytes, coding: str) -> bytes:
    if coding == "identity":
        return body
    if coding in ("gzip", "x-gzip"):
        return _inflated(body, 31) if body.startswith(b"\x1f\x8b") else body
    if coding == "deflate":
        return _inflated(body, 15 if body[:1] == b"\x78" else -15)
    if coding == "br":
        return _read(BrotliReader(io.BytesIO(body)))
    if coding == "zstd":
        return _read(ZstdReader(io.BytesIO(body))) if body.startswith(b"\x28\xb5\x2f\xfd") else body
    raise ValueError(f"unknown content-encoding {coding!r}")


def _inflated(body: bytes, window: int) -> bytes:
    out = zlib.decompressobj(window).decompress(body, MAX_BODY + 1)
    return _bounded(out)


def _read(reader: Any) -> bytes:
    return _bounded(reader.read(MAX_BODY + 1))


def _bounded(body: bytes) -> bytes:
    if len(body) > MAX_BODY:
        raise ValueError(f"over the limit of {MAX_BODY // 2**20} MB when unpacked")
    return body
