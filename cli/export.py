"""`gongkai export`: parts of the archive in the formats of other tools."""

from __future__ import annotations

from pathlib import Path

import click

from archive.selection import parse_selection
from archive.store import Archive
from archive.warc.writing import write_warc
from cli.session import Session, common_options


@click.group("export")
@common_options
def command() -> None:
    """Write parts of the archive for other tools.

    SELECT narrows it: portal=GLOB unit=ID place=CODE year=2019-2023 level=county trust=disputed; a bare word is a
    portal's slug.

    \b
    Examples:
      gongkai export warc all.warc.gz
      gongkai export warc henan.warc.gz place=410000 and year=2023
    """


@command.command("warc")
@common_options
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("select", nargs=-1)
@click.pass_obj
def warc(session: Session, file: Path, select: tuple[str, ...]) -> None:
    """Write captures to FILE (.warc or .warc.gz), for pywb and other archives.

    \b
    Examples:
      gongkai export warc 2023.warc.gz year=2023
    """
    selection = parse_selection(select)
    if file.suffix not in (".gz", ".warc"):
        raise click.BadParameter(f"{file} must end in .warc or .warc.gz", param_hint="FILE")
    with Archive.open(session.archive_path(), session.clock) as archive, session.progress("export", "导出") as bar:
        counts = write_warc(archive, archive.captures_of(selection), file, lambda done: bar(done, done))
    if session.json:
        session.print_json({"file": str(file), "records": dict(sorted(counts.items()))})
        return
    told = ", ".join(f"{n} {kind}" for kind, n in sorted(counts.items())) or "0"
    session.say(f"{file}: {told}", f"{file}：{told}")
