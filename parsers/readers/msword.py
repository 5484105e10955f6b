"""The text of a Word 97-2003 file with the properties of its paragraphs ([MS-DOC]): what `doc` makes blocks of.

Guarantees: characters come in the order of the document whatever the order of its pieces, hidden and deleted ones left
out; offsets and counts are checked against the streams, damage is an UnreadableError.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.errors import UnreadableError
from parsers.readers.compound import Compound

Sprms = tuple[tuple[int, bytes], ...]
"""Single property modifiers in their order: code, operand."""

ROW_END, CELL_END, INNER_ROW_END, INNER_CELL_END = "row", "cell", "inner row", "inner cell"
_ENDS = frozenset("\r\x07\x0c\x0e")
_PAGE = 512
_WORD_97 = 0xC1
_ENCRYPTED, _SECOND_TABLE = 0x0100, 0x0200
# Offsets in the file information block ([MS-DOC] 2.5.1, 2.5.5)
_FLAGS, _TEXT_LENGTH = 0x0A, 0x4C
_CHARACTERS, _PARAGRAPHS, _PIECES = 0xFA, 0x102, 0x1A2
# Modifiers of characters and paragraphs that decide what is shown ([MS-DOC] 2.6.1, 2.6.2)
_DELETED, _HIDDEN = 0x0800, 0x083C
_IN_TABLE, _ROW_END, _DEPTH, _INNER_CELL, _INNER_ROW = 0x2416, 0x2417, 0x6649, 0x244B, 0x244C
_HUGE = frozenset((0x6645, 0x6646))
_TABS, _TABLE = 0xC615, 0xD608
_OPERAND = (1, 1, 2, 4, 2, 2, 0, 3)
_MAX_DEPTH = 64
_ERASED = "\0"


@dataclass(frozen=True, slots=True)
class WordParagraph:
    """A paragraph: its characters (fields and anchors still in), its depth in tables, and what its mark ends."""

    text: str
    depth: int
    ends: str | None
    sprms: Sprms


@dataclass(frozen=True, slots=True)
class _Piece:
    """Characters `start` to `end` of the document, at `offset` in the stream, one or two bytes each."""

    start: int
    end: int
    offset: int
    width: int


class WordText:
    """A Word file's main text as paragraphs."""

    def __init__(self, file: Compound) -> None:
        self._main = file.read("WordDocument")
        if len(self._main) < _PIECES + 8 or _u16(self._main, 0) != 0xA5EC or _u16(self._main, 2) < _WORD_97:
            raise UnreadableError("the DOC is older than Word 97", "DOC 文件早于 Word 97")
        flags = _u16(self._main, _FLAGS)
        if flags & _ENCRYPTED:
            raise UnreadableError("the DOC is encrypted", "DOC 文件已加密")
        self._tables = file.read("1Table" if flags & _SECOND_TABLE else "0Table")
        self._data = file.read("Data") if "Data" in file.names else b""
        self._pieces = self._read_pieces()
        self._starts = [piece.start for piece in self._pieces]
        self._runs = sorted(self._paragraph_runs(), key=lambda run: run[0])
        self._run_starts = [run[0] for run in self._runs]

    def paragraphs(self) -> Iterator[WordParagraph]:
        """Yield the paragraphs of the main text."""
        text = self._text()[: _u32(self._main, _TEXT_LENGTH)]
        begin = 0
        for at, char in enumerate(text):
            if char in _ENDS:
                yield self._paragraph(text[begin:at], at, char)
                begin = at + 1
        if begin < len(text):
            yield WordParagraph(_readable(text[begin:]), 0, None, ())

    def _paragraph(self, text: str, at: int, mark: str) -> WordParagraph:
        sprms = self._modifiers(at)
        last = dict(sprms)
        in_table = _is_set(last, _IN_TABLE) or mark == "\x07"
        depth = _u32(last[_DEPTH], 0) if len(last.get(_DEPTH, b"")) == 4 else int(in_table)
        depth = max(depth, 1) if in_table else 0
        if depth > _MAX_DEPTH:
            raise UnreadableError("tables of the DOC are nested too deep", "DOC 文件的表格嵌套过深")
        ends = None
        if _is_set(last, _INNER_ROW):
            ends = INNER_ROW_END
        elif _is_set(last, _INNER_CELL):
            ends = INNER_CELL_END
        elif mark == "\x07":
            ends = ROW_END if _is_set(last, _ROW_END) else CELL_END
        return WordParagraph(_readable(text), depth, ends, sprms)

    def _read_pieces(self) -> list[_Piece]:
        """Read the piece table ([MS-DOC] 2.8.35)."""
        offset, length = _u32(self._main, _PIECES), _u32(self._main, _PIECES + 4)
        table = self._tables[offset : offset + length]
        at = 0
        while at + 3 <= len(table) and table[at] == 1:
            at += 3 + _u16(table, at + 1)
        if at + 5 > len(table) or table[at] != 2:
            raise UnreadableError("the DOC has no piece table", "DOC 文件缺少文本表")
        plc = table[at + 5 : at + 5 + _u32(table, at + 1)]
        count = (len(plc) - 4) // 12
        if count < 1:
            raise UnreadableError("the DOC has no text", "DOC 文件没有文本")
        places = struct.unpack_from(f"<{count + 1}I", plc, 0)
        pieces = []
        for i in range(count):
            place = _u32(plc, 4 * (count + 1) + 8 * i + 2)
            narrow = bool(place & 0x40000000)
            offset = (place & 0x3FFFFFFF) // (2 if narrow else 1)
            pieces.append(_Piece(places[i], places[i + 1], offset, 1 if narrow else 2))
        wrong = any(p.end < p.start or p.offset + (p.end - p.start) * p.width > len(self._main) for p in pieces)
        if wrong or places[0] != 0 or places[-1] > len(self._main):
            raise UnreadableError("the piece table of the DOC is damaged", "DOC 文件的文本表已损坏")
        return pieces

    def _text(self) -> str:
        """Return all characters in order, one a code unit, hidden ones erased, marks kept."""
        hidden = sorted((a, b) for a, b, sprms in self._character_runs() if _is_hidden(sprms))
        ends = [b for _, b in hidden]
        parts: list[str] = []
        for piece in self._pieces:
            raw = self._main[piece.offset : piece.offset + (piece.end - piece.start) * piece.width]
            text = raw.decode("cp1252", "replace") if piece.width == 1 else _units(raw)
            at = 0
            for a, b in hidden[bisect_right(ends, piece.offset) :]:
                first, last = ((x - piece.offset) // piece.width for x in (a, b))
                if first >= len(text):
                    break
                first, last = max(first, at), min(last, len(text))
                if first < last:
                    parts += (text[at:first], "".join(c if c in _ENDS else _ERASED for c in text[first:last]))
                    at = last
            parts.append(text[at:])
        return "".join(parts)

    def _modifiers(self, character: int) -> Sprms:
        """Return the modifiers of the paragraph that a mark ends, those kept in the Data stream in their place."""
        piece = self._pieces[bisect_right(self._starts, character) - 1]
        offset = piece.offset + (character - piece.start) * piece.width
        i = bisect_right(self._run_starts, offset) - 1
        if i < 0 or not self._runs[i][0] <= offset < self._runs[i][1]:
            return ()
        out: list[tuple[int, bytes]] = []
        for code, operand in _sprms(self._runs[i][2]):
            if code in _HUGE and len(operand) == 4:
                at = _u32(operand, 0)
                if at + 2 <= len(self._data):
                    out += _sprms(self._data[at + 2 : at + 2 + _u16(self._data, at)])
            else:
                out.append((code, operand))
        return tuple(out)

    def _paragraph_runs(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield (from, to, modifiers) in bytes of the stream for each paragraph ([MS-DOC] 2.9.174, PapxFkp)."""
        for page in self._pages(_PARAGRAPHS, 17):
            count = page[-1]
            for j in range(count):
                at = 2 * page[4 * (count + 1) + 13 * j]
                first, last = _u32(page, 4 * j), _u32(page, 4 * j + 4)
                if not at or at + 2 >= _PAGE:
                    yield first, last, b""
                    continue
                begin, size = (at + 1, 2 * page[at] - 1) if page[at] else (at + 2, 2 * page[at + 1])
                yield first, last, page[begin + 2 : begin + size]  # behind the style's index

    def _character_runs(self) -> Iterator[tuple[int, int, Sprms]]:
        """Yield (from, to, modifiers) in bytes of the stream for each run of characters (ChpxFkp)."""
        for page in self._pages(_CHARACTERS, 5):
            count = page[-1]
            for j in range(count):
                at = 2 * page[4 * (count + 1) + j]
                if at and at < _PAGE:
                    yield (
                        _u32(page, 4 * j),
                        _u32(page, 4 * j + 4),
                        tuple(_sprms(page[at + 1 : at + 1 + page[at]])),
                    )

    def _pages(self, pointer: int, size: int) -> Iterator[bytes]:
        """Yield the formatted disk pages that a table at `pointer` of the information block lists.

        A page counts its runs in its last byte; each takes `size` bytes of it, and one more place stands before them.
        """
        offset, length = _u32(self._main, pointer), _u32(self._main, pointer + 4)
        table = self._tables[offset : offset + length]
        count = max((len(table) - 4) // 8, 0)
        for number in dict.fromkeys(_u32(table, 4 * (count + 1) + 4 * i) & 0x3FFFFF for i in range(count)):
            page = self._main[number * _PAGE : (number + 1) * _PAGE]
            if len(page) == _PAGE and page[-1] <= (_PAGE - 5) // size:
                yield page


def _sprms(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (code, operand) of a list of modifiers ([MS-DOC] 2.2.5.1); what is cut off at the end is not given."""
    at = 0
    while at + 3 <= len(data):
        code = _u16(data, at)
        at += 2
        length = _OPERAND[code >> 13]
        if code >> 13 == 6:
            if code == _TABLE:
                if at + 2 > len(data):
                    return
                length = _u16(data, at) - 1
                at += 2
            else:
                length = data[at] if code != _TABS or data[at] < 255 else _tabs_length(data, at + 1)
                at += 1
        if length < 0 or at + length > len(data):
            return
        yield code, data[at : at + length]
        at += length


def _tabs_length(data: bytes, at: int) -> int:
    """Return how long a list of tabs is that does not say so ([MS-DOC] 2.9.182)."""
    deleted = data[at] if at < len(data) else 0
    added = at + 1 + 4 * deleted
    return 2 + 4 * deleted + 3 * (data[added] if added < len(data) else 0)


def _is_set(last: dict[int, bytes], code: int) -> bool:
    return last.get(code, b"")[:1] == b"\x01"


def _is_hidden(sprms: Sprms) -> bool:
    last = dict(sprms)
    return _is_set(last, _DELETED) or _is_set(last, _HIDDEN)


def _units(raw: bytes) -> str:
    """Decode UTF-16 as one character a code unit, so that positions stay those of the file."""
    text = raw.decode("utf-16-le", "surrogatepass")
    return text if 2 * len(text) == len(raw) else "".join(map(chr, struct.unpack(f"<{len(raw) // 2}H", raw)))


def _readable(text: str) -> str:
    """Put surrogate pairs together again."""
    if text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _u16(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")


def _u32(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")
