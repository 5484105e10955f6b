"""`schedule` writes what systemd and cron read; `crawl --due` and `--dry-run` say what there is to do and touch nothing."""

from __future__ import annotations

import configparser
import json
import shlex
from pathlib import Path

import pytest

DECLARATION = """
slug = "qinghe"
name = "清河市人民政府门户网站"
family = "trs"
place = "410400"
hosts = ["www.qinghe.gov.cn"]
delay = 5

[[column]]
url = "http://www.qinghe.gov.cn/nb/"
since = 2025-04-01
"""


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """A registry of one portal."""
    folder = tmp_path / "my portals"
    (folder / "henan").mkdir(parents=True)
    (folder / "henan" / "qinghe.toml").write_text(DECLARATION, encoding="utf-8")
    return folder


def unit(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(text)
    return parser


def test_units_are_written_where_systemd_looks_and_start_the_crawl_of_what_is_due(
    gongkai, registry: Path, tmp_path: Path
) -> None:
    words = ("schedule", "install", "--contact", "me@example.org", "--registry", registry, "qinghe", "q*")
    done = gongkai(*words, XDG_CONFIG_HOME=str(tmp_path / "c"))
    assert done.returncode == 0
    assert "systemctl --user" in done.stdout
    folder = tmp_path / "c" / "systemd" / "user"
    assert sorted(path.name for path in folder.iterdir()) == ["gongkai-crawl.service", "gongkai-crawl.timer"]
    timer = unit((folder / "gongkai-crawl.timer").read_text())
    assert timer["Timer"]["OnCalendar"] == "hourly"
    service = (folder / "gongkai-crawl.service").read_text().splitlines()
    crawl, compact = (line for line in service if line.startswith("ExecStart="))
    assert "crawl --due --archive" in crawl
    assert f'--registry "{registry}" --contact me@example.org qinghe q*' in crawl
    assert "compact --archive" in compact, "what the crawl kept is packed when it has ended"
    assert "SuccessExitStatus=6 7" in service


def test_the_line_for_cron_is_one_that_a_shell_reads_back(gongkai, registry: Path, tmp_path: Path) -> None:
    who = "me+100%@example.org"
    done = gongkai(
        "schedule", "install", "--cron", "--contact", who, "--registry", registry, "q*", "--folder", tmp_path / "d"
    )
    assert done.returncode == 0
    (line,) = (tmp_path / "d" / "gongkai-crawl").read_text().splitlines()
    minute, *_, words = line.split(" ", 6)
    assert minute == "17"
    crawl, _, compact = words.replace("\\%", "%").partition("; ")
    assert shlex.split(crawl)[-5:] == ["--registry", str(registry), "--contact", who, "q*"]
    assert "compact" in shlex.split(compact)


def test_a_portal_that_is_not_registered_is_told_now_and_not_every_hour(gongkai, registry: Path) -> None:
    done = gongkai("schedule", "print", "--contact", "me@example.org", "--registry", registry, "nowhere")
    assert done.returncode == 2
    assert "nowhere" in done.stderr


def test_nobody_is_asked_in_the_name_of_nobody(gongkai) -> None:
    done = gongkai("schedule", "print")
    assert done.returncode == 2
    assert "--contact" in done.stderr


def test_a_dry_run_prints_the_plan_and_makes_no_archive(gongkai, registry: Path, tmp_path: Path) -> None:
    done = gongkai("--json", "crawl", "--dry-run", "--due", "--registry", registry, "qinghe")
    assert done.returncode == 0, done.stderr
    plan = json.loads(done.stdout)
    assert plan["portals"] == [
        {"portal": "qinghe", "lists": ["http://www.qinghe.gov.cn/nb/"], "pages": [], "closed": None}
    ]
    assert not (tmp_path / "data").exists()
