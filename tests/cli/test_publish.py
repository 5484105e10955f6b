"""`import`, `publish`, `serve` as a user types them, with folders as a user names them."""

from __future__ import annotations

import json
import signal
import subprocess
import urllib.request
from pathlib import Path

from cli_process import command, environment


def test_the_seeds_go_all_the_way_with_relative_folders(gongkai, seeds: list[Path], tmp_path: Path) -> None:
    assert gongkai("import", seeds[0].parent).returncode == 0
    run = gongkai("publish", "release", "--json")
    assert (run.returncode, run.stderr) == (0, "")
    published = json.loads(run.stdout)
    assert (published["reports"], published["sample_data"], published["new"]) == (5, False, True)
    assert json.loads(gongkai("publish", "release", "--json").stdout)["new"] is False
    assert gongkai("publish", "named", "--url", "https://data.example.org/r").returncode == 0
    (cited,) = (tmp_path / "named").glob("*/CITATION.cff")
    assert 'url: "https://data.example.org/r"' in cited.read_text("utf-8")
    assert gongkai("publish", "named", "--url", "data").returncode == 2

    with subprocess.Popen(
        [*command(), "serve", "release", "--port", "0"],
        cwd=tmp_path,
        env=environment(PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        text=True,
    ) as site:
        try:
            address = site.stdout.readline().split()[4]
            with urllib.request.urlopen(f"{address}search?q=%E6%96%B0%E6%A6%AE%E5%8D%80") as answer:
                assert "新荣区政务服务中心" in answer.read().decode()
        finally:
            site.send_signal(signal.SIGINT)
            assert site.wait(timeout=20) == 130


def test_serving_nothing_says_what_to_do(gongkai) -> None:
    run = gongkai("serve", "nowhere")
    assert run.returncode == 2
    assert "gongkai publish" in run.stderr
    run = gongkai("publish", "release", LANG="zh_CN.UTF-8")
    assert run.returncode == 2
    assert "没有档案库" in run.stderr


def test_a_taken_port_is_a_usage_error(gongkai, seeds: list[Path]) -> None:
    import socket

    gongkai("import", seeds[0])
    gongkai("publish", "release")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = gongkai("serve", "release", "--port", port)
    assert run.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}" in run.stderr
