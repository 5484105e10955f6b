"""Takes the captures of WARC files into the archive: streaming, with their true times, and only what may be a report.

Guarantees: a capture keeps the time at which it was made; one that is there already is not taken twice; a revisit
becomes a capture of the bytes it stands for, and is counted where these are nowhere; that a page was gone (404, 410)
or unchanged (304) is kept for the addresses that the archive knows. What was passed over is counted, by reason.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import urlsplit

from archive.captures import Capture, Outcome
from archive.clock import timestamp
from archive.store import Archive
from archive.warc.reading import Fault, Record, read_warc

_BATCH = 100
_MENTIONS = {
    "信息公开": ("utf-8", "gb18030", "utf-16-le", "utf-16-be"),
    "信息公開": ("utf-8", "big5", "gb18030"),
    "資訊公開": ("utf-8", "big5"),
}
_ESCAPED = (b"\\u4fe1\\u606f\\u516c\\u5f00", b"&#20449;&#24687;", b"&#x4fe1;&#x606f;")
_WORDS = (*(word.encode(e) for word, encodings in _MENTIONS.items() for e in encodings), *_ESCAPED)
_DOCUMENTS = (b"%PDF", b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"{\\rtf")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which captures of a WARC file to take: those whose address fits a pattern, all, or those that may be reports."""

    patterns: tuple[str, ...] = ()
    everything: bool = False


LIKELY = Choice()


@dataclass(slots=True)
class WarcSummary:
    """What came of one file: captures taken, those passed over by reason, and faults."""

    path: Path
    taken: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)


def import_warc(
    archive: Archive, path: Path, choice: Choice, progress: Callable[[int, int], None] | None = None
) -> WarcSummary:
    """Record what a WARC file holds; `progress` is called with (bytes read, bytes in all)."""
    summary = WarcSummary(path)
    size = path.stat().st_size
    batch: list[Capture] = []
    gone: list[Capture] = []

    def keep() -> None:
        archive.record_captures(batch)
        summary.taken += len(batch)
        batch.clear()

    for record in read_warc(path):
        if isinstance(record, Fault):
            summary.faults.append(record)
            continue
        if progress:
            progress(min(record.offset, size), size)
        if record.not_modified or record.status in (304, 404, 410):
            gone.append(_capture(record, path, None))
            continue
        body = record.body
        if record.kind == "revisit":
            keep()  # the bytes that it stands for may be among them
            body = _revisited(archive, record)
        reason = _passed_over(record, body, choice)
        if reason:
            summary.passed_over[reason] += 1
            continue
        batch.append(_capture(record, path, body))
        if len(batch) == _BATCH:
            keep()
    keep()
    known = [capture for capture in gone if archive.captures_with_body(capture.url)]
    batch += known
    keep()
    if len(gone) > len(known):
        summary.passed_over["gone_or_unchanged_elsewhere"] += len(gone) - len(known)
    if progress:
        progress(size, size)
    return summary


def _passed_over(record: Record, body: bytes | None, choice: Choice) -> str | None:
    """Return why a record is not taken, None where it is."""
    if body is None:
        return "revisit_of_nothing_here"
    if record.status is not None and not 200 <= record.status < 300:
        return "redirect" if 300 <= record.status < 400 else "http_error"
    if urlsplit(record.url).scheme not in ("http", "https", "file"):
        return "not_http"
    if choice.patterns:
        return None if any(fnmatchcase(record.url, pattern) for pattern in choice.patterns) else "not_matched"
    if choice.everything or any(word in body for word in _WORDS):
        return None
    host = urlsplit(record.url).hostname or ""
    if body.startswith(_DOCUMENTS) and (host.endswith(".gov.cn") or not host):
        return None  # its text is not in plain sight
    return "no_mention"


def _revisited(archive: Archive, record: Record) -> bytes | None:
    """Return the bytes that a revisit stands for: of the capture it refers to, or of one with its payload's digest."""
    for row in archive.captures_with_body(record.refers_to or record.url):
        same_time = record.refers_to_date is not None and row["captured_at"] == timestamp(record.refers_to_date)
        digest = json.loads(row["context"]).get("payload_digest")
        if same_time or (digest is not None and digest == record.payload_digest):
            return archive.get_body(row["body_sha256"])
    return None


def _capture(record: Record, path: Path, body: bytes | None) -> Capture:
    outcome: Outcome = "imported"
    if record.not_modified or record.status == 304:
        outcome = "not_modified"
    elif body is None:
        outcome = "not_found"
    elif record.truncated:
        outcome = "truncated"
    return Capture(
        url=record.url,
        captured_at=record.captured_at,
        kind="import",
        outcome=outcome,
        status=record.status,
        headers=record.headers,
        body=body,
        reason=f"WARC-Truncated: {record.truncated}" if record.truncated else None,
        context={"name": path.name, "offset": record.offset, "payload_digest": record.payload_digest},
    )
