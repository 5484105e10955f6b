"""OFD (GB/T 33190): characters and rules of each page, ruled tables as grids with their boxes.

Guarantees: names are matched without their namespace, which makers of OFD files do not agree on; boxes are in points
from the page's upper left corner; page numbers are dropped as in PDF; counts are bounded.
"""

from __future__ import annotations

import math
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import lxml.etree

from parsers.errors import UnreadableError
from parsers.model import Block, Document, Grid
from parsers.readers.continued import with_common_columns
from parsers.readers.package import Package, attribute, child, children, local
from parsers.readers.pages import add_rules, page_blocks
from parsers.readers.ruled import Char, Rule
from parsers.readers.unruled import PageText, blocks_without_rules

ROOT = "OFD.xml"
MAX_PAGES = 200
MAX_OBJECTS = 100_000
MAX_CHARS = 400_000
_POINTS = 72 / 25.4
"""Points in a millimetre, the unit of OFD."""
_A4 = (0.0, 0.0, 210.0, 297.0)
_TOKEN = re.compile(r"[SMLBQAC]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,2})?")
_ARGUMENTS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
"""Numbers that follow each operator of a path (GB/T 33190-2016, table 35); the last two are the point it ends in."""
_FALSE = frozenset(("false", "0"))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an object stands: the corner of its boundary, in millimetres, and its matrix."""

    x: float
    y: float
    matrix: tuple[float, ...]

    def points(self, x: float, y: float) -> tuple[float, float]:
        """Return a point of the object's own space in points of the page."""
        a, b, c, d, e, f = self.matrix
        return (self.x + a * x + c * y + e) * _POINTS, (self.y + b * x + d * y + f) * _POINTS


def read_ofd(body: bytes) -> Document:
    """Read an OFD into a Document; raises UnreadableError where it is damaged, encrypted or too large."""
    package = Package(body)
    root = package.find(ROOT)
    if root is None:
        raise UnreadableError("the OFD has no OFD.xml", "OFD 文件缺少 OFD.xml")
    if package.find("Encryptions.xml"):
        raise UnreadableError("the OFD is encrypted", "OFD 文件已加密")
    blocks: list[Block] = []
    texts: list[PageText] = []
    metadata: dict[str, str] = {}
    number = 0
    for part in children(package.xml(root), "DocBody"):
        title = _text(child(part, "DocInfo", "Title"))
        if title:
            metadata.setdefault("Title", title)
        place = _member(package, "", _text(child(part, "DocRoot")))
        document = package.xml(place)
        folder = posixpath.dirname(place)
        templates = {
            attribute(page, "ID") or "": attribute(page, "BaseLoc") or "" for page in document.iter("{*}TemplatePage")
        }
        area = child(document, "CommonData", "PageArea")
        pages = child(document, "Pages")
        for page in () if pages is None else children(pages, "Page"):
            number += 1
            if number > MAX_PAGES:
                raise UnreadableError(f"the OFD has more than {MAX_PAGES} pages", f"OFD 的页数超过 {MAX_PAGES}")
            content = package.xml(_member(package, folder, attribute(page, "BaseLoc") or ""))
            layers = [content]
            for template in children(content, "Template"):
                if (address := templates.get(attribute(template, "TemplateID") or "")) is not None:
                    layers.append(package.xml(_member(package, folder, address)))
            chars, horizontal, vertical, height = _page(
                layers, _box(child(content, "Area")) or _box(area) or _A4, number
            )
            blocks += page_blocks(chars, horizontal, vertical, height, number)
            texts.append(PageText(number, height, chars))
    if not any(isinstance(block, Grid) for block in blocks):
        blocks = blocks_without_rules(texts) or blocks
    return Document(tuple(with_common_columns(blocks)), "ofd", metadata)


