"""The captured page behind a report: what it was, its headers and hash, and the page itself, shown safely.

Guarantees: what was captured is shown without one of its scripts, forms, frames or links acting and without a
request leaving. Two walls stand one behind the other: the markup that could act is taken out (`quieten`), and the
answer forbids it (Content-Security-Policy with `sandbox`, in a sandboxed frame). The bytes can be downloaded as they
came and never shown as a page.
"""

from __future__ import annotations

import json
import re
import sqlite3
from typing import TYPE_CHECKING

import lxml.etree
import lxml.html
import zstandard
from datasette.utils.asgi import NotFound, Request, Response

from archive.labels import cell_label
from archive.website import queries
from archive.website.answers import json_answer
from archive.website.asking import Rows, all_rows, ask
from archive.website.locating import MARK, mark_cell
from archive.website.pages import missing, missing_json
from archive.website.site import language_of, render, site_address
from archive.website.words import word

if TYPE_CHECKING:  # Datasette loads this package while datasette.app is being imported
    from datasette.app import Datasette

PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"

_ACTING = (
    "script",
    "link",
    "iframe",
    "frame",
    "frameset",
    "object",
    "embed",
    "applet",
    "base",
    "portal",
    "template",
    "audio",
    "video",
    "source",
    "track",
)
_ADDRESSES = frozenset(
    (
        "href",
        "src",
        "srcset",
        "action",
        "formaction",
        "background",
        "poster",
        "data",
        "cite",
        "longdesc",
        "ping",
        "manifest",
        "codebase",
        "classid",
        "profile",
        "usemap",
        "lowsrc",
        "dynsrc",
        "xlink:href",
        "{http://www.w3.org/1999/xlink}href",
    )
)
_FETCHING = re.compile(r"@import[^;]*;?|(?:url|image|image-set|src|element)\s*\([^)]*\)", re.IGNORECASE)


async def source(request: Request, datasette: Datasette) -> Response:
    """Show where a report was read: capture, headers, hash, and the page in a frame, or its text."""
    row = await _find(request, datasette)
    if row is None:
        return await missing(datasette, request)
    text = _decode(row) if row["format"] == "text" else None
    headers = json.loads(row["headers"])
    cell, found, where = request.args.get("cell"), False, ""
    if cell and row["served"]:
        cells = await _cells(request, datasette, row)
        if row["format"] == "html":
            found = shown(_decode(row), cells, cell)[1]
        else:
            where = _where(cells, cell, language_of(request))
    return await render(
        datasette,
        request,
        "source.html",
        source=row,
        text=text,
        headers=headers,
        cell=cell,
        cell_name=_cell_name(cell, language_of(request)) if cell else "",
        found=found,
        where=where,
        mark=MARK,
    )


def _cell_name(key: str, language: str) -> str:
    """Return what the cell `key` (`table/row/column`) is called; a key of another shape as it is."""
    parts = key.split("/")
    return cell_label(parts[0], parts[1], parts[2], language) if len(parts) == 3 else key


def _where(cells: Rows, key: str, language: str) -> str:
    """Return where a cell stands in a file that is not shown as a page, "" for one that the report does not have."""
    chosen = next((c for c in cells if f"{c['table']}/{c['row']}/{c['column']}" == key), None)
    if chosen is None:
        return ""
    where = json.loads(chosen["where"])
    told = [word("detail.where_is", language, **{k: where[k] for k in ("block", "row", "column")})]
    if "page" in where:
        told.insert(0, word("detail.page", language, page=where["page"]))
    if "box" in where:
        told.append(word("source.box", language, box=", ".join(f"{edge:g}" for edge in where["box"])))
    return word("mark.comma", language).join(told)


async def source_json(request: Request, datasette: Datasette) -> Response:
    """Give the capture behind a report or a version of it, with its headers and where its bytes are."""
    row = await _find(request, datasette)
    if row is None:
        return await missing_json(datasette, request, "source")
    taken = ("report_id", "version_id", "served", "kind", "url", "captured_at", "imported", "outcome", "status",
             "sha256", "format", "encoding", "size", "withheld_on")  # fmt: skip
    address = f"{site_address(datasette, request)}/report/{row['report_id']}/source/bytes?version={row['version_id']}"
    return json_answer(
        {name: row[name] for name in taken} | {"headers": json.loads(row["headers"]), "bytes_url": address}
    )


