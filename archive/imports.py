"""Takes files into the archive as captures: saved pages, text captures, WARC files, whole folders of them.

Guarantees: an imported file keeps its bytes, says everywhere that it was imported, and has the address `file:NAME` and the
time of import unless a sidecar `NAME.json` (url, captured_at, headers) or the caller says otherwise. One bad file
never stops the rest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.captures import Capture
from archive.clock import parse_timestamp
from archive.keeping.bodies import MAX_BODY
from archive.store import Archive
from archive.warc.importing import LIKELY, Choice, WarcSummary, import_warc
from archive.warc.reading import is_warc
from parsers.errors import GongkaiError, UsageError


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of one file: its address, what came of its records (a WARC file), or the error that kept it out."""

    path: Path
    url: str | None
    error: GongkaiError | None = None
    warc: WarcSummary | None = None


def find_files(paths: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Yield (file, name) for each file named or found in a folder; sidecars and hidden files are not among them.

    A file's name is its own, or its path below the folder that was named. Raises UsageError for a path not there.
    """
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                parts = file.relative_to(path).parts
                if file.is_file() and not any(p.startswith(".") for p in parts) and not _is_sidecar(file):
                    yield file, "/".join(parts)
        elif path.is_file():
            yield path, path.name
        else:
            raise UsageError(
                f"no such file or folder: {path}: check the path", f"没有这个文件或目录：{path}：请检查路径"
            )


def _is_sidecar(file: Path) -> bool:
    return file.suffix == ".json" and file.with_name(file.name.removesuffix(".json")).is_file()


def import_files(
    archive: Archive,
    paths: Sequence[Path],
    *,
    url: str | None = None,
    captured_at: datetime | None = None,
    choice: Choice = LIKELY,
    progress: Callable[[int, int], None] | None = None,
) -> list[Imported]:
    """Record each file as a capture, and each record of a WARC file that `choice` takes; reading is another step.

    `url` and `captured_at` are for a single file that is no WARC. `progress` is called with (files done, files), or, for
    a single WARC file, with (bytes read, bytes).
    """
    own = archive.path.resolve()
    files = [(f, name) for f, name in find_files(paths) if own not in f.resolve().parents]
    if (url or captured_at) and len(files) != 1:
        raise UsageError(
            f"--url and --captured-at are for one file, {len(files)} were named: use sidecars NAME.json instead",
            f"--url 和 --captured-at 只能用于一个文件，现有 {len(files)} 个：请改用同名 .json 附属文件",
        )
    out = []
    for done, (file, name) in enumerate(files, 1):
        try:
            if is_warc(file):
                summary = import_warc(archive, file, choice, progress if len(files) == 1 else None)
                out.append(Imported(file, None, warc=summary))
                continue
            capture = _capture(archive, file, name, url, captured_at)
            archive.record_capture(capture)
            out.append(Imported(file, capture.url))
        except GongkaiError as error:
            out.append(Imported(file, None, error))
        finally:
            if progress and len(files) > 1:
                progress(done, len(files))
    return out


def _capture(archive: Archive, file: Path, name: str, url: str | None, captured_at: datetime | None) -> Capture:
    size = file.stat().st_size
    if size > MAX_BODY:
        raise GongkaiError(
            f"{file}: {size // 2**20} MB is over the limit of {MAX_BODY // 2**20} MB: it was not imported",
            f"{file}：{size // 2**20} MB 超过上限 {MAX_BODY // 2**20} MB，未导入",
        )
    note = _sidecar(file)
    return Capture(
        url=url or note.get("url") or f"file:{name}",
        captured_at=captured_at or note.get("captured_at") or archive.clock.now(),
        kind="import",
        outcome="imported",
        headers=note.get("headers", ()),
        body=file.read_bytes(),
        context={"name": name},
    )


def _sidecar(file: Path) -> dict[str, Any]:
    """Read NAME.json beside a file; raises GongkaiError saying which key is wrong."""
    path = file.with_name(file.name + ".json")
    if not path.is_file():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        headers = data.get("headers", {})
        return {
            "url": data.get("url"),
            "captured_at": parse_timestamp(data["captured_at"]) if "captured_at" in data else None,
            "headers": tuple((str(k), str(v)) for k, v in (headers.items() if isinstance(headers, dict) else headers)),
        }
    except (ValueError, TypeError, AttributeError) as error:
        raise GongkaiError(
            f"{path}: not a sidecar with url, captured_at (ISO 8601) and headers: {error}",
            f"{path}：不是含 url、captured_at（ISO 8601）、headers 的附属文件：{error}",
        ) from error
