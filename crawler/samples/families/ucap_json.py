"""Kaipu ucap where lists come as JSON (portals.md 1.6): one portal asks /common/search/CHANNEL, one posts to loadData.

The first sends at most its own number of rows at once; articles are those of ucap.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from crawler.samples.families import ucap
from crawler.samples.families.family import Asked, Listed, Printer, SampleFamily
from crawler.samples.families.plain import path_of, printed_list
from crawler.samples.pages import Answer, Article, Column, ListPage
from crawler.samples.places import Site, Unit, city

SEARCH: Final = "search"
LOAD: Final = "load"
LOAD_PATH: Final = "/szinf/xxgk/interfacesWebZcwj/loadData"
MOST_ROWS: Final = 4


class UcapJson(SampleFamily):
    """ucap's articles under two services."""

    name = "ucap_json"
    sites = (
        Site(
            "sample-hulan",
            "ucap_json",
            "www.hulan.test",
            "哈尔滨市人民政府门户网站（样本）",
            "utf-8",
            "utf-8",
            "2301000087",
            "黑ICP备00000013号",
            city("黑龙江省", "哈尔滨市", "230100", "230102 道里区,230103 南岗区,230111 呼兰区"),
        ),
        Site(
            "sample-gusu",
            "ucap_json",
            "www.gusu.test",
            "苏州市人民政府门户网站（样本）",
            "utf-8",
            "utf-8",
            "3205000086",
            "苏ICP备00000014号",
            city("江苏省", "苏州市", "320500", "320508 姑苏区,320505 虎丘区,320506 吴中区"),
        ),
    )
    first_number = 41_000
    validators = ()

    def columns(self, site: Site, units: Sequence[Unit]) -> tuple[Column, ...]:
        """Return the one column of all bodies."""
        style = SEARCH if site.slug == "sample-hulan" else LOAD
        return (Column("/site/c104569/zfxxgknb.shtml", 104569, style=style, page_size=5),)

    def list_pages(self, listed: Listed, column: Column) -> dict[str, Printer]:
        """Return the page whose script asks the service."""
        return {column.path: partial(_shell, listed.site, listed.page(column, 1))}

    def answer(self, asked: Asked, listed: Listed) -> Answer | None:
        """Answer the service of the column."""
        (column,) = listed.columns
        if column.style == SEARCH and asked.path == f"/common/search/{_channel(column)}":
            size = min(int(asked.fields.get("_pageSize", "10")), MOST_ROWS)
            page = listed.page(column, int(asked.fields.get("page", "1")), size)
            rows = [
                {"title": r.title, "url": path_of(r), "publishedTimeStr": f"{r.published} 09:00:00"} for r in page.rows
            ]
            return _json({"data": {"total": page.total, "page": page.number, "rows": len(rows), "results": rows}})
        if column.style == LOAD and asked.path == LOAD_PATH and asked.method == "POST":
            if asked.fields.get("channel_id") != _channel(column):
                return _json({"data": {"allRow": 0, "totalPage": 0, "list": []}})
            page = listed.page(column, int(asked.fields["pageIndex"]))
            rows = [{"TITLE": r.title, "URL": r.url, "PUBLISHED_TIME_FORMAT": str(r.published)} for r in page.rows]
            return _json({"data": {"allRow": page.total, "totalPage": page.pages, "list": rows}})
        return None

    def article_path(self, site: Site, column: Column, article: Article) -> str:
        """Return ucap's path of an article."""
        return ucap.FAMILY.article_path(site, column, article)

    def attachment_path(self, site: Site, column: Column, article: Article, suffix: str) -> str:
        """Return ucap's path of a file."""
        return ucap.FAMILY.attachment_path(site, column, article, suffix)

    def article_page(self, site: Site, article: Article, column: Column) -> str:
        """Print ucap's article page."""
        return ucap.FAMILY.article_page(site, article, column)


def _shell(site: Site, page: ListPage) -> str:
    channel = _channel(page.column)
    call = (
        f"$.getJSON('/common/search/{channel}', {{_isAgg: true, _isJson: true, page: page}}, show);"
        if page.column.style == SEARCH
        else f"var channel_id = '{channel}'; $.post('{LOAD_PATH}?pageSize=15', {{pageIndex: page, channel_id: channel_id}}, show);"
    )
    return printed_list(site, page, f'<ul class="list-ul"></ul><script>{call}</script>')


def _channel(column: Column) -> str:
    return f"{column.number:032x}"


def _json(told: dict[str, Any]) -> Answer:
    return Answer(json.dumps(told, ensure_ascii=False).encode(), content_type="application/json;charset=UTF-8")


FAMILY = UcapJson()
