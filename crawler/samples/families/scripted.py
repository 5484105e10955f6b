"""A portal whose list is an empty frame: a script asks for a JSON file and writes the rows, the total and the next page's link.

Without a browser no row, no total and no further page is to be seen; the articles are ordinary pages.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Final

from crawler.samples.families.family import Listed, Printer, SampleFamily
from crawler.samples.families.plain import attached, path_of, printed_article, printed_list
from crawler.samples.pages import Answer, Article, Column, ListPage
from crawler.samples.places import Site, Unit, city

SCRIPT: Final = "/static/nb.js"
_CODE: Final = """
(function () {
  var number = Number(new URLSearchParams(location.search).get('page') || 1);
  var request = new XMLHttpRequest();
  request.onload = function () {
    var data = JSON.parse(request.responseText), list = document.getElementById('list');
    data.rows.forEach(function (row) {
      var item = list.appendChild(document.createElement('li')), link = item.appendChild(document.createElement('a'));
      link.href = row.url; link.title = link.textContent = row.title;
      item.appendChild(document.createElement('span')).textContent = row.date;
    });
    var pager = document.getElementById('pager');
    pager.textContent = '共' + data.total + '条记录 ';
    if (number < data.pages) {
      var next = pager.appendChild(document.createElement('a'));
      next.href = location.pathname + '?page=' + (number + 1); next.textContent = '下一页';
    }
  };
  request.open('GET', location.pathname.replace('.html', '') + '_' + number + '.json');
  request.send();
})();
"""


class Scripted(SampleFamily):
    """A portal that only a browser can read."""

    name = "scripted"
    declared_as = "generic"
    browser = True
    sites = (
        Site(
            "sample-chaohu",
            "scripted",
            "www.chaohu.test",
            "合肥市人民政府门户网站（样本）",
            "gb18030",
            "gb2312",
            "3401000088",
            "皖ICP备00000016号",
            city("安徽省", "合肥市", "340100", "340102 瑶海区,340181 巢湖市,340121 长丰县"),
        ),
    )
    first_number = 3_100_000

    def columns(self, site: Site, units: Sequence[Unit]) -> tuple[Column, ...]:
        """Return the one column."""
        return (Column("/zwgk/nb.html", 1, page_size=4),)

    def list_pages(self, listed: Listed, column: Column) -> dict[str, Printer]:
        """Return the frame for every page, the script, and the data that it asks for."""
        frame = partial(_frame, listed.site, column)
        pages: dict[str, Printer] = {
            column.path: frame,
            SCRIPT: partial(Answer, _CODE.encode(), content_type="text/javascript;charset=utf-8"),
        }
        for number in range(1, listed.pages(column) + 1):
            pages[f"{column.path}?page={number}"] = frame
            pages[f"{column.path.removesuffix('.html')}_{number}.json"] = partial(_data, listed.page(column, number))
        return pages

    def article_path(self, site: Site, column: Column, article: Article) -> str:
        """Return a path of no known form."""
        return f"/zwgk/nb/{article.published:%Y%m}/{article.number}.html"

    def attachment_path(self, site: Site, column: Column, article: Article, suffix: str) -> str:
        """Return the path of the uploaded file."""
        return f"/uploads/{article.published:%Y%m}/{article.number}{suffix}"

    def article_page(self, site: Site, article: Article, column: Column) -> str:
        """Print an article page."""
        files = f"<p>附件：{attached(article)}</p>" if article.attachment else ""
        return printed_article(site, article, column.path, '<div id="content" class="content">', f"{files}</div>")


def _frame(site: Site, column: Column) -> str:
    content = f'<ul id="list"></ul><div id="pager"></div><img src="/static/banner.png"><script src="{SCRIPT}"></script>'
    return printed_list(site, ListPage(column, (), 1, 1), content)


def _data(page: ListPage) -> Answer:
    rows = [{"url": path_of(row), "title": row.title, "date": row.published.isoformat()} for row in page.rows]
    text = json.dumps({"total": page.total, "pages": page.pages, "rows": rows}, ensure_ascii=False)
    return Answer(text.encode(), content_type="application/json")


FAMILY = Scripted()
