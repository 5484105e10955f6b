"""`gongkai status`: what the archive holds, unit by year, with a reason for every hole."""

from __future__ import annotations

from dataclasses import asdict

import click

from archive.queries import coverage, overview
from archive.store import Archive
from cli.session import Session, common_options

_SIGNS = {"published": "●", "late": "◐", "withdrawn": "✗", "missing": "·", "partial": "?", "not_crawled": " "}


@click.command("status")
@common_options
@click.pass_obj
def command(session: Session) -> None:
    """Show the archive in numbers and its coverage, unit by year.

    \b
    Example:
      gongkai status --json
    """
    with Archive.open(session.archive_path(), session.clock) as archive:
        numbers = overview(archive.db)
        grid = coverage(archive.db)
        sample = archive.is_sample
    if session.json:
        session.print_json(
            {
                "sample_data": sample,
                **asdict(numbers),
                "coverage": [{"unit_id": i, "unit": u, "years": years} for i, u, years in grid],
            }
        )
        return
    if sample:
        session.say("sample data", "样本数据")
    for name, zh, value in (
        ("portals", "门户", numbers.portals),
        ("captures", "抓取", _words(numbers.captures)),
        ("reports", "报告", numbers.reports),
        ("versions", "版本", _words(numbers.versions)),
        ("cells", "单元格", _words(numbers.cells)),
        ("failed checks", "未通过的检查", numbers.checks_failed),
    ):
        session.say(f"{name:<14} {value}", f"{zh}　{value}")
    if grid:
        years = list(grid[0][2])
        click.echo("  ".join(str(y) for y in years))
        for _, unit, states in grid:
            click.echo("     ".join(_SIGNS[states[y]] for y in years) + f"     {unit}")
        click.echo("  ".join(f"{sign} {state}" for state, sign in _SIGNS.items()))


def _words(counts: dict[str, int]) -> str:
    return ", ".join(f"{n} {name}" for name, n in counts.items()) or "0"
