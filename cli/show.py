"""`gongkai show`: one report as it is, or as it was on a date."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

import click

from archive.corrections import corrections_of
from archive.queries import find_report, read_version, shown_version
from archive.store import Archive
from cli.session import Session, common_options


@click.command("show")
@common_options
@click.argument("report")
@click.option("--at", "at", metavar="DATE", help="As it was at the end of that day in China (YYYY-MM-DD).")
@click.pass_obj
def command(session: Session, report: str, at: str | None) -> None:
    """Show REPORT: UNIT/YEAR, UNIT an id or a full name; @N or @DATE after it names a version.

    \b
    Examples:
      gongkai show 河南省平顶山市政务服务和大数据管理局/2023
      gongkai show 410400-1a2b3c4d/2023 --at 2025-04-30 --json
    """
    with Archive.open(session.archive_path(), session.clock) as archive:
        key, version_name = find_report(archive.db, report)
        version = shown_version(archive.db, key, at or version_name)
        reading = read_version(archive.db, version, key)
        corrections = corrections_of(archive.db, key)
    if session.json:
        data = reading.to_json(version.url)
        data["unit"] = {"id": key.unit_id, "name": key.unit}
        data["version"] = {
            "number": version.number,
            "kind": version.kind,
            "captured_at": version.captured_at,
            "imported": version.imported,
        }
        data["corrections"] = [asdict(correction) for correction in corrections]
        session.print_json(data)
        return
    click.echo(f"{reading.title}")
    click.echo(
        f"{key.unit} ({key.unit_id})  {key.report_year}  {version.url}{' (imported)' if version.imported else ''}"
    )
    click.echo(f"@{version.number} {version.kind} {version.captured_at}")
    trust = Counter(c.trust or "undecidable" for c in reading.cells)
    click.echo(", ".join(f"{n} {t}" for t, n in sorted(trust.items())))
    for cell in reading.cells:
        if cell.state != "value" or cell.value not in (0, "0") or cell.trust not in ("verified", "stated"):
            shown = cell.value if cell.state == "value" else cell.state
            click.echo(f"  {cell.table}/{cell.row}/{cell.column} = {shown}  [{cell.trust or '-'}]")
    for correction in corrections:
        value = correction.state if correction.value is None else correction.value
        agrees = {
            True: session.text("as read", "与读取一致"),
            False: session.text("read otherwise", "与读取不一致"),
            None: session.text("not in the reading", "读取结果中没有"),
        }[correction.agrees]
        click.echo(
            f"  ✎ {'/'.join(correction.cell)} = {value}  ({agrees}; {correction.author}, {correction.made_at}: {correction.why})  {correction.id}"
        )
    for check in reading.checks:
        if check.status == "fail":
            click.echo(f"  ✗ {check.rule} {check.scope}: {check.left} ≠ {check.right}")
