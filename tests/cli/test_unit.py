"""`gongkai unit` as a user types it: what it prints, how it ends, and that a decision is kept and taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


def test_units_are_listed_shown_joined_and_parted_again(gongkai, seeds: list[Path], tmp_path: Path) -> None:
    assert gongkai("import", seeds[0].parent).returncode == 0
    units = json.loads(gongkai("unit", "list", "--place", "410400", "--json").stdout)
    assert [u["name"] for u in units] == [
        "河南省平顶山市政务服务和大数据管理局",
        "河南省平顶山市新华区政务服务和大数据管理局",
    ]
    page = json.loads(gongkai("unit", "show", "平顶山市新华区政务服务和大数据管理局", "--json").stdout)
    assert page["unit"]["parent_name"] == "河南省平顶山市新华区人民政府"
    assert page["superiors"] == [[units[0]["id"], units[0]["name"]]]
    assert page["aliases"] == [{"name": "平顶山市新华区政务服务和大数据管理局", "first_year": 2022, "last_year": 2022}]
    assert gongkai("unit", "queue").returncode == 0

    said = gongkai(
        "unit",
        "decide",
        units[1]["id"],
        units[0]["id"],
        "same",
        "--why",
        "a trial",
        "--author",
        "li",
        "--evidence",
        "http://letter",
    )
    assert (said.returncode, said.stderr) == (0, "")
    assert len(json.loads(gongkai("unit", "list", "--place", "410400", "--json").stdout)) == 1
    queue = gongkai("unit", "queue", "--all").stdout
    assert "same" in queue and "li" in queue and "http://letter" in queue
    parted = tmp_path / "units.csv"
    parted.write_text(
        f"unit,other,answer,why,evidence\n{units[1]['id']},{units[0]['id']},open,over,http://x\n", "utf-8"
    )
    assert gongkai("unit", "decide", "--csv", parted).returncode == 0
    assert json.loads(gongkai("unit", "list", "--place", "410400", "--json").stdout) == units


def test_a_unit_that_is_not_there_is_named_and_not_guessed(gongkai, seeds: list[Path]) -> None:
    gongkai("import", seeds[0])
    run = gongkai("unit", "show", "平顶山市财政局")
    assert run.returncode == 2
    assert "no unit is called '平顶山市财政局'" in run.stderr and "gongkai unit list" in run.stderr


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "corrections.csv, line 2: no unit is called '某局'"), ("zh", "第 2 行：没有名为“某局”的单位")],
)
def test_a_line_on_a_unit_that_is_not_there_says_where_it_stands_and_what_to_write(
    gongkai, seeds: list[Path], tmp_path: Path, language: str, told: str
) -> None:
    gongkai("import", seeds[0])
    file = tmp_path / "corrections.csv"
    file.write_text("report,cell,value,why\n某局/2023,requests/new_received/total,4,x\n", "utf-8")
    run = gongkai("--lang", language, "correct", "--csv", file)
    assert run.returncode == 2
    assert told in run.stderr and "gongkai unit list" in run.stderr
