"""Guangdong's NFCMS (portals.md 1.3): index.html, index_2.html; a script sends telephones to mindex.html."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from crawler.samples.families import ordinary
from crawler.samples.families.family import Listed, Printer, SampleFamily
from crawler.samples.pages import Article, Column, ListPage
from crawler.samples.places import Site, Unit, city

MOBILE = "mobile"
"""The style of a column whose rows lead to the pages for telephones."""

_SITE = Site(
    "sample-jiangwan",
    "nfcms",
    "www.jiangwan.test",
    "佛山市人民政府门户网站（样本）",
    "utf-8",
    "utf-8",
    "4406000096",
    "粤ICP备00000004号",
    city("广东省", "佛山市", "440600", "440604 禅城区,440605 南海区,440606 顺德区,440607 三水区,440608 高明区"),
)


class Nfcms(SampleFamily):
    """NFCMS: pages counted from 1, `<base target>`, a script that sniffs user agents."""

    name = "nfcms"
    sites = (_SITE,)
    first_number = 9_430_000

    def columns(self, site: Site, units: Sequence[Unit]) -> tuple[Column, ...]:
        """Return the column of all bodies, and one of its own for the second."""
        main = Column("/zwgk/zfxxgknb/index.html", 1458, page_size=4)
        own = Column("/bmxxgk/ndbg/", 1459, unit=units[1].name, page_size=2, style=MOBILE) if len(units) > 1 else None
        return (main, own) if own else (main,)

    def list_pages(self, listed: Listed, column: Column) -> dict[str, Printer]:
        """Return index.html, which the folder shows too, and index_2.html for page two."""
        folder = _folder(column)
        pages: dict[str, Printer] = {folder: partial(_list, listed.site, listed.page(column, 1))}
        for n in range(1, listed.pages(column) + 1):
            pages[f"{folder}index{f'_{n}' if n > 1 else ''}.html"] = partial(_list, listed.site, listed.page(column, n))
        return pages

    def article_path(self, site: Site, column: Column, article: Article) -> str:
        """Return /FOLDER/content/post_ID.html."""
        return f"{_folder(column)}content/post_{article.number}.html"

    def attachment_path(self, site: Site, column: Column, article: Article, suffix: str) -> str:
        """Return /attachment/0/NNN/NNNNNN/ID.SUFFIX."""
        return f"/attachment/0/{article.number // 10_000}/{article.number // 10}/{article.number}{suffix}"

    def article_page(self, site: Site, article: Article, column: Column) -> str:
        """Print an article page in `.news_cont_d_wrap`."""
        head = f"\n{_sniffing(article.number)}<script>window.NFCMS_SITE_ID=2;window.NFCMS_POST_ID={article.number}</script>"
        return ordinary.article_document(site, article, column, '<div class="news_cont_d_wrap">', head)


def _folder(column: Column) -> str:
    return column.path.removesuffix("index.html")


def _sniffing(number: int | None = None) -> str:
    where = "mindex.html" if number is None else f"mpost_{number}.html"
    return (
        f'<base target="_blank"><script>(function(u){{if(u.indexOf("Android")>-1){{document.location.href="{where}"}}}})'
        "(window.navigator.userAgent)</script>"
    )


def _list(site: Site, page: ListPage) -> str:
    hrefs = [ordinary.path_of(row) for row in page.rows]
    if page.column.style == MOBILE:
        hrefs = [href.replace("/post_", "/mpost_") for href in hrefs]
    rows = "\n".join(ordinary.row(row, href) for row, href in zip(page.rows, hrefs, strict=True))

    def link(number: int, text: str, css: str) -> str:
        return (
            f'<a class="{css}" href="{_folder(page.column)}index{f"_{number}" if number > 1 else ""}.html">{text}</a>'
        )

    pager = link(1, "首页", "first")
    if page.number < page.pages:
        pager += link(page.number + 1, "下一页", "next") + link(page.pages, "尾页", "last")
    head = f'\n{_sniffing()}<script>window.NFCMS_SITE_ID=2;window.NFCMS_PUB_TYPE="page";window.NFCMS_PAGE_ID="1458"</script>'
    content = f'<ul class="news_list">\n{rows}\n</ul><div class="page">共{page.total}条 {pager}</div>'
    return ordinary.list_document(site, page.column, content, head)


FAMILY = Nfcms()
