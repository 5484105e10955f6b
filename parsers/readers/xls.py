"""XLS, XLSX and ODS: each visible sheet as paragraphs and grids.

Guarantees: a row that holds one long text, a heading or the title is a paragraph, runs of other rows are grids; figures
come as a spreadsheet shows them without a format (fifteen significant digits, no exponent); how far a sheet reaches is
checked before its cells are made.
"""

from __future__ import annotations

import datetime
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import lxml.etree
import python_calamine

from parsers.errors import UnreadableError
from parsers.model import Block, Document, Grid, GridCell, Paragraph
from parsers.readers.compound import MAGIC, Compound
from parsers.readers.package import Package, attribute, local, parse_xml, whole_number
from parsers.sections import heading_number

MAX_SHEETS = 50
MAX_SLOTS = 500_000
"""Rows times columns that a sheet reaches over: the library makes an object of each, full or empty."""
MAX_MERGED = 5000
_LONG = 20
_TITLE = re.compile(r"年度?报告|年报")
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
WORKBOOKS = frozenset(("Workbook", "Book"))
# Records of a BIFF stream that put a value into a cell: row and column stand first ([MS-XLS] 2.4)
_VALUES = frozenset((0x0006, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E, 0x00BD))
_FILE_PASS = 0x002F
Span = tuple[tuple[int, int], tuple[int, int]]


def read_xls(body: bytes) -> Document:
    """Read a spreadsheet into a Document; raises UnreadableError where it is damaged, encrypted or too large."""
    spans: dict[int, list[Span]] = {}
    if body.startswith(MAGIC):
        name, extents = "xls", list(_biff_extents(Compound(body)))
    else:
        package = Package(body)
        name = "ods" if package.find("content.xml") else "xlsx"
        if name == "ods":
            extents, spans = _ods_extents(package)
        else:
            extents = list(_xlsx_extents(package))
    for rows, columns in extents:
        if rows * columns > MAX_SLOTS:
            raise UnreadableError(
                f"a sheet reaches over {rows} rows and {columns} columns", f"工作表达 {rows} 行 {columns} 列，超过上限"
            )
    try:
        blocks = list(_workbook(body, spans))
    except UnreadableError:
        raise
    except (python_calamine.CalamineError, OSError, ValueError, OverflowError) as error:
        raise _damaged(error) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what a panic of the Rust library becomes: no Exception
            raise
        raise _damaged(error) from error
    return Document(tuple(blocks), name)


def _damaged(error: BaseException) -> UnreadableError:
    if isinstance(error, python_calamine.PasswordError):
        return UnreadableError("the spreadsheet is encrypted", "电子表格已加密")
    return UnreadableError(f"the spreadsheet is damaged: {error}", f"电子表格已损坏：{error}")


