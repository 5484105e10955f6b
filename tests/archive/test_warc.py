"""What WARC files give and take: true times, decoded bytes, revisits, broken tails, and a file that other tools accept."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard
from warcio.checker import Checker
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive import Archive, Capture
from archive.imports import import_files
from archive.reading.readings import read_captures
from archive.selection import Selection, parse_selection
from archive.warc.importing import Choice, WarcSummary
from archive.warc.writing import write_warc
from crawler.samples import World

ROOT = Path(__file__).resolve().parents[2]
PAGE = "http://www.example.gov.cn/zfxxgknb/t20240112_1.html"


class Maker:
    """Makes a WARC file, as other archives do."""

    def __init__(self) -> None:
        self.file = io.BytesIO()
        self.writer = WARCWriter(self.file, gzip=True)

    def add(
        self, url: str, at: str, body: bytes, headers: dict[str, str] | None = None, status: str = "200 OK"
    ) -> None:
        http = StatusAndHeaders(status, list((headers or {"Content-Type": "text/html"}).items()), protocol="HTTP/1.1")
        record = self.writer.create_warc_record(
            url, "response", io.BytesIO(body), http_headers=http, warc_headers_dict={"WARC-Date": at}
        )
        self.writer.write_record(record)
        record.raw_stream.close()

    def revisit(self, url: str, at: str, digest: str, of: str, then: str) -> None:
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        record = self.writer.create_revisit_record(
            url, digest, of, then, http_headers=http, warc_headers_dict={"WARC-Date": at}
        )
        self.writer.write_record(record)
        record.raw_stream.close()

    def write(self, path: Path) -> Path:
        data = self.file.getvalue()
        if path.suffix == ".warc":
            data = gzip.decompress(data)
        elif path.suffix == ".zst":
            data = zstandard.ZstdCompressor().compress(gzip.decompress(data))
        path.write_bytes(data)
        return path


def take(archive: Archive, path: Path, choice: Choice | None = None) -> WarcSummary:
    (result,) = import_files(archive, [path], choice=choice or Choice())
    assert result.warc is not None
    return result.warc


def captures(archive: Archive) -> list[dict]:
    return [dict(r) for r in archive.db.execute("SELECT * FROM capture ORDER BY captured_at, url")]


@pytest.fixture(scope="session")
def page() -> bytes:
    """Return the page of a report on 2023."""
    portal = World(plant={}).portals[0]
    report = next(r for r in portal.reports if r.year == 2023)
    return portal.answer("GET", report.url.removeprefix(f"http://{portal.host}"), {}, 0).body


@pytest.mark.parametrize("suffix", [".warc", ".warc.gz", ".warc.zst"])
def test_a_capture_keeps_its_address_time_status_and_the_bytes_before_they_were_packed(
    archive: Archive, tmp_path: Path, page: bytes, suffix: str
) -> None:
    made = Maker()
    made.add(PAGE, "2024-01-12T01:00:00Z", page)
    made.add(PAGE, "2024-02-12T01:00:00Z", gzip.compress(page), {"Content-Encoding": "gzip"})
    made.add(
        PAGE, "2024-03-12T01:00:00Z", b"%x\r\n%s\r\n0\r\n\r\n" % (len(page), page), {"Transfer-Encoding": "chunked"}
    )
    made.add(PAGE, "2024-04-12T01:00:00Z", page, {"Content-Encoding": "gzip"})  # as Common Crawl keeps them
    summary = take(archive, made.write(tmp_path / f"a{suffix}"))
    kept = captures(archive)
    assert (summary.taken, summary.faults) == (4, [])
    assert [c["captured_at"][:7] for c in kept] == ["2024-01", "2024-02", "2024-03", "2024-04"]
    assert {c["url"] for c in kept} == {PAGE}
    assert {c["status"] for c in kept} == {200}
    assert {archive.get_body(c["body_sha256"]) for c in kept} == {page}
    assert all(c["imported"] for c in kept)


def test_a_report_in_a_warc_file_becomes_a_version_of_its_true_date(
    archive: Archive, tmp_path: Path, page: bytes
) -> None:
    made = Maker()
    made.add(PAGE, "2024-01-12T01:00:00Z", page)
    take(archive, made.write(tmp_path / "a.warc.gz"))
    assert read_captures(archive).new_versions == {"first": 1}
    (version,) = archive.db.execute("SELECT kind, captured_at FROM version").fetchall()
    assert tuple(version) == ("first", "2024-01-12T01:00:00Z")


def test_importing_twice_adds_nothing(archive: Archive, tmp_path: Path, page: bytes) -> None:
    made = Maker()
    made.add(PAGE, "2024-01-12T01:00:00Z", page)
    file = made.write(tmp_path / "a.warc.gz")
    take(archive, file)
    before = captures(archive)
    take(archive, file)
    assert captures(archive) == before


def test_a_revisit_stands_for_the_bytes_of_the_capture_it_names_also_in_another_file(
    archive: Archive, tmp_path: Path, page: bytes
) -> None:
    made = Maker()
    made.add(PAGE, "2024-01-12T01:00:00Z", page)
    first = made.write(tmp_path / "a.warc.gz")
    take(archive, first)
    digest = json.loads(captures(archive)[0]["context"])["payload_digest"]
    later = Maker()
    later.revisit(f"{PAGE}?from=list", "2024-05-12T01:00:00Z", digest, PAGE, "2024-01-12T01:00:00Z")
    later.revisit(PAGE, "2024-06-12T01:00:00Z", "sha1:ELSEWHERE", "http://other.gov.cn/", "2011-01-01T00:00:00Z")
    summary = take(archive, later.write(tmp_path / "b.warc.gz"))
    assert summary.taken == 1
    assert summary.passed_over == {"revisit_of_nothing_here": 1}
    kept = captures(archive)
    assert [c["url"] for c in kept] == [PAGE, f"{PAGE}?from=list"]
    assert kept[0]["body_sha256"] == kept[1]["body_sha256"]


def test_that_a_known_page_was_gone_is_kept_and_of_unknown_pages_not(
    archive: Archive, tmp_path: Path, page: bytes
) -> None:
    made = Maker()
    made.add(PAGE, "2024-03-12T01:00:00Z", b"not found", status="404 Not Found")  # before the page in the file
    made.add("http://elsewhere.gov.cn/", "2024-03-12T01:00:00Z", b"not found", status="404 Not Found")
    made.add(PAGE, "2024-01-12T01:00:00Z", page)
    summary = take(archive, made.write(tmp_path / "a.warc.gz"))
    assert [(c["outcome"], c["url"]) for c in captures(archive)] == [("imported", PAGE), ("not_found", PAGE)]
    assert summary.passed_over == {"gone_or_unchanged_elsewhere": 1}


def test_what_is_no_report_is_passed_over_and_counted_unless_it_is_asked_for(
    archive: Archive, tmp_path: Path, page: bytes
) -> None:
    made = Maker()
    made.add(PAGE, "2024-01-12T01:00:00Z", page)
    made.add("http://www.example.com/recipes", "2024-01-12T01:00:00Z", b"<html>bread</html>")
    made.add("http://www.example.com/a.pdf", "2024-01-12T01:00:00Z", b"%PDF-1.4 bread", {})
    made.add("http://www.example.gov.cn/a.pdf", "2024-01-12T01:00:00Z", b"%PDF-1.4 report", {})
    made.add("http://www.example.gov.cn/b", "2024-01-12T01:00:00Z", b"", {"Location": PAGE}, "302 Found")
    file = made.write(tmp_path / "a.warc.gz")
    assert take(archive, file).passed_over == {"no_mention": 2, "redirect": 1}
    assert take(archive, file, Choice(patterns=("*://*.example.com/*",))).taken == 2
    assert take(archive, file, Choice(everything=True)).taken == 4


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "utf-16"])
def test_a_page_that_mentions_disclosure_is_taken_in_whatever_encoding(
    archive: Archive, tmp_path: Path, encoding: str
) -> None:
    word = "政府資訊公開" if encoding == "big5" else "政府信息公开"
    made = Maker()
    made.add("http://a.example.com/", "2024-01-12T01:00:00Z", f"<p>{word}</p>".encode(encoding))
    assert take(archive, made.write(tmp_path / "a.warc.gz")).taken == 1


@pytest.mark.parametrize("suffix", [".warc", ".warc.gz", ".warc.zst"])
@pytest.mark.parametrize("lost", [1, 7, 40, 200, 900])
def test_a_file_that_breaks_off_gives_what_stands_before_the_break_and_says_so(
    archive: Archive, tmp_path: Path, page: bytes, suffix: str, lost: int
) -> None:
    made = Maker()
    for day in range(10, 15):
        made.add(f"{PAGE}?{day}", f"2024-01-{day}T01:00:00Z", page + os.urandom(50).hex().encode())
    path = made.write(tmp_path / f"a{suffix}")
    whole = path.read_bytes()
    path.write_bytes(whole[:-lost])
    summary = take(archive, path)
    assert summary.faults
    assert 4 <= summary.taken + (suffix == ".warc.zst") * 4 <= 9
    assert all(page in archive.get_body(c["body_sha256"]) for c in captures(archive))


def test_a_record_that_cannot_be_decoded_is_one_fault_and_the_next_is_taken(
    archive: Archive, tmp_path: Path, page: bytes
) -> None:
    made = Maker()
    made.add(f"{PAGE}?bad", "2024-01-12T01:00:00Z", b"\x1f\x8b" + b"\x00" * 50, {"Content-Encoding": "gzip"})
    made.add(f"{PAGE}?odd", "2024-01-12T01:00:00Z", page, {"Content-Encoding": "rot13"})
    made.add(PAGE, "2024-01-12T01:00:00Z", page)
    summary = take(archive, made.write(tmp_path / "a.warc.gz"))
    assert [f.en.split(":")[0] for f in summary.faults] == ["http", "http"]
    assert [c["url"] for c in captures(archive)] == [PAGE]


def test_a_bomb_is_refused(archive: Archive, tmp_path: Path) -> None:
    made = Maker()
    bomb = gzip.compress(b"\x00" * (65 * 2**20))
    made.add(PAGE, "2024-01-12T01:00:00Z", bomb, {"Content-Encoding": "gzip"})
    summary = take(archive, made.write(tmp_path / "a.warc.gz"))
    assert "over the limit" in summary.faults[0].en
    assert captures(archive) == []


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    made = Maker()
    for n in range(300):
        made.add(f"http://a.example.com/{n}", "2024-01-12T01:00:00Z", os.urandom(400_000))
    made.write(tmp_path / "a.warc.gz")  # 120 MB
    program = """
