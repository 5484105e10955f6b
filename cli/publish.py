"""`gongkai publish`: write an immutable, dated release."""

from __future__ import annotations

from pathlib import Path

import click

from archive.publication import publish
from archive.store import Archive
from cli.session import Session, common_options


@click.command("publish")
@common_options
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--url", help="Where this release will be found, for its citation and metadata: its files lie below it.")
@click.pass_obj
def command(session: Session, directory: Path, url: str | None) -> None:
    """Write today's release below DIRECTORY: SQLite for Datasette; wide and long tables in CSV, Parquet, JSON Lines and Stata;
    codebook, metadata, changes since the release before, manifest with hashes.

    A release is never overwritten; where nothing changed, the one that is there is kept. docs/release.md says how to load it.

    \b
    Examples:
      gongkai publish release && gongkai serve release
      gongkai publish release --url https://data.example.org/gongkai/2026-03-01
    """
    with (
        Archive.open(session.archive_path(), session.clock) as archive,
        archive.lock(),
        session.progress("publish", "发布") as bar,
    ):
        summary = publish(archive, directory, at=session.clock.now(), url=url, progress=lambda n, all_, _: bar(n, all_))
    if session.json:
        session.print_json(
            {
                "release": str(summary.path),
                "new": summary.new,
                "sample_data": summary.sample,
                "reports": summary.counts.reports,
                "cells": summary.counts.cells,
                "files": {f.name: f.sha256 for f in summary.files},
            }
        )
    elif summary.new:
        session.say(
            f"{summary.path}: {summary.counts.reports} reports, {summary.counts.cells} cells",
            f"{summary.path}：{summary.counts.reports} 份报告，{summary.counts.cells} 个单元格",
        )
    else:
        session.say(f"nothing new: {summary.path} is kept", f"没有新内容：保留 {summary.path}")
