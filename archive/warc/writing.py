"""Writes captures of the archive as a WARC 1.1 file (ISO 28500) that warcio's checker and pywb take.

Guarantees: one gzip member a record; the same captures give the same bytes; nothing is claimed that was not kept: the
`warcinfo` record says what the crawl's HTTP client normalised, and what was never a response (a name that did not
resolve, a time-out) is not made into one.
"""

from __future__ import annotations

import io
import json
import sqlite3
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.utils import Digester
from warcio.warcwriter import WARCWriter

from archive.store import Archive

_NAMESPACE = uuid.UUID("6f1f4b1e-6a53-5c1c-9b0e-6d0e3e1f7a10")
_CARRIED = {"content-encoding", "transfer-encoding", "content-length"}
_IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_DESCRIPTION = (
    "Captures of annual reports on government information disclosure. Crawled with Scrapy: bodies are decoded from their "
    "Transfer-Encoding and Content-Encoding (the headers as sent stand as X-Archive-Orig-*, Content-Length is that of the "
    "decoded body), names of headers are in Scrapy's spelling and order, reason phrases are the standard's and the HTTP "
    "version is not kept. No request records were kept. Imported files are resource records; pages as a browser's scripts made "
    "them are conversion records."
)


def write_warc(
    archive: Archive, captures: Iterable[sqlite3.Row], path: Path, progress: Callable[[int], None] | None = None
) -> Counter[str]:
    """Write captures (rows of `capture`, oldest first) to `path` (.warc.gz); return the records by type.

    What has no bytes and no answer is counted as `left_out`. `progress` is called with the captures done.
    """
    counts: Counter[str] = Counter()
    first_of: dict[str, tuple[str, str]] = {}  # payload digest -> (address, time) of its first record
    last_of: dict[str, tuple[str, str]] = {}  # address -> (time, payload digest) of its last body
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        writer = WARCWriter(file, gzip=path.suffix == ".gz", warc_version="1.1")
        for done, row in enumerate(captures, 1):
            if done == 1:
                writer.write_record(_information(writer, path.name, row["captured_at"]))
            record = _record(archive, writer, row, first_of, last_of)
            counts[record.rec_type if record else "left_out"] += 1
            if record:
                writer.write_record(record)
                record.raw_stream.close()
            if progress:
                progress(done)
    part.replace(path)
    return counts


def _information(writer: WARCWriter, name: str, at: str) -> ArcWarcRecord:
    fields = {
        "software": "gongkai-archive",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "description": _DESCRIPTION,
    }
    record = writer.create_warcinfo_record(name, fields)
    record.rec_headers.replace_header("WARC-Date", at)
    record.rec_headers.replace_header("WARC-Record-ID", _record_id("warcinfo", name, at))
    return record


def _record_id(*parts: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(_NAMESPACE, ' '.join(parts))}>"


def _record(
    archive: Archive,
    writer: WARCWriter,
    row: sqlite3.Row,
    first_of: dict[str, tuple[str, str]],
    last_of: dict[str, tuple[str, str]],
) -> ArcWarcRecord | None:
    """Return the record of a capture: response, resource, conversion, or a revisit of bytes that stand in an earlier record."""
    url, at = row["url"], row["captured_at"]
    told = {"WARC-Date": at, "WARC-Record-ID": _record_id(row["id"])}
    rendered = "rendered" in json.loads(row["context"])
    http = None if rendered else _http_headers(row)
    if row["outcome"] == "not_modified":
        if http is None or url not in last_of:
            return None
        told |= {
            "WARC-Profile": _NOT_MODIFIED,
            "WARC-Refers-To-Target-URI": url,
            "WARC-Refers-To-Date": last_of[url][0],
        }
        told["WARC-Payload-Digest"] = last_of[url][1]
        return writer.create_warc_record(url, "revisit", io.BytesIO(), 0, warc_headers_dict=told, http_headers=http)
    if row["body_sha256"] is None:
        if http is None:
            return None
        body = b""
    else:
        body = archive.get_body(row["body_sha256"])
    digest = _digest(body)
    if row["outcome"] == "truncated":
        told["WARC-Truncated"] = "disconnect"
    last_of[url] = (at, digest)
    if http is None:
        kind = _content_type(row) or "application/octet-stream"
        record = "conversion" if rendered else "resource"
        return writer.create_warc_record(url, record, io.BytesIO(body), len(body), kind, warc_headers_dict=told)
    if digest in first_of and body:
        there, then = first_of[digest]
        told |= {"WARC-Profile": _IDENTICAL, "WARC-Refers-To-Target-URI": there, "WARC-Refers-To-Date": then}
        told["WARC-Payload-Digest"] = digest
        return writer.create_warc_record(url, "revisit", io.BytesIO(), 0, warc_headers_dict=told, http_headers=http)
    first_of.setdefault(digest, (url, at))
    return writer.create_warc_record(
        url, "response", io.BytesIO(body), len(body), warc_headers_dict=told, http_headers=http
    )


def _digest(body: bytes) -> str:
    digester = Digester("sha1")
    digester.update(body)
    return str(digester)


def _content_type(row: sqlite3.Row) -> str | None:
    return next((v for n, v in json.loads(row["headers"]) if n.lower() == "content-type"), None)


def _http_headers(row: sqlite3.Row) -> StatusAndHeaders | None:
    """Return the answer's status line and headers; None for an imported file, and where there was no answer."""
    if row["status"] is None:
        return None
    try:
        phrase = HTTPStatus(row["status"]).phrase
    except ValueError:
        phrase = ""
    headers = [
        (f"X-Archive-Orig-{name}" if name.lower() in _CARRIED else name, value)
        for name, value in json.loads(row["headers"])
    ]
    headers.append(("Content-Length", str(row["body_size"] or 0)))
    return StatusAndHeaders(f"{row['status']} {phrase}".strip(), headers, protocol="HTTP/1.1")
