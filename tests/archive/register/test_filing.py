"""Documents come to the unit and the report they belong to, in whatever order they were met, and nothing is joined by guess."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import Archive, Capture, SimulatedClock
from archive.histories.versions import derive_versions
from archive.keeping.whole import merge
from archive.keys import digest
from archive.reading.readings import store_reading
from archive.register.decisions import decide, find_unit
from archive.register.listing import list_matches, list_units, show_unit
from parsers import PARSER_VERSION, Cell, Report, Section, Where
from parsers.errors import NotFoundError
from parsers.model import Region

START = datetime(2025, 4, 10, 4, tzinfo=UTC)


@dataclass(frozen=True)
class Met:
    """A report as it was met: at which address, under which name, for which year; `says` is its first section."""

    url: str
    issuer: str
    place: str | None
    year: int
    says: str = ""
    received: int = 7
    declared: str = ""
    evidence: tuple[str, ...] = ("title", "text")


def keep(archive: Archive, *met: Met) -> None:
    """Put documents into the archive as a crawl would, each at a time of its own, and derive."""
    for one in met:
        body = f"{one}".encode()
        archive.record_capture(
            Capture(
                one.url,
                START + timedelta(seconds=int(digest(one), 16) % 9999),
                "report",
                outcome="ok",
                status=200,
                body=body,
                context={"place": one.declared},
            )
        )
        (sha,) = archive.db.execute("SELECT body_sha256 FROM capture WHERE url = ?", (one.url,)).fetchone()
        received = Cell(
            "requests", "new_received", "total", "value", one.received, str(one.received), "stated", Where(0, 0, 0)
        )
        report = Report(
            "report",
            PARSER_VERSION,
            title=f"{one.issuer}{one.year}年政府信息公开工作年度报告",
            issuer=one.issuer,
            report_year=one.year,
            region=Region(one.place, "", one.evidence) if one.place else None,
            sections=(Section(1, "一、总体情况", one.says),),
            cells=(received,),
            format="html",
        )
        with archive.transaction():
            store_reading(archive.db, sha, one.url, report)
    derive_versions(archive, PARSER_VERSION)


def dump(archive: Archive) -> list[tuple[object, ...]]:
    """Return every derived row of the register, in a fixed order."""
    out: list[tuple[object, ...]] = []
    for table in ("unit", "report", "document", "filing", "unit_relation", "unit_match", "unit_alias"):
        out += sorted((table, *map(str, row)) for row in archive.db.execute(f"SELECT * FROM {table}"))
    return out


HISTORY = (
    Met("http://a.test/1", "洪泽县人民政府", "320813", 2014),
    Met("http://a.test/2", "江苏省淮安市洪泽区人民政府", "320813", 2019, "本报告汇总了区各部门和各镇街道的数据。"),
    Met("http://a.test/3", "洪泽区人民政府办公室", "320813", 2020, "2020年全区受理政府信息公开申请7件。"),
    Met("http://a.test/4", "洪泽区人民政府办公室", "320813", 2021, "2021年本办公室共收到政府信息公开申请7件。"),
    Met("http://a.test/5", "洪泽区卫生和计划生育委员会", "320813", 2017),
    Met("http://a.test/6", "洪泽区卫健委", "320813", 2020, "我委共收到申请7件。"),
    Met("https://b.test/6.pdf", "淮安市洪泽区卫生健康委员会", "320813", 2020),
    Met("http://a.test/7", "洪泽区城市管理局", "320813", 2020),
    Met("http://a.test/8", "洪泽区综合行政执法局", "320813", 2021),
    Met("http://c.test/1", "清河区财政局", "320802", 2014),
    Met("http://c.test/2", "淮安市清江浦区财政局", "320812", 2018),
    Met("http://d.test/1", "新华区政务服务局", None, 2022),
    Met("http://e.test/1", "新华区政务服务局", None, 2022),
)


def test_a_county_that_became_a_district_is_one_unit_with_both_names(archive: Archive) -> None:
    keep(archive, *HISTORY)
    page = show_unit(archive.db, "江苏省淮安市洪泽区人民政府")
    assert [(a.name, a.first_year, a.last_year) for a in page.aliases] == [
        ("洪泽县人民政府", 2014, 2014),
        ("江苏省淮安市洪泽区人民政府", 2019, 2019),
        ("洪泽区人民政府办公室", 2020, 2020),
    ]
    assert page.unit.parent_name == "江苏省淮安市人民政府"
    assert [name for _, name, *_ in page.places] == ["洪泽县", "洪泽区"]


def test_an_office_has_its_own_reports_and_the_government_those_that_speak_for_it(archive: Archive) -> None:
    keep(archive, *HISTORY)
    assert show_unit(archive.db, "江苏省淮安市洪泽区人民政府").scopes == {
        2014: ("unknown",), 2019: ("whole_area",), 2020: ("whole_area",),
    }  # fmt: skip
    assert show_unit(archive.db, "江苏省淮安市洪泽区人民政府办公室").scopes == {2021: ("own_body",)}


def test_a_silent_copy_with_the_same_figures_is_the_same_report_and_one_with_others_is_not(archive: Archive) -> None:
    keep(archive, *HISTORY, Met("http://f.test/6", "洪泽区卫健委", "320813", 2020, received=8))
    rows = archive.db.execute(
        """SELECT p.scope, count(*) FROM document d JOIN report p ON p.id = d.report_id JOIN unit u ON u.id = p.unit_id
           WHERE u.name LIKE '%卫生健康委员会' GROUP BY p.id ORDER BY 1"""
    )
    assert [tuple(row) for row in rows] == [("own_body", 2), ("unknown", 1)]


def test_reforms_and_merged_places_link_units_and_join_none(archive: Archive) -> None:
    keep(archive, *HISTORY)
    (before,) = show_unit(archive.db, "江苏省淮安市洪泽区卫生健康委员会").predecessors
    assert (before.name, before.fate) == ("江苏省淮安市洪泽区卫生和计划生育委员会", "renamed")
    (after,) = show_unit(archive.db, "清河区财政局").successors
    assert (after.name, after.fate, after.reason) == ("江苏省淮安市清江浦区财政局", "merged", "place_merged")


def test_what_may_be_one_waits_for_a_person_and_stays_two(archive: Archive) -> None:
    keep(archive, *HISTORY)
    open_ = {(m.unit_name, m.other_name, m.reason) for m in list_matches(archive.db)}
    assert ("新华区政务服务局", None, "place_unknown") in open_
    pair = next(m for m in list_matches(archive.db) if m.reason == "may_be_one")
    assert {pair.unit_name, pair.other_name} == {
        "江苏省淮安市洪泽区城市管理局",
        "江苏省淮安市洪泽区综合行政执法局",
    }
    assert sum(u.unit.name == "新华区政务服务局" for u in list_units(archive.db)) == 2


def test_a_decision_joins_two_units_and_taking_it_back_parts_them(archive: Archive, clock: SimulatedClock) -> None:
    keep(archive, *HISTORY)
    before = dump(archive)
    one, other = find_unit(archive.db, "洪泽区城市管理局"), find_unit(archive.db, "洪泽区综合行政执法局")
    decide(archive, one, other, "same", author="li", reason="区政府机构改革方案")
    derive_versions(archive, PARSER_VERSION)
    page = show_unit(archive.db, "江苏省淮安市洪泽区综合行政执法局")
    assert list(page.scopes) == [2020, 2021]
    assert [m.status for m in page.matches] == ["same"]
    assert not archive.db.execute("SELECT 1 FROM unit WHERE id = ?", (one.id,)).fetchone()
    clock.move_to(START + timedelta(days=1))
    decide(archive, find_unit(archive.db, one.id), other, "open", author="li", reason="a mistake")
    derive_versions(archive, PARSER_VERSION)
    assert dump(archive) == before


def test_a_pair_that_is_told_apart_leaves_the_queue(archive: Archive) -> None:
    keep(archive, *HISTORY)
    one, other = find_unit(archive.db, "洪泽区城市管理局"), find_unit(archive.db, "洪泽区综合行政执法局")
    decide(archive, one, other, "different", author="li", reason="two seals")
    derive_versions(archive, PARSER_VERSION)
    assert "may_be_one" not in {m.reason for m in list_matches(archive.db)}
    assert len({u.unit.id for u in list_units(archive.db)} & {one.id, other.id}) == 2


@pytest.mark.parametrize("seed", range(4))
def test_the_register_is_the_same_in_whatever_order_and_portions_documents_come(tmp_path: Path, seed: int) -> None:
    shuffled = list(HISTORY)
    random.Random(seed).shuffle(shuffled)
    dumps = []
    for name, portions in (("all", [HISTORY]), ("parts", [shuffled[:4], shuffled[4:9], shuffled[9:]])):
        with Archive.open(tmp_path / name, SimulatedClock(START), create=True, sample=False) as archive:
            for portion in portions:
                keep(archive, *portion)
            dumps.append(dump(archive))
    assert dumps[0] == dumps[1]


def test_archives_united_either_way_agree_on_units_and_decisions(tmp_path: Path) -> None:
    for name, part in (("a", HISTORY[:8]), ("b", HISTORY[5:])):
        with Archive.open(tmp_path / name, SimulatedClock(START), create=True, sample=False) as archive:
            keep(archive, *part)
    with Archive.open(tmp_path / "a", SimulatedClock(START), sample=False) as archive:
        decide(
            archive,
            find_unit(archive.db, "洪泽区卫生和计划生育委员会"),
            find_unit(archive.db, "洪泽区卫生健康委员会"),
            "same",
            author="li",
            reason="for one series",
        )
        derive_versions(archive, PARSER_VERSION)
    dumps = []
    for first, second in (("a", "b"), ("b", "a")):
        with Archive.open(tmp_path / f"{first}{second}", SimulatedClock(START), create=True, sample=False) as archive:
            merge(archive, [tmp_path / first, tmp_path / second, tmp_path / first])
            dumps.append(dump(archive))
            assert show_unit(archive.db, "江苏省淮安市洪泽区卫生健康委员会").scopes.keys() == {2017, 2020}
    assert dumps[0] == dumps[1]


def test_a_reading_that_now_names_another_body_leaves_nothing_behind(archive: Archive) -> None:
    keep(archive, Met("http://a.test/1", "洪泽区审计局", "320813", 2022))
    row = archive.db.execute("SELECT body_sha256 FROM capture").fetchone()
    later = Report(
        "report",
        PARSER_VERSION + 1,
        title="t",
        issuer="洪泽区财政局",
        report_year=2022,
        region=Region("320813", "", ()),
    )
    with archive.transaction():
        store_reading(archive.db, row[0], "http://a.test/1", later)
    derive_versions(archive, PARSER_VERSION + 1)
    assert [u.unit.name for u in list_units(archive.db)] == ["江苏省淮安市洪泽区财政局"]
    assert archive.db.execute("SELECT count(*) FROM search_entry").fetchone()[0] == 1


def test_a_name_of_several_units_finds_none_of_them(archive: Archive) -> None:
    keep(archive, *HISTORY)
    with pytest.raises(NotFoundError, match="more than one unit"):
        find_unit(archive.db, "新华区政务服务局")


def test_a_body_of_a_place_that_is_no_more_is_filed_by_the_lists_of_its_year(archive: Archive) -> None:
    # the parser knows today's places: of 洪泽县 it saw the city alone, and of two 清河区 the one that is left
    alone = ("title",)
    keep(
        archive,
        Met("http://a.test/1", "淮安市洪泽县教育局", "320800", 2014),
        Met("http://a.test/2", "洪泽区教育局", "320813", 2019),
        Met("http://c.test/1", "清河区审计局", "211204", 2014, declared="320812", evidence=alone),
        Met("http://c.test/2", "淮安市清河区审计局", "320800", 2013),
        Met("http://c.test/3", "清河区统计局", "211204", 2014, evidence=alone),
        Met("http://c.test/4", "清河区统计局", "211204", 2020, evidence=alone),
    )
    filed = {row["url"]: row["place_code"] for row in archive.db.execute("SELECT url, place_code FROM filing")}
    assert list(filed.values()) == ["320813", "320813", "320802", "320802", None, "211204"]
    assert len(list_units(archive.db)) == 4, "洪泽, two 清河 and one whose place is unknown"
