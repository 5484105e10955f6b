"""Reads bodies in processes of their own, under limits of time and memory, so that no input can stop or swell the caller.

Guarantees: every task gives a Report; a body over its limit, or one that brings its process down, is `unreadable` with a
finding that says so, and the next body gets a fresh process. A body that the archive itself has lost or damaged is no reading:
it is `Lost`. What is read comes as rows.
"""

from __future__ import annotations

import os
import resource
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path

import parsers
from archive.keeping.bodies import Bodies, DamagedBodyError
from archive.reading.rows import ReadingRows, rows_of
from parsers import PARSER_VERSION, Report
from parsers.templates import finding


@dataclass(frozen=True, slots=True)
class Limits:
    """What one body may take: seconds from start to report, bytes of address space beyond the process's own."""

    seconds: float
    memory: int


PLAIN = Limits(10.0, 1 << 30)
OCR = Limits(185.0, 2 << 30)
"""30 pages of 6 s each, and the start of the models."""


@dataclass(frozen=True, slots=True)
class ReadingTask:
    """One body to read, with the evidence of its address."""

    body_sha256: str
    url: str
    headers: tuple[tuple[str, str], ...]
    declared: dict[str, str]


@dataclass(frozen=True, slots=True)
class Lost:
    """Stands for the Report of a body that is missing or damaged in bodies.db."""

    body_sha256: str


Read = tuple[ReadingTask, ReadingRows | Lost]
"""A task and what became of it."""


def limits_of(body: bytes) -> Limits:
    """Return the limits for `body`: more for pictures, and for a PDF that names no font and so must be a scan."""
    picture = body.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*"))
    return OCR if picture or (body.startswith(b"%PDF") and b"/Font" not in body) else PLAIN


def read_task(body: bytes, task: ReadingTask) -> Report:
    """Read one body here and now, without limits."""
    return parsers.read_report(body, url=task.url, headers=task.headers, declared=task.declared)


def read_limited(body: bytes) -> Report:
    """Read one body in a forked process under limits; for callers that have not used the readers' libraries yet."""
    limits = limits_of(body)
    ours, theirs = get_context("fork").Pipe(duplex=False)
    process = get_context("fork").Process(
        target=lambda: theirs.send(_guarded(lambda: parsers.read_report(body), limits.memory)), daemon=True
    )
    process.start()
    theirs.close()
    try:
        if not ours.poll(limits.seconds):
            return _stopped("time_limit", seconds=int(limits.seconds))
        report: Report = ours.recv()
        return report
    except EOFError:
        return _stopped("reader_crashed")
    finally:
        process.kill()
        process.join()
        ours.close()


def _stopped(code: str, **details: int) -> Report:
    return Report("unreadable", PARSER_VERSION, findings=(finding(code, None, **details),))


