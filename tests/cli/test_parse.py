"""`gongkai parse`: the contract of its JSON, and what bad input gets."""

from __future__ import annotations

import json
from pathlib import Path

KEYS = [
    "schema", "source", "verdict", "title", "title_raw", "issuer", "issuer_raw", "report_year", "region", "published",
    "script", "forms", "sections", "preface", "cells", "checks", "findings", "parser_version",
]  # fmt: skip


def test_the_seeds_are_printed_as_json_lines_with_all_keys_in_order(gongkai, seeds: list[Path]) -> None:
    run = gongkai("parse", "--json", *seeds)
    assert (run.returncode, run.stderr) == (0, "")
    lines = run.stdout.splitlines()
    assert len(lines) == 5
    for line, seed in zip(lines, seeds, strict=True):
        report = json.loads(line)
        assert list(report) == KEYS
        assert report["source"] == str(seed)
        golden = json.loads((seed.parent.parent / "golden" / f"{seed.stem}.json").read_text())
        read = {(c["table"], c["row"], c["column"]): (c["state"], c["value"]) for c in report["cells"]}
        assert read == {(c["table"], c["row"], c["column"]): (c["state"], c.get("value")) for c in golden["cells"]}


def test_common_options_may_stand_before_the_verb(gongkai, seeds: list[Path]) -> None:
    before = gongkai("--json", "--lang", "zh", "parse", seeds[0])
    after = gongkai("parse", seeds[0], "--json", "--lang", "zh")
    assert before.stdout == after.stdout
    assert json.loads(before.stdout)["verdict"] == "report"


def test_each_kind_of_bad_file_has_its_verdict_and_exit_status(gongkai, tmp_path: Path) -> None:
    page = "<html><title>通知公告</title><body><p>关于国庆节放假安排的通知，各单位：</p></body></html>"
    for name, body, verdict, status in (
        ("empty.html", b"", "empty", 3),
        ("blank.txt", b" \r\n\t ", "empty", 3),
        ("binary.bin", bytes(range(256)) * 40, "other", 3),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(4000), "unreadable", 4),
        ("notice.html", page.encode(), "other", 3),
        ("damaged.pdf", b"%PDF-1.7\n1 0 obj <<", "unreadable", 4),
    ):
        (tmp_path / name).write_bytes(body)
        run = gongkai("parse", "--json", name)
        assert (run.returncode, run.stderr) == (status, ""), name
        report = json.loads(run.stdout)
        assert list(report) == KEYS, name
        assert (report["verdict"], report["cells"], report["title"]) == (verdict, [], None), name


def test_a_page_of_100_mb_is_unreadable_and_says_why(gongkai, tmp_path: Path) -> None:
    with (tmp_path / "huge.html").open("wb") as file:
        file.write(b"<html><body>")
        file.truncate(100 * 2**20)
    run = gongkai("parse", "huge.html", timeout=20)
    assert run.returncode == 4
    assert "huge.html: unreadable" in run.stdout
    assert "100 MB is over the limit of 64 MB" in run.stdout


def test_a_missing_file_is_named_and_the_others_are_still_read(gongkai, seeds: list[Path]) -> None:
    run = gongkai("parse", "--json", "nowhere.html", seeds[0], LANG="zh_CN.UTF-8")
    assert run.returncode == 2
    assert run.stderr == "错误：没有这个文件：nowhere.html\n"
    assert json.loads(run.stdout)["verdict"] == "report"


def test_the_highest_exit_status_wins(gongkai, tmp_path: Path, seeds: list[Path]) -> None:
    (tmp_path / "empty.html").touch()
    (tmp_path / "damaged.pdf").write_bytes(b"%PDF-1.4 cut")
    assert gongkai("parse", seeds[0], "empty.html", "nowhere").returncode == 3
    assert gongkai("parse", "damaged.pdf", "empty.html", "nowhere").returncode == 4


def test_a_wrong_option_is_a_usage_error(gongkai) -> None:
    run = gongkai("parse", "--nonsense", "x")
    assert run.returncode == 2
    assert "--nonsense" in run.stderr