def _text(element: lxml.etree._Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""


def _member(package: Package, folder: str, address: str) -> str:
    """Return the member that an address means: from the root where it begins with a slash, else from `folder`."""
    path = address if address.startswith("/") else posixpath.join(folder, address)
    name = package.find(path) if address else None
    if name is None:
        raise UnreadableError(f"the OFD lacks its part {address[:80]!r}", f"OFD 文件缺少部件 {address[:80]!r}")
    return name


def _box(area: lxml.etree._Element | None) -> tuple[float, float, float, float] | None:
    box = _numbers(_text(child(area, "PhysicalBox")))
    return (box[0], box[1], box[2], box[3]) if len(box) == 4 else None


def _numbers(text: str | None) -> list[float]:
    """Read numbers parted by blanks; what is no finite number is left out."""
    out = []
    for token in (text or "").split():
        try:
            value = float(token)
        except ValueError:
            continue
        if math.isfinite(value) and abs(value) < 1e6:
            out.append(value)
    return out


def _number(text: str | None, otherwise: float) -> float:
    return next(iter(_numbers(text)), otherwise)


def _page(
    layers: Sequence[lxml.etree._Element], box: tuple[float, float, float, float], number: int
) -> tuple[list[Char], list[Rule], list[Rule], float]:
    """Return a page's characters, horizontal and vertical rules, and its height, all in points."""
    chars: list[Char] = []
    horizontal: list[Rule] = []
    vertical: list[Rule] = []
    objects = 0
    for layer in layers:
        for item in layer.iter("{*}TextObject", "{*}PathObject"):
            objects += 1
            if objects > MAX_OBJECTS or len(chars) > MAX_CHARS:
                raise UnreadableError(f"page {number} of the OFD has too many objects", f"OFD 第 {number} 页的对象过多")
            if (attribute(item, "Visible") or "").lower() in _FALSE:
                continue
            boundary = _numbers(attribute(item, "Boundary"))
            matrix = _numbers(attribute(item, "CTM"))
            place = _Place(
                (boundary[0] if len(boundary) == 4 else 0.0) - box[0],
                (boundary[1] if len(boundary) == 4 else 0.0) - box[1],
                tuple(matrix) if len(matrix) == 6 else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0),
            )
            if local(item) == "TextObject":
                chars += _chars(item, place)
            else:
                _add_path(item, place, horizontal, vertical)
    return chars, horizontal, vertical, box[3] * _POINTS


def _chars(item: lxml.etree._Element, place: _Place) -> Iterator[Char]:
    """Yield the visible characters of a text object; a code without a place goes on where the last one began."""
    size = _number(attribute(item, "Size"), 4.0)
    x = y = 0.0
    for code in children(item, "TextCode"):
        text = code.text or ""
        x, y = _number(attribute(code, "X"), x), _number(attribute(code, "Y"), y)
        across, down = _deltas(attribute(code, "DeltaX"), len(text)), _deltas(attribute(code, "DeltaY"), len(text))
        pen, line = x, y
        for i, char in enumerate(text):
            if not (char.isspace() or char == "\u3000") and char.isprintable():
                width = size * (0.5 if char < "\u0250" else 0.95)
                if across[i] > 0:
                    width = min(width, across[i])
                corners = (place.points(pen, line - 0.8 * size), place.points(pen + width, line + 0.1 * size))
                (x0, x1), (y0, y1) = (sorted(pair) for pair in zip(*corners, strict=True))
                yield Char(char, x0, y0, x1, y1)
            pen, line = pen + across[i], line + down[i]


def _deltas(text: str | None, count: int) -> list[float]:
    """Read the steps between characters; `g n d` stands for n steps of d (GB/T 33190-2016, 11.3)."""
    out: list[float] = []
    words = iter((text or "").split())
    for word in words:
        if word == "g":
            times, step = _number(next(words, None), 0.0), _number(next(words, None), 0.0)
            out += [step] * max(0, min(int(times), count - len(out)))
        else:
            out.append(_number(word, 0.0))
        if len(out) >= count:
            break
    return (out + [out[-1] if out else 0.0] * count)[:count]


def _add_path(item: lxml.etree._Element, place: _Place, horizontal: list[Rule], vertical: list[Rule]) -> None:
    """Add the rules that a path object draws."""
    stroked = (attribute(item, "Stroke") or "true").lower() not in _FALSE
    for points in _subpaths(_text(child(item, "AbbreviatedData")), place):
        thin = min(max(axis) - min(axis) for axis in zip(*points, strict=True)) < 1.0
        if not stroked or thin:
            add_rules(points, stroked, horizontal, vertical)
            continue
        for pair in pairwise(points):
            add_rules(pair, False, horizontal, vertical)  # each side by itself: a path may be any polygon


def _subpaths(data: str, place: _Place) -> Iterator[list[tuple[float, float]]]:
    """Yield the corners of each figure of a path, in points; a curve counts as the line to its end."""
    figure: list[tuple[float, float]] = []
    tokens = _TOKEN.findall(data)
    at = 0
    while at < len(tokens):
        operator = tokens[at]
        count = _ARGUMENTS.get(operator)
        arguments = tokens[at + 1 : at + 1 + (count or 0)]
        at += 1 + len(arguments)
        if count is None or len(arguments) < count or any(a in _ARGUMENTS for a in arguments):
            continue
        if operator in "SM":
            if len(figure) > 1:
                yield figure
            figure = []
        if operator == "C":
            figure += figure[:1]
        else:
            figure.append(place.points(_number(arguments[-2], 0.0), _number(arguments[-1], 0.0)))
    if len(figure) > 1:
        yield figure
