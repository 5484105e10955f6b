"""What only the site looks up says what the rest of the release says."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archive.publication import ReleaseSummary
from archive.publication.lookups import MAIN_FIGURES, fill_lookups
from archive.website.checking import source_of
from archive.website.facets import read_facets, spread

COUNTED = {
    "place": "SELECT substr(place_code, 1, 2) || '0000', count(*) FROM report WHERE place_code IS NOT NULL GROUP BY 1",
    "level": "SELECT level, count(*) FROM report WHERE level IS NOT NULL GROUP BY 1",
    "kind": "SELECT u.kind, count(*) FROM report p JOIN unit u ON u.id = p.unit_id GROUP BY 1",
    "year": "SELECT CAST(report_year AS TEXT), count(*) FROM report GROUP BY 1",
    "form": "SELECT f.value, count(DISTINCT p.id) FROM report p, json_each(p.forms) f GROUP BY 1",
    "finding": "SELECT code, count(DISTINCT report_id) FROM finding GROUP BY 1",
}


@pytest.fixture
def db(release: ReleaseSummary, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A copy of the release's database, which may be written to."""
    (tmp_path / "copy.db").write_bytes((release.path / "gongkai.db").read_bytes())
    with closing(sqlite3.connect(tmp_path / "copy.db", isolation_level=None)) as opened:
        yield opened


def figures(db: sqlite3.Connection) -> dict[tuple[str, ...], tuple[object, ...]]:
    rows = db.execute('SELECT report_id, "table", "row", "column", state, value, trust, sure, adds FROM figure')
    return {row[:4]: row[4:] for row in rows}


def test_every_main_figure_of_a_report_is_there_as_it_was_read(db: sqlite3.Connection) -> None:
    read = db.execute('SELECT report_id, "table", "row", "column", state, value, trust FROM cell').fetchall()
    main = {row[:4]: row[4:] for row in read if row[1:4] in MAIN_FIGURES}
    assert main and {key: told[:3] for key, told in figures(db).items()} == main


def test_only_figures_that_are_sure_are_counted(db: sqlite3.Connection) -> None:
    (key,) = list(figures(db))[:1]
    named = 'report_id = ? AND "table" = ? AND "row" = ? AND "column" = ?'
    for state, value, trust, corrected_state, corrected, sure in (
        ("value", 3, "verified", None, None, 3),
        ("value", 3, "stated", None, None, 3),
        ("value", 3, "inferred", None, None, None),
        ("value", 3, "disputed", None, None, None),
        ("value", 3, "disputed", "value", 7, 7),
        ("value", 3, "verified", "blank", None, None),
        ("value", "3.5", "stated", None, None, None),
        ("undecidable", None, None, None, None, None),
    ):
        db.execute(
            f"UPDATE cell SET state = ?, value = ?, trust = ?, corrected_state = ?, corrected_value = ? WHERE {named}",
            (state, value, trust, corrected_state, corrected, *key),
        )
        fill_lookups(db)
        assert figures(db)[key][3] == sure, (state, value, trust, corrected_state)


def test_an_offices_report_adds_nothing_beside_its_governments(db: sqlite3.Connection) -> None:
    (unit, year) = db.execute("SELECT unit_id, report_year FROM report ORDER BY id").fetchone()
    db.execute("UPDATE report SET scope = 'own_body'")
    db.execute("UPDATE unit SET kind = 'office' WHERE id = ?", (unit,))
    fill_lookups(db)
    adds = "SELECT DISTINCT adds FROM figure f JOIN report p ON p.id = f.report_id WHERE p.unit_id = ? AND p.report_year = ?"
    assert db.execute(adds, (unit, year)).fetchall() == [(1,)]
    db.execute(
        "INSERT INTO unit SELECT 'g', 'g', place_code, place_name, level, 'government', NULL, NULL, 1 FROM unit WHERE id = ?",
        (unit,),
    )
    db.execute("CREATE TEMP TABLE twin AS SELECT * FROM report WHERE unit_id = ? AND report_year = ?", (unit, year))
    db.execute("UPDATE twin SET id = 'twin', unit_id = 'g'")
    db.execute("INSERT INTO report SELECT * FROM twin")
    fill_lookups(db)
    assert db.execute(adds, (unit, year)).fetchall() == [(0,)]


def test_every_facet_counts_what_the_reports_say(db: sqlite3.Connection) -> None:
    told = spread(read_facets(db), -1)
    for facet, sql in COUNTED.items():
        assert dict(told[facet]) == dict(db.execute(sql)), facet
    for trust, number in told["trust"]:
        assert number == db.execute(f"SELECT count(*) FROM report WHERE cells_{trust} > 0").fetchone()[0], trust
    assert told["year"] == sorted(told["year"], reverse=True)


def test_the_index_is_numbered_from_the_newest_year_on(db: sqlite3.Connection) -> None:
    numbered = db.execute("SELECT report_id FROM search_entry ORDER BY rowid").fetchall()
    assert numbered == db.execute("SELECT id FROM report ORDER BY report_year DESC, id").fetchall()


def test_a_list_of_checks_is_found_by_an_index_of_what_is_in_it(db: sqlite3.Connection) -> None:
    for kind, index in (("sums", "check_failed"), ("late", "finding_code"), ("changed", "version_changed")):
        plan = " ".join(row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {source_of(db, kind)}"))
        assert index in plan, (kind, plan)
