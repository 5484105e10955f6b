"""Answers that are no page: JSON, CSV, Atom. Each has the headers of the pages and may be read from any site.

Guarantees: in CSV a text that a spreadsheet would run as a formula is defused with a leading apostrophe, figures never are; an
Atom entry's id is made from what it tells and never changes.
"""

from __future__ import annotations

import csv
import io
import json
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from datasette.utils.asgi import Response
from lxml import etree
from lxml.builder import ElementMaker

from archive.publication.writing import defuse
from archive.website.site import SAFE_HEADERS

ATOM = "http://www.w3.org/2005/Atom"
_A = ElementMaker(namespace=ATOM, nsmap={None: ATOM})
_IDS = uuid.UUID("b2f6c8d4-52a1-5e0b-8f0f-9d1a7c3e4b60")
"""The name space of our ids: drawn once, never to be changed."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed; `name` tells it apart for ever, `at` is when it came to be."""

    name: str
    title: str
    at: str
    path: str
    text: str


def json_answer(data: Any, status: int = 200) -> Response:
    """Answer with JSON that any site may read."""
    headers = dict(SAFE_HEADERS) | {"Access-Control-Allow-Origin": "*"}
    return Response(json.dumps(data, ensure_ascii=False), status, headers, "application/json; charset=utf-8")


def csv_answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Answer with a CSV file called `name`: UTF-8 with a byte order mark, because Excel takes it for Chinese then."""
    text = io.StringIO()
    write = csv.writer(text, lineterminator="\r\n").writerow
    for row in chain([columns], rows):  # the head of a comparison names bodies
        write([defuse(value) for value in row])
    headers = dict(SAFE_HEADERS) | {
        "Access-Control-Allow-Origin": "*",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return Response("\ufeff" + text.getvalue(), 200, headers, "text/csv; charset=utf-8")


def atom_answer(
    name: str, title: str, updated: str, language: str, entries: Iterable[Entry], site: str, itself: str
) -> Response:
    """Answer with a feed; `site` is where the site stands, `itself` where the feed does."""
    feed = _A.feed(
        {"{http://www.w3.org/XML/1998/namespace}lang": "en" if language == "en" else "zh-Hans"},
        _A.id(_urn(f"feed/{name}")),
        _A.title(_clean(title)),
        _A.updated(updated),
        _A.author(_A.name("Gongkai Archive")),
        _A.link(rel="self", type="application/atom+xml", href=itself),
    )
    for entry in entries:
        feed.append(
            _A.entry(
                _A.id(_urn(entry.name)),
                _A.title(_clean(entry.title)),
                _A.updated(entry.at),
                _A.link(rel="alternate", type="text/html", href=site.rstrip("/") + entry.path),
                _A.summary(_clean(entry.text)),
            )
        )
    body = etree.tostring(feed, xml_declaration=True, encoding="utf-8").decode("utf-8")
    headers = dict(SAFE_HEADERS) | {"Access-Control-Allow-Origin": "*"}
    return Response(body, 200, headers, "application/atom+xml; charset=utf-8")


def _urn(name: str) -> str:
    return uuid.uuid5(_IDS, name).urn


def _clean(text: str) -> str:
    return _NOT_XML.sub(" ", text)
