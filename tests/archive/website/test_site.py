"""The site's answers without a browser: every page, its JSON, its headers, its manners with bad addresses."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import json
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.parse import quote, urlsplit
from urllib.request import urlopen
from urllib.robotparser import RobotFileParser

import pytest
from datasette.app import Datasette
from datasette.plugins import pm

from archive.publication import ReleaseSummary
from archive.website import plugin
from archive.website.serve import SETTINGS, serve, serving
from parsers.errors import NotFoundError

Get = Callable[..., Any]

DISPUTED = "http://a.test/2023.html"
EDITED = "http://b.test/2023.html"
GONE = "http://b.test/2020.html"
IMPORTED = "file:xinrong.txt"


def pages(report_ids: dict[str, str], get: Get) -> list[str]:
    unit = get(f"/report/{report_ids[EDITED]}.json").json["unit"]["id"]
    reports = [f"/report/{report_id}" for report_id in report_ids.values()]
    return [
        "/",
        "/search",
        "/search?q=%E5%85%AC%E5%BC%80",
        "/data",
        f"/unit/{unit}",
        *reports,
        *(f"{r}/source" for r in reports),
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_answers_in_both_languages(get: Get, report_ids: dict[str, str], language: str) -> None:
    for path in pages(report_ids, get):
        answer = get(path, Accept_Language=language)
        assert answer.status == 200, path
        assert f'<html lang="{"zh-Hans" if language == "zh" else "en"}">' in answer.text
        assert "{{" not in answer.text and "sample data" not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_sample_data_is_marked_on_every_page(ask_marked: Get, report_ids: dict[str, str], get: Get) -> None:
    for path in [*pages(report_ids, get), "/gongkai", "/gongkai/report", "/gongkai/cell", "/report/none"]:
        assert "样本数据" in ask_marked(path).text, path  # the same reports under the same names


def test_the_language_follows_the_address_then_the_cookie_then_the_browser(get: Get) -> None:
    asked = get("/?lang=en", Cookie="gongkai_lang=zh")
    assert '<html lang="en">' in asked.text and "gongkai_lang=en" in asked.headers["set-cookie"]
    assert '<html lang="en">' in get("/", Cookie="gongkai_lang=en").text
    assert '<html lang="en">' in get("/", Accept_Language="fr, en-GB;q=0.8, zh;q=0.5").text
    assert '<html lang="zh-Hans">' in get("/", Accept_Language="fr").text
    switched = get("/search?q=a%26b&lang=en").text
    assert 'href="/search?q=a%26b&amp;lang=zh"' in switched


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("公开", 6),
        ("行政复议", 6),
        ("新榮區", 1),
        ("新荣区", 1),
        ("复", 6),
        ("平顶山 2021", 1),
        ("公开 year=2023", 2),
        ("公开 place=410000 NOT year=2023", 3),
        ("trust=disputed", 1),
        ("form=2019", 1),
        ("kind=department level=county 公开", 5),
    ],
)
def test_search_finds_reports_in_both_scripts(get: Get, query: str, total: int) -> None:
    assert f"找到 {total} 份报告" in get(f"/search?q={quote(query)}").text


def test_search_marks_what_it_found_whatever_the_script(get: Get) -> None:
    text = get(f"/search?q={quote('新荣区')}").text
    assert "<mark>新荣区</mark>" in text and "<mark>新榮區</mark>政務" in text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "请输入"),
        ("  ", "请输入"),
        ("，。！", "查询第 1 字"),
        ("\"' AND (", "引号没有配对"),
        ("公开 place=41", "查询第 4 字"),
        ("不存在的词语", "没有报告包含"),
        ("<script>alert(1)</script>", "没有报告包含"),
        ("NEAR(公开)" + "长" * 50, "没有报告包含"),
        ("长" * 1200, "查询超过 1000 字"),
    ],
)
def test_empty_and_nonsense_queries_are_answered_kindly(get: Get, query: str, said: str) -> None:
    answer = get(f"/search?q={quote(query)}")
    assert answer.status == 200 and said in answer.text
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("page", ["0", "99", "-1", "x", "９", "9" * 30])
def test_a_page_that_is_not_there_is_the_nearest_one(get: Get, page: str) -> None:
    assert "找到 6 份报告" in get(f"/search?q={quote('公开')}&page={quote(page)}").text


@pytest.mark.parametrize("path", ["/report/none", "/unit/none", "/report/none/source"])
def test_an_unknown_report_or_unit_is_a_kind_404(get: Get, path: str) -> None:
    answer = get(path)
    assert answer.status == 404 and "没有这一页" in answer.text


@pytest.mark.parametrize(
    "path", ["/data/nothing.csv", "/data/latest", "/data/..%2Flatest", "/-/gongkai/plugin.py", "/report/none.json"]
)
def test_nothing_but_the_release_is_served(get: Get, path: str) -> None:
    assert get(path).status in (302, 404)  # Datasette answers an encoded slash with its own spelling of it


def test_robots_find_every_report_without_what_has_no_end(get: Get, report_ids: dict[str, str]) -> None:
    rules = RobotFileParser()
    rules.parse(get("/robots.txt").text.splitlines())
    seen, waiting = set(), ["/"]
    while waiting:
        path = waiting.pop()
        links = (
            re.findall(r'href="(/[^"]*)"', get(path).text)
            if path.startswith(("/place", "/unit")) or path == "/"
            else []
        )
        waiting += [link for link in {*links} - seen if rules.can_fetch("any", link)]
        seen |= {path, *links}
    assert {f"/report/{report_id}" for report_id in report_ids.values()} <= seen
    assert rules.can_fetch("any", "/data/wide.csv") and not rules.can_fetch("any", "/gongkai?sql=select+1")


def test_the_json_of_a_report_is_the_contract(get: Get, report_ids: dict[str, str], samples: ModuleType) -> None:
    for url, made in (samples.REPORTS | {EDITED: samples.EDITED}).items():
        given = get(f"/report/{report_ids[url]}.json").json
        contract = made.to_json(url)
        assert list(given)[: len(contract)] == list(contract)
        version = given["parser_version"]
        wanted = {k: v for k, v in contract.items() if k not in ("parser_version", "preface")}
        assert {k: given[k] for k in wanted} == wanted and version in (1, 2)
    disputed = get(f"/report/{report_ids[DISPUTED]}.json").json
    assert disputed["unit"]["name"] == "河南省平顶山市新华区政务服务局"
    assert disputed["capture"]["sha256"] == hashlib.sha256(samples.body_of(DISPUTED)).hexdigest()
    edited = get(f"/report/{report_ids[EDITED]}.json").json
    assert [v["kind"] for v in edited["versions"]] == ["content", "first"]
    assert [c["value_after"] for c in edited["versions"][0]["changes"]] == ["12.5000", 41]


def test_a_withdrawn_report_is_served_and_said_to_be_withdrawn(get: Get, report_ids: dict[str, str]) -> None:
    text = get(f"/report/{report_ids[GONE]}").text
    assert "原址已不再提供" in text and 'id="requests/other_handling/total"' in text
    assert "已撤下" in get(f"/search?q={quote('二七区')}").text


def test_an_imported_report_has_no_link_to_its_address(get: Get, report_ids: dict[str, str]) -> None:
    for path in (f"/report/{report_ids[IMPORTED]}", f"/report/{report_ids[IMPORTED]}/source"):
        text = get(path).text
        assert "file:xinrong.txt" in text and 'href="file:' not in text and "导入的文件" in text
    assert 'rel="noreferrer noopener" href="http://a.test/2023.html"' in get(f"/report/{report_ids[DISPUTED]}").text


def test_failing_checks_come_first(get: Get, report_ids: dict[str, str]) -> None:
    text = get(f"/report/{report_ids[DISPUTED]}").text
    assert text.index('class="fail"') < text.index('class="pass"')


def test_a_unit_says_which_years_are_missing(get: Get, report_ids: dict[str, str]) -> None:
    unit = get(f"/report/{report_ids[EDITED]}.json").json["unit"]["id"]
    text = get(f"/unit/{unit}").text
    assert text.count('<tr class="hole"') == text.count("尚未采集") == 5  # 2019 to 2025, but for 2020 and 2023
    assert f'href="/report/{report_ids[EDITED]}#requests/new_received/total"' in text and ">41<" in text


def test_downloads_are_the_files_of_the_release(get: Get, release: ReleaseSummary) -> None:
    page = get("/data").text
    for file in release.files:
        answer = get(f"/data/{file.name}")
        assert hashlib.sha256(answer.body).hexdigest() == file.sha256
        assert file.sha256 in page and "attachment" in answer.headers["content-disposition"]
    assert get("/data/manifest.json").json == json.loads((release.path / "manifest.json").read_text("utf-8"))


def ask(url: str, path: str) -> Any:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    try:
        connection.request("GET", path, headers={"Accept-Language": "zh-CN"})
        answer = connection.getresponse()
        body = answer.read()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return SimpleNamespace(status=answer.status, headers=headers, body=body, text=body.decode("utf-8", "replace"))
    finally:
        connection.close()


def test_earlier_releases_are_offered_as_they_were_newest_first_and_nothing_else_of_the_folder(
    release: ReleaseSummary, tmp_path: Path
) -> None:
    for name in ("2026-01-01", "2026-02-01", "2026-02-01.2", "2026-02-01.10", "2026-03-01", "2026-04-01"):
        shutil.copytree(release.path, tmp_path / name)
        text = (tmp_path / name / "manifest.json").read_text("utf-8")
        (tmp_path / name / "manifest.json").write_text(text.replace(release.date, name[:10]), "utf-8")
    shutil.copytree(release.path, tmp_path / ".unfinished")
    (tmp_path / "2026-02-01" / "LICENCE.md").write_text("as it was", "utf-8")
    (tmp_path / "2026-02-01" / "secret.txt").write_text("not in the manifest", "utf-8")
    (tmp_path / "2026-01-01" / "manifest.json").write_text("{", "utf-8")
    (tmp_path / "2026-01-31").symlink_to(tmp_path / "2026-02-01")
    with serving(tmp_path / "2026-03-01") as url:
        given = json.loads(ask(url, "/data.json").body)
        assert [one["release"] for one in given["earlier"]] == [
            "2026-02-01.10",
            "2026-02-01.2",
            "2026-02-01",
            "2026-01-01",
        ]
        third, last = given["earlier"][2:]
        assert third["date"] == "2026-02-01" and third["counts"]["reports"] == release.counts.reports
        assert last["files"] == [] and "cannot be read" in last["error"]
        for file in third["files"][:3]:
            assert file["url"] == f"{url}data/2026-02-01/{file['name']}"
            answer = ask(url, f"/data/2026-02-01/{file['name']}")
            assert hashlib.sha256(answer.body).hexdigest() == file["sha256"]
            assert f"gongkai-2026-02-01-{file['name']}" in answer.headers["content-disposition"]
        assert ask(url, "/data/2026-02-01/LICENCE.md").text == "as it was"
        page = ask(url, "/data").text
        assert page.index("2026-02-01.10") < page.index('"/data/2026-02-01/long.csv"') < page.index("文件清单无法读出")
        assert "2026-04-01" not in page and "2026-01-31" not in page
        for path in (
            "2026-02-01/secret.txt", "2026-02-01/..", "2026-01-01/long.csv", "2026-01-31/manifest.json",
            "2026-04-01/manifest.json", "2026-02-01", "..%2F2026-02-01%2Fsecret.txt", "2026-02-01/..%2F..%2Flatest",
        ):  # fmt: skip
            assert ask(url, f"/data/{path}").status in (302, 404), path


def test_an_earlier_release_that_may_hold_what_was_withheld_since_is_not_handed_out(
    release: ReleaseSummary, tmp_path: Path
) -> None:
    for name in ("2026-02-01", "2026-02-10", "2026-02-11", "2026-03-01"):
        shutil.copytree(release.path, tmp_path / name)
    with closing(sqlite3.connect(tmp_path / "2026-03-01" / "gongkai.db")) as db:
        db.execute(
            "INSERT INTO withholding (id, withheld_on, kind, why) VALUES ('w', '2026-02-10', 'report', 'a person')"
        )
        db.commit()
    with serving(tmp_path / "2026-03-01") as url:
        told = {
            one["release"]: (one["withheld"], bool(one["files"]))
            for one in json.loads(ask(url, "/data.json").body)["earlier"]
        }
        assert told == {"2026-02-11": (False, True), "2026-02-10": (True, False), "2026-02-01": (True, False)}
        assert ask(url, "/data/2026-02-11/long.csv").status == 200
        assert ask(url, "/data/2026-02-10/long.csv").status == ask(url, "/data/2026-02-01/gongkai.db").status == 404
        assert ask(url, "/data/2026-02-01/manifest.json").status == 200
        assert ask(url, "/data").text.count("此后有内容不予刊出") == 2


def test_a_release_alone_offers_no_earlier_one(get: Get) -> None:
    assert get("/data.json").json["earlier"] == [] and 'id="earlier"' not in get("/data").text


def test_datasettes_own_pages_keep_working(get: Get) -> None:
    for path in ("/gongkai", "/gongkai/report", "/gongkai/cell", "/gongkai/unit", "/gongkai/source"):
        answer = get(path)
        assert answer.status == 200 and 'class="gongkai-home"' in answer.text
    rows = get("/gongkai.json?sql=" + quote("select count(*) as n from report") + "&_shape=array").json
    assert rows == [{"n": 6}]


def test_nothing_can_be_written_and_slow_queries_end(get: Get) -> None:
    for sql in ("delete from report", "update report set title = 'x'", "attach '/tmp/x.db' as x"):
        assert get("/gongkai.json?sql=" + quote(sql)).status == 400
    slow = "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n"
    answer = get("/gongkai.json?sql=" + quote(slow))
    assert answer.status == 400 and "interrupt" in answer.text.lower()
    assert SETTINGS["sql_time_limit_ms"] == 1000


def test_a_folder_without_a_release_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        serve(tmp_path)
    with pytest.raises(NotFoundError), serving(tmp_path):
        pass


def test_a_taken_port_is_an_error(site: str, release: ReleaseSummary) -> None:
    with pytest.raises(OSError, match="in use"):
        serve(release.path, port=int(site.rstrip("/").rsplit(":", 1)[1]))


def test_a_database_without_the_other_files_of_its_release_is_shown_all_the_same(
    release: ReleaseSummary, get: Get, report_ids: dict[str, str], tmp_path: Path
) -> None:
    shutil.copy(release.path / "gongkai.db", tmp_path)
    datasette = Datasette([], immutables=[str(tmp_path / "gongkai.db")])

    async def ask_all() -> dict[str, Any]:
        paths = [*pages(report_ids, get), "/checks", "/data.json", "/data/wide.csv", "/data/manifest.json"]
        return {path: await datasette.client.get(path, follow_redirects=True) for path in paths}

    answers = asyncio.run(ask_all())
    assert [path for path, answer in answers.items() if answer.status_code != 200] == [
        "/data.json", "/data/wide.csv", "/data/manifest.json",
    ]  # fmt: skip
    assert "这里只有数据库" in answers["/data"].text and "/data/wide.csv" not in answers["/data"].text
    assert answers["/"].headers["etag"] and "gongkai.csv" in answers["/data"].text


def test_the_plugin_leaves_other_databases_alone(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE t (a)")
    if not pm.is_registered(plugin):
        pm.register(plugin, name="gongkai")

    async def look() -> list[tuple[int, str]]:
        datasette = Datasette([str(other)])
        found = [await datasette.client.get(path) for path in ("/", "/other/t", "/search", "/data")]
        datasette.executor.shutdown()
        return [(answer.status_code, answer.text) for answer in found]

    answers = asyncio.run(look())
    assert [status for status, _ in answers] == [200, 200, 404, 404]
    assert not any("gongkai" in text for _, text in answers)


def test_serve_says_when_it_answers_prints_nothing_and_ends_when_interrupted(release: ReleaseSummary) -> None:
    code = (
        "import sys; from pathlib import Path; from archive.website.serve import serve\n"
        "serve(Path(sys.argv[1]), port=0, ready=lambda url: print(url, flush=True))"
    )
    command = [sys.executable, "-c", code, str(release.path.parent)]
    root = Path(__file__).parents[3]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        with urlopen(f"{url}search") as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert out == "" and err.splitlines()[-1] == "KeyboardInterrupt"


def test_a_correction_is_shown_beside_the_printed_figure_and_listed(get: Get, report_ids: dict[str, str]) -> None:
    page = get(f"/report/{report_ids[DISPUTED]}").text
    figure = page[page.index('id="requests/new_received/total"') :].split("</a>")[0]
    assert '<span class="text">9</span><ins class="corrected"' in figure and "7</ins>" in figure
    listed = page[page.index('id="corrections"') :].split("</section>")[0]
    assert listed.count("<tr>") == 4 and "合计与各列之和不符" in listed and "http://a.test/letter.html" in listed
    data = json.loads(get(f"/report/{report_ids[DISPUTED]}.json").text)
    assert {c["value"] for c in data["corrections"]} >= {7, 1}
    (cell,) = [c for c in data["cells"] if (c["row"], c["column"]) == ("new_received", "total")]
    assert cell["value"] == 9
