"""Runs the command line as a user does: a process of its own, from the checkout's environment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Gongkai = Callable[..., "subprocess.CompletedProcess[str]"]


def command() -> list[str]:
    """Return the words that start gongkai in this environment."""
    return [sys.executable, "-c", "import cli; cli.main()"]


def environment(**more: str) -> dict[str, str]:
    """Return an environment in which gongkai is found and speaks English."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "GONGKAI"))}
    return {**kept, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", **more}


@pytest.fixture
def gongkai(tmp_path: Path) -> Gongkai:
    """Return a function that runs gongkai in an empty folder and hands back what it printed."""

    def run(*args: object, timeout: float = 120, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command(), *map(str, args)],
            cwd=tmp_path,
            env=environment(**more),
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    return run
