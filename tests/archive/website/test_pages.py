"""Places, units, comparisons, facets and checks, each against what was put into the release."""

from __future__ import annotations

import csv
import hashlib
import html
import http.client
import io
import json
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from urllib.request import urlopen

import datasette
import pytest
from lxml import etree

from archive.publication import publish
from archive.website.serve import serving
from archive.website.worded import replacements

Get = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[3]
ATOM = "{http://www.w3.org/2005/Atom}"
DISPUTED = "http://a.test/2023.html"
EARLIER = "http://a.test/2021.html"
EDITED = "http://b.test/2023.html"
OLD_FORM = "http://b.test/2020.html"
IMPORTED = "file:xinrong.txt"


def rows_of(answer: Any) -> list[dict[str, str]]:
    assert answer.body.startswith(b"\xef\xbb\xbf") and answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))


def unit_of(get: Get, report: str) -> str:
    unit: str = get(f"/report/{report}.json").json["unit"]["id"]
    return unit


PAGES = (
    "/",
    "/search?q=%E5%85%AC%E5%BC%80&year=2023",
    "/checks",
    "/checks/sums",
    "/checks/changed",
    "/compare",
    "/data",
    "/place/410000",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_has_a_title_a_description_and_safe_headers(get: Get, path: str, language: str) -> None:
    answer = get(path, Cookie=f"gongkai_lang={language}")
    assert answer.status == 200
    for pattern in (r"<title>([^<]+)", r'name="description" content="([^"]+)', r'og:title" content="([^"]+)'):
        found = re.search(pattern, answer.text)
        assert found and found[1].strip(), pattern
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "{" not in re.sub(r"(?s)<pre.*?</pre>|<script.*?</script>|pattern=\S+", "", answer.text), (
        "a word was not filled in"
    )


def test_an_answer_is_asked_for_once_and_then_unchanged(get: Get) -> None:
    first = get("/checks")
    assert "max-age" in first.headers["cache-control"]
    again = get("/checks", If_None_Match=first.headers["etag"])
    assert again.status == 304 and again.body == b""
    english = get("/checks", If_None_Match=first.headers["etag"], Cookie="gongkai_lang=en")
    assert english.status == 200 and english.headers["etag"] != first.headers["etag"]
    switched = get("/checks?lang=en")
    assert switched.headers["cache-control"] == "private, no-store"


def test_who_has_chosen_a_language_is_answered_from_caches_like_anybody_else(get: Get) -> None:
    styles = re.search(r'href="(/-/gongkai/site\.css[^"]*)', get("/").text)
    assert styles
    for path, kept in (("/", "public, max-age=300"), (styles[1], "max-age=31536000, immutable")):
        assert get(path, Cookie="gongkai_lang=en").headers["cache-control"] == kept
    for cookies in ("gongkai_lang=en; ds_actor=somebody", "gongkai_lang=fr"):
        assert get("/", Cookie=cookies).headers["cache-control"] == "private, no-store", "this may be a person"


def test_no_route_takes_anything_in(site: str) -> None:
    for path in ("/", "/search", "/report/x", "/data/gongkai.db", "/gongkai", "/gongkai/report", "/gongkai/places"):
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            connection = http.client.HTTPConnection(urlsplit(site).netloc, timeout=20)
            connection.request(method, path, body="a=1")
            assert connection.getresponse().status == 405, (method, path)
            connection.close()


DATASETTE = (
    "/gongkai",
    "/gongkai/cell",
    "/gongkai/unit/000000-0000000a",
    "/gongkai/received_by_year",
    "/gongkai?sql=select+1",
)


@pytest.mark.parametrize("path", DATASETTE)
def test_the_pages_of_datasette_speak_the_readers_language_and_are_described(ask_knowing: Get, path: str) -> None:
    told = {}
    for language, tag in (("zh", "zh-Hans"), ("en", "en")):
        page = etree.HTML(ask_knowing(path, Cookie=f"gongkai_lang={language}").text)
        assert page.xpath("/html/@lang") == [tag]
        for where in ("//meta[@name='description']/@content", "//meta[@property='og:title']/@content"):
            (text,) = page.xpath(where)
            assert text.strip()
        (address,) = page.xpath("//link[@rel='canonical']/@href")
        assert address.endswith(path)
        told[language] = "".join(page.xpath("//body//text()[not(ancestor::script)]"))
    for words in (
        "Run SQL", "Custom SQL", "Apply", "This data as", "Powered by", "Queries took", " rows", "Views", "Export", "home",
    ):  # fmt: skip
        assert words not in told["zh"], words
    assert "Powered by" in told["en"]


def test_no_fragment_of_datasettes_templates_is_replaced_that_is_not_there() -> None:
    templates = Path(datasette.__file__).parent / "templates"
    for name, fragments in replacements().items():
        source = (templates / name).read_text("utf-8")
        for fragment in fragments:
            assert fragment in source, (name, fragment)


def test_what_is_not_there_or_refused_is_told_as_on_our_pages_and_to_programs_in_json(ask_knowing: Get) -> None:
    for path, status in (
        ("/nothing", 404),
        ("/gongkai/nothing", 404),
        ("/gongkai/cell/1", 404),
        ("/gongkai?sql=drop+x", 400),
    ):
        for language, words in (("zh", "搜索"), ("en", "Search")):
            answer = ask_knowing(path, Cookie=f"gongkai_lang={language}")
            assert answer.status == status and words in answer.text and "<nav" in answer.text, path
    assert "must be a SELECT" in ask_knowing("/gongkai?sql=drop+x").text
    for path in ("/nothing.json", "/gongkai/nothing.json", "/gongkai/cell/1.json"):
        answer = ask_knowing(path)
        assert answer.status == 404 and answer.json["ok"] is False


def test_every_page_is_described_for_sharing_and_names_its_json(ask_knowing: Get, report_ids: dict[str, str]) -> None:
    report, unit = report_ids[DISPUTED], unit_of(ask_knowing, report_ids[DISPUTED])
    paths = (
        "/", f"/search?q={quote('公开')}", "/search", f"/report/{report}", f"/report/{report}/source", f"/unit/{unit}",
        "/place/410000", "/compare", f"/compare?r={report}&r={report_ids[EARLIER]}", "/checks", "/checks/sums", "/checks/late", "/data",
    )  # fmt: skip
    told = {}
    for path in paths:
        page = etree.HTML(ask_knowing(path).text)
        (description,) = page.xpath("//meta[@name='description']/@content")
        (title,) = page.xpath("//head/title/text()")
        (address,) = page.xpath("//link[@rel='canonical']/@href")
        assert page.xpath("//meta[@property='og:title']/@content") == [title]
        assert page.xpath("//meta[@property='og:url']/@content") == [address] and address.endswith(path)
        told[path] = (title, description)
        (json_form,) = page.xpath("//link[@rel='alternate'][@type='application/json']/@href")
        assert ask_knowing(json_form).json, path
    assert len({description for _, description in told.values()}) == len(paths), (
        "each page is described by what it holds"
    )
    address = etree.HTML(ask_knowing("/checks?lang=en").text).xpath("//link[@rel='canonical']/@href")
    assert address[0].endswith("/checks"), "the language is the reader's, not the page's"


def test_the_source_has_a_json_form_that_leads_to_its_bytes(ask_knowing: Get, report_ids: dict[str, str]) -> None:
    given = ask_knowing(f"/report/{report_ids[EDITED]}/source.json").json
    assert given["url"] == EDITED and given["served"] and given["format"] == "html"
    body = ask_knowing(given["bytes_url"][given["bytes_url"].index("/report/") :]).body
    assert hashlib.sha256(body).hexdigest() == given["sha256"] and len(body) == given["size"]
    assert ask_knowing("/report/none/source.json").status == 404


def test_a_cell_of_a_file_that_is_no_page_is_told_by_its_place(get: Get, report_ids: dict[str, str]) -> None:
    report = report_ids[IMPORTED]
    cell = get(f"/report/{report}.json").json["cells"][0]
    key = "/".join(cell[part] for part in ("table", "row", "column"))
    where = cell["where"]
    page = get(f"/report/{report}/source?cell={key}").text
    assert f"第 {where['block']} 块，第 {where['row']} 行，第 {where['column']} 列" in page
    assert "没有标出" in get(f"/report/{report}/source?cell=requests/none/total").text


# -- front and places ------------------------------------------------------------------------------------------------


def test_the_map_and_the_chart_of_the_front_page_lead_into_the_data(get: Get) -> None:
    text = get("/").text
    assert 'href="/place/410000"' in text and 'href="/place/140000"' in text and 'href="/place/110000"' not in text
    given = get("/index.json").json
    assert {p["code"]: p["reports"] for p in given["provinces"]} == {"410000": 5, "140000": 1}
    for share in given["coverage"]:
        assert share["owed"] is None or share["owed"] >= share["published"]
        found = get(f"/search.json?level={share['level']}&year={share['report_year']}").json["total"]
        assert found == share["published"]


def test_coverage_is_told_of_what_is_owed_where_that_is_known(ask_knowing: Get) -> None:
    owed = {
        (c["level"], c["report_year"]): (c["published"], c["owed"]) for c in ask_knowing("/index.json").json["coverage"]
    }
    assert owed["county", 2023] == (2, 3)  # two reports, and one body that never published
    assert owed["county", 2020] == (1, 1)  # in that year there was no such body


def test_a_place_takes_in_what_lies_below_and_gives_a_reason_for_every_hole(
    ask_knowing: Get, report_ids: dict[str, str]
) -> None:
    rows = rows_of(ask_knowing("/place/410103.csv"))
    states = {(row["unit"][-5:], int(row["report_year"])): row["coverage"] for row in rows}
    assert states["从未发布局", 2023] == "missing" and states["从未发布局", 2020] == "no_such_body"
    assert states["务服务中心", 2021] == "host_down:dns" and states["务服务中心", 2023] == "published"
    page = ask_knowing("/place/410103").text
    assert f'href="/report/{report_ids[EDITED]}"' in page and "从未发布局" in page and 'class="state missing"' in page
    whole = ask_knowing("/place/410000.json").json
    assert [b["code"] for b in whole["below"]] == ["410100", "410400"]
    assert ask_knowing("/place/999999").status == 404 and ask_knowing("/place/999999.json").status == 404


def test_a_body_of_no_place_is_found_from_the_front_page_and_by_its_facet(ask_knowing: Get) -> None:
    assert '<a href="/place/000000">' in ask_knowing("/").text
    given = ask_knowing("/place/000000.json").json
    assert [(u["name"], u["years"]["2016"]["report_id"]) for u in given["units"]] == [("某局", "nowhere")]
    page = ask_knowing("/place/000000")
    assert page.status == 200 and 'href="/unit/000000-0000000a"' in page.text
    assert 'href="/place/000000"' in ask_knowing("/unit/000000-0000000a").text
    found = ask_knowing("/search.json?place=000000").json
    assert [r["id"] for r in found["reports"]] == ["nowhere"] and found["facets"]["place"] == {"000000": 1}
    assert ask_knowing("/search.json").json["facets"]["place"]["000000"] == 1
    assert ask_knowing("/checks/sums.json?place=000000").json["total"] == 0


def test_totals_add_nothing_of_unknown_scope(get: Get) -> None:
    totals = get("/place/410000.json").json["totals"]
    scopes = {row["scope"] for row in get("/gongkai/report.json?_shape=array&_size=max").json}
    counted = sum(year["counted"] for by_year in totals.values() for year in by_year.values())
    assert (counted > 0) == ("own_body" in scopes)


def test_totals_add_what_is_sure_and_corrected_once(ask_knowing: Get, report_ids: dict[str, str]) -> None:
    totals = ask_knowing("/place/410402.json").json["totals"]
    cells = ask_knowing(f"/report/{report_ids[EARLIER]}.json").json["cells"]
    printed = {(c["row"], c["column"]): c["value"] for c in cells if c["table"] == "requests"}
    # 2021: the office says again what its government says; 2023: the disputed total counts as a person corrected it
    assert totals["requests/new_received/total"]["2021"] == {
        "value": printed["new_received", "total"],
        "counted": 1,
        "reports": 2,
    }
    assert totals["requests/new_received/total"]["2023"] == {"value": 7, "counted": 1, "reports": 1}
    assert "2023" not in totals["requests/granted/total"]  # undecidable there, and no one decided


# -- units -----------------------------------------------------------------------------------------------------------


def test_a_unit_shows_its_holes_and_relations_and_says_which_figures_no_line_may_join(
    ask_knowing: Get, report_ids: dict[str, str]
) -> None:
    unit = unit_of(ask_knowing, report_ids[EDITED])
    page = ask_knowing(f"/unit/{unit}").text
    assert "主机无法连接" in page and "档案中没有这一年度的报告" in page and "前身" in page and "更名" in page
    drawn = re.findall(
        r'data-chart="requests/new_received/total" data-year="(\d+)" data-value="(\d+)" data-group="([^"]*)"', page
    )
    assert [(year, value, group.split()[0]) for year, value, group in drawn] == [
        ("2020", "30", "2019"),
        ("2023", "41", "2021"),
    ]
    assert re.findall(r'<tr class="hole" id="y(\d+)" data-year="\1"', page) == ["2018", "2021", "2022"]
    assert '<a href="/report/gone2018">自 2026-01-10 起不予刊出' in page and "含一人的住址" in page
    given = ask_knowing(f"/unit/{unit}.json").json
    told = {"report_id": "gone2018", "withheld_on": "2026-01-10", "why": "含一人的住址"}
    assert {y["report_year"]: y.get("withheld") for y in given["years"] if y["coverage"] == "withheld"} == {2018: told}
    given = ask_knowing(f"/unit/{unit}.json").json
    assert [(y["report_year"], y["coverage"]) for y in given["years"]] == [
        (2018, "withheld"), (2020, "withdrawn"), (2021, "host_down:dns"), (2022, "missing"), (2023, "published"),
    ]  # fmt: skip
    cell = given["years"][-1]["reports"][0]["figures"]["requests/new_received/total"]
    assert (cell["state"], cell["value"]) == ("value", 41)
    assert given["peers"] is None or given["peers"]["report_year"] == 2023
    rows = rows_of(ask_knowing(f"/unit/{unit}.csv"))
    assert {r["value"] for r in rows if r["row"] == "new_received" and r["report_year"] == "2023"} == {"41"}


# -- compare ---------------------------------------------------------------------------------------------------------


def test_a_comparison_marks_what_differs_and_leaves_other_meanings_alone(get: Get, report_ids: dict[str, str]) -> None:
    new, old = report_ids[EDITED], report_ids[OLD_FORM]
    given = get(f"/compare.json?r={new}&r={old}").json
    marks = {(c["table"], c["row"], c["column"]): c["reports"][1] for c in given["cells"]}
    assert marks["requests", "new_received", "total"]["compared"] == "differs"
    assert marks["requests", "new_received", "business"]["compared"] == "same"
    assert marks["proactive_disclosure", "rules", "made"]["compared"] == "apart"
    assert marks["proactive_disclosure", "administrative_licensing", "decisions"]["compared"] == "same"
    assert [c["kind"] for c in given["text"][0] if "补充说明" in (c["before"] or "")] == ["removed", "removed"]
    page = get(f"/compare?r={new}&r={old}").text
    assert "只比较处理决定数量" in page and "<del>" in page and "new_received" in page
    rows = rows_of(get(f"/compare.csv?r={new}&r={old}"))
    assert len(rows) == len(given["cells"])


def test_a_list_and_a_form_are_compared_in_what_means_the_same(ask_knowing: Get, report_ids: dict[str, str]) -> None:
    new = report_ids[DISPUTED]
    given = ask_knowing(f"/compare.json?r={new}&r=list2016").json
    (shared,) = given["shared"]
    assert shared["concept"] == "requests_received"
    assert [(side["table"], side["value"], side["compared"]) for side in shared["reports"]] == [
        ("requests", 9, "first"), ("statistics", 23, "differs"),
    ]  # fmt: skip
    page = ask_knowing(f"/compare?r={new}&r=list2016").text
    assert "本年收到申请" in page and "没有不同的单元格" not in page
    assert ["crosswalk", "requests_received"] in [
        [r["table"], r["row"]] for r in rows_of(ask_knowing(f"/compare.csv?r={new}&r=list2016"))
    ]


def test_reports_of_any_bodies_are_chosen_among_what_is_found(get: Get, report_ids: dict[str, str]) -> None:
    one, other = report_ids[DISPUTED], report_ids[EDITED]
    start = get(f"/compare?r={one}").text
    assert f'name="with" value="{one}"' in start
    found = get(f"/search?q={quote('公开')}&year=2023&with={one}").text
    assert f'type="hidden" name="r" value="{one}"' in found and f'type="checkbox" name="r" value="{other}"' in found
    assert f"sort=newest&amp;with={one}" in found, "what was chosen is kept from page to page"
    assert '/search.json?q=%E5%85%AC%E5%BC%80&amp;year=2023"' in found
    beside = get(f"/compare?r={one}&r={other}").text
    assert f'name="with" value="{one}"' in beside and f'name="with" value="{other}"' in beside
    assert 'value="javascript' not in get("/search?q=x&with=javascript:1").text


def test_a_comparison_takes_six_and_says_what_is_not_there(get: Get, report_ids: dict[str, str]) -> None:
    ids = list(report_ids.values())
    assert len(get("/compare.json?" + "&".join(f"r={i}" for i in ids)).json["reports"]) == 6
    assert "有 1 份报告不在本发布数据中" in get(f"/compare?r={ids[0]}&r=nothing").text
    assert "其余 2 份未列入" in get("/compare?" + "&".join(f"r={i}" for i in (*ids[:6], "x", "y"))).text


# -- search ----------------------------------------------------------------------------------------------------------


def test_facets_count_all_hits_and_narrowing_by_one_gives_its_number(get: Get) -> None:
    given = get(f"/search.json?q={quote('公开')}").json
    assert given["total"] == 6
    for facet, values in given["facets"].items():
        assert values, facet
        for value, number in values.items():
            narrowed = get(f"/search.json?q={quote('公开')}&{facet}={quote(value)}").json
            assert narrowed["total"] == number, (facet, value)


def test_a_filter_that_is_no_value_of_a_facet_finds_what_its_values_do(get: Get) -> None:
    for order in ("best", "newest", "oldest", "unit", "captured"):
        asked = f"/search.json?q={quote('公开')}&sort={order}"
        whole = [r["id"] for r in get(asked).json["reports"]]
        by_year = [get(f"{asked}&year={year}").json["reports"] for year in (2021, 2022, 2023)]
        found = {r["id"] for reports in by_year for r in reports}
        between = [r["id"] for r in get(f"{asked}&year=2021-2023").json["reports"]]
        assert between == [one for one in whole if one in found] and 0 < len(between) < len(whole), order
        assert [r["id"] for r in get(f"{asked}&year=2021").json["reports"]] == [
            one for one in whole if one in {r["id"] for r in by_year[0]}
        ]


def test_a_chosen_place_leads_on_to_those_within(get: Get) -> None:
    given = get("/search.json?place=410000").json
    below = given["facets"]["place"]
    assert below and sum(below.values()) <= given["total"] and all(code.endswith("00") for code in below)
    for code, number in below.items():
        within = get(f"/search.json?place={code}").json
        assert within["total"] == number
        for county, n in within["facets"]["place"].items():
            assert get(f"/search.json?place={county}").json["total"] == n
            assert get(f"/search.json?place={county}").json["facets"]["place"] == {}
    assert "place=410100" in get("/search?place=410000").text


def test_search_without_a_query_browses_and_refuses_a_filter_that_is_none(get: Get) -> None:
    assert get("/search.json?finding=sum_fails").json["total"] == 1
    assert get("/search.json?year=2021").json["total"] == 2
    refused = get("/search.json?level=village")
    assert refused.status == 400 and "level=village" in refused.json["error"]
    assert "level=village" in get("/search?level=village").text


def test_search_is_sorted_saved_and_taken_away(get: Get) -> None:
    given = get(f"/search.json?q={quote('公开')}&sort=oldest").json
    years = [r["report_year"] for r in given["reports"]]
    assert years == sorted(years)
    assert "公开" in given["reports"][0]["snippet"]
    rows = rows_of(get(f"/search.csv?q={quote('公开')}&sort=newest"))
    assert len(rows) == 6 and [r["report_year"] for r in rows] == sorted((r["report_year"] for r in rows), reverse=True)
    assert {r["unit_name"][-7:] for r in rows if "1+1" in r["unit_name"]}
    assert "/search?q=%E5%85%AC%E5%BC%80&amp;year=2023" in get(f"/search?q={quote('公开')}").text
    assert get("/search.csv").status == 400


# -- checks ----------------------------------------------------------------------------------------------------------


def test_each_list_says_what_it_holds_with_its_evidence(ask_knowing: Get, report_ids: dict[str, str]) -> None:
    numbers = ask_knowing("/checks.json").json
    assert numbers["sums"] == {"A1": 1} and numbers["copied"] == {"E4": 1} and numbers["across"] == {"C4": 1}
    assert numbers["changed"] == {"content": 1, "withdrawn": 1}
    assert numbers["late"] == {"missing": 2, "host_down:dns": 1}
    (entry,) = ask_knowing("/checks/sums.json").json["entries"]
    assert (entry["report_id"], entry["rule"], entry["place"], entry["left_side"], entry["right_side"]) == (
        report_ids[DISPUTED], "A1", "new_received", 7, 9,
    )  # fmt: skip
    assert ">一、本年新收政府信息公开申请数量</span>：7 : 9" in ask_knowing("/checks/sums").text
    page = ask_knowing("/checks/copied").text
    assert "0.93" in page and f"r={report_ids[DISPUTED]}&amp;r={report_ids[OLD_FORM]}" in page
    assert "正文与他处雷同" in ask_knowing(f"/report/{report_ids[DISPUTED]}").text
    told = ask_knowing(f"/report/{report_ids[DISPUTED]}.json").json
    assert {k["rule"]: k["evidence"] for k in told["across"]} == {"E4": {"similarity": 0.93}, "C4": {}}
    assert [c["url"] for c in told["copies"] if c["preferred"]] == [DISPUTED]
    edited = ask_knowing(f"/report/{report_ids[EDITED]}.json").json
    assert any(v["text_changed"] and v["sentences"] for v in edited["versions"])


def test_why_there_is_no_report_is_told_with_what_shows_it(ask_knowing: Get, report_ids: dict[str, str]) -> None:
    entries = ask_knowing("/checks/late.json").json["entries"]
    (down,) = (entry for entry in entries if entry["rule"] == "host_down:dns")
    assert (down["message"], down["message_zh"]) == ("the host was down (dns)", "主机无法连接 (dns)")
    assert down["evidence"] == '["http://www.eq.test/nb/2021.html"]'
    unit = unit_of(ask_knowing, report_ids[EDITED])
    page = ask_knowing("/checks/late").text
    assert f'<a href="/unit/{unit}#y2021">' in page and "从未发布局</td>" in page, "a body without a report has no page"


def test_what_is_withheld_is_told_to_programs_and_led_to_from_its_place(ask_knowing: Get) -> None:
    for path in ("/report/gone2018.json", "/report/gone2018/source.json"):
        told = ask_knowing(path)
        assert told.status == 410
        assert told.json["withheld_on"] == "2026-01-10" and told.json["why"] == "含一人的住址"
    assert ask_knowing("/report/none.json").status == 404
    place = ask_knowing("/place/410103").text
    assert 'href="/report/gone2018"' in place and 'href="/report/gone2017"' in place


def test_a_box_without_a_report_leads_to_its_reason(ask_knowing: Get, report_ids: dict[str, str]) -> None:
    unit = unit_of(ask_knowing, report_ids[EDITED])
    place = ask_knowing("/place/410103").text
    assert f'href="/unit/{unit}#y2021"' in place and 'id="y2021"' in ask_knowing(f"/unit/{unit}").text
    assert 'href="/checks/late?place=410103&amp;year=2023"' in place
    assert "从未发布局" in ask_knowing("/checks/late?place=410103&year=2023").text


def test_a_list_that_the_release_does_not_hold_is_not_shown_as_empty(get: Get, ask_knowing: Get) -> None:
    held = get("/checks.json").json
    assert held["copied"] is None or get("/gongkai/cross_check.json").status == 200
    assert ask_knowing("/checks.json").json["across"] == {"C4": 1}


def test_lists_are_narrowed_by_rule_place_and_year(ask_knowing: Get) -> None:
    assert ask_knowing("/checks/late.json?year=2023").json["total"] == 1
    assert ask_knowing("/checks/late.json?place=140000").json["total"] == 0
    assert ask_knowing("/checks/late.json?rule=missing&place=410103").json["total"] == 2
    assert ask_knowing("/checks/nothing").status == 404 and ask_knowing("/checks/nothing.csv").status == 404


def test_a_place_is_written_by_name_and_an_ambiguous_one_offers_its_places(ask_knowing: Get) -> None:
    for written, total in (("山西", 0), ("河南", 3), ("河南省郑州市二七区", 3), ("平顶山", 0)):
        assert ask_knowing(f"/checks/late.json?place={quote(written)}").json["total"] == total, written
    narrowed = ask_knowing(f"/checks/late?place={quote('二七区')}").text
    assert 'value="河南省郑州市二七区"' in narrowed and "/checks/late.csv?place=410103&amp;" in narrowed
    page = ask_knowing(f"/checks/late?rule=missing&year=2023&place={quote('新华区')}").text
    assert page.count("新华区</a>") == 3 and "/checks/late?rule=missing&amp;year=2023&amp;place=410402" in page
    assert "从未发布局" not in page, "nothing is listed until the reader has chosen"
    for bad in (f"place={quote('新华区')}", f"place={quote('无此地')}", "year=20x3"):
        assert "从未发布局" not in ask_knowing(f"/checks/late?{bad}").text
        for form in ("json", "csv", "atom"):
            assert ask_knowing(f"/checks/late.{form}?{bad}").status == 400, (form, bad)
    assert "410402" in ask_knowing(f"/checks/late.json?place={quote('新华区')}").json["places"]
    found = ask_knowing(f"/search.json?place={quote('平顶山')}").json
    assert (
        found["query"]["place"] == "410400"
        and found["total"] == ask_knowing("/search.json?place=410400").json["total"] > 0
    )
    assert "河北省沧州市新华区 130902" in ask_knowing(f"/search?place={quote('新华区')}").text


def test_what_a_check_is_about_is_said_in_words_and_files_keep_the_key(ask_knowing: Get) -> None:
    for path, said in (
        ("", "行政事业性收费 · 本年收费金额（单位：万元）"),
        ("?lang=en", "Administrative fees · Fees in the year"),
    ):
        for form in ("", ".atom"):
            answer = ask_knowing(f"/checks/across{form}{path}").text
            assert said in answer and ">administrative_fees.amount_wan_yuan" not in answer
    (entry,) = ask_knowing("/checks/across.json").json["entries"]
    assert entry["place"] == "administrative_fees.amount_wan_yuan"
    assert "一、本年新收政府信息公开申请数量：7 : 9" in ask_knowing("/checks/sums.atom").text


def test_lists_are_downloaded_whole_and_followed(ask_knowing: Get, report_ids: dict[str, str]) -> None:
    for kind, total in (("sums", 1), ("changed", 2), ("late", 3), ("copied", 1)):
        assert len(rows_of(ask_knowing(f"/checks/{kind}.csv"))) == total
        answer = ask_knowing(f"/checks/{kind}.atom")
        assert answer.headers["content-type"].startswith("application/atom+xml")
        feed = etree.fromstring(answer.body)
        ids = [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]
        assert len(set(ids)) == total and all(i.startswith("urn:uuid:") for i in ids)
        assert ids == [
            e.findtext(f"{ATOM}id")
            for e in etree.fromstring(ask_knowing(f"/checks/{kind}.atom").body).findall(f"{ATOM}entry")
        ]


def test_no_csv_of_the_site_holds_a_formula_and_every_figure_stays_one(get: Get, report_ids: dict[str, str]) -> None:
    def fields(path: str) -> list[str]:
        return [field for row in csv.reader(io.StringIO(get(path).body.decode("utf-8-sig"))) for field in row]

    named = report_ids["http://c.test/local.html"]  # of 河南省=1+1测试局
    compared = fields(f"/compare.csv?r={report_ids[DISPUTED]}&r={report_ids[OLD_FORM]}&r={named}")
    assert "'=见附件" in compared and "-8" in compared, "text is defused, a negative figure is a figure"
    titles = fields("/search.csv?year=2010-2030")
    assert any(field.startswith("'=1+1测试局") for field in titles)
    for field in (*compared, *titles, *fields(f"/unit/{unit_of(get, named)}.csv"), *fields("/checks/changed.csv")):
        assert not field.startswith(("=", "+", "@", "\t", "\r")) and (field[:1] != "-" or float(field) < 0), field


# -- the report ------------------------------------------------------------------------------------------------------


def test_a_report_is_taken_away_in_every_format_as_the_release_has_it(
    get: Get, report_ids: dict[str, str], release: Any
) -> None:
    report, page = report_ids[DISPUTED], get(f"/report/{report_ids[DISPUTED]}").text
    for name in ("wide", "wide_trust", "wide_state", "long"):
        own = rows_of(get(f"/report/{report}/files/{name}.csv"))
        with (release.path / f"{name}.csv").open(encoding="utf-8-sig", newline="") as whole:
            assert own == [row for row in csv.DictReader(whole) if row["report_id"] == report]
        assert len(own) == (1 if name != "long" else len(get(f"/report/{report}.json").json["cells"]))
        lines = get(f"/report/{report}/files/{name}.jsonl").text.splitlines()
        assert len(lines) == len(own) and json.loads(lines[0])["report_id"] == report
        assert get(f"/report/{report}/files/{name}.parquet").body[:4] == b"PAR1"
        assert f"/report/{report}/files/{name}.csv" in page
    assert b"<stata_dta>" in get(f"/report/{report}/files/wide.dta").body[:40]
    for gone in (
        f"/report/{report}/files/long.dta",
        f"/report/{report}/files/gongkai.db",
        "/report/none/files/wide.csv",
    ):
        assert get(gone).status == 404
    assert 'id="cite"' in page and report in page[page.index('class="cite"') :]


def test_a_changed_sentence_is_shown_where_the_version_is(get: Get, report_ids: dict[str, str]) -> None:
    page = get(f"/report/{report_ids[EDITED]}").text
    timeline = page[page.index('class="timeline"') :]
    assert "<ins>补充说明。</ins>" in timeline


def test_a_list_before_2019_is_shown_with_its_units_and_not_with_the_tables_of_later_forms(ask_knowing: Get) -> None:
    for language, name in (("zh", "收到申请数"), ("en", "Requests received")):
        answer = ask_knowing(f"/report/list2016?lang={language}")
        assert answer.status == 200
        page = answer.text[answer.text.index('id="tables"') : answer.text.index('id="text"')]
        assert name in page and "接待来访" in page and "件" in page
        assert 'id="statistics/requests_received/value"' in page and 'id="requests/' not in page
    unit = ask_knowing(f"/unit/{unit_of(ask_knowing, 'list2016')}").text
    row = unit[unit.index('href="/report/list2016"') :].split("</tr>")[0]
    assert "无可检查" in row and "无不成立" not in row, "what no sum holds to account has not passed"
    assert ask_knowing("/report/list2016.json").json["forms"] == {"statistics": "statistics-2014"}


def test_a_year_of_the_old_list_shows_what_means_the_same_and_calls_nothing_else_missing(ask_knowing: Get) -> None:
    path = f"/unit/{unit_of(ask_knowing, 'list2016')}"
    rows = etree.HTML(ask_knowing(path).text).xpath("//table[contains(@class, 'years')]/tbody/tr")
    (row,) = [row for row in rows if row.xpath("th/a[@href='/report/list2016']")]
    cells = ["".join(cell.itertext()).split()[0] for cell in row.xpath("td[@class='num']")]
    assert cells == ["23"] + ["另一表式"] * 6, "of this list only the requests received mean the same"
    assert row.xpath("td[@class='num'][1]/a/@href") == ["/report/list2016#statistics/requests_received/value"]
    assert "another form" in ask_knowing(f"{path}?lang=en").text
    told = [r for r in rows_of(ask_knowing(f"{path}.csv")) if r["report_id"] == "list2016"]
    assert [(r["table"], r["row"], r["column"], r["value"]) for r in told] == [
        ("statistics", "requests_received", "value", "23")
    ]
    given = [r for year in ask_knowing(f"{path}.json").json["years"] for r in year["reports"] if r["id"] == "list2016"]
    assert list(given[0]["figures"]) == ["statistics/requests_received/value"]


# -- the data page ---------------------------------------------------------------------------------------------------


def example(get: Get, name: str) -> str:
    page = get("/data").text
    found = re.search(rf'id="example-{name}"><code>(.*?)</code>', page, re.DOTALL)
    assert found
    return html.unescape(found[1])


def test_the_python_example_works_when_pasted(get: Get) -> None:
    done = subprocess.run([sys.executable, "-c", example(get, "python")], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "6 reports; 1 with a disputed cell" in done.stdout and "'report_year': 2023" in done.stdout
    told = {row["report_year"]: row["received"] for row in sure_by_year(get)}
    assert f"{ {str(year): total for year, total in told.items()} }" in done.stdout.replace("\n", ""), (
        "files and database"
    )


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh", "Gongkai Archive contributors：《政府信息公开工作年度报告数据》（数据集），2026-03-01 发布，{}，许可 CC-BY-4.0，manifest.json"),
        ("en", "Gongkai Archive contributors: Annual reports of Chinese government bodies on information disclosure (data set), release of"
               " 2026-03-01, {}, licence CC-BY-4.0, SHA-256 of manifest.json"),
    ],
)  # fmt: skip
def test_the_data_page_tells_how_to_cite_the_release_in_the_readers_language(
    get: Get, site: str, release: Any, language: str, told: str
) -> None:
    page = etree.HTML(get("/data", Cookie=f"gongkai_lang={language}").text)
    (cited,) = page.xpath("//p[@class='cite']/text()")
    assert cited.startswith(told.format(f"{site.rstrip('/')}/data"))
    assert hashlib.sha256((release.path / "manifest.json").read_bytes()).hexdigest() in cited


