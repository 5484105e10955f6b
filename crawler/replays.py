"""What an archive's replay of a page is evidence of: the page, at the time at which the archive got it.

Guarantees: the time is the one that the answer itself states (Memento-Datetime, RFC 7089 2.1.1), never the one that was
asked for, because archives answer with the nearest they have; an answer that states none is evidence of nothing. Headers
are the original's as far as the archive gives them.
"""

from __future__ import annotations

import email.utils
import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

from archive.captures import Capture
from archive.clock import timestamp
from archive.crawls.reasons import Reason, reason
from archive.crawls.runs import FrontierItem
from archive.store import Archive

_REPLAY = re.compile(r"/(\d{14})id_/(https?://.+)", re.DOTALL)
_ORIGINAL = "x-archive-orig-"
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def original_of(replay: Capture) -> Capture | Reason:
    """Return the capture that `replay` is evidence of, or why there is none."""
    found = _REPLAY.search(replay.url)
    if found is None or replay.outcome != "ok" or replay.body is None:
        return reason("replay_none")
    stated = next((value for name, value in replay.headers if name.lower() == "memento-datetime"), "")
    captured_at = _http_date(stated)
    if captured_at is None:
        return reason("replay_undated")
    return Capture(
        url=_plain(found[2]),
        captured_at=captured_at,
        kind="import",
        outcome="imported",
        status=replay.status,
        headers=_headers(replay.headers),
        body=replay.body,
        portal=replay.portal,
        context={**replay.context, "replay": replay.url},
    )


def has_replay(archive: Archive, item: FrontierItem) -> bool:
    """Tell whether the archive holds already what a replay is evidence of; such a thing never changes."""
    found = _REPLAY.search(item.url)
    if found is None or item.kind != "replay":
        return False
    at = timestamp(datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC))
    known = archive.db.execute(
        "SELECT 1 FROM capture WHERE url = ? AND captured_at = ? AND kind = 'import'", (_plain(found[2]), at)
    )
    return known.fetchone() is not None


def _plain(original: str) -> str:
    """Return the address as a crawl would have asked for it: archives write the default port out."""
    parts = urlsplit(original)
    return parts._replace(netloc=parts.netloc.removesuffix(_DEFAULT_PORTS.get(parts.scheme, ""))).geturl()


def _headers(sent: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Return the original's headers; its type where the archive gives that under its own name alone."""
    kept = [(name[len(_ORIGINAL) :], value) for name, value in sent if name.lower().startswith(_ORIGINAL)]
    if not any(name.lower() == "content-type" for name, _ in kept):
        kept += [(name, value) for name, value in sent if name.lower() == "content-type"]
    return tuple(kept)


def _http_date(text: str) -> datetime | None:
    try:
        return email.utils.parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None
