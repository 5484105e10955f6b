"""`gongkai log`: the history of one report."""

from __future__ import annotations

from dataclasses import asdict

import click

from archive.queries import find_report, history
from archive.store import Archive
from cli.session import Session, common_options


@click.command("log")
@common_options
@click.argument("report")
@click.pass_obj
def command(session: Session, report: str) -> None:
    """List the versions of REPORT (UNIT/YEAR), oldest first.

    \b
    Example:
      gongkai log 河南省平顶山市政务服务和大数据管理局/2023
    """
    with Archive.open(session.archive_path(), session.clock) as archive:
        key, _ = find_report(archive.db, report)
        versions = history(archive.db, key.id)
    if session.json:
        session.print_json(
            {"unit": key.unit, "report_year": key.report_year, "versions": [asdict(v) for v in versions]}
        )
        return
    for v in versions:
        changed = session.text(f", {v.changed_cells} cells changed", f"，{v.changed_cells} 个单元格变化")
        imported = session.text(" (imported)", "（导入）") if v.imported else ""
        click.echo(
            f"@{v.number} {v.kind:<9} {v.captured_at}  {v.url}{imported}"
            f"{changed if v.changed_cells else ''}{'  ' + v.reason if v.reason else ''}"
        )
