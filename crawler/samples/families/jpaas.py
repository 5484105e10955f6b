"""Hanweb jpaas (portals.md 1.5): a unit of the page is built by a gateway, and paged by paramJson alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import partial
from typing import Final

from crawler.samples.families import ordinary
from crawler.samples.families.family import Asked, Listed, Printer, SampleFamily
from crawler.samples.pages import Answer, Article, Column, ListPage
from crawler.samples.places import Site, Unit, city

GATEWAY: Final = "/api-gateway/jpaas-publish-server/front/page/build/unit"
SHELL: Final = "shell"
"""The style of a column whose page holds no rows of its own."""

_SITE = Site(
    "sample-oujiang",
    "jpaas",
    "www.oujiang.test",
    "丽水市人民政府门户网站（样本）",
    "utf-8",
    "utf-8",
    "3311000093",
    "浙ICP备00000007号",
    city(
        "浙江省",
        "丽水市",
        "331100",
        "331102 莲都区,331121 青田县,331122 缙云县,331123 遂昌县,331124 松阳县,331125 云和县,331126 庆元县",
    ),
)


class Jpaas(SampleFamily):
    """jpaas: a bare pageNo is ignored, so that page one comes again."""

    name = "jpaas"
    sites = (_SITE,)
    first_number = 2_500_000
    validators = ()

    def columns(self, site: Site, units: Sequence[Unit]) -> tuple[Column, ...]:
        """Return the column of all bodies, and a shell for the second."""
        main = Column("/col/col1229216401/index.html", 1229216401, page_size=4)
        own = Column("/col/col1229216402/index.html", 1229216402, unit=units[1].name if len(units) > 1 else "")
        return (main, Column(own.path, own.number, own.unit, 2, SHELL)) if own.unit else (main,)

    def list_pages(self, listed: Listed, column: Column) -> dict[str, Printer]:
        """Return the column's page."""
        return {column.path: partial(_list, listed.site, listed.page(column, 1))}

    def answer(self, asked: Asked, listed: Listed) -> Answer | None:
        """Answer the gateway."""
        column = next((one for one in listed.columns if asked.fields.get("pageId") == str(one.number)), None)
        if asked.method != "GET" or asked.path != GATEWAY or column is None:
            return None
        wanted = json.loads(asked.fields.get("paramJson", "{}"))
        page = listed.page(column, int(wanted.get("pageNo", 1)))
        data = {"success": True, "code": "200", "data": {"html": _unit(page)}}
        return Answer(json.dumps(data).encode("ascii"), content_type="application/json;charset=UTF-8")

    def article_path(self, site: Site, column: Column, article: Article) -> str:
        """Return /art/Y/M/D/art_COLUMN_ID.html, or, with an odd number, the newer /col/colN/art/Y/art_<hex>.html."""
        day = article.published
        if article.number % 2:
            name = hashlib.md5(str(article.number).encode(), usedforsecurity=False).hexdigest()
            return f"{column.path.removesuffix('index.html')}art/{day.year}/art_{name}.html"
        return f"/art/{day.year}/{day.month}/{day.day}/art_{column.number}_{article.number}.html"

    def attachment_path(self, site: Site, column: Column, article: Article, suffix: str) -> str:
        """Return the address of the download module."""
        return f"/module/download/downfile.jsp?classid=0&filename={article.number:032x}{suffix}"

    def article_page(self, site: Site, article: Article, column: Column) -> str:
        """Print an article page in `.wzzw-article`."""
        return ordinary.article_document(site, article, column, '<div class="wzzw-article">')


def _list(site: Site, page: ListPage) -> str:
    query = (
        f"{{'webId':'3185','pageId':'{page.column.number}','parseType':'bulidstatic','pageType':'column',"
        "'tagId':'信息列表','tplSetId':'5bAF4kZ8'}"
    )
    inner = "" if page.column.style == SHELL else _unit(page)
    content = f'<div class="list" url="{GATEWAY}" queryData="{query}">{inner}</div>'
    return ordinary.list_document(site, page.column, content)


def _unit(page: ListPage) -> str:
    host = "//" + page.rows[0].url.split("/")[2] if page.rows else ""
    rows = "\n".join(ordinary.row(row, host + ordinary.path_of(row)) for row in page.rows)
    return f'<ul class="list-wz">{rows}</ul><div class="pagination" rows="{page.column.page_size}" count="{page.total}"></div>'


FAMILY = Jpaas()
