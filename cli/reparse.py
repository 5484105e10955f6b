"""`gongkai reparse`: read kept bodies again with today's parser."""

from __future__ import annotations

import os
from dataclasses import asdict

import click

from archive.reading.reparse import ChangedReading, Counts, ReparseSummary, reparse
from archive.selection import parse_selection
from archive.store import Archive
from cli.session import Session, common_options, status_error

_EXAMPLES = 10
_CELLS = 3


@click.command("reparse")
@common_options
@click.argument("select", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Change nothing; tell what would change.")
@click.option("--rebuild", is_flag=True, help="Read everything and make all that is derived again.")
@click.option("--workers", type=click.IntRange(1), help="Processes that read (default: one a core).")
@click.pass_obj
def command(session: Session, select: tuple[str, ...], dry_run: bool, rebuild: bool, workers: int | None) -> None:
    """Read every body that today's parser has not read, of all reports or those of SELECT, and derive the versions anew.

    A reading that differs because the parser differs makes a `technical` version, never a `content` one. At the end stands
    what today's parser changed against the readings before. A run that was cut off is taken up by the same command.

    --rebuild makes readings, versions, units, findings and the full text again from captures, bodies, corrections and
    decisions; what was there is shown until all is made. Readings by other parsers are kept.

    \b
    Examples:
      gongkai reparse --dry-run
      gongkai reparse portal=pingdingshan
      gongkai reparse --rebuild

    Exit status: 0 done, 5 a body is missing or damaged (`gongkai verify` says more).
    """
    selection = parse_selection(select)
    with (
        Archive.open(session.archive_path(), session.clock) as archive,
        archive.lock(),
        session.progress("reparse", "重新读取") as bar,
    ):
        told = reparse(
            archive, selection, dry_run=dry_run, rebuild=rebuild, workers=workers or os.cpu_count() or 1, progress=bar
        )
    if session.json:
        session.print_json({"dry_run": dry_run, "rebuild": rebuild} | asdict(told))
    else:
        _print(session, told, dry_run)
    if told.lost:
        raise status_error(5)


def _print(session: Session, told: ReparseSummary, dry_run: bool) -> None:
    if dry_run:
        session.say("dry run: nothing was changed", "试运行：未作任何更改")
    session.say(
        f"readings made: {sum(told.readings.values())}; new versions: {_words(told.new_versions)}",
        f"新读取 {sum(told.readings.values())} 份；新版本：{_words(told.new_versions)}",
    )
    session.say(
        f"compared with readings before: {told.compared}; read otherwise: {len(told.changed)}",
        f"与此前读取对比 {told.compared} 份；结果不同 {len(told.changed)} 份",
    )
    for verdict, (before, after) in told.verdicts.items():
        click.echo(f"  {verdict}: {_step(before, after)}")
    for title, title_zh, counts in (("cells by state", "单元格状态", told.states), ("by trust", "可信度", told.trust)):
        session.say(f"{title}:", f"{title_zh}：")
        _print_counts(counts)
    for changed in told.changed[:_EXAMPLES]:
        _print_changed(session, changed)
    if len(told.changed) > _EXAMPLES:
        more = len(told.changed) - _EXAMPLES
        session.say(f"  … and {more} more: --json lists all", f"  …… 另有 {more} 份：--json 列出全部")
    for sha256 in told.lost:
        session.say(f"✗ body {sha256} is missing or damaged", f"✗ 正文 {sha256} 缺失或已损坏")


def _print_counts(counts: Counts) -> None:
    for table, by in counts.items():
        click.echo(f"  {table}: " + ", ".join(f"{what} {_step(*steps)}" for what, steps in by.items()))


def _print_changed(session: Session, changed: ChangedReading) -> None:
    name = f"{changed.unit}/{changed.report_year}" if changed.unit else changed.url
    told = [
        f"{c.table}/{c.row}/{c.column} {_figure(c.state_before, c.value_before)} -> {_figure(c.state_after, c.value_after)}"
        for c in changed.cells[:_CELLS]
    ]
    if len(changed.cells) > _CELLS:
        told.append(f"+{len(changed.cells) - _CELLS}")
    if changed.text:
        told.append(session.text("text", "文字"))
    click.echo(f"  ~ {name}: {'; '.join(told)}")


def _figure(state: str | None, value: int | str | None) -> str:
    return str(value) if state == "value" else state or "∅"


def _step(before: int, after: int) -> str:
    return f"{before}" if before == after else f"{before} -> {after}"


def _words(counts: dict[str, int]) -> str:
    return ", ".join(f"{n} {name}" for name, n in counts.items()) or "0"
