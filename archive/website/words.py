"""The site's words in Chinese and English, from words.toml; a missing word is an error, never an empty place."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from archive.labels import scope_label


@cache
def _words() -> dict[str, dict[str, str]]:
    text = files("archive.website").joinpath("words.toml").read_text("utf-8")
    return {f"{group}.{key}": entry for group, entries in tomllib.loads(text).items() for key, entry in entries.items()}


def word(key: str, language: str, **values: Any) -> str:
    """Return the word `key` ("group.name") with `{values}` filled in; raises KeyError for one that is not there."""
    entry = _words()[key]["en" if language == "en" else "zh"]
    return entry.format(**values) if values else entry


def word_or(key: str, language: str, otherwise: str) -> str:
    """Return the word `key`, or `otherwise`: for names that a later release may bring."""
    return word(key, language) if key in _words() else otherwise


@cache
def _findings() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("archive.website").joinpath("finding_names.toml").read_text("utf-8"))


def finding_name(code: str, language: str) -> str:
    """Return what findings of a code are called; the code where none is known (a later parser's)."""
    entry = _findings().get(code)
    return code if entry is None else entry["en" if language == "en" else "zh"]


def within_name(rule: str, within: str, language: str) -> str:
    """Return in words what an outcome is about: the text, a section, a row, a column or a cell; "" for the whole report."""
    part, _, number = within.partition(".")
    if part == "section" and number.isdigit():
        return word("checks.section", language, number=number)
    if within in ("narrative", "figures"):
        return word(f"checks.{within}", language)
    return scope_label(rule, within, language)
