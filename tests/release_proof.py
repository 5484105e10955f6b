"""Holds every file of a release against the archive it was made from, cell by cell, with readers that are not ours.

What should stand there is worked out here from the archive's own tables and the forms, not by the code that wrote it.
Reads along all files at once, a report at a time, so that a release of any size can be proved. A row is compared as a whole first, and value by
value where that differs: what is written otherwise and means the same (1.50 for 1.5) is told apart there from what is wrong, which is named.
"""

from __future__ import annotations

import csv
import json
import math
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, zip_longest
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pyreadstat

from parsers.templates import FORMS, load_form

SECTION = {"proactive_disclosure": "t2", "requests": "t3", "review_and_litigation": "t4", "statistics": "stat"}
TRUST = {"verified": "v", "stated": "s", "inferred": "i", "disputed": "d", None: "u"}
STATE = {"value": None, "blank": "a", "dash": "b", "undecidable": "d", "text": "e"}
MISSING = {"a": "空白", "b": "横线或“无”", "c": "缺失", "d": "无法判定", "e": "文字"}
CODED = {
    "unit_kind": {"government": (1, "人民政府"), "office": (2, "政府办公室"), "department": (3, "部门"), "town": (4, "乡镇街道"),
                  "zone": (5, "开发区"), "central": (6, "中央机关")},
    "level": {"central": (1, "中央"), "province": (2, "省级"), "city": (3, "市级"), "county": (4, "县级"), "town": (5, "乡镇级")},
    "scope": {"own_body": (1, "仅本机关"), "government_incl_departments": (2, "政府及部门"), "whole_area": (3, "本行政区域"),
              "unknown": (4, "范围未说明")},
    "report_state": {"current": (1, "现有"), "withdrawn": (2, "已撤下")},
}  # fmt: skip
"""Keys that Stata is given as numbers, each with its label."""
WIDE = ("csv", "jsonl", "parquet", "dta")
LONG = ("csv", "jsonl", "parquet")
CHUNK = 1000

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Kept:
    """A report as the archive holds it."""

    id: str
    url: str
    captured_at: str
    cells: dict[Key, sqlite3.Row]
    corrected: dict[Key, tuple[str, Any]]
    form: str | None
    listed: str | None
    """The form of its list before 2019."""
    coded: dict[str, str | None]
    """Its fields of CODED."""

    def in_wide(self, key: Key) -> bool:
        """Tell whether the wide table may show what the report has under a key: keys of local lists mean other things."""
        return key[0] != "statistics" or self.listed == "statistics-2014"


def column_names() -> dict[Key, tuple[str, str]]:
    """Return (name, Chinese label) of each cell of the forms in the wide table."""
    names: dict[Key, tuple[str, str]] = {}
    for table, forms in (*FORMS.items(), ("statistics", ("statistics-2014",))):
        for form in (load_form(table, name) for name in forms):
            above = {label.key: label.zh for label in (*form.rows, *form.groups)}
            for row in form.rows:
                zh = f"{above[row.group]} / {row.zh}" if row.group else row.zh
                zh = f"{zh}（{row.unit}）" if table == "statistics" else zh
                columns = [(c.key, c.code, c.zh) for c in form.columns_of(row)]
                if table == "statistics":
                    columns += [("period", "per", "本期"), ("cumulative", "cum", "累计")]
                for column, code, head in columns:
                    names.setdefault((table, row.key, column), (f"{SECTION[table]}_{row.code}_{code}", f"{zh}：{head}"))
    return names


NAMES = column_names()
_COLUMNS = tuple(name for column, _ in NAMES.values() for name in (column, f"{column}_c"))
_OF_CELLS = itemgetter(*_COLUMNS)
"""Takes out of a row what stands in the columns of the cells: each cell's, then that of its correction."""

Told = list[tuple[Any, str | None]]
"""In the order of `_OF_CELLS`: a figure, or None and the letter of why there is none."""


