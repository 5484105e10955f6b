"""Earlier versions out of web archives: their true dates, nothing asked of the portal, and no replay read as a report."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.captures import Capture
from archive.clock import SimulatedClock
from archive.crawls.reasons import Reason
from archive.reading.readings import read_captures
from archive.store import Archive
from crawler.declarations import Column, Portal
from crawler.families import FAMILIES, Page
from crawler.replays import original_of
from crawler.run import crawl
from crawler.samples import World

FAMILY = FAMILIES["wayback"]
ORIGINAL = "http://www.example.gov.cn/zfxxgknb/t20240112_1.html"
IA = "https://web.archive.org/cdx/search/cdx?url=www.x.gov.cn/nb/*&output=json&limit=3&showResumeKey=true"
HEAD = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]


def cdx(url: str, answer: object, number: int = 1):  # type: ignore[no-untyped-def]
    body = answer if isinstance(answer, str) else json.dumps(answer)
    return FAMILY.read_list(Page(url, body.encode(), url, number, "application/json"))


def row(
    at: str, digest: str, status: str = "200", url: str = "http://x.gov.cn:80/a.html", mime: str = "text/html"
) -> list[str]:
    return ["cn,gov,x)/a", at, url, mime, status, digest, "100"]


def test_the_internet_archive_s_answer_gives_replays_and_the_way_on() -> None:
    rows = [HEAD, row("20200101000000", "A"), row("20200201000000", "A"), row("20200301000000", "B", "404")]
    read = cdx(IA, [*rows, [], ["cn%2Cgov%2Cx%29%2F+20200301000001%21"]])
    assert [entry.url for entry in read.entries] == [
        "https://web.archive.org/web/20200101000000id_/http://x.gov.cn:80/a.html"
    ]
    assert read.next is not None
    assert (read.next.url, read.next.number) == (f"{IA}&resumeKey=cn%2Cgov%2Cx%29%2F+20200301000001%21", 2)
    assert (read.pages, read.past_end) == (None, False)
    further = cdx(read.next.url, [HEAD, row("20210101000000", "A"), [], ["k2"]], 2)
    assert further.next is not None
    assert further.next.url == f"{IA}&resumeKey=k2"
    last = cdx(further.next.url, [HEAD, row("20220101000000", "C")], 3)
    assert (last.next, last.pages, last.past_end) == (None, 3, True)


def test_of_a_run_of_equal_digests_the_first_is_taken_and_a_return_to_old_bytes_is_a_change() -> None:
    rows = [
        row("20200101000000", "A"),
        row("20200201000000", "B"),
        row("20200301000000", "A", "-", mime="warc/revisit"),
        row("20200401000000", "A", "-", mime="warc/revisit"),
        row("20200501000000", "Z", "-", mime="warc/revisit"),
        row("20200601000000", "P", mime="image/png", url="http://x.gov.cn/a.png"),
        row("20200701000000", "A", url="http://x.gov.cn/b.html"),
    ]
    read = cdx(IA, [HEAD, *rows])
    assert [entry.url.partition("/web/")[2].partition("id_/")[::2] for entry in read.entries] == [
        ("20200101000000", "http://x.gov.cn:80/a.html"),
        ("20200201000000", "http://x.gov.cn:80/a.html"),
        ("20200301000000", "http://x.gov.cn:80/a.html"),
        ("20200701000000", "http://x.gov.cn/b.html"),
    ]


@pytest.mark.parametrize(
    "answer", ["", "<html>Too many requests</html>", "[]", '{"error": "x"}', "[[1, 2], 3]", "null"]
)
def test_what_is_no_index_has_no_rows_and_ends_no_list(answer: str) -> None:
    read = cdx("http://a.test/coll/cdx?url=x&output=json", answer)
    assert (read.entries, read.next, read.pages, read.past_end) == ((), None, None, False)


def test_an_answer_that_is_as_long_as_its_limit_is_not_taken_for_the_whole() -> None:
    line = json.dumps(
        {"timestamp": "20200101000000", "url": "http://x.cn/", "mime": "text/html", "status": "200", "digest": "A"}
    )
    assert cdx("http://a.test/coll/cdx?url=x&output=json&limit=1", line).pages is None
    assert cdx("http://a.test/coll/cdx?url=x&output=json&limit=2", line).pages == 1
    assert cdx("http://a.test/coll/cdx?url=x&output=json", line).pages == 1
    assert cdx(IA.replace("&showResumeKey=true", ""), [HEAD, row("20200101000000", "A")]).pages is None


def replayed(**changes: object) -> Capture:
    capture = Capture(
        url="https://web.archive.org/web/20200101000000id_/http://x.gov.cn:80/a.html?b=1",
        captured_at=datetime(2026, 1, 1, tzinfo=UTC),
        kind="replay",
        outcome="ok",
        status=200,
        headers=(
            ("Memento-Datetime", "Thu, 02 Jan 2020 03:04:05 GMT"),
            ("X-Archive-Orig-Last-Modified", "Wed, 01 Jan 2020 00:00:00 GMT"),
            ("Content-Type", "text/html; charset=GBK"),
            ("Server", "nginx"),
        ),
        body=b"x",
    )
    return replace(capture, **changes)  # type: ignore[arg-type]


def test_the_time_is_the_one_that_the_archive_states_and_the_headers_are_the_original_s() -> None:
    original = original_of(replayed())
    assert isinstance(original, Capture)
    assert original.captured_at == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert original.url == "http://x.gov.cn/a.html?b=1"
    assert original.headers == (
        ("Last-Modified", "Wed, 01 Jan 2020 00:00:00 GMT"),
        ("Content-Type", "text/html; charset=GBK"),
    )
    assert (original.kind, original.outcome, original.status, original.body) == ("import", "imported", 200, b"x")
    assert original.context["replay"] == replayed().url


@pytest.mark.parametrize(
    "changes",
    [{"headers": ()}, {"headers": (("Memento-Datetime", "x"),)}, {"url": "https://web.archive.org/"}, {"body": None}],
)
def test_an_answer_that_states_no_time_is_evidence_of_nothing(changes: dict[str, object]) -> None:
    assert isinstance(original_of(replayed(**changes)), Reason)


@pytest.fixture
def warc(tmp_path: Path) -> Path:
    """A WARC file with a report as it was in January 2024, the same a week later, and corrected in March; and a picture."""
    portal = World(plant={}).portals[0]
    report = next(one for one in portal.reports if one.year == 2023)
    first = portal.answer("GET", report.url.removeprefix(f"http://{portal.host}"), {}, 0).body
    encoding = portal.site.encoding
    second = first.decode(encoding).replace("。</p>", "。特此更正。</p>", 1).encode(encoding)
    assert first != second
    path = tmp_path / "a.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url, at, body, kind, status in (
            (ORIGINAL, "2024-01-12T01:00:00Z", first, f"text/html; charset={portal.site.charset}", "200 OK"),
            (ORIGINAL, "2024-01-19T01:00:00Z", first, f"text/html; charset={portal.site.charset}", "200 OK"),
            (ORIGINAL, "2024-03-01T01:00:00Z", second, f"text/html; charset={portal.site.charset}", "200 OK"),
            (ORIGINAL, "2024-04-01T01:00:00Z", b"gone", "text/html", "404 Not Found"),
            ("http://www.example.gov.cn/zfxxgknb/a.png", "2024-01-12T01:00:00Z", b"\x89PNG", "image/png", "200 OK"),
        ):
            headers = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
            told = {"WARC-Date": at}
            record = writer.create_warc_record(
                url, "response", io.BytesIO(body), http_headers=headers, warc_headers_dict=told
            )
            writer.write_record(record)
            record.raw_stream.close()
    return path


def test_an_archive_s_captures_become_versions_of_their_true_dates(
    warc: Path, replay: Callable[[Path], str], tmp_path: Path
) -> None:
    collection = urlsplit(replay(warc))
    host = "archive.test"
    url = f"http://{host}{collection.path}/cdx?url=http://www.example.gov.cn/zfxxgknb/*&output=json"
    portal = Portal(
        "sample-wayback", "样本网页档案馆", "wayback", "000000", (host,), (Column(url, "", date(2025, 4, 1)),), True
    )
    clock = SimulatedClock(datetime(2025, 4, 10, tzinfo=UTC))
    authorities = {f"{host}:80": ("127.0.0.1", collection.port or 0)}

    def run():  # type: ignore[no-untyped-def]
        return crawl(tmp_path / "archive", [portal], clock, authorities=authorities, delay=0, sample=True)

    summary = run()
    assert summary.listings == {url: "complete"}
    assert summary.findings == ()
    assert summary.complete
    with Archive.open(tmp_path / "archive", clock) as archive:
        rows = archive.db.execute(
            "SELECT kind, url, captured_at, outcome, status, body_sha256 FROM capture ORDER BY rowid"
        )
        kept = [tuple(one) for one in rows]
        imports = [one for one in kept if one[0] == "import"]
        assert [(one[1], one[2]) for one in imports] == [
            (ORIGINAL, "2024-01-12T01:00:00Z"),
            (ORIGINAL, "2024-03-01T01:00:00Z"),
        ]
        replays = [one for one in kept if one[0] == "replay"]
        assert [one[5] for one in replays] == [one[5] for one in imports]
        assert {one[2] for one in replays} == {"2025-04-10T00:00:00Z"}
        assert read_captures(archive).new_versions == {"first": 1, "content": 1}
        versions = archive.db.execute("SELECT kind, captured_at FROM version ORDER BY captured_at").fetchall()
        assert [tuple(one) for one in versions] == [
            ("first", "2024-01-12T01:00:00Z"),
            ("content", "2024-03-01T01:00:00Z"),
        ]
        assert archive.db.execute("SELECT DISTINCT url FROM reading").fetchall()[0][0] == ORIGINAL
    clock.move_to(clock.now() + timedelta(days=30))
    assert run().complete
    with Archive.open(tmp_path / "archive", clock) as archive:
        (again,) = archive.db.execute("SELECT count(*) FROM capture WHERE kind = 'replay'").fetchone()
    assert again == 2
