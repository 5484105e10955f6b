"""The five real captures are read cell by cell as the golden readings say, and with other figures too.

The second half puts other numbers into every cell of a capture, keeping blanks, separators and sums, so that a reader
that knows the captures by heart, or returns zeros, fails.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from pathlib import Path

import pytest

from parsers import Cell, Report, read_report
from parsers.checks import outcome_rows

SEEDS = [
    "000_02897dd40d82a655",
    "001_7983391a5e1c5d9b",
    "002_cf5be25a97365a4f",
    "003_d07e733a374d2c05",
    "004_a5013bc3e4dc7cad",
]
COLUMNS = ["natural_person", "business", "research", "social_welfare", "legal_service", "other_org", "total"]
Key = tuple[str, str, str]


def squeeze(text: str) -> str:
    return "".join(text.split())


@pytest.fixture(params=SEEDS)
def seed(request: pytest.FixtureRequest, shared: Path) -> tuple[bytes, dict]:
    body = (shared / "seeds" / f"{request.param}.txt").read_bytes()
    return body, json.loads((shared / "golden" / f"{request.param}.json").read_text())


def test_a_seed_is_read_as_its_golden_reading_says(seed: tuple[bytes, dict]) -> None:
    body, golden = seed
    report = read_report(body).to_json()

    for key in ("title", "issuer", "issuer_raw", "report_year", "script", "forms"):
        assert report[key] == golden[key], key
    assert report["region"]["code"] == golden["region"]["code"]
    read = {(c["table"], c["row"], c["column"]): (c["state"], c["value"]) for c in report["cells"]}
    wanted = {(c["table"], c["row"], c["column"]): (c["state"], c.get("value")) for c in golden["cells"]}
    assert read == wanted
    failing = [c for c in report["checks"] if c["status"] == "fail" and c["rule"] in ("A1", "A2", "A3", "B1")]
    assert failing == golden["failing_checks"]
    assert [s["heading"] for s in report["sections"]] == [s["heading"] for s in golden["sections"]]
    for read_section, section in zip(report["sections"], golden["sections"], strict=True):
        assert read_section["number"] == section["number"]
        if "starts" in section:
            assert squeeze(read_section["text"]).startswith(squeeze(section["starts"]))
            assert squeeze(read_section["text"]).endswith(squeeze(section["ends"]))


# -- the same captures with other figures ----------------------------------------------------------


def figure_spans(text: str, report: Report) -> dict[Key, tuple[int, int]]:
    """Find where in the capture each figure of the tables stands, in reading order, without asking the reader where.

    In all five captures the tables' figures, and nothing else, are tokens of one digit that fill a cell.
    """
    cell = re.compile(r"(?<=[\t\n])([\u3000\u00a0 ]*)(\d)([\u3000\u00a0 ]*)(?=\t|\n| ?\|)")
    spans = [m.span(2) for m in cell.finditer(text)]
    keys = [c.key for c in report.cells if c.state == "value"]
    assert len(spans) == len(keys), "the capture has other figures than its tables'"
    return dict(zip(keys, spans, strict=True))


def new_figures(cells: tuple[Cell, ...], form: str, rng: random.Random) -> dict[Key, int]:
    """Draw figures, no two alike where the sums allow it, that obey A1-A3 and B1 over the cells that are printed."""
    printed = {c.key for c in cells if c.state == "value"}
    figures: dict[Key, int] = {}
    outcomes = outcome_rows(form)
    for column in COLUMNS[:-1]:
        total = 0
        for row in outcomes:
            key = ("requests", row, column)
            if key in printed:
                figures[key] = rng.randrange(1, 4000)
                total += figures[key]
        figures["requests", "total_processed", column] = total
        figures["requests", "carried_in", column] = rng.randrange(1, total)
        figures["requests", "carried_out", column] = rng.randrange(1, 4000)
        figures["requests", "new_received", column] = (
            total + figures["requests", "carried_out", column] - figures["requests", "carried_in", column]
        )
    rows = {c.row for c in cells if c.table == "requests"}
    for row in rows:
        figures["requests", row, "total"] = sum(figures.get(("requests", row, c), 0) for c in COLUMNS[:-1])
    for row in ("review", "suit_direct", "suit_after_review"):
        parts = [rng.randrange(1, 900) for _ in range(4)]
        for column, value in zip(
            ("upheld", "corrected", "other", "pending", "total"), [*parts, sum(parts)], strict=True
        ):
            figures["review_and_litigation", row, column] = value
    for c in cells:
        if c.table == "proactive_disclosure":
            figures[c.key] = rng.randrange(1, 9000)
    assert figures.keys() == printed
    return figures


def write_figures(text: str, spans: dict[Key, tuple[int, int]], figures: dict[Key, int]) -> str:
    for key, (start, end) in sorted(spans.items(), key=lambda item: -item[1][0]):
        text = text[:start] + str(figures[key]) + text[end:]
    return text


@pytest.mark.parametrize("draw", range(4))
def test_every_cell_of_a_seed_follows_its_figure(seed: tuple[bytes, dict], draw: int) -> None:
    body, golden = seed
    text = body.decode()
    before = read_report(body)
    figures = new_figures(before.cells, golden["forms"]["requests"], random.Random(f"{golden['source']}-{draw}"))
    spans = figure_spans(text, before)

    after = read_report(write_figures(text, spans, figures).encode())

    read = {c.key: (c.state, int(c.value) if c.value is not None else None) for c in after.cells}
    wanted = {c.key: ("value", figures[c.key]) if c.state == "value" else (c.state, None) for c in before.cells}
    assert read == wanted
    assert not [c for c in after.checks if c.status == "fail" and c.rule != "F1"]
    assert {c.key: c.trust for c in after.cells} == {c.key: c.trust for c in before.cells}


@pytest.mark.parametrize(
    ("broken", "rule", "scope"),
    [
        (("requests", "new_received", "research"), "A1", "new_received"),
        (("requests", "total_processed", "total"), "A1", "total_processed"),
        (("review_and_litigation", "suit_direct", "pending"), "B1", "suit_direct"),
    ],
)
def test_one_wrong_sum_disputes_its_row_column_or_block_and_nothing_else(
    seed: tuple[bytes, dict], broken: Key, rule: str, scope: str
) -> None:
    body, golden = seed
    text = body.decode()
    before = read_report(body)
    form = golden["forms"]["requests"]
    figures = new_figures(before.cells, form, random.Random(golden["source"]))
    figures[broken] += 1
    after = read_report(write_figures(text, figure_spans(text, before), figures).encode())

    assert {c.key: c.value for c in after.cells if c.state == "value" and c.column != "amount_wan_yuan"} == {
        k: v for k, v in figures.items() if k[2] != "amount_wan_yuan"
    }
    # an independent count of what stands in a broken sum
    table, row, column = broken
    expected: dict[str, set[Key]] = defaultdict(set)
    expected[rule] = {c.key for c in before.cells if c.table == table and c.row == row}
    if table == "requests":
        expected["A2"] = {(table, r, column) for r in ("new_received", "carried_in", "total_processed", "carried_out")}
        if row == "total_processed":
            expected["A3"] = {(table, r, column) for r in (*outcome_rows(form), "total_processed")}
    disputed = {c.key for c in after.cells if c.trust == "disputed"}
    printed = {c.key for c in before.cells if c.state == "value"}
    assert disputed == set().union(*expected.values()) & printed
    assert (rule, scope) in {(c.rule, c.scope) for c in after.checks if c.status == "fail"}


def test_a_broken_sum_in_a_column_disputes_the_column(seed: tuple[bytes, dict]) -> None:
    """Two cells of one row are changed against each other: the row still adds up, two columns do not."""
    body, golden = seed
    text = body.decode()
    before = read_report(body)
    form = golden["forms"]["requests"]
    figures = new_figures(before.cells, form, random.Random(golden["source"]))
    figures["requests", "carried_out", "business"] += 1
    figures["requests", "carried_out", "research"] -= 1
    after = read_report(write_figures(text, figure_spans(text, before), figures).encode())

    rows = ("new_received", "carried_in", "total_processed", "carried_out")
    assert {c.key for c in after.cells if c.trust == "disputed"} == {
        ("requests", row, column) for row in rows for column in ("business", "research")
    }
    assert [(c.rule, c.scope) for c in after.checks if c.status == "fail" and c.rule != "F1"] == [
        ("A2", "business"),
        ("A2", "research"),
    ]
