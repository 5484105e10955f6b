"""Which reader reads which bytes: by content first, then by header.

Guarantees: bytes of no format that we read give None, never a guess; what is inside a container is chosen by the same
rules, at most MAX_DEPTH containers deep.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice

from parsers.decode import decode
from parsers.errors import UnreadableError
from parsers.layout import table_rows
from parsers.model import Document
from parsers.readers import compound
from parsers.readers.container import Member, is_mhtml, unpack, unpack_mhtml
from parsers.readers.doc import read_doc
from parsers.readers.docx import MAIN, read_docx
from parsers.readers.html import read_html
from parsers.readers.ocr import read_image
from parsers.readers.ofd import ROOT, read_ofd
from parsers.readers.package import Package
from parsers.readers.pdf import read_pdf
from parsers.readers.text import read_text
from parsers.readers.xls import WORKBOOKS, read_xls

MAX_DEPTH = 2
_MAX_TRIED = 10
"""Members of one container that are read before it is given up: each may cost as much as a whole file."""
_PICTURE = re.compile(rb"^(?:\x89PNG|\xff\xd8\xff|GIF8|II\*\0|MM\0\*|BM.{4}\0{4})", re.DOTALL)
_UNREAD = re.compile(rb"^(?:Rar!|7z\xbc\xaf)")
_CONTROL = bytes([*range(9), *range(14, 32)])
_MARKUP = re.compile(rb"<(?:!doctype|html|head|body|meta|div|table|p|span|script|title)\b", re.IGNORECASE)
_CHARSET = re.compile(r"charset=[\"']?([\w-]+)", re.IGNORECASE)
_PARTS: tuple[tuple[re.Pattern[str], Callable[[bytes], Document]], ...] = (
    (MAIN, read_docx),
    (re.compile(r"/?xl/workbook\.xml", re.IGNORECASE), read_xls),
    (re.compile(re.escape(ROOT), re.IGNORECASE), read_ofd),
    (re.compile(r"content\.xml"), read_xls),
)
"""The member by which a package shows what it is; content.xml is any OpenDocument, told by its mimetype."""
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"


def read_document(body: bytes, headers: Sequence[tuple[str, str]] = (), depth: int = 0) -> Document | None:
    """Read bytes with the reader of their format; None where there is none. UnreadableError for damage and limits."""
    start = body[:1024].lstrip()
    if start.startswith(b"%PDF-"):
        return read_pdf(body)
    if body.startswith(compound.MAGIC):
        return _read_compound(body)
    if body.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _read_package(body, depth)
    if _PICTURE.match(body):
        return read_image(body)
    if _UNREAD.match(body) or _is_binary(body):
        return None
    if is_mhtml(body):
        return _first(unpack_mhtml(body), depth)
    declared = (_CHARSET.search(value) for name, value in headers if name.lower() == "content-type")
    charset = next((match[1] for match in declared if match), None)
    return _read_text(body, charset)


def _read_text(body: bytes, charset: str | None) -> Document:
    decoded = decode(body, charset)
    document = read_html(decoded) if _MARKUP.search(body[:65536]) else read_text(decoded.text, decoded.encoding)
    return replace(document, findings=(*decoded.findings, *document.findings))


def _is_binary(body: bytes) -> bool:
    """Tell whether bytes hold control characters that no text has (UTF-16 with its mark aside)."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    sample = body[:8192]
    return b"\0" in sample or (len(sample) - len(sample.translate(None, _CONTROL))) * 50 > len(sample)


def _read_compound(body: bytes) -> Document | None:
    names = compound.Compound(body).names
    if "WordDocument" in names:
        return read_doc(body)
    return read_xls(body) if names & WORKBOOKS else None


def _read_package(body: bytes, depth: int) -> Document | None:
    package = Package(body)
    for part, reader in _PARTS:
        if any(part.fullmatch(name) for name in package.names):
            is_sheet = package.find("mimetype") is not None and package.read("mimetype").strip() == _ODS
            return reader(body) if part.pattern != r"content\.xml" or is_sheet else None
    return _first(unpack(body), depth)


def _first(members: Iterable[Member], depth: int) -> Document | None:
    """Read the first member that holds a report's tables; else the first that can be read at all."""
    if depth >= MAX_DEPTH:
        raise UnreadableError(f"containers are nested deeper than {MAX_DEPTH}", f"压缩包嵌套超过 {MAX_DEPTH} 层")
    readable: Document | None = None
    damage: UnreadableError | None = None
    for member in islice(members, _MAX_TRIED):
        headers = [("Content-Type", f"text/html; charset={member.charset}")] if member.charset else []
        try:
            document = read_document(member.body, headers, depth + 1)
        except UnreadableError as error:
            damage = damage or error
            continue
        if document is not None and table_rows(document)[0]:
            return document
        readable = readable or document
    if readable is None and damage is not None:
        raise damage
    return readable
