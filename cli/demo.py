"""`gongkai demo`: everything, on sample portals, in a minute."""

from __future__ import annotations

import click

from cli.serve import serve_site
from cli.session import Session, common_options
from crawler.demo import DemoSummary, run_demo


@click.command("demo")
@common_options
@click.option("--once", is_flag=True, help="End when done instead of serving the site.")
@click.option("--port", default=8001, show_default=True, help="The site's port (0: a free one).")
@click.pass_obj
def command(session: Session, once: bool, port: int) -> None:
    """Serve sample portals on loopback, crawl them on simulated days, read, check, publish, and serve the site.

    The demo keeps an archive of its own (./demo-data), marked as sample data; it touches no other.

    \b
    Examples:
      gongkai demo
      gongkai demo --once --json
    """
    path = session.archive_path("demo-data")
    summary = run_demo(path, session.progress)
    if session.json:
        session.print_json(_as_json(summary))
    else:
        _print(session, summary)
    if not once:
        serve_site(session, summary.release.path, port=port)


def _as_json(summary: DemoSummary) -> dict[str, object]:
    numbers = summary.overview
    return {
        "portals": summary.portals,
        "captures": numbers.captures,
        "reports": numbers.reports,
        "versions": numbers.versions,
        "new_versions": summary.new_versions,
        "cells": numbers.cells,
        "checks_failed": numbers.checks_failed,
        "release": str(summary.release.path),
    }


def _print(session: Session, summary: DemoSummary) -> None:
    numbers = summary.overview
    days = ", ".join(map(str, summary.days))
    session.say(f"sample data; simulated days {days}", f"样本数据；模拟第 {days} 天")
    for name, zh, value in (
        ("portals", "门户", summary.portals),
        ("captures", "抓取", _words(numbers.captures)),
        ("reports", "报告", numbers.reports),
        ("versions", "版本", _words(numbers.versions)),
        ("cells by trust", "单元格（按可信程度）", _words(numbers.cells)),
        ("failed checks", "未通过的检查", numbers.checks_failed),
        ("release", "发布", summary.release.path),
    ):
        session.say(f"  {name:<15} {value}", f"  {zh}：{value}")
    if summary.new_versions:
        session.say(f"{summary.new_versions} new versions", f"新版本 {summary.new_versions} 个")
    else:
        session.say("nothing new", "没有新内容")


def _words(counts: dict[str, int]) -> str:
    return ", ".join(f"{n} {name}" for name, n in counts.items()) or "0"
