"""Epoint WebBuilder (portals.md 1.9): an empty page, a script that names the site, rows by POST JSON to getgovinfolist.

The service sends no more than its own number of rows at once, whatever is asked, and counts pages from 0.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import partial
from typing import Final

from crawler.samples.families.family import Asked, Listed, Printer, SampleFamily
from crawler.samples.families.plain import attached, path_of, printed_article, printed_list
from crawler.samples.pages import Answer, Article, Column, ListPage
from crawler.samples.places import Site, Unit, city

TEXT: Final = "text"
"""A service that sends its answer as a text inside the answer."""

PROJECT: Final = "/EWB-FRONT"
GUID: Final = "7eb5f7f1-9041-43ad-8e13-8fcb82ea831a"
MOST_ROWS: Final = 2


class Epoint(SampleFamily):
    """Epoint: static shell and script, a service that answers POST alone."""

    name = "epoint"
    sites = (
        Site(
            "sample-yunlong",
            "epoint",
            "www.yunlong.test",
            "徐州市人民政府门户网站（样本）",
            "utf-8",
            "utf-8",
            "3203000094",
            "苏ICP备00000006号",
            city("江苏省", "徐州市", "320300", "320302 鼓楼区,320303 云龙区,320311 泉山区,320305 贾汪区"),
        ),
    )
    first_number = 310_000
    validators = ("Last-Modified",)

    def columns(self, site: Site, units: Sequence[Unit]) -> tuple[Column, ...]:
        """Return the column of all bodies, and the second body's own."""
        main = Column("/dynamic/zwgk/govInfoPub.html?categorynum=003001003&deptcode=", 1)
        if len(units) < 2:
            return (main,)
        path = "/dynamic/zwgk/govInfoPub.html?deptcode=001014&categorynum=003001003"
        return (main, Column(path, 2, unit=units[1].name, style=TEXT))

    def list_pages(self, listed: Listed, column: Column) -> dict[str, Printer]:
        """Return the shell and the site's script."""
        return {
            column.path: partial(shell, listed.site, listed.page(column, 1)),
            "/js/webBuilderCommon.js": script,
        }

    def answer(self, asked: Asked, listed: Listed) -> Answer | None:
        """Answer the service by deptcode and categorynum."""
        if asked.method != "POST" or asked.path != f"{PROJECT}/rest/lightfrontaction/getgovinfolist":
            return None
        body = asked.json if isinstance(asked.json, dict) else {}
        if body.get("siteGuid") != GUID or body.get("categorynum") != "003001003":
            return Answer(b'{"custom":""}', content_type="application/json")
        dept = f"deptcode={body.get('deptcode')}"
        column = next((one for one in listed.columns if dept in one.path.partition("?")[2].split("&")), None)
        if column is None:
            return Answer(b'{"custom":{"data":[],"total":0}}', content_type="application/json")
        size = min(int(body["pageSize"]), MOST_ROWS)
        return _rows(listed, column, int(body["pageIndex"]), size)

    def article_path(self, site: Site, column: Column, article: Article) -> str:
        """Return /zwgk/CATEGORY/YYYYMMDD/GUID.html."""
        return f"/zwgk/003001/003001003/{article.published:%Y%m%d}/{_guid(article)}.html"

    def attachment_path(self, site: Site, column: Column, article: Article, suffix: str) -> str:
        """Return the path of the uploaded file."""
        return f"/uploadfile/{article.published:%Y%m%d}/{_guid(article)[:8]}{suffix}"

    def article_page(self, site: Site, article: Article, column: Column) -> str:
        """Print an article page."""
        files = f"<p>附件：{attached(article)}</p>" if article.attachment else ""
        opening = '<div class="mian-cont"><div class="ewb-article-content">'
        return printed_article(site, article, column.path, opening, f"{files}</div></div>")


def shell(site: Site, page: ListPage) -> str:
    """Print the page that names no row."""
    scripts = '<script src="/js/lib/jquery.min.js"></script><script src="/js/webBuilderCommon.js"></script>'
    return printed_list(site, page, '<div class="ewb-catalog-table"><table id="list"></table></div>', scripts=scripts)


def script() -> Answer:
    """Return the head of the site's common script."""
    info = json.dumps({"siteGuid": GUID, "projectName": PROJECT, "webVersion": "5.0", "vname": "/xzszf"})
    text = f"var siteInfo = {info}\nif (!window.webbuilder) {{\n    window.webbuilder = {{}};\n}}\n"
    return Answer(text.encode(), content_type="application/javascript")


def _rows(listed: Listed, column: Column, index: int, size: int) -> Answer:
    page = listed.page(column, index + 1, size)
    records = [
        {"title": row.title, "infourl": path_of(row), "infodate": f"{row.published:%Y-%m-%d}", "num": str(at)}
        for at, row in enumerate(page.rows)
    ]
    custom = {"data": records, "total": page.total, "pagecount": math.ceil(page.total / size)}
    told = json.dumps(custom, ensure_ascii=False) if column.style == TEXT else custom
    return Answer(
        json.dumps({"custom": told, "status": {"code": 1}}, ensure_ascii=False).encode(),
        content_type="application/json",
    )


def _guid(article: Article) -> str:
    return f"{article.number:08x}-0c2a-4f6e-9d11-{article.number * 2654435761 % 16**12:012x}"


FAMILY = Epoint()
