"""`gongkai search`: Chinese full text over titles, bodies' names and sections."""

from __future__ import annotations

from dataclasses import asdict

import click

from archive.search import search
from archive.store import Archive
from cli.session import Session, common_options


@click.command("search")
@common_options
@click.argument("query", nargs=-1, required=True)
@click.option("--limit", default=20, show_default=True, help="How many reports at the most.")
@click.pass_obj
def command(session: Session, query: tuple[str, ...], limit: int) -> None:
    """Find the reports that hold every word of QUERY; one character is enough, Traditional finds Simplified.

    \b
    Examples:
      gongkai search 行政复议
      gongkai search 新榮區 好差评 --json
    """
    with Archive.open(session.archive_path(), session.clock) as archive:
        hits = search(archive.db, " ".join(query), limit)
    if session.json:
        session.print_json([asdict(h) for h in hits])
        return
    for hit in hits:
        click.echo(f"{hit.unit} {hit.report_year}  {hit.title}\n    {hit.snippet}")
    session.say(f"{len(hits)} reports", f"{len(hits)} 份报告")
