"""Rules on one report's versions and documents, and what people know from elsewhere."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from made_archive import BUREAU, FORM_2014, FORM_2021, PLACE, Maker, make_report

from archive import Capture, Listing
from archive.decisions.contradictions import flag, undo_flag
from archive.histories.versions import derive_versions
from archive.reading.readings import store_reading
from parsers import PARSER_VERSION
from parsers.errors import NotFoundError, UsageError
from parsers.model import Cell, Where

COPY = "http://copy.gov.cn/a.html"


def test_figures_changed_after_publication_are_shown_and_words_alone_are_not(make: Maker) -> None:
    make.put(2022, {"rules.issued": 3}, text="原来的文字。")
    make.put(2022, {"rules.issued": 4}, text="原来的文字。")
    make.put(2023, text="原来的文字。")
    make.put(2023, text="改过的文字。")
    make.put(2021)
    make.check()
    assert make.outcomes("G1") == [(2022, "figures", "fail"), (2023, "figures", "pass")]
    (evidence,) = make.archive.db.execute(
        "SELECT evidence FROM cross_check WHERE rule = 'G1' AND status = 'fail'"
    ).fetchone()
    (version,) = json.loads(evidence)["versions"]
    assert [(c["row"], c["column"], c["value"], c["other_value"]) for c in version["cells"]] == [
        ("rules", "issued", 3, 4)
    ]


def test_what_our_parser_changed_is_nobody_s_change(make: Maker) -> None:
    make.put(2023, {"rules.issued": 3}, text="甲。")
    make.put(2023, {"rules.issued": 3}, text="乙。")
    db = make.archive.db
    # a parser to come reads both bodies, and one cell otherwise
    rows = db.execute("SELECT body_sha256, url FROM reading").fetchall()
    with make.archive.transaction():
        for (sha256, url), text in zip(rows, ("甲。", "乙。"), strict=True):
            made = make_report(
                2023,
                {"rules.issued": 4},
                issuer=BUREAU,
                place=PLACE,
                forms=FORM_2021,
                text=text,
                trust={},
                published=None,
            )
            store_reading(db, sha256, url, replace(made, parser_version=PARSER_VERSION + 1))
    derive_versions(make.archive, PARSER_VERSION + 1)
    make.check()
    assert make.outcomes("G1") == [(2023, "figures", "pass")]


def test_a_difference_in_an_unsure_cell_is_not_said_to_be_theirs(make: Maker) -> None:
    make.put(2023, {"rules.issued": 3})
    make.put(2023, {"rules.issued": 3}, trust={"rules.issued": None})
    make.check()
    assert make.outcomes("G1") == [(2023, "figures", "not_assessable")]


@pytest.mark.parametrize(
    ("days", "copy", "status"),
    [((60, 61), None, "fail"), ((60,), None, None), ((60, 61), 0, "pass"), ((60, 61), 9, "fail")],
)
def test_withdrawn_is_what_is_nowhere_any_more_with_its_figures(make: Maker, days, copy, status) -> None:
    url = make.put(2023)
    if copy is not None:
        make.put(2023, {"rules.issued": copy}, url=COPY)
    start = datetime(2024, 1, 20, tzinfo=UTC)
    make.gone(url, *(start + timedelta(days=day) for day in days))
    make.check()
    assert make.outcomes("G2") == ([(2023, "", status)] if status else [])


def test_a_report_that_came_back_is_not_withdrawn(make: Maker) -> None:
    url = make.put(2023)
    start = datetime(2024, 1, 20, tzinfo=UTC)
    make.gone(url, start + timedelta(days=10), start + timedelta(days=12))
    make.check()
    assert make.failures("G2") == [(2023, "")]
    make.put(2023)
    make.check()
    assert make.outcomes("G2") == []


@pytest.mark.parametrize(
    ("dates", "status"),
    [
        (("2024-01-15", "2024-01-10"), "fail"),
        (("2024-01-15", "2024-02-10"), "fail"),
        (("2024-01-15", "2024-01-15"), "pass"),
        (("2024-01-15", None, "2024-01-15"), "pass"),
        (("2024-01-15",), None),
    ],
)
def test_a_stated_date_that_became_another_is_shown(make: Maker, dates, status) -> None:
    for date in dates:
        make.put(2023, published=date)  # nothing else changes: there is no new version
        make.check()
    assert make.outcomes("G3") == ([(2023, "", status)] if status else [])
    assert make.check(everything=True).changed == 0


@pytest.mark.parametrize(("day", "failed"), [(31, True), (30, False)])
def test_a_page_dated_before_a_day_on_which_it_was_not_there_is_shown(make: Maker, day, failed) -> None:
    url = make.put(2023, published="2024-03-30", at=datetime(2024, 4, 5, tzinfo=UTC))
    for at, urls in ((datetime(2024, 3, day, 3, tzinfo=UTC), ()), (datetime(2024, 4, 5, 3, tzinfo=UTC), (url,))):
        run, _ = make.archive.runs.start(f"crawl-{at}")
        make.archive.record_listing(
            Listing(
                "x", "http://x.gov.cn/nb/", at, "complete", None, len(urls), tuple((u, "年报", None) for u in urls)
            ),
            run,
        )
        make.archive.runs.end(run, {})
    make.check()
    assert make.failures("G3") == ([(2023, "")] if failed else [])


@pytest.mark.parametrize(
    ("value", "trust", "status"),
    [(3, "stated", "pass"), (4, "stated", "fail"), (None, "stated", "fail"), ("absent", "stated", "not_assessable"), (3, None, "not_assessable")],
)  # fmt: skip
def test_copies_disagree_where_both_are_sure_of_another_figure(make: Maker, value, trust, status) -> None:
    make.put(2023, {"rules.issued": 3})
    make.put(2023, {"rules.issued": value}, url=COPY, trust={"rules.issued": trust})
    make.check()
    assert make.outcomes("G4") == [(2023, "", status)]


@pytest.mark.parametrize(
    ("listed", "status"),
    [({"甲": 1, "新": 3, "乙": 2}, "not_assessable"), ({"乙": 2, "甲": 1}, "pass"), ({"甲": 1, "乙": 9}, "fail")],
)
def test_rows_that_no_form_knows_are_compared_by_what_they_are_called(make: Maker, listed, status) -> None:
    """A row that one copy has before another gives the latter another number, not another figure."""
    for url, rows in (("http://own.gov.cn/a.html", {"甲": 1, "乙": 2}), (COPY, listed)):
        report = make_report(2016, {}, issuer=BUREAU, place=PLACE, forms=FORM_2014, text=None, trust={}, published=None)
        cells = tuple(
            Cell("statistics", f"unmatched.{n}", "value", "value", figure, str(figure), "stated", Where(0, n, 1), None, label)
            for n, (label, figure) in enumerate(rows.items(), 1)
        )  # fmt: skip
        make.archive.record_capture(Capture(url, make.day, "report", "ok", 200, body=url.encode()))
        with make.archive.transaction():
            sha256 = make.archive.put_body(url.encode())
            store_reading(make.archive.db, sha256, url, replace(report, cells=(*report.cells, *cells)))
    make.check()
    assert make.outcomes("G4") == [(2016, "", status)]


def test_a_flag_has_its_evidence_and_is_taken_back_by_another_row(make: Maker) -> None:
    make.put(2023)
    make.check()
    key = flag(make.archive, f"{BUREAU}/2023", why="本人曾申请", evidence="http://letter", author="li")
    make.check()
    assert make.failures("G5") == [(2023, "")]
    (evidence,) = make.archive.db.execute("SELECT evidence FROM cross_check WHERE rule = 'G5'").fetchone()
    assert json.loads(evidence)["contradictions"][0]["evidence"] == "http://letter"
    undo_flag(make.archive, key[:8], why="mistaken", author="li")
    make.check()
    assert make.outcomes("G5") == []
    assert make.archive.db.execute("SELECT count(*) FROM contradiction").fetchone()[0] == 2
    with pytest.raises(NotFoundError):
        undo_flag(make.archive, key, why="again", author="li")
    with pytest.raises(UsageError):
        flag(make.archive, f"{BUREAU}/2023", why="x", evidence=" ", author="li")
    with pytest.raises(NotFoundError):
        flag(make.archive, "nobody/2023", why="x", evidence="y", author="li")
