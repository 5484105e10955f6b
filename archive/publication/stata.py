"""Writes a table as Stata's .dta, format 118 (StataCorp, `help dta`), from its Parquet file.

Guarantees: no more than a batch of rows is held in memory; the same rows and date give the same bytes; every figure has the smallest
type that holds all of its column exactly; a cell without a figure is .a blank, .b dash, .c absent, .d undecidable or .e text, and
`.` only where there is nothing to say why. A key that is written as a number bears its Chinese label, and no key is written as
another's. Labels are Chinese; a variable's note says it in English.
"""

from __future__ import annotations

import shutil
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from archive.publication.columns import Field, Table
from archive.publication.model import ReleaseError

BATCH = 2000
NAME_LENGTH = 32
LABEL_LENGTH = 80
CODES = "abcde"
"""The letters of `wide_state`, which are those of the missing values that stand for them."""

_LONGEST_STRING = 2045  # bytes; longer ones are kept apart (strL)
_STRL = 32768
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SECTIONS = 14
"""Places that the map names."""


Numbers = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class _Numeric:
    """A numeric type of Stata: its code, how NumPy writes it, the figures it holds, and its first missing value."""

    code: int
    dtype: str
    least: float
    most: float
    format: bytes

    def missing(self) -> Numbers:
        """Return `.` and `.a` to `.e`."""
        steps: Numbers = np.arange(len(CODES) + 1, dtype="<i8")
        double = self.dtype == "<f8"
        made: Numbers = (
            (0x7FE0000000000000 + (steps << 40)).view("<f8")
            if double
            else (int(self.most) + 1 + steps).astype(self.dtype)
        )
        return made


_BYTE = _Numeric(65530, "<i1", -127, 100, b"%8.0g")
_INT = _Numeric(65529, "<i2", -32767, 32740, b"%8.0g")
_LONG = _Numeric(65528, "<i4", -2147483647, 2147483620, b"%12.0g")
_DOUBLE = _Numeric(65526, "<f8", -(2.0**53), 2.0**53, b"%10.0g")


@dataclass(frozen=True, slots=True)
class _Variable:
    """A column as Stata keeps it: numeric, a string of `width` bytes, or (width 0) strings kept apart.

    `codes` are the numbers that are written for its keys.
    """

    field: Field
    numeric: _Numeric | None
    width: int = 0
    codes: Mapping[str, int] | None = None

    @property
    def code(self) -> int:
        return self.numeric.code if self.numeric else self.width or _STRL

    @property
    def dtype(self) -> str:
        return self.numeric.dtype if self.numeric else f"S{self.width}" if self.width else "<u8"


def write_dta(
    path: Path,
    table: Table,
    figures: Path,
    *,
    on: date,
    states: Path | None = None,
    labels: Mapping[str, Mapping[int | str, str]] | None = None,
    labelled: Mapping[str, str] | None = None,
    coded: Mapping[str, Mapping[str, int]] | None = None,
    notes: Sequence[str] = (),
) -> int:
    """Write the Parquet file `figures` of `table` to `path`; return the number of rows.

    `states` is the twin that says why a figure is missing. `labels` are sets of value labels, keyed by figure or by the letter of a
    missing value; `labelled` says which field bears which. `coded` are fields of keys that are written as numbers up to 100, `notes`
    those of the whole file. Raises ReleaseError for a figure that a double cannot hold and a key that has no number.
    """
    source = pq.ParquetFile(figures)
    variables = _variables(source, table.fields, coded or {})
    rows: int = source.metadata.num_rows
    assert len(variables) < 32768
    at: list[int] = []
    with path.open("wb") as out, _apart(path) as strings:

        def section(name: str, content: bytes) -> None:
            at.append(out.tell())
            out.write(b"<%s>%s</%s>" % (name.encode(), content, name.encode()))

        at.append(0)
        out.write(b"<stata_dta>")
        out.write(_header(len(variables), rows, table.zh, on))
        section("map", bytes(8 * _SECTIONS))
        section("variable_types", struct.pack(f"<{len(variables)}H", *(v.code for v in variables)))
        section("varnames", b"".join(_padded(v.field.name, 129) for v in variables))
        section("sortlist", bytes(2 * (len(variables) + 1)))
        section("formats", b"".join(_format(v).ljust(57, b"\0") for v in variables))
        section("value_label_names", b"".join(_padded((labelled or {}).get(v.field.name, ""), 129) for v in variables))
        section("variable_labels", b"".join(_padded(v.field.zh[:LABEL_LENGTH], 321) for v in variables))
        section("characteristics", _notes("_dta", notes) + b"".join(_notes(f.name, (f.en,)) for f in table.fields))
        at.append(out.tell())
        out.write(b"<data>")
        for first, batch in _batches(source, states, variables):
            out.write(_rows(variables, batch, first, strings).tobytes())
        out.write(b"</data>")
        at.append(out.tell())
        out.write(b"<strls>")
        strings.seek(0)
        shutil.copyfileobj(strings, out)
        out.write(b"</strls>")
        section("value_labels", b"".join(_labels(name, values) for name, values in (labels or {}).items()))
        at.append(out.tell())
        out.write(b"</stata_dta>")
        at.append(out.tell())
        out.seek(at[1] + len(b"<map>"))
        out.write(struct.pack(f"<{_SECTIONS}Q", *at))
    return rows


