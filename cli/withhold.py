"""`gongkai withhold`: keep a report, a passage or a captured page out of the site and of later releases."""

from __future__ import annotations

from dataclasses import asdict

import click

from archive.decisions.withholding import Withholding, undo, withhold, withholdings
from archive.store import Archive
from cli.deciding import author_option
from cli.session import Session, common_options
from parsers.errors import UsageError


@click.command("withhold")
@common_options
@click.argument("target", metavar="REPORT|CAPTURE", required=False)
@click.option("--why", help="The reason, for everybody to read.")
@click.option("--passage", help="Withhold only this text of the report (and its captured pages, where it can be read).")
@click.option("--undo", "undone", is_flag=True, help="Take back what is withheld of it.")
@author_option
@click.pass_obj
def command(
    session: Session, target: str | None, why: str | None, passage: str | None, undone: bool, author: str
) -> None:
    """Keep a REPORT (UNIT/YEAR), a passage of it, or a captured page out of the site and of later releases.

    The archive keeps everything; the next release bears a notice with the day and the reason in its place. Releases that are there do
    not change. CAPTURE is the start of a capture's id or of its bytes' SHA-256. Without arguments: what is withheld.

    \b
    Examples:
      gongkai withhold
      gongkai withhold 河南省平顶山市政务服务和大数据管理局/2023 --passage 13800000000 --why "a person's number"
      gongkai withhold 4f2a9c01 --why "the page shows letters of applicants"
      gongkai withhold 河南省平顶山市政务服务和大数据管理局/2023 --undo --why "the body asked to show it again"
    """
    if target is None:
        if why or passage or undone:
            raise UsageError("name a REPORT or a CAPTURE", "请指明报告或抓取编号")
        with Archive.open(session.archive_path(), session.clock) as archive:
            _list(session, withholdings(archive.db))
        return
    if not (why or "").strip():
        raise UsageError("--why must say the reason", "须用 --why 写明原因")
    with Archive.open(session.archive_path(), session.clock) as archive, archive.lock():
        if undone:
            keys = undo(archive, target, why=why or "", author=author, passage=passage)
        else:
            keys = (withhold(archive, target, why=why or "", author=author, passage=passage),)
    if session.json:
        session.print_json({"ids": keys})
    else:
        told = ", ".join(keys)
        session.say(f"written: {told}; the next release goes by it", f"已写入：{told}；自下次发布起生效")


def _list(session: Session, found: list[Withholding]) -> None:
    if session.json:
        session.print_json([asdict(held) for held in found])
        return
    for held in found:
        what = f"{held.unit_id}/{held.report_year}/{held.scope}" if held.body_sha256 is None else held.body_sha256
        passage = f" “{held.passage}”" if held.passage else ""
        session.say(
            f"{held.id}  {held.made_at}  {held.kind} {what}{passage}  {held.author}: {held.why}",
            f"{held.id}  {held.made_at}  {held.kind} {what}{passage}  {held.author}：{held.why}",
        )
    if not found:
        session.say("nothing is withheld", "没有不予刊出的内容")
