"""Writes tables as CSV, Parquet and JSON Lines, some thousand rows at a time.

Guarantees: no table is held in memory; the files of a table hold the same rows in the same order; the same rows give the same
bytes. CSV is UTF-8 with a byte order mark (Excel reads it as Chinese); text that a spreadsheet would run as a formula is defused
with a leading apostrophe, figures never are. CSV and JSON show money with its printed decimals; where Parquet cannot hold a figure
exactly there is an error, never another figure.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from json.encoder import encode_basestring  # what json.dumps makes of a string with ensure_ascii=False
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from archive.publication.columns import Field, Table
from archive.publication.model import ReleaseError

FORMATS = ("csv", "parquet", "jsonl")
BATCH = 200_000
"""Fields written at once, rows times columns: some 20 MB."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_FIGURE = re.compile(r"[+-]?\d+(\.\d+)?$")
"""What is a figure and no formula, though it stands in a column of text: a spreadsheet shows it as it is."""
ROW_GROUP = 32 * 2**20
"""Bytes of a group of rows in Parquet: smaller ones are packed worse, and a wide table's are mostly notes on its columns."""

QUOTE = '"'
_SPECIAL = re.compile(r'[,"\r\n]')
_ARROW = {
    "key": pa.string(),
    "text": pa.string(),
    "json": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
}

Columns = Sequence[Sequence[Any]]


def defuse(value: Any) -> Any:
    """Return text so that no spreadsheet takes it for a formula (OWASP, "CSV Injection"); figures stay."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) and not _FIGURE.match(value) else value


class Sink(Protocol):
    """A file of a table, open for rows."""

    def write(self, columns: Columns) -> None:
        """Append rows, given column by column."""

    def close(self) -> None:
        """End the file."""


class _Csv:
    """Quotes as `csv` does; each value once, because a column says the same in many rows."""

    def __init__(self, path: Path, table: Table) -> None:
        self._show = [_defused if field.type == "text" else _quoted for field in table.fields]
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._file.write(",".join(field.name for field in table.fields) + "\n")

    def write(self, columns: Columns) -> None:
        shown = (_each(show, column) for show, column in zip(self._show, columns, strict=True))
        self._file.writelines(f"{','.join(row)}\n" for row in zip(*shown, strict=True))

    def close(self) -> None:
        self._file.close()


class _JsonLines:
    def __init__(self, path: Path, table: Table) -> None:
        self._encode = [_encoder(field) for field in table.fields]
        self._file = path.open("w", encoding="utf-8", newline="")

    def write(self, columns: Columns) -> None:
        encoded = (_each(encode, column) for encode, column in zip(self._encode, columns, strict=True))
        self._file.writelines(f"{{{','.join(row)}}}\n" for row in zip(*encoded, strict=True))

    def close(self) -> None:
        self._file.close()


class _Parquet:
    def __init__(self, path: Path, table: Table) -> None:
        self._fields = table.fields
        self._schema = arrow_schema(table)
        self._out = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._waiting: list[pa.RecordBatch] = []

    def write(self, columns: Columns) -> None:
        arrays = [_arrow(field, column) for field, column in zip(self._fields, columns, strict=True)]
        self._waiting.append(pa.record_batch(arrays, schema=self._schema))
        if sum(batch.nbytes for batch in self._waiting) > ROW_GROUP:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._out.close()

    def _flush(self) -> None:
        rows = sum(batch.num_rows for batch in self._waiting)
        if rows:
            self._out.write_table(pa.Table.from_batches(self._waiting), row_group_size=rows)
        self._waiting = []


_SINKS: dict[str, Callable[[Path, Table], Sink]] = {"csv": _Csv, "parquet": _Parquet, "jsonl": _JsonLines}


def write_table(db: sqlite3.Connection, folder: Path, table: Table, formats: Iterable[str] = FORMATS) -> int:
    """Write the view of the table's name as NAME.FORMAT into `folder`; return the number of rows."""
    names = ", ".join(f'"{field.name}"' for field in table.fields)
    key = ", ".join(f'"{name}"' for name in table.key)
    rows = db.execute(f'SELECT {names} FROM "{table.name}" ORDER BY {key}')  # noqa: S608
    with open_table([folder / f"{table.name}.{name}" for name in formats], table) as sink:
        return sum(sink.write_rows(chunk) for chunk in chunks(rows, len(table.fields)))


def chunks(rows: Iterable[Any], width: int) -> Iterator[list[Any]]:
    """Cut rows of `width` fields into lists of a size that is written at once."""
    left = iter(rows)
    while chunk := list(islice(left, max(1, BATCH // width))):
        yield chunk


class TableFiles(ExitStack):
    """The files of one table, written together."""

    def __init__(self, sinks: Sequence[Sink]) -> None:
        super().__init__()
        self._sinks = sinks
        for sink in sinks:
            self.callback(sink.close)

    def write_rows(self, rows: Sequence[Sequence[Any]]) -> int:
        """Append rows to each file; return how many there were."""
        columns = list(zip(*rows, strict=True))
        for sink in self._sinks:
            sink.write(columns)
        return len(rows)


def open_table(paths: Iterable[Path], table: Table) -> TableFiles:
    """Open the files of a table; each is of the format that its name ends in."""
    return TableFiles([_SINKS[path.suffix[1:]](path, table) for path in paths])


def arrow_schema(table: Table) -> pa.Schema:
    """Return the table's Parquet schema; each field tells what it is in both languages."""
    return pa.schema(
        [pa.field(f.name, _ARROW[f.type], metadata={"zh": f.zh, "en": f.en}) for f in table.fields],
        metadata={"zh": table.zh, "en": table.en},
    )


def _quoted(value: Any) -> str:
    text = "" if value is None else str(value)
    return f'"{text.replace(QUOTE, QUOTE * 2)}"' if _SPECIAL.search(text) else text


def _defused(value: Any) -> str:
    return _quoted(defuse(value))


def _each(function: Callable[[Any], Any], column: Sequence[Any]) -> list[Any]:
    """Apply a function to a column, once to each of its values: most stand there many times."""
    made = {value: function(value) for value in set(column)}
    return [made[value] for value in column]


def _encoder(field: Field) -> Callable[[Any], str]:
    name = encode_basestring(field.name)
    is_text = field.type in ("key", "text")

    def encode(value: Any) -> str:
        if value is None:
            return f"{name}:null"
        return f"{name}:{encode_basestring(str(value)) if is_text else value}"

    return encode


def _arrow(field: Field, column: Sequence[Any]) -> pa.Array:
    if field.type == "number":
        return pa.array(_each(_double, column), pa.float64())
    if field.type in ("key", "text", "json"):
        return pa.array(_each(_string, column), pa.string())
    return pa.array(column, pa.int64())


def _double(value: int | float | str | None) -> float | None:
    """Return a figure as a double; raises ReleaseError for a count that is none exactly."""
    if value is None:
        return None
    figure = float(value)
    if isinstance(value, int) and int(figure) != value:
        raise ReleaseError(
            f"{value} cannot be published as a number: no table of 64-bit numbers holds it (`gongkai withhold` its report)",
            f"{value} 无法作为数字发布：64 位数值无法准确表示（可用 `gongkai withhold` 不予刊出该报告）",
        )
    return figure


def _string(value: Any) -> str | None:
    return None if value is None else str(value)
