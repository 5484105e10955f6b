"""`gongkai import`: take files and folders into the archive, and read them."""

from __future__ import annotations

import os
from collections import Counter
from datetime import datetime
from pathlib import Path

import click

from archive.clock import parse_timestamp
from archive.imports import Imported, import_files
from archive.reading.readings import read_captures
from archive.store import Archive
from archive.warc.importing import Choice
from cli.session import Session, common_options, status_error


def _time(_: click.Context, __: click.Parameter, value: str | None) -> datetime | None:
    try:
        return parse_timestamp(value) if value else None
    except ValueError:
        raise click.BadParameter(f"{value!r} is no ISO 8601 time, for instance 2024-01-31T08:00:00Z") from None


@click.command("import")
@common_options
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--url", help="The address that the one file named came from.")
@click.option("--captured-at", callback=_time, help="When it was captured (ISO 8601; UTC unless it says otherwise).")
@click.option(
    "--match", "patterns", multiple=True, metavar="GLOB", help="Of WARC files, take what has such an address."
)
@click.option("--all", "everything", is_flag=True, help="Of WARC files, take every page, reports or not.")
@click.pass_obj
def command(
    session: Session,
    paths: tuple[Path, ...],
    url: str | None,
    captured_at: datetime | None,
    patterns: tuple[str, ...],
    everything: bool,
) -> None:
    """Take PATHS (files, folders, WARC files) into the archive and read them.

    An imported file has the address file:NAME and the time of import, unless --url and --captured-at, or a sidecar
    NAME.json with url, captured_at and headers, say otherwise. It is marked as imported everywhere. Of a WARC file
    (.warc, .warc.gz, .warc.zst) the pages that mention 信息公开 are taken, and documents of gov.cn hosts, each with its
    own address and time; --match or --all take others.

    \b
    Examples:
      gongkai import captures/
      gongkai import CC-MAIN-20250101.warc.gz --match 'http*://*.gov.cn/*'
      gongkai import page.html --url http://www.example.gov.cn/t20240112_1.html --captured-at 2024-01-12
    """
    with Archive.open(session.archive_path(), session.clock, create=True, sample=False) as archive, archive.lock():
        with session.progress("import", "导入") as bar:
            results = import_files(
                archive,
                paths,
                url=url,
                captured_at=captured_at,
                choice=Choice(patterns, everything),
                progress=bar,
            )
        urls = None if any(r.warc for r in results) else [r.url for r in results if r.url]
        with session.progress("read", "读取") as bar:
            summary = read_captures(archive, urls=urls, workers=os.cpu_count() or 1, progress=bar)
    faults = _report_faults(session, results)
    captures = sum(1 for r in results if r.url) + sum(r.warc.taken for r in results if r.warc)
    passed_over = sum((r.warc.passed_over for r in results if r.warc), Counter[str]())
    if session.json:
        session.print_json(
            {
                "files": len(results),
                "failed": [str(r.path) for r in results if r.error],
                "captures": captures,
                "passed_over": dict(sorted(passed_over.items())),
                "faults": faults,
                "readings": summary.readings,
                "new_versions": summary.new_versions,
            }
        )
    else:
        read = ", ".join(f"{n} {v}" for v, n in sorted(summary.readings.items())) or "0"
        new = sum(summary.new_versions.values())
        left = ", ".join(f"{n} {reason}" for reason, n in sorted(passed_over.items()))
        session.say(
            f"{len(results)} files, {captures} captures imported; newly read: {read}; new versions: {new}"
            + (f"; passed over: {left}" if left else ""),
            f"导入 {len(results)} 个文件、{captures} 次抓取；新读取：{read}；新版本：{new}"
            + (f"；未取：{left}" if left else ""),
        )
    if faults:
        raise status_error(4)


def _report_faults(session: Session, results: list[Imported]) -> int:
    """Print what could not be taken; return how many."""
    faults = 0
    for result in results:
        if result.error:
            session.warn(result.error.en, result.error.zh)
            faults += 1
        for fault in result.warc.faults if result.warc else ():
            session.warn(f"{result.path}: {fault.en}", f"{result.path}：{fault.zh}")
            faults += 1
    return faults
