"""truecms (南通; portals.md 1.5): records as XML inside JSONP; 404 without a Referer."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import partial
from typing import Final

from crawler.samples.families import jcms, ordinary
from crawler.samples.families.family import Asked, Listed, Printer, SampleFamily
from crawler.samples.pages import Answer, Article, Column, ListPage
from crawler.samples.places import Site, Unit, city

MESSAGES: Final = "/truecms/messageController/getMessage.do"
_SITE = Site(
    "sample-haohe",
    "truecms",
    "www.haohe.test",
    "南通市人民政府门户网站（样本）",
    "utf-8",
    "utf-8",
    "3206000092",
    "苏ICP备00000008号",
    city("江苏省", "南通市", "320600", "320613 崇川区,320614 海门区,320623 如东县,320681 启东市,320682 如皋市"),
)


class Truecms(SampleFamily):
    """truecms: more records at once than the page asks for are answered with nothing."""

    name = "truecms"
    sites = (_SITE,)
    first_number = 610_000
    validators = ()

    def columns(self, site: Site, units: Sequence[Unit]) -> tuple[Column, ...]:
        """Return the one column of all bodies."""
        return (Column("/ntsrmzf/ndbg/ndbg.html", 5023, page_size=4),)

    def list_pages(self, listed: Listed, column: Column) -> dict[str, Printer]:
        """Return the column's page, which has no rows."""
        return {column.path: partial(_list, listed.site, column)}

    def answer(self, asked: Asked, listed: Listed) -> Answer | None:
        """Answer for records `startrecord` to `endrecord`."""
        fields = asked.fields
        column = next((one for one in listed.columns if fields.get("columnId") == str(one.number)), None)
        if asked.method != "GET" or asked.path != MESSAGES or column is None or "referer" not in asked.headers:
            return None
        if int(fields["perpage"]) > column.page_size:
            return Answer(b"", content_type="text/javascript")
        first, rows = int(fields["startrecord"]), listed.rows[column.path]
        shown = rows[first - 1 : int(fields["endrecord"])]
        page = ListPage(column, shown, 1, math.ceil(len(rows) / column.page_size), len(rows))
        result = json.dumps({"result": jcms.datastore(page)}, ensure_ascii=False)
        return Answer(f"{fields['callback']}({result})".encode(), content_type="text/javascript;charset=utf-8")

    def article_path(self, site: Site, column: Column, article: Article) -> str:
        """Return /art/Y/M/D/art_COLUMN_ID.html."""
        return jcms.FAMILY.article_path(site, column, article)

    def attachment_path(self, site: Site, column: Column, article: Article, suffix: str) -> str:
        """Return the path of an uploaded file."""
        return f"/ntsrmzf/upload/{article.number}{suffix}"

    def article_page(self, site: Site, article: Article, column: Column) -> str:
        """Print an article page in `#zoom`."""
        return ordinary.article_document(site, article, column, '<div id="zoom">')


def _list(site: Site, column: Column) -> str:
    content = f"""<div id="list"></div><script>
$.ajax({{url:"{MESSAGES}?startrecord=1&endrecord={column.page_size}&perpage={column.page_size}&columnId={column.number}&callback=cb",
dataType:"jsonp", success:function(data){{show(data.result)}}}});
</script>"""
    return ordinary.list_document(site, column, content)


FAMILY = Truecms()
