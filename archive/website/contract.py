"""A report as JSON: the object of `gongkai parse` (design 3.1), then what only a release knows of it."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from archive.website.queries import ReportView

_CHANGE = ("table", "row", "column", "state_before", "value_before", "state_after", "value_after")


def report_object(view: ReportView) -> dict[str, Any]:
    """Return the object for `view`, keys in the order of the contract, `unit` and what follows after them."""
    row = view.report
    region = None
    if row["place_code"]:
        evidence = json.loads(row["place_evidence"] or "[]")
        region = {"code": row["place_code"], "name": row["place_name"], "evidence": evidence}
    return {
        "schema": "gongkai.report/1",
        "source": row["source_url"],
        "verdict": "report",
        "title": row["title"],
        "title_raw": row["title_raw"],
        "issuer": row["issuer"],
        "issuer_raw": row["issuer_raw"],
        "report_year": row["report_year"],
        "region": region,
        "published": row["published"],
        "script": row["script"],
        "forms": view.forms,
        "sections": [_pick(s, "number", "heading", "text") for s in view.sections],
        "preface": row["preface"],
        "cells": [_cell(c) for c in view.cells],
        "checks": [_check(c) for c in sorted(view.checks, key=lambda c: int(c["position"]))],
        "findings": [_finding(f) for f in view.findings],
        "parser_version": row["parser_version"],
        "report_id": row["id"],
        "scope": row["scope"],
        "state": row["state"],
        "sample_data": bool(row["sample_data"]),
        "unit": {"id": row["unit_id"], "name": row["unit_name"], "level": row["level"]},
        "capture": {
            "url": row["source_url"],
            "captured_at": row["captured_at"],
            "sha256": row["body_sha256"],
            "imported": bool(row["imported"]),
        },
        "versions": [_version(v, changes, view.texts.get(v["id"], [])) for v, changes in view.versions],
        "copies": [
            _pick(d, "url", "portal") | {k: bool(d[k]) for k in ("preferred", "imported")} for d in view.documents
        ],
        "across": [_across(k) for k in view.across],
        "corrections": [_correction(c) for c in view.corrections],
    }


def _pick(row: sqlite3.Row, *keys: str) -> dict[str, Any]:
    return {key: row[key] for key in keys}


def _cell(row: sqlite3.Row) -> dict[str, Any]:
    out = _pick(row, "table", "row", "column", "state", "value", "raw", "trust")
    out["where"] = json.loads(row["where"])
    for key in ("unit", "label"):
        if row[key] is not None:
            out[key] = row[key]
    return out


def _check(row: sqlite3.Row) -> dict[str, Any]:
    out = _pick(row, "rule", "scope", "status") | {"left": row["left_side"], "right": row["right_side"]}
    if row["note"] is not None:
        out["note"] = row["note"]
    return out


def _finding(row: sqlite3.Row) -> dict[str, Any]:
    out = _pick(row, "code", "severity", "message", "message_zh")
    if row["where"] is not None:
        out["where"] = json.loads(row["where"])
    return out


def _correction(row: sqlite3.Row) -> dict[str, Any]:
    what = ("field", "url") if row["field"] is not None else ("table", "row", "column")
    rest = ("printed_state", "printed_value", "state", "value", "why", "evidence", "author", "made_at")
    return _pick(row, "id", *what, *rest) | {"agrees": bool(row["agrees"])}


def _across(row: sqlite3.Row) -> dict[str, Any]:
    out = _pick(row, "rule", "within", "severity", "message", "message_zh")
    out |= {"left": row["left_side"], "right": row["right_side"]}
    return (
        out | _pick(row, "other_unit_id", "other_report_id", "other_year") | {"evidence": json.loads(row["evidence"])}
    )


def _text_change(row: sqlite3.Row) -> dict[str, Any]:
    out = _pick(row, "kind", "part", "before", "after")
    return out | {"pieces": json.loads(row["pieces"])}


def _version(row: sqlite3.Row, changes: list[sqlite3.Row], sentences: list[sqlite3.Row]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "kind": row["kind"],
        "captured_at": row["captured_at"],
        "reason": row["reason"],
        "url": row["url"],
        "served": bool(row["served"]),
        "text_changed": bool(row["text_changed"]),
        "sha256": row["body_sha256"],
        "parser_version": row["parser_version"],
        "changes": [_pick(change, *_CHANGE) for change in changes],
        "sentences": [_text_change(one) for one in sentences],
    }
