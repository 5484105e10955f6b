"""`gongkai reparse`: read kept bodies again with today's parser."""

from __future__ import annotations

import os

import click

from archive.readings import read_captures
from archive.store import Archive
from cli.session import Session, common_options


@click.command("reparse")
@common_options
@click.pass_obj
def command(session: Session) -> None:
    """Read every body that today's parser has not read, and derive the versions anew.

    A reading that differs because the parser differs makes a `technical` version, never a `content` one.

    \b
    Example:
      gongkai reparse --archive data
    """
    with (
        Archive.open(session.archive_path(), session.clock) as archive,
        archive.lock(),
        session.progress("reparse", "重新读取") as bar,
    ):
        summary = read_captures(archive, workers=os.cpu_count() or 1, progress=bar)
    if session.json:
        session.print_json({"readings": summary.readings, "new_versions": summary.new_versions})
    else:
        session.say(
            f"readings made: {sum(summary.readings.values())}; new versions: {summary.new_versions or 0}",
            f"新读取 {sum(summary.readings.values())} 份；新版本：{summary.new_versions or 0}",
        )
