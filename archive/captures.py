"""What is recorded of the network: captures, and what lists named.

Guarantees: a capture's key is made of all that tells it from another of the same address and time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from archive.clock import timestamp
from archive.crawls.reasons import Reason
from archive.keys import digest, dump_json
from parsers.model import Verdict

Outcome = Literal[
    "ok",
    "not_modified",
    "not_found",
    "http_error",
    "robots",
    "guard",
    "dns",
    "refused",
    "timeout",
    "tls",
    "truncated",
    "too_large",
    "imported",
]
CaptureKind = Literal["list", "report", "attachment", "robots", "import", "replay"]
"""What was captured; a `replay` is another archive's answer as it was fetched, and what it is evidence of an `import`."""

Completeness = Literal["complete", "partial", "unknown"]

CaptureRow = tuple[Any, ...]
"""A row of `capture`: key, address, time, kind and what follows."""


@dataclass(frozen=True, slots=True)
class Capture:
    """One fetch or import, failures too: the address asked, when, how it ended, and the body as received.

    `headers` are (name, value) pairs in the order received; `redirects` the addresses passed through before `url`'s
    answer; `context` what led here (the list's title and date for it), never used to name a figure.
    """

    url: str
    captured_at: datetime
    kind: CaptureKind
    outcome: Outcome
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    redirects: tuple[str, ...] = ()
    body: bytes | None = None
    verdict: Verdict | None = None
    reason: str | None = None
    portal: str | None = None
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    """What one reading of a report column came to: entries are (url, title, published date or None)."""

    portal: str
    url: str
    listed_at: datetime
    completeness: Completeness
    reason: Reason | None
    declared_total: int | None
    entries: tuple[tuple[str, str, str | None], ...]


def host_of(url: str) -> str | None:
    """Return the host that an address names, None for an imported file's."""
    try:
        return urlsplit(url).hostname
    except ValueError:  # what a page calls an address need not be one
        return None


def capture_row(capture: Capture, sha256: str | None, run_id: str | None) -> CaptureRow:
    """Return the row of a capture whose body, if it has one, is kept as `sha256`."""
    at = timestamp(capture.captured_at)
    # two POSTs to one address are told apart by what was posted, two ways to one address by where they led from
    posted = [f"{name}={value}" for name, value in capture.context.get("form", ())]
    if capture.context.get("json"):
        posted.append(capture.context["json"])
    return (
        digest(
            "capture",
            capture.url,
            at,
            capture.kind,
            capture.outcome,
            capture.status,
            sha256,
            *posted,
            *capture.redirects,
        ),
        capture.url,
        at,
        capture.kind,
        capture.outcome,
        capture.status,
        dump_json(capture.headers),
        dump_json(capture.redirects),
        sha256,
        None if capture.body is None else len(capture.body),
        capture.verdict,
        capture.reason,
        capture.portal,
        dump_json(capture.context),
        run_id,
        int(capture.kind == "import"),
    )