def _guarded(read: Callable[[], Report], memory: int) -> Report:
    """Read with so much address space beyond what the process holds already."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (pages * os.sysconf("SC_PAGE_SIZE") + memory, hard))
    try:
        return read()
    except MemoryError:
        return _stopped("memory_limit", limit=memory >> 20)
    except RecursionError:
        return _stopped("reader_crashed")


class _Worker:
    """A process that reads one task after the other, taking bodies from bodies.db itself rather than over the pipe."""

    def __init__(self, path: Path) -> None:
        context = get_context("spawn")
        self.channel, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, path), daemon=True)
        self.process.start()
        theirs.close()
        self.task: ReadingTask | None = None
        self.deadline = 0.0

    def give(self, task: ReadingTask) -> None:
        self.task = task
        self.deadline = time.monotonic() + OCR.seconds  # until the process has said what the body may take
        self.channel.send(task)

    def hear(self) -> ReadingRows | Lost | None:
        """Take the next message: the time that the body may take, or what became of it; EOFError where the process died."""
        message = self.channel.recv()
        if isinstance(message, ReadingRows | Lost):
            return message
        self.deadline = time.monotonic() + message
        return None

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.channel.close()


def _serve(channel: Connection, path: Path) -> None:
    """Read tasks until the caller goes away, in whichever way."""
    with suppress(EOFError, ConnectionError):
        _read_tasks(channel, path)


def _read_tasks(channel: Connection, path: Path) -> None:
    import_module("parsers.report")  # now: what it takes is not the first body's
    bodies = Bodies(sqlite3.connect(f"{(path / 'bodies.db').resolve().as_uri()}?mode=ro", uri=True))
    while True:
        task: ReadingTask = channel.recv()
        try:
            body = bodies.get(task.body_sha256)
        except (KeyError, DamagedBodyError):
            channel.send(Lost(task.body_sha256))
            continue
        limits = limits_of(body)
        channel.send(limits.seconds)
        channel.send(rows_of(_guarded(_bound(body, task), limits.memory)))


def _bound(body: bytes, task: ReadingTask) -> Callable[[], Report]:
    return lambda: read_task(body, task)


class ReadingPool:
    """Processes that read bodies of one archive side by side; use it as a context manager."""

    def __init__(self, path: Path, workers: int) -> None:
        self._path = path
        self._most = max(1, workers)
        self._workers: list[_Worker] = []
        self._queue: deque[ReadingTask] = deque()

    def __enter__(self) -> ReadingPool:
        return self

    def __exit__(self, *exc: object) -> None:
        for worker in self._workers:
            worker.stop()

    def submit(self, task: ReadingTask) -> None:
        """Put a task in the queue."""
        self._queue.append(task)

    @property
    def waiting(self) -> int:
        """How many tasks have no Report yet."""
        return len(self._queue) + sum(worker.task is not None for worker in self._workers)

    def collect(self, patience: float = float("inf")) -> list[Read]:
        """Return what was read since the last call, waiting up to `patience` seconds for the first of it."""
        until = time.monotonic() + patience
        while self.waiting:
            self._hand_out()
            busy = [worker for worker in self._workers if worker.task is not None]
            next_end = min(min(worker.deadline for worker in busy), until)
            ready = wait([w.channel for w in busy], timeout=max(0.0, next_end - time.monotonic()))
            done = [(task, report) for worker in busy for task, report in self._heard(worker, ready)]
            if done or time.monotonic() >= until:
                self._hand_out()  # nobody is idle while the caller stores what came
                return done
        return []

    def _hand_out(self) -> None:
        while self._queue and len(self._workers) < self._most and all(w.task for w in self._workers):
            self._workers.append(_Worker(self._path))
            self._workers[-1].give(self._queue.popleft())
        for worker in self._workers:
            if worker.task is None and self._queue:
                worker.give(self._queue.popleft())

    def _heard(self, worker: _Worker, ready: Sequence[object]) -> list[Read]:
        """Take what one worker has to say; one that died or took too long is replaced."""
        task = worker.task
        assert task is not None
        report: ReadingRows | Lost | None
        if worker.channel in ready:
            try:
                report = worker.hear()
            except EOFError:
                report = self._replaced(worker, _stopped("reader_crashed"))
        elif time.monotonic() >= worker.deadline:
            report = self._replaced(worker, _stopped("time_limit", seconds=int(PLAIN.seconds)))
        else:
            report = None
        if report is None:
            return []
        worker.task = None
        return [(task, report)]

    def _replaced(self, worker: _Worker, report: Report) -> ReadingRows:
        self._workers.remove(worker)
        worker.stop()
        return rows_of(report)


def read_in_processes(path: Path, tasks: Sequence[ReadingTask], workers: int) -> Iterator[Read]:
    """Yield each task of the archive at `path` with its Report, as they come."""
    with ReadingPool(path, workers) as pool:
        for task in tasks:
            pool.submit(task)
        while pool.waiting:
            yield from pool.collect()
