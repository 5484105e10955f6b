"""TRS on the Fujian platform, 动静结合 (portals.md 1.2): page one static, all pages by POST to a search."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from crawler.samples.families import ordinary, trs
from crawler.samples.families.family import Asked, Listed, Printer, SampleFamily
from crawler.samples.pages import Answer, Article, Column, ListPage, Row
from crawler.samples.places import Site, Unit, city

SEARCH: Final = "/fjdzapp/search"
SEARCH_ID: Final = "200210"
MOST_ROWS: Final = 5
"""Rows that this platform sends at once, whatever `prepage` asks for."""

_SITE = Site(
    "sample-jinjiang",
    "trs_fujian",
    "www.luoyang-river.test",
    "泉州市人民政府门户网站（样本）",
    "utf-8",
    "utf-8",
    "3505000094",
    "闽ICP备00000006号",
    city(
        "福建省",
        "泉州市",
        "350500",
        "350502 鲤城区,350503 丰泽区,350504 洛江区,350505 泉港区,350521 惠安县,350524 安溪县,350525 永春县",
    ),
)


class TrsFujian(SampleFamily):
    """The Fujian platform: an article's outbound link on the static page leads to a mirror."""

    name = "trs_fujian"
    sites = (_SITE,)
    first_number = 4_120_000

    def columns(self, site: Site, units: Sequence[Unit]) -> tuple[Column, ...]:
        """Return the column of all bodies, and one of its own for the second."""
        main = Column("/zfxxgkzl/zfxxgknb/", 1813, page_size=3)
        own = (Column("/bm/nb/", 1900, unit=units[1].name, page_size=10),) if len(units) > 1 else ()
        return (main, *own)

    def list_pages(self, listed: Listed, column: Column) -> dict[str, Printer]:
        """Return page one, the only static one (maxStaticIndex:1)."""
        page = partial(_list, listed.site, listed.page(column, 1))
        return {column.path: page, f"{column.path}index.htm": page}

    def answer(self, asked: Asked, listed: Listed) -> Answer | None:
        """Answer the search; it wants to be asked as the page's script asks."""
        if asked.method != "POST" or asked.path != SEARCH:
            return None
        fields = asked.fields
        if fields.get("channelid") != SEARCH_ID or asked.headers.get("x-requested-with") != "XMLHttpRequest":
            return Answer(b"{}", status=403, content_type="application/json")
        chosen = [c for c in listed.columns if fields.get("classsql") in (None, f"chnlid={c.number}")]
        rows = [(c, row) for c in chosen for row in listed.rows[c.path]]
        size, number = min(int(fields["prepage"]), MOST_ROWS), int(fields["page"])
        shown = [_record(column, row) for column, row in rows[(number - 1) * size : number * size]]
        stray = dict(
            _record(listed.columns[0], rows[0][1]),
            chnlid="77",
            docpuburl=f"http://{listed.site.host}/x/t20200101_7.htm",
        )
        data = {"pageCount": math.ceil(len(rows) / size), "data": [*shown, stray]}
        return Answer(json.dumps(data).encode("ascii"), content_type="application/json;charset=UTF-8")

    def article_path(self, site: Site, column: Column, article: Article) -> str:
        """Return ./YYYYMM/tYYYYMMDD_ID.htm below the column."""
        return f"{column.path}{article.published:%Y%m}/t{article.published:%Y%m%d}_{article.number}.htm"

    def attachment_path(self, site: Site, column: Column, article: Article, suffix: str) -> str:
        """Return the path of the file beside the article."""
        return trs.FAMILY.attachment_path(site, column, article, suffix)

    def article_page(self, site: Site, article: Article, column: Column) -> str:
        """Print an article page in the newer editor's container."""
        container = '<div class="trs_editor_view TRS_UEDITOR trs_paper_default trs_word">'
        return ordinary.article_document(site, article, column, container)


def _record(column: Column, row: Row) -> dict[str, Any]:
    return {
        "docpuburl": row.url,
        "chnldocurl": row.url,
        "doctitle": row.title.replace("年", "&#24180;", 1),
        "pubdate": f"{row.published:%Y-%m-%d} 10:20:00",
        "docreltime": f"{row.published:%Y/%m/%d} 10:20:00",
        "fileno": "",
        "docsourcename": "",
        "chnlid": str(column.number),
        "doctype": "20",
    }


def _list(site: Site, page: ListPage) -> str:
    column = page.column
    rows = "\n".join(
        f'<dl><dd><a href="{_href(site, column, row, at, page)}" title="{row.title}">{row.title}</a></dd>'
        f"<dd>{row.published:%Y-%m-%d}</dd></dl>"
        for at, row in enumerate(page.rows)
    )
    content = f"""<div class="gl_list">
{rows}
</div>
<script>
listModel({{quickMode:"动静结合", maxStaticIndex:1, listArgs:{{channelid: SiteInfo.searchId /*{SEARCH_ID}*/, classsql:"chnlid={column.number}",
sortfield:"-docorderpri,-docreltime"}}, pagebar:{{prepage:{column.page_size}, recordCount:'{page.total}', pgCountMode:"recordCount"}}}});
</script>"""
    head = f'\n<meta name="ChnlId" content="{column.number}"><meta name="SiteId" content="4">'
    return ordinary.list_document(site, column, content, head)


def _href(site: Site, column: Column, row: Row, at: int, page: ListPage) -> str:
    """Return a relative link; the second of a long list leads to the mirror, as links to other hosts do."""
    if at == 1 and page.pages > 1:
        return row.url.replace(site.host, f"{site.host.replace('.', '-')}.x1e49967083868.ipv6best.cn")
    return "./" + row.url.partition(column.path)[2]


FAMILY = TrsFujian()
