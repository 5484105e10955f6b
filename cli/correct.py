"""`gongkai correct`: what a person decided about a figure, or about whose report a document is."""

from __future__ import annotations

from pathlib import Path

import click

from archive.decisions.corrections import correct, decide_identity, import_corrections, is_identity, undo
from archive.derivation import derive
from archive.store import Archive
from cli.deciding import author_option, csv_option, stop_at_faults
from cli.session import Session, common_options
from parsers.errors import UsageError


@click.command("correct")
@common_options
@click.argument("report", required=False)
@click.argument("cell", required=False)
@click.argument("value", required=False)
@click.option("--why", help="The reason, for everybody to read.")
@author_option
@click.option("--evidence", help="Where it can be seen: an address, a page, a letter.")
@click.option("--undo", "undone", metavar="ID", help="Take back the correction whose id begins so.")
@csv_option("report, cell, value, why")
@click.pass_obj
def command(
    session: Session,
    report: str | None,
    cell: str | None,
    value: str | None,
    why: str | None,
    author: str,
    evidence: str | None,
    undone: str | None,
    file: Path | None,
) -> None:
    """Correct a CELL (table/row/column) of REPORT (UNIT/YEAR) to VALUE: digits, blank or dash.

    CELL may be identity/unit, identity/year, identity/scope or identity/place: all documents of REPORT are then filed
    so, or the one whose address is written in REPORT's place. What was printed is kept, and shown beside it.

    \b
    Examples:
      gongkai correct 河南省平顶山市政务服务和大数据管理局/2023 requests/new_received/total 4 --why "letter of 2024-05-02"
      gongkai correct http://www.example.gov.cn/t1.html identity/year 2022 --why "the title has last year's number"
      gongkai correct --csv corrections.csv
      gongkai correct --undo 1a2b3c --why "the letter was about 2022"
    """
    told = [x is not None for x in (report, undone, file)]
    if sum(told) != 1 or (report is not None and value is None):
        raise UsageError(
            "write REPORT CELL VALUE --why TEXT, or --undo ID --why TEXT, or --csv FILE",
            "请写 报告 单元格 值 --why 原因，或 --undo 编号 --why 原因，或 --csv 文件",
        )
    if file is None and not (why or "").strip():
        raise UsageError("--why must say the reason", "须用 --why 写明原因")
    with Archive.open(session.archive_path(), session.clock) as archive, archive.lock():
        if file is not None:
            stop_at_faults(session, file, import_corrections(archive, file, author=author))
            derive(archive)
            session.say(f"the corrections of {file} are in force", f"{file} 中的更正已生效")
            return
        if undone is not None:
            keys = (undo(archive, undone, why=why or "", author=author),)
        else:
            write = decide_identity if is_identity(cell or "") else correct
            made = write(
                archive, report or "", cell or "", value or "", why=why or "", author=author, evidence=evidence
            )
            keys = (made,) if isinstance(made, str) else made
        derive(archive)
    if session.json:
        session.print_json({"ids": keys})
    else:
        session.say(f"written: {', '.join(keys)}", f"已写入：{'、'.join(keys)}")