def kept_reports(db: sqlite3.Connection) -> Iterator[Kept]:
    """Yield what the archive shows of each report, by key."""
    db.row_factory = sqlite3.Row
    reports = db.execute(
        """SELECT s.report_id, s.reading_id, r.forms, d.url, u.kind AS unit_kind, u.level, p.scope,
                  (SELECT CASE v.kind WHEN 'withdrawn' THEN 'withdrawn' ELSE 'current' END FROM version v
                   WHERE v.document_id = p.preferred_document ORDER BY v.sequence DESC LIMIT 1) AS report_state,
                  (SELECT v.captured_at FROM version v WHERE v.document_id = p.preferred_document AND v.reading_id IS NOT NULL
                   ORDER BY v.sequence DESC LIMIT 1) AS captured_at
           FROM shown_reading s JOIN report p ON p.id = s.report_id JOIN reading r ON r.id = s.reading_id
           JOIN document d ON d.id = p.preferred_document JOIN unit u ON u.id = p.unit_id ORDER BY s.report_id"""
    )
    corrections = {
        key: {(c["table"], c["row"], c["column"]): (c["state"], c["value"]) for c in rows}
        for key, rows in groupby(
            db.execute("SELECT * FROM correction_in_force WHERE report_id IS NOT NULL ORDER BY report_id").fetchall(),
            lambda c: c["report_id"],
        )
    }
    for report in reports:
        cells = db.execute("SELECT * FROM cell WHERE reading_id = ?", (report["reading_id"],)).fetchall()
        yield Kept(
            report["report_id"],
            report["url"],
            report["captured_at"],
            {(c["table"], c["row"], c["column"]): c for c in cells},
            corrections.get(report["report_id"], {}),
            json.loads(report["forms"]).get("requests"),
            json.loads(report["forms"]).get("statistics"),
            {name: report[name] for name in CODED},
        )


def prove(archive: Path, release: Path, kinds: Collection[str] = WIDE) -> Counter[str]:
    """Compare all of it in files of so many kinds; return how many values of each were compared. Raises AssertionError at the first that differs."""
    proved: Counter[str] = Counter()
    wide = {f"wide.{kind}": _rows(release / f"wide.{kind}") for kind in WIDE if kind in kinds}
    twins = {
        f"{name}.{kind}": _rows(release / f"{name}.{kind}")
        for name in ("wide_trust", "wide_state")
        for kind in LONG
        if kind in kinds
    }
    if "dta" in kinds:
        twins["wide_trust.dta"] = _rows(release / "wide_trust.dta")
    long = {
        f"long.{kind}": groupby(_rows(release / f"long.{kind}"), lambda r: r["report_id"])
        for kind in LONG
        if kind in kinds
    }
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        for report, *rows in zip_longest(kept_reports(db), *wide.values(), *twins.values()):
            assert report is not None, "a row of no report"
            told = _told(report)
            letters = {"wide_trust": _letters_of_trust(report), "wide_state": [why for _, why in told]}
            for name, row in zip((*wide, *twins), rows, strict=True):
                assert row["report_id"] == report.id, name
                if name in wide:
                    proved[name] += _prove_wide(name, report, told, row)
                else:
                    proved[name] += _prove_twin(name, report, letters[name.partition(".")[0]], row)
            for name, groups in long.items():
                if report.cells:
                    key, own = next(groups)
                    assert key == report.id, name
                    proved[name] += _prove_long(name, report, list(own))
        for name, groups in long.items():
            assert next(groups, None) is None, f"{name} has rows of no report"
    if "dta" in kinds:
        _prove_labels(release)
    return proved


def _told(report: Kept) -> Told:
    """Return what the columns of the cells should tell."""
    told: Told = []
    for key in NAMES:
        shown = report.in_wide(key)
        cell = report.cells.get(key) if shown else None
        told.append((cell["value"], STATE[cell["state"]]) if cell else (None, "c"))
        state, value = report.corrected.get(key, (None, None)) if shown else (None, None)
        told.append((value, STATE[state] if state else None))
    return told


def _letters_of_trust(report: Kept) -> list[str | None]:
    letters: list[str | None] = []
    for key in NAMES:
        shown = report.in_wide(key)
        cell = report.cells.get(key) if shown else None
        letters += [TRUST[cell["trust"]] if cell else None, "c" if shown and key in report.corrected else None]
    return letters


