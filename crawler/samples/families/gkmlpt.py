"""Guangdong's disclosure catalogue, gkmlpt (portals.md 1.4): a tree in a script, a JSON API, bodies in a script."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from crawler.samples.families import ordinary
from crawler.samples.families.family import Asked, Listed, Printer, SampleFamily
from crawler.samples.pages import Answer, Article, Column, Row, footer, in_container, metas, site_metas, whole
from crawler.samples.places import Site, Unit, city

ALL_AT_ONCE = "all_at_once"
"""The style of a column (肇庆) that sends all rows on page one and answers 404 for any other."""
BY_YEAR = "by_year"
"""The style of a column whose node has one below it for each year, and lists their rows too."""
SHORT_TOTAL = "short_total"
"""The style of a column whose `total` stops short of its `post_count`."""

_CAP: Final = 2
_SIDS: Final = {"www.xijiang.test": "758001"}
_CHINA: Final = datetime.timezone(datetime.timedelta(hours=8))
_SITE = Site(
    "sample-xijiang",
    "gkmlpt",
    "www.xijiang.test",
    "肇庆市政府信息公开目录（样本）",
    "utf-8",
    "utf-8",
    "4412000095",
    "粤ICP备00000005号",
    city(
        "广东省",
        "肇庆市",
        "441200",
        "441202 端州区,441203 鼎湖区,441204 高要区,441223 广宁县,441224 怀集县,441225 封开县,441226 德庆县",
    ),
)


class Gkmlpt(SampleFamily):
    """gkmlpt: page 0 is page 1 again; titles with %uXXXX, dates in Unix time, plain HTTP."""

    name = "gkmlpt"
    sites = (_SITE,)
    first_number = 9_103_000
    validators = ()

    def columns(self, site: Site, units: Sequence[Unit]) -> tuple[Column, ...]:
        """Return the catalogue of all bodies, and those of departments, each with its own ways."""
        styles = (BY_YEAR, ALL_AT_ONCE, SHORT_TOTAL)
        own = [
            Column(f"/dept{at}/gkmlpt/index", 40 + at, unit=unit.name, page_size=2, style=style)
            for at, (unit, style) in enumerate(zip(units[1:], styles, strict=False), start=1)
        ]
        return (Column("/gkmlpt/index", 40, page_size=3), *own)

    def list_pages(self, listed: Listed, column: Column) -> dict[str, Printer]:
        """Return the index with its tree."""
        return {column.path: partial(_index, listed, column)}

    def answer(self, asked: Asked, listed: Listed) -> Answer | None:
        """Answer the API: a page of a node."""
        name = asked.path.removeprefix("/gkmlpt/api/all/")
        sid = _SIDS[listed.site.host]
        if asked.method != "GET" or not name.isdigit() or asked.fields.get("sid") != sid:
            return None
        found = _rows_of(listed, int(name))
        if found is None:
            return None
        column, rows = found
        number = max(int(asked.fields.get("page", "1")), 1)
        size = len(rows) if column.style == ALL_AT_ONCE else column.page_size
        if column.style == ALL_AT_ONCE and number > 1:
            return None
        total = min(len(rows), _CAP) if column.style == SHORT_TOTAL else len(rows)
        data = {
            "classify": {"id": int(name), "name": "政府信息公开年报", "post_count": len(rows)},
            "total": total,
            "articles": [_record(row) for row in rows[(number - 1) * size : number * size]],
        }
        return Answer(json.dumps(data).encode("ascii"), content_type="application/json")

    def article_path(self, site: Site, column: Column, article: Article) -> str:
        """Return /gkmlpt/content/MILLIONS/THOUSANDS/post_ID.html."""
        number = article.number
        return f"{_root(column)}content/{number // 1_000_000}/{number // 1000}/post_{number}.html"

    def attachment_path(self, site: Site, column: Column, article: Article, suffix: str) -> str:
        """Return /attachment/0/NN/NNNNN/ID.SUFFIX."""
        return f"/attachment/0/{article.number // 100_000}/{article.number // 100}/{article.number}{suffix}"

    def article_page(self, site: Site, article: Article, column: Column) -> str:
        """Print an article page: the body stands in `_CONFIG.DETAIL.content` alone."""
        body = in_container(article.body, article, ordinary.NAME) + ordinary.attached(
            article, ' class="nfw-cms-attachment"'
        )
        detail = {
            "id": article.number,
            "title": article.title,
            "publisher": article.unit,
            "display_publish_time": f"{article.published:%Y-%m-%d}",
            "document_number": "",
            "identifier": f"{site.site_code}/{article.published.year}-{article.number}",
            "classify_main_name": "政府信息公开年报",
            "content": body,
        }
        script = json.dumps(detail).replace("<", "\\u003C").replace(">", "\\u003E")
        head = f'<meta charset="{site.charset}">\n<title>{article.title}</title>\n{metas(site_metas(site))}'
        content = f"""<div class="header"><a href="/">{site.name}</a></div><div id="app">正在加载……</div>
