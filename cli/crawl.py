"""`gongkai crawl`: fetch what registered portals publish, and read it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from archive.readings import read_captures
from archive.store import Archive
from cli.session import Session, common_options, contact_option, registry_option, status_error
from crawler.registry import open_registry
from crawler.run import CrawlEvent, crawl


@click.command("crawl")
@common_options
@click.argument("portals", nargs=-1)
@click.option("--limit", type=click.IntRange(min=1), help="Fetch this many report pages at the most.")
@contact_option
@registry_option
@click.pass_obj
def command(
    session: Session, portals: tuple[str, ...], limit: int | None, contact: str | None, own: Path | None
) -> None:
    """Fetch the report columns of PORTALS (slugs or patterns; all of the registry by default), and read them.

    Politely: robots.txt is obeyed, one request at a time to a host. A run that was cut off is taken up again.

    \b
    Examples:
      gongkai crawl --contact you@example.org
      gongkai crawl 'henan-*' --limit 50

    Exit status: 7 where the run ended but not everything could be got.
    """
    chosen, unknown = open_registry(own).to_crawl(portals)
    if unknown:
        session.warn(
            f"{len(unknown)} portals are left out: no report column is known (gongkai portal list)",
            f"有 {len(unknown)} 个门户尚不知年报栏目，未抓取（gongkai portal list）",
        )
    path = session.archive_path()
    with (
        Archive.open(path, session.clock, create=True, sample=False) as archive,
        session.progress("crawl", "抓取") as bar,
    ):

        def tell(event: CrawlEvent) -> None:
            bar(event.done, event.done + event.pending)
            bar.note(event.portal)

        summary = crawl(path, chosen, session.clock, user_agent_contact=contact, limit=limit, progress=tell)
        with archive.lock(), session.progress("read", "读取") as reading:
            read = read_captures(archive, workers=os.cpu_count() or 1, progress=reading)
    if session.json:
        session.print_json(
            {
                "run": summary.run_id,
                "resumed": summary.resumed,
                "complete": summary.complete,
                "captures": summary.captures,
                "listings": summary.listings,
                "findings": summary.findings,
                "new_versions": read.new_versions,
            }
        )
    else:
        outcomes = ", ".join(f"{n} {o}" for o, n in sorted(summary.captures.items())) or "0"
        session.say(f"captures: {outcomes}", f"抓取：{outcomes}")
        for url, completeness in sorted(summary.listings.items()):
            click.echo(f"  {completeness:<9} {url}")
        for found in summary.findings:
            click.echo(f"  ! {found}")
        session.say(f"new versions: {read.new_versions or 0}", f"新版本：{read.new_versions or 0}")
    if not summary.complete:
        raise status_error(7)
