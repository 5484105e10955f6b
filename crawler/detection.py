"""What pages say of a portal's report columns: pure functions of bytes and addresses.

Guarantees: a page is taken for a report column on evidence that is written down (its ColumnType, the titles
it lists), never on the words of a link alone; a place is taken from the site's own name, and the number of
the registration code (SiteIDCode) only chooses among the places of that name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from crawler.families import FAMILIES, Page, detect
from crawler.families.listing import REPORT_TITLE, absolute, decode, soup_of
from parsers.places import Place, all_places, leading_places, lineage

_COLUMN_NAME = re.compile(r"^(?P<unit>.*?)(?:政府)?信息公开(?:工作)?(?:年报|年度报告|年度工作报告)$")
_SHORT_NAME = re.compile(r"^(?:政务|公开)?(?:年报|年度报告)$")
"""What the links to report columns say; 年报 alone may be another report's, so it comes after the full names."""
_COLUMN_TYPE = re.compile(r"信息公开(?:工作)?年度?报告?$")
"""ColumnType is to be 信息公开年报 (国办发〔2017〕47号); 平潭 writes 政府信息公开年报."""
_HUB = re.compile(r"^(?:政府信息公开|信息公开|政务公开)(?:专栏|专题|平台|目录)?$")
_BODY = re.compile(
    r"^(?!.*(?:年报|报告|公开|指南|制度))[\u4e00-\u9fff（）()]{2,28}"
    r"(?:局|委|委员会|办公室|政府办|人民政府|厅|院|中心|街道|街道办事处|办事处|镇|乡|管委会|支队|大队|总队)$"
)
_NO_BODY = frozenset({"个人中心", "用户中心", "会员中心", "新闻中心", "互动中心", "数据中心", "服务中心", "帮助中心"})
_YEAR = re.compile(r"(?:19|20)\d\d")
_SITE_TAIL = re.compile(r"(?:政府)?(?:门户)?网站?(?:（样本）)?$")

# How addresses of column and article pages look, by family (portals.md 1). The CMS is inferred from these alone.
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("gkmlpt", re.compile(r"/gkmlpt/")),
    ("jcms", re.compile(r"/col/col\d+/|/module/xxgk/|/art_\d+_\d+\.html$")),
    ("longxun", re.compile(r"/public/column/\d+")),
    ("epoint", re.compile(r"/\w*govInfoPub\w*\.html")),
    ("ilist", re.compile(r"/iList\.jsp\?|/InfoPublic\.aspx\?|/\w*nb/\d+\.html$")),
    ("nfcms", re.compile(r"/content/m?post_\d+\.html$")),
    ("ucap", re.compile(r"/\w*list\w*\.shtml$")),
    ("trs", re.compile(r"/t\d{8}_\d+\.s?html?$")),
    ("vsb", re.compile(r"/info/\d+/\d+\.htm$|/\w+\.htm$")),
    ("trs", re.compile(r"/$")),
)


@dataclass(frozen=True, slots=True)
class Link:
    """A link that may lead to a report column, or, as a `hub`, to a page that links one.

    `unit` is the body that it names ("" for none).
    """

    url: str
    text: str
    unit: str = ""
    hub: bool = False


@dataclass(frozen=True, slots=True)
class ColumnReading:
    """What a page shows of being a report column: its ColumnType, its rows, those titled as annual reports."""

    family: str | None
    column_type: str
    rows: int
    reports: int

    def is_column(self, *, named: bool) -> bool:
        """Tell whether the page lists annual reports: half of its rows, or one where its type or its link says so.

        Columns list other things too: of the ten rows of a real one (鄂尔多斯恩格贝, 2020) six are no reports.
        """
        return self.reports > 0 and (named or bool(self.column_type) or 2 * self.reports >= self.rows)


@dataclass(frozen=True, slots=True)
class SiteReading:
    """What a page says of its site: name, place (None where the name gives none or several), and why not."""

    name: str
    place: Place | None
    candidates: tuple[Place, ...]


