"""The crawl as others call it: one function, one child process, one summary.

Guarantees: Scrapy runs in a process of its own (Twisted's reactor cannot be started twice, and a caller may
crawl again), which holds the archive's lock, gets everything in memory, and ends at once when its parent
dies; errors of ours come back as they were raised; an interrupted crawl leaves a run that the next call
takes up where it was.
"""

from __future__ import annotations

import multiprocessing
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from archive.clock import Clock
from crawler.allowance import Budget
from crawler.browser import require_browser
from crawler.declarations import Portal
from parsers.errors import GongkaiError, UsageError
from parsers.model import Finding


@dataclass(frozen=True, slots=True)
class CrawlEvent:
    """One request that came to its end; `pending` and `done` count the requests of the run so far."""

    portal: str
    kind: str
    outcome: str
    verdict: str | None
    url: str
    pending: int
    done: int


@dataclass(frozen=True, slots=True)
class CrawlSummary:
    """What a run came to: captures by outcome, completeness by column, what a person should know.

    `ended` is false where requests are still to be made; `complete` is true where the run has ended, every list
    was read to its end and everything listed was answered.
    """

    run_id: str
    resumed: bool
    ended: bool
    captures: dict[str, int]
    listings: dict[str, str]
    findings: tuple[Finding, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Job:
    """What the child process is told, pickled over the pipe.

    With `due` only what the schedule asks for now is fetched, with `since` nothing on an earlier report year.
    `settings` override those of crawler.settings; `names` are addresses by name that stand in for DNS, and are
    checked by the guard all the same. Both are for tests.
    """

    archive: Path
    portals: tuple[Portal, ...]
    clock: Clock
    authorities: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    contact: str | None = None
    limit: int | None = None
    delay: float | None = None
    budget: Budget = field(default_factory=Budget)
    due: bool = False
    since: int | None = None
    sample: bool = False
    settings: Mapping[str, object] = field(default_factory=dict)
    names: Mapping[str, tuple[str, ...]] | None = None


class CrawlProcessError(GongkaiError):
    """Raised where the crawl's process fell over an error that is not one of ours; carries its traceback."""


def crawl(
    archive_path: Path,
    portals: Sequence[Portal],
    clock: Clock,
    *,
    authorities: Mapping[str, tuple[str, int]] | None = None,
    user_agent_contact: str | None = None,
    limit: int | None = None,
    delay: float | None = None,
    budget: Budget | None = None,
    due: bool = False,
    since: int | None = None,
    sample: bool = False,
    progress: Callable[[CrawlEvent], None] | None = None,
) -> CrawlSummary:
    """Crawl the columns of `portals` into the archive, taking up a crawl that was cut off.

    `authorities` are the sockets of a sample server that the caller has started ("name:port" -> (ip,
    port)). `limit` is the largest number of report pages fetched by this call; the rest stays pending.
    `delay` is the seconds between two requests to one host (default: crawler.settings); a longer
    Crawl-delay of robots.txt goes before it. `budget` bounds the run, `due` fetches only what crawler.schedule
    asks for now, `since` leaves out reports on earlier years. Raises UsageError, ArchiveLockedError, CrawlProcessError, and
    KeyboardInterrupt once the child has ended cleanly.
    """
    job = Job(
        archive=archive_path,
        portals=tuple(portals),
        clock=clock,
        authorities=dict(authorities or {}),
        contact=user_agent_contact,
        limit=limit,
        delay=delay,
        budget=budget or Budget(),
        due=due,
        since=since,
        sample=sample,
    )
    return run_job(job, progress)


def check_job(job: Job) -> None:
    """Refuse a job that must not run; raises UsageError."""
    if not job.portals:
        raise UsageError("no portal to crawl: name at least one", "没有要抓取的门户：请至少指定一个")
    for portal in job.portals:
        if portal.sample != job.sample:
            raise UsageError(
                f"portal {portal.slug}: samples and real portals must not meet in one archive",
                f"门户 {portal.slug}：样本与真实门户不得写入同一档案库",
            )
        if portal.rendered:
            require_browser()
    if not job.authorities and not (job.contact or "").strip():
        raise UsageError(
            "a crawl of real portals must say who asks: name an e-mail address or a page with --contact "
            "or GONGKAI_CONTACT, so that a webmaster can reach you",
            "抓取真实门户须表明身份：请用 --contact 或 GONGKAI_CONTACT 给出邮箱或网页地址，以便联系",
        )


def run_job(job: Job, progress: Callable[[CrawlEvent], None] | None = None) -> CrawlSummary:
    """Run one job in a child process and return its summary; raises as `crawl` does."""
    for portal in job.portals:
        if not portal.columns:
            raise UsageError(
                f"portal {portal.slug}: no report column is known; find it with `gongkai portal detect {portal.home}`",
                f"门户 {portal.slug}：尚不知年报栏目；可用 `gongkai portal detect {portal.home}` 查找",
            )
    summary: CrawlSummary = run_child(job, progress)
    return summary


def run_child(job: Job, progress: Callable[[CrawlEvent], None] | None = None) -> Any:
    """Run one job in a child process and return what its session came to; raises as `crawl` does."""
    check_job(job)
    context = multiprocessing.get_context("spawn")
    channel, child_end = context.Pipe(duplex=True)
    process = context.Process(target=_enter_child, args=(child_end, job), name="gongkai-crawl")
    process.start()
    # kept open here it would hide the child's death: the pipe would never end
    child_end.close()
    try:
        return _follow(channel, progress)
    except BaseException:
        # it may be waiting for us; what it does can be cut at any moment
        process.kill()
        raise
    finally:
        process.join()
        channel.close()
        process.close()


def _follow(channel: Connection, progress: Callable[[CrawlEvent], None] | None) -> Any:
    """Read what the child tells until it ends; an interrupt asks it to stop and is raised when it has."""
    messages: queue.SimpleQueue[tuple[str, Any] | None] = queue.SimpleQueue()
    # a thread of its own, because an interrupt in the middle of a message would lose the rest of it
    threading.Thread(target=_receive, args=(channel, messages), daemon=True).start()
    interrupted = False
    while True:
        try:
            message = messages.get()
            if message is None:
                break
            kind, payload = message
            if kind == "events" and progress is not None:
                for event in payload:
                    progress(event)
            elif kind == "done":
                if interrupted:
                    raise KeyboardInterrupt
                return payload
            elif kind == "error":
                error, en, zh = payload
                raise error(en, zh)
            elif kind == "crash":
                raise CrawlProcessError(f"the crawl failed:\n{payload}", f"抓取过程出错：\n{payload}")
        except KeyboardInterrupt:
            if interrupted:
                raise
            interrupted = True
            channel.send("stop")
    if interrupted:
        raise KeyboardInterrupt
    raise CrawlProcessError(
        "the crawl's process was killed; run the same command again, it goes on where it was",
        "抓取进程被终止；请重新运行同一命令，将从中断处继续",
    )


def _receive(channel: Connection, messages: queue.SimpleQueue[tuple[str, Any] | None]) -> None:
    """Hand on every message of the child, and None when it has ended."""
    while True:
        try:
            messages.put(channel.recv())
        except (EOFError, OSError):
            messages.put(None)
            return


def _enter_child(channel: Connection, job: Job) -> None:
    """Begin the child; Scrapy and its reactor are imported here and never in the parent."""
    from crawler.child import main

    main(channel, job)
