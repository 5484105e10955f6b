"""Each folder of `fixtures/` is a page with what is known of its address and the reading that was reviewed.

input.*        the bytes
info.json      url, headers, declared: what read_report is told besides
expected.json  the Report; where it is missing it is written once, and the run fails until a person has looked at it

A reading that changes while PARSER_VERSION does not would reach the archive as no change at all: that fails too.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from parsers import PARSER_VERSION, read_report

FIXTURES = Path(__file__).parent / "fixtures"


def written(report: dict) -> str:
    """Return JSON with a line for each key and each item of a list, so that a change shows as the lines it touches."""
    lines = []
    for key, value in report.items():
        if isinstance(value, list) and value:
            items = ",\n  ".join(json.dumps(item, ensure_ascii=False) for item in value)
            lines.append(f'"{key}": [\n  {items}\n ]')
        else:
            lines.append(f'"{key}": {json.dumps(value, ensure_ascii=False)}')
    return "{\n " + ",\n ".join(lines) + "\n}\n"


@pytest.mark.parametrize("folder", sorted(p.name for p in FIXTURES.iterdir()))
def test_a_fixture_is_read_as_was_reviewed(folder: str) -> None:
    path = FIXTURES / folder
    (source,) = path.glob("input.*")
    info = json.loads((path / "info.json").read_text(encoding="utf-8"))
    report = read_report(source.read_bytes(), **info).to_json(source.name)
    expected = path / "expected.json"
    if not expected.exists():
        expected.write_text(written(report), encoding="utf-8")
        pytest.fail(f"{expected} was missing and has been written: review it, then run again")
    reviewed = json.loads(expected.read_text(encoding="utf-8"))
    if report != reviewed:
        changed = [key for key in report if report[key] != reviewed.get(key)]
        advice = (
            f"remove {expected}, run, and review it"
            if reviewed["parser_version"] != PARSER_VERSION
            else "raise PARSER_VERSION, or take the change back: archives hold readings of this version"
        )
        pytest.fail(f"{folder}: the reading differs in {', '.join(changed)}; {advice}")
    assert len(reviewed["cells"]) > 0 or reviewed["verdict"] != "report"
