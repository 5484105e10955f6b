"""A backup is one moment, whole; a merge is the same in any order and as often as one likes."""

from __future__ import annotations

import random
import shutil
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from archive_dumps import dump

from archive import Archive, Capture, FrontierItem, Listing, SimulatedClock
from archive.crawls.reasons import reason
from archive.crawls.visits import known_visits
from archive.keeping.compaction import compact
from archive.keeping.verify import verify
from archive.keeping.whole import backup, merge
from archive.reading.readings import read_captures
from archive.schema import EVIDENCE
from crawler.declarations import Portal, load_portal
from crawler.run import crawl
from crawler.samples import SampleServer, World
from parsers.errors import UsageError

AT = datetime(2025, 1, 1, tzinfo=UTC)
URL = "http://www.example.gov.cn/t20240112_{}.html"


def capture(number: int, text: str, day: int = 0, **fields: object) -> Capture:
    return Capture(
        URL.format(number), AT + timedelta(days=day), "report", "ok", 200, body=f"{text}\n{number}".encode(), **fields
    )


def fill(path: Path, numbers: range, text: str, clock: SimulatedClock, day: int = 0) -> Path:
    with Archive.open(path, clock, create=True, sample=False) as archive:
        run, _ = archive.runs.start("crawl")
        for number in numbers:
            archive.record_capture(capture(number, text, day), run)
        entries = tuple((URL.format(n), "", None) for n in numbers)
        archive.record_listing(
            Listing("x", "http://www.example.gov.cn/", clock.now(), "complete", None, None, entries), run
        )
        archive.runs.end(run, {"complete": True})
        read_captures(archive)
    return path


def dump_all(path: Path, clock: SimulatedClock, *, derived_only: bool = False) -> dict[str, list[tuple]]:
    """Return every table's rows, ordered."""
    with Archive.open(path, clock) as archive:
        tables = [
            row[0]
            for row in archive.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not row[0].startswith(("search", "sqlite", "_sqlite")) and row[0] != "meta"
        ]
        if derived_only:
            tables = [t for t in tables if t not in ("run", "listing", "listing_entry", "capture", "frontier")]
        return {t: sorted(map(tuple, archive.db.execute(f"SELECT * FROM {t}")), key=repr) for t in tables}


def test_archives_merged_in_either_order_and_twice_are_the_same(
    tmp_path: Path, text: str, clock: SimulatedClock
) -> None:
    one = fill(tmp_path / "one", range(0, 6), text, clock)
    clock.move_to(clock.now() + timedelta(days=2))
    two = fill(tmp_path / "two", range(3, 9), text.replace("2024", "2 024"), clock, day=2)
    dumps = []
    for name, order in (("a", (one, two)), ("b", (two, one)), ("c", (one, two, one, two))):
        target = tmp_path / name
        with Archive.open(target, clock, create=True, sample=False) as archive:
            for other in order:
                merge(archive, [other])
        dumps.append(dump_all(target, clock))
    assert dumps[0] == dumps[1] == dumps[2]
    assert len(dumps[0]["capture"]) == 12
    assert len(dumps[0]["document"]) == 9


def test_merging_into_the_archive_itself_is_as_good_as_into_a_new_one(
    tmp_path: Path, text: str, clock: SimulatedClock
) -> None:
    one = fill(tmp_path / "one", range(0, 4), text, clock)
    two = fill(tmp_path / "two", range(2, 6), text, clock)
    whole = fill(tmp_path / "whole", range(0, 6), text, clock)
    with Archive.open(one, clock) as archive:
        added = merge(archive, [two])
        assert verify(archive) == []
    assert (added["capture"], added["body"], added["reading"]) == (2, 2, 2)
    assert dump_all(one, clock, derived_only=True) == dump_all(whole, clock, derived_only=True)


