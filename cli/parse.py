"""`gongkai parse`: read files, print reports; touches no archive."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from archive.labels import finding_in_words, scope_label
from archive.reading.workers import read_limited
from cli.session import Session, common_options, status_error
from parsers import Report
from parsers.report import MAX_BYTES, too_large

_STATUS = {"report": 0, "unreadable": 4}


@click.command("parse")
@common_options
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.pass_obj
def command(session: Session, files: tuple[Path, ...]) -> None:
    """Read FILES and print what they say: title, issuer, tables with the trust of each figure, checks.

    \b
    Examples:
      gongkai parse report.html
      gongkai parse --json captures/*.txt | jq '.cells[] | select(.trust == "disputed")'

    Exit status: 0 every file a report, 2 a file is not there, 3 one is no report, 4 one is unreadable.
    """
    worst = 0
    for file in files:
        if not file.is_file():
            session.warn(f"error: no such file: {file}", f"错误：没有这个文件：{file}")
            worst = max(worst, 2)
            continue
        size = file.stat().st_size
        report = too_large(size) if size > MAX_BYTES else read_limited(file.read_bytes())
        worst = max(worst, _STATUS.get(report.verdict, 3))
        if session.json:
            session.print_json(report.to_json(str(file)))
        else:
            _print(session, file, report)
    if worst:
        raise status_error(worst)


def _print(session: Session, file: Path, report: Report) -> None:
    click.echo(f"{file}: {report.verdict}")
    if report.verdict == "report":
        place = f"{report.region.name} {report.region.code}" if report.region else "?"
        click.echo(f"  {report.title}")
        click.echo(f"  {report.issuer} | {report.report_year} | {place} | {report.published or '-'}")
        for table, form in report.forms.items():
            cells = [c for c in report.cells if c.table == table]
            trust = Counter(c.trust or "undecidable" for c in cells)
            counts = ", ".join(f"{n} {t}" for t, n in sorted(trust.items()))
            click.echo(f"  {table} ({form}): {len(cells)} — {counts}")
        for check in report.checks:
            if check.status == "fail":
                about = scope_label(check.rule, check.scope, session.language)
                click.echo(f"  ✗ {check.rule} {about}: {check.left} ≠ {check.right}")
    for finding in report.findings:
        said = session.text(finding.message, finding.message_zh)
        click.echo(f"  · {finding.code}: {finding_in_words(finding.code, said, session.language)}")
