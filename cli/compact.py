"""`gongkai compact`: pack kept bodies harder."""

from __future__ import annotations

from dataclasses import asdict

import click

from archive.keeping.compaction import compact
from archive.store import Archive
from cli.session import Session, common_options, status_error


@click.command("compact")
@common_options
@click.pass_obj
def command(session: Session) -> None:
    """Pack kept bodies harder: with a dictionary of their host, or against an earlier version of their page.

    For after a crawl. Every body is unpacked and checked against its hash before its old form is given up; a run that was
    cut off is taken up by the next.

    \b
    Example:
      gongkai compact --archive data

    Exit status: 0 done, 5 a body is damaged (`gongkai verify` says more).
    """
    with (
        Archive.open(session.archive_path(), session.clock) as archive,
        archive.lock(),
        session.progress("compact", "压缩") as bar,
    ):
        told = compact(archive, bar)
    if session.json:
        session.print_json(asdict(told))
    else:
        before, after = f"{told.bytes_before / 1e6:.1f}", f"{told.bytes_after / 1e6:.1f}"
        session.say(
            f"bodies looked at: {told.bodies}; packed anew: {told.repacked}; new dictionaries: {told.dictionaries}; "
            f"{before} MB -> {after} MB",
            f"检查正文 {told.bodies} 份；重新压缩 {told.repacked} 份；新字典 {told.dictionaries} 个；{before} MB -> {after} MB",
        )
        for sha256 in told.lost:
            session.say(f"✗ body {sha256} is damaged", f"✗ 正文 {sha256} 已损坏")
    if told.lost:
        raise status_error(5)
