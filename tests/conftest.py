"""What all tests share: where the real captures are, and what happens where they are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# examples are bounded by their number: a machine under load must not fail a property
settings.register_profile("gongkai", deadline=None)
settings.load_profile("gongkai")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real captures; without it a test skips, and fails where CI=true."""
    if SHARED.is_dir():
        return SHARED
    if os.environ.get("CI") == "true":
        pytest.fail(f"{SHARED} is absent: the gate needs the real captures")
    pytest.skip(f"{SHARED} is absent: the real captures are not here")


@pytest.fixture(scope="session")
def seeds(shared: Path) -> list[Path]:
    """Return the five real text captures."""
    found = sorted((shared / "seeds").glob("*.txt"))
    assert len(found) == 5
    return found
