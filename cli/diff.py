"""`gongkai diff`: what differs between two readings."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from archive.decisions.corrections import figures_in_force
from archive.histories.diffs import Difference, TableComparison, compare
from archive.histories.sentences import TextChange
from archive.queries import ReportKey, VersionRow, find_report, standing
from archive.store import Archive
from cli.session import Session, common_options, status_error
from cli.telling import cell_text, pieces_text
from parsers.errors import UsageError


@click.command("diff")
@common_options
@click.argument("before")
@click.argument("after")
@click.pass_obj
def command(session: Session, before: str, after: str) -> None:
    """Show how AFTER differs from BEFORE: cells first, then sentences. Each is UNIT/YEAR, with @N or @DATE.

    They may be versions of one report, years of one unit, or two units. Tables of forms that do not mean the same are
    compared as far as they do, and what is left out is said.

    \b
    Examples:
      gongkai diff 某市财政局/2023@1 某市财政局/2023@2
      gongkai diff 某市财政局/2022 某市财政局/2023
      gongkai diff 某市财政局/2023@2025-01-31 另一市财政局/2023 --json

    Exit status: 0 nothing differs, 5 something does.
    """
    with Archive.open(session.archive_path(), session.clock) as archive:
        sides = []
        for text in (before, after):
            key, which = find_report(archive.db, text)
            shown = standing(archive.db, key, which)
            if shown.withdrawn and which == str(shown.withdrawn.number):
                raise UsageError(
                    f"{text} is the withdrawal of a report and holds no text: name the version before it",
                    f"{text} 是撤回记录，没有正文：请指定之前的版本",
                )
            sides.append((key, shown.version, figures_in_force(archive.db, key)))
        (one, first, ours), (other, second, theirs) = sides
        difference = compare(archive.db, first.reading_id or "", second.reading_id or "", ours, theirs)
    if session.json:
        session.print_json({"before": _side(one, first), "after": _side(other, second), **asdict(difference)})
    else:
        _print(session, difference, (_name(one, first), _name(other, second)))
    if not difference.is_empty:
        raise status_error(5)


def _side(key: ReportKey, version: VersionRow) -> dict[str, Any]:
    return {
        "unit": {"id": key.unit_id, "name": key.unit},
        "report_year": key.report_year,
        "scope": key.scope,
        "version": version.number,
        "captured_at": version.captured_at,
        "url": version.url,
    }


def _name(key: ReportKey, version: VersionRow) -> str:
    return f"{key.unit}/{key.report_year}@{version.number}  {version.captured_at}  {version.url}"


def _print(session: Session, difference: Difference, names: tuple[str, str]) -> None:
    click.echo(f"--- {names[0]}\n+++ {names[1]}")
    one, other = difference.parsers
    if one != other:
        session.say(
            f"read by parsers {one} and {other}: what differs may be the reading",
            f"由解析器 {one} 与 {other} 读取：差异可能出自读取",
        )
    for table in difference.tables:
        _print_table(session, table)
    for cell in difference.cells:
        click.echo(cell_text(cell))
    for change in difference.text:
        _print_text(session, change)
    if difference.is_empty:
        session.say("nothing differs", "没有差异")


def _print_table(session: Session, table: TableComparison) -> None:
    forms = f"{table.form_before or '-'} -> {table.form_after or '-'}"
    if table.status in ("only_before", "only_after"):
        only = (
            ("in the first only", "仅前者有") if table.status == "only_before" else ("in the second only", "仅后者有")
        )
        session.say(
            f"= {table.table} ({forms}): {only[0]}, {len(table.left_out)} cells",
            f"= {table.table}（{forms}）：{only[1]}，{len(table.left_out)} 个单元格",
        )
    elif table.status != "compared":
        session.say(
            f"= {table.table} ({forms}): {table.en}; not compared: {', '.join(table.left_out) or '-'}",
            f"= {table.table}（{forms}）：{table.zh}；未比较：{'、'.join(table.left_out) or '-'}",
        )


def _print_text(session: Session, change: TextChange) -> None:
    part = change.part_after or change.part_before
    if change.kind == "changed":
        click.echo(f"~ [{part}] {pieces_text(change.pieces)}")
    elif change.kind == "moved":
        click.echo(f"> [{change.part_before} -> {change.part_after}] {change.after}")
    else:
        click.echo(f"{'-' if change.kind == 'removed' else '+'} [{part}] {change.before or change.after}")
