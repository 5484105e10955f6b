"""What people withheld is nowhere in a release but for a dated notice, and still in the archive."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
import zstandard

from archive import Archive
from archive.decisions.corrections import decide_identity
from archive.decisions.withholding import undo, withhold, withholdings
from archive.derivation import derive
from archive.publication import publish
from parsers.errors import NotFoundError, UsageError

DAY = datetime(2026, 3, 1, tzinfo=UTC)
NUMBER = "13800001111"
REPORT = "河南省郑州市二七区政务服务中心/2023"
URL = "http://b.test/2023.html"


@pytest.fixture
def kept(samples: ModuleType, tmp_path: Path) -> Iterator[Archive]:
    """An archive with a person's number in a narrative, in a cell, and in the page of both."""
    edited = samples.report(
        "郑州市二七区政务服务中心",
        2023,
        "410103",
        "河南省郑州市二七区",
        prose=samples.PROSE + "联系人张某，电话138 0000\n1111。",
        changed={samples.request("granted", "total"): {"state": "text", "value": None, "raw": f"见{NUMBER}"}},
    )
    with samples.make_archive(tmp_path / "archive") as made:
        body = samples.body_of(URL, 3) + NUMBER.encode()
        samples.capture(made, URL, samples.DAY.replace(day=14), body, "ok", "report")
        samples.keep(made, URL, body, edited)
        derive(made)
        yield made


def everything(release: Path) -> str:
    """Return all text of a release, the captured pages unpacked, blanks removed."""
    parts = [p.read_text("utf-8") for p in release.iterdir() if p.suffix not in (".db", ".dta", ".parquet")]
    parts += [p.read_bytes().decode("utf-8", "replace") for p in release.iterdir() if p.suffix in (".db", ".dta")]
    with closing(sqlite3.connect(release / "gongkai.db")) as db:
        for size, data in db.execute("SELECT size, data FROM source"):
            parts.append(zstandard.ZstdDecompressor().decompress(data, max_output_size=size).decode("utf-8", "replace"))
    return re.sub(r"\s|\\n", "", "".join(parts))


