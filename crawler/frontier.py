"""What a page leads to: pure functions from what came to what is to be asked next.

Guarantees: all that is known of a half-read column travels in the context of its next page, so that a crawl
that was killed goes on with it; the lists that a column names are read one after the other; a column is
`complete` only where the source's own total of rows, or else of pages, was found in each of its lists; of totals
that contradict each other the largest counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from archive.captures import Capture, Completeness, Listing
from archive.crawls.reasons import Reason, load_reason, reason, reason_of_capture
from archive.crawls.runs import FrontierItem
from archive.keys import digest
from crawler.declarations import Column, Portal
from crawler.families import Entry, Family, ListPage, Page, PageRequest
from crawler.families.listing import unique

MAX_PAGES = 500
"""Longest list read to its end; report columns have under a hundred pages, so more is a paging trap."""

_Verdict = tuple[Completeness, Reason | None]
_WORSE: tuple[Completeness, ...] = ("complete", "unknown", "partial")
_NO_ROWS: _Verdict = ("unknown", reason("list_no_rows"))

# A column's context: `column` its declared address; `lists` further lists to read; `listed` and `read` what the lists
# before came to (rows; completeness, reason, total); `list`, `entries`, `total` and `pages` of the list that is being read;
# `asked` the keys of the pages asked for.
_STATE = frozenset({"lists", "listed", "read", "list", "entries", "total", "pages", "asked"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What one list page led to: new requests, and the listing once the list has come to its end."""

    found: tuple[FrontierItem, ...]
    listing: Listing | None


def column_item(portal: Portal, column: Column) -> FrontierItem:
    """Return the request for the first page of a column."""
    return _page_item(portal.slug, _context(column), PageRequest(column.url, 1))


def document_item(portal: Portal, column: Column) -> FrontierItem:
    """Return the request for a column that is itself the one document: a list of one row, which no page needs to name."""
    context = {**_context(column), "entries": [[column.url, "", None]], "total": 1}
    return _item("report", portal.slug, column.url, context)


def _context(column: Column) -> dict[str, Any]:
    return {
        "column": column.url,
        "unit": column.unit,
        "list": column.url,
        "entries": [],
        "total": None,
        "pages": None,
        "lists": [],
        "listed": [],
        "read": [],
        "asked": [],
    }


def article_item(item: FrontierItem, entry: Entry, kind: Literal["report", "replay"] = "report") -> FrontierItem:
    """Return the request for an entry of the list page `item`."""
    context = {
        "column": item.context["column"],
        "unit": item.context["unit"],
        "title": entry.title,
        "published": entry.published,
    }
    return _item(kind, item.portal, entry.url, context)


def attachment_item(item: FrontierItem, url: str) -> FrontierItem:
    """Return the request for a file attached to the article `item`."""
    return _item("attachment", item.portal, url, {**told_of(item), "article": item.url})


def told_of(item: FrontierItem) -> dict[str, Any]:
    """Return the part of an item's context that a capture keeps: not the state of a half-read column."""
    return {key: value for key, value in item.context.items() if key not in _STATE and value not in ([], None, "")}


def is_listed(item: FrontierItem) -> bool:
    """Tell whether a listing comes of the item: a page of a list, or a column that is one document."""
    return "entries" in item.context


def referer_of(item: FrontierItem) -> str | None:
    """Return the page that leads to `item`, if on its host: some give files and fragments to nobody else (portals.md 1.7)."""
    source = item.context.get("article") or (item.context["column"] if item.kind == "list" else None)
    if source is None or source == item.url or urlsplit(source)[:2] != urlsplit(item.url)[:2]:
        return None
    return str(source)


def page_of(item: FrontierItem, url: str, body: bytes, content_type: str) -> Page:
    """Return the list page that `item` asked for, as it came from `url`."""
    return Page(
        url=url,
        body=body,
        column=item.context["list"],
        number=item.context["page"],
        content_type=content_type,
        form=tuple((name, value) for name, value in item.context["form"]),
        json=item.context["json"],
        further=item.context["list"] != item.context["column"],
        seen=len(item.context["entries"]),
    )


def read_list(item: FrontierItem, page: Page, family: Family, now: datetime) -> Reading:
    """Read a list page: request its new entries and the next page, or close the column."""
    read = family.read_list(page)
    elsewhere = {url for url, *_ in item.context["listed"]}
    known = _entries(item.context["entries"])
    known_urls = {entry.url for entry in known}
    fresh = tuple(entry for entry in read.entries if entry.url not in known_urls)
    context = {
        **item.context,
        "entries": _rows(unique((*known, *fresh))),
        "total": _largest(item.context["total"], read.total),
        "pages": _largest(item.context["pages"], read.pages),
        "lists": [*item.context["lists"], *map(_request, read.lists)],
    }
    found = tuple(article_item(item, entry, family.entries) for entry in fresh if entry.url not in elsewhere)
    following = None if read.next is None else _page_item(item.portal, context, read.next)
    problem = _problem(item, read, fresh)
    if problem is None and following is not None and following.key in context["asked"]:
        problem = reason("list_page_again", page=page.number)
    if problem is None and following is not None:
        return Reading((following, *found), None)
    state = FrontierItem(item.key, item.kind, item.portal, item.url, context)
    only_names_lists = bool(read.lists) and not context["entries"] and not context["total"]
    closed = _go_on(state, now) if only_names_lists else close_list(state, now, problem)
    return Reading((*closed.found, *found), closed.listing)


