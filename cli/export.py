"""`gongkai export`: parts of the archive in the formats of other tools."""

from __future__ import annotations

from pathlib import Path

import click

from archive.histories.feeds import Wording, write_feed, write_feeds
from archive.publication.exporting import EXPORTED, export_table
from archive.selection import parse_selection
from archive.store import Archive
from archive.warc.writing import write_warc
from cli.session import Session, common_options


@click.group("export")
@common_options
def command() -> None:
    """Write parts of the archive for other tools.

    SELECT narrows it: portal=GLOB unit=ID place=CODE year=2019-2023 level=county kind=department form=2021
    trust=disputed; a bare word is a portal's slug.

    \b
    Examples:
      gongkai export warc all.warc.gz
      gongkai export warc henan.warc.gz place=410000 and year=2023
      gongkai export atom feeds/
      gongkai export stata henan.dta place=410000
      gongkai export csv cells.csv year=2023 --table long
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


@command.command("atom")
@common_options
@click.argument("target", type=click.Path(path_type=Path))
@click.argument("select", nargs=-1)
@click.option("--limit", type=click.IntRange(1), default=200, show_default=True, help="Entries of a feed, the newest.")
@click.option("--new", is_flag=True, help="Tell of reports first seen, too.")
@click.option("--site", metavar="URL", help="Where the site stands: entries then link to its reports.")
@click.option("--base", metavar="URL", help="Where the feeds will stand: each then names itself.")
@click.pass_obj
def atom(
    session: Session, target: Path, select: tuple[str, ...], limit: int, new: bool, site: str | None, base: str | None
) -> None:
    """Write Atom feeds of what bodies changed, withdrew and restored, never of what our parser reads otherwise.

    TARGET ending in .xml or .atom is one feed; any other is a folder: all.xml, and a feed for each place and each unit
    with a change (place/410000.xml, unit/ID.xml). In the language of --lang.

    \b
    Examples:
      gongkai export atom feeds/ --site https://example.org --base https://example.org/feeds
      gongkai export atom henan.xml place=410000 --lang zh
    """
    selection = parse_selection(select)
    wording = Wording(session.language, site, base)
    with Archive.open(session.archive_path(), session.clock) as archive, session.progress("atom", "Atom") as bar:
        if target.suffix in (".xml", ".atom"):
            written = [write_feed(archive, target, selection, wording, limit=limit, new=new)]
        else:
            written = write_feeds(archive, target, selection, wording, limit=limit, new=new, progress=bar)
    if session.json:
        session.print_json([{"file": str(feed.path), "entries": feed.entries} for feed in written])
        return
    entries = max(feed.entries for feed in written)
    session.say(
        f"{target}: feeds {len(written)}, entries of the longest {entries}",
        f"{target}：{len(written)} 个订阅源，最长的有 {entries} 条",
    )


def _tables(kind: str, suffix: str, tables: tuple[str, ...], text: str) -> None:
    """Add the verb that exports tables as `kind`."""

    @command.command(kind, help=text)
    @common_options
    @click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
    @click.argument("select", nargs=-1)
    @click.option("--table", type=click.Choice(tables), default="wide", show_default=True, help="Which table.")
    @click.pass_obj
    def export(session: Session, file: Path, select: tuple[str, ...], table: str) -> None:
        selection = parse_selection(select)
        if file.suffix != f".{suffix}":
            raise click.BadParameter(f"{file} must end in .{suffix}", param_hint="FILE")
        with Archive.open(session.archive_path(), session.clock) as archive, session.progress("export", "导出") as bar:
            written = export_table(archive, file, selection, suffix, table, at=session.clock.now(), progress=bar)
        if session.json:
            session.print_json({str(path): rows for path, rows in written.items()})
            return
        for path, rows in written.items():
            session.say(f"{path}: {rows} rows", f"{path}：{rows} 行")


_HELP = """Write a table of the reports selected to FILE, in the columns of a release ({name}).

The wide table (a row a report) comes with its twins: FILE_trust (a letter of trust for each cell: load it beside) {twin}.

\b
Examples:
  gongkai export {kind} henan.{suffix} place=410000 and year=2021-2023{more}
"""
for _kind, _suffix, _name in (
    ("csv", "csv", "CSV, UTF-8 with BOM"),
    ("parquet", "parquet", "Parquet"),
    ("jsonl", "jsonl", "JSON Lines"),
    ("stata", "dta", "Stata 118"),
):
    _is_stata = _kind == "stata"
    _tables(
        _kind,
        _suffix,
        ("wide",) if _is_stata else EXPORTED,
        _HELP.format(
            name=_name,
            kind=_kind,
            suffix=_suffix,
            twin="; why a cell has no figure is in its missing values"
            if _is_stata
            else "and FILE_state (why it has none)",
            more="" if _is_stata else f"\n  gongkai export {_kind} cells.{_suffix} --table long trust=disputed",
        ),
    )
