"""The crawl's own process: Scrapy with one spider, told what to do by its parent and by nobody else.

Guarantees: it writes to the archive only while its parent lives (a thread waits for the pipe to end and
then ends the process); the first error in the crawl ends it and is reported, never logged and forgotten.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler import settings as crawl_settings
from crawler.probe import ProbeJob
from crawler.probe_child import ProbeSession, ProbeSpider
from crawler.run import CrawlEvent, Job
from crawler.session import Session
from crawler.spiders.portal import PortalSpider
from parsers.errors import GongkaiError


def main(channel: Connection, job: Job) -> None:
    """Run the job and send ("events"|"done"|"error"|"crash", payload) to the parent."""
    # Ctrl-C reaches the whole group; the parent alone decides, and asks us to stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    running: list[AsyncCrawlerProcess] = []
    threading.Thread(target=_heed_parent, args=(channel, running), daemon=True).start()
    try:
        with _session(job, lambda events: channel.send(("events", events))) as session:
            result = _run(session, running)
        channel.send(("done", result))
        os._exit(0)  # all is closed; to free what was imported and asked for takes a quarter of a second
    except GongkaiError as error:
        channel.send(("error", (type(error), error.en, error.zh)))
    except Exception:
        channel.send(("crash", traceback.format_exc()))


def _session(job: Job, emit: Callable[[Sequence[CrawlEvent]], None]) -> Session:
    return ProbeSession(job, emit) if isinstance(job, ProbeJob) else Session(job, emit)


def _run(session: Session, running: list[AsyncCrawlerProcess]) -> object:
    spider_class = ProbeSpider if isinstance(session, ProbeSession) else PortalSpider
    settings = Settings()
    settings.setmodule(crawl_settings)
    settings.setdict(session.settings(), priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    # Scrapy's own level is DEBUG: it would make a record for each answer, for its handler to drop
    logging.getLogger("scrapy").setLevel(settings["LOG_LEVEL"])
    crawling = process.crawl(spider_class, session=session)
    running.append(process)
    process.start(install_signal_handlers=False)
    crawling.result()
    session.raise_first_error()
    return session.finish()


def _heed_parent(channel: Connection, running: list[AsyncCrawlerProcess]) -> None:
    """Stop the crawl when the parent asks, end at once when the parent is gone."""
    try:
        channel.recv()
        spiders = [crawler.spider for process in running for crawler in process.crawlers]
        if not any(spiders):
            os._exit(0)  # nothing was begun yet
        from twisted.internet import reactor

        for spider in spiders:
            reactor.callFromThread(spider.stop)
        channel.recv()
    except (EOFError, OSError):
        os._exit(1)
