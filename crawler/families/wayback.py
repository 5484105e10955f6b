"""Web archives (web.archive.org, pywb): a column is a CDX query, its rows are the archive's captures of a portal's pages.

    family = "wayback"
    hosts = ["web.archive.org"]
    [[column]]
    url = "https://web.archive.org/cdx/search/cdx?url=www.x.gov.cn/zfxxgknb/*&output=json&limit=1000&showResumeKey=true"

Guarantees: each row is the address that replays one capture as it was received (id_), in the order of the archive; only
captures of status 200 are rows, and revisits of these; of captures of one address that follow each other with one digest the
first alone, for they have the same bytes; styles, scripts, pictures and sound are left out, for no report is one. A list is
whole where the archive, asked for a resumption key, gives none; or, without a limit, where it answers as pywb does, which sets
none itself. The portal whose pages were archived is not asked for anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from crawler.families.listing import Entry, Family, ListPage, Page, PageRequest, absolute, data_of, decode, unique

_TIMESTAMP = re.compile(r"\d{14}")
_NO_REPORT = re.compile(r"(?:image|audio|video|font)/|text/css|(?:text|application)/(?:x-)?(?:java|ecma)script")
_REVISIT = "warc/revisit"
_SERVER = "/cdx/search/cdx"
"""Where the Internet Archive answers CDX queries; its replays stand under /web/ (its CDX server's README)."""
_KEY = re.compile(r"(?<=[?&])resumeKey=[^&]*")


@dataclass(frozen=True, slots=True)
class _Record:
    """One line of a CDX index, as JSON gives it (pywb and the Internet Archive name the fields differently)."""

    timestamp: str
    original: str
    media_type: str
    status: str
    digest: str


def detect(page: Page) -> bool:
    """Tell a CDX answer by its fields."""
    text = decode(page)
    return bool(text.strip()) and any(True for _ in _records(_rows(text)))


def read_list(page: Page) -> ListPage:
    """Read one answer to a CDX query: an array of arrays headed by its fields' names, or an object a line."""
    text = decode(page)
    rows = _rows(text)
    records = tuple(_records(rows))
    prefix = _prefix(page.url)
    entries = unique(
        Entry(url, "", None)
        for record in _kept(records)
        if (url := absolute(page.url, f"{prefix}/{record.timestamp}id_/{record.original}")) is not None
    )
    key = _resumption_key(rows)
    # a page of pictures alone does not end the list: it is gone through, and not counted
    following = None if key is None else PageRequest(_resumed(page.url, key), page.number + bool(entries))
    whole = following is None and _is_whole(page.url, text, len(records))
    return ListPage(entries, pages=page.number if whole else None, next=following, past_end=whole)


def attachments(page: Page) -> tuple[str, ...]:
    """Return nothing: what a page attached is a capture of its own, or the archive does not have it."""
    return ()


def _rows(text: str) -> list[Any]:
    """Return the rows of an answer; none for what is no CDX answer."""
    data = data_of(text)
    if isinstance(data, list):
        return data
    lines = [data_of(line) for line in text.splitlines() if line.strip()]
    return lines if all(isinstance(line, dict) for line in lines) else []


def _records(rows: list[Any]) -> Iterator[_Record]:
    names: list[str] | None = None
    for row in rows:
        if isinstance(row, dict):
            found = row
        elif isinstance(row, list) and names is None:
            names = [str(name) for name in row]
            continue
        elif isinstance(row, list) and names is not None and len(row) == len(names):
            found = dict(zip(names, row, strict=True))
        else:
            continue  # the blank row and the key at the end
        values = [
            str(found.get(name) or found.get(other) or "")
            for name, other in (
                ("timestamp", ""),
                ("original", "url"),
                ("mimetype", "mime"),
                ("statuscode", "status"),
                ("digest", ""),
            )
        ]
        if _TIMESTAMP.fullmatch(values[0]) and urlsplit(values[1]).scheme in ("http", "https"):
            yield _Record(*values)


def _kept(records: tuple[_Record, ...]) -> Iterator[_Record]:
    """Yield the first of each run of equal digests, address by address."""
    last: dict[str, str] = {}
    whole: set[tuple[str, str]] = set()
    for record in records:
        if record.status == "200" and record.media_type != _REVISIT:
            whole.add((record.original, record.digest))
        elif record.media_type != _REVISIT or (record.original, record.digest) not in whole:
            continue
        if last.get(record.original) == record.digest or _NO_REPORT.match(record.media_type):
            continue
        last[record.original] = record.digest
        yield record


def _prefix(url: str) -> str:
    """Return the path under which the archive that answered at `url` replays."""
    path = urlsplit(url).path
    return "/web" if path.endswith(_SERVER) else path.removesuffix("/cdx")


def _resumption_key(rows: list[Any]) -> str | None:
    """Return the key that the archive gives in the row after a blank one, written as it wants to get it back."""
    if len(rows) >= 2 and rows[-2] == [] and isinstance(rows[-1], list) and len(rows[-1]) == 1:
        return str(rows[-1][0])
    return None


def _resumed(url: str, key: str) -> str:
    if _KEY.search(url):
        return _KEY.sub(lambda _: f"resumeKey={key}", url, count=1)
    return urljoin(url, f"{url}&resumeKey={key}")


def _is_whole(url: str, text: str, found: int) -> bool:
    """Tell whether the answer ends the list."""
    asked = parse_qs(urlsplit(url).query)
    if "true" in asked.get("showResumeKey", ()):
        return text.lstrip().startswith("[")  # an answer that is none has no key either
    limit = asked.get("limit", [""])[0]
    lines = found > 0 and not text.lstrip().startswith("[")
    return lines and (not limit or (limit.isdigit() and found < int(limit)))


FAMILY = Family("wayback", detect, read_list, attachments, entries="replay")
