"""For those who know Scrapy: the spider runs under `scrapy crawl` and under a real scrapyd, with the guard in front of it.

A sample's declaration without the server that plays it is asked for: the guard refuses its name, so nothing is sent.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from archive.clock import SystemClock
from archive.store import Archive

ROOT = Path(__file__).resolve().parents[2]
SCRAPYD = ROOT / ".venv-scrapyd" / "bin" / "python"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}

DECLARATION = """
slug = "sample-x"
name = "样本"
family = "trs"
place = "410400"
hosts = ["www.x.test"]
sample = true

[[column]]
url = "http://www.x.test/nb/"
since = 2025-04-01
"""


@pytest.fixture
def arguments(tmp_path: Path) -> dict[str, str]:
    """The arguments of the spider."""
    declaration = tmp_path / "sample-x.toml"
    declaration.write_text(DECLARATION, encoding="utf-8")
    return {"portal": str(declaration), "archive": str(tmp_path / "archive"), "contact": "me@example.org"}


def scrapy(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *words], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, timeout=300
    )


def outcomes(arguments: dict[str, str]) -> list[tuple[str, str]]:
    with Archive.open(Path(arguments["archive"]), SystemClock()) as archive:
        return [tuple(row) for row in archive.db.execute("SELECT url, outcome FROM capture")]


def test_scrapy_crawl_runs_a_portal_under_the_guard(arguments: dict[str, str]) -> None:
    assert scrapy("list").stdout.split() == ["portal"]
    done = scrapy("crawl", "portal", *(word for name, value in arguments.items() for word in ("-a", f"{name}={value}")))
    assert done.returncode == 0
    assert done.stderr == ""
    assert outcomes(arguments) == [("http://www.x.test/nb/", "guard")]


def test_a_wrong_argument_of_scrapy_crawl_is_said_in_a_line_and_no_traceback(tmp_path: Path) -> None:
    done = scrapy("crawl", "portal", "-a", "portal=nowhere", "-a", f"archive={tmp_path}")
    assert done.returncode == 2
    assert "portal nowhere" in done.stderr
    assert "门户 nowhere" in done.stderr
    assert "Traceback" not in done.stderr


@contextmanager
def scrapyd(folder: Path) -> Iterator[str]:
    """Start scrapyd in `folder`, beside our scrapy.cfg, and yield its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    shutil.copy(ROOT / "scrapy.cfg", folder)
    (folder / "scrapyd.conf").write_text(f"[scrapyd]\nhttp_port = {port}\npoll_interval = 0.2\n")
    log = (folder / "log").open("w")
    process = subprocess.Popen([SCRAPYD, "-m", "scrapyd"], cwd=folder, env=ENVIRONMENT, stdout=log, stderr=log)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()
        log.close()


def ask(url: str, **form: str) -> dict[str, Any]:
    """Ask scrapyd, which may still be starting."""
    data = urllib.parse.urlencode(form).encode() if form else None
    deadline = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(url, data) as response:
                return json.load(response)
        except urllib.error.URLError:
            assert time.monotonic() < deadline
            time.sleep(0.2)


def test_a_real_scrapyd_runs_the_spider_from_scrapy_cfg(tmp_path: Path, arguments: dict[str, str]) -> None:
    assert SCRAPYD.is_file(), "scrapyd is not installed: `make test` makes .venv-scrapyd"
    with scrapyd(tmp_path) as address:
        assert ask(f"{address}/listprojects.json")["projects"] == ["default"]
        job = ask(f"{address}/schedule.json", project="default", spider="portal", **arguments)
        assert job["status"] == "ok"
        deadline = time.monotonic() + 300
        while not ask(f"{address}/listjobs.json?project=default")["finished"]:
            assert time.monotonic() < deadline
            time.sleep(0.5)
    assert outcomes(arguments) == [("http://www.x.test/nb/", "guard")]
