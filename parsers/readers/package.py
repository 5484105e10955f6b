"""Zip packages and the XML inside them, opened so that no declared or hidden size can do harm.

Guarantees: members, sizes and markup are bounded before anything is decoded and again while it is; XML is read without
a document type, entities or the network; whatever is wrong with the bytes is an UnreadableError.
"""

from __future__ import annotations

import io
import lzma
import posixpath
import zipfile
import zlib
from collections.abc import Iterator

import lxml.etree

from parsers.errors import UnreadableError

MAX_MEMBERS = 4096
MAX_UNPACKED = 640 * 2**20
MAX_PART = 64 * 2**20
MAX_MARKUP = 2_000_000
"""Tags and attributes in one XML part: a tree takes about 120 bytes for each, whatever the part's own size."""
_MAX_RATIO = 200
"""Deflated XML of real documents stays under 60 to 1; smaller than MAX_PART nothing is refused for its ratio."""
_SIGNATURE = b"PK\x01\x02"
_ENCRYPTED = 0x1
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    IndexError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
)
"""What zipfile raises for damaged, encrypted or foreign archives, seen by flipping every byte of one."""


class Package:
    """An open zip package; what it has unpacked so far is counted against MAX_UNPACKED."""

    def __init__(self, body: bytes, most: int = MAX_MEMBERS) -> None:
        if body.count(_SIGNATURE) > 4 * MAX_MEMBERS:  # before zipfile makes an object of each
            raise _too_many(4 * MAX_MEMBERS)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(body))
        except _DAMAGE as error:
            raise _damaged(error) from error
        self._left = MAX_UNPACKED
        self.names = tuple(info.filename for info in self._zip.infolist() if info.filename[-1:] not in ("", "/"))
        if len(self.names) > most:
            raise _too_many(most)
        declared = sum(info.file_size for info in self._zip.infolist())
        if declared > MAX_UNPACKED or declared > max(MAX_PART, _MAX_RATIO * len(body)):
            raise _too_large(declared)

    def read(self, name: str, limit: int = MAX_PART) -> bytes:
        """Return a member's bytes; UnreadableError where it is not there, damaged, encrypted or over `limit`."""
        limit = min(limit, self._left)
        try:
            info = self._zip.getinfo(name)
            if info.flag_bits & _ENCRYPTED:
                raise UnreadableError("the file is encrypted", "文件已加密")
            if info.file_size > limit:
                raise _too_large(info.file_size)
            with self._zip.open(info) as member:
                data = member.read(limit + 1)
        except _DAMAGE as error:
            raise _damaged(error) from error
        if len(data) > limit:
            raise _too_large(len(data))
        self._left -= len(data)
        return data

    def xml(self, name: str) -> lxml.etree._Element:
        """Return the root element of an XML part."""
        return parse_xml(self.read(name))

    def find(self, name: str) -> str | None:
        """Return the member that `name` means, whatever its case and leading slash, or None."""
        wanted = posixpath.normpath(name).lstrip("/").lower()
        return next((n for n in self.names if n.lstrip("/").lower() == wanted), None)


def parse_xml(data: bytes) -> lxml.etree._Element:
    """Parse an XML part; UnreadableError for a document type, too much markup, or more than 256 levels."""
    if data.count(b"<") + data.count(b"=") > MAX_MARKUP:
        raise UnreadableError(
            f"an XML part has more than {MAX_MARKUP} tags and attributes", f"XML 部件的标记超过 {MAX_MARKUP} 个"
        )
    parser = lxml.etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = lxml.etree.fromstring(data, parser)
    except (lxml.etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableError(f"an XML part is damaged: {error}", f"XML 部件已损坏：{error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableError("an XML part has a document type", "XML 部件含有文档类型声明")
    return root


def local(element: lxml.etree._Element) -> str:
    """Return an element's name without its namespace, which differs between editions and makers."""
    tag: str = element.tag
    return tag[tag.rfind("}") + 1 :]


def children(element: lxml.etree._Element, name: str) -> Iterator[lxml.etree._Element]:
    """Return the children that bear a local name."""
    found: Iterator[lxml.etree._Element] = element.iterchildren("{*}" + name)
    return found


def child(element: lxml.etree._Element | None, *path: str) -> lxml.etree._Element | None:
    """Return the first element down a path of local names, or None."""
    for name in path:
        element = None if element is None else next(children(element, name), None)
    return element


def attribute(element: lxml.etree._Element | None, name: str) -> str | None:
    """Return an attribute by local name, or None."""
    if element is None:
        return None
    return next((str(v) for k, v in element.attrib.items() if k[k.rfind("}") + 1 :] == name), None)


def whole_number(text: str | None, most: int) -> int | None:
    """Read an attribute that counts or measures, clamped to -`most`..`most`; None where it is no number."""
    digits = (text or "").strip().removeprefix("+")
    if not digits.removeprefix("-").isdecimal() or len(digits) > 12:
        return None
    return max(-most, min(int(digits), most))


def _too_large(size: int) -> UnreadableError:
    return UnreadableError(
        f"the file unpacks to {size // 2**20 + 1} MB, over its limit", f"文件解压后有 {size // 2**20 + 1} MB，超过上限"
    )


def _too_many(most: int) -> UnreadableError:
    return UnreadableError(f"the file holds more than {most} members", f"压缩包内的文件超过 {most} 个")


def _damaged(error: Exception) -> UnreadableError:
    if "encrypted" in str(error):
        return UnreadableError("the file is encrypted", "文件已加密")
    return UnreadableError(f"the file is damaged: {error}", f"文件已损坏：{error}")
