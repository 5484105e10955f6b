"""What all tests share: where the real captures are, and what happens where they are not."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
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


@pytest.fixture
def replay(tmp_path: Path) -> Iterator[Callable[[Path], str]]:
    """Give a WARC file to a real pywb on loopback; returns the collection's address."""
    folder = next(
        (p for p in (ROOT / ".venv-pywb/bin", Path(os.environ.get("PYWB_BIN", "/nowhere"))) if p.is_dir()), None
    )
    assert folder is not None, "pywb is not installed: `make test` makes .venv-pywb"
    servers = []

    def start(warc: Path) -> str:
        home = tmp_path / "pywb"
        home.mkdir()
        for arguments in (["init", "reports"], ["add", "reports", str(warc)]):
            subprocess.run([folder / "wb-manager", *arguments], cwd=home, check=True, capture_output=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [str(folder / "wayback"), "--port", str(port), "--bind", "127.0.0.1"]
        with (home / "log").open("wb") as log:
            servers.append(subprocess.Popen(command, cwd=home, stdout=log, stderr=log))
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
                return f"http://127.0.0.1:{port}/reports"
            except OSError:
                time.sleep(0.2)
        raise AssertionError((home / "log").read_text())

    yield start
    for server in servers:
        server.terminate()
        server.wait()
