"""`gongkai backup`: a consistent copy of the archive."""

from __future__ import annotations

from pathlib import Path

import click

from archive.keeping.whole import backup
from archive.store import Archive
from cli.session import Session, common_options


@click.command("backup")
@common_options
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def command(session: Session, folder: Path) -> None:
    """Copy the archive into the new FOLDER, also while a crawl runs; the copy is an archive itself.

    \b
    Examples:
      gongkai backup /media/backup/2026-01-31
      gongkai verify --archive /media/backup/2026-01-31
    """
    with Archive.open(session.archive_path(), session.clock) as archive, session.progress("backup", "备份") as bar:
        backup(archive, folder, bar)
    if session.json:
        session.print_json({"folder": str(folder)})
    else:
        session.say(f"the archive was copied to {folder}", f"档案库已备份到 {folder}")
