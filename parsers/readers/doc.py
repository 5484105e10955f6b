"""DOC (Word 97-2003): paragraphs and tables of the main text.

Guarantees: reading order; fields show their result; merged cells are one cell whichever of the format's ways says so; a
table is laid out on its own column edges; tables that hold tables are read cell by cell as prose.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from parsers.errors import UnreadableError
from parsers.model import Block, Document, Paragraph
from parsers.readers.compound import Compound
from parsers.readers.msword import INNER_ROW_END, ROW_END, Sprms, WordParagraph, WordText
from parsers.readers.spans import MAX_CELLS, EdgedCell, joined, table_blocks

_TABLE, _DOWN, _ACROSS = 0xD608, 0xD62B, 0x5624
_CELL_SIZE = 20
"""Bytes of a cell's record in a row's definition ([MS-DOC] 2.9.320, TC80)."""
_CONTINUES = 1
_STEP = 1000
"""Width of a column, in twips, where a row has no definition."""
_FIELD, _RESULT, _END = "\x13", "\x14", "\x15"
_PRINTED = {"\x0b": "\n", "\x1e": "-", "\t": " ", "\xa0": "\xa0"}


@dataclass(slots=True)
class _Table:
    """A table while it is read: rows that are complete, cells of the row at hand, blocks of the cell at hand."""

    rows: list[list[EdgedCell]] = field(default_factory=list)
    contents: list[list[list[Block]]] = field(default_factory=list)
    cells: list[list[Block]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    size: int = 0


def read_doc(body: bytes) -> Document:
    """Read a DOC into a Document; raises UnreadableError where it is damaged, encrypted or older than Word 97."""
    return Document(tuple(_blocks(WordText(Compound(body)).paragraphs())), "doc")


def _blocks(paragraphs: Iterator[WordParagraph]) -> list[Block]:
    out: list[Block] = []
    open_tables: list[_Table] = []

    def close(depth: int) -> None:
        while len(open_tables) > depth:
            ended = list(_finished(open_tables.pop()))
            (open_tables[-1].blocks if open_tables else out).extend(ended)

    for paragraph in paragraphs:
        close(paragraph.depth)
        while len(open_tables) < paragraph.depth:
            open_tables.append(_Table())
        lines = [Paragraph(line.strip()) for line in printed(paragraph.text).split("\n") if line.strip()]
        if not open_tables:
            out += lines
            continue
        table = open_tables[-1]
        if paragraph.ends in (ROW_END, INNER_ROW_END):
            _end_row(table, paragraph.sprms)
            continue
        table.blocks += lines
        if paragraph.ends is not None:
            table.cells.append(table.blocks)
            table.blocks = []
    close(0)
    return out


def _end_row(table: _Table, sprms: Sprms) -> None:
    table.size += len(table.cells)
    if table.size > MAX_CELLS:
        raise UnreadableError(
            f"a table of the DOC has more than {MAX_CELLS} cells", f"DOC 中的一张表超过 {MAX_CELLS} 个单元格"
        )
    if table.cells:
        table.rows.append(_row(table.cells, sprms))
        table.contents.append(table.cells)
    table.cells, table.blocks = [], []


def _finished(table: _Table) -> Iterator[Block]:
    """Yield a table, then what stood in a row that never ended."""
    yield from table_blocks(table.rows, table.contents)
    for cell in (*table.cells, table.blocks):
        yield from cell


def _row(cells: list[list[Block]], sprms: Sprms) -> list[EdgedCell]:
    """Lay the cells of a row on the edges that its definition gives, and join the merged ones."""
    edges, across, down = _definition(sprms)
    if len(edges) != len(cells) + 1:  # a definition that does not fit its row says nothing
        edges = list(accumulate([_STEP] * len(cells), initial=0))
        across, down = [0] * len(cells), [0] * len(cells)
    out: list[EdgedCell] = []
    first = 0
    for i, blocks in enumerate(cells):
        # Word 97 and its specification number "first" and "goes on" otherwise: the first flag of a run is "first"
        first = across[i] if not across[i] or not first else first
        if across[i] and across[i] != first and out:
            before = out.pop()
            out.append(EdgedCell(before.text, before.left, edges[i + 1], before.continues))
        else:
            out.append(EdgedCell(joined(blocks), edges[i], edges[i + 1], down[i] == _CONTINUES))
    return out


def _definition(sprms: Sprms) -> tuple[list[int], list[int], list[int]]:
    """Return a row's edges in twips and each cell's horizontal and vertical merge flags ([MS-DOC] 2.9.319)."""
    edges: list[int] = []
    across: list[int] = []
    down: list[int] = []
    for code, operand in sprms:
        if code == _TABLE and operand:
            count = operand[0]
            if len(operand) < 1 + 2 * (count + 1):
                continue
            edges = list(struct.unpack_from(f"<{count + 1}h", operand, 1))
            records = operand[1 + 2 * (count + 1) :]
            flags = [int.from_bytes(records[_CELL_SIZE * i : _CELL_SIZE * i + 2], "little") for i in range(count)]
            across, down = [f & 3 for f in flags], [f >> 5 & 3 for f in flags]
        elif code == _DOWN and len(operand) >= 2 and operand[0] < len(down):
            down[operand[0]] = operand[1] & 3
        elif code == _ACROSS and len(operand) >= 2:
            for i in range(operand[0], min(operand[1], len(across))):
                across[i] = 1 if i == operand[0] else 2
    return edges, across, down


def printed(text: str) -> str:
    """Return what a paragraph shows: the results of its fields, without anchors and control characters.

    A field whose code is still open at the paragraph's end ends there.
    """
    out: list[str] = []
    codes: list[bool] = []
    for char in text:
        if char == _FIELD:
            codes.append(True)
        elif char == _RESULT and codes:
            codes[-1] = False
        elif char == _END and codes:
            codes.pop()
        elif not any(codes) and (char >= " " or char in _PRINTED):
            out.append(_PRINTED.get(char, char))
    return "".join(out)
