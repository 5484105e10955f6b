"""Reading under limits: what takes too long, too much, or brings its process down is unreadable, and the rest is read."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
import zlib
from datetime import UTC, datetime

import pytest

from archive import Archive, Capture
from archive.reading import workers
from archive.reading.readings import read_beside, read_captures
from archive.reading.workers import Limits, read_limited
from parsers import Report
from tests.parsers.readers.pdf_writer import pdf_of

AT = datetime(2025, 1, 1, tzinfo=UTC)


def pdf_page(content: bytes) -> bytes:
    """Return a PDF of one page that draws `content`, packed."""
    packed = zlib.compress(content)
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )


def hostile() -> dict[str, bytes]:
    """Return inputs made to cost more than they weigh."""
    row = b"<tr><td colspan=100000000 rowspan=100000000>1</td></tr>"
    return {
        "spans": b"<html><table>" + row * 2000 + b"</table>",
        "nested tables": b"<html>" + b"<table><tr><td>" * 10_000 + b"x",
        "nested fonts": b"<html><body>" + b"<p><font>" * 100_000 + b"x",
        "entities": b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + b"".join(
            b"<!ENTITY a%d '%s'>" % (i, b"&a%d;" % (i - 1) * 10 if i else b"&a;" * 10) for i in range(12)
        ) + b"]><html>&a11;</html>",
        "one long line": b"1 " * 2_000_000,
        "tabs": (b"\t" * 500 + b"\n") * 4000,
        "pipes": b"0 |\n" * 300_000,
        "digits": "一、本年新收政府信息公开申请数量".encode() + b"1" * 200_000,
        "a million strokes": pdf_page(b"0 0 m 9 9 l S\n" * 1_000_000),
        "a million words": pdf_page(b"BT /F1 1 Tf 5 5 Td (12 3) Tj ET\n" * 1_000_000),
        "brackets": ("（" * 50_000).encode() + b"<table><tr><td>" + ("（" * 50_000).encode(),
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(hostile()))
def test_a_hostile_body_ends_within_its_limits(name: str) -> None:
    started = time.monotonic()
    report = read_limited(hostile()[name])
    assert time.monotonic() - started < workers.PLAIN.seconds + 2
    assert report.verdict in ("other", "unreadable", "empty", "index", "soft_404")


def pdf(content: bytes, kids: int = 1, more: int = 0) -> bytes:
    """Return a PDF of one page, listed `kids` times, with `more` objects that nothing refers to."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (kids, b"3 0 R " * kids),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        *[b"0"] * more,
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return bytes(out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + end)


@pytest.mark.parametrize(
    ("content", "kids", "more"),
    [(b"0 0 m 9 9 l S\n" * 1_000_000, 1, 0), (b"", 1_000_000, 0), (b"", 1, 1_000_000)],
    ids=["paths", "pages", "objects"],
)
def test_a_pdf_of_a_million_things_ends_within_its_limits(content: bytes, kids: int, more: int) -> None:
    body = pdf(content, kids, more)
    started = time.monotonic()
    report = read_limited(body)
    assert time.monotonic() - started < workers.PLAIN.seconds + 2
    assert report.verdict in ("other", "unreadable", "empty")


def test_what_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "PLAIN", Limits(0.5, 1 << 30))
    monkeypatch.setattr("parsers.read_report", lambda body: time.sleep(60))
    started = time.monotonic()
    report = read_limited(b"x")
    assert time.monotonic() - started < 5
    assert (report.verdict, report.findings[0].code) == ("unreadable", "time_limit")


def test_what_takes_too_much_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parsers.read_report", lambda body: Report("other", len(bytearray(3 << 30))))
    report = read_limited(b"x")
    assert (report.verdict, report.findings[0].code) == ("unreadable", "memory_limit")


def test_a_reader_that_is_killed_is_a_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parsers.read_report", lambda body: os.kill(os.getpid(), signal.SIGKILL))
    report = read_limited(b"x")
    assert (report.verdict, report.findings[0].code) == ("unreadable", "reader_crashed")


def test_one_hostile_body_among_many_does_not_keep_the_others_from_being_read(archive: Archive, text: str) -> None:
    for i in range(5):
        archive.record_capture(Capture(f"http://x.gov.cn/{i}", AT, "report", "ok", 200, body=f"{text}{i}".encode()))
        body = b"<table>" * 3000 + b"%d" % i
        archive.record_capture(Capture(f"http://x.gov.cn/bad{i}", AT, "report", "ok", 200, body=body))
    summary = read_captures(archive, workers=2)
    assert summary.readings["report"] == 5
    assert sum(summary.readings.values()) == 10


def test_two_workers_read_what_one_reads(archive: Archive, text: str) -> None:
    for i in range(6):
        archive.record_capture(Capture(f"http://x.gov.cn/{i}", AT, "report", "ok", 200, body=f"{text}\n{i}".encode()))
    tasks = [
        workers.ReadingTask(row["body_sha256"], row["url"], (), {})
        for row in archive.db.execute("SELECT body_sha256, url FROM capture ORDER BY url")
    ]
    one, two = (list(workers.read_in_processes(archive.path, tasks, n)) for n in (1, 2))
    assert {task.url: report for task, report in one} == {task.url: report for task, report in two}
    assert sorted(task.url for task, _ in two) == [task.url for task in tasks]


def test_what_is_kept_while_a_reader_runs_is_read_beside_it_and_nothing_is_left_at_its_end(
    archive: Archive, text: str
) -> None:
    with read_beside(archive.path, archive.clock, workers=2) as beside:
        for i in range(12):
            body = f"{text}\n{i}".encode()
            archive.record_capture(Capture(f"http://x.gov.cn/{i}", AT, "report", "ok", 200, body=body))
            time.sleep(0.05)
        until = time.monotonic() + 60
        while not archive.db.execute("SELECT count(*) FROM reading").fetchone()[0]:
            assert time.monotonic() < until, "nothing was read while captures were still coming"
            time.sleep(0.05)
    assert beside.verdicts == {"report": 12}
    assert archive.db.execute("SELECT count(*) FROM reading").fetchone()[0] == 12
    assert read_captures(archive).readings == {}


def test_an_error_beside_is_raised_where_the_reader_ends(archive: Archive, text: str) -> None:
    with pytest.raises(sqlite3.DatabaseError), read_beside(archive.path, archive.clock, workers=1):
        archive.db.execute("DROP TABLE reading")