def test_the_data_page_tells_search_engines_of_the_release_with_whole_addresses(
    get: Get, site: str, release: Any
) -> None:
    answer = get("/data")
    (script,) = etree.HTML(answer.text).xpath("//script[@type='application/ld+json']/text()")
    told, own = json.loads(script), json.loads((release.path / "dataset.jsonld").read_text("utf-8"))
    assert told["url"] == f"{site.rstrip('/')}/data" and told["@type"] == "Dataset"
    for file, printed in zip(told["distribution"], own["distribution"], strict=True):
        assert file == printed | {"contentUrl": f"{site.rstrip('/')}/data/{file['name']}"}
        assert get(urlsplit(file["contentUrl"]).path).status == 200
    assert {key: told[key] for key in own if key != "distribution"} == {
        k: v for k, v in own.items() if k != "distribution"
    }
    assert "<script>" not in answer.text and answer.text.count("<script") == 1, "a block of data, which nothing runs"


def test_a_release_that_was_given_an_address_is_cited_by_it(samples: Any, tmp_path: Path) -> None:
    with samples.make_archive(tmp_path / "archive", sample=True) as archive:
        publish(archive, tmp_path / "out", at=samples.DAY, url="https://doi.org/10.5281/zenodo.1")
    with serving(tmp_path / "out") as url, urlopen(f"{url}data?lang=en", timeout=20) as answer:
        page = etree.HTML(answer.read().decode())
    assert "(sample data), https://doi.org/10.5281/zenodo.1, licence" in page.xpath("string(//p[@class='cite'])")
    told = json.loads(page.xpath("string(//script[@type='application/ld+json'])"))
    assert told["identifier"] == told["url"] == "https://doi.org/10.5281/zenodo.1"
    assert told["distribution"][0]["contentUrl"].startswith(f"{url}data/")


