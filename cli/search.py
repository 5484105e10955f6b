"""`gongkai search`: Chinese full text over titles, bodies' names and sections."""

from __future__ import annotations

from dataclasses import asdict

import click

from archive.search import search
from archive.selection import parse_selection
from archive.store import Archive
from cli.session import Session, common_options
from parsers.errors import UsageError


@click.command("search")
@common_options
@click.argument("query", nargs=-1)
@click.option("--place", help="Reports of a place (name or code of GB/T 2260) and of those below it.")
@click.option("--level", help="central, province, city, county or town.")
@click.option("--year", help="Reports on a year, or on years: 2019-2023.")
@click.option("--kind", help="government, office, department, town, zone or central.")
@click.option("--form", help="Reports with a table of the form 2021, 2019, statistics-2014 or local.")
@click.option("--trust", help="Reports with a figure that is verified, stated, inferred, disputed or undecidable.")
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="How many reports at the most.")
@click.option("--skip", type=click.IntRange(0), default=0, help="Leave out the first ones: the next page.")
@click.pass_obj
def command(session: Session, query: tuple[str, ...], limit: int, skip: int, **filters: str | None) -> None:
    """Find the reports that hold what QUERY says; one character is enough, Traditional finds Simplified.

    Words are all wanted; "a phrase" may hold blanks and marks; also AND, OR, NOT, brackets, word*, and filters
    (place=410000 level=county year=2019-2023 kind=department form=2021 trust=disputed unit=… portal=…) as options or in
    the query. See docs/search.md.

    \b
    Examples:
      gongkai search 行政复议
      gongkai search 新榮區 好差评 --json
      gongkai search '(公报 OR 微信) NOT 复议 year=2020-2022' --place 410000
    """
    text = " ".join(query)
    words = [f"{key}={value}" for key, value in filters.items() if value is not None]
    if not text.strip() and not words:
        raise UsageError("write what to look for", "请写要查找的内容")
    with Archive.open(session.archive_path(), session.clock) as archive:
        answer = search(archive.db, text, limit, skip=skip, selection=parse_selection(words))
    if answer.stale:
        session.warn(
            f"{answer.stale} addresses changed since the last derivation and are not searched: run `gongkai reparse`",
            f"{answer.stale} 个网址在上次整理后有变化，未计入查找：请运行 `gongkai reparse`",
        )
    if session.json:
        session.print_json(asdict(answer))
        return
    for hit in answer.hits:
        click.echo(f"{hit.unit} {hit.report_year}  {hit.title}\n    {hit.snippet}")
    first, last = skip + 1, skip + len(answer.hits)
    if len(answer.hits) == answer.total:
        session.say(f"{answer.total} reports", f"{answer.total} 份报告")
    else:
        session.say(
            f"reports {first} to {last} of {answer.total}", f"共 {answer.total} 份报告，此为第 {first} 至 {last} 份"
        )
