"""`gongkai portal`: the registry of portals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from archive.clock import CHINA
from cli.session import Session, common_options, contact_option, registry_option, status_error
from crawler.declarations import Portal, load_portal
from crawler.detective import FOLLOW, detect_portal
from crawler.home_pages import REASONS, import_home_pages
from crawler.inspection import inspect
from crawler.probe import Source
from crawler.registry import CheckRecord, declaration, open_registry
from crawler.registry_check import check_files, check_registry

_STATUS = {"fits": 0, "differs": 5, "unreached": 7}


@click.group("portal")
@common_options
def command() -> None:
    """Look into the registry of portals: the one that comes with the program, and your own (--registry)."""


@command.command("list")
@common_options
@registry_option
@click.argument("patterns", nargs=-1)
@click.pass_obj
def list_(session: Session, own: Path | None, patterns: tuple[str, ...]) -> None:
    """List the registered portals, all or those whose slugs match PATTERNS.

    \b
    Examples:
      gongkai portal list
      gongkai portal list 'henan-*' --json

    The columns: slug, family, place, number of report columns known (- for none), last live check, name.
    """
    registry = open_registry(own)
    portals = registry.select(patterns)
    checks = registry.last_checks()
    known = sum(bool(portal.columns) for portal in portals)
    if session.json:
        session.print_json([_as_json(portal, checks.get(portal.slug)) for portal in portals])
        return
    for p in portals:
        number = str(len(p.columns)) if p.columns else "-"
        click.echo(
            f"{p.slug:<32} {p.family or '-':<10} {p.place}  {number:>2}  {_checked(p, checks.get(p.slug)):<20} {p.name}"
        )
    session.say(
        f"{len(portals)} portals, {known} with a known report column",
        f"{len(portals)} 个门户，其中 {known} 个已知年报栏目",
    )


@command.command("show")
@common_options
@registry_option
@click.argument("slug")
@click.pass_obj
def show(session: Session, own: Path | None, slug: str) -> None:
    """Show one portal's declaration.

    \b
    Example:
      gongkai portal show jiangsu-suqian
    """
    registry = open_registry(own)
    portal = registry.find(slug)
    check = registry.last_checks().get(slug)
    if session.json:
        session.print_json(_as_json(portal, check))
        return
    click.echo(declaration(portal), nl=False)
    if check is not None:
        click.echo(f"\n# live: {_checked(portal, check)}")


@command.command("detect")
@common_options
@contact_option
@click.argument("url")
@click.option("--place", help="The place's code of GB/T 2260, where the site's name does not tell it.")
@click.option("--slug", help="The portal's slug (default: made from province and host).")
@click.option("--follow", type=click.IntRange(min=0), default=FOLLOW, show_default=True, help="Pages asked at most.")
@click.pass_obj
def detect(session: Session, contact: str | None, url: str, place: str | None, slug: str | None, follow: int) -> None:
    """Look for the report columns of the portal at URL, and print a declaration of it.

    A few pages are asked, as politely as by `crawl`, into the archive where --archive names one. The declaration
    goes to stdout, what was seen on the way to stderr.

    \b
    Example:
      gongkai portal detect https://www.suqian.gov.cn/ | gongkai portal add

    Exit status: 5 where no report column was found, or its place or family is not known.
    """
    with session.archive_or_temporary() as folder:
        found = detect_portal(Source(folder, session.clock, contact), url, place=place, slug=slug, follow=follow)
    for note in found.notes:
        session.warn(note.en, note.zh)
    text = declaration(found.portal)
    load_portal(text)
    if session.json:
        notes = [note.text(session.language) for note in found.notes]
        session.print_json({**_as_json(found.portal, None), "declaration": text, "notes": notes})
    else:
        click.echo(text, nl=False)


@command.command("add")
@common_options
@registry_option
@click.argument("file", type=click.File(encoding="utf-8"), default="-")
@click.option("--replace", is_flag=True, help="Write over a declaration of the same slug.")
@click.pass_obj
def add(session: Session, own: Path | None, file: Any, replace: bool) -> None:
    """Check the declaration in FILE (default: stdin) and write it into your own registry.

    \b
    Example:
      gongkai portal detect https://www.suqian.gov.cn/ | gongkai portal add
    """
    path = open_registry(own).add(load_portal(file.read()), replace=replace)
    if session.json:
        session.print_json({"file": str(path)})
    else:
        click.echo(path)


@command.command("check")
@common_options
@registry_option
@contact_option
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--live", metavar="SLUG", help="Ask this portal for one list page and one report.")
@click.pass_obj
def check(session: Session, own: Path | None, contact: str | None, files: tuple[Path, ...], live: str | None) -> None:
    """Check declarations without asking any portal: FILES, or the whole registry. With --live, ask one portal.

    What a live check came to is kept in your own registry (checks.jsonl) and shown by `portal list`.

    \b
    Examples:
      gongkai portal check
      gongkai portal check --live jiangsu-suqian --contact you@example.org

    Exit status: 5 where a declaration is wrong or no longer fits, 7 where the portal could not be reached.
    """
    if live is not None:
        _check_live(session, own, contact, live)
        return
    registry = open_registry(own)
    faults = check_files(files) if files else check_registry(registry)
    number = len(files or registry.files())
    for fault in faults:
        session.warn(fault.en, fault.zh)
    if session.json:
        session.print_json({"checked": number, "faults": [fault.message(session.language) for fault in faults]})
    session.say(f"{number} checked, {len(faults)} faults", f"检查 {number} 个，{len(faults)} 处有误")
    if faults:
        raise status_error(5)


def _check_live(session: Session, own: Path | None, contact: str | None, slug: str) -> None:
    registry = open_registry(own)
    portal = registry.find(slug)
    with session.archive_or_temporary() as folder:
        seen = inspect(Source(folder, session.clock, contact), portal)
    registry.record_check(CheckRecord(slug, seen.at, seen.outcome))
    if session.json:
        session.print_json(
            {
                "slug": slug,
                "outcome": seen.outcome,
                "rows": seen.rows,
                "reports": seen.reports,
                "report": seen.report_url,
                "verdict": seen.verdict,
                "notes": [note.text(session.language) for note in seen.notes],
            }
        )
    else:
        for note in seen.notes:
            session.warn(note.en, note.zh)
        session.say(
            f"{slug}: {seen.outcome}: {seen.reports} of {seen.rows} rows name an annual report"
            f"; {seen.report_url or '-'}: {seen.verdict or '-'}",
            f"{slug}：{seen.outcome}：{seen.rows} 行中 {seen.reports} 行为年度报告"
            f"；{seen.report_url or '-'}：{seen.verdict or '-'}",
        )
    if _STATUS[seen.outcome]:
        raise status_error(_STATUS[seen.outcome])


@command.command("import")
@common_options
@registry_option
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def import_(session: Session, own: Path | None, file: Path) -> None:
    """Declare the portals that a CSV lists, by their home pages, in your own registry.

    The CSV has a header with code (GB/T 2260), name and url, and maybe the report column, in any order, in Chinese
    or English. Hosts that a declaration names already are skipped.

    \b
    Example:
      gongkai portal import portals.csv --registry my-portals
    """
    result = import_home_pages(file, open_registry(own), session.clock.now().astimezone(CHINA).date())
    if session.json:
        left = {reason: [list(row) for row in rows] for reason, rows in result.left.items()}
        session.print_json({"written": len(result.written), "guessed": result.guessed, "left": left})
        return
    session.say(
        f"{len(result.written)} declared; the family of {result.guessed} is a guess by the column's address",
        f"写入 {len(result.written)} 个声明；其中 {result.guessed} 个的家族据栏目网址推测",
    )
    for reason, rows in result.left.items():
        en, zh = REASONS[reason]
        session.say(f"{len(rows)} x {en}:", f"{len(rows)} 行：{zh}：")
        for number, name, what in rows[:10]:
            click.echo(f"  {number}  {name}  {what}")
        if len(rows) > 10:
            session.say(
                f"  and {len(rows) - 10} more (--json names all)", f"  另有 {len(rows) - 10} 行（--json 列出全部）"
            )


def _as_json(portal: Portal, check: CheckRecord | None) -> dict[str, Any]:
    return {
        "slug": portal.slug,
        "name": portal.name,
        "family": portal.family or None,
        "family_by": portal.family_by or None,
        "place": portal.place,
        "hosts": portal.hosts,
        "home": portal.home or None,
        "checked": portal.checked.isoformat() if portal.checked else None,
        "live": {"at": check.at.isoformat(), "outcome": check.outcome} if check else None,
        "evidence": [{"seen": e.seen, "where": e.where, "date": e.on.isoformat()} for e in portal.evidence],
        "columns": [
            {
                "url": c.url,
                "unit": c.unit,
                "since": c.since.isoformat(),
                "until": c.until.isoformat() if c.until else None,
            }
            for c in portal.columns
        ],
    }


def _checked(portal: Portal, check: CheckRecord | None) -> str:
    """Return when the declaration was last held against the portal, and how that went."""
    if check is not None:
        return f"{check.at.astimezone(CHINA).date()} {check.outcome}"
    return portal.checked.isoformat() if portal.checked else "never"
