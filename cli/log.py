"""`gongkai log`: the history of one report."""

from __future__ import annotations

from dataclasses import asdict

import click

from archive.decisions.corrections import Decided, decisions_on
from archive.queries import VersionRow, find_report, history
from archive.store import Archive
from cli.session import Session, common_options

_KINDS = {"first": "首次收录", "content": "内容更改", "technical": "技术更新", "withdrawn": "已撤下"}


@click.command("log")
@common_options
@click.argument("report")
@click.pass_obj
def command(session: Session, report: str) -> None:
    """List what happened to REPORT (UNIT/YEAR), oldest first: versions of all its documents, and what people decided.

    `content` is their change, `technical` our parser's; `late` marks a capture that came in when later ones were there.

    \b
    Example:
      gongkai log 河南省平顶山市政务服务和大数据管理局/2023
    """
    with Archive.open(session.archive_path(), session.clock) as archive:
        key, _ = find_report(archive.db, report)
        versions = history(archive.db, key.id)
        decided = decisions_on(archive.db, key)
    if session.json:
        session.print_json(
            {
                "unit": key.unit,
                "unit_id": key.unit_id,
                "report_year": key.report_year,
                "scope": key.scope,
                "versions": [asdict(v) for v in versions],
                "decisions": [asdict(d) for d in decided],
            }
        )
        return
    lines = [(v.captured_at, _version(session, v)) for v in versions]
    lines += [(d.made_at, _decided(session, d)) for d in decided]
    for _, line in sorted(lines, key=lambda pair: pair[0]):
        click.echo(line)


def _version(session: Session, v: VersionRow) -> str:
    told = []
    if v.changed_cells:
        told.append(session.text(f"{v.changed_cells} cells changed", f"{v.changed_cells} 个单元格变化"))
    if v.reason:
        told.append(session.text(v.reason, "恢复" if v.reason == "restored" else v.reason))
    if v.imported:
        told.append(session.text("imported", "导入"))
    if v.is_late:
        told.append(session.text("late: it came in after later ones", "迟到：晚于其后的抓取入库"))
    kind = session.text(v.kind, _KINDS[v.kind])
    return f"@{v.number} {v.captured_at}  {kind:<9} {v.url}{'  ' if told else ''}{', '.join(told)}"


def _decided(session: Session, d: Decided) -> str:
    if d.undoes:
        what = session.text(f"undoes {d.undoes}", f"撤销 {d.undoes}")
    else:
        what = f"{d.what} = {d.value}"
        if not d.is_in_force:
            what += session.text(" (no longer in force)", "（已失效）")
    evidence = f" <{d.evidence}>" if d.evidence else ""
    return f"✎  {d.made_at}  {what}  {d.author}: {d.why}{evidence}  {d.id}"