def close_list(item: FrontierItem, now: datetime, problem: Reason | None) -> Reading:
    """End the list that the page `item` belongs to, with what was found on it; go on in its column or close that."""
    verdict = _completeness(item.context, problem)
    context = {
        **item.context,
        "listed": _rows(_all_entries(item.context)),
        "entries": [],
        "read": [*item.context["read"], [verdict[0], verdict[1] and verdict[1].dump(), item.context["total"]]],
    }
    return _go_on(FrontierItem(item.key, item.kind, item.portal, item.url, context), now)


def _go_on(item: FrontierItem, now: datetime) -> Reading:
    """Ask for the next list that the column named, each once; close the column where there is none."""
    context = item.context
    lists, read = context["lists"], context["read"]
    if lists and len(context["asked"]) >= MAX_PAGES:
        read = [*read, ["partial", reason("lists_too_long", pages=MAX_PAGES).dump(), None]]
        lists = []
    for at, request in enumerate(lists, start=1):
        started = {**context, "lists": lists[at:], "list": request["url"]}
        started |= {"entries": [], "total": None, "pages": None}
        following = _page_item(item.portal, started, _asking(request))
        if following.key not in context["asked"]:
            return Reading((following,), None)
    verdicts: list[_Verdict] = [(kind, why and load_reason(why)) for kind, why, _ in read]
    worst = max(verdicts, key=lambda verdict: _WORSE.index(verdict[0]), default=_NO_ROWS)
    totals = [total for _, _, total in read]
    return Reading((), _listing(item, now, *worst, total=None if None in totals else sum(totals)))


def listing_of(item: FrontierItem, now: datetime, completeness: Completeness, why: Reason | None) -> Listing:
    """Return the listing with all that was found before the list page `item`, which cannot be had."""
    totals = [*(total for _, _, total in item.context["read"]), item.context["total"]]
    return _listing(item, now, completeness, why, total=None if None in totals else sum(totals))


def _listing(
    item: FrontierItem, now: datetime, completeness: Completeness, why: Reason | None, *, total: int | None
) -> Listing:
    return Listing(
        portal=item.portal,
        url=item.context["column"],
        listed_at=now,
        completeness=completeness,
        reason=why,
        declared_total=total,
        entries=tuple((entry.url, entry.title, entry.published) for entry in _all_entries(item.context)),
    )


def _problem(item: FrontierItem, read: ListPage, fresh: tuple[Entry, ...]) -> Reason | None:
    """Return what keeps a page from being the next of those that were read, or None."""
    number = item.context["page"]
    asked_again = read.next is not None and read.next.number == number
    if number > 1 and not (asked_again or read.past_end or read.lists):
        if not read.entries:
            return reason("list_page_empty", page=number)
        if not fresh:
            return reason("list_page_repeats", page=number)
    if read.next is not None and max(read.next.number, len(item.context["asked"]) + 1) > MAX_PAGES:
        return reason("list_too_long", pages=MAX_PAGES)
    return None


def _completeness(context: dict[str, Any], problem: Reason | None) -> _Verdict:
    found, total, pages = len(context["entries"]), context["total"], context["pages"]
    if total is not None and total == found:
        return "complete", None  # whatever became of pages that the pager announced beyond
    if problem is not None:
        return "partial", problem
    if total is not None:
        return "partial", reason("list_short", stated=total, found=found)
    if pages is not None and context["page"] < pages:
        return "partial", reason("list_pages_short", stated=pages, read=context["page"])
    if not found:
        return _NO_ROWS
    return ("unknown", reason("list_no_total")) if pages is None else ("complete", None)


def _largest(before: int | None, after: int | None) -> int | None:
    """Return the larger of two totals: one that is capped, or that an old page still states, is the smaller."""
    return after if before is None else before if after is None else max(before, after)


def _entries(rows: list[list[Any]]) -> tuple[Entry, ...]:
    return tuple(Entry(url, title, published) for url, title, published in rows)


def _all_entries(context: dict[str, Any]) -> tuple[Entry, ...]:
    """Return what all lists of a column have shown so far, each address once."""
    return unique((*_entries(context["listed"]), *_entries(context["entries"])))


def _rows(entries: tuple[Entry, ...]) -> list[list[Any]]:
    return [[entry.url, entry.title, entry.published] for entry in entries]


def _request(request: PageRequest) -> dict[str, Any]:
    """Return a request as the context carries it."""
    return {
        "url": request.url,
        "number": request.number,
        "form": [list(pair) for pair in request.form],
        "json": request.json,
        "headers": [list(pair) for pair in request.headers],
    }


def _asking(carried: dict[str, Any]) -> PageRequest:
    return PageRequest(
        carried["url"],
        carried["number"],
        tuple((name, value) for name, value in carried["form"]),
        carried["json"],
        tuple((name, value) for name, value in carried["headers"]),
    )


def _page_item(portal: str, context: dict[str, Any], request: PageRequest) -> FrontierItem:
    """Return the request for a list page; it is told from others by its column and by what is posted."""
    carried = _request(request)
    posted = [f"{name}={value}" for name, value in request.form]
    key = digest("list", context["column"], request.url, *posted, *([request.json] if request.json else []))
    return FrontierItem(
        key,
        "list",
        portal,
        request.url,
        {
            **context,
            "page": request.number,
            "form": carried["form"],
            "json": request.json,
            "headers": carried["headers"],
            "asked": [*context["asked"], key],
        },
    )


def _item(
    kind: Literal["report", "attachment", "replay"], portal: str, url: str, context: dict[str, Any]
) -> FrontierItem:
    return FrontierItem(digest(kind, url), kind, portal, url, context)


def said_of(capture: Capture) -> Reason:
    """Return why there was nothing to read."""
    why = reason_of_capture(capture.outcome, capture.verdict, capture.status, capture.reason)
    return why or reason("not_found", status=capture.status or 0)
