"""Runs the command line in an empty folder."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_process import command, environment

Gongkai = Callable[..., "subprocess.CompletedProcess[str]"]


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
