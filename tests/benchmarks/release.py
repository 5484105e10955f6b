"""What a release costs: time, peak memory and size of each file for N generated reports (200 cells each), then the proof of it all.

    python -m tests.benchmarks.release [--reports 100000] [--keep FOLDER]

Wanted for 100,000 reports (20 million cells) on 2 cores: under 15 minutes and 3 GB. Rows are put straight into the archive's tables,
because reading pages is measured elsewhere. The examples of docs/release.md are run on the release as they stand there.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import chdir
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from release_proof import prove  # noqa: E402

from archive import Archive, SimulatedClock  # noqa: E402
from archive.keys import digest  # noqa: E402
from archive.publication import publish  # noqa: E402
from archive.register.places import all_codes, full_name_in  # noqa: E402
from parsers.templates import TABLES, load_form  # noqa: E402

DAY = datetime(2026, 3, 1, tzinfo=UTC)
YEARS = 14
LIST = "statistics-2014"
"""The form of every fourth body's reports on 2014 to 2018; it has 60 cells."""
TWO = "with two columns"
"""How every second of these prints it: for the period, and cumulative."""
PROSE = "本机关认真贯彻落实政府信息公开条例，主动公开政府信息，依法办理公开申请，加强监督保障，努力提高工作质量和水平。"
INSERT_CELL = "INSERT INTO cell VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?, ?)"


