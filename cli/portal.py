"""`gongkai portal`: the registry of portals."""

from __future__ import annotations

from pathlib import Path

import click

from cli.session import Session, common_options, status_error
from crawler.declarations import find_portal, load_portal, portal_files, registered_portals
from parsers.errors import GongkaiError


@click.group("portal")
@common_options
def command() -> None:
    """Look into the registry of portals (crawler/portals)."""


@command.command("list")
@common_options
@click.pass_obj
def list_(session: Session) -> None:
    """List the registered portals.

    \b
    Example:
      gongkai portal list
    """
    portals = registered_portals(())
    if session.json:
        session.print_json([{"slug": p.slug, "name": p.name, "family": p.family, "place": p.place} for p in portals])
        return
    for p in portals:
        click.echo(f"{p.slug:<32} {p.family:<8} {p.place}  {p.name}")
    session.say(f"{len(portals)} portals", f"{len(portals)} 个门户")


@command.command("show")
@common_options
@click.argument("slug")
@click.pass_obj
def show(session: Session, slug: str) -> None:
    """Show one portal's declaration.

    \b
    Example:
      gongkai portal show ordos
    """
    portal = find_portal(slug)
    if session.json:
        session.print_json(
            {
                "slug": portal.slug,
                "name": portal.name,
                "family": portal.family,
                "place": portal.place,
                "hosts": portal.hosts,
                "columns": [{"url": c.url, "unit": c.unit, "since": c.since.isoformat()} for c in portal.columns],
            }
        )
        return
    click.echo(f"{portal.slug}  {portal.name}\n{portal.family}  {portal.place}  {', '.join(portal.hosts)}")
    for column in portal.columns:
        click.echo(f"  {column.url}  {column.unit or '*'}  {column.since}")


@command.command("check")
@common_options
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.pass_obj
def check(session: Session, files: tuple[Path, ...]) -> None:
    """Check declarations without asking any portal: FILES, or the whole registry.

    \b
    Example:
      gongkai portal check crawler/portals/*/*.toml

    Exit status: 5 where a declaration is wrong.
    """
    wrong = 0
    checked = files or tuple(portal_files())
    for file in checked:
        try:
            load_portal(file)
        except GongkaiError as error:
            wrong += 1
            session.warn(error.en, error.zh)
    session.say(f"{len(checked)} checked, {wrong} wrong", f"检查 {len(checked)} 个，{wrong} 个有误")
    if wrong:
        raise status_error(5)
