"""Runs and their frontiers: what each has still to fetch.

Guarantees: an item that is marked as done in the transaction that adds what was found on it stands with that or not at all, so that
a run killed at any moment is taken up again without losing or repeating a page.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from archive.captures import CaptureKind
from archive.clock import Clock, timestamp
from archive.connecting import transaction
from archive.crawls.reasons import Reason
from archive.keys import digest, dump_json


@dataclass(frozen=True, slots=True)
class FrontierItem:
    """Something left to fetch in a run; `key` tells it from every other request of the run."""

    key: str
    kind: CaptureKind
    portal: str
    url: str
    context: dict[str, Any] = field(default_factory=dict)


class Runs:
    """The runs that an archive keeps."""

    def __init__(self, db: sqlite3.Connection, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    def start(self, verb: str) -> tuple[str, bool]:
        """Return (run id, resumed): the run of `verb` that was cut off, if there is one, else a new one."""
        cut_off = self.open(verb)
        if cut_off is not None:
            return cut_off, True
        started = timestamp(self._clock.now())
        (count,) = self._db.execute("SELECT count(*) FROM run").fetchone()
        run_id = digest("run", verb, started, count)
        with transaction(self._db):
            self._db.execute("INSERT INTO run (id, verb, started_at) VALUES (?, ?, ?)", (run_id, verb, started))
        return run_id, False

    def open(self, verb: str) -> str | None:
        """Return the id of the run of `verb` that was cut off, or None."""
        row = self._db.execute(
            "SELECT id FROM run WHERE verb = ? AND ended_at IS NULL ORDER BY started_at DESC", (verb,)
        ).fetchone()
        return row[0] if row else None

    def end(self, run_id: str, summary: dict[str, Any]) -> None:
        """Mark the run as ended, with its counts."""
        with transaction(self._db):
            self._db.execute(
                "UPDATE run SET ended_at = ?, summary = ? WHERE id = ?",
                (timestamp(self._clock.now()), dump_json(summary), run_id),
            )
            settle_frontier(self._db)

    def add(self, run_id: str, items: Iterable[FrontierItem]) -> list[FrontierItem]:
        """Add what is to be fetched; return those that the run did not know yet."""
        added = []
        with transaction(self._db):
            for item in items:
                cursor = self._db.execute(
                    "INSERT OR IGNORE INTO frontier (run_id, key, kind, portal, url, context) VALUES (?, ?, ?, ?, ?, ?)",
                    (run_id, item.key, item.kind, item.portal, item.url, dump_json(item.context)),
                )
                if cursor.rowcount:
                    added.append(item)
        return added

    def keys(self, run_id: str) -> set[str]:
        """Return the keys of all that the run knows."""
        return {row[0] for row in self._db.execute("SELECT key FROM frontier WHERE run_id = ?", (run_id,))}

    def pending(self, run_id: str) -> list[FrontierItem]:
        """Return what is still to be fetched in the run, in the order it was found."""
        rows = self._db.execute(
            "SELECT key, kind, portal, url, context FROM frontier WHERE run_id = ? AND NOT done ORDER BY rowid",
            (run_id,),
        )
        return [FrontierItem(k, kind, portal, url, json.loads(c)) for k, kind, portal, url, c in rows]

    def done(self, run_id: str, keys: Sequence[str]) -> None:
        """Mark items as handled, in one statement."""
        with transaction(self._db):
            self._db.execute(
                "UPDATE frontier SET done = 1 WHERE run_id = ? AND key IN (SELECT value FROM json_each(?))",
                (run_id, json.dumps(keys)),
            )

    def skip(self, run_id: str, skipped: Mapping[str, Reason]) -> None:
        """Keep why requests (by key) were not made in a run that ends without them."""
        with transaction(self._db):
            self._db.executemany(
                "UPDATE frontier SET skipped = ? WHERE run_id = ? AND key = ?",
                [(why.dump(), run_id, key) for key, why in skipped.items()],
            )


def settle_frontier(db: sqlite3.Connection) -> None:
    """Keep of the frontiers of ended runs what the next run asks for: of each request its last row, of a list's page its key.

    A list's page bears all that was found before it, so that a run can be taken up there; an ended one never is.
    """
    db.execute(
        """DELETE FROM frontier WHERE rowid IN (SELECT row FROM (
             SELECT f.rowid AS row, row_number() OVER (PARTITION BY f.key ORDER BY r.started_at DESC, r.id DESC) AS place
             FROM frontier f JOIN run r ON r.id = f.run_id WHERE r.ended_at IS NOT NULL) WHERE place > 1)"""
    )
    db.execute(
        """UPDATE frontier SET context = '{}' WHERE kind = 'list' AND context <> '{}'
           AND run_id IN (SELECT id FROM run WHERE ended_at IS NOT NULL)"""
    )
