"""Feeds tell what bodies changed and nothing of what our parser did, in Atom as RFC 4287 has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree, html

from archive import Archive, Capture, SimulatedClock
from archive.decisions.corrections import correct
from archive.histories.feeds import ATOM, Wording, write_feed, write_feeds
from archive.histories.versions import derive_versions
from archive.reading.readings import read_captures, store_reading
from archive.selection import Selection, parse_selection
from crawler.samples import SampleReport
from parsers import PARSER_VERSION, read_report

URL = "http://www.example.gov.cn/a b/年报.html"
START = datetime(2025, 4, 10, 4, tzinfo=UTC)
NAME = {"a": ATOM}
CELL = ("proactive_disclosure", "administrative_licensing", "decisions")

Sight = Callable[..., None]


@pytest.fixture
def history(archive: Archive, text: str, report: SampleReport) -> Archive:
    """Return an archive of one report: first seen, changed, withdrawn, restored; and one read by an older parser first."""
    printed = report.cells[CELL][1]
    assert isinstance(printed, int)
    changed = text.replace(f"行政许可\t{printed}", f"行政许可\t{printed + 1}").replace("培训", "教育", 1)
    for day, body in ((0, text), (10, changed), (20, None), (22, None), (30, changed)):
        at = START + timedelta(days=day)
        if body is None:
            archive.record_capture(Capture(URL, at, "report", "not_found", 404))
        else:
            archive.record_capture(Capture(URL, at, "report", "ok", 200, body=body.encode()))
    older = replace(read_report(text.encode(), url=URL), parser_version=0, cells=())
    with archive.transaction():
        store_reading(archive.db, archive.put_body(text.encode()), URL, older)
    read_captures(archive)
    return archive


def parse(path: Path) -> etree._Element:
    """Return a feed that is valid by the schema and by the rules that the schema cannot tell (RFC 4287, 4.1.1 and 4.1.2)."""
    feed = etree.parse(path).getroot()
    schema = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
    schema.assertValid(feed)
    entries = feed.findall("a:entry", NAME)
    assert feed.find("a:author", NAME) is not None or all(e.find("a:author", NAME) is not None for e in entries)
    for entry in entries:
        assert entry.find("a:content", NAME) is not None or entry.find("a:link[@rel='alternate']", NAME) is not None
    for node in (feed, *entries):
        alternates = [
            (link.get("type"), link.get("hreflang")) for link in node.findall("a:link[@rel='alternate']", NAME)
        ]
        assert len(set(alternates)) == len(alternates)
    ids = [e.findtext("a:id", namespaces=NAME) for e in (feed, *entries)]
    assert len(set(ids)) == len(ids)
    return feed


def texts(feed: etree._Element, name: str) -> list[str]:
    return [entry.findtext(f"a:{name}", namespaces=NAME) or "" for entry in feed.findall("a:entry", NAME)]


def write(archive: Archive, path: Path, words: str = "", *, language: str = "en", **more: object) -> etree._Element:
    options = {"limit": 200, "new": False, **more}
    write_feed(archive, path, parse_selection(words.split()), Wording(language), **options)  # type: ignore[arg-type]
    return parse(path)


def test_a_feed_tells_their_changes_newest_first_and_never_ours(history: Archive, tmp_path: Path) -> None:
    kinds = [row[0] for row in history.db.execute("SELECT kind FROM version ORDER BY sequence")]
    assert kinds == ["first", "technical", "content", "withdrawn", "content"]
    feed = write(history, tmp_path / "all.xml")
    told = [title.partition(": ")[2] for title in texts(feed, "title")]
    assert told == ["restored", "withdrawn", "1 figures changed, 1 changes of text"]
    assert texts(feed, "updated") == ["2025-05-10T04:00:00Z", "2025-05-02T04:00:00Z", "2025-04-20T04:00:00Z"]
    assert feed.findtext("a:updated", namespaces=NAME) == "2025-05-10T04:00:00Z"
    first = write(history, tmp_path / "new.xml", new=True)
    assert [title.partition(": ")[2] for title in texts(first, "title")] == [*told, "first seen"]


def test_a_changed_figure_stands_in_summary_and_content_with_its_correction(
    history: Archive, tmp_path: Path, report: SampleReport
) -> None:
    printed = report.cells[CELL][1]
    assert isinstance(printed, int)
    correct(history, f"{report.unit}/{report.year}", "/".join(CELL), "77", why="a letter", author="li")
    feed = write(history, tmp_path / "all.xml")
    assert texts(feed, "summary")[2].endswith(f": {printed} → {printed + 1} ✎ 77")
    content = html.fragment_fromstring(texts(feed, "content")[2])
    assert [cell.text for cell in content.findall(".//td")][1:] == [str(printed), f"{printed + 1} ✎ 77"]
    assert "教育" in content.findtext(".//li")


def test_ids_and_bytes_stay_while_the_archive_grows(history: Archive, tmp_path: Path, text: str) -> None:
    before = texts(write(history, tmp_path / "one.xml"), "id")
    write(history, tmp_path / "again.xml")
    assert (tmp_path / "one.xml").read_bytes() == (tmp_path / "again.xml").read_bytes()
    history.record_capture(
        Capture(URL, START - timedelta(days=9), "report", "ok", 200, body=text.replace("。", "；").encode())
    )
    read_captures(history)
    after = texts(write(history, tmp_path / "one.xml"), "id")
    assert set(before) < set(after)
    folder = tmp_path / "feeds"
    for _ in range(2):
        write_feeds(history, folder, Selection(), Wording(), limit=200, new=False)
        kept = {path: path.read_bytes() for path in folder.rglob("*.xml")}
    assert kept == {path: path.read_bytes() for path in folder.rglob("*.xml")}


def test_every_place_above_and_the_unit_have_a_feed_of_their_own(
    history: Archive, tmp_path: Path, report: SampleReport
) -> None:
    wording = Wording("zh", "https://site.test/", "https://site.test/feeds")
    written = write_feeds(history, tmp_path, Selection(), wording, limit=2, new=False)
    (unit,) = history.db.execute("SELECT id FROM unit").fetchone()
    names = {feed.path.relative_to(tmp_path).as_posix() for feed in written}
    province = f"{report.place_code[:2]}0000"
    assert {"all.xml", f"unit/{unit}.xml", f"place/{report.place_code}.xml", f"place/{province}.xml"} <= names
    assert not list(tmp_path.rglob("*.part"))
    ids = set()
    for feed in written:
        root = parse(feed.path)
        assert len(texts(root, "id")) == feed.entries == 2
        ids.add(root.findtext("a:id", namespaces=NAME))
        (own,) = root.findall("a:link[@rel='self']", NAME)
        assert own.get("href") == f"https://site.test/feeds/{feed.path.relative_to(tmp_path).as_posix()}"
        links = {link.get("rel"): link.get("href") for link in root.findall("a:entry/a:link", NAME)}
        assert links["alternate"].startswith("https://site.test/report/")
        assert links["via"] == "http://www.example.gov.cn/a%20b/%E5%B9%B4%E6%8A%A5.html"
    assert len(ids) == len(written)


def test_a_selection_without_changes_is_a_valid_feed_without_entries(history: Archive, tmp_path: Path) -> None:
    feed = write(history, tmp_path / "none.xml", "place=540000")
    assert texts(feed, "id") == []
    assert feed.findtext("a:updated", namespaces=NAME) == "2025-05-10T04:00:00Z"


def test_what_xml_cannot_hold_does_not_end_the_feed(
    archive: Archive, clock: SimulatedClock, tmp_path: Path, text: str
) -> None:
    for day, words in ((0, text), (1, text.replace("。", "。\x0c\x01]]>&<b>", 1))):
        at = START + timedelta(days=day)
        made = read_report(words.encode(), url=URL)
        archive.record_capture(Capture(URL, at, "report", "ok", 200, body=words.encode()))
        with archive.transaction():
            spoiled = tuple(replace(s, text=s.text + "\x01<script>。" * day) for s in made.sections)
            store_reading(archive.db, archive.put_body(words.encode()), URL, replace(made, sections=spoiled))
    derive_versions(archive, PARSER_VERSION)
    (content,) = texts(write(archive, tmp_path / "all.xml"), "content")
    assert "<script>" not in content and "&lt;script&gt;" in content
