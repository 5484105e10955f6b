"""Why something was not got: a code and what belongs to it, with words in both languages (reasons.toml).

Guarantees: what is kept in the archive is the code and its details, never a sentence, so that it is shown in
any language and counted; every code says which hole it leaves in the coverage of the archive.
"""

from __future__ import annotations

import json
import sqlite3
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from parsers.model import Finding, Severity


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; `details` fill the gaps of its words and may hold the reason behind it."""

    code: str
    details: tuple[tuple[str, str | int | Reason], ...] = ()

    def text(self, language: str) -> str:
        """Return the reason in `language` ("zh" or "en")."""
        words: str = _texts()[self.code][language]
        return words.format(**_filled(self.details, language))

    @property
    def hole(self) -> str:
        """What stands in the coverage where a report is missing for this reason: `host_down:dns`, `robots`."""
        behind = next((value for _, value in self.details if isinstance(value, Reason)), None)
        pattern: str = _texts()[self.code]["hole"]
        return behind.hole if behind and pattern == "{why.hole}" else pattern.format(**dict(self.details))

    @property
    def ours(self) -> bool:
        """Whether we chose not to ask (hours, budgets), and the host has said nothing."""
        return bool(_texts()[self.code].get("ours"))

    def dump(self) -> str:
        """Return the reason as it is kept in the archive."""
        return json.dumps(self._data(), ensure_ascii=False, separators=(",", ":"))

    def _data(self) -> dict[str, Any]:
        return {"code": self.code} | {k: v._data() if isinstance(v, Reason) else v for k, v in self.details}

    def __str__(self) -> str:
        return self.text("en")


def reason(code: str, **details: str | int | Reason) -> Reason:
    """Make the reason `code`."""
    return Reason(code, tuple(details.items()))


def load_reason(text: str) -> Reason:
    """Return a reason as it was kept; words that are not ours (an error's, a vendor's) become `unknown`."""
    if not text.startswith("{"):
        return reason("unknown", said=text)
    return _reason_of(json.loads(text))


def _reason_of(data: dict[str, Any]) -> Reason:
    details = {k: _reason_of(v) if isinstance(v, dict) else v for k, v in data.items() if k != "code"}
    return Reason(data["code"], tuple(details.items()))


def finding(code: str, **details: str | int | Reason) -> Finding:
    """Make the finding `code` of a run."""
    severity: Severity = _texts()[code]["severity"]
    made = reason(code, **details)
    return Finding(code, severity, made.text("en"), made.text("zh"))


def reason_of_capture(outcome: str, verdict: str | None, status: int | None, said: str | None) -> Reason | None:
    """Return why a capture leaves its page unseen, or None where it shows what the portal has to say."""
    match verdict, outcome:
        case "challenge", _:
            return reason("challenge", vendor=said or "?")
        case "blocked", _:
            return reason("blocked_geo") if said == "geo" else reason("blocked", status=status or 0)
        case _, "ok" | "not_modified" | "not_found" | "imported":
            return None
        case _, "robots" | "guard":
            return load_reason(said or "")
        case _, "truncated" | "too_large":
            return reason(outcome)
        case _, "http_error" if said is not None and said.startswith("{"):
            return load_reason(said)
        case _, "http_error":
            code = "too_many" if status == 429 else "status"
            return reason("redirects") if status is None else reason(code, status=status)
    return reason("no_connection", kind=outcome, said=said or outcome)


def reason_of_row(row: sqlite3.Row) -> Reason | None:
    """Return why a row of `capture` leaves its page unseen, or None."""
    return reason_of_capture(row["outcome"], row["verdict"], row["status"], row["reason"])


@cache
def _texts() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files(__package__) / "reasons.toml").read_text(encoding="utf-8"))


def _filled(details: tuple[tuple[str, str | int | Reason], ...], language: str) -> dict[str, str | int]:
    return {k: v.text(language) if isinstance(v, Reason) else v for k, v in details}
