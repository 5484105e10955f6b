"""A list is complete only where the source's own total was found, and a half-read list survives in its next request."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from archive.captures import Listing
from archive.crawls.reasons import reason
from archive.crawls.runs import FrontierItem
from crawler.declarations import Column, Portal
from crawler.families import Entry, Family, ListPage, Page, PageRequest
from crawler.frontier import (
    Reading,
    article_item,
    attachment_item,
    close_list,
    column_item,
    document_item,
    is_listed,
    listing_of,
    page_of,
    read_list,
    referer_of,
    told_of,
)

SHORT = "the list states 3 pages, 2 were read"
NOW = datetime(2025, 4, 10, tzinfo=UTC)
COLUMN = Column("http://www.a.test/nb/", "某局", date(2025, 4, 1))
PORTAL = Portal("sample-a", "样本", "trs", "410400", ("www.a.test",), (COLUMN,), sample=True)


def entries(*numbers: int) -> tuple[Entry, ...]:
    return tuple(Entry(f"http://www.a.test/nb/{n}.html", f"报告{n}", "2025-01-01") for n in numbers)


def following(number: int) -> PageRequest:
    return PageRequest(f"http://www.a.test/nb/index_{number - 1}.html", number)


def family_of(*pages: ListPage) -> Family:
    """A family whose page n reads as the n-th of `pages`."""
    return Family("fake", lambda page: True, lambda page: pages[page.number - 1], lambda page: ())


def said(listing: Listing) -> str | None:
    return listing.reason and str(listing.reason)


def read(item: FrontierItem, family: Family) -> Reading:
    page = page_of(item, item.url, b"", "")
    assert isinstance(page, Page)
    return read_list(item, page, family, NOW)


def read_through(*pages: ListPage) -> tuple[Reading, list[FrontierItem]]:
    """Read a list from its first page to where it ends; return the last reading and all articles found."""
    family, item, articles = family_of(*pages), column_item(PORTAL, COLUMN), []
    while True:
        reading = read(item, family)
        articles += [found for found in reading.found if found.kind == "report"]
        lists = [found for found in reading.found if found.kind == "list"]
        if not lists:
            return reading, articles
        (item,) = lists


def test_a_list_whose_rows_equal_its_total_is_complete() -> None:
    reading, articles = read_through(
        ListPage(entries(1, 2), total=3, pages=2, next=following(2)), ListPage(entries(3), total=3, pages=2)
    )
    assert reading.listing is not None
    assert (reading.listing.completeness, said(reading.listing)) == ("complete", None)
    assert [entry[0][-6:] for entry in reading.listing.entries] == ["1.html", "2.html", "3.html"]
    assert len(articles) == 3


def test_a_list_that_states_pages_only_is_complete_when_all_were_read() -> None:
    reading, _ = read_through(ListPage(entries(1, 2), pages=2, next=following(2)), ListPage(entries(3), pages=2))
    assert reading.listing is not None
    assert reading.listing.completeness == "complete"


@pytest.mark.parametrize(
    ("pages", "completeness", "why"),
    [
        ([ListPage(entries(1, 2), total=3)], "partial", "the list states 3 rows, 2 were found"),
        ([ListPage(entries(1, 2), total=1)], "partial", "the list states 1 rows, 2 were found"),
        ([ListPage(entries(1, 2))], "unknown", "the list states no total"),
        ([ListPage(())], "unknown", "no rows were recognised"),
        ([ListPage((), pages=1)], "unknown", "no rows were recognised"),
        ([ListPage((), total=0)], "complete", None),
        ([ListPage(entries(1), pages=2, next=following(2)), ListPage(())], "partial", "page 2 has no rows"),
        (
            [ListPage(entries(1), pages=3, next=following(2)), ListPage(entries(1), pages=3, next=following(3))],
            "partial",
            "page 2 repeats rows that were listed before",
        ),
        (
            [ListPage(entries(1), total=3, pages=2, next=following(2)), ListPage(entries(2), total=4, pages=2)],
            "partial",
            "the list states 4 rows, 2 were found",
        ),
        (
            [ListPage(entries(1), total=1, pages=2, next=following(2)), ListPage(entries(2), total=3, pages=2)],
            "partial",
            "the list states 3 rows, 2 were found",
        ),
        ([ListPage(entries(1), pages=2, next=following(2)), ListPage(entries(2), pages=3)], "partial", SHORT),
        ([ListPage(entries(1), pages=3)], "partial", "the list states 3 pages, 1 were read"),
        ([ListPage(entries(1), pages=9999, next=following(501))], "partial", "the list has more than 500 pages"),
    ],
)
def test_what_is_not_shown_to_be_whole_is_not_called_complete(
    pages: list[ListPage], completeness: str, why: str | None
) -> None:
    reading, _ = read_through(*pages)
    assert reading.listing is not None
    assert (reading.listing.completeness, said(reading.listing)) == (completeness, why)


@pytest.mark.parametrize(
    "last",
    [
        ListPage(()),
        ListPage(entries(1, 2), total=2),
        ListPage((), past_end=True),
        ListPage(entries(1), total=1, pages=1),
    ],
)
def test_a_pager_may_announce_pages_that_do_not_exist_where_all_the_rows_it_states_were_found(last: ListPage) -> None:
    reading, _ = read_through(ListPage(entries(1, 2), total=2, pages=2, next=following(2)), last)
    assert reading.listing is not None
    assert (reading.listing.completeness, reading.listing.declared_total) == ("complete", 2)


def test_a_page_that_does_not_come_makes_a_list_partial_only_where_rows_are_missing() -> None:
    for total, completeness in ((2, "complete"), (3, "partial"), (None, "partial")):
        first = read(column_item(PORTAL, COLUMN), family_of(ListPage(entries(1, 2), total=total, next=following(2))))
        listing = close_list(
            first.found[0], NOW, reason("list_page_failed", page=2, why=reason("not_found", status=404))
        ).listing
        assert listing is not None
        assert listing.completeness == completeness


def test_a_page_that_names_only_itself_as_a_list_has_no_rows() -> None:
    reading, _ = read_through(ListPage((), lists=(PageRequest(COLUMN.url, 1),)))
    assert reading.listing is not None
    assert (reading.listing.completeness, said(reading.listing)) == ("unknown", "no rows were recognised")


def test_a_page_that_states_rows_and_shows_none_is_not_made_whole_by_the_lists_that_it_names() -> None:
    outer = ListPage((), total=3, lists=(PageRequest("http://www.a.test/frame", 1),))
    first = read(column_item(PORTAL, COLUMN), family_of(outer))
    reading = read(first.found[0], family_of(ListPage(entries(1), total=1)))
    assert reading.listing is not None
    assert (reading.listing.completeness, reading.listing.declared_total) == ("partial", 4)


def test_a_column_that_names_lists_without_end_is_read_to_a_limit() -> None:
    def further(page: Page) -> ListPage:
        return ListPage((), lists=(PageRequest(f"{page.url}x", 1),))

    item, family = column_item(PORTAL, COLUMN), Family("fake", lambda page: True, further, lambda page: ())
    reading = read(item, family)
    asked = 1
    while reading.found:
        (item,) = reading.found
        reading = read(item, family)
        asked += 1
    assert asked == 500
    assert reading.listing is not None
    assert said(reading.listing) == "the lists of the column have more than 500 pages"


def test_a_column_that_is_one_document_is_a_list_of_it_alone() -> None:
    item = document_item(PORTAL, COLUMN)
    assert (item.kind, item.url) == ("report", COLUMN.url)
    assert is_listed(item)
    assert told_of(item) == {"column": COLUMN.url, "unit": "某局"}
    listing = listing_of(item, NOW, "complete", None)
    assert (listing.declared_total, listing.entries) == (1, ((COLUMN.url, "", None),))
    assert not is_listed(attachment_item(item, "http://www.a.test/1.pdf"))
    assert not is_listed(article_item(item, entries(1)[0]))


def test_files_are_asked_for_in_the_name_of_their_article_and_pages_in_that_of_their_column() -> None:
    column = column_item(PORTAL, COLUMN)
    article = article_item(column, entries(1)[0])
    assert referer_of(column) is None
    assert referer_of(article) is None
    assert referer_of(attachment_item(article, "http://www.a.test/1.pdf")) == article.url
    assert referer_of(attachment_item(article, "http://files.a.test/1.pdf")) is None
    first = read(column, family_of(ListPage(entries(1), pages=2, next=following(2))))
    assert referer_of(first.found[0]) == COLUMN.url


def test_rows_that_slide_to_the_next_page_are_taken_once() -> None:
    reading, articles = read_through(
        ListPage(entries(1, 2), total=3, pages=2, next=following(2)), ListPage(entries(2, 3), total=3, pages=2)
    )
    assert reading.listing is not None
    assert reading.listing.completeness == "complete"
    assert len({item.key for item in articles}) == 3


def test_a_capture_keeps_title_and_date_of_the_list_but_not_the_rows_read_so_far() -> None:
    item = column_item(PORTAL, COLUMN)
    assert told_of(item) == {"column": COLUMN.url, "unit": "某局", "page": 1}
    assert told_of(article_item(item, entries(1)[0])) == {
        "column": COLUMN.url,
        "unit": "某局",
        "title": "报告1",
        "published": "2025-01-01",
    }


def test_two_forms_at_one_address_are_two_requests() -> None:
    keys = set()
    for column in ("1", "2"):
        first = ListPage(entries(1), pages=2, next=PageRequest("http://www.a.test/p", 2, (("columnid", column),)))
        keys.add(read(column_item(PORTAL, COLUMN), family_of(first)).found[0].key)
    assert len(keys) == 2


def naming(*numbers: int) -> ListPage:
    """A page that is no list and names some."""
    return ListPage((), lists=tuple(PageRequest(f"http://www.a.test/nb/{n}/", 1) for n in numbers))


def read_column(pages: dict[str, ListPage]) -> tuple[Reading, list[FrontierItem]]:
    """Read a column whose pages are known by their address, to where it ends."""
    family = Family("fake", lambda page: True, lambda page: pages[page.url], lambda page: ())
    item, articles = column_item(PORTAL, COLUMN), []
    while True:
        reading = read(item, family)
        articles += [found for found in reading.found if found.kind == "report"]
        lists = [found for found in reading.found if found.kind == "list"]
        if not lists:
            return reading, articles
        (item,) = lists


def test_the_lists_that_a_column_names_make_one_listing_with_their_totals_added() -> None:
    reading, articles = read_column(
        {
            COLUMN.url: naming(1, 2),
            f"{COLUMN.url}1/": ListPage(entries(1, 2), total=2),
            f"{COLUMN.url}2/": ListPage(entries(2, 3), total=2),
        }
    )
    assert reading.listing is not None
    assert (reading.listing.completeness, reading.listing.declared_total) == ("complete", 4)
    assert [entry[0][-6:] for entry in reading.listing.entries] == ["1.html", "2.html", "3.html"]
    assert len(articles) == 3  # a report in two of the lists is asked for once


def test_one_list_that_is_not_whole_makes_its_column_partial() -> None:
    first = ListPage(entries(1), total=5)
    reading, articles = read_column(
        {COLUMN.url: naming(1, 2), f"{COLUMN.url}1/": first, f"{COLUMN.url}2/": ListPage(entries(2), total=1)}
    )
    assert reading.listing is not None
    assert (reading.listing.completeness, said(reading.listing)) == ("partial", "the list states 5 rows, 1 were found")
    assert len(articles) == 2


def test_a_list_that_cannot_be_had_does_not_keep_the_next_from_being_read() -> None:
    index = read(column_item(PORTAL, COLUMN), family_of(naming(1, 2)))
    (item,) = index.found
    closed = close_list(item, NOW, reason("list_page_empty", page=1))
    (following,) = closed.found
    assert following.url == f"{COLUMN.url}2/"
    reading = read(following, family_of(ListPage(entries(1), total=1)))
    assert reading.listing is not None
    assert (reading.listing.completeness, said(reading.listing)) == ("partial", "page 1 has no rows")


def test_lists_that_name_one_another_are_read_once() -> None:
    pages = {COLUMN.url: naming(1), f"{COLUMN.url}1/": ListPage(entries(1), total=1, lists=naming(1).lists)}
    reading, articles = read_column(pages)
    assert reading.listing is not None
    assert reading.listing.completeness == "complete"
    assert len(articles) == 1


def test_a_next_page_that_was_read_before_ends_the_list() -> None:
    reading, _ = read_column({COLUMN.url: ListPage(entries(1), pages=9, next=PageRequest(COLUMN.url, 2))})
    assert reading.listing is not None
    assert said(reading.listing) == "page 1 leads back to a page that was read before"


def test_a_page_past_the_end_that_says_so_is_no_fault_and_a_page_may_be_asked_again() -> None:
    again = PageRequest("http://www.a.test/nb/index_2.html", 2)
    first = {COLUMN.url: ListPage(entries(1, 2), total=3, pages=2, next=following(2))}
    repeated = {following(2).url: ListPage(entries(1, 2), total=3, pages=2, next=again)}
    end = PageRequest("http://www.a.test/nb/index_3.html", 3)
    last = {again.url: ListPage(entries(3), total=3, next=end), end.url: ListPage((), past_end=True)}
    reading, articles = read_column(first | repeated | last)
    assert reading.listing is not None
    assert (reading.listing.completeness, said(reading.listing)) == ("complete", None)
    assert len(articles) == 3


def test_what_a_page_is_asked_with_comes_back_with_it() -> None:
    asking = PageRequest("http://www.a.test/api", 2, json='{"page":2}', headers=(("Referer", COLUMN.url),))
    (item, _) = read(column_item(PORTAL, COLUMN), family_of(ListPage(entries(1), pages=2, next=asking))).found
    assert item.context["headers"] == [["Referer", COLUMN.url]]
    assert page_of(item, item.url, b"", "").json == '{"page":2}'
