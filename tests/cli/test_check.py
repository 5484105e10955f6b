"""`gongkai check` and `flag` as a user types them: what is new, what was seen, who is told, and how it ends."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from made_archive import BUREAU, Maker

from archive import Archive, SystemClock
from cli import gongkai as group


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return an archive in which one bureau's carry-over of 2023 is wrong, and nothing else."""
    with Archive.open(tmp_path / "data", SystemClock(), create=True, sample=False) as archive:
        make = Maker(archive)
        make.put(2022, {"carried_out.total": 3})
        make.put(2023, {"carried_in.total": 4})
        make.check()
    return tmp_path / "data"


@pytest.fixture
def check(path: Path, capsys: pytest.CaptureFixture[str]):
    """Return a function that runs a verb on it and returns (exit status, stdout, stderr)."""

    def run(verb: str, *args: str) -> tuple[int, str, str]:
        status = group.main([verb, "--archive", str(path), "--lang", "en", *args])
        out, err = capsys.readouterr()
        return status, out, err

    return run


class Hook(BaseHTTPRequestHandler):
    """Keeps what is posted, and answers with the server's status."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append((self.path, self.headers["Content-Type"], json.loads(body)))  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Print nothing."""


@pytest.fixture
def hook() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        server.posted, server.status = [], 204  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_what_is_new_ends_with_5_until_it_is_acknowledged_and_new_again_when_it_changes(check, path: Path) -> None:
    status, out, _ = check("check")
    assert status == 5
    assert "D1 carried over (warning, 1)" in out
    assert f"{BUREAU[-3:]}/2023" in out and "4 carried into 2023, 3 carried out of 2022" in out
    assert check("check", "--acknowledge")[0] == 5
    status, out, _ = check("check")
    assert (status, "D1" in out) == (0, False)
    assert "✓" in check("check", "--all")[1]
    with Archive.open(path, SystemClock()) as archive:
        Maker(archive, bodies={}).put(2023, {"carried_in.total": 5}, url="http://b.gov.cn/2023.html")
        Maker(archive).put(2024, {"carried_in.total": 9})
        Maker(archive).check()
    status, out, _ = check("check")
    assert status == 5 and "9 carried into 2024" in out


def test_a_selection_and_a_severity_narrow_what_is_listed(check) -> None:
    assert check("check", "year=2019-2020")[0] == 0
    assert check("check", "place=420000")[0] == 0
    assert check("check", "place=410000", "year=2023", "--severity", "error")[0] == 0
    status, out, _ = check("check", "year=2023", "--severity", "warning", "--json")
    data = json.loads(out)
    assert (status, data["new"]) == (5, 1)
    assert data["alerts"][0]["rule"] == "D1" and data["alerts"][0]["is_new"]
    assert check("check", "nonsense=1")[0] == 2


def test_what_is_new_is_posted_to_the_webhook_and_given_to_the_command(check, hook: HTTPServer, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{hook.server_port}/hook?key=1"
    mail = tmp_path / "mail.txt"
    script = (
        f'{sys.executable} -c "import sys,pathlib; pathlib.Path({str(mail)!r}).write_bytes(sys.stdin.buffer.read())"'
    )
    assert check("check", "--webhook", url, "--mail-command", script, "--acknowledge")[0] == 5
    ((path, kind, data),) = hook.posted  # type: ignore[attr-defined]
    assert (path, kind) == ("/hook?key=1", "application/json; charset=utf-8")
    assert "D1" in {alert["rule"] for alert in data["alerts"]}
    assert "D1 carried over" in mail.read_text("utf-8")
    mail.unlink()
    assert check("check", "--webhook", url, "--mail-command", script)[0] == 0
    assert len(hook.posted) == 1 and not mail.exists(), "nothing new, nobody told"  # type: ignore[attr-defined]


@pytest.mark.parametrize("answer", [500, 302, None])
def test_a_webhook_that_fails_is_an_error_and_loses_nothing(check, hook: HTTPServer, answer) -> None:
    url = f"http://127.0.0.1:{hook.server_port}/"
    if answer is None:
        url = "http://127.0.0.1:9/"  # discard: nobody listens
    else:
        hook.status = answer  # type: ignore[attr-defined]
    status, out, err = check("check", "--webhook", url, "--acknowledge")
    assert status == 1
    assert "D1" in out, "what was found is printed all the same"
    assert ("could not be reached" if answer is None else f"answered {answer}") in err
    assert len(hook.posted) <= 1, "a redirection is not followed"  # type: ignore[attr-defined]
    assert check("check")[0] == 5, "and is still new"


def test_a_mail_command_that_fails_is_an_error_and_loses_nothing(check) -> None:
    for command, said in (
        (f"{sys.executable} -c 'import sys; sys.exit(\"no mail here\")'", "no mail here"),
        ("/nowhere/sendmail -t", "failed"),
    ):
        status, out, err = check("check", "--mail-command", command, "--acknowledge")
        assert (status, "D1" in out) == (1, True)
        assert said in err
    assert check("check", "--webhook", "ftp://x")[0] == 2
    assert check("check")[0] == 5


def test_the_webhook_may_be_named_by_the_environment(gongkai, path: Path, hook: HTTPServer) -> None:
    url = f"http://127.0.0.1:{hook.server_port}/"
    run = gongkai("check", "--archive", path, GONGKAI_WEBHOOK=url, GONGKAI_ARCHIVE=str(path))
    assert run.returncode == 5, run.stderr
    assert len(hook.posted) == 1  # type: ignore[attr-defined]


def test_a_flag_is_listed_with_its_reason_and_taken_back(check) -> None:
    status, out, _ = check("flag", f"{BUREAU}/2023", "--why", "本人曾申请", "--evidence", "http://letter", "--json")
    assert status == 0
    assert "本人曾申请" in check("check")[1]
    assert check("flag", "--undo", json.loads(out)["id"][:6], "--why", "mistaken")[0] == 0
    assert "本人曾申请" not in check("check")[1]
    assert check("flag", f"{BUREAU}/2023", "--why", "x")[0] == 2