@pytest.mark.slow
@pytest.mark.parametrize("days", [(1, 1), (1, 30), (30, 1)])
def test_two_machines_that_crawled_overlapping_portals_united_are_as_one_that_crawled_them_all(
    tmp_path: Path, days: tuple[int, int]
) -> None:
    plant = {"edited": [(1, 2023)], "withdrawn": [(2, 2023)], "moved": [(0, 2023)]}
    world = World(units=3, years=(2023,), plant=plant)
    portals = [load_portal(text) for text in world.declarations().values()]
    shares = (portals[:2], portals[1:])

    def crawl_into(path: Path, day: int, share: list[Portal]) -> None:
        clock = SimulatedClock(world.date_of(day))
        with SampleServer(world, clock.now) as server:
            crawl(path, share, clock, authorities=server.authorities, delay=0, sample=True)
        with Archive.open(path, clock) as archive:
            read_captures(archive)

    def known(archive: Archive) -> set[str]:
        return {visit.item.url for portal in portals for visit in known_visits(archive, portal.slug)}

    for name, day, share in zip(("one", "two"), days, shares, strict=True):
        crawl_into(tmp_path / name, day, share)
    if days[0] == days[1]:
        crawl_into(tmp_path / "whole", days[0], portals)
    else:
        for day, share in sorted(zip(days, shares, strict=True), key=lambda turn: turn[0]):
            crawl_into(tmp_path / "whole", day, share)
    clock = SimulatedClock(world.date_of(40))
    with Archive.open(tmp_path / "whole", clock) as archive:
        whole = dump(archive.db)
        captured = {row[0] for row in archive.db.execute("SELECT id FROM capture WHERE kind <> 'robots'")}
        asked = known(archive)
    dumps = []
    for name, order in (("a", ("one", "two")), ("b", ("two", "one")), ("c", ("one", "two", "one", "two"))):
        with Archive.open(tmp_path / name, clock, create=True, sample=True) as archive:
            for other in order:
                merge(archive, [tmp_path / other])
            assert verify(archive, sample=3) == []
            assert {row[0] for row in archive.db.execute("SELECT id FROM capture WHERE kind <> 'robots'")} == captured
            united = dump(archive.db)
            assert {table for table in whole if united[table] != whole[table]} == set()
            dumps.append(dump(archive.db, EVIDENCE))
            assert known(archive) == asked, "the next crawl knows all that either asked for"
    assert dumps[0] == dumps[1] == dumps[2]


def test_a_run_merged_twice_is_as_far_as_it_was_the_last_time(
    tmp_path: Path, clock: SimulatedClock, archive: Archive
) -> None:
    with Archive.open(tmp_path / "other", clock, create=True, sample=False) as other:
        run, _ = other.runs.start("crawl")
        found = [FrontierItem(key, "report", "p", f"http://x.gov.cn/{key}", {"title": key}) for key in "ab"]
        other.runs.add(run, found)
        other.runs.done(run, ["a"])
    merge(archive, [tmp_path / "other"])
    rows = "SELECT key, done, skipped FROM frontier ORDER BY key"
    assert [tuple(row) for row in archive.db.execute(rows)] == [("a", 1, None), ("b", 0, None)]
    with Archive.open(tmp_path / "other", clock) as other:
        other.runs.skip(run, {"b": reason("unknown", said="later")})
        other.runs.end(run, {})
    merge(archive, [tmp_path / "other"])
    assert [row["done"] for row in archive.db.execute(rows)] == [1, 0]
    assert "later" in archive.db.execute(rows).fetchall()[1]["skipped"]


def test_bodies_come_over_with_what_they_are_built_upon_and_the_chain_stays_short(
    tmp_path: Path, clock: SimulatedClock
) -> None:
    """In one archive the second version is told apart from the first, in the other the third from the second."""
    texts = [page(version) for version in range(3)]
    for name, versions in (("one", (0, 1)), ("two", (1, 2))):
        with Archive.open(tmp_path / name, clock, create=True, sample=False) as archive:
            for version in versions:
                for number in range(12):
                    archive.record_capture(
                        Capture(URL.format(number), AT + timedelta(days=version), "report", "ok", 200,
                                body=texts[version] + b"%d" % number)
                    )  # fmt: skip
            compact(archive)
    for order in (("one", "two"), ("two", "one")):
        with Archive.open(tmp_path / "-".join(order), clock, create=True, sample=False) as archive:
            added: Counter[str] = Counter()
            for name in order * 2:
                added += Counter(merge(archive, [tmp_path / name]))
            assert (added["body"], added["dictionary"]) == (36, 2)
            for _ in range(2):
                assert verify(archive, sample=0) == []
                chains = archive.bodies.execute(
                    "SELECT count(*) FROM body d JOIN body b ON b.sha256 = d.base WHERE d.codec = b.codec"
                ).fetchone()
                assert chains[0] == 0
                compact(archive)


def page(version: int) -> bytes:
    own, site = random.Random(version), random.Random("site")
    rows = [f"<td>{site.randrange(10**9)}</td>" for _ in range(800)]
    rows[300:302] = [f"<p>{own.randrange(10**9)}</p>"]
    return "\n".join(["<html>", *rows]).encode()


