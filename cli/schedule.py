"""`gongkai schedule`: have `gongkai crawl --due` run every hour."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

import click

from cli.session import Session, common_options, contact_option, registry_option
from crawler.registry import open_registry
from crawler.timers import NAME, commands, cron_files, systemd_units, write_files
from parsers.errors import UsageError

_PORTALS = click.argument("portals", nargs=-1)
_CRON = click.option("--cron", is_flag=True, help="For cron instead of systemd.")


@click.group("schedule")
@common_options
def command() -> None:
    """Have `gongkai crawl --due`, and `compact` after it, run every hour, by a systemd timer or by cron.

    \b
    Examples:
      gongkai schedule print --contact you@example.org
      gongkai schedule install --contact you@example.org 'henan-*'
    """


@command.command("print")
@common_options
@_PORTALS
@_CRON
@contact_option
@registry_option
@click.pass_obj
def print_(session: Session, portals: tuple[str, ...], cron: bool, contact: str | None, own: Path | None) -> None:
    """Print the unit files, or the file for /etc/cron.d, for PORTALS (all by default).

    \b
    Example:
      gongkai schedule print --contact you@example.org
    """
    steps, files = _files(session, portals, cron, contact, own)
    if session.json:
        session.print_json({"commands": steps, "files": files})
        return
    for name, text in files.items():
        click.echo(f"# {name}\n{text}")


@command.command("install")
@common_options
@_PORTALS
@_CRON
@contact_option
@registry_option
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to write (default: the user's units of systemd; with --cron /etc/cron.d).",
)
@click.pass_obj
def install(
    session: Session,
    portals: tuple[str, ...],
    cron: bool,
    contact: str | None,
    own: Path | None,
    folder: Path | None,
) -> None:
    """Write the files where systemd or cron finds them.

    \b
    Example:
      gongkai schedule install --contact you@example.org
    """
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    usual = Path("/etc/cron.d") if cron else config / "systemd" / "user"
    steps, files = _files(session, portals, cron, contact, own)
    written = [str(path) for path in write_files(folder or usual, files)]
    if session.json:
        session.print_json({"commands": steps, "written": written})
    for path in written if not session.json else ():
        click.echo(path)
    if not cron:
        session.say(
            f"start it with: systemctl --user daemon-reload && systemctl --user enable --now {NAME}.timer",
            f"启用：systemctl --user daemon-reload && systemctl --user enable --now {NAME}.timer",
        )


def _files(
    session: Session, portals: tuple[str, ...], cron: bool, contact: str | None, own: Path | None
) -> tuple[list[list[str]], dict[str, str]]:
    if not (contact or "").strip():
        raise UsageError(
            "a crawl must say who asks: name an e-mail address or a page with --contact or GONGKAI_CONTACT",
            "抓取须表明身份：请用 --contact 或 GONGKAI_CONTACT 给出邮箱或网页地址",
        )
    registry = open_registry(own)
    registry.select(portals)  # a portal that is not there is better told now than every hour
    steps = commands(session.archive_path(), registry.own, contact or "", portals)
    return steps, cron_files(steps, getpass.getuser()) if cron else systemd_units(steps)
