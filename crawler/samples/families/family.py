"""What the module of a sample family owes its portals: how its lists, addresses and answers look.

A family is written from portals.md section 1 and knows nothing of the crawler's family of that name. It says
where lists stand and what pages print; what stands on which day, and how a page is sent, is the portal's.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from crawler.samples.pages import Answer, Article, Column, ListPage, Row, missing
from crawler.samples.places import Site, Unit

Printer = Callable[[], str | Answer]
"""Makes a page when it is asked for: text, which the portal sends as HTML in its charset, or a whole answer."""

JIASULE: Final = Answer(
    b"<script>document.cookie=('_')+('_')+('jsl_clearance_s=')+(1)+('|-1|')+('sample')+(';Max-age=3600;path=/');"
    b"location.href=location.pathname+location.search</script>",
    status=521,
    headers=(("Set-Cookie", "__jsluid_s=0123456789abcdef; path=/; HttpOnly"),),
)
"""The challenge of 加速乐 (portals.md 1.10); like all of them it wants a browser that runs scripts."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its path, the fields of its query and its form together, its headers by small name, its JSON."""

    method: str
    path: str
    fields: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None


@dataclass(frozen=True, slots=True)
class Listed:
    """What a portal lists in one of its states: each column's rows, newest first, by the column's path."""

    site: Site
    columns: tuple[Column, ...]
    rows: Mapping[str, tuple[Row, ...]]

    def pages(self, column: Column, size: int | None = None) -> int:
        """Return how many pages of `size` rows (the column's own size where None) the list has; at least 1."""
        return max(1, math.ceil(len(self.rows[column.path]) / (size or column.page_size)))

    def page(self, column: Column, number: int, size: int | None = None) -> ListPage:
        """Return the page with this number from 1, with the list's true totals; past the end it has no rows."""
        size = size or column.page_size
        rows = self.rows[column.path]
        shown = rows[(number - 1) * size : number * size]
        return ListPage(column, shown, number, self.pages(column, size), len(rows))


class SampleFamily(ABC):
    """One CMS as the sample portals play it."""

    name: ClassVar[str]
    sites: ClassVar[tuple[Site, ...]] = ()
    """Portals made on demand (World.of_families) beside those of the demo."""
    declared_as: ClassVar[str] = ""
    """The family that declarations name, where it is not this one's own name."""
    browser: ClassVar[bool] = False
    """Whether lists show their rows in a browser alone."""
    first_number: ClassVar[int] = 10_000
    """What the identifiers of the CMS count on from."""
    validators: ClassVar[tuple[str, ...]] = ("ETag", "Last-Modified")
    """The headers by which its server answers conditional requests."""
    names_charset: ClassVar[bool] = True
    """Whether its server names the charset in Content-Type."""
    robots: ClassVar[str] = "User-agent: *\nDisallow:\n"
    challenge: ClassVar[Answer] = JIASULE

    @abstractmethod
    def columns(self, site: Site, units: Sequence[Unit]) -> tuple[Column, ...]:
        """Return the report columns; reports of a body without one of its own stand in the first."""

    @abstractmethod
    def list_pages(self, listed: Listed, column: Column) -> Mapping[str, Printer]:
        """Return what the list answers, by address on the host (a query included): its GET pages."""

    def declared(self, listed: Listed) -> tuple[tuple[str, str], ...]:
        """Return what the portal's declaration names: addresses with the body they belong to ("" for many)."""
        return tuple((f"http://{listed.site.host}{column.path}", column.unit) for column in listed.columns)

    def refuse(self, asked: Asked) -> Answer | None:
        """Answer a request that is not let through to what stands at its address; None where all are."""
        return None

    def answer(self, asked: Asked, listed: Listed) -> Answer | None:
        """Answer what no page stands at (an API, a POST, a page past the end); None where there is nothing (404)."""
        return None

    @abstractmethod
    def article_path(self, site: Site, column: Column, article: Article) -> str:
        """Return the path of an article in a column."""

    @abstractmethod
    def attachment_path(self, site: Site, column: Column, article: Article, suffix: str) -> str:
        """Return the address on the host of the file attached to an article; `suffix` begins with its dot."""

    @abstractmethod
    def article_page(self, site: Site, article: Article, column: Column) -> str:
        """Print an article page."""

    def removed(self, site: Site, columns: tuple[Column, ...]) -> str:
        """Print what stands, with status 200, in place of a removed document."""
        return missing(site)
