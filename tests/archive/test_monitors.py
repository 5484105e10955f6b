"""What is listed for a person: lists that shrank, pages reworded, and alerts that keep their name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from made_archive import BUREAU, FORM_2021, PLACE, Maker, make_report

from archive import Archive, Listing
from archive.crawls.reasons import reason
from archive.histories.versions import derive_versions
from archive.monitors import Alert, acknowledge, watch
from archive.reading.readings import store_reading
from archive.register.identity import correct_identity
from archive.selection import Selection
from parsers import PARSER_VERSION

START = datetime(2025, 4, 11, tzinfo=UTC)


@pytest.fixture
def make(archive: Archive) -> Maker:
    return Maker(archive)


def alerts(make: Maker, rule: str, selection: Selection | None = None) -> list[Alert]:
    return [alert for alert in watch(make.archive, selection or Selection()) if alert.rule == rule]


def listing(make: Maker, day: int, rows: int, completeness: str = "complete", portal: str = "x") -> None:
    run, _ = make.archive.runs.start(f"crawl-{portal}-{day}")
    why = None if completeness == "complete" else reason("status", status=500)
    entries = tuple((f"http://{portal}.gov.cn/{n}.html", "年报", None) for n in range(rows))
    make.archive.record_listing(
        Listing(portal, f"http://{portal}.gov.cn/", START + timedelta(days=day), completeness, why, None, entries), run
    )
    make.archive.runs.end(run, {})


def test_a_list_with_fewer_rows_is_told_until_it_has_them_again(make: Maker) -> None:
    listing(make, 0, 9)
    assert alerts(make, "list_shrank") == []
    listing(make, 1, 3, "partial")
    assert alerts(make, "list_shrank") == [], "a list not read to its end lost nothing"
    listing(make, 2, 7)
    (told,) = alerts(make, "list_shrank")
    assert told.is_new and "9" in told.message and "7" in told.message_zh
    acknowledge(make.archive, [told], "li")
    listing(make, 3, 7)
    assert [alert.is_new for alert in alerts(make, "list_shrank")] == [False], "the same loss"
    listing(make, 4, 0)
    assert [alert.is_new for alert in alerts(make, "list_emptied")] == [True]
    listing(make, 5, 9)
    assert alerts(make, "list_shrank") == alerts(make, "list_emptied") == []


def test_a_portal_s_lists_are_told_where_it_is_selected(make: Maker) -> None:
    for day, rows in ((0, 9), (1, 3)):
        listing(make, day, rows)
    assert alerts(make, "list_shrank", Selection(portals=("x*",)))
    assert not alerts(make, "list_shrank", Selection(portals=("y*",)))
    assert not alerts(make, "list_shrank", Selection(place="410000"))


def test_words_changed_after_publication_are_told_and_figures_by_their_own_rule(make: Maker) -> None:
    make.put(2022, text="甲。")
    make.put(2022, text="乙。")
    make.put(2023, {"rules.issued": 1}, text="甲。")
    make.put(2023, {"rules.issued": 2}, text="甲。")
    make.check()
    assert [alert.about[-4:] for alert in alerts(make, "text_changed")] == ["2022"]
    assert [alert.about[-4:] for alert in alerts(make, "G1")] == ["2023"]


def test_a_further_change_is_new_though_as_many_figures_changed(make: Maker) -> None:
    for value in (1, 2):
        make.put(2023, {"rules.issued": value})
    make.check()
    acknowledge(make.archive, alerts(make, "G1"), "li")
    assert [alert.is_new for alert in alerts(make, "G1")] == [False]
    make.put(2023, {"rules.issued": 3})
    make.check()
    assert [alert.is_new for alert in alerts(make, "G1")] == [True]


def test_what_a_new_parser_reads_alike_is_not_new(make: Maker) -> None:
    make.put(2022, {"carried_out.total": 3})
    url = make.put(2023, {"carried_in.total": 4})
    make.check()
    acknowledge(make.archive, alerts(make, "D1"), "li")
    (sha256,) = make.archive.db.execute("SELECT body_sha256 FROM reading WHERE url = ?", (url,)).fetchone()
    made = make_report(
        2023, {"carried_in.total": 4, "rules.issued": 1}, issuer=BUREAU, place=PLACE, forms=FORM_2021, text=None,
        trust={}, published=None,
    )  # fmt: skip
    with make.archive.transaction():
        store_reading(make.archive.db, sha256, url, replace(made, parser_version=PARSER_VERSION + 1))
    derive_versions(make.archive, PARSER_VERSION + 1)
    assert [alert.is_new for alert in alerts(make, "D1")] == [False]


def test_a_body_overdue_is_told_within_the_selection(make: Maker) -> None:
    make.put(2022)
    make.put(2023, issuer="平顶山市新华区教育局")
    make.look()
    make.check()
    assert len(alerts(make, "E5")) == 3
    assert len(alerts(make, "E5", Selection(years=(2024, 2024)))) == 2
    assert len(alerts(make, "E5", Selection(place="410400"))) == 3
    assert alerts(make, "E5", Selection(place="420000")) == []


def test_a_report_that_nobody_can_file_is_told_until_somebody_says_whose_it_is(make: Maker) -> None:
    url = make.put(2023, portal="xinhua")
    (sha256,) = make.archive.db.execute("SELECT body_sha256 FROM reading WHERE url = ?", (url,)).fetchone()
    nobody = make_report(2023, {}, issuer=BUREAU, place=PLACE, forms=FORM_2021, text=None, trust={}, published=None)
    with make.archive.transaction():
        store_reading(make.archive.db, sha256, url, replace(nobody, issuer=None, parser_version=PARSER_VERSION + 1))
    derive_versions(make.archive, PARSER_VERSION + 1)
    (told,) = alerts(make, "unfiled_report", Selection(portals=("xin*",)))
    assert (told.about, told.severity, told.is_new) == (url, "warning", True)
    assert alerts(make, "unfiled_report", Selection(portals=("other",))) == []
    correct_identity(make.archive, url, "unit", BUREAU, why="页眉写明", author="li")
    derive_versions(make.archive, PARSER_VERSION + 1)
    assert alerts(make, "unfiled_report") == []
