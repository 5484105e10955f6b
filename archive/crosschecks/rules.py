"""The rules between reports as data (rules.toml), and the words for why one could not be applied (reasons.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from parsers.model import Severity


@dataclass(frozen=True, slots=True)
class CrossRule:
    """A rule between reports: as `parsers.templates.Rule`, with its kind, the words of its failures, and its parameters."""

    id: str
    kind: str
    severity: Severity
    source: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    fail_zh: str
    fail_en: str
    parameters: Mapping[str, Any]


_OWN = ("kind", "severity", "source", "zh", "en", "about_zh", "about_en", "fail_zh", "fail_en")


@cache
def cross_rules() -> dict[str, CrossRule]:
    """Return the rules by id."""
    return {
        key: CrossRule(
            id=key,
            **{name: entry[name] for name in _OWN},
            parameters={name: value for name, value in entry.items() if name not in _OWN},
        )
        for key, entry in _data("rules.toml").items()
    }


def reason_text(code: str, **details: str) -> tuple[str, str]:
    """Return the words (en, zh) for why a rule could not be applied."""
    entry = _data("reasons.toml")[code]
    return entry["en"].format(**details), entry["zh"].format(**details)


@cache
def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))
