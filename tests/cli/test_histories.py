"""show, log, diff, search and correct as a user types them, over one report that changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import gongkai as command

CELL = "requests/new_received/total"


@dataclass(frozen=True)
class Run:
    """How a call ended and what it printed."""

    returncode: int
    stdout: str
    stderr: str


Gongkai = Callable[..., Run]


@pytest.fixture
def gongkai(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gongkai:
    """Return a function that runs gongkai in an empty folder, in this process: twenty of its own would take a minute."""
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "GONGKAI_ARCHIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")

    def run(*args: object) -> Run:
        result = CliRunner().invoke(command, list(map(str, args)), catch_exceptions=False)
        return Run(result.return_value or result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def changed(gongkai: Gongkai, seeds: list[Path], tmp_path: Path) -> str:
    """Import a real capture and, of a later day, one with another figure and another sentence; return the report's name."""
    text = seeds[3].read_text("utf-8")
    edited = text.replace("\t3\t0\t0\t0\t0\t0\t3", "\t4\t0\t0\t0\t0\t0\t4", 1).replace("未收取", "没有收取", 1)
    assert edited != text
    for name, body in (("2024-01-12", text), ("2024-06-01", edited)):
        file = tmp_path / "pages" / f"{name}.txt"
        file.parent.mkdir(exist_ok=True)
        file.write_text(body, "utf-8")
        note = {"url": "http://www.x.gov.cn/1.html", "captured_at": f"{name}T04:00:00Z"}
        file.with_name(f"{file.name}.json").write_text(json.dumps(note))
    assert gongkai("import", tmp_path / "pages").returncode == 0
    return "平顶山市政务服务和大数据管理局/2023"


def test_a_change_is_shown_logged_compared_corrected_and_found(gongkai: Gongkai, changed: str) -> None:
    log = gongkai("log", changed).stdout.splitlines()
    assert [line.split()[2] for line in log] == ["first", "content"]
    compared = gongkai("diff", f"{changed}@1", f"{changed}@2024-06-30")
    assert compared.returncode == 5
    assert f"{CELL}: 3 -> 4  (+1)" in compared.stdout
    data = json.loads(gongkai("diff", f"{changed}@1", f"{changed}@2", "--json").stdout)
    assert {tuple(c[k] for k in ("table", "row", "column")) for c in data["cells"]} >= {
        ("requests", "new_received", "total")
    }
    same = gongkai("diff", f"{changed}@1", f"{changed}@2024-02-01")
    assert (same.returncode, same.stdout.splitlines()[-1]) == (0, "nothing differs")

    made = gongkai(
        "correct", changed, CELL, "3", "--why", "a letter", "--author", "li", "--evidence", "http://x", "--json"
    )
    (key,) = json.loads(made.stdout)["ids"]
    shown = gongkai("show", changed).stdout
    assert f"{CELL} = 4  [disputed]  ✎ 3  (read otherwise; li" in shown
    assert "4 ✎ 3" in gongkai("diff", f"{changed}@1", f"{changed}@2").stdout
    at = json.loads(gongkai("show", changed, "--at", "2024-01-31", "--json").stdout)
    assert at["version"]["number"] == 1 and at["corrections"][0]["id"] == key
    assert gongkai("correct", "--undo", key[:8], "--why", "wrong letter").returncode == 0
    assert "✎" not in gongkai("show", changed).stdout
    assert gongkai("log", changed).stdout.count("✎") == 2


def test_an_identity_is_corrected_and_found_under_its_new_name(gongkai: Gongkai, changed: str) -> None:
    made = gongkai("correct", changed, "identity/year", "2022", "--why", "a letter", "--lang", "zh")
    assert made.returncode == 0 and "已写入" in made.stdout
    unit = changed.split("/")[0]
    assert gongkai("show", changed).returncode == 2
    assert "identity/year = 2022" in gongkai("show", f"{unit}/2022").stdout
    found = json.loads(gongkai("search", "政务服务", "--year", "2022", "--json").stdout)
    assert (found["total"], found["hits"][0]["report_year"]) == (1, 2022)
    wrong = gongkai("search", "(政务 OR", "--lang", "zh")
    assert wrong.returncode == 2 and "查询第" in wrong.stderr
