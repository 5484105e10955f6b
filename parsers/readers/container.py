"""Containers: the members of a ZIP, and the page of an MHTML file (a page saved whole by a browser or by Word).

Guarantees: counts and sizes are bounded before and while anything is unpacked; members come with the likeliest report
first: by name, then by format.
"""

from __future__ import annotations

import email
import email.policy
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.errors import UnreadableError
from parsers.readers.package import Package

MAX_MEMBERS = 200
_MAX_PARTS = 8
"""Containers within an MHTML: browsers and Word write one, a cover letter two."""
_FORMATS = (".html", ".htm", ".docx", ".doc", ".pdf", ".ofd", ".xlsx", ".xls", ".ods", ".mht", ".mhtml", ".txt", ".zip")
_NAMED = re.compile(r"年度报告|年报|annual.?report|nianbao|ndbg", re.IGNORECASE)
_MHTML = re.compile(
    rb"(?im)\A(?:[\w-]+:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n)*?(?:MIME-Version|Content-Type):[ \t]*(?:1\.0|multipart/|text/html)"
)
_HEAD = 8192


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a container: its name, its bytes, and the character set that its container declares for it."""

    name: str
    body: bytes
    charset: str | None = None


def is_mhtml(body: bytes) -> bool:
    """Tell whether bytes begin with the header of a MIME message."""
    return bool(_MHTML.match(body[:_HEAD].lstrip()))


def unpack(body: bytes) -> Iterator[Member]:
    """Yield the members of a ZIP that may hold a report, the likeliest first; UnreadableError for any damage."""
    package = Package(body, MAX_MEMBERS)
    found = []
    for name in package.names:
        printed = _printed(name)
        suffix = posixpath.splitext(printed)[1].lower()
        if suffix in _FORMATS and "__MACOSX" not in printed:
            found.append((not _NAMED.search(printed), _FORMATS.index(suffix), printed, name))
    for _, _, printed, name in sorted(found):
        yield Member(printed, package.read(name))


def _printed(name: str) -> str:
    """Return a member's name as it was meant: Windows in China writes it in GBK without saying so."""
    try:
        return name.encode("cp437").decode("gb18030")
    except UnicodeError:
        return name


def unpack_mhtml(body: bytes) -> list[Member]:
    """Return the HTML parts of an MHTML file in their order; UnreadableError where it is damaged."""
    if body.lower().count(b"multipart/") > _MAX_PARTS:
        raise UnreadableError("the MHTML is nested too deep", "MHTML 文件嵌套过深")
    try:
        message = email.message_from_bytes(body.lstrip(), policy=email.policy.compat32)
        found = []
        for part in message.walk():
            if part.get_content_type() == "text/html":
                content = part.get_payload(decode=True)
                if isinstance(content, bytes) and content.strip():
                    charset = part.get_content_charset()
                    found.append(Member(str(part.get("Content-Location", "")), content, charset))
    except (ValueError, LookupError, TypeError, AttributeError) as error:  # what the package raises for wrong headers
        raise UnreadableError(f"the MHTML is damaged: {error}", f"MHTML 文件已损坏：{error}") from error
    return found