def _workbook(body: bytes, spans: Mapping[int, Sequence[Span]]) -> Iterator[Block]:
    workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(body))
    shown = [
        i
        for i, sheet in enumerate(workbook.sheets_metadata)
        if sheet.visible == python_calamine.SheetVisibleEnum.Visible
        and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]
    for i in shown[:MAX_SHEETS]:
        sheet = workbook.get_sheet_by_index(i)
        rows = [[_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
        yield from _blocks(rows, _within(spans.get(i, sheet.merged_cell_ranges or ()), len(rows)))


def _within(merged: Sequence[Span], height: int) -> list[Span]:
    """Return the merged ranges cut to the rows of the sheet; UnreadableError where they are more than a person makes."""
    cut = [(first, (min(last[0], height - 1), last[1])) for first, last in merged if first[0] < height]
    covered = sum((last[0] - first[0] + 1) * (last[1] - first[1] + 1) for first, last in cut)
    if len(cut) > MAX_MERGED or covered > MAX_SLOTS:
        raise UnreadableError("a sheet has too many merged cells", "工作表的合并单元格过多")
    return cut


def _text(value: object) -> str:
    """Return a value as a sheet without formats shows it; dates after ISO 8601."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return format(Decimal(format(value, ".15g")), "f") if value else "0"
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return str(value).strip()


def _blocks(rows: Sequence[Sequence[str]], merged: Sequence[Span]) -> Iterator[Block]:
    """Cut a sheet into paragraphs and grids; an empty row ends a grid, a heading stands between two."""
    filled = [[text for text in row if text] for row in rows]
    under = {y for first, last in merged for y in range(first[0] + 1, last[0] + 1)}
    # several merged cells side by side are a row of a table, with or without figures; one alone may be a banner
    drawn = {y for y, count in Counter(first[0] for first, _ in merged).items() if count > 1}
    run: list[int] = []
    for y, texts in enumerate(filled):
        alone = len(texts) == 1 and _is_alone(texts[0], bool(run) and (y in under or _goes_on(filled, y)))
        if alone or (not texts and y not in under and not (run and y in drawn)):
            yield from _grid(rows, run, merged)
            run = []
        else:
            run.append(y)
        if alone:
            yield from (Paragraph(line.strip()) for line in texts[0].split("\n") if line.strip())
    yield from _grid(rows, run, merged)


def _is_alone(text: str, in_table: bool) -> bool:
    """Tell whether the only text of a row is a paragraph; within a table a long one is a label without figures."""
    return heading_number(text) is not None or (not in_table and (len(text) > _LONG or bool(_TITLE.search(text))))


def _goes_on(filled: Sequence[Sequence[str]], y: int) -> bool:
    """Tell whether a row of several texts follows, behind rows of one."""
    following = next((texts for texts in filled[y + 1 :] if len(texts) != 1), [])
    return len(following) > 1


def _grid(rows: Sequence[Sequence[str]], run: Sequence[int], merged: Sequence[Span]) -> Iterator[Block]:
    """Yield the grid of a run of rows; a single text in it is a paragraph."""
    texts = [text for y in run for text in rows[y] if text]
    if len(texts) < 2:
        yield from map(Paragraph, texts)
        return
    top, bottom = run[0], run[-1]
    width = max((i + 1 for y in run for i, text in enumerate(rows[y]) if text), default=0)
    slots: dict[tuple[int, int], GridCell] = {}
    for (first, left), (last, right) in merged:
        if first > bottom or last < top or left >= width:
            continue
        first, last, right = max(first, top), min(last, bottom), min(right, width - 1)
        text = rows[first][left] if left < len(rows[first]) else ""
        cell = GridCell(text, first - top, left, last - first + 1, right - left + 1)
        places = [(y - top, x) for y in range(first, last + 1) for x in range(left, right + 1)]
        if not any(place in slots for place in places):  # ranges that overlap are none
            slots |= dict.fromkeys(places, cell)
    laid = []
    for y in run:
        line = []
        for x in range(width):
            text = rows[y][x] if x < len(rows[y]) else ""
            line.append(slots.get((y - top, x)) or GridCell(text, y - top, x))
        laid.append(tuple(dict.fromkeys(line)))
    yield Grid(tuple(laid))


def _xlsx_extents(package: Package) -> Iterator[tuple[int, int]]:
    """Yield how far each worksheet's values reach; every member is unpacked and counted on the way."""
    for name in package.names:
        data = package.read(name)
        if not name.lower().endswith(".xml"):
            continue
        root = parse_xml(data)
        if local(root) == "worksheet":
            yield _extent(root)


def _extent(sheet: lxml.etree._Element) -> tuple[int, int]:
    rows = columns = y = x = 0
    for element in sheet.iter("{*}row", "{*}c"):
        if local(element) == "row":
            y, x = whole_number(attribute(element, "r"), 2**24) or y + 1, 0
            continue
        x += 1
        reference = _REFERENCE.fullmatch(attribute(element, "r") or "")
        if reference:
            y, x = int(reference[2]), _column(reference[1])
        if len(element):
            rows, columns = max(rows, y), max(columns, x)
    return rows, columns


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - 64
    return number


def _ods_extents(package: Package) -> tuple[list[tuple[int, int]], dict[int, list[Span]]]:
    """Return how far each table's values reach, and its merged cells by the table's index."""
    name = package.find("content.xml")
    extents: list[tuple[int, int]] = []
    spans: dict[int, list[Span]] = {}
    for number, table in enumerate(package.xml(name or "").iter("{*}table")):
        rows = columns = y = 0
        spans[number] = []
        for row in table.iter("{*}table-row"):
            x = 0
            repeated = max(whole_number(attribute(row, "number-rows-repeated"), 2**24) or 1, 1)
            for cell in row:
                across = max(whole_number(attribute(cell, "number-columns-repeated"), 2**24) or 1, 1)
                if len(cell):
                    rows, columns = max(rows, y + repeated), max(columns, x + across)
                right = whole_number(attribute(cell, "number-columns-spanned"), 2**14) or 1
                down = whole_number(attribute(cell, "number-rows-spanned"), 2**20) or 1
                if right > 1 or down > 1:
                    spans[number].append(((y, x), (y + down - 1, x + right - 1)))
                x += across
            y += repeated
        extents.append((rows, columns))
    return extents, spans


def _biff_extents(file: Compound) -> Iterator[tuple[int, int]]:
    """Yield how far the values of all sheets of a BIFF stream reach, and refuse an encrypted one."""
    name = next((n for n in sorted(file.names) if n in WORKBOOKS), "Workbook")
    stream = file.read(name)
    rows = columns = at = 0
    while at + 4 <= len(stream):
        code = int.from_bytes(stream[at : at + 2], "little")
        length = int.from_bytes(stream[at + 2 : at + 4], "little")
        if code == _FILE_PASS:
            raise UnreadableError("the spreadsheet is encrypted", "电子表格已加密")
        if code in _VALUES and length >= 6:
            rows = max(rows, int.from_bytes(stream[at + 4 : at + 6], "little") + 1)
            columns = max(columns, int.from_bytes(stream[at + 6 : at + 8], "little") + 1)
            if code == 0x00BD:  # MULRK: several cells, the last column stands at its end
                columns = max(columns, int.from_bytes(stream[at + 2 + length : at + 4 + length], "little") + 1)
        at += 4 + length
    yield rows, columns
