"""Grid rows to cells: labels name rows and columns, layout places the figures, arithmetic decides only between layouts.

Guarantees: a figure is taken only into the row and column whose labels it stands under, or its cell says that it was
not (`by_label` false); where layout leaves several readings, all are kept for the checks to choose from; what no
reading settles is `undecidable`; a cell that the document does not have is not made.
"""

from __future__ import annotations

from parsers.align.breaks import whole_rows
from parsers.align.proactive import read_proactive
from parsers.align.requests import read_requests
from parsers.align.review import read_review
from parsers.align.statistics import read_statistics
from parsers.layout import SourceRow
from parsers.reading import TableReading


def align(rows_by_table: dict[str, list[SourceRow]]) -> list[TableReading]:
    """Read every table whose rows were found."""
    readers = {
        "proactive_disclosure": read_proactive,
        "requests": read_requests,
        "review_and_litigation": read_review,
        "statistics": read_statistics,
    }
    return [readers[table](whole_rows(table, rows)) for table, rows in rows_by_table.items() if table in readers]


__all__ = ["align"]
