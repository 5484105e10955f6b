"""The files of a release that are tables, made from `gongkai.db`: which there are, and in which formats.

Guarantees: a table is read once, and all its formats are written from that.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path

from archive.publication.codebook import Term, terms
from archive.publication.columns import CODED, Table, wide_tables
from archive.publication.stata import write_dta
from archive.publication.wide import CORRECTED, TRUST_LETTERS, wide_rows
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
    """Write `wide` and `wide_trust` as .dta of the day `on`, from their Parquet files in `folder`; return the number of rows.

    Letters of trust stay letters, which Stata gives no value label: the label and the notes of the file say what they mean.
    """
    wide, trust, _ = map(_with_codes_told, wide_tables())
    coded = {name: {t.key: t.number for t in terms(name) if t.number} for name in CODED}
    labels, labelled = _labels()
    letters = _letters()
    write_dta(
        folder / "wide_trust.dta",
        replace(
            trust, zh=f"可信等级：{'，'.join(f'{letter} {zh}' for letter, (zh, _, _) in letters.items())}；空为缺失"
        ),
        folder / "wide_trust.parquet",
        on=on,
        labels={name: own for name, own in labels.items() if name != "missing"},
        labelled={name: own for name, own in labelled.items() if own != "missing"},
        coded=coded,
        notes=[f"{letter} {zh} / {en}{about}" for letter, (zh, en, about) in letters.items()],
    )
    return write_dta(
        folder / "wide.dta",
        wide,
        folder / "wide.parquet",
        on=on,
        states=folder / "wide_state.parquet",
        labels=labels,
        labelled=labelled,
        coded=coded,
        notes=[f".{t.letter} {t.zh} / {t.en}：{t.about_zh} / {t.about_en}" for t in _missing()],
    )


def _missing() -> list[Term]:
    return sorted((term for term in terms("state") if term.letter), key=lambda term: term.letter)


def _letters() -> dict[str, tuple[str, str, str]]:
    """Return each letter of trust with what it is called in both languages, and what it promises."""
    told = {t.letter: (t.zh, t.en, f"：{t.about_zh} / {t.about_en}") for t in terms("trust")}
    undecidable = next(term for term in terms("state") if term.key == "undecidable")
    return told | {
        TRUST_LETTERS[None]: (undecidable.zh, undecidable.en, f"：{undecidable.about_zh} / {undecidable.about_en}"),
        CORRECTED: ("已更正", "corrected", ""),
    }


def _with_codes_told(table: Table) -> Table:
    """Return a table whose English notes of coded fields name the key that each number stands for."""
    told = {name: ", ".join(f"{t.number} {t.key}" for t in terms(name)) for name in CODED}
    return replace(
        table, fields=tuple(replace(f, en=f"{f.en}: {told[f.name]}") if f.name in told else f for f in table.fields)
    )


def _labels() -> tuple[dict[str, dict[int | str, str]], dict[str, str]]:
    """Return the sets of value labels, and which field of the wide table bears which."""
    sets: dict[str, dict[int | str, str]] = {
        "missing": {term.letter: term.zh for term in _missing()},
        "imported": {0: "抓取", 1: "导入"},
    }
    for name in CODED:
        sets[name] = {t.number: t.zh for t in terms(name) if t.number}
    figures = {column.name: "missing" for column in wide_tables()[0].fields if column.type in ("integer", "number")}
    return sets, figures | {name: name for name in ("imported", *CODED)}