<script>window._CONFIG = {{SID:'{_SIDS[site.host]}', SERVICE_AREA_ID:'12', DETAIL: {script}, VISITS: {article.visits}}};</script>
<script src="/gkmlpt/static/js/app.js"></script>{footer(site)}"""
        return whole(head, content, article.quirks)


def _root(column: Column) -> str:
    return column.path.removesuffix("index")


def _years(listed: Listed, column: Column) -> list[int]:
    return sorted({row.published.year for row in listed.rows[column.path]}, reverse=True)


def _index(listed: Listed, column: Column) -> str:
    def node(number: int, name: str, count: int, children: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        return {
            "id": number,
            "name": name,
            "parent": 1,
            "jump_url": "",
            "children": children or [],
            "post_count": count,
        }

    rows = listed.rows[column.path]
    years = _years(listed, column) if column.style == BY_YEAR else []
    below = [node(column.number * 10_000 + year, f"{year}年", 1) for year in years]
    tree = [
        node(11, "政府信息公开指南", 1),
        node(12, "法定主动公开内容", 300, [node(13, "财政预决算", 40)]),
        node(column.number, "政府信息公开年报", len(rows), below),
    ]
    site = listed.site
    head = f'<meta charset="{site.charset}">\n<title>{site.name}</title>\n{metas(site_metas(site))}'
    content = f"""<div class="header"><a href="/">{site.name}</a></div><div id="app">正在加载……</div>
<script>window._CONFIG = {{SID:'{_SIDS[site.host]}', SERVICE_AREA_ID:'12', TREE:{json.dumps(tree)}, THEME:'blue'}};</script>
<script src="/gkmlpt/static/js/app.js"></script>{footer(site)}"""
    return whole(head, content)


def _rows_of(listed: Listed, node: int) -> tuple[Column, tuple[Row, ...]] | None:
    """Return the rows of a node, which is a column's or, as COLUMN * 10000 + YEAR, that of a year of it."""
    for column in listed.columns:
        rows = listed.rows[column.path]
        if node == column.number:
            return column, rows
        if column.style == BY_YEAR and node // 10_000 == column.number:
            return column, tuple(row for row in rows if row.published.year == node % 10_000)
    return None


def _record(row: Row) -> dict[str, Any]:
    moment = datetime.datetime.combine(row.published, datetime.time(0, 30), _CHINA)
    title = row.title
    if int(moment.timestamp()) % 2 == 0:  # some titles were escaped once too often
        title = "".join(f"%u{ord(sign):04X}" if ord(sign) > 255 else sign for sign in title)
    return {
        "id": int(row.url.rpartition("_")[2].partition(".")[0]) if "post_" in row.url else 1,
        "title": title,
        "url": row.url,
        "post_url": ordinary.path_of(row),
        "date": int(moment.timestamp()),
        "display_publish_time": f"{row.published:%Y-%m-%d}",
        "classify_main_name": "政府信息公开年报",
        "attachment": [],
        "is_expired": False,
        "is_abolished": False,
    }


FAMILY = Gkmlpt()
