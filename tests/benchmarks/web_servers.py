"""nginx and Caddy in front of the site, as docs/serving.md has them: `python -m tests.benchmarks.web_servers [--release DIR] [nginx|caddy]`.

Takes the configurations out of the document, changes in them only ports and folders, starts each server on loopback over `gongkai
serve` of a small release, asks as readers ask, and ends at the first answer that is not what the document promises. Not among the
tests: on a developer's machine Debian's packages `nginx-light` and `caddy` would start servers of their own.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.website.serve import serving
from tests.benchmarks.site import make_release

ROOT = Path(__file__).resolve().parents[2]
HOST = "gongkai.example.org"
COMMANDS = {
    "nginx": ("nginx", "-e", "stderr", "-c", "{folder}/nginx.conf"),
    "caddy": ("caddy", "run", "--adapter", "caddyfile", "--config", "{folder}/Caddyfile"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came through the server in front."""

    status: int
    headers: dict[str, str]
    body: bytes


Ask = Callable[..., Answer]


def documented(name: str) -> str:
    """Return the configuration that docs/serving.md gives for `name`."""
    found = re.search(rf"```{name}\n(.*?)```", (ROOT / "docs" / "serving.md").read_text("utf-8"), re.DOTALL)
    assert found, f"no configuration of {name}"
    return found[1]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def configure(name: str, folder: Path, site: str, port: int) -> None:
    """Write the documented configuration for `site` behind `port`, with a certificate made here."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    making = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}")
    subprocess.run([*making, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    text = documented(name).replace("127.0.0.1:8001", site.removeprefix("http://").rstrip("/"))
    text = text.replace("/srv/gongkai", str(folder / "srv"))
    if name == "caddy":
        text = text.replace(f"{HOST} {{", f"https://{HOST}:{port} {{\n    tls {certificate} {key}", 1)
        (folder / "Caddyfile").write_text(
            "{\n    admin off\n    default_sni " + HOST + "\n    auto_https disable_redirects\n}\n" + text
        )
        return
    changes = {"443": f"127.0.0.1:{port}", "/var/cache/gongkai": str(folder / "cache")}
    changes |= {"/etc/ssl/gongkai.pem": str(certificate), "/etc/ssl/gongkai.key": str(key)}
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / "site.conf").write_text(text)
    user = "user root;" if os.geteuid() == 0 else ""  # the folder is ours alone
    (folder / "nginx.conf").write_text(
        f"daemon off; {user} pid {folder}/pid; events {{}}\n"
        f"http {{ include /etc/nginx/mime.types; access_log off; include {folder}/site.conf; }}\n"
    )


@contextmanager
def standing(name: str, release: Path, site: str) -> Iterator[Ask]:
    """Start the server before `site`, and give a function that asks it for a path."""
    with tempfile.TemporaryDirectory() as made:
        folder, port = Path(made), free_port()
        configure(name, folder, site, port)
        (folder / "srv").mkdir()
        (folder / "srv" / "data").symlink_to(release.resolve())
        trusting = ssl.create_default_context(cafile=folder / "certificate.pem")
        trusting.check_hostname = False

        def ask(path: str, method: str = "GET", **headers: str) -> Answer:
            connection = http.client.HTTPSConnection("127.0.0.1", port, context=trusting, timeout=30)
            try:
                sent = {"Host": HOST, "Accept-Language": "zh-CN"} | {k.replace("_", "-"): v for k, v in headers.items()}
                connection.request(method, path, headers=sent, body="a=1" if method == "POST" else None)
                answer = connection.getresponse()
                given = {k.lower(): ", ".join(answer.headers.get_all(k)) for k in answer.headers}
                return Answer(answer.status, given, answer.read())
            finally:
                connection.close()

        command = [word.format(folder=folder) for word in COMMANDS[name]]
        homes = {"XDG_DATA_HOME": made, "XDG_CONFIG_HOME": made}
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(command, stderr=log, stdout=log, env=os.environ | homes) as process,
        ):
            try:
                _wait(port, process, folder / "log")
                yield ask
            finally:
                process.terminate()


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(100):
        assert process.poll() is None, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())


def prove(name: str, ask: Ask, release: Path) -> list[str]:
    """Ask as readers do; return what was seen. Raises AssertionError at the first answer that is not as promised."""
    packed = ask("/", Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip" and b"<html lang" in gzip.decompress(packed.body)
    assert "Accept-Encoding" in packed.headers["vary"]
    unchanged = ask("/", If_None_Match=packed.headers["etag"])
    assert unchanged.status == 304 and unchanged.body == b""
    for language, tag in [("zh", b"zh-Hans"), ("en", b"en")] * 2:
        page = ask("/", Cookie=f"gongkai_lang={language}")
        assert b'<html lang="%s">' % tag in page.body, language
        assert page.headers.get("x-cache", "HIT") in ("HIT", "MISS")
    if name == "nginx":
        assert page.headers["x-cache"] == "HIT", "the second reader was not answered from the cache"
    chosen = ask("/?lang=en")
    assert "gongkai_lang=en" in chosen.headers["set-cookie"]
    assert ask("/?lang=en").headers.get("x-cache", "MISS") == "MISS", "a choice of language was kept for others"
    assert b'<html lang="en">' in ask("/", Accept_Language="en-GB").body
    assert f"https://{HOST}".encode() in ask("/data").body, "the examples name another address than the reader's"
    for path in ("/", "/data/wide.csv", "/data/nothing.csv", "/gongkai", "/gongkai/report"):
        for method in ("POST", "PUT", "DELETE"):
            assert ask(path, method).status == 405, (method, path)
    manifest = json.loads((release / "manifest.json").read_text("utf-8"))
    for file in manifest["files"]:
        kept, given = (release / file["name"]).read_bytes(), ask(f"/data/{file['name']}")
        assert given.status == 200 and given.body == kept, file["name"]
        assert given.headers["x-content-type-options"] == "nosniff" and "uvicorn" not in given.headers["server"]
        assert given.headers["content-disposition"] == "attachment" and given.headers["cache-control"]
        some = ask(f"/data/{file['name']}", Range="bytes=3-9")
        if len(kept) > 10:
            assert some.status == 206 and some.body == kept[3:10], file["name"]
        assert ask(f"/data/{file['name']}", If_None_Match=given.headers["etag"]).status == 304
    assert "charset=utf-8" in ask("/data/wide.csv").headers["content-type"].lower()
    assert gzip.decompress(ask("/data/wide.csv", Accept_Encoding="gzip").body) == (release / "wide.csv").read_bytes()
    for path in ("/data/nothing.csv", "/data/..%2fsite.conf", "/data/"):
        assert ask(path).status in (302, 400, 404), path
    return [
        f"{name}: pages, languages, 304, gzip, 405, {len(manifest['files'])} files whole and in part: as documented"
    ]


def main() -> None:
    """Prove each server on a release that is given or made."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--release", type=Path)
    options.add_argument("names", nargs="*", default=[*COMMANDS])
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        release = given.release or make_release(Path(folder), 20)
        with serving(release) as site:
            for name in given.names:
                with standing(name, release, site) as ask:
                    print(*prove(name, ask, release), sep="\n")


if __name__ == "__main__":
    main()
