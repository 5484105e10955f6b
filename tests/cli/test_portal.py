"""`gongkai portal` as a user types it: the registry, one's own declarations, and no word to a portal without a contact."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from cli_process import command, environment

DECLARATION = """
slug = "henan-qinghe"
name = "清河市人民政府"
family = "trs"
family_by = "page"
place = "410400"
hosts = ["www.qinghe.gov.cn"]

[[evidence]]
seen = "the page"
where = "the portal"
date = 2026-11-22

[[column]]
url = "http://www.qinghe.gov.cn/nb/"
since = 2026-11-22
"""


def test_a_declaration_is_added_listed_shown_and_held_against_the_rules(gongkai, tmp_path: Path) -> None:
    def add(text: str, *more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command(), "portal", "add", *more],
            cwd=tmp_path,
            env=environment(GONGKAI_PORTALS="mine"),
            input=text,
            capture_output=True,
            text=True,
            timeout=120,
        )

    run = add(DECLARATION)
    assert (run.returncode, run.stdout.strip()) == (0, "mine/henan/henan-qinghe.toml")
    run = add(DECLARATION)
    assert run.returncode == 2
    assert "--replace" in run.stderr

    run = gongkai("portal", "list", "henan-*", "--registry", "mine")
    assert run.returncode == 0
    listed = {line.split()[0]: line.split()[1:5] for line in run.stdout.splitlines()[:-1]}
    assert listed["henan-qinghe"] == ["trs", "410400", "1", "never"]
    assert len(listed) > 1, "the packaged declarations stand beside one's own"
    assert "with a known report column" in run.stdout.splitlines()[-1]

    shown = json.loads(gongkai("portal", "show", "henan-qinghe", "--registry", "mine", "--json").stdout)
    assert (shown["columns"][0]["url"], shown["live"]) == ("http://www.qinghe.gov.cn/nb/", None)

    assert gongkai("portal", "check", "--registry", "mine").returncode == 0
    (tmp_path / "mine" / "henan" / "copy.toml").write_text(DECLARATION, encoding="utf-8")
    run = gongkai("portal", "check", "--registry", "mine", "--lang", "zh")
    assert run.returncode == 5
    assert "文件名应为 henan-qinghe.toml" in run.stderr


def test_no_real_portal_is_asked_without_a_contact(gongkai) -> None:
    for words in (
        ("portal", "detect", "http://www.qinghe.gov.cn/"),
        ("portal", "check", "--live", "henan-hct"),
    ):
        run = gongkai(*words)
        assert run.returncode == 2
        assert "GONGKAI_CONTACT" in run.stderr
        assert run.stdout == ""


def test_a_name_that_is_no_public_one_is_never_asked_whatever_the_contact(gongkai) -> None:
    run = gongkai("portal", "detect", "http://www.qinghe.test/", "--contact", "me@b.cn")
    assert run.returncode == 5
    assert "special-use name" in run.stderr


def test_a_list_of_home_pages_is_imported_with_a_word_on_what_was_left(gongkai, tmp_path: Path) -> None:
    rows = "code,url,name\n410400,http://www.pds.gov.cn/,平顶山市\n,http://www.x.gov.cn/,某地\n"
    (tmp_path / "list.csv").write_text(rows, encoding="utf-8")
    run = gongkai("portal", "import", "list.csv")
    assert run.returncode == 0
    assert run.stdout.startswith("1 declared")
    assert "1 x no code of six digits:\n  2  某地" in run.stdout
    assert (tmp_path / "portals" / "henan" / "henan-pds.toml").exists()
    run = gongkai("crawl", "henan-pds", "--contact", "me@b.cn")
    assert run.returncode == 2
    assert "no report column is known" in run.stderr