def _as_shown(kind: str, told: Told) -> list[Any]:
    """Return what a format shows of the columns of the cells, where it writes a figure in the commonest way."""
    if kind == "csv":
        return ["" if value is None else str(value) for value, _ in told]
    if kind == "jsonl":
        return [value for value, _ in told]
    if kind == "parquet":
        return [float(value) if isinstance(value, str) else value for value, _ in told]
    return [why if value is None else float(value) for value, why in told]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    kind = path.suffix[1:]
    if kind == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)
    elif kind == "jsonl":
        with path.open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line, parse_float=str)
    elif kind == "parquet":
        for batch in pq.ParquetFile(path).iter_batches(CHUNK):
            yield from batch.to_pylist()
    else:
        start = 0
        while True:
            columns, _ = pyreadstat.read_dta(
                path, row_offset=start, row_limit=CHUNK, user_missing=True, output_format="dict"
            )
            count = len(columns["report_id"])
            for i in range(count):
                yield {name: column[i] for name, column in columns.items()}
            start += count
            if count < CHUNK:
                return


def _same(kind: str, shown: Any, value: Any, why: str | None) -> bool:
    """Tell whether a format shows a figure (or None and why there is none) as it should."""
    if value is None:
        missing = shown is None or (isinstance(shown, float) and math.isnan(shown))
        return shown == "" if kind == "csv" else (shown == why if why else missing) if kind == "dta" else shown is None
    if kind == "csv":
        return bool(shown == str(value))
    if kind == "jsonl":
        return bool(shown == value) or (isinstance(value, float) and float(shown) == value)
    return bool(float(shown) == float(value)) and (
        kind == "dta" or isinstance(value, str) or type(shown) is type(value)
    )


def _prove_wide(name: str, report: Kept, told: Told, row: dict[str, Any]) -> int:
    kind = name.rpartition(".")[2]
    assert row["source_url"] == report.url and row["captured_at"] == report.captured_at, (name, report.id)
    _prove_coded(name, report, row)
    shown = list(_OF_CELLS(row))
    if kind == "dta":
        shown = [None if value != value else value for value in shown]  # a missing value is read as NaN
    wanted = _as_shown(kind, told)
    if shown != wanted or (kind == "parquet" and list(map(type, shown)) != list(map(type, wanted))):
        for column, value, (figure, why) in zip(_COLUMNS, shown, told, strict=True):
            assert _same(kind, value, figure, why), (name, report.id, column, value)
    proved = len(told) + len(CODED)
    for column, value in _measures({k: c["value"] for k, c in report.cells.items()}, report.form).items():
        assert _same(kind, row[column], value, None), (name, report.id, column, row[column], value)
        proved += 1
    for column, number in _counts(report).items():
        assert int(row[column]) == number, (name, report.id, column)
        proved += 1
    return proved


def _prove_coded(name: str, report: Kept, row: dict[str, Any]) -> None:
    for field, key in report.coded.items():
        shown = row[field]
        if name.endswith(".dta"):
            assert (None if shown is None or shown != shown else shown) == (CODED[field][key][0] if key else None), (
                name,
                report.id,
                field,
            )
        else:
            assert (shown or None) == key, (name, report.id, field)


