"""`gongkai show`: one report as it is, or as it was on a date."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

import click

from archive.decisions.corrections import Correction, corrections_of, identities_of
from archive.histories.copies import Copy, copies
from archive.queries import Standing, find_report, read_version, standing
from archive.register.identity import IdentityCorrection
from archive.store import Archive
from cli.session import Session, common_options
from cli.telling import side_text
from parsers.model import Report


@click.command("show")
@common_options
@click.argument("report")
@click.option("--at", "at", metavar="DATE", help="As it was at the end of that day in China (YYYY-MM-DD).")
@click.pass_obj
def command(session: Session, report: str, at: str | None) -> None:
    """Show REPORT: UNIT/YEAR, UNIT an id or a full name; @N or @DATE after it names a version.

    Corrections stand beside what was printed (✎); copies of the report at other addresses are listed with the figures
    in which they differ.

    \b
    Examples:
      gongkai show 河南省平顶山市政务服务和大数据管理局/2023
      gongkai show 410400-1a2b3c4d/2023 --at 2025-04-30 --json
    """
    with Archive.open(session.archive_path(), session.clock) as archive:
        key, version_name = find_report(archive.db, report)
        shown = standing(archive.db, key, at or version_name)
        reading = read_version(archive.db, shown.version)
        corrections = corrections_of(archive.db, key)
        identities = identities_of(archive.db, key)
        documents = copies(archive.db, key)
    if session.json:
        data = reading.to_json(shown.version.url)
        data["unit"] = {"id": key.unit_id, "name": key.unit}
        data["filed"] = {"report_year": key.report_year, "scope": key.scope}
        data["version"] = {
            "number": shown.version.number,
            "kind": shown.version.kind,
            "captured_at": shown.version.captured_at,
            "imported": shown.version.imported,
        }
        data["withdrawn_at"] = shown.withdrawn.captured_at if shown.withdrawn else None
        data["corrections"] = [asdict(correction) for correction in corrections]
        data["identity_corrections"] = [asdict(correction) for correction in identities]
        data["copies"] = [asdict(copy) for copy in documents]
        session.print_json(data)
        return
    _print_head(session, reading, shown, f"{key.unit} ({key.unit_id})  {key.report_year}  {key.scope}")
    for identity in identities:
        _print_identity(session, identity)
    _print_cells(session, reading, corrections)
    for check in reading.checks:
        if check.status == "fail":
            click.echo(f"  ✗ {check.rule} {check.scope}: {check.left} ≠ {check.right}")
    if len(documents) > 1:
        _print_copies(session, documents)


def _print_head(session: Session, reading: Report, shown: Standing, name: str) -> None:
    version = shown.version
    click.echo(f"{reading.title}")
    click.echo(f"{name}  {version.url}{session.text(' (imported)', '（导入）') if version.imported else ''}")
    click.echo(f"@{version.number} {version.kind} {version.captured_at}")
    if shown.withdrawn:
        session.say(
            f"withdrawn {shown.withdrawn.captured_at} ({shown.withdrawn.reason}): this is the last good version",
            f"{shown.withdrawn.captured_at} 已撤下（{shown.withdrawn.reason}）：此为最后一个可用版本",
        )
    trust = Counter(c.trust or "undecidable" for c in reading.cells)
    click.echo(", ".join(f"{n} {t}" for t, n in sorted(trust.items())))


def _print_identity(session: Session, made: IdentityCorrection) -> None:
    told = session.text(f"read: {made.now_read}", f"读取为 {made.now_read}")
    if made.agrees:
        told = session.text("as read", "与读取一致")
    elif made.is_overtaken:
        told = session.text(
            f"read: {made.now_read}, when it was made: {made.read_value}; does it still hold?",
            f"读取为 {made.now_read}，更正时读取为 {made.read_value}；是否仍然成立？",
        )
    click.echo(
        f"  ✎ {made.url} identity/{made.field} = {made.value}  ({told}; {made.author}, {made.made_at}: {made.why})  {made.id}"
    )


def _print_cells(session: Session, reading: Report, corrections: list[Correction]) -> None:
    """Print every cell that is not a plain nought, its correction beside it, and corrections of cells that are not there."""
    waiting: dict[tuple[str, ...], Correction] = {correction.cell: correction for correction in corrections}
    for cell in reading.cells:
        made = waiting.pop(cell.key, None)
        if made or cell.state != "value" or cell.value not in (0, "0") or cell.trust not in ("verified", "stated"):
            shown = cell.value if cell.state == "value" else cell.state
            raw = f" {cell.raw!r}" if cell.state in ("text", "undecidable") else ""
            beside = f"  {_correction(session, made, reading)}" if made else ""
            click.echo(f"  {'/'.join(cell.key)} = {shown}{raw}  [{cell.trust or '-'}]{beside}")
    for cell_key, made in waiting.items():
        click.echo(f"  {'/'.join(cell_key)} = absent  [-]  {_correction(session, made, reading)}")


def _correction(session: Session, made: Correction, reading: Report) -> str:
    """Say what a correction is, and whether the reading that is shown here agrees."""
    read: Any = next(((c.state, c.value) for c in reading.cells if c.key == made.cell), None)
    told = session.text("not in the reading", "读取结果中没有")
    if read is not None:
        agrees = read == (made.state, made.value)
        told = session.text("as read", "与读取一致") if agrees else session.text("read otherwise", "与读取不一致")
    value = made.state if made.value is None else made.value
    evidence = f" <{made.evidence}>" if made.evidence else ""
    return f"✎ {value}  ({told}; {made.author}, {made.made_at}: {made.why}{evidence})  {made.id}"


def _print_copies(session: Session, documents: tuple[Copy, ...]) -> None:
    session.say(f"{len(documents)} copies:", f"共 {len(documents)} 处：")
    for copy in documents:
        told = [copy.format or "", copy.captured_at]
        if copy.is_shown:
            told.append(session.text("shown", "采用"))
        elif copy.is_withdrawn:
            told.append(session.text("withdrawn", "已撤下"))
        else:
            told.append(session.text(f"{len(copy.cells)} figures differ", f"{len(copy.cells)} 个数字不同"))
        click.echo(f"  {copy.url}  {', '.join(told)}")
        for cell in copy.cells:
            here, there = side_text(cell.before), side_text(cell.after)
            session.say(
                f"    {cell.table}/{cell.row}/{cell.column}: {here} in the one shown, {there} here",
                f"    {cell.table}/{cell.row}/{cell.column}：采用的一份为 {here}，此处为 {there}",
            )
