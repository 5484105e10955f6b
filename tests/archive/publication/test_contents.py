"""What a release says is what the archive says: every report, cell, state, trust, version and page."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from types import ModuleType
from typing import Any

import pytest
import zstandard

from archive.publication import ReleaseSummary
from archive.publication.columns import changes_table, tables, wide_columns
from archive.publication.writing import defuse
from archive.search import parse_query, wanted
from archive.selection import Selection

GONE = "http://b.test/2020.html"
EDITED = "http://b.test/2023.html"
DISPUTED = "http://a.test/2023.html"


@pytest.fixture(scope="module")
def db(release: ReleaseSummary) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{(release.path / 'gongkai.db').as_uri()}?mode=ro", uri=True)) as opened:
        opened.row_factory = sqlite3.Row
        yield opened


def rows(release: ReleaseSummary, name: str) -> list[dict[str, str]]:
    with (release.path / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def expected(samples: ModuleType) -> dict[str, Any]:
    """Return what each address should show: the last good reading."""
    return samples.REPORTS | {EDITED: samples.EDITED}


def test_every_cell_is_the_one_that_was_read(db: sqlite3.Connection, samples: ModuleType) -> None:
    for url, made in expected(samples).items():
        (report_id,) = db.execute("SELECT id FROM report WHERE source_url = ?", (url,)).fetchone()
        written = [
            (c["table"], c["row"], c["column"], c["state"], c["value"], c["raw"], c["trust"], json.loads(c["where"]))
            for c in db.execute("SELECT * FROM cell WHERE report_id = ? ORDER BY position", (report_id,))
        ]
        read = [(*c.key, c.state, c.value, c.raw, c.trust, c.where.to_json()) for c in made.cells]
        assert written == read, url
        assert [type(w[4]) for w in written] == [type(r[4]) for r in read]


def test_every_report_is_there_with_who_when_and_where(db: sqlite3.Connection, samples: ModuleType) -> None:
    for url, made in expected(samples).items():
        row = db.execute("SELECT * FROM report WHERE source_url = ?", (url,)).fetchone()
        assert (row["title"], row["issuer"], row["report_year"]) == (made.title, made.issuer, made.report_year)
        assert (row["title_raw"], row["script"], row["published"]) == (made.title_raw, made.script, made.published)
        assert (row["place_code"], json.loads(row["forms"])) == (made.region.code, made.forms)
        assert row["cells"] == len(made.cells)
        assert row["cells_disputed"] == sum(c.trust == "disputed" for c in made.cells)
        assert row["checks_failed"] == sum(c.status == "fail" for c in made.checks)
        assert row["imported"] == url.startswith("file:")
    (count,) = db.execute("SELECT count(*) FROM report").fetchone()
    assert count == len(samples.REPORTS)


def test_sections_checks_and_findings_are_there(db: sqlite3.Connection, samples: ModuleType) -> None:
    (report_id,) = db.execute("SELECT id FROM report WHERE source_url = ?", (DISPUTED,)).fetchone()
    sections = db.execute(
        "SELECT number, heading, text FROM section WHERE report_id = ? ORDER BY position", (report_id,)
    )
    assert [tuple(s) for s in sections] == [(s.number, s.heading, s.text) for s in samples.DISPUTED.sections]
    checks = db.execute(
        "SELECT rule, scope, status, left_side, right_side FROM check_result WHERE report_id = ? ORDER BY position",
        (report_id,),
    )
    assert [tuple(c) for c in checks] == [(c.rule, c.scope, c.status, c.left, c.right) for c in samples.DISPUTED.checks]
    findings = db.execute("SELECT origin, code, severity FROM finding WHERE report_id = ?", (report_id,)).fetchall()
    assert [tuple(f) for f in findings] == [("reading", "sum_fails", "error")]


def test_a_withdrawn_report_keeps_its_last_good_reading_and_is_marked(db: sqlite3.Connection) -> None:
    row = db.execute("SELECT * FROM report WHERE source_url = ?", (GONE,)).fetchone()
    assert (row["state"], row["state_since"]) == ("withdrawn", "2026-02-13T08:00:00Z")
    assert row["captured_at"] == "2026-02-01T08:00:00Z" and row["cells"] > 0
    kinds = db.execute(
        "SELECT kind, served FROM version WHERE report_id = ? ORDER BY sequence", (row["id"],)
    ).fetchall()
    assert [tuple(k) for k in kinds] == [("first", 1), ("withdrawn", 0)]


def test_an_edited_report_lists_the_cells_that_changed(db: sqlite3.Connection) -> None:
    versions = db.execute(
        """SELECT v.* FROM version v JOIN report p ON p.id = v.report_id WHERE p.source_url = ? ORDER BY sequence""",
        (EDITED,),
    ).fetchall()
    assert [(v["kind"], v["served"], v["cells_changed"], v["text_changed"]) for v in versions] == [
        ("first", 0, 0, 0),
        ("content", 1, 2, 1),
    ]
    changes = db.execute(
        'SELECT "row", "column", value_before, value_after FROM cell_change WHERE version_id = ? ORDER BY "table"',
        (versions[1]["id"],),
    ).fetchall()
    assert [tuple(c) for c in changes] == [
        ("administrative_fees", "amount_wan_yuan", "96171.60", "12.5000"),
        ("new_received", "total", changes[1][2], 41),
    ]


def test_our_own_change_is_told_from_theirs(db: sqlite3.Connection) -> None:
    versions = db.execute(
        "SELECT v.kind, v.cells_changed, v.text_changed FROM version v JOIN report p ON p.id = v.report_id"
        " WHERE p.source_url = 'http://a.test/2021.html' ORDER BY v.sequence"
    ).fetchall()
    assert [tuple(v) for v in versions] == [("first", 0, 0), ("technical", 0, 1)]


def test_the_bytes_of_every_published_version_are_there(db: sqlite3.Connection, samples: ModuleType) -> None:
    wanted = {samples.body_of(url) for url in samples.REPORTS} | {samples.body_of(EDITED, 2)}
    found = {
        zstandard.ZstdDecompressor().decompress(data, max_output_size=size)
        for size, data in db.execute("SELECT size, data FROM source")
    }
    assert found == wanted


def test_captures_keep_failures_and_leave_out_session_headers(db: sqlite3.Connection) -> None:
    outcomes = [tuple(c) for c in db.execute("SELECT outcome, verdict FROM capture ORDER BY captured_at, id")]
    assert outcomes.count(("not_found", None)) == 2 and ("ok", "challenge") in outcomes
    headers = [json.loads(text) for (text,) in db.execute("SELECT headers FROM capture WHERE status = 200")]
    assert headers and all(h == [["Content-Type", "text/html"]] for h in headers)


def test_the_file_is_ready_to_be_served(db: sqlite3.Connection) -> None:
    assert db.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    assert db.execute("SELECT count(*) FROM sqlite_stat1").fetchone()[0] > 0
    assert db.execute("PRAGMA freelist_count").fetchone()[0] == 0


@pytest.mark.parametrize(("query", "found"), [("公开", 6), ("行政复议", 6), ("新榮區", 1), ("新荣区", 1), ("荣", 1)])
def test_full_text_finds_one_character_upwards_in_both_scripts(db: sqlite3.Connection, query: str, found: int) -> None:
    match = wanted(parse_query(query), Selection.condition).match
    (count,) = db.execute("SELECT count(*) FROM search WHERE search MATCH ?", (match,)).fetchone()
    assert count == found


def test_the_long_table_tells_blank_dash_text_undecidable_and_absent_apart(
    release: ReleaseSummary, samples: ModuleType
) -> None:
    cells = {(c["table"], c["row"], c["column"]): c for c in rows(release, "long.csv") if c["source_url"] == DISPUTED}
    states = {
        column: cells["requests", "granted", column]["state"] for column in ("natural_person", "business", "total")
    }
    assert states == {"natural_person": "blank", "business": "dash", "total": "undecidable"}
    assert cells["requests", "granted", "research"]["raw"] == "'=见附件"
    assert (
        cells["requests", "granted", "total"]["value"] == "" and cells["requests", "granted", "total"]["raw"] == "2 11"
    )
    assert ("requests", "other_handling.other", "total") not in cells
    assert len(cells) == len(samples.DISPUTED.cells)


def test_figures_are_never_defused_and_text_always_is(release: ReleaseSummary) -> None:
    wide = {r["source_url"]: r for r in rows(release, "wide.csv")}
    assert wide[GONE]["t2_licensing_change"] == "-8"
    assert wide["http://c.test/local.html"]["title"].startswith("'=1+1测试局")
    texts = ("=1", "+1+2", "-1-A1", "@a", "\ta", "\r=1", "-", "+861")
    assert [defuse(t) for t in texts[:-1]] == [f"'{t}" for t in texts[:-1]]
    assert [defuse(t) for t in (-8, 1.5, "-8", "+861", "12.50", "1", "文", None)] == [
        -8, 1.5, "-8", "+861", "12.50", "1", "文", None,
    ]  # fmt: skip
    for name in ("wide.csv", "long.csv"):
        assert (release.path / name).read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("name", ["codebook.md", "codebook.html"])
def test_the_codebook_explains_every_field_of_every_table(release: ReleaseSummary, name: str) -> None:
    text = (release.path / name).read_text("utf-8")
    mark = ("`", "`") if name.endswith("md") else ("<code>", "</code>")
    for column in wide_columns():
        if not column.role.startswith("corrected"):
            assert column.name.join(mark) in text, column.name
    for table in (*tables(), changes_table()):
        assert all(field.name.join(mark) in text for field in table.fields), table.name
    for word in ("verified", "undecidable", "absent", "已核验", "withdrawn", "with_care", "_c"):
        assert word in text


def test_a_correction_stands_in_columns_of_its_own_beside_what_was_printed(
    db: sqlite3.Connection, release: ReleaseSummary
) -> None:
    cells = {(c["row"], c["column"]): c for c in rows(release, "long.csv") if c["source_url"] == DISPUTED}
    printed = cells["new_received", "total"]
    assert (printed["value"], printed["corrected_state"], printed["corrected_value"]) == ("9", "value", "7")
    assert sum(bool(c["corrected_state"]) for c in rows(release, "long.csv")) == 2
    (count,) = db.execute("SELECT corrections FROM report WHERE source_url = ?", (DISPUTED,)).fetchone()
    assert count == 3


def test_every_correction_in_force_is_listed_with_who_when_and_why(release: ReleaseSummary) -> None:
    listed = {c["row"] or c["identity"]: c for c in rows(release, "corrections.csv")}
    told = {
        key: (c["printed_state"], c["printed_value"], c["corrected_text"], c["agrees"]) for key, c in listed.items()
    }
    same = listed["carried_in"]["corrected_text"]
    assert told == {
        "new_received": ("value", "9", "7", "0"),
        "carried_in": ("value", same, same, "1"),
        "other_handling.other": ("absent", "", "1", "0"),
        "scope": ("value", "unknown", "own_body", "0"),
    }
    assert {c["author"] for c in listed.values()} == {"'=li", "王"}
    assert all(c["why"] and c["made_at"] and c["correction_id"] for c in listed.values())
    assert listed["scope"]["document_url"] == "http://c.test/local.html"
