"""The one clock: handed in from the top, so that the demo and the tests can move time.

Every time in the archive is UTC; China Standard Time is for what pages print and what the law counts.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

CHINA = timezone(timedelta(hours=8), "CST")


class Clock(Protocol):
    """Tells the time; nothing else in the project may ask the system for it."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the current time in UTC."""
        return datetime.now(UTC)


class SimulatedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the time it was last moved to, in UTC."""
        return self._at

    def move_to(self, at: datetime) -> None:
        """Set the clock; it may not run backwards."""
        at = at.astimezone(UTC)
        if at < self._at:
            raise ValueError(f"the clock may not run backwards: {at} is before {self._at}")
        self._at = at


def timestamp(at: datetime) -> str:
    """Return `at` as UTC text (2026-01-31T16:00:00Z), which sorts as it reads."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_timestamp(text: str) -> datetime:
    """Return the aware time of a `timestamp`, or of a bare date (midnight UTC)."""
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
