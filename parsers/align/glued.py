"""Rows whose figures lost the borders between them: every way to cut them under the columns that the header names.

Guarantees: nothing here is sure; a row printed without any figure is blank in every cell; where one row of a table has
fewer figures than columns, blanks were lost, and every row may have lost some.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from parsers.align.columns import OVER_COLUMNS
from parsers.align.cutting import Allowance, Cut, Run, counts, cut_figures
from parsers.align.rows import Labelled, column_of
from parsers.layout import SourceRow
from parsers.model import GridCell
from parsers.normalize import label
from parsers.templates import Form

Placement = list[GridCell | None]


@dataclass(frozen=True, slots=True)
class GluedHeader:
    """The columns in the order they are printed, "" for one that the form does not have; `named`: a header names them."""

    keys: tuple[str, ...]
    named: bool = True

    def run(self) -> Run:
        """Return how the figures of a row under these columns are cut."""
        total = self.keys.index("total") if "total" in self.keys else None
        return Run(counts(len(self.keys)), total, frozenset(i for i, key in enumerate(self.keys) if not key))


def glued_header(header_rows: Sequence[SourceRow], form: Form) -> GluedHeader | None:
    """Name table three's columns; the form's own where there is no header, None where a name is missing or damaged."""
    names = [n for s in header_rows for c in s.cells if (n := label(c.text)) and not OVER_COLUMNS.search(n)]
    if not names:
        return GluedHeader(tuple(c.key for c in form.columns), named=False)
    columns = [column_of(name, form.columns) for name in names]
    keys = tuple(c.key if c else "" for c in columns)
    found = [key for key in keys if key]
    missing = {c.key for c in form.columns} - set(found)
    if len(set(found)) < len(found) or not missing <= {c.key for c in form.columns if c.group}:
        return None
    if missing and (len(missing) > 2 or len(found) < len(keys)):
        return None  # one that the form does not have may be the missing one with a damaged name
    return GluedHeader(keys)


def is_glued(rows: Sequence[Labelled]) -> bool:
    """Tell whether a table's figures lost their borders."""
    return any(cell.glued for row in rows for cell in row.values)


def glued_placements(rows: Sequence[tuple[Labelled, Sequence[Run]]]) -> list[tuple[list[Placement], ...] | None]:
    """Return for each row and each of its runs the placements that its text admits; None for none, or too many."""
    allowance = Allowance()
    texts = ["".join(cell.text for cell in row.values) for row, _ in rows]
    cuts = [cut_figures(text, runs, allowance=allowance) for text, (_, runs) in zip(texts, rows, strict=True)]
    if any(cut is not None and not all(cut.ways) for cut in cuts):
        cuts = [_with_blanks(text, runs, allowance) for text, (_, runs) in zip(texts, rows, strict=True)]
    return [_placed(row, cut, runs) for (row, runs), cut in zip(rows, cuts, strict=True)]


def _with_blanks(text: str, runs: Sequence[Run], allowance: Allowance) -> Cut | None:
    """Return the ways to cut a row that may have blanks: those that add up, or else all of them."""
    if not text.strip():
        return Cut(tuple((("",) * len(run.kinds),) for run in runs), summed=False)
    return cut_figures(text, runs, blanks=True, allowance=allowance)


def _placed(row: Labelled, cut: Cut | None, runs: Sequence[Run]) -> tuple[list[Placement], ...] | None:
    if cut is None or not all(cut.ways):
        return None
    first = row.values[0] if row.values else row.label_cell
    whole = "".join(cell.text for cell in row.values)
    out: list[list[Placement]] = []
    for run, ways in zip(runs, cut.ways, strict=True):
        kept = dict.fromkeys(tuple(c for i, c in enumerate(way) if i not in run.foreign) for way in ways)
        out.append([[replace(first, text=part, printed=whole) for part in way] for way in kept])
    return tuple(out)
