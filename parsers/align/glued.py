"""Rows whose figures lost the borders between them: every way to cut them under the columns that the header names.

Guarantees: nothing here is sure; a row printed without any figure is blank in every cell; where one row of a table has
fewer figures than columns, blanks were lost, and every row may have lost some.
"""

from __future__ import annotations

import re
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


_REMARKS = re.compile("^(备注|说明)$")


@dataclass(frozen=True, slots=True)
class GluedHeader:
    """The columns in the order they are printed, "" for one that the form does not have; `named`: the header names all."""

    keys: tuple[str, ...]
    named: bool = True
    remarks: frozenset[int] = frozenset()

    def run(self) -> Run:
        """Return how the figures of a row under these columns are cut."""
        total = self.keys.index("total") if "total" in self.keys else None
        foreign = frozenset(i for i, key in enumerate(self.keys) if not key)
        return Run(counts(len(self.keys)), total, foreign, self.remarks)


def glued_headers(header_rows: Sequence[SourceRow], form: Form) -> list[GluedHeader]:
    """Return what table three's columns may be, none where their names do not tell.

    Without a header they are the form's. Where one organisation is missing and one name strange, that is its name,
    damaged; where none is strange its name may be lost, or the column not there: the rows' figures say which.
    """
    names = [n for s in header_rows for c in s.cells if (n := label(c.text)) and not OVER_COLUMNS.search(n)]
    order = [c.key for c in form.columns]
    if not names:
        return [GluedHeader(tuple(order), named=False)]
    columns = [column_of(name, form.columns) for name in names]
    keys = [c.key if c else "" for c in columns]
    missing = [key for key in order if key not in keys]
    strange = [i for i, key in enumerate(keys) if not key]
    if len(set(keys) - {""}) + len(strange) < len(keys) or any(form.column(key).group is None for key in missing):
        return []
    if not missing:
        return [GluedHeader(tuple(keys), remarks=frozenset(i for i in strange if _REMARKS.match(names[i])))]
    if len(missing) == 1 and len(strange) == 1:
        keys[strange[0]] = missing[0]
        return [GluedHeader(tuple(keys), named=False)]
    if strange or len(missing) > 2:
        return []
    found = [GluedHeader(tuple(keys))]
    if len(missing) == 1 and keys == [key for key in order if key in keys]:
        found.append(GluedHeader(tuple(order), named=False))
    return found


def fitting_header(headers: Sequence[GluedHeader], rows: Sequence[Labelled]) -> GluedHeader | None:
    """Return the header under which most rows have just as many figures as it has columns."""
    allowance = Allowance()

    def fitting(header: GluedHeader) -> int:
        return sum(
            _adds_up(c, [header.run()])
            for r in rows
            if (c := cut_figures(_printed(r), [header.run()], allowance=allowance))
        )

    return headers[0] if len(headers) == 1 else max(headers, key=fitting, default=None)


def is_glued(rows: Sequence[Labelled]) -> bool:
    """Tell whether a table's figures lost their borders."""
    return any(cell.glued for row in rows for cell in row.values)


def glued_placements(rows: Sequence[tuple[Labelled, Sequence[Run]]]) -> list[tuple[list[Placement], ...] | None]:
    """Return for each row and each of its runs the placements that its text admits; None for none, or too many."""
    allowance = Allowance()
    texts = [(_printed(row), tuple(runs)) for row, runs in rows]
    known = {text: cut_figures(*text, allowance=allowance) for text in dict.fromkeys(texts)}
    cuts = [known[text] for text in texts]
    doubtful = [i for i, (cut, (_, runs)) in enumerate(zip(cuts, texts, strict=True)) if not _adds_up(cut, runs)]
    for i in doubtful:
        cuts[i] = _without_page_number(cuts[i], *texts[i], allowance)
    doubtful = [i for i in doubtful if not _adds_up(cuts[i], texts[i][1])]
    with_blanks = {i: _with_blanks(*texts[i], allowance) for i in doubtful}
    lost = any(_shows_blanks(cuts[i], cut) for i, cut in with_blanks.items())
    if lost:
        with_blanks |= {i: _with_blanks(*text, allowance) for i, text in enumerate(texts) if i not in with_blanks}
    for i, cut in with_blanks.items():
        # where they are too many, a row stands as if nothing was lost: if it adds up so, or no other row lost any
        if cut is not None or not (_adds_up(cuts[i], texts[i][1]) if lost else _is_cut(cuts[i])):
            cuts[i] = cut
    return [_placed(row, cut, runs) for (row, runs), cut in zip(rows, cuts, strict=True)]


def _without_page_number(cut: Cut | None, text: str, runs: Sequence[Run], allowance: Allowance) -> Cut | None:
    """Return the ways to cut a row that adds up but for the number of the page that ends behind it."""
    if cut is None or len(runs) > 1 or runs[0].total is None:
        return cut
    for number in _PAGE_NUMBERS:
        at = number.search(text)
        found = cut_figures(text[: at.start()], runs, allowance=allowance) if at else None
        if found is not None and found.summed:
            return found
    return cut


_PAGE_NUMBERS = tuple(
    re.compile(p) for p in (r"[-—–―]\s*\d{1,2}\s*[-—–―]\s*$", r"(?<=\d)[1-9]\s*$", r"(?<=\d)[1-9]\d\s*$")
)


def _printed(row: Labelled) -> str:
    return "".join(cell.text for cell in row.values)


def _is_cut(cut: Cut | None) -> bool:
    return cut is not None and all(cut.ways)


def _adds_up(cut: Cut | None, runs: Sequence[Run]) -> bool:
    """Tell whether a row can be cut into all its cells so that its sum holds, if it has one."""
    return cut is None or (_is_cut(cut) and (cut.summed or all(run.total is None for run in runs)))


def _shows_blanks(cut: Cut | None, with_blanks: Cut | None) -> bool:
    """Tell whether a row must have lost blanks: it has too few figures, or adds up with blanks alone."""
    if with_blanks is None:
        return not _is_cut(cut)
    return _is_cut(with_blanks) and (with_blanks.summed or not _is_cut(cut))


def _with_blanks(text: str, runs: Sequence[Run], allowance: Allowance) -> Cut | None:
    """Return the ways to cut a row that may have blanks: those that add up, or else all of them."""
    if not text.strip():
        return Cut(tuple((("",) * len(run.kinds),) for run in runs), summed=False)
    return cut_figures(text, runs, blanks=True, allowance=allowance)


def _placed(row: Labelled, cut: Cut | None, runs: Sequence[Run]) -> tuple[list[Placement], ...] | None:
    if cut is None or not all(cut.ways):
        return None
    first = row.values[0] if row.values else row.label_cell
    whole = _printed(row)
    out: list[list[Placement]] = []
    for run, ways in zip(runs, cut.ways, strict=True):
        kept = dict.fromkeys(tuple(c for i, c in enumerate(way) if i not in run.foreign) for way in ways)
        out.append([[replace(first, text=part, printed=whole) for part in way] for way in kept])
    return tuple(out)