@contextmanager
def _apart(path: Path) -> Iterator[IO[bytes]]:
    """Give a file for long strings, which stand behind the rows and are known only when these are written."""
    beside = path.with_suffix(".strings")
    try:
        with beside.open("w+b") as file:
            yield file
    finally:
        beside.unlink(missing_ok=True)


def _variables(
    source: pq.ParquetFile, fields: Sequence[Field], coded: Mapping[str, Mapping[str, int]]
) -> list[_Variable]:
    """Return each column with the smallest type that holds it, by one look at all text and Parquet's own notes on figures."""
    texts = [field.name for field in fields if field.type not in ("integer", "number") and field.name not in coded]
    longest = dict.fromkeys(texts, 1)
    for batch in source.iter_batches(BATCH, columns=texts):
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            length = pc.max(pc.binary_length(column.cast(pa.binary()))).as_py()
            longest[name] = max(longest[name], length or 0)
    widths = {name: length if length <= _LONGEST_STRING else 0 for name, length in longest.items()}
    return [
        _Variable(field, None, widths[field.name])
        if field.name in widths
        else _Variable(field, _BYTE, codes=coded[field.name])
        if field.name in coded
        else _Variable(field, _numeric(source, i, field))
        for i, field in enumerate(fields)
    ]


def _numeric(source: pq.ParquetFile, place: int, field: Field) -> _Numeric:
    if field.type == "number":
        return _DOUBLE
    groups = (source.metadata.row_group(i).column(place).statistics for i in range(source.metadata.num_row_groups))
    ends = [end for group in groups if group.has_min_max for end in (group.min, group.max)]
    least, most = min(ends, default=0), max(ends, default=0)
    for numeric in (_BYTE, _INT, _LONG, _DOUBLE):
        if numeric.least <= least and most <= numeric.most:
            return numeric
    raise ReleaseError(
        f"{field.name} holds {most if most > _DOUBLE.most else least}, which Stata cannot hold exactly",
        f"{field.name} 含有 {most if most > _DOUBLE.most else least}，Stata 无法准确保存",
    )


def _batches(
    source: pq.ParquetFile, states: Path | None, variables: Sequence[_Variable]
) -> Iterator[tuple[int, list[tuple[pa.Array, pa.Array | None]]]]:
    """Yield (number of the first row, from 1; each column with the one that says why it has no figure)."""
    why = pq.ParquetFile(states) if states else None
    twins = why.iter_batches(BATCH) if why else None
    first = 1
    for batch in source.iter_batches(BATCH):
        twin = next(twins) if twins else None
        assert twin is None or twin.num_rows == batch.num_rows
        yield (
            first,
            [
                (
                    batch.column(i),
                    twin.column(i) if twin is not None and pa.types.is_string(twin.schema.field(i).type) else None,
                )
                for i in range(len(variables))
            ],
        )
        first += batch.num_rows


