"""Writes `gongkai.db`, the release as one SQLite file.

Guarantees: made from one snapshot of the archive by SQL alone, so that no report is held in memory; the same archive
and date give the same bytes; every figure is the archive's, which `_compare` counts again before the file is handed
over.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from importlib.resources import files
from pathlib import Path

import zstandard

from archive.clock import CHINA, parse_timestamp
from archive.crawls.coverage import coverage
from archive.crawls.ledger import column_state
from archive.keeping.bodies import QUICK, DamagedBodyError
from archive.publication.codebook import crosswalk
from archive.publication.columns import wide_columns
from archive.publication.hiding import hide_passages, hide_quotations, hide_sources, list_withheld
from archive.publication.lookups import fill_lookups
from archive.publication.model import FORMAT, SAMPLE_NOTICE, Counts, ReleaseError
from archive.publication.text_changes import fill_text_changes
from archive.register.identity import identity_corrections
from archive.search import index_text
from archive.selection import Selection
from archive.store import Archive

APPLICATION_ID = 0x474B4149
"""What `PRAGMA application_id` says of a release ("GKAI"), so that the site knows one from any other database."""

EVERYTHING = Selection()
Step = Callable[[str], None]

_KEPT_BACK = frozenset({"set-cookie", "set-cookie2", "proxy-authenticate", "www-authenticate"})
"""Response headers that are about the session of the capture and not about the page."""


def _statements() -> tuple[str, ...]:
    text = files("archive.publication").joinpath("fill.sql").read_text("utf-8")
    return tuple(statement for statement in text.split(";\n") if statement.strip())


DATABASE_STEPS = len(_statements()) + 4
"""How often `write_database` calls `step`: each statement, the coverage, the sources, the index, the last tidying."""

_TEMPORARY = ("chosen", "served", "published_document", "published_capture", "corrected", "decided")


def write_database(archive: Archive, path: Path, on: date, step: Step, selection: Selection = EVERYTHING) -> Counts:
    """Write the release of day `on` to `path`; `step` is told what is being done.

    A `selection` takes some reports, without an index for searching: it is for tables. What another connection has not
    committed yet is not in it. Raises ReleaseError where the file does not agree with the archive.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA synchronous = OFF")  # a file that is not whole is never renamed into place
        db.executescript(files("archive.publication").joinpath("schema.sql").read_text("utf-8"))
        db.execute("ATTACH ? AS kept", (str(archive.path / "archive.db"),))
        db.execute("ATTACH ? AS bodies", (str(archive.path / "bodies.db"),))
        db.create_function("published_headers", 1, _published_headers, deterministic=True)
        values = {
            "date": on.isoformat(),
            "format": FORMAT,
            "notice": SAMPLE_NOTICE if archive.is_sample else "",
            "sample": int(archive.is_sample),
        }
        db.execute("BEGIN")
        _choose(archive, db, selection)
        _read_identities(archive, db)
        for statement in _statements():
            step("database")
            db.execute(statement, values)
        fill_text_changes(db, archive)
        _fill_words(db)
        step("coverage")
        _fill_coverage(db, archive, selection)
        list_withheld(db, archive, selection)
        step("sources")
        _fill_sources(db, archive, selection)
        hide_sources(db, archive)
        hide_quotations(db, archive)
        hide_passages(db, archive)
        step("search")
        if selection.is_everything:
            _fill_search(db)
            fill_lookups(db)
        _compare(db)
        db.execute("COMMIT")
        for table in _TEMPORARY:
            db.execute(f"DROP TABLE temp.{table}")
        db.execute("DETACH kept")
        db.execute("DETACH bodies")
        step("database")
        db.execute("INSERT INTO search (search) VALUES ('optimize')")
        db.execute("ANALYZE main")
        db.execute("VACUUM main")
        row = db.execute("SELECT units, reports, versions, cells, withdrawn, parser_version FROM release").fetchone()
    return Counts(*row)


