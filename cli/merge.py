"""`gongkai merge`: take over what other archives hold."""

from __future__ import annotations

import os
from pathlib import Path

import click

from archive.keeping.whole import merge
from archive.store import Archive
from cli.session import Session, common_options


@click.command("merge")
@common_options
@click.argument("others", nargs=-1, required=True, type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def command(session: Session, others: tuple[Path, ...]) -> None:
    """Take over captures, bodies, lists and readings of the archives OTHERS; these are not changed.

    The result is the same whatever is merged first, and merging again adds nothing.

    \b
    Examples:
      gongkai merge /media/second-machine/data
    """
    path = session.archive_path()
    with Archive.open(path, session.clock, create=True) as archive, archive.lock():
        added = merge(archive, others, workers=os.cpu_count() or 1)
    if session.json:
        session.print_json(added)
        return
    told = ", ".join(f"{rows} {table}" for table, rows in added.items() if rows) or "0"
    session.say(f"new in {path}: {told}", f"{path} 新增：{told}")