def fill(archive: Archive, reports: int) -> None:
    """Put in reports of bodies with 14 years each: every state and trust, all forms, some corrections."""
    draw = random.Random(5)
    forms = {
        name: [
            (table, row.key, column.key, column.kind)
            for table in TABLES
            for form in [load_form(table, "2021" if table == "review_and_litigation" else name)]
            for row in form.rows
            for column in form.columns_of(row)
        ]
        for name in ("2021", "2019")
    }
    old = load_form("statistics", LIST)
    forms[LIST] = [("statistics", row.key, "value", row.kind) for row in old.rows]
    forms[TWO] = [("statistics", row.key, column, row.kind) for row in old.rows for column in ("period", "cumulative")]
    places = [code for code in all_codes() if not code.endswith("00")]
    db = archive.db
    done = 0
    while done < reports:
        with archive.transaction():
            for number in range(done, min(done + 1000, reports)):
                _report(archive, draw, number, places[number // YEARS % len(places)], forms)
        done = min(done + 1000, reports)
    db.execute("DELETE FROM stale_document")
    db.execute("DELETE FROM stale_cross_check")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _report(archive: Archive, draw: random.Random, number: int, place: str, forms: dict[str, list[Any]]) -> None:
    db = archive.db
    body, year = number // YEARS, 2012 + number % YEARS
    unit, reading, document, version = (digest(word, number if word != "unit" else body) for word in _KEYS)
    report, capture = digest("report", number), digest("capture", number)
    name, url, at = f"{full_name_in(place)}第{body}局", f"http://www.{place}.test/{number}.html", "2026-02-01T00:00:00Z"
    form = "2021" if year >= 2021 else LIST if body % 4 == 0 and 2014 <= year <= 2018 else "2019"
    printed = {"proactive_disclosure": form, "requests": form, "review_and_litigation": "2021"}
    if form == LIST:
        printed = {"statistics": LIST}
    sha256 = archive.put_body(f"<html><h1>{name}{year}</h1>{PROSE * draw.randint(5, 40)}{number}</html>".encode())
    db.execute("INSERT OR IGNORE INTO unit (id, name, place_code, place_name, level, kind) VALUES (?, ?, ?, ?, 'county', 'department')",
               (unit, name, place, full_name_in(place)))  # fmt: skip
    db.execute("INSERT INTO capture (id, url, captured_at, kind, outcome, status, body_sha256, body_size, portal)"
               " VALUES (?, ?, ?, 'report', 'ok', 200, ?, 1, 'bench')", (capture, url, at, sha256))  # fmt: skip
    db.execute(
        "INSERT INTO reading VALUES (?, ?, ?, 1, 'report', 'html', 'utf-8', ?, ?, ?, ?, ?, ?, ?, '[]', ?, 'Hans', ?, NULL, ?, ?)",
        (reading, sha256, url, f"{name}{year}年度报告", f"{name} {year} 年度报告", name, name, year, place, full_name_in(place),
         f"{year + 1}-01-20", json.dumps(printed), digest(number), digest(number)),
    )  # fmt: skip
    db.execute("INSERT INTO report VALUES (?, ?, ?, 'own_body', ?)", (report, unit, year, document))
    db.execute("INSERT INTO document VALUES (?, ?, ?, 'bench', 0)", (document, url, report))
    db.execute(
        "INSERT INTO version VALUES (?, ?, 1, 'first', ?, ?, ?, NULL)", (version, document, at, capture, reading)
    )
    db.executemany("INSERT INTO section VALUES (?, ?, ?, ?, ?)",
                   [(reading, n, n, f"第{n}节", PROSE * draw.randint(1, 6)) for n in range(1, 7)])  # fmt: skip
    db.executemany("INSERT INTO check_result VALUES (?, ?, 'A1', ?, 'pass', '7', '7', NULL)",
                   [(reading, n, f"row{n}") for n in range(30)])  # fmt: skip
    db.executemany(INSERT_CELL, _cells(draw, reading, forms[TWO if form == LIST and body % 8 == 0 else form]))
    if number % 500 == 0:
        key = ("statistics", "requests_received", "value") if form == LIST else ("requests", "granted", "total")
        db.execute(
            "INSERT INTO correction VALUES (?, ?, ?, 'own_body', ?, ?, ?, 'value', 77, '见来信', NULL, '王', ?, NULL, ?)",
            (digest("correction", number), unit, year, *key, at, url),
        )


_KEYS = ("unit", "reading", "document", "version")


def _cells(draw: random.Random, reading: str, keys: list[tuple[str, str, str, str]]) -> Iterator[tuple[Any, ...]]:
    for n, (table, row, column, kind) in enumerate(keys):
        chance = draw.random()
        value: int | str | None = draw.randrange(60) if chance < 0.95 else draw.randrange(70_000)
        state, trust = "value", "verified" if table != "proactive_disclosure" else "stated"
        if kind in ("yuan", "wan_yuan"):
            value = f"{draw.randrange(10**6)}.{draw.randrange(10**4):04}"
        if chance > 0.999:
            continue  # absent
        if chance > 0.96:
            state, trust = (("blank", "stated"), ("dash", "stated"), ("text", "inferred"), ("undecidable", None))[n % 4]
            value = None
        elif chance > 0.94:
            trust = "disputed" if n % 2 else "inferred"
        raw = {"value": str(value), "blank": "", "dash": "—", "text": "=见附件", "undecidable": "2 11"}[state]
        yield (
            reading,
            table,
            row,
            column,
            n,
            state,
            value,
            raw,
            trust,
            f'{{"block":{n % 5},"column":{n % 9},"row":{n}}}',
        )


def publish_measured(archive: Path, out: Path) -> None:
    """Publish in this process, telling what each step took, and what the process took in all."""
    started, last, what = time.monotonic(), time.monotonic(), ""
    with Archive.open(archive, SimulatedClock(DAY)) as opened, opened.lock():
        steps: dict[str, float] = {}

        def told(_: int, __: int, step: str) -> None:
            nonlocal last, what
            steps[what] = steps.get(what, 0) + time.monotonic() - last
            last, what = time.monotonic(), step

        summary = publish(opened, out, at=DAY, progress=told)
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(f"{summary.counts.reports:,} reports, {summary.counts.cells:,} cells: {time.monotonic() - started:.0f} s,"
          f" {sum(u.ru_utime + u.ru_stime for u in usage):.0f} s of CPU,"
          f" {max(u.ru_maxrss for u in usage) / 1024:.0f} MB at most in one process")  # fmt: skip
    for step, seconds in sorted(steps.items(), key=lambda s: -s[1])[:12]:
        print(f"  {seconds:7.1f} s  {step}")
    for file in summary.files:
        if file.bytes > 1_000_000:
            print(f"  {file.bytes / 2**20:9.1f} MB  {file.name:24} {file.rows if file.rows is not None else '':>12}")


def read_back(archive: Path, release: Path) -> None:
    """Open the release with other people's tools: counts and sums are the archive's, and the documented examples run."""
    import sqlite3

    import duckdb
    import frictionless
    import pandas as pd
    import polars as pl

    with contextlib.closing(sqlite3.connect(archive / "archive.db")) as db:
        cells, total = db.execute("SELECT count(*), total(value) FROM cell").fetchone()
        reports, received = db.execute(
            "SELECT (SELECT count(*) FROM report), total(value) FROM cell WHERE \"row\" = 'new_received' AND \"column\" = 'total'"
        ).fetchone()
    for kind, reader in (
        ("parquet", "read_parquet('{}')"),
        ("csv", "read_csv('{}', sample_size = -1)"),
        ("jsonl", "read_json('{}')"),
    ):
        source = reader.format(release / f"long.{kind}")
        (found,) = duckdb.sql(f"SELECT count(*), sum(value::DOUBLE) FROM {source}").fetchall()
        assert found[0] == cells and abs(found[1] - total) < 1e-6 * total, (kind, found, cells, total)
    tables = {
        "pandas csv": pd.read_csv(release / "wide.csv", low_memory=False),
        "pandas parquet": pd.read_parquet(release / "wide.parquet"),
        "pandas dta": pd.read_stata(release / "wide.dta", convert_categoricals=False),
        "polars csv": pl.read_csv(release / "wide.csv", infer_schema_length=None),
        "polars parquet": pl.read_parquet(release / "wide.parquet"),
        "polars jsonl": pl.read_ndjson(release / "wide.jsonl", infer_schema_length=None),
    }
    for name, frame in tables.items():
        assert len(frame) == reports and frame["t3_new_received_tot"].sum() == received, name
    print(f"  read back with DuckDB, pandas and Polars: {cells:,} cells, {reports:,} reports, sums equal")
    for table in frictionless.Package(release / "datapackage.json").resources:
        if table.path.startswith("wide") or table.path == "long.csv":
            report = table.validate(limit_rows=100_000)
            assert report.valid, (table.path, report.flatten(["type", "note"])[:5])
    print("  frictionless finds no fault in the wide tables and the first 100,000 rows of the long one")
    text = (ROOT / "docs" / "release.md").read_text("utf-8")
    with chdir(release), contextlib.redirect_stdout(io.StringIO()):
        for language, block in re.findall(r"```(python|sql)\n(.*?)```", text, re.S):
            if language == "python":
                exec(compile(block, "docs/release.md", "exec"), {})
            else:
                assert duckdb.sql(block).fetchall()
    print("  the examples of docs/release.md run")


def main() -> None:
    """Make, publish and prove."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="leave the archive and the release here")
    parser.add_argument("--publish", nargs=2, type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.publish:
        publish_measured(*given.publish)
        return
    with tempfile.TemporaryDirectory(prefix="release-") as name:
        folder = given.keep or Path(name)
        archive, out = folder / "archive", folder / "release"
        if not archive.exists():
            started = time.monotonic()
            with Archive.open(archive, SimulatedClock(DAY), create=True) as made:
                fill(made, given.reports)
            print(f"made {given.reports:,} reports in {time.monotonic() - started:.0f} s")
        # in a process of its own, so that its memory is its own
        subprocess.run(
            [sys.executable, __file__, "--publish", archive, out],
            check=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        release = out / (out / "latest").read_text().strip()
        read_back(archive, release)
        started = time.monotonic()
        with ProcessPoolExecutor(2, get_context("spawn")) as processes:
            parts = [
                processes.submit(prove, archive, release, kinds) for kinds in (("csv", "parquet"), ("jsonl", "dta"))
            ]
            proved = sum((part.result() for part in parts), Counter[str]())
        print(f"  proved in {time.monotonic() - started:.0f} s: {sum(proved.values()):,} values of {len(proved)} files")


if __name__ == "__main__":
    main()