def _rows(
    variables: Sequence[_Variable], batch: list[tuple[pa.Array, pa.Array | None]], first: int, strings: IO[bytes]
) -> Numbers:
    made: Numbers = np.zeros(len(batch[0][0]), dtype=[(f"f{i}", v.dtype) for i, v in enumerate(variables)])
    for i, (variable, (column, why)) in enumerate(zip(variables, batch, strict=True)):
        if variable.codes is not None:
            made[f"f{i}"] = _figures(_BYTE, _numbers(variable.field.name, variable.codes, column), None)
        elif variable.numeric:
            made[f"f{i}"] = _figures(variable.numeric, column, why)
        elif variable.width:
            made[f"f{i}"] = [(text or "").encode() for text in column.to_pylist()]
        else:
            made[f"f{i}"] = _keep_apart(i + 1, column, first, strings)
    return made


def _numbers(name: str, codes: Mapping[str, int], column: pa.Array) -> pa.Array:
    """Return the numbers of a column of keys; none for none."""
    keys = column.to_pylist()
    unknown = set(keys) - {None, *codes}
    if unknown:
        raise ReleaseError(
            f"{name} holds {min(unknown)}, which has no number in Stata",
            f"{name} 含有 {min(unknown)}，在 Stata 中没有数码",
        )
    return pa.array([None if key is None else codes[key] for key in keys], pa.int64())


def _figures(numeric: _Numeric, column: pa.Array, why: pa.Array | None) -> Numbers:
    figures: Numbers = column.fill_null(0).to_numpy(zero_copy_only=False).astype(numeric.dtype)
    if column.null_count:
        code: Numbers = np.zeros(len(column), dtype="i8")
        if why is not None:
            code = pc.index_in(why, value_set=pa.array(list(CODES))).fill_null(-1).to_numpy(zero_copy_only=False) + 1
        absent = column.is_null().to_numpy(zero_copy_only=False)
        figures[absent] = numeric.missing()[code[absent]]
    return figures


def _keep_apart(number: int, column: pa.Array, first: int, strings: IO[bytes]) -> list[int]:
    """Append long strings to the file that stands behind the rows; return what points at each."""
    out = []
    for row, text in enumerate(column.to_pylist(), first):
        if not text:
            out.append(0)
            continue
        body = text.encode() + b"\0"
        strings.write(b"GSO" + struct.pack("<IQBI", number, row, 130, len(body)) + body)
        out.append(row << 16 | number)
    return out


def _header(variables: int, rows: int, label: str, on: date) -> bytes:
    name = label[:LABEL_LENGTH].encode()
    stamp = f"{on.day:02} {_MONTHS[on.month - 1]} {on.year} 00:00".encode()
    return (
        b"<header><release>118</release><byteorder>LSF</byteorder>"
        b"<K>%s</K><N>%s</N><label>%s%s</label><timestamp>%s%s</timestamp></header>"
    ) % (
        struct.pack("<H", variables),
        struct.pack("<Q", rows),
        struct.pack("<H", len(name)),
        name,
        struct.pack("<B", len(stamp)),
        stamp,
    )


def _padded(text: str, width: int) -> bytes:
    return text.encode().ljust(width, b"\0")


def _format(variable: _Variable) -> bytes:
    return variable.numeric.format if variable.numeric else b"%%%ds" % (min(variable.width, 80) or 9)


def _notes(name: str, texts: Sequence[str]) -> bytes:
    """Return the notes (`notes`) of a variable, or of the file (`_dta`): how many there are, and each."""
    told = {"note0": str(len(texts))} | {f"note{i}": text for i, text in enumerate(texts, 1)} if texts else {}
    contents = (_padded(name, 129) + _padded(key, 129) + text.encode() + b"\0" for key, text in told.items())
    return b"".join(b"<ch>%s%s</ch>" % (struct.pack("<I", len(content)), content) for content in contents)


def _labels(name: str, values: Mapping[int | str, str]) -> bytes:
    missing = _LONG.missing()
    keys = [int(missing[CODES.index(key) + 1]) if isinstance(key, str) else key for key in values]
    texts = [text.encode() + b"\0" for text in values.values()]
    offsets = [sum(map(len, texts[:i])) for i in range(len(texts))]
    count = len(texts)
    body = struct.pack(f"<II{count}i{count}i", count, sum(map(len, texts)), *offsets, *keys) + b"".join(texts)
    return b"<lbl>%s%s%s%s</lbl>" % (struct.pack("<I", len(body)), _padded(name, 129), bytes(3), body)
