"""`gongkai crawl`: fetch what registered portals publish, and read it."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import click

from archive.crawls.ledger import captures_by_verdict
from archive.reading.readings import ReadSummary, read_beside, read_captures
from archive.store import Archive
from cli.session import Session, common_options, contact_option, registry_option, status_error
from crawler.allowance import Budget
from crawler.plan import Plan, plan_at
from crawler.registry import open_registry
from crawler.run import CrawlEvent, CrawlSummary, crawl


@click.command("crawl")
@common_options
@click.argument("portals", nargs=-1)
@click.option("--portal", "more", multiple=True, metavar="GLOB", help="A portal's slug or pattern; as an argument.")
@click.option("--due", is_flag=True, help="Ask only for what the schedule has due now; right to call every hour.")
@click.option("--since", type=click.IntRange(2008, 2100), metavar="YEAR", help="Leave out reports on earlier years.")
@click.option("--limit", type=click.IntRange(min=1), help="Fetch this many report pages at the most; go on next time.")
@click.option("--max-pages", type=click.IntRange(min=1), help="End the run after this many requests.")
@click.option("--max-bytes", type=click.IntRange(min=1), help="End the run after this many bytes.")
@click.option("--fetch-only", is_flag=True, help="Keep what comes and read nothing of it; `reparse` reads it later.")
@click.option("--dry-run", is_flag=True, help="Print what would be asked for, and ask for nothing.")
@contact_option
@registry_option
@click.pass_obj
def command(
    session: Session,
    portals: tuple[str, ...],
    more: tuple[str, ...],
    due: bool,
    since: int | None,
    limit: int | None,
    max_pages: int | None,
    max_bytes: int | None,
    fetch_only: bool,
    dry_run: bool,
    contact: str | None,
    own: Path | None,
) -> None:
    """Fetch the report columns of PORTALS (slugs or patterns; all of the registry by default), and read them.

    Politely: robots.txt is obeyed, one request at a time to a host, and a host that refuses us is left alone. A run that
    was cut off is taken up again. Pages known from before are asked for again, though their list no longer names them.

    \b
    Examples:
      gongkai crawl --contact you@example.org
      gongkai crawl 'henan-*' --limit 50
      gongkai crawl --due --dry-run

    Exit status: 0 where everything was got or nothing was due, 7 where the run ended but not everything could be got.
    """
    chosen, unknown = open_registry(own).to_crawl((*portals, *more))
    if unknown:
        session.warn(
            f"{len(unknown)} portals are left out: no report column is known (gongkai portal list)",
            f"有 {len(unknown)} 个门户尚不知年报栏目，未抓取（gongkai portal list）",
        )
    path = session.archive_path()
    plan = plan_at(path, chosen, session.clock, due=due, since=since)
    if dry_run or (due and plan.empty):
        _print_plan(session, plan, dry_run)
        return
    with (
        Archive.open(path, session.clock, create=True, sample=False) as archive,
        session.progress("crawl", "抓取") as bar,
    ):
        states: Counter[str] = Counter()

        def tell(event: CrawlEvent) -> None:
            states[event.portal] += 1
            bar(event.done, event.done + event.pending)
            bar.note(f"{event.portal} {states[event.portal]}: {event.verdict or event.outcome}")

        workers = 0 if fetch_only else os.cpu_count() or 1
        with read_beside(path, session.clock, workers):
            summary = crawl(
                path,
                chosen,
                session.clock,
                user_agent_contact=contact,
                limit=limit,
                budget=Budget(max_pages, max_bytes),
                due=due,
                since=since,
                progress=tell,
            )
        if fetch_only:
            read = ReadSummary({}, {})
        else:
            with archive.lock(), session.progress("read", "读取") as reading:
                read = read_captures(archive, workers=workers, progress=reading)
        verdicts = captures_by_verdict(archive, summary.run_id)
    _print_summary(session, summary, verdicts, read)
    if not summary.complete:
        raise status_error(7)


def _print_plan(session: Session, plan: Plan, dry_run: bool) -> None:
    """Print what there is to do, portal by portal."""
    if session.json:
        session.print_json(
            {"dry_run": dry_run, "pending": plan.pending, "portals": [_planned(plan, s) for s in plan.portals]}
        )
        return
    if plan.empty:
        session.say("nothing is due", "目前没有到期的任务")
    if plan.pending:
        session.say(f"{plan.pending} requests of a run that was cut off", f"上次中断的任务还有 {plan.pending} 个请求")
    for slug, one in plan.portals.items():
        if one.closed is not None:
            click.echo(f"  {slug}: {one.closed.text(session.language)}")
        if one.columns or one.visits:
            columns, pages = len(one.columns), len(one.visits)
            session.say(
                f"  {slug}: {columns} lists, {pages} known pages", f"  {slug}：{columns} 个列表，{pages} 个已知页面"
            )
    for host, why in plan.resting.items():
        click.echo(f"  {host}: {why.text(session.language)}")


def _planned(plan: Plan, slug: str) -> dict[str, Any]:
    one = plan.portals[slug]
    return {
        "portal": slug,
        "lists": [column.url for column in one.columns],
        "pages": [visit.item.url for visit in one.visits.values()],
        "closed": one.closed.code if one.closed is not None else None,
    }


def _print_summary(session: Session, summary: CrawlSummary, verdicts: dict[str, int], read: ReadSummary) -> None:
    """Print what the run came to."""
    if session.json:
        session.print_json(
            {
                "run": summary.run_id,
                "resumed": summary.resumed,
                "ended": summary.ended,
                "complete": summary.complete,
                "captures": summary.captures,
                "verdicts": verdicts,
                "listings": summary.listings,
                "findings": [found.to_json() for found in summary.findings],
                "new_versions": read.new_versions,
            }
        )
        return
    outcomes, kinds = _words(summary.captures), _words(verdicts)
    session.say(f"captures: {outcomes}", f"抓取：{outcomes}")
    session.say(f"verdicts: {kinds}", f"判定：{kinds}")
    for url, completeness in sorted(summary.listings.items()):
        click.echo(f"  {completeness:<9} {url}")
    for found in summary.findings:
        click.echo(f"  ! {session.text(found.message, found.message_zh)}")
    versions = _words(read.new_versions)
    session.say(f"new versions: {versions}", f"新版本：{versions}")


def _words(counts: dict[str, int]) -> str:
    return ", ".join(f"{n} {name}" for name, n in sorted(counts.items())) or "0"