async def captured_page(request: Request, datasette: Datasette) -> Response:
    """Give the captured page for the frame; raises NotFound where it is not HTML."""
    row = await _find(request, datasette)
    if row is None or row["format"] != "html":
        raise NotFound("no such page")
    headers = {
        "Content-Security-Policy": PAGE_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "X-DNS-Prefetch-Control": "off",
    }
    cells = await _cells(request, datasette, row)
    page, _ = shown(_decode(row), cells, request.args.get("cell"))
    return Response(page, 200, headers, "text/html; charset=utf-8")


async def captured_bytes(request: Request, datasette: Datasette) -> Response:
    """Give the bytes as they were received, as a download, under the name of their hash."""
    row = await _find(request, datasette)
    if row is None:
        raise NotFound("no such source")
    headers = {
        "Content-Disposition": f'attachment; filename="{row["sha256"]}"',
        "Content-Security-Policy": PAGE_POLICY,
        "X-Content-Type-Options": "nosniff",
    }
    return Response(_bytes(row), 200, headers, "application/octet-stream")


async def _find(request: Request, datasette: Datasette) -> sqlite3.Row | None:
    report, version = request.url_vars["id"], request.args.get("version")
    return await ask(datasette, lambda db: queries.source(db, report, version))


async def _cells(request: Request, datasette: Datasette, row: sqlite3.Row) -> Rows:
    """Return the cells that may be looked for in the page: a release has the places of those of the version that is served."""
    if not row["served"] or not request.args.get("cell"):
        return []
    sql = "SELECT * FROM cell WHERE report_id = ? ORDER BY position"
    return await ask(datasette, lambda db: all_rows(db, sql, row["report_id"]))


def _bytes(row: sqlite3.Row) -> bytes:
    return zstandard.ZstdDecompressor().decompress(row["data"], max_output_size=max(row["size"], 1))


def _decode(row: sqlite3.Row) -> str:
    """Return the text as the reader saw it: in the encoding that the reading found."""
    return _bytes(row).decode(row["encoding"] or "utf-8", errors="replace").lstrip("\ufeff")


def quieten(page: str) -> bytes:
    """Return the HTML `page` in UTF-8 without anything that acts or fetches; its words and tables stay."""
    return shown(page, [], None)[0]


def shown(page: str, cells: Rows, cell: str | None) -> tuple[bytes, bool]:
    """Return the quietened `page` with the cell named `cell` marked in it, and whether it was found there."""
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    # lxml refuses lone surrogates and what XML forbids; a blank stands for them, as in a browser
    clean = re.sub(r"[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff]", " ", page)
    root = lxml.etree.HTML(clean.encode("utf-8"), parser)
    if root is None:
        return b"<!DOCTYPE html>", False
    for element in list(root.iter(*_ACTING, "meta", "{*}script")):
        if element.tag == "meta" and not element.get("http-equiv"):
            continue
        _drop(element)
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag == "style" and element.text:
            element.text = _FETCHING.sub("", element.text)
        for name, value in list(element.attrib.items()):
            low = name.lower()
            if low.startswith("on") or (low in _ADDRESSES and not _is_picture(element.tag, low, value)):
                del element.attrib[name]
            elif "(" in value and low in ("style", "filter", "fill", "stroke", "mask", "clip-path", "cursor"):
                element.attrib[name] = _FETCHING.sub("", value)
    found = mark_cell(root, cells, cell) if cells and cell else False
    quiet: bytes = lxml.html.tostring(root, encoding="utf-8", doctype="<!DOCTYPE html>")
    return quiet, found


def _drop(element: lxml.etree._Element) -> None:
    """Remove an element and keep the text that follows it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _is_picture(tag: str, name: str, value: str) -> bool:
    return tag == "img" and name == "src" and value.strip().lower().startswith("data:image/")