def test_one_body_read_by_two_evidences_is_read_the_same_whichever_is_merged_first(
    tmp_path: Path, text: str, clock: SimulatedClock
) -> None:
    for number, charset in enumerate(("utf-8", "gb18030")):
        with Archive.open(tmp_path / str(number), clock, create=True, sample=False) as archive:
            headers = (("Content-Type", f"text/plain; charset={charset}"),)
            context = {"unit": f"某市第{number}局"}
            archive.record_capture(
                capture(1, text.replace("平顶山市人民政府", ""), number, headers=headers, context=context)
            )
            read_captures(archive)
    dumps = []
    for order in ((0, 1), (1, 0), (1, 0, 1)):
        with Archive.open(tmp_path / "".join(map(str, order)), clock, create=True, sample=False) as archive:
            for number in order:
                merge(archive, [tmp_path / str(number)])
            assert verify(archive) == []
            dumps.append(dump(archive.db))
    assert dumps[0] == dumps[1] == dumps[2]


def test_a_merged_list_tells_of_the_pages_that_it_no_longer_names(
    tmp_path: Path, text: str, clock: SimulatedClock, archive: Archive
) -> None:
    column, known = "http://x.gov.cn/zfxxgknb/", capture(1, text)

    def listed(where: Archive, urls: tuple[str, ...]) -> None:
        at = clock.now() + timedelta(days=2)
        clock.move_to(at)
        run, _ = where.runs.start("crawl")
        where.record_capture(Capture(column, at, "list", "ok", 200, body=b"<ul>" + str(urls).encode()), run)
        entries = tuple((url, "年报", None) for url in urls)
        where.record_listing(Listing("x", column, at, "complete", None, None, entries), run)
        where.runs.end(run, {})

    archive.record_capture(known)
    listed(archive, (known.url,))
    read_captures(archive)
    with Archive.open(tmp_path / "other", clock, create=True, sample=False) as other:
        listed(other, ())
        listed(other, ())
    merge(archive, [tmp_path / "other"])
    versions = archive.db.execute("SELECT kind, reason FROM version ORDER BY sequence").fetchall()
    assert [tuple(row) for row in versions] == [
        ("first", None),
        ("withdrawn", "gone from its list; gone from its list"),
    ]


def test_a_run_that_has_not_ended_is_not_taken_up_by_another_archive(
    tmp_path: Path, text: str, clock: SimulatedClock, archive: Archive
) -> None:
    with Archive.open(tmp_path / "other", clock, create=True, sample=False) as other:
        run, _ = other.runs.start("crawl")
        other.record_capture(capture(1, text), run)
    merge(archive, [tmp_path / "other"])
    clock.move_to(clock.now() + timedelta(days=1))
    _, resumed = archive.runs.start("crawl")
    assert not resumed
    assert verify(archive) == []


def test_sample_data_and_real_reports_never_meet(tmp_path: Path, clock: SimulatedClock, archive: Archive) -> None:
    Archive.open(tmp_path / "sample", clock, create=True, sample=True).close()
    with pytest.raises(UsageError):
        merge(archive, [tmp_path / "sample"])
    with pytest.raises(UsageError):
        merge(archive, [archive.path])


def test_a_backup_taken_while_captures_come_in_is_whole(archive: Archive, tmp_path: Path, text: str) -> None:
    stop = threading.Event()

    def crawl() -> None:
        with Archive.open(archive.path, archive.clock) as other:
            number = 0
            while not stop.is_set():
                other.record_capture(capture(number, text * 20))
                number += 1

    thread = threading.Thread(target=crawl)
    thread.start()
    try:
        for n in range(5):
            folder = backup(archive, tmp_path / f"copy{n}")
            with Archive.open(folder, archive.clock) as copy:
                assert verify(copy) == []
    finally:
        stop.set()
        thread.join()
    with Archive.open(tmp_path / "copy4", archive.clock) as copy:
        (kept,) = copy.db.execute("SELECT count(*) FROM capture").fetchone()
    assert kept > 0


def test_a_backup_never_overwrites(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError):
        backup(archive, tmp_path / "full")
    assert [p.name for p in (tmp_path / "full").iterdir()] == ["thesis.txt"]


def test_a_backup_of_a_damaged_archive_shows_its_damage(archive: Archive, tmp_path: Path, text: str) -> None:
    archive.record_capture(capture(1, text))
    archive.bodies.execute("DELETE FROM body")
    folder = backup(archive, tmp_path / "copy")
    with Archive.open(folder, archive.clock) as copy:
        assert "missing" in verify(copy)[0].en
    shutil.rmtree(folder)
