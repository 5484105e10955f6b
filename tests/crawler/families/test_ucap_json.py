"""ucap's lists that come as JSON, by two services (portals.md 1.6), and Hebei's addresses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crawler.families import Entry, Page, PageRequest, detect

SITE = "http://www.hlj.gov.cn"
COLUMN = f"{SITE}/c104569/zfxxgknb.shtml"
CHANNEL = "0123456789abcdef0123456789abcdef"
SEARCH = f"{SITE}/common/search/{CHANNEL}"
LOAD = f"{SITE}/szinf/xxgk/interfacesWebZcwj/loadData?pageSize=15"
TITLE = "某局2024年政府信息公开工作年度报告"


def found(total: int, *numbers: int) -> str:
    rows = [
        {"title": TITLE, "url": f"/c1/202501/{n}.shtml", "publishedTimeStr": "2025-01-20 09:00:00"} for n in numbers
    ]
    return json.dumps({"data": {"total": total, "page": 1, "rows": len(rows), "results": rows}})


def loaded(total: int, pages: int, *numbers: int) -> str:
    rows = [{"TITLE": TITLE, "URL": f"{SITE}/c1/{n}.shtml", "PUBLISHED_TIME_FORMAT": "2025-01-20"} for n in numbers]
    return json.dumps({"data": {"allRow": total, "totalPage": pages, "list": rows}})


def test_a_page_leads_to_the_service_that_its_script_names(read: Any) -> None:
    page = read("ucap_json", f"<script>get('/common/search/{CHANNEL}')</script>", COLUMN)
    query = "_isAgg=true&_isJson=true&_pageSize=15&_template=index&page=1"
    assert page.next == PageRequest(f"{SEARCH}?{query}", 1)
    script = f"<script>var channel_id='{CHANNEL}';post('/szinf/xxgk/interfacesWebZcwj/loadData?pageSize=15')</script>"
    assert read("ucap_json", script, COLUMN).next == PageRequest(LOAD, 1, (("pageIndex", "1"), ("channel_id", CHANNEL)))
    assert read("ucap_json", "<p>x</p>", COLUMN).next is None


def test_search_is_read_to_its_total_by_the_rows_that_it_sends(read: Any) -> None:
    url = f"{SEARCH}?_isJson=true&_pageSize=15&_channelName=&page=1"
    page = read("ucap_json", found(10, *range(4)), COLUMN, url=url)
    assert (page.total, page.pages, len(page.entries)) == (10, 3, 4)
    assert page.entries[0] == Entry(f"{SITE}/c1/202501/0.shtml", TITLE, "2025-01-20")
    assert page.next == PageRequest(f"{SEARCH}?_isJson=true&_pageSize=4&_channelName=&page=2", 2)
    last = read("ucap_json", found(10, 8, 9), COLUMN, 3, url=f"{SEARCH}?_pageSize=4&page=3")
    assert (last.pages, last.next) == (3, None)


def test_load_data_is_read_to_its_pages(read: Any) -> None:
    form = (("pageIndex", "1"), ("channel_id", CHANNEL))
    page = read("ucap_json", loaded(3, 2, 1, 2), COLUMN, url=LOAD, form=form)
    assert (page.total, page.pages) == (3, 2)
    assert page.next == PageRequest(LOAD, 2, (("pageIndex", "2"), ("channel_id", CHANNEL)))
    assert read("ucap_json", loaded(3, 2, 3), COLUMN, 2, url=LOAD, form=form).next is None


@pytest.mark.parametrize("text", ["", "[]", '{"data": []}', '{"data": {"results": null}}', '{"data": {"results": {}}}'])
def test_what_is_no_answer_has_no_rows_and_no_total(read: Any, text: str) -> None:
    page = read("ucap_json", text, COLUMN, url=f"{SEARCH}?page=1")
    assert (page.entries, page.total, page.next) == ((), None, None)


def test_it_is_told_by_its_service() -> None:
    assert detect(Page(COLUMN, f"<script>get('/common/search/{CHANNEL}')</script>".encode(), COLUMN)) == "ucap_json"


def test_hebei_s_articles_stand_under_identifiers(read: Any) -> None:
    uuid = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"
    column = f"{SITE}/columns/{uuid}/index.html"
    row = f'<li><a href="/columns/{uuid}/202501/20/{uuid}.html" title="{TITLE}">某局…</a><span>2025-01-20</span></li>'
    (entry,) = read("ucap", f"<ul>{row}</ul>", column).entries
    assert entry.url == f"{SITE}/columns/{uuid}/202501/20/{uuid}.html"