def test_a_report_is_cited_in_the_readers_language_with_its_title_as_it_is(
    get: Get, report_ids: dict[str, str]
) -> None:
    for source, taken in ((DISPUTED, "captured"), (IMPORTED, "imported")):
        path = f"/report/{report_ids[source]}"
        (english,) = etree.HTML(get(path, Cookie="gongkai_lang=en").text).xpath("//p[@class='cite']")
        (chinese,) = etree.HTML(get(path).text).xpath("//p[@class='cite']")
        report = get(f"{path}.json").json
        assert english.xpath("span[@lang='zh-Hans']/text()") == [report["issuer"], f"《{report['title']}》"]
        rest = "".join(english.xpath("text()"))
        assert f", {taken} 20" in rest and "; Gongkai Archive, release of 2026-03-01, http" in rest
        assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", rest), "nothing else is Chinese"
        assert "published" in rest or not report["published"]
        words = re.sub(r"https?:\S+|file:\S+|SHA-256 [0-9a-f]+", "", "".join(chinese.xpath("text()")))
        assert not re.search("[A-Za-z]", words), words


def sure_by_year(get: Get) -> list[dict[str, int]]:
    """Return the requests received by year, of the cells that are verified or stated, as the database adds them up."""
    sql = """select report_year, sum(value) as received from report p join cell c on c.report_id = p.id
    where [table] = 'requests' and [row] = 'new_received' and [column] = 'total' and c.state = 'value'
    and c.trust in ('verified', 'stated') group by 1"""
    rows: list[dict[str, int]] = get(f"/gongkai.json?_shape=array&sql={quote(sql)}").json
    return rows


