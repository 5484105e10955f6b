"""`gongkai status`: what the archive holds, unit by year, with a reason for every hole."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from archive.crawls.coverage import PortalHealth, coverage, portal_health
from archive.crawls.reasons import Reason
from archive.keeping.disk import Disk, disk
from archive.queries import overview
from archive.reading.rebuild import unfinished
from archive.store import Archive
from cli.session import Session, common_options

_SIGNS = {
    "published": ("●", "已公开"),
    "late": ("◐", "逾期公开"),
    "withdrawn": ("✗", "已撤下"),
    "missing": ("·", "未见公开"),
    "not_yet_due": ("-", "未到期"),
    "partial": ("?", "列表不完整"),
    "challenge": ("C", "人机验证"),
    "blocked": ("B", "拒绝访问"),
    "blocked_geo": ("G", "限制地区"),
    "host_down": ("D", "主机无法访问"),
    "robots": ("R", "robots.txt 禁止"),
    "unreadable": ("U", "无法读取"),
    "not_crawled": (" ", "未抓取"),
    "no_such_body": ("0", "机构不存在"),
}


@click.command("status")
@common_options
@click.option("--disk", "by_size", is_flag=True, help="Show what the archive takes on disk instead.")
@click.pass_obj
def command(session: Session, by_size: bool) -> None:
    """Show the archive in numbers, its coverage, unit by year, and what became of each portal.

    A hole has its reason: missing (every list was read to its end), not_yet_due, partial (a list was not), challenge,
    blocked, blocked_geo, host_down (with dns, tls, timeout, refused or a status), robots, unreadable,
    not_crawled, no_such_body (it was not founded yet, or had become another).

    \b
    Example:
      gongkai status --json
      gongkai status --disk
    """
    with Archive.open(session.archive_path(), session.clock) as archive:
        if by_size:
            _print_disk(session, disk(archive))
            return
        numbers = overview(archive.db)
        grid = coverage(archive)
        health = portal_health(archive)
        sample = archive.is_sample
        rebuilding = unfinished(archive)
    if session.json:
        session.print_json(
            {
                "sample_data": sample,
                "rebuild_unfinished": rebuilding,
                **asdict(numbers),
                "coverage": [
                    {"unit_id": row.unit_id, "unit": row.unit, "years": row.years, "told_by": row.told_by}
                    for row in grid
                ],
                "portal_health": [_health(session, one) for one in health],
            }
        )
        return
    if sample:
        session.say("sample data", "样本数据")
    if rebuilding:
        session.say(
            "a rebuild was begun and not ended: what is shown is what was before it; `gongkai reparse --rebuild` goes on",
            "重建尚未完成：以下仍为重建之前的数据；请运行 `gongkai reparse --rebuild` 继续",
        )
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
        click.echo("  ".join(str(year) for year in grid[0].years))
        for row in grid:
            signs = "     ".join(_SIGNS[state.partition(":")[0]][0] for state in row.years.values())
            click.echo(f"{signs}     {row.unit}")
        click.echo("  ".join(f"{sign} {session.text(state, zh)}" for state, (sign, zh) in _SIGNS.items()))
    for one in health:
        _print_health(session, one)


def _health(session: Session, one: PortalHealth) -> dict[str, Any]:
    return {
        "portal": one.portal,
        "columns": [
            {
                "url": column.url,
                "listed_at": column.listed_at,
                "completeness": column.completeness,
                "reason": _reason(session, column.reason),
                "declared_total": column.declared_total,
                "found_total": column.found_total,
            }
            for column in one.columns
        ],
        "pages_not_got": one.pages,
        "left_alone": {host: _reason(session, why) for host, why in one.left_alone.items()},
    }


def _reason(session: Session, why: Reason | None) -> dict[str, str] | None:
    return None if why is None else {"code": why.code, "hole": why.hole, "message": why.text(session.language)}


def _print_health(session: Session, one: PortalHealth) -> None:
    """Print a portal where something is not whole; a sound one needs no line."""
    for column in one.columns:
        if column.reason is not None:
            click.echo(f"  ! {one.portal}: {column.url}: {column.reason.text(session.language)}")
    for host, why in one.left_alone.items():
        click.echo(f"  ! {one.portal}: {host}: {why.text(session.language)}")
    if one.pages:
        session.say(
            f"  ! {one.portal}: pages not got: {_words(one.pages)}",
            f"  ! {one.portal}：未取得的页面：{_words(one.pages)}",
        )


def _print_disk(session: Session, told: Disk) -> None:
    if session.json:
        session.print_json(asdict(told) | {"received": told.received, "kept": told.kept})
        return
    for file, size in told.files.items():
        click.echo(f"{file:<11} {_megabytes(size)}")
        for table in told.tables:
            if table.file == file:
                click.echo(f"  {table.table:<24} {_megabytes(table.size)}")
    for codec in told.codecs:
        session.say(
            f"{codec.codec:<11} {codec.bodies} bodies: {_megabytes(codec.received)} received, {_megabytes(codec.kept)} kept",
            f"{codec.codec:<11} 正文 {codec.bodies} 份：原始 {_megabytes(codec.received)}，存储 {_megabytes(codec.kept)}",
        )
    session.say(
        f"dictionaries: {told.dictionaries}, {_megabytes(told.dictionary_size)}",
        f"字典：{told.dictionaries} 个，{_megabytes(told.dictionary_size)}",
    )
    if told.kept:
        ratio = f"{told.received / told.kept:.1f}"
        session.say(f"bodies as received / as kept: {ratio}", f"正文原始大小 / 存储大小：{ratio}")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.2f} MB"


def _words(counts: dict[str, int]) -> str:
    return ", ".join(f"{n} {name}" for name, n in counts.items()) or "0"
