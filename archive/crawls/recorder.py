"""Writes what a crawl tells from a thread of its own, many things in one commit, so that the crawl waits for no disk.

Guarantees: everything is committed in the order in which it was told, what is told together at once, and bodies before
the captures that name them, so a run killed at any moment holds a prefix of what was told; `flush` returns, and events are handed
on, when all that was told before is on disk; an error of the disk is raised to the one who tells
next. Between commits the archive is free for other writers. No more waits for a slow disk than memory may hold.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from archive.captures import Capture
from archive.clock import Clock
from archive.store import Archive

_MOST = 64
"""Operations in one commit; each may hold a body in memory."""
_WAITING = 4 * _MOST
"""Operations that may wait for the disk; the one who tells more waits too."""
_PATIENCE = 0.1
"""Seconds that the first operation of a commit waits for others at most."""
_QUIET = 0.01
"""Seconds without another operation after which a commit waits no longer."""

Write = Callable[[Archive], None]
"""Something to write; called inside the transaction, after the bodies of all captures told before it."""


@dataclass(frozen=True, slots=True)
class _Done:
    """An item of a run that was handled, and what is written in the same commit."""

    run_id: str
    key: str
    also: Write | None


@dataclass(frozen=True, slots=True)
class _Event:
    """What is handed on once everything told before is on disk."""

    event: Any


_Told = tuple[Capture, str | None] | Write | _Done | _Event
_Message = _Told | threading.Event | None


class Recorder:
    """A thread with its own connection to the archive at `path`; use it as a context manager.

    `emit` gets the events of each commit, together, in the recorder's thread.
    """

    def __init__(self, path: Path, clock: Clock, emit: Callable[[Sequence[Any]], None] | None = None) -> None:
        self._path = path
        self._clock = clock
        self._emit = emit
        # `queue.Queue` would bound itself, at the price of two locks and a wake-up for each operation
        self._told: queue.SimpleQueue[_Message] = queue.SimpleQueue()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="gongkai-record", daemon=True)

    def __enter__(self) -> Recorder:
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what was told, and end the thread; its error is raised where the block itself had none."""
        self._told.put(None)
        self._thread.join()
        if kind is None:
            self._raise()

    def capture(self, capture: Capture, run_id: str | None = None) -> None:
        """Have a capture kept."""
        self._tell((capture, run_id))

    def write(self, write: Write) -> None:
        """Have something written after all that was told before."""
        self._tell(write)

    def done(self, run_id: str, key: str, also: Write | None = None) -> None:
        """Have an item of a run marked as handled, and something else written with that or not at all."""
        self._tell(_Done(run_id, key, also))

    def event(self, event: Any) -> None:
        """Have an event handed on when all that was told before is on disk."""
        self._tell(_Event(event))

    def flush(self) -> None:
        """Wait until everything told so far is on disk."""
        written = threading.Event()
        self._tell(written)
        written.wait()
        self._raise()

    def _tell(self, told: _Told | threading.Event) -> None:
        self._raise()
        self._told.put(told)
        if self._told.qsize() > _WAITING and not isinstance(told, threading.Event):
            self.flush()

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        with ExitStack() as opening:
            archive = None
            try:
                archive = opening.enter_context(Archive.open(self._path, self._clock))
            except BaseException as error:
                self._error = error
            ended = False
            while not ended:
                batch = self._batch()
                ended = batch[-1] is None
                waiting = [item for item in batch if isinstance(item, threading.Event)]
                try:
                    if archive and self._error is None:  # what comes after a hole is not written
                        told = [i for i in batch if i is not None and not isinstance(i, threading.Event)]
                        _write(archive, told)
                        self._hand_on([item.event for item in told if isinstance(item, _Event)])
                except BaseException as error:
                    self._error = error
                for event in waiting:
                    event.set()

    def _hand_on(self, events: Sequence[Any]) -> None:
        if events and self._emit is not None:
            self._emit(events)

    def _batch(self) -> list[_Message]:
        """Return the next operations: at least one, and what else comes soon after it.

        It sleeps in between and is not woken by each: that would cost the teller more than telling.
        """
        batch = [self._told.get()]
        until = time.monotonic() + _PATIENCE
        while batch[-1] is not None and not isinstance(batch[-1], threading.Event) and len(batch) < _MOST:
            if self._told.empty():
                time.sleep(_QUIET)
                if self._told.empty() or time.monotonic() >= until:
                    break
            batch.append(self._told.get())
        return batch


def _write(archive: Archive, batch: Sequence[_Told]) -> None:
    """Write a batch by few statements: each hands the interpreter to the crawl and waits to have it back."""
    rows = archive.store_bodies_of([item for item in batch if isinstance(item, tuple)])
    handled: defaultdict[str, list[str]] = defaultdict(list)
    with archive.transaction():
        archive.insert_captures(rows)
        for item in batch:
            if isinstance(item, _Done):
                handled[item.run_id].append(item.key)
                if item.also is not None:
                    item.also(archive)
            elif not isinstance(item, tuple | _Event):
                item(archive)
        for run_id, keys in handled.items():  # an item is told to be done after it was added
            archive.runs.done(run_id, keys)