def _measures(values: dict[Key, Any], form: str | None) -> dict[str, Any]:
    def cell(row: str, column: str, table: str = "requests") -> Any:
        return values.get((table, row, column))

    def add(*figures: Any) -> Any:
        return None if any(f is None for f in figures) else sum(figures)

    def share(over: Any, under: Any) -> Any:
        return None if over is None or not under else over / under

    out = {}
    for column, code in (("natural_person", "np"), ("other_org", "oth"), ("total", "tot")):
        denied = [r.key for r in load_form("requests", "2021").rows if r.group == "denied"]
        out[f"t3_denied_sub_{code}"] = add(*(cell(row, column) for row in denied)) if form else None
        others = {
            "2019": ["other_handling"],
            "2021": [f"other_handling.{x}" for x in ("no_correction", "fee_unpaid", "other")],
        }
        out[f"t3_other_sub_{code}"] = add(*(cell(row, column) for row in others[form])) if form else None
    done = cell("total_processed", "total")
    out["grant_rate"] = share(add(cell("granted", "total"), cell("granted_partial", "total")), done)
    out["denial_rate"] = share(out["t3_denied_sub_tot"], done)
    out["denial_mix_case"] = share(cell("denied.enforcement_case_file", "total"), out["t3_denied_sub_tot"])
    out["not_held_share"] = share(cell("unable.not_held", "total"), done)
    received = cell("new_received", "total")
    out["carry_over_share"] = share(cell("carried_out", "total"), add(received, cell("carried_in", "total")))
    review = {c: cell("review", c, "review_and_litigation") for c in ("upheld", "corrected", "other", "total")}
    out["review_rate"] = share(review["total"], received)
    out["review_correction_rate"] = share(
        review["corrected"], add(review["upheld"], review["corrected"], review["other"])
    )
    return out


def _counts(report: Kept) -> dict[str, int]:
    found = Counter((key[0], c["trust"] or "undecidable") for key, c in report.cells.items())
    levels = ("verified", "stated", "inferred", "disputed", "undecidable")
    return {f"{number}_cells_{level}": found[table, level] for table, number in SECTION.items() for level in levels}


def _prove_twin(name: str, report: Kept, letters: list[str | None], row: dict[str, Any]) -> int:
    _prove_coded(name, report, row)
    shown = [value or None for value in _OF_CELLS(row)]
    assert shown == letters, (name, report.id, [p for p in zip(_COLUMNS, shown, letters, strict=True) if p[1] != p[2]])
    return len(letters) + len(CODED)


def _prove_long(name: str, report: Kept, rows: list[dict[str, Any]]) -> int:
    kind = name.rpartition(".")[2]
    assert len(rows) == len(report.cells), name
    for row in rows:
        key = (row["table"], row["row"], row["column"])
        cell = report.cells[key]
        for field in ("state", "raw", "label", "trust"):
            shown = row[field] or ""
            shown = shown.removeprefix("'") if kind == "csv" else shown  # defused; a test of its own says what is
            assert shown == (cell[field] or ""), (name, report.id, key, field)
        assert (row["unit_printed"] or None) == cell["unit"]
        assert int(row["position"]) == cell["position"]
        assert _same(kind, row["value"], cell["value"], None) or float(row["value"]) == cell["value"], (name, key)
        if row["where"] != cell["where"]:
            where = row["where"] if kind == "jsonl" else json.loads(row["where"])
            wanted = json.loads(cell["where"], parse_float=str if kind == "jsonl" else float)
            # as text, for 1, 1.0 and true are equal
            assert json.dumps(where, sort_keys=True) == json.dumps(wanted, sort_keys=True), (name, report.id, key)
        assert (row["source_url"], row["captured_at"]) == (report.url, report.captured_at)
        assert (row["corrected_state"] or None) == report.corrected.get(key, (None,))[0], (name, report.id, key)
    return len(rows)


@lru_cache(10_000)
def _prove_labels(release: Path) -> None:
    """Hold Stata's labels against the forms; every figure's missing values are labelled, and so is every key that is a number."""
    _, meta = pyreadstat.read_dta(release / "wide.dta", metadataonly=True, output_format="dict")
    labels = meta.column_names_to_labels
    for name, zh in NAMES.values():
        assert labels[name] == zh[:80], name
        assert meta.variable_to_label[name] == "missing", name
    assert meta.value_labels["missing"] == MISSING
    _, twin = pyreadstat.read_dta(release / "wide_trust.dta", metadataonly=True, output_format="dict")
    for name, zh in NAMES.values():
        assert twin.column_names_to_labels[name] == f"可信等级：{zh}"[:80], name
    for field, labelled in CODED.items():
        for read in (meta, twin):
            assert read.variable_value_labels[field] == dict(labelled.values()), field