def test_the_curl_example_works_when_pasted_with_what_is_said_to_be_asked_for(get: Get, tmp_path: Path) -> None:
    text = example(get, "curl")
    done = subprocess.run(
        "set -e\n" + text.replace("curl ", "curl --fail "), shell=True, cwd=tmp_path, capture_output=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, b"")
    told = done.stdout.decode().replace("\r", "")
    sums = "report_year,received\n" + "".join(f"{row['report_year']},{row['received']}\n" for row in sure_by_year(get))
    assert told.startswith(sums) and told.endswith(sums) and "41" in sums, "of files and by SQL"
    assert "coverage" in told, "of a place"
    assert '"q": "公开"' in told


def test_chinese_words_put_into_an_address_as_they_are_are_no_request(site: str) -> None:
    where = urlsplit(site)
    with socket.create_connection((where.hostname, where.port), timeout=20) as raw:
        raw.sendall("GET /search.json?q=公开 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        assert raw.recv(100).split()[1] == b"400", "the curl example says so"


@pytest.mark.parametrize("name", ["curl", "python", "r", "stata"])
def test_every_example_loads_the_letters_beside_the_figures_and_takes_what_is_sure(get: Get, name: str) -> None:
    text = example(get, name)
    assert re.search(r"\bwide\.(csv|dta)", text) and re.search(r"\bwide_trust\.(csv|dta)", text)
    assert re.search(r"""['"]v['"], ?['"]s['"]""", text)


def test_no_example_of_the_documents_loads_the_figures_alone() -> None:
    blocks = re.findall(r"```(?:python|sql|r|stata)\n(.*?)```", (ROOT / "docs" / "release.md").read_text("utf-8"), re.S)
    assert len(blocks) > 5
    for block in blocks:
        assert "wide_trust" in block and re.search(r"""['"]v['"], ?['"]s['"]""", block), block


def test_each_file_of_the_release_is_offered_with_its_size_and_hash_and_the_codebook_first(
    get: Get, release: Any
) -> None:
    page = etree.HTML(get("/data").text)
    manifest = json.loads((release.path / "manifest.json").read_text("utf-8"))
    rows = page.xpath("//table[contains(@class, 'files')]/tbody/tr")
    offered = [address for row in rows for address in row.xpath(".//a/@href")]
    assert sorted(offered) == sorted(
        f"/data/{name}" for name in (*(f["name"] for f in manifest["files"]), "manifest.json")
    )
    hashes = {f["sha256"] for f in manifest["files"]}
    assert hashes <= set(page.xpath("//table[contains(@class, 'files')]//code/text()"))
    assert page.xpath("//main//a/@href")[0] == "/data/codebook.html"
    wide = next(row for row in rows if row.xpath("string(th)") == "wide")
    assert [a.rpartition(".")[2] for a in wide.xpath(".//a/@href")] == ["csv", "parquet", "jsonl", "dta"]


def test_pages_of_datasette_are_titled_in_words_and_lead_back_in_the_readers_language(get: Get) -> None:
    page = etree.HTML(get("/gongkai/received_by_year").text)
    (title,) = page.xpath("//head/title/text()")
    assert title.startswith("各年度新收申请") and "Requests received by year" in title and "select" not in title
    assert "各省报告数 · Reports by province" in get("/gongkai").text
    for path in ("/gongkai/received_by_year", "/gongkai/report?report_year=2023", "/gongkai", "/gongkai?sql=select+1"):
        page = etree.HTML(get(path).text)
        (other,) = page.xpath("//div[@class='gongkai-bar']/a[@hreflang='en']/@href")
        answer = get(other)
        assert answer.status == 200 and ("report_year" not in path or "report_year=2023" in other)
        english = etree.HTML(answer.text)
        assert english.xpath("//div[@class='gongkai-bar']/a/@href")[:2] == ["/?lang=en", "/data?lang=en"], path
        assert english.xpath("//div[@class='gongkai-bar']/a[@hreflang]/@hreflang") == ["zh-Hans"]
    rows = get("/gongkai/report.json?report_year=2023&_shape=array").json
    assert rows == get("/gongkai/report.json?report_year=2023&_lang=en&_shape=array").json, "it narrows nothing"


def test_the_canned_queries_answer(get: Get) -> None:
    page = get("/data").text
    names = set(re.findall(r'href="/gongkai/([a-z_]+)"', page))
    given = {"one_unit": "unit=河南省平顶山市新华区政务服务局&row=new_received", "disputed_cells": "year=2023"}
    for name in (
        "received_by_year",
        "one_unit",
        "disputed_cells",
        "failed_checks",
        "changed_after_publication",
        "places",
    ):
        assert name in names
        answer = get(f"/gongkai/{name}.json?_shape=array&{quote(given.get(name, ''), safe='=&')}")
        assert answer.status == 200 and answer.json, name
