"""`gongkai diff`: what differs between two readings."""

from __future__ import annotations

import click

from archive.queries import compare, find_report, shown_version
from archive.store import Archive
from cli.session import Session, common_options, status_error
from parsers.errors import UsageError


@click.command("diff")
@common_options
@click.argument("before")
@click.argument("after")
@click.pass_obj
def command(session: Session, before: str, after: str) -> None:
    """Show how AFTER differs from BEFORE: cells first, then sentences. Each is UNIT/YEAR, with @N or @DATE.

    \b
    Examples:
      gongkai diff 某市财政局/2023@1 某市财政局/2023@2
      gongkai diff 某市财政局/2022 某市财政局/2023

    Exit status: 0 nothing differs, 5 something does.
    """
    with Archive.open(session.archive_path(), session.clock) as archive:
        readings = []
        for text in (before, after):
            key, which = find_report(archive.db, text)
            version = shown_version(archive.db, key, which)
            if version.reading_id is None:
                raise UsageError(
                    f"{text} is the withdrawal of a report and holds no text: name the version before it",
                    f"{text} 是撤回记录，没有正文：请指定之前的版本",
                )
            readings.append(version.reading_id)
        difference = compare(archive.db, *readings)
    if session.json:
        names = ("table", "row", "column", "state_before", "value_before", "state_after", "value_after")
        session.print_json(
            {
                "cells": [dict(zip(names, c, strict=True)) for c in difference.cells],
                "removed": difference.removed,
                "added": difference.added,
            }
        )
    else:
        for table, row, column, *sides in difference.cells:
            old, new = (v if s == "value" else s or "absent" for s, v in (sides[:2], sides[2:]))
            click.echo(f"{table}/{row}/{column}: {old} -> {new}")
        for sentence in difference.removed:
            click.echo(f"- {sentence}")
        for sentence in difference.added:
            click.echo(f"+ {sentence}")
    if difference.cells or difference.removed or difference.added:
        raise status_error(5)
