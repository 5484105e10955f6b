"""Starts gongkai as a user does: a process of its own, in this environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def command() -> list[str]:
    """Return the words that start gongkai."""
    return [sys.executable, "-c", "import cli; cli.main()"]


def environment(**more: str) -> dict[str, str]:
    """Return an environment in which gongkai is found and speaks English."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "GONGKAI"))}
    return {**kept, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", **more}
