"""The files of a release that are tables, made from `gongkai.db`: which there are, and in which formats.

Guarantees: a table is read once, and all its formats are written from that.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from archive.publication.codebook import terms
from archive.publication.columns import wide_tables
from archive.publication.stata import write_dta
from archive.publication.wide import wide_rows
from archive.publication.writing import FORMATS, chunks, open_table

STATA = ("wide", "wide_trust")
"""Tables that are written for Stata, too; its missing values say what `wide_state` says."""


def write_wide(db: sqlite3.Connection, folder: Path, formats: Iterable[str] = FORMATS) -> int:
    """Write the wide table and its twins into `folder`; return the number of rows of each."""
    tables, formats = wide_tables(), tuple(formats)
    rows = 0
    with ExitStack() as stack:
        files = [stack.enter_context(open_table([folder / f"{t.name}.{name}" for name in formats], t)) for t in tables]
        for chunk in chunks(wide_rows(db), len(tables[0].fields)):
            for file, own in zip(files, zip(*chunk, strict=True), strict=True):
                file.write_rows(own)
            rows += len(chunk)
    return rows


def write_stata(folder: Path, on: date) -> int:
    """Write `wide` and `wide_trust` as .dta of the day `on`, from their Parquet files in `folder`; return the number of rows."""
    labels, labelled = _labels()
    wide, trust, _ = wide_tables()
    write_dta(folder / "wide_trust.dta", trust, folder / "wide_trust.parquet", on=on)
    return write_dta(
        folder / "wide.dta",
        wide,
        folder / "wide.parquet",
        on=on,
        states=folder / "wide_state.parquet",
        labels=labels,
        labelled=labelled,
    )


def _labels() -> tuple[dict[str, dict[int | str, str]], dict[str, str]]:
    """Return the sets of value labels, and which field of the wide table bears which."""
    missing: dict[int | str, str] = {t.letter: t.zh for t in sorted(terms("state"), key=lambda t: t.letter) if t.letter}
    figures = {column.name: "missing" for column in wide_tables()[0].fields if column.type in ("integer", "number")}
    return (
        {"missing": missing, "imported": {0: "抓取", 1: "导入"}},
        figures | {"imported": "imported"},
    )
