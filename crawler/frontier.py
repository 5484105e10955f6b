"""What a page leads to: pure functions from what came to what is to be asked next.

Guarantees: all that is known of a half-read list travels in the context of its next page, so that a crawl
that was killed goes on with it; a list is `complete` only where the source's own total of rows, or else of
pages, was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from archive.store import FrontierItem, Listing, digest
from crawler.declarations import Column, Portal
from crawler.families import Entry, Family, Page
from crawler.families.listing import unique

MAX_PAGES = 500
"""Longest list read to its end; report columns have under a hundred pages, so more is a paging trap."""

Completeness = Literal["complete", "partial", "unknown"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one list page led to: new requests, and the listing once the list has come to its end."""

    found: tuple[FrontierItem, ...]
    listing: Listing | None


def column_item(portal: Portal, column: Column) -> FrontierItem:
    """Return the request for the first page of a column."""
    context = {"column": column.url, "unit": column.unit, "page": 1, "form": [], "entries": [], "total": None}
    return _item("list", portal.slug, column.url, context)


def article_item(item: FrontierItem, entry: Entry) -> FrontierItem:
    """Return the request for an entry of the list page `item`."""
    context = {
        "column": item.context["column"],
        "unit": item.context["unit"],
        "title": entry.title,
        "published": entry.published,
    }
    return _item("report", item.portal, entry.url, context)


def attachment_item(item: FrontierItem, url: str) -> FrontierItem:
    """Return the request for a file attached to the article `item`."""
    return _item("attachment", item.portal, url, {**item.context, "article": item.url})


def told_of(item: FrontierItem) -> dict[str, Any]:
    """Return the part of an item's context that a capture keeps: not the rows of a half-read list."""
    return {key: value for key, value in item.context.items() if key != "entries" and value not in ([], None, "")}


def page_of(item: FrontierItem, url: str, body: bytes, content_type: str) -> Page:
    """Return the list page that `item` asked for, as it came from `url`."""
    return Page(
        url=url,
        body=body,
        column=item.context["column"],
        number=item.context["page"],
        content_type=content_type,
        form=tuple((name, value) for name, value in item.context["form"]),
    )


def read_list(item: FrontierItem, page: Page, family: Family, now: datetime) -> Reading:
    """Read a list page: request its new entries and the next page, or close the list."""
    read = family.read_list(page)
    known = _entries(item)
    known_urls = {entry.url for entry in known}
    fresh = tuple(entry for entry in read.entries if entry.url not in known_urls)
    entries = unique((*known, *fresh))
    first_total = item.context["total"]
    total = read.total if first_total is None else first_total
    found = [article_item(item, entry) for entry in fresh]
    state = FrontierItem(item.key, item.kind, item.portal, item.url, _state(item, entries, total))

    problem: str | None = None
    if page.number > 1 and not read.entries:
        problem = f"page {page.number} has no rows"
    elif page.number > 1 and not fresh:
        problem = f"page {page.number} repeats rows that were listed before"
    elif first_total is not None and read.total is not None and read.total != first_total:
        problem = f"the list's own total changed from {first_total} to {read.total} while it was read"
    elif read.next is not None and read.next.number > MAX_PAGES:
        problem = f"the list has more than {MAX_PAGES} pages"
    if problem is None and read.next is not None:
        context = {**state.context, "page": read.next.number, "form": [list(pair) for pair in read.next.form]}
        following = _item("list", item.portal, read.next.url, context)
        return Reading((following, *found), None)
    completeness, reason = _completeness(len(entries), total, read.pages, problem)
    return Reading(tuple(found), listing_of(state, now, completeness, reason))


def listing_of(item: FrontierItem, now: datetime, completeness: Completeness, reason: str | None) -> Listing:
    """Return the listing with all that was found up to the list page `item`."""
    return Listing(
        portal=item.portal,
        url=item.context["column"],
        listed_at=now,
        completeness=completeness,
        reason=reason,
        declared_total=item.context["total"],
        entries=tuple((entry.url, entry.title, entry.published) for entry in _entries(item)),
    )


def _completeness(
    found: int, total: int | None, pages: int | None, problem: str | None
) -> tuple[Completeness, str | None]:
    if problem is not None:
        return "partial", problem
    if total is not None and total != found:
        return "partial", f"the list states {total} rows, {found} were found"
    if total is None and pages is None:
        return "unknown", "the list states no total" if found else "no rows were recognised"
    if found == 0 and total is None:
        return "unknown", "no rows were recognised"
    return "complete", None


def _entries(item: FrontierItem) -> tuple[Entry, ...]:
    return tuple(Entry(url, title, published) for url, title, published in item.context["entries"])


def _state(item: FrontierItem, entries: tuple[Entry, ...], total: int | None) -> dict[str, Any]:
    rows = [[entry.url, entry.title, entry.published] for entry in entries]
    return {**item.context, "entries": rows, "total": total}


def _item(
    kind: Literal["list", "report", "attachment"], portal: str, url: str, context: dict[str, Any]
) -> FrontierItem:
    # two columns of one JCMS site ask the same address with different forms
    form = context.get("form", [])
    return FrontierItem(digest(kind, url, *(f"{name}={value}" for name, value in form)), kind, portal, url, context)
