"""Computes from what is committed in archive.db, in processes of their own, what one process then writes down.

Guarantees: results come in the order in which they were asked for, so that what is written does not depend on the number of
processes; what goes wrong there is raised here; only so many results are held ahead of whoever writes them; no process outlives
the one that started it.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import count
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, Generic, TypeVar

State = TypeVar("State")
Item = TypeVar("Item")
Result = TypeVar("Result")

_TOGETHER = 40
"""Items given to a process at once."""
_AHEAD = 3
"""Batches asked for ahead of the one that is waited for, for each process."""
_WORTH_IT = 200
"""Items below which nothing is handed out: a process takes half a second to start."""


class Processes:
    """Up to `most` processes beside this one, started when they are needed; use it as a context manager."""

    def __init__(self, db: sqlite3.Connection, most: int = 0) -> None:
        self._db = db
        self._most = most if most > 1 and not db.in_transaction else 0  # what is not committed nobody else can see
        self._executor: ProcessPoolExecutor | None = None
        self._numbers = count()

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)

    def each(self, start: Callable[[sqlite3.Connection], State]) -> Each[State]:
        """Have each process make what it computes with, from its own connection, when it is first asked to compute."""
        return Each(self, next(self._numbers), start, self._db)

    def run(
        self,
        number: int,
        start: Callable[[sqlite3.Connection], State],
        step: Callable[[State, Item], Result],
        items: Sequence[Item],
    ) -> Iterator[Result]:
        """Yield what `step` makes of each item, computed elsewhere."""
        executor = self._running()
        batches = (items[at : at + _TOGETHER] for at in range(0, len(items), _TOGETHER))
        asked: deque[Future[list[Result]]] = deque()
        for batch in batches:
            asked.append(executor.submit(_compute, number, start, step, batch))
            if len(asked) > _AHEAD * self._most:
                yield from asked.popleft().result()
        while asked:
            yield from asked.popleft().result()

    def is_worth_it(self, items: Sequence[object]) -> bool:
        """Tell whether so many items are computed elsewhere."""
        return self._most > 0 and (self._executor is not None or len(items) >= _WORTH_IT)

    def _running(self) -> ProcessPoolExecutor:
        if self._executor is None:
            (path,) = (row[2] for row in self._db.execute("PRAGMA database_list") if row[1] == "main")
            # spawned: an open SQLite file must not be carried through a fork (sqlite.org/howtocorrupt.html, 2.6)
            self._executor = ProcessPoolExecutor(self._most, get_context("spawn"), _open, (path,))
        return self._executor


class Each(Generic[State]):
    """What each process computes with."""

    def __init__(
        self, processes: Processes, number: int, start: Callable[[sqlite3.Connection], State], db: sqlite3.Connection
    ) -> None:
        self._processes = processes
        self._number = number
        self._start = start
        self._db = db
        self._here: State | None = None

    @property
    def here(self) -> State:
        """Return what this process computes with."""
        if self._here is None:
            self._here = self._start(self._db)
        return self._here

    def map(self, step: Callable[[State, Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """Yield what `step` makes of each item, in order. `step` only reads; where little is asked it is done here."""
        if self._processes.is_worth_it(items):
            yield from self._processes.run(self._number, self._start, step, items)
        else:
            for item in items:
                yield step(self.here, item)


def connection(db: sqlite3.Connection) -> sqlite3.Connection:
    """Compute with the connection and nothing else."""
    return db


# -- in a process ------------------------------------------------------------------------------------

_process: dict[str, Any] = {}
"""What this process holds: `db`, and the number and the state of the last Each."""


def _open(path: str) -> None:
    db = sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    db.row_factory = sqlite3.Row
    _process["db"] = db
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


def _compute(
    number: int,
    start: Callable[[sqlite3.Connection], State],
    step: Callable[[State, Item], Result],
    items: Sequence[Item],
) -> list[Result]:
    if _process.get("number") != number:
        _process["state"] = start(_process["db"])
        _process["number"] = number
    return [step(_process["state"], item) for item in items]
