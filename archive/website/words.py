"""The site's words in Chinese and English, from words.toml; a missing word is an error, never an empty place."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _words() -> dict[str, dict[str, str]]:
    text = files("archive.website").joinpath("words.toml").read_text("utf-8")
    return {f"{group}.{key}": entry for group, entries in tomllib.loads(text).items() for key, entry in entries.items()}


def word(key: str, language: str, **values: Any) -> str:
    """Return the word `key` ("group.name") with `{values}` filled in; raises KeyError for one that is not there."""
    entry = _words()[key]["en" if language == "en" else "zh"]
    return entry.format(**values) if values else entry
