"""A portal without lists: its declaration names each report, a page or a bare file, by its own address."""

from __future__ import annotations

from collections.abc import Sequence

from crawler.samples.families.family import Listed, Printer, SampleFamily
from crawler.samples.families.plain import attached, printed_article
from crawler.samples.pages import Article, Column
from crawler.samples.places import Site, Unit, city


class Single(SampleFamily):
    """Documents that stand alone."""

    name = "single"
    sites = (
        Site(
            "sample-maiji",
            "single",
            "www.maiji.test",
            "天水市人民政府门户网站（样本）",
            "utf-8",
            "utf-8",
            "6205000088",
            "陇ICP备00000012号",
            city("甘肃省", "天水市", "620500", "620502 秦州区,620503 麦积区,620522 秦安县"),
        ),
    )
    first_number = 500
    validators = ("Last-Modified",)

    def columns(self, site: Site, units: Sequence[Unit]) -> tuple[Column, ...]:
        """Return one column for each body, which stands at no address."""
        return tuple(Column(f"/{number}/", number, unit=unit.name) for number, unit in enumerate(units, start=1))

    def declared(self, listed: Listed) -> tuple[tuple[str, str], ...]:
        """Return the address of each report."""
        return tuple((row.url, column.unit) for column in listed.columns for row in listed.rows[column.path])

    def list_pages(self, listed: Listed, column: Column) -> dict[str, Printer]:
        """Return nothing."""
        return {}

    def article_path(self, site: Site, column: Column, article: Article) -> str:
        """Return a path like that of a hand-made page."""
        return f"/nb/{column.number}/{article.published:%Y}/ndbg.html"

    def attachment_path(self, site: Site, column: Column, article: Article, suffix: str) -> str:
        """Return the path of a file beside it."""
        return f"/nb/{column.number}/{article.published:%Y}/ndbg{suffix}"

    def article_page(self, site: Site, article: Article, column: Column) -> str:
        """Print an article page."""
        files = f"<p>附件：{attached(article)}</p>" if article.attachment else ""
        return printed_article(site, article, column.path, '<div id="zoom">', f"{files}</div>")


FAMILY = Single()
