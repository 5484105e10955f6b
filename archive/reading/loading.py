"""Makes kept readings into Reports again.

Guarantees: a reading comes back as the Report it was made from, but for the sides of checks, which are kept as they are printed.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace

from archive.reading.rows import printed
from parsers.model import Cell, Check, Finding, Region, Report, Section, Where


def load_reading(db: sqlite3.Connection, reading_id: str) -> Report:
    """Return a kept reading as the Report it was made from; raises KeyError where there is none."""
    row = db.execute("SELECT * FROM reading WHERE id = ?", (reading_id,)).fetchone()
    if row is None:
        raise KeyError(reading_id)
    region = None
    if row["region_code"]:
        region = Region(row["region_code"], row["region_name"], tuple(json.loads(row["region_evidence"])))
    return Report(
        verdict=row["verdict"],
        parser_version=row["parser_version"],
        title=row["title"],
        title_raw=row["title_raw"],
        issuer=row["issuer"],
        issuer_raw=row["issuer_raw"],
        report_year=row["report_year"],
        region=region,
        published=row["published"],
        script=row["script"],
        forms=json.loads(row["forms"]),
        preface=row["preface"],
        format=row["format"],
        encoding=row["encoding"],
        sections=tuple(
            Section(s["number"], s["heading"], s["text"])
            for s in db.execute("SELECT * FROM section WHERE reading_id = ? ORDER BY position", (reading_id,))
        ),
        cells=tuple(
            Cell(
                c["table"],
                c["row"],
                c["column"],
                c["state"],
                c["value"],
                c["raw"],
                c["trust"],
                _where(c["where"]),
                c["unit"],
                c["label"],
            )
            for c in db.execute("SELECT * FROM cell WHERE reading_id = ? ORDER BY position", (reading_id,))
        ),
        checks=tuple(
            Check(
                c["rule"],
                c["scope"],
                c["status"],
                _number(c["left_side"]),
                _number(c["right_side"]),
                c["note"],
            )
            for c in db.execute("SELECT * FROM check_result WHERE reading_id = ? ORDER BY position", (reading_id,))
        ),
        findings=tuple(
            Finding(
                f["code"],
                f["severity"],
                f["message"],
                f["message_zh"],
                _where(f["where"]) if f["where"] else None,
            )
            for f in db.execute("SELECT * FROM finding WHERE reading_id = ? ORDER BY position", (reading_id,))
        ),
    )


def is_same(kept: Report, fresh: Report) -> bool:
    """Tell whether a report is what was kept of it: both sides of a check are kept as they are printed."""
    return kept == replace(
        fresh,
        checks=tuple(replace(c, left=_number(printed(c.left)), right=_number(printed(c.right))) for c in fresh.checks),
    )


def _number(value: str | None) -> int | str | None:
    return int(value) if value is not None and value.lstrip("-").isdigit() else value


def _where(text: str) -> Where:
    data = json.loads(text)
    box = data.get("box")
    return Where(data["block"], data["row"], data["column"], data.get("page"), tuple(box) if box else None)
