"""What a person decided to keep out of the site and of later releases: a report, a passage of one, or a captured page.

Guarantees: the archive keeps everything; a decision names its author, reason and time, and is undone by another row only; it
goes with the report's documents, so that filing them elsewhere or finding a copy later publishes nothing.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from archive.clock import timestamp
from archive.decisions.said import demand_said
from archive.keys import digest
from archive.queries import find_report
from archive.store import Archive
from parsers.errors import NotFoundError, UsageError
from parsers.normalize import squeeze

_HEXADECIMAL = re.compile(r"[0-9a-f]{6,64}")


@dataclass(frozen=True, slots=True)
class Withholding:
    """A decision: `kind` is `report`, `passage` or `page`; `body_sha256` names the bytes of a page."""

    id: str
    kind: str
    unit_id: str | None
    report_year: int | None
    scope: str | None
    urls: tuple[str, ...]
    body_sha256: str | None
    passage: str | None
    why: str
    author: str
    made_at: str


def withhold(archive: Archive, target: str, *, why: str, author: str, passage: str | None = None) -> str:
    """Withhold a report (UNIT/YEAR[/SCOPE]), with `passage` only that of it, or a captured page (CAPTURE, the start of its id).

    Returns the decision's key. Raises NotFoundError for what is not there, UsageError where a passage stands nowhere in the report.
    """
    demand_said(why=why, author=author)
    if passage is not None and not squeeze(passage):
        raise UsageError("--passage must say something", "--passage 不能为空")
    body, report, urls = _target(archive.db, target)
    if body and passage:
        raise UsageError("a passage is withheld of a REPORT", "隐去文字须指明报告")
    if passage is not None and not any(passage_pattern(passage).search(text) for text in _texts(archive.db, urls)):
        raise UsageError(
            f"{passage!r} stands in no reading of this report: nothing was withheld",
            f"该报告的各次读数中均无“{passage}”：未作任何处理",
        )
    kind = "page" if body else "report" if passage is None else "passage"
    return _insert(archive, (kind, *report, json.dumps(urls), body, passage), why, author, None)


def undo(archive: Archive, target: str, *, why: str, author: str, passage: str | None = None) -> tuple[str, ...]:
    """Take back what is in force on a target, of passages only the one that is named; returns the keys.

    Raises NotFoundError where nothing is.
    """
    demand_said(why=why, author=author)
    body, (unit, year, scope), urls = _target(archive.db, target)
    found = [
        w
        for w in withholdings(archive.db)
        if (w.body_sha256 == body if body else w.body_sha256 is None and w.passage == passage)
        and (body or (w.unit_id, w.report_year, w.scope) == (unit, year, scope) or set(w.urls) & set(urls))
    ]
    if not found:
        raise NotFoundError(f"nothing is withheld of {target!r}", f"“{target}”没有不予刊出的内容")
    with archive.transaction():
        return tuple(
            _insert(
                archive,
                (w.kind, w.unit_id, w.report_year, w.scope, json.dumps(w.urls), w.body_sha256, w.passage),
                why,
                author,
                w.id,
            )
            for w in found
        )


def withholdings(db: sqlite3.Connection) -> list[Withholding]:
    """Return the decisions in force, oldest first."""
    rows = db.execute("SELECT * FROM withholding_in_force ORDER BY made_at, id")
    return [
        Withholding(
            row["id"],
            row["kind"],
            row["unit_id"],
            row["report_year"],
            row["scope"],
            tuple(json.loads(row["urls"])),
            row["body_sha256"],
            row["passage"],
            row["why"],
            row["author"],
            row["made_at"],
        )
        for row in rows
    ]


def passage_pattern(passage: str) -> re.Pattern[str]:
    """Return what finds a passage however its characters are spaced, in JSON too: a new parser may break lines elsewhere."""
    return re.compile(r"(?:\s|\\[nrt])*".join(map(re.escape, squeeze(passage))))


def _target(
    db: sqlite3.Connection, target: str
) -> tuple[str | None, tuple[str | None, int | None, str | None], list[str]]:
    """Return (hash of a page, key of a report, addresses of its documents), of which a page has only the first."""
    if _HEXADECIMAL.fullmatch(target):
        rows = db.execute(
            "SELECT DISTINCT body_sha256 FROM capture WHERE (id GLOB ?1 OR body_sha256 GLOB ?1) AND body_sha256 IS NOT NULL",
            (f"{target}*",),
        ).fetchall()
        if len(rows) != 1:
            raise NotFoundError(
                f"{len(rows)} captured pages have an id that begins with {target!r}",
                f"编号以“{target}”开头的网页有 {len(rows)} 个",
            )
        return rows[0][0], (None, None, None), []
    key, version = find_report(db, target)
    if version is not None:
        raise UsageError("a report is withheld whole: leave out @VERSION", "报告须整份处理：请去掉 @版本")
    urls = [row[0] for row in db.execute("SELECT url FROM document WHERE report_id = ? ORDER BY url", (key.id,))]
    return None, (key.unit_id, key.report_year, key.scope), urls


def _texts(db: sqlite3.Connection, urls: list[str]) -> Iterator[str]:
    """Yield all text that was ever read at the addresses."""
    for url in urls:
        for row in db.execute(
            """SELECT title_raw, issuer_raw, preface FROM reading WHERE url = :url
               UNION ALL SELECT s.heading, s.text, NULL FROM section s JOIN reading r ON r.id = s.reading_id WHERE r.url = :url
               UNION ALL SELECT c.raw, c.label, NULL FROM cell c JOIN reading r ON r.id = c.reading_id WHERE r.url = :url""",
            {"url": url},
        ):
            yield from filter(None, row)


def _insert(archive: Archive, what: tuple[object, ...], why: str, author: str, undoes: str | None) -> str:
    made_at = timestamp(archive.clock.now())
    key = digest(made_at, *what, why, author, undoes)
    archive.db.execute(
        "INSERT OR IGNORE INTO withholding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (key, *what, why, author, made_at, undoes),
    )
    return key
