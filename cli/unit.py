"""`gongkai unit`: the register of the bodies that publish."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from pathlib import Path

import click

from archive.derivation import derive
from archive.register.decisions import ANSWERS, decide, find_unit, import_decisions
from archive.register.listing import KINDS, Match, list_matches, list_units, show_unit
from archive.store import Archive
from cli.deciding import csv_option, stop_at_faults
from cli.session import Session, common_options, status_error
from parsers.errors import UsageError


@click.group("unit")
@common_options
def command() -> None:
    """Look into the register of units, and decide which of them are one."""


@command.command("list")
@common_options
@click.option("--kind", type=click.Choice(KINDS), help="Units of one kind only.")
@click.option("--place", help="Units of a place (GB/T 2260) and of those below it.")
@click.pass_obj
def list_(session: Session, kind: str | None, place: str | None) -> None:
    """List the units that have reports.

    \b
    Example:
      gongkai unit list --kind government --place 410000
    """
    with Archive.open(session.archive_path(), session.clock) as archive:
        units = list_units(archive.db, kind, place)
    if session.json:
        session.print_json(
            [
                {**asdict(u.unit), "reports": u.reports, "first_year": u.first_year, "last_year": u.last_year}
                for u in units
            ]
        )
        return
    for u in units:
        click.echo(f"{u.unit.id}  {u.unit.kind:<10} {u.first_year}-{u.last_year} {u.reports:>3}  {u.unit.name}")
    session.say(f"{len(units)} units", f"{len(units)} 个单位")


@command.command("show")
@common_options
@click.argument("unit")
@click.pass_obj
def show(session: Session, unit: str) -> None:
    """Show UNIT (its id, its full name, or a name it bore): names, parent, predecessors, successors, open questions.

    \b
    Example:
      gongkai unit show 河南省平顶山市政务服务和大数据管理局
    """
    with Archive.open(session.archive_path(), session.clock) as archive:
        page = show_unit(archive.db, unit)
    if session.json:
        session.print_json(asdict(page))
        return
    click.echo(f"{page.unit.id}  {page.unit.name}  ({page.unit.kind})")
    if page.unit.parent_name:
        session.say(f"  under {page.unit.parent_name}", f"  上级 {page.unit.parent_name}")
    for key, name in page.superiors:
        session.say(f"  one level up {name} ({key})", f"  上级主管 {name}（{key}）")
    for alias in page.aliases:
        session.say(
            f"  named {alias.name} {alias.first_year}-{alias.last_year}",
            f"  名称 {alias.name} {alias.first_year}-{alias.last_year}",
        )
    for code, name, since, until in page.places:
        session.say(
            f"  place {code} {name} {since or ''}-{until or ''}", f"  区划 {code} {name} {since or ''}-{until or ''}"
        )
    for relation in page.predecessors:
        session.say(f"  before: {relation.name} ({relation.fate})", f"  前身 {relation.name}（{relation.fate}）")
    for relation in page.successors:
        session.say(f"  after: {relation.name} ({relation.fate})", f"  后继 {relation.name}（{relation.fate}）")
    for year, scopes in page.scopes.items():
        click.echo(f"  {year}  {', '.join(scopes)}")
    _print_matches(session, page.matches)


@command.command("queue")
@common_options
@click.option("--all", "everything", is_flag=True, help="Those decided, too.")
@click.pass_obj
def queue(session: Session, everything: bool) -> None:
    """List units that might be one and wait for a person.

    \b
    Example:
      gongkai unit queue

    Exit status: 5 where something waits.
    """
    with Archive.open(session.archive_path(), session.clock) as archive:
        matches = list_matches(archive.db, None if everything else "open")
    if session.json:
        session.print_json([asdict(m) for m in matches])
    else:
        _print_matches(session, matches)
        session.say(f"{len(matches)} questions", f"{len(matches)} 项")
    if any(m.status == "open" for m in matches):
        raise status_error(5)


def _print_matches(session: Session, matches: tuple[Match, ...] | list[Match]) -> None:
    for m in matches:
        told = "".join(f"  {m.evidence[key]}" for key in ("author", "decided_at", "evidence") if m.evidence.get(key))
        click.echo(
            f"  {m.status:<9} {m.unit_name} ({m.unit_id}) = {m.other_name or '?'} ({m.other_id or '-'})  {m.reason}{told}"
        )


@command.command("decide")
@common_options
@click.argument("unit", required=False)
@click.argument("other", required=False)
@click.argument("answer", type=click.Choice(ANSWERS), required=False)
@click.option("--why", help="The reason, kept with the decision.")
@click.option("--author", envvar="GONGKAI_AUTHOR", default=getpass.getuser, help="Who decides (or $GONGKAI_AUTHOR).")
@click.option("--evidence", help="Where it can be seen: an address, a page, a letter.")
@csv_option("unit, other, answer, why")
@click.pass_obj
def decide_(
    session: Session,
    unit: str | None,
    other: str | None,
    answer: str | None,
    why: str | None,
    author: str,
    evidence: str | None,
    file: Path | None,
) -> None:
    """Say that UNIT and OTHER are the same (UNIT is then filed under OTHER) or different; `open` takes it back.

    \b
    Examples:
      gongkai unit decide 洪泽区卫生健康局 洪泽区卫生健康委员会 same --why "区政府机构改革方案"
      gongkai unit decide --csv units.csv
    """
    if (file is None) == (answer is None):
        raise UsageError(
            "write UNIT OTHER same|different|open --why TEXT, or --csv FILE",
            "请写 单位 另一单位 same|different|open --why 原因，或 --csv 文件",
        )
    with Archive.open(session.archive_path(), session.clock) as archive, archive.lock():
        if file is not None:
            stop_at_faults(session, file, import_decisions(archive, file, author=author))
            said = (f"the decisions of {file} are in force", f"{file} 中的决定已生效")
        else:
            one, two = find_unit(archive.db, unit or ""), find_unit(archive.db, other or "")
            decide(archive, one, two, answer or "", author=author, reason=why or "", evidence=evidence)
            said = (f"{one.name} / {two.name}: {answer}", f"{one.name} / {two.name}：{answer}")
        derive(archive)
    session.say(*said)
