"""Tables with their spans laid out: what every rendering but HTML needs to know."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.samples.manuscript import Cell, Table


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the laid-out grid: the cell that covers it, and whether the cell's first row and first
    column are here.
    """

    cell: Cell
    first_row: bool
    first_column: bool

    @property
    def text(self) -> str:
        """The cell's text where the cell begins, "" where it only reaches; a line break inside a cell is a
        blank.
        """
        return self.cell.text.replace("\n", " ") if self.first_row and self.first_column else ""


def lay_out(table: Table) -> list[list[Place]]:
    """Lay the spans out; KeyError where the table is not rectangular."""
    places: dict[tuple[int, int], Place] = {}
    for at, row in enumerate(table):
        column = 0
        for cell in row:
            while (at, column) in places:
                column += 1
            for down in range(cell.rowspan):
                for right in range(cell.colspan):
                    places[at + down, column + right] = Place(cell, down == 0, right == 0)
            column += cell.colspan
    width = 1 + max(column for _, column in places)
    return [[places[at, column] for column in range(width)] for at in range(len(table))]