def _choose(archive: Archive, db: sqlite3.Connection, selection: Selection) -> None:
    """Say which reports are published: those selected, but for what is withheld."""
    db.execute("CREATE TEMP TABLE chosen (report_id TEXT PRIMARY KEY) WITHOUT ROWID")
    query, values = selection.reports()
    db.executemany("INSERT INTO chosen VALUES (?)", archive.db.execute(query, values))
    db.execute(
        """DELETE FROM chosen WHERE report_id IN (SELECT h.report_id FROM kept.withheld_report h
           JOIN kept.withholding w ON w.id = h.id WHERE w.kind = 'report')"""
    )


def _fill_words(db: sqlite3.Connection) -> None:
    """Write down the columns of the wide table, and the crosswalk."""
    names = ("key", "zh", "en", "local", "since_2014", "since_2019", "comparable", "note_zh", "note_en")
    db.executemany(
        "INSERT INTO concept VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", ([c.get(n) for n in names] for c in crosswalk())
    )
    db.executemany(
        "INSERT INTO wide_column VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (n, c.name, c.type, *(c.cell or (None, None, None)), c.zh, c.en, c.measure.text if c.measure else None)
            for n, c in enumerate(wide_columns())
        ),
    )


def _addresses(told_by: Sequence[str]) -> str | None:
    return json.dumps(told_by, ensure_ascii=False) if told_by else None


def _fill_coverage(db: sqlite3.Connection, archive: Archive, selection: Selection) -> None:
    """Write down what was known of every body and year when the archive last looked, whatever day it is published."""
    (newest,) = db.execute("SELECT max(captured_at) FROM kept.capture").fetchone()
    if newest is None:
        return
    rows = coverage(archive, parse_timestamp(newest).astimezone(CHINA).date())
    units = {row[0] for row in db.execute("SELECT id FROM main.unit")}
    db.executemany(
        "INSERT INTO coverage_year VALUES (?, ?, ?, ?, ?)",
        sorted(
            (row.unit_id, row.unit, year, state, _addresses(row.told_by.get(year, ())))
            for row in rows
            if selection.is_everything or row.unit_id in units
            for year, state in row.years.items()
        ),
    )
    # a list that was read whole and then cut short (a challenge, a rest) is known as it was when it was whole
    listings = archive.db.execute("SELECT * FROM listing ORDER BY completeness = 'complete', listed_at, id")
    lists = {(row["portal"], row["url"]): column_state(row) for row in listings}
    db.executemany(
        "INSERT INTO portal_list VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (
                *key,
                parse_timestamp(c.listed_at).astimezone(CHINA).date().isoformat(),
                c.completeness,
                c.declared_total,
                c.found_total,
                c.reason and c.reason.text("zh"),
            )
            for key, c in sorted(lists.items())
        ),
    )


def _read_identities(archive: Archive, db: sqlite3.Connection) -> None:
    """Hand over what today's readings say of the identities that people decided: reading a name is no matter for SQL."""
    db.execute("CREATE TEMP TABLE decided (id TEXT PRIMARY KEY, now_read TEXT, agrees INTEGER NOT NULL)")
    for (url,) in archive.db.execute("SELECT DISTINCT url FROM identity_in_force ORDER BY url").fetchall():
        made = [(c.id, c.now_read, int(c.agrees)) for c in identity_corrections(archive.db, url)]
        db.executemany("INSERT INTO decided VALUES (?, ?, ?)", made)


def _published_headers(text: str) -> str:
    kept = [pair for pair in json.loads(text) if pair[0].lower() not in _KEPT_BACK]
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


_SOURCES = """
SELECT b.sha256,
       (SELECT format FROM kept.reading r WHERE r.body_sha256 = b.sha256 AND r.verdict = 'report'
        ORDER BY parser_version DESC, id LIMIT 1),
       (SELECT encoding FROM kept.reading r WHERE r.body_sha256 = b.sha256 AND r.verdict = 'report'
        ORDER BY parser_version DESC, id LIMIT 1),
       b.size
FROM bodies.body b WHERE b.sha256 IN (
    SELECT r.body_sha256 FROM kept.version v JOIN published_document d ON d.id = v.document_id
    JOIN kept.reading r ON r.id = v.reading_id)
ORDER BY b.sha256"""


