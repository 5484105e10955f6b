"""What every decision must say: why, by whom, and whatever else its kind asks for."""

from __future__ import annotations

from parsers.errors import UsageError


def demand_said(**said: str) -> None:
    """Raise UsageError for the first option that says nothing."""
    for name, text in said.items():
        if not text.strip():
            raise UsageError(f"--{name} must say something", f"--{name} 不能为空")
