"""`gongkai import`: take files and folders into the archive, and read them."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import click

from archive.clock import parse_timestamp
from archive.imports import import_files
from archive.readings import read_captures
from archive.store import Archive
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
@click.pass_obj
def command(session: Session, paths: tuple[Path, ...], url: str | None, captured_at: datetime | None) -> None:
    """Take PATHS (files, folders) into the archive and read them.

    An imported file has the address file:NAME and the time of import, unless --url and --captured-at, or a sidecar
    NAME.json with url, captured_at and headers, say otherwise. It is marked as imported everywhere.

    \b
    Examples:
      gongkai import captures/
      gongkai import page.html --url http://www.example.gov.cn/t20240112_1.html --captured-at 2024-01-12
    """
    with Archive.open(session.archive_path(), session.clock, create=True, sample=False) as archive, archive.lock():
        with session.progress("import", "导入") as bar:
            results = import_files(archive, paths, url=url, captured_at=captured_at, progress=bar)
        with session.progress("read", "读取") as bar:
            summary = read_captures(
                archive, urls=[r.url for r in results if r.url], workers=os.cpu_count() or 1, progress=bar
            )
    for result in results:
        if result.error:
            session.warn(result.error.en, result.error.zh)
    if session.json:
        session.print_json(
            {
                "files": len(results),
                "failed": [str(r.path) for r in results if r.error],
                "readings": summary.readings,
                "new_versions": summary.new_versions,
            }
        )
    else:
        read = ", ".join(f"{n} {v}" for v, n in sorted(summary.readings.items())) or "0"
        new = sum(summary.new_versions.values())
        session.say(
            f"{len(results)} files imported; newly read: {read}; new versions: {new}",
            f"导入 {len(results)} 个文件；新读取：{read}；新版本：{new}",
        )
    if any(r.error for r in results):
        raise status_error(4)
