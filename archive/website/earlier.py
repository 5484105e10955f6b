"""The releases before the one that is served, which lie beside it in its folder.

Guarantees: a release is a folder that bears a date and has a manifest; only files that a manifest names are sent, and the manifest.
Where something was withheld on the day of a release or later, that release may hold it still, and nothing but its manifest is sent.
The list is made once for each release that is served: what is laid there or taken away later is told after the next start.
"""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from archive.website.asking import has_rows

_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\.(\d{1,4}))?")


@dataclass(frozen=True, slots=True)
class Earlier:
    """A release by the name of its folder; `manifest` is None where it cannot be read; `withheld`: its files are not sent."""

    name: str
    folder: Path
    manifest: dict[str, Any] | None
    withheld: bool

    @property
    def files(self) -> list[dict[str, Any]]:
        """Return the files that may be sent, besides the manifest."""
        return [] if self.manifest is None or self.withheld else list(self.manifest["files"])


@cache
def earlier_releases(served: Path) -> tuple[Earlier, ...]:
    """Return the releases beside `served` that are older, newest first; none where `served` bears no date."""
    own = _order(served.name)
    if own is None or not (served / "manifest.json").is_file():  # a database alone is no release of a folder
        return ()
    found, withheld = [], _last_withheld(served)
    for folder in served.parent.iterdir():
        order = _order(folder.name)
        if order and order < own and not folder.is_symlink() and (folder / "manifest.json").is_file():
            found.append((order, Earlier(folder.name, folder, _manifest(folder), order[0] <= withheld)))
    return tuple(release for _, release in sorted(found, key=lambda pair: pair[0], reverse=True))


def file_of(served: Path, release: str, name: str) -> Path | None:
    """Return a file of an earlier release, or None for any other."""
    for one in earlier_releases(served):
        if one.name == release and (name == "manifest.json" or name in {file["name"] for file in one.files}):
            path = one.folder / name
            return path if path.is_file() and not path.is_symlink() else None
    return None


def _order(name: str) -> tuple[str, int] | None:
    """Return what folders of releases are ordered by: the day, and the number within it."""
    found = _NAME.fullmatch(name)
    return (found[1], int(found[2] or 1)) if found else None


def _last_withheld(served: Path) -> str:
    """Return the day on which anything was withheld last, as the release that is served tells it, or nothing."""
    with closing(sqlite3.connect(f"{(served / 'gongkai.db').as_uri()}?mode=ro", uri=True)) as db:
        if not has_rows(db, "withholding"):
            return ""
        (day,) = db.execute("SELECT max(substr(withheld_on, 1, 10)) FROM withholding").fetchone()
    return str(day)


def _manifest(folder: Path) -> dict[str, Any] | None:
    """Return a release's manifest, or None where it is not one: the page then says so."""
    try:
        found = json.loads((folder / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    told = isinstance(found, dict) and {"date", "notice", "counts", "files"} <= found.keys()
    return found if told and all({"name", "bytes", "sha256"} <= file.keys() for file in found["files"]) else None
