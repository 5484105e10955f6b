"""The data page: the files of the release and of those before it, with sizes and hashes, how to cite it, examples that work when pasted, queries
to begin with.

Guarantees: the page tells machines (schema.org) of the same files with the same hashes as the release does, at this site's addresses.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import AsgiFileDownload, NotFound, Request, Response

from archive.publication.codebook import about
from archive.website.answers import json_answer
from archive.website.asking import Rows, all_rows, ask, ask_once
from archive.website.earlier import earlier_releases, file_of
from archive.website.site import Language, Served, language_of, release_of, render, site_address
from archive.website.words import word

if TYPE_CHECKING:  # Datasette loads this package while datasette.app is being imported
    from datasette.app import Datasette

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "jsonld": "application/ld+json",
    "jsonl": "application/jsonl",
    "md": "text/markdown; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "db": "application/vnd.sqlite3",
    "parquet": "application/vnd.apache.parquet",
}
EXAMPLES = ("curl.sh", "python.txt", "r.R", "stata.do")
ASKS_THE_DATABASE = "curl.sh"
"""The example of which all but the first part needs none of the release's other files."""


@cache
def queries() -> dict[str, dict[str, str]]:
    """Return the queries to begin with: SQL, titles and descriptions by name."""
    found: dict[str, dict[str, str]] = tomllib.loads(
        files("archive.website").joinpath("queries.toml").read_text("utf-8")
    )
    return found


def manifest_of(served: Served) -> dict[str, Any] | None:
    """Return the manifest of a release, None where the database stands alone, as Datasette's publishers take it."""
    manifest = served.folder / "manifest.json"
    found: dict[str, Any] | None = json.loads(manifest.read_text("utf-8")) if manifest.is_file() else None
    return found


def _files_of(served: Served) -> dict[str, Any]:
    """Return the manifest; raises NotFound where there is none."""
    found = manifest_of(served)
    if found is None:
        raise NotFound(f"this copy has the database alone: /{served.database}.db")
    return found


def by_name(manifest: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the files of a manifest by their name without its ending: the formats of one table stand together."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for file in manifest["files"]:
        groups.setdefault(file["name"].partition(".")[0], []).append(file)
    return groups


def examples(served: Served, site: str, unit: str, report: str, *, whole: bool = True) -> list[tuple[str, str]]:
    """Return (name, text) of each example, filled in with where the site stands and what it has.

    Where the release is not `whole`, what asks for its files is left out.
    """
    place = unit.partition("-")[0]
    filled = {"SITE": site, "DATABASE": served.database, "UNIT": unit, "REPORT": report, "PLACE": place}
    told = []
    for name in EXAMPLES if whole else (ASKS_THE_DATABASE,):
        text = files("archive.website").joinpath("examples", name).read_text("utf-8")
        if not whole:
            text = text.partition("\n\n")[2]
        for key, value in filled.items():
            text = text.replace(f"@{key}@", value)
        told.append((name, text))
    return told


def linked_data(served: Served, site: str) -> dict[str, Any] | None:
    """Return the release's description for schema.org with the addresses of its files here; None where it has none."""
    path = served.folder / "dataset.jsonld"
    if not path.is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    here = [file | {"contentUrl": f"{site}/data/{file['name']}"} for file in found["distribution"]]
    return {"url": f"{site}/data"} | found | {"distribution": here}


def citation(served: Served, site: str, manifest: dict[str, Any] | None, language: Language) -> str:
    """Return how to cite the release: its name and address (its own, where it was given one), and the hash that all others hang on."""
    name = served.folder.name
    text = word(
        "cite.data",
        language,
        creator=about()["creator"],
        title=about()[f"title_{language}"],
        release=name if manifest and name.startswith(served.date) else served.date,
        sample=word("cite.sample", language) if served.notice else "",
        address=(manifest or {}).get("url") or f"{site}/data",
        licence=about()["licence"],
    )
    if manifest:
        sha256 = hashlib.sha256((served.folder / "manifest.json").read_bytes()).hexdigest()
        text += word("cite.manifest", language, hash=sha256)
    return text


def one_of_each(db: Any) -> tuple[str, str]:
    """Return a unit and a report of it to show in the examples: the first of those with most reports."""
    rows = all_rows(
        db,
        """SELECT id AS unit_id, (SELECT min(id) FROM report p WHERE p.unit_id = u.id) AS report FROM unit u
           ORDER BY reports DESC, id LIMIT 1""",
    )
    return (rows[0]["unit_id"], rows[0]["report"]) if rows else ("", "")


def _releases(db: Any) -> Rows:
    return all_rows(db, "SELECT * FROM release")


async def page(request: Request, datasette: Datasette) -> Response:
    """Show the files of the release with sizes and hashes, and how to use them."""
    served, site = release_of(datasette), site_address(datasette, request)
    (row,) = await ask(datasette, _releases)
    unit, report = await ask_once(datasette, one_of_each)
    manifest = manifest_of(served)
    return await render(
        datasette,
        request,
        "data.html",
        groups=by_name(manifest) if manifest else {},
        release=row,
        examples=examples(served, site, unit, report, whole=manifest is not None),
        queries=queries(),
        linked=linked_data(served, site) if manifest else None,
        citation=citation(served, site, manifest, language_of(request)),
        earlier=earlier_releases(served.folder),
    )


async def page_json(request: Request, datasette: Datasette) -> Response:
    """Give the manifest of the release with the addresses of its files, and those of the releases before it."""
    served, site = release_of(datasette), site_address(datasette, request)
    manifest = _files_of(served)
    before = [
        {"release": one.name, "withheld": one.withheld}
        | (one.manifest or {"error": "the manifest cannot be read"})
        | {
            "manifest": f"{site}/data/{one.name}/manifest.json",
            "files": _with_urls(one.files, f"{site}/data/{one.name}"),
        }
        for one in earlier_releases(served.folder)
    ]
    return json_answer(manifest | {"files": _with_urls(manifest["files"], f"{site}/data"), "earlier": before})


def _with_urls(files: list[dict[str, Any]], folder: str) -> list[dict[str, Any]]:
    return [file | {"url": f"{folder}/{file['name']}"} for file in files]


async def download(request: Request, datasette: Datasette) -> AsgiFileDownload:
    """Send a file of the release; only those that its manifest names."""
    served = release_of(datasette)
    name = request.url_vars["name"]
    if name not in {"manifest.json", *(file["name"] for file in _files_of(served)["files"])}:
        raise NotFound(f"no such file: {name}")
    return _sent(served.folder / name, f"gongkai-{served.date}-{name}")


async def download_earlier(request: Request, datasette: Datasette) -> AsgiFileDownload:
    """Send a file of a release before this one; only those that its manifest names."""
    release, name = request.url_vars["release"], request.url_vars["name"]
    path = file_of(release_of(datasette).folder, release, name)
    if path is None:
        raise NotFound(f"no such file: {release}/{name}")
    return _sent(path, f"gongkai-{release}-{name}")


def _sent(path: Path, name: str) -> AsgiFileDownload:
    kind = _TYPES.get(path.suffix.removeprefix("."), "application/octet-stream")
    headers = {"X-Content-Type-Options": "nosniff", "Access-Control-Allow-Origin": "*"}
    return AsgiFileDownload(path, name, kind, headers)
