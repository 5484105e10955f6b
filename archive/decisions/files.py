"""Takes people's decisions out of CSV files: corrections, decisions on units.

Guarantees: a file is taken whole or not at all, and every line that is wrong is told by its number.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from archive.store import Archive
from parsers.errors import GongkaiError, UsageError


def keep_lines(
    archive: Archive, path: Path, columns: Sequence[str], keep: Callable[[Mapping[str, str]], None]
) -> list[tuple[int, GongkaiError]]:
    """Call `keep` with each line of a CSV file that has `columns`; return the faulty lines (number, error).

    Nothing is written where one is faulty. Raises UsageError where columns are missing.
    """
    faults: list[tuple[int, GongkaiError]] = []
    archive.db.execute("BEGIN IMMEDIATE")
    try:
        for number, line in _lines(path, columns):
            try:
                keep(line)
            except GongkaiError as error:
                faults.append((number, error))
    except BaseException:
        archive.db.execute("ROLLBACK")
        raise
    archive.db.execute("ROLLBACK" if faults else "COMMIT")
    return faults


def _lines(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in columns if name not in (reader.fieldnames or ())]
        if missing:
            raise UsageError(
                f"{path}: the columns {', '.join(missing)} are missing; it must have {', '.join(columns)}",
                f"{path}：缺少列 {'、'.join(missing)}；须有 {'、'.join(columns)}",
            )
        for line in reader:
            yield reader.line_num, {name: value or "" for name, value in line.items() if name}
