"""`gongkai flag`: what is known from elsewhere and contradicts a report."""

from __future__ import annotations

import click

from archive.crosschecks import check_across
from archive.decisions.contradictions import flag, undo_flag
from archive.store import Archive
from cli.deciding import author_option
from cli.session import Session, common_options
from parsers.errors import UsageError


@click.command("flag")
@common_options
@click.argument("report", required=False)
@click.option("--why", required=True, help="What contradicts the report, for everybody to read.")
@click.option("--evidence", metavar="URL", help="Where it can be seen: an address, a page, a letter.")
@author_option
@click.option("--undo", "undone", metavar="ID", help="Take back the flag whose id begins so.")
@click.pass_obj
def command(
    session: Session, report: str | None, why: str, evidence: str | None, author: str, undone: str | None
) -> None:
    """Say that REPORT (UNIT/YEAR) is contradicted from outside, with evidence. No figure is touched.

    \b
    Examples:
      gongkai flag 河南省周口市鹿邑县市场监督管理局/2024 --why "申请人另有复议决定书" --evidence https://example.org/decision.pdf
      gongkai flag --undo 1a2b3c --why "the decision was of another year"
    """
    if (report is None) == (undone is None) or (report is not None and evidence is None):
        raise UsageError(
            "write REPORT --why TEXT --evidence URL, or --undo ID --why TEXT",
            "请写 报告 --why 原因 --evidence 网址，或 --undo 编号 --why 原因",
        )
    with Archive.open(session.archive_path(), session.clock) as archive, archive.lock():
        if undone is not None:
            key = undo_flag(archive, undone, why=why, author=author)
        else:
            key = flag(archive, report or "", why=why, evidence=evidence or "", author=author)
        check_across(archive)
    if session.json:
        session.print_json({"id": key})
    else:
        session.say(f"written: {key}", f"已写入：{key}")
