"""`gongkai check`: what needs a person, and what of it is new."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from itertools import groupby

import click

from archive.monitors import Alert, acknowledge, rule_title, watch
from archive.selection import parse_selection
from archive.store import Archive
from cli.session import Session, common_options, status_error
from crawler.notices import mail_notice, post_notice

_GRAVITY = ("error", "warning", "note")


@click.command("check")
@common_options
@click.argument("select", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Also what was acknowledged.")
@click.option("--severity", type=click.Choice(_GRAVITY), default="note", help="Nothing less grave (default: note).")
@click.option("--acknowledge", "seen", is_flag=True, help="Record that this was seen: next time it is not new.")
@click.option(
    "--author", envvar="GONGKAI_AUTHOR", default=getpass.getuser, help="Who has seen it (or $GONGKAI_AUTHOR)."
)
@click.option(
    "--webhook", metavar="URL", envvar="GONGKAI_WEBHOOK", help="POST what is new as JSON (or $GONGKAI_WEBHOOK)."
)
@click.option(
    "--mail-command",
    metavar="CMD",
    envvar="GONGKAI_MAIL_COMMAND",
    help="Run this with what is new on its input (or $GONGKAI_MAIL_COMMAND).",
)
@click.pass_obj
def command(
    session: Session,
    select: tuple[str, ...],
    everything: bool,
    severity: str,
    seen: bool,
    author: str,
    webhook: str | None,
    mail_command: str | None,
) -> None:
    """List what the rules and monitors find in the reports of SELECT, by rule: what is new since it was acknowledged.

    Rules of single reports, between years, bodies and copies; figures or texts changed after publication, reports withdrawn,
    bodies overdue, lists that shrank, reports that could not be filed. With --webhook or --mail-command others are told where something is new; where that
    fails nothing is acknowledged.

    \b
    Examples:
      gongkai check
      gongkai check place=410000 year=2023 --severity warning --all
      gongkai check --acknowledge --mail-command 'mail -s gongkai me@example.org'

    Exit status: 0 nothing new, 5 something new, 1 somebody could not be told.
    """
    selection = parse_selection(select)
    path = session.archive_path()
    with Archive.open(path, session.clock) as archive, archive.lock():
        alerts = [a for a in watch(archive, selection) if _GRAVITY.index(a.severity) <= _GRAVITY.index(severity)]
    new = [alert for alert in alerts if alert.is_new]
    lines = _lines(session, alerts if everything else new)
    if session.json:
        session.print_json(
            {"new": len(new), "known": len(alerts) - len(new), "alerts": _data(alerts if everything else new)}
        )
    else:
        click.echo("\n".join(lines))
        session.say(
            f"{len(new)} new, {len(alerts) - len(new)} acknowledged",
            f"新增 {len(new)} 项，已确认 {len(alerts) - len(new)} 项",
        )
    if new and webhook:
        post_notice(webhook, {"archive": str(path), "new": len(new), "alerts": _data(new)})
    if new and mail_command:
        mail_notice(mail_command, "\n".join(_lines(session, new)) + "\n")
    if seen and new:
        with Archive.open(path, session.clock) as archive, archive.lock():
            acknowledge(archive, new, author)
    if new:
        raise status_error(5)


def _data(alerts: list[Alert]) -> list[dict[str, object]]:
    return [asdict(alert) for alert in alerts]


def _lines(session: Session, alerts: list[Alert]) -> list[str]:
    """Return the alerts as people read them, grouped by rule."""
    lines = []
    for (severity, rule), group in groupby(alerts, key=lambda a: (a.severity, a.rule)):
        found = list(group)
        lines.append(f"{session.text(*rule_title(rule))} ({severity}, {len(found)})")
        lines += [
            f"  {' ' if alert.is_new else '✓'} {alert.about}  {session.text(alert.message, alert.message_zh)}"
            for alert in found
        ]
    return lines
