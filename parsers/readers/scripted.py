"""Articles that stand in a script: pages whose own markup is a shell, and whose text a program puts there.

Guarantees: told by what the script holds and not by who made the page: a JSON text named `content` that is markup
(gkmlpt's _CONFIG.DETAIL.content, portals.md 1.4); the longest of them, with what its record says beside it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import lxml.etree

_CONTENT = re.compile(r"""\bcontent["']?\s*:\s*(?=")""")
_MARKUP = re.compile(r"<(?:p|div|table|span|a|section)\b", re.IGNORECASE)
_MOST_TEXTS = 50
_MOST_BRACES = 50
"""How many opening braces before a text are tried for the record that it belongs to."""
_NAMES = {
    "ArticleTitle": ("title",),
    "PubDate": ("display_publish_time", "publish_time", "pubDate"),
    "ContentSource": ("publisher", "source"),
}
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class ScriptedArticle:
    """The markup of an article, and what its record says of it under the names of the meta tags."""

    markup: str
    metadata: dict[str, str] = field(default_factory=dict)


def scripted_article(root: lxml.etree._Element) -> ScriptedArticle | None:
    """Return the article that a script of the page holds, or None."""
    best: tuple[str, str, int] | None = None
    for script in root.iter("script"):
        text = script.text or ""
        for found, _ in zip(_CONTENT.finditer(text), range(_MOST_TEXTS), strict=False):
            value = _value_at(text, found.end())
            if isinstance(value, str) and _MARKUP.search(value) and (best is None or len(value) > len(best[0])):
                best = (value, text, found.start())
    if best is None:
        return None
    markup, text, at = best
    record = _record_around(text, at, markup)
    said = {
        name: next((str(record[key]).strip() for key in keys if isinstance(record.get(key), str)), "")
        for name, keys in _NAMES.items()
    }
    return ScriptedArticle(markup, {name: value for name, value in said.items() if value})


def _value_at(text: str, at: int) -> Any:
    try:
        value, _ = _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None
    return value


def _record_around(text: str, at: int, markup: str) -> dict[str, Any]:
    """Return the nearest JSON object around a position that holds `markup` as its content; {} where there is none."""
    for _ in range(_MOST_BRACES):
        at = text.rfind("{", 0, at)
        if at < 0:
            break
        record = _value_at(text, at)
        if isinstance(record, dict) and record.get("content") == markup:
            return record
    return {}