import sys
from pathlib import Path
from archive import Archive, SystemClock
from archive.imports import import_files
with Archive.open(Path(sys.argv[2]), SystemClock(), create=True, sample=False) as archive:
    import_files(archive, [Path(sys.argv[1])])
(peak,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(int(peak.split()[1]) // 1024)
"""
    out = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "a.warc.gz"), str(tmp_path / "archive")],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert int(out.stdout) < 200, out.stdout


# -- export ----------------------------------------------------------------------------------------


@pytest.fixture
def crawled(archive: Archive, page: bytes) -> Archive:
    """Return an archive with what a crawl leaves: answers, a 304, a 404, a copy, a failure, a file."""

    def at(day: int) -> datetime:
        return datetime(2025, 3, day, tzinfo=UTC)

    headers = (("Content-Type", "text/html;charset=utf-8"), ("Content-Encoding", "gzip"), ("Etag", '"1"'))
    for capture in (
        Capture(PAGE, at(1), "report", "ok", 200, headers, body=page),
        Capture(PAGE, at(2), "report", "not_modified", 304, (("Etag", '"1"'),)),
        Capture(PAGE + "?copy", at(3), "report", "ok", 200, headers, body=page),
        Capture(PAGE + "?gone", at(4), "report", "not_found", 404, (), body=b"gone"),
        Capture("http://down.example.gov.cn/", at(5), "list", "timeout", reason="timed out"),
        Capture("file:a.txt", at(6), "import", "imported", body=b"a file"),
    ):
        archive.record_capture(capture)
    return archive


def test_an_export_passes_the_checker_of_warcio_and_is_the_same_each_time(crawled: Archive, tmp_path: Path) -> None:
    counts = write_warc(crawled, crawled.captures_of(Selection()), tmp_path / "a.warc.gz")
    assert counts == {"response": 2, "revisit": 2, "resource": 1, "left_out": 1}
    write_warc(crawled, crawled.captures_of(Selection()), tmp_path / "a2.warc.gz")
    first, second = ((tmp_path / n).read_bytes() for n in ("a.warc.gz", "a2.warc.gz"))
    assert gzip.decompress(first).split(b"\r\n\r\n")[2:] == gzip.decompress(second).split(b"\r\n\r\n")[2:]

    class Options:
        inputs = (str(tmp_path / "a.warc.gz"),)
        verbose = False

    checker = Checker(Options())
    checker.process_all()
    assert checker.exit_value == 0


def test_what_was_exported_can_be_imported_with_the_same_bytes_and_times(
    crawled: Archive, tmp_path: Path, clock: object
) -> None:
    write_warc(crawled, crawled.captures_of(Selection()), tmp_path / "a.warc.gz")
    with Archive.open(tmp_path / "second", crawled.clock, create=True, sample=False) as second:
        take(second, tmp_path / "a.warc.gz", Choice(everything=True))
        told = "SELECT url, captured_at, status, body_sha256 FROM capture WHERE outcome IN ('ok', 'imported', 'not_modified')"
        ours = {tuple(r) for r in crawled.db.execute(told)}
        assert {tuple(r) for r in second.db.execute(told)} == ours


def test_a_selection_exports_only_the_captures_of_its_reports(crawled: Archive, tmp_path: Path) -> None:
    read_captures(crawled)
    counts = write_warc(crawled, crawled.captures_of(parse_selection(["year=2023"])), tmp_path / "a.warc.gz")
    assert counts["response"] == 1
    counts = write_warc(crawled, crawled.captures_of(parse_selection(["year=2022"])), tmp_path / "b.warc.gz")
    assert not counts


def test_pywb_replays_an_export_byte_for_byte_revisits_too(
    crawled: Archive, tmp_path: Path, page: bytes, replay: Callable[[Path], str]
) -> None:
    write_warc(crawled, crawled.captures_of(Selection()), tmp_path / "a.warc.gz")
    collection = replay(tmp_path / "a.warc.gz")

    def get(at: str, url: str) -> bytes:
        with urllib.request.urlopen(f"{collection}/{at}id_/{url}", timeout=30) as answer:
            return bytes(answer.read())

    assert get("20250301000000", PAGE) == page
    assert get("20250303000000", PAGE + "?copy") == page
    with pytest.raises(urllib.error.HTTPError) as gone:
        get("20250304000000", PAGE + "?gone")
    assert gone.value.code == 404
    with urllib.request.urlopen(f"{collection}/cdx?url={PAGE}&output=json", timeout=30) as answer:
        listed = [json.loads(line) for line in answer]
    assert [one["timestamp"] for one in listed] == ["20250301000000", "20250302000000"]
    gone.value.close()
