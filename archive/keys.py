"""Keys made from content, never counted, so that archives can be merged in any order; and the JSON that they may be made of."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def digest(*parts: object) -> str:
    """Return a key made from content: the first 20 hex digits of the SHA-256 of the parts."""
    text = "\x1f".join("" if p is None else str(p) for p in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def dump_json(data: Any) -> str:
    """Return `data` as compact JSON with a fixed order of keys."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
