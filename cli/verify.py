"""`gongkai verify`: is the archive whole?"""

from __future__ import annotations

from dataclasses import asdict

import click

from archive.keeping.verify import SAMPLE, verify
from archive.store import Archive
from cli.session import Session, common_options, status_error


@click.command("verify")
@common_options
@click.option(
    "--sample", type=click.IntRange(0), default=SAMPLE, show_default=True, help="Documents read and derived again."
)
@click.pass_obj
def command(session: Session, sample: int) -> None:
    """Check both files, every body against its hash, every reference, and a sample of readings and versions made anew.

    \b
    Example:
      gongkai verify --archive data
      gongkai verify --sample 1000

    Exit status: 0 whole, 5 something needs a person.
    """
    with Archive.open(session.archive_path(), session.clock) as archive, session.progress("verify", "校验") as bar:
        faults = verify(archive, bar, sample=sample)
    if session.json:
        session.print_json({"faults": [asdict(f) for f in faults]})
    else:
        for fault in faults:
            session.say(f"✗ {fault.en}", f"✗ {fault.zh}")
        if not faults:
            session.say("the archive is whole", "档案库完好")
    if faults:
        raise status_error(5)
