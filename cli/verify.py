"""`gongkai verify`: is the archive whole?"""

from __future__ import annotations

from dataclasses import asdict

import click

from archive.store import Archive
from archive.verify import verify
from cli.session import Session, common_options, status_error


@click.command("verify")
@common_options
@click.pass_obj
def command(session: Session) -> None:
    """Check both files, every body against its hash, every reference, and a sample of readings made anew.

    \b
    Example:
      gongkai verify --archive data

    Exit status: 0 whole, 5 something needs a person.
    """
    with Archive.open(session.archive_path(), session.clock) as archive, session.progress("verify", "校验") as bar:
        faults = verify(archive, bar)
    if session.json:
        session.print_json({"faults": [asdict(f) for f in faults]})
    else:
        for fault in faults:
            session.say(f"✗ {fault.en}", f"✗ {fault.zh}")
        if not faults:
            session.say("the archive is whole", "档案库完好")
    if faults:
        raise status_error(5)