def read_column(page: Page, family: str | None = None) -> ColumnReading:
    """Read a page as a report column by the family that it shows, or what fills the list of `family` by that."""
    declared = "" if family else _meta(soup_of(decode(page)), "ColumnType")
    family = family or detect(page)
    if family:
        titles = [entry.title for entry in FAMILIES[family].read_list(page).entries]
    else:
        titles = [text for _, text in _links(page) if _YEAR.search(text) and REPORT_TITLE.search(text)]
    reports = sum(bool(REPORT_TITLE.search(title)) for title in titles)
    return ColumnReading(family, declared if _COLUMN_TYPE.search(declared) else "", len(titles), reports)


def read_site(page: Page) -> SiteReading:
    """Read the site's name and place, from SiteName or else from the page's title."""
    soup = soup_of(decode(page))
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    name = _meta(soup, "SiteName") or re.split(r"[-_|—]", title)[-1].strip()
    candidates, _ = leading_places(_SITE_TAIL.sub("", name.removeprefix("中国·").removeprefix("中国")))
    if len(candidates) > 1:
        number = _meta(soup, "SiteIDCode")[:6]
        chosen = tuple(place for place in candidates if number in lineage(place.code))
        candidates = chosen or candidates
    return SiteReading(name, candidates[0] if len(candidates) == 1 else None, candidates)


def column_links(page: Page) -> tuple[Link, ...]:
    """Return the links that may lead to report columns, the surest first; hubs last."""
    ranked: list[tuple[int, Link]] = []
    for url, text in _links(page):
        named = _COLUMN_NAME.match(text)
        if named and not _YEAR.search(text) and len(text) <= 40:
            ranked.append((0 if "政府信息公开" in text else 1, Link(url, text, unit=named["unit"])))
        elif _SHORT_NAME.match(text):
            ranked.append((2, Link(url, text)))
        elif _HUB.match(text):
            ranked.append((3, Link(url, text, hub=True)))
    by_url: dict[str, Link] = {}
    for _, link in sorted(ranked, key=lambda pair: pair[0]):
        by_url.setdefault(link.url, link)
    return tuple(by_url.values())


def unit_links(page: Page) -> tuple[Link, ...]:
    """Return the links of a report column that are named after bodies and may lead to these bodies' own columns.

    Those to other hosts are the bodies' own sites, which every page of a portal lists.
    """
    host = urlsplit(page.url).hostname
    found: dict[str, Link] = {}
    for url, text in _links(page):
        parts = urlsplit(url)
        if _BODY.match(text) and text not in _NO_BODY and parts.hostname == host and parts.path not in ("", "/"):
            found.setdefault(url, Link(url, text, unit=text))
    return tuple(found.values())


def family_by_shape(url: str) -> str | None:
    """Return the family that an address looks like, or None; inferred, never seen."""
    parts = urlsplit(url)
    shown = parts.path + (f"?{parts.query}" if parts.query else "")
    for family, shape in _SHAPES:
        if shape.search(shown):
            return family
    return None


def domain_of(host: str) -> str:
    """Return the domain under which a government's hosts stand: pds.gov.cn for www.pds.gov.cn; else the host itself."""
    labels = host.split(".")
    return ".".join(labels[-3:]) if host.endswith(".gov.cn") and len(labels) > 2 else host


def slug_of(province: str, host: str) -> str:
    """Return a slug for a portal: its province's folder and what is its own in its host."""
    own = host.removesuffix(".gov.cn").removesuffix(".cn").removesuffix(".test").removeprefix("www.")
    return f"{province}-{re.sub('[^a-z0-9]+', '-', own).strip('-')}"


def full_name_of(place: Place) -> str:
    """Return the place's code and full name for messages."""
    return f"{place.code} {all_places()[place.code].full_name}"


def _links(page: Page) -> list[tuple[str, str]]:
    """Return (address, words) of the page's links; the title attribute counts where the text is empty."""
    found = []
    for anchor in soup_of(decode(page)).find_all("a", href=True):
        url = absolute(page.url, str(anchor["href"]))
        text = "".join(anchor.get_text().split()) or "".join(str(anchor.get("title") or "").split())
        if url is not None and text:
            found.append((url, text))
    return found


def _meta(soup: BeautifulSoup, name: str) -> str:
    """Return the content of the first meta tag of this name that has one, or ""."""
    for tag in soup.find_all("meta", attrs={"name": re.compile(f"^{name}$", re.IGNORECASE)}):
        content = str(tag.get("content") or "").strip()
        if content:
            return content
    return ""