def _fill_sources(db: sqlite3.Connection, archive: Archive, selection: Selection) -> None:
    """Copy the bodies that were read, each packed alone: a release has no dictionaries. A part that is exported needs none."""
    if not selection.is_everything:
        db.execute(f"INSERT INTO source SELECT s.*, 'none', x'' FROM ({_SOURCES}) s")  # noqa: S608
        return
    pack = zstandard.ZstdCompressor(level=QUICK)
    for row in db.execute(_SOURCES).fetchall():
        try:
            body = archive.get_body(row[0])
        except DamagedBodyError as error:
            raise ReleaseError(f"{error.en}; nothing was published", f"{error.zh}；未发布任何内容") from error
        db.execute("INSERT INTO source VALUES (?, ?, ?, ?, 'zstd', ?)", (*row, pack.compress(body)))


def _fill_search(db: sqlite3.Connection) -> None:
    """Index titles, names and narratives as the archive does (archive/search.py), one report at a time.

    They are numbered from the newest year on: what stands equal in an answer then comes in that order by itself.
    """
    reports = db.execute(
        "SELECT id, title, unit_name, issuer, place_name, preface FROM main.report ORDER BY report_year DESC, id"
    )
    for number, (report, title, unit, issuer, place, preface) in enumerate(reports, 1):
        sections = db.execute("SELECT heading, text FROM main.section WHERE report_id = ? ORDER BY position", (report,))
        body = [preface, *(text for section in sections for text in section)]
        db.execute("INSERT INTO search_entry VALUES (?, ?)", (number, report))
        db.execute(
            "INSERT INTO search (rowid, title, issuer, body) VALUES (?, ?, ?, ?)",
            (number, index_text(title), index_text(unit, issuer, place), index_text(*body)),
        )


_COMPARED = {
    "reports": (
        "SELECT count(*) FROM main.report",
        "SELECT count(*) FROM kept.report p JOIN chosen ON chosen.report_id = p.id WHERE EXISTS ("
        "SELECT 1 FROM kept.version v WHERE v.document_id = p.preferred_document AND v.reading_id IS NOT NULL)",
    ),
    "cells": (
        "SELECT count(*) FROM main.cell",
        "SELECT count(*) FROM served s CROSS JOIN kept.cell c ON c.reading_id = s.reading_id",
    ),
    "sum of figures": (
        "SELECT total(value) FROM main.cell",
        "SELECT total(c.value) FROM served s CROSS JOIN kept.cell c ON c.reading_id = s.reading_id",
    ),
    "versions": (
        "SELECT count(*) FROM main.version",
        "SELECT count(*) FROM kept.version WHERE document_id IN (SELECT id FROM kept.document"
        " WHERE report_id IN (SELECT report_id FROM served))",
    ),
}


def _compare(db: sqlite3.Connection) -> None:
    """Count reports, cells, figures and versions in the archive and in the release; raises ReleaseError where they differ."""
    for what, (ours, theirs) in _COMPARED.items():
        (written,), (kept,) = db.execute(ours).fetchone(), db.execute(theirs).fetchone()
        if written != kept:
            raise ReleaseError(
                f"the release holds {written} {what}, the archive {kept}: run `gongkai verify`; nothing was published",
                f"发布数据含 {written} 项（{what}），档案库含 {kept} 项：请运行 `gongkai verify`；未发布任何内容",
            )
    broken = db.execute("PRAGMA main.foreign_key_check").fetchone()
    if broken:
        raise ReleaseError(
            f"a row of {broken[0]} points at a missing row of {broken[2]}: run `gongkai verify`; nothing was published",
            f"表 {broken[0]} 有一行指向 {broken[2]} 中不存在的记录：请运行 `gongkai verify`；未发布任何内容",
        )
