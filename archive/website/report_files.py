"""A report's figures as files of their own, in every format of the release.

Guarantees: a file holds the columns and the values that the release's own file has for the report, because the same writers make it
out of the same rows; nothing is written but into a folder that is gone afterwards.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from datasette.utils.asgi import NotFound, Request, Response

from archive.publication.columns import tables
from archive.publication.formats import STATA, write_stata, write_wide
from archive.publication.model import FORMAT
from archive.publication.writing import write_table
from archive.website.asking import ask
from archive.website.site import SAFE_HEADERS, Served, release_of

if TYPE_CHECKING:  # Datasette loads this package while datasette.app is being imported
    from datasette.app import Datasette

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "dta": "application/x-stata-dta",
}
NAMES = tuple(
    f"{table}.{kind}"
    for table in ("wide", "wide_trust", "wide_state", "long")
    for kind in TYPES
    if kind != "dta" or table in STATA
)
_COPIED = {
    "release": "1",
    "unit": "id = (SELECT unit_id FROM whole.report WHERE id = :id)",
    "report": "id = :id",
    "cell": "report_id = :id",
    "correction": "report_id = :id",
}
"""The rows that the files are made from."""


async def file(request: Request, datasette: Datasette) -> Response:
    """Give one of a report's files; raises NotFound for a report or a file that is not there."""
    report, name, served = request.url_vars["id"], request.url_vars["name"], release_of(datasette)
    if name not in NAMES:
        raise NotFound(f"no such file: {name}")
    body = await ask(datasette, lambda _: write_file(served, report, name))
    if body is None:
        raise NotFound(f"no such report: {report}")
    headers = dict(SAFE_HEADERS) | {
        "Access-Control-Allow-Origin": "*",
        "Content-Disposition": f'attachment; filename="gongkai-{report}-{name}"',
    }
    return Response(body, 200, headers, TYPES[name.rpartition(".")[2]])


def write_file(served: Served, report: str, name: str) -> bytes | None:
    """Return the file `name` of a report, None where the release does not have the report (or is of another format)."""
    table, _, kind = name.rpartition(".")
    with closing(sqlite3.connect(":memory:", uri=True)) as db, tempfile.TemporaryDirectory() as temporary:
        db.executescript(files("archive.publication").joinpath("schema.sql").read_text("utf-8"))
        db.execute("ATTACH ? AS whole", (f"{(served.folder / 'gongkai.db').as_uri()}?mode=ro&immutable=1",))
        if db.execute("SELECT format FROM whole.release").fetchone()[0] != FORMAT:
            return None
        for copied, condition in _COPIED.items():
            db.execute(f"INSERT INTO main.{copied} SELECT * FROM whole.{copied} WHERE {condition}", {"id": report})  # noqa: S608
        db.commit()
        if db.execute("SELECT 1 FROM main.report").fetchone() is None:
            return None
        folder = Path(temporary)
        if table == "long":
            write_table(db, folder, next(t for t in tables() if t.name == table), [kind])
        else:
            write_wide(db, folder, ["parquet" if kind == "dta" else kind])
        if kind == "dta":
            write_stata(folder, date.fromisoformat(served.date))
        return (folder / name).read_bytes()
