"""Epoint's column names no row: the site's script names the service, which is asked by POST JSON (portals.md 1.9)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crawler.families import Entry, Page, PageRequest, detect

SITE = "http://www.xz.gov.cn"
COLUMN = f"{SITE}/dynamic/zwgk/govInfoPub.html?categorynum=003001003&deptcode=001001"
SERVICE = f"{SITE}/EWB-FRONT/rest/lightfrontaction/getgovinfolist"
GUID = "7eb5f7f1-9041-43ad-8e13-8fcb82ea831a"
SCRIPT = f'var siteInfo = {{"siteGuid":"{GUID}","projectName":"/EWB-FRONT","webVersion":"5.0"}}\nif (!window.webbuilder) {{}}'
SHELL = '<script src="/js/webBuilderCommon.js"></script><div id="list"></div>'


def body(index: int, size: int = 20) -> str:
    return json.dumps(
        {"deptcode": "001001", "categorynum": "003001003", "siteGuid": GUID, "pageSize": size, "pageIndex": index}
    )


def answer(total: Any, *numbers: int) -> dict[str, Any]:
    records = [
        {"title": f"某局2024年政府信息公开<b>年度</b>报告{n}", "infourl": f"/zfxxgk/{n}.html", "infodate": "2025-01-20"}
        for n in numbers
    ]
    return {"data": records, "total": total}


def test_the_column_leads_to_the_script_and_the_script_to_the_first_page(read: Any) -> None:
    script = f"{SITE}/js/webBuilderCommon.js"
    assert read("epoint", SHELL, COLUMN).next == PageRequest(script, 1)
    assert read("epoint", SCRIPT, COLUMN, url=script).next == PageRequest(SERVICE, 1, json=body(0))


def test_a_script_that_names_no_site_leads_nowhere(read: Any) -> None:
    assert read("epoint", "var x = 1", COLUMN, url=f"{SITE}/js/webBuilderCommon.js").next is None


@pytest.mark.parametrize("custom", [lambda told: told, json.dumps])
def test_answers_are_read_to_the_total_that_they_state(read: Any, custom: Any) -> None:
    first = json.dumps({"custom": custom(answer("21", *range(20)))})
    page = read("epoint", first, COLUMN, url=SERVICE, json=body(0))
    assert (page.total, page.pages, len(page.entries)) == (21, 2, 20)
    assert page.entries[3] == Entry(f"{SITE}/zfxxgk/3.html", "某局2024年政府信息公开 年度 报告3", "2025-01-20")
    assert page.next == PageRequest(SERVICE, 2, json=body(1))
    last = json.dumps({"custom": custom(answer(21, 20))})
    assert read("epoint", last, COLUMN, 2, url=SERVICE, json=body(1)).next is None


@pytest.mark.parametrize(
    "text", ["", "<html>", "[]", '{"custom": null}', '{"custom": {"data": null}}', '{"custom": "x"}']
)
def test_what_is_no_answer_has_no_rows_and_no_total(read: Any, text: str) -> None:
    page = read("epoint", text, COLUMN, url=SERVICE, json=body(0))
    assert (page.entries, page.total, page.next) == ((), None, None)


def test_it_is_told_by_its_script() -> None:
    assert detect(Page(COLUMN, SHELL.encode(), COLUMN)) == "epoint"