def rows(release: Path, name: str) -> list[dict[str, str]]:
    with (release / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_passage_is_nowhere_in_the_release_however_it_is_spaced(kept: Archive, tmp_path: Path) -> None:
    before = publish(kept, tmp_path / "out", at=DAY)
    assert NUMBER in everything(before.path)
    withhold(kept, REPORT, why="个人电话", author="王", passage=NUMBER)
    after = publish(kept, tmp_path / "out", at=DAY.replace(day=2))
    assert NUMBER not in everything(after.path)
    assert any("起不予刊出" in row["text"] for row in rows(after.path, "sections"))
    (notice,) = rows(after.path, "withheld")
    assert (notice["kind"], notice["why"], notice["withheld_on"]) == ("passage", "个人电话", "2026-02-01")
    (change,) = [c for c in rows(after.path, "changes") if c["cause"] == "withholding"]
    assert (change["change"], change["report_year"]) == ("passage_withheld", notice["report_year"])
    assert after.counts.reports == before.counts.reports and NUMBER in everything(before.path)


def test_a_withheld_report_leaves_a_notice_and_nothing_else(kept: Archive, tmp_path: Path) -> None:
    first = publish(kept, tmp_path / "out", at=DAY)
    (report,) = [r["report_id"] for r in rows(first.path, "wide") if r["source_url"] == URL]
    withhold(kept, REPORT, why="机关要求", author="王")
    second = publish(kept, tmp_path / "out", at=DAY.replace(day=2))
    for name in ("wide", "long", "sections", "versions", "checks", "findings", "corrections", "errata", "cross_checks"):
        assert report not in {r["report_id"] for r in rows(second.path, name)}, name
    assert URL not in {r["source_url"] for r in rows(second.path, "versions")}
    assert [r["why"] for r in rows(second.path, "withheld")] == ["机关要求"]
    assert "withheld" in {r["coverage"] for r in rows(second.path, "coverage")}
    (change,) = [c for c in rows(second.path, "changes") if c["change"] == "report_withheld"]
    assert (change["report_id"], change["cause"]) == (report, "withholding")
    assert kept.db.execute("SELECT count(*) FROM report WHERE id = ?", (report,)).fetchone()[0] == 1


def test_checks_of_other_reports_that_quote_a_withheld_one_go_with_it(kept: Archive, tmp_path: Path) -> None:
    rows_of = "SELECT p.id, p.unit_id, r.id FROM report p JOIN document d ON d.report_id = p.id JOIN reading r ON r.url = d.url"
    own = kept.db.execute(f"{rows_of} WHERE d.url = 'http://a.test/2021.html'").fetchone()
    other = kept.db.execute(f"{rows_of} WHERE d.url = ?", (URL,)).fetchone()
    kept.db.execute("DELETE FROM cross_check")
    for key, evidence in (("quotes", f'{{"cells":["{other[2]}"],"value":41}}'), ("stays", '{"cells":[]}')):
        kept.db.execute(
            "INSERT INTO cross_check VALUES (?, 'E1', ?, 2021, ?, 'x', NULL, NULL, NULL, 'fail', 'warning', '1', '2', ?, 'm', '说')",
            (key, own[1], own[0], evidence),
        )
    withhold(kept, REPORT, why="机关要求", author="王")
    made = publish(kept, tmp_path, at=DAY)
    assert [c["cross_check_id"] for c in rows(made.path, "cross_checks")] == ["stays"]
    assert [(e["erratum"], e["code"]) for e in rows(made.path, "errata") if e["erratum"] == "cross_check"] == [
        ("cross_check", "E1")
    ]


def test_a_withheld_report_stays_withheld_when_it_is_filed_under_another_year(kept: Archive, tmp_path: Path) -> None:
    withhold(kept, REPORT, why="机关要求", author="王")
    decide_identity(kept, URL, "identity/year", "2022", why="标题有误", author="李")
    derive(kept)
    made = publish(kept, tmp_path, at=DAY)
    assert URL not in {r["source_url"] for r in rows(made.path, "wide")}


def test_a_withheld_page_is_a_notice_and_its_figures_stay(kept: Archive, tmp_path: Path) -> None:
    (capture,) = kept.db.execute("SELECT id FROM capture WHERE url = ? ORDER BY captured_at DESC", (URL,)).fetchone()
    withhold(kept, capture[:12], why="页面含附件", author="王")
    made = publish(kept, tmp_path, at=DAY)
    with closing(sqlite3.connect(made.path / "gongkai.db")) as db:
        kind, size, data, cells = db.execute(
            "SELECT s.format, s.size, s.data, p.cells FROM report p JOIN source s ON s.sha256 = p.body_sha256"
            " WHERE p.source_url = ?",
            (URL,),
        ).fetchone()
    text = zstandard.ZstdDecompressor().decompress(data, max_output_size=size).decode()
    assert kind == "text" and "页面含附件" in text and "2026-02-01" in text and cells > 100


def test_what_is_withheld_can_be_shown_again_and_both_decisions_are_kept(kept: Archive, tmp_path: Path) -> None:
    withhold(kept, REPORT, why="机关要求", author="王")
    undo(kept, REPORT, why="机关同意", author="王")
    assert withholdings(kept.db) == []
    assert kept.db.execute("SELECT count(*) FROM withholding").fetchone()[0] == 2
    made = publish(kept, tmp_path, at=DAY)
    assert URL in {r["source_url"] for r in rows(made.path, "wide")}


def test_what_would_withhold_nothing_is_an_error(kept: Archive) -> None:
    with pytest.raises(UsageError):
        withhold(kept, REPORT, why="个人电话", author="王", passage="13900000000")
    with pytest.raises(UsageError):
        withhold(kept, REPORT, why="个人电话", author="王", passage=" \n")
    with pytest.raises(UsageError):
        withhold(kept, REPORT, why=" ", author="王")
    with pytest.raises(NotFoundError):
        withhold(kept, "ffffffffffff", why="个人电话", author="王")
    with pytest.raises(NotFoundError):
        undo(kept, REPORT, why="机关同意", author="王")
    assert kept.db.execute("SELECT count(*) FROM withholding").fetchone()[0] == 0
