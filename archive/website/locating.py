"""Finds a cell of a report in its captured page, to mark it there.

Guarantees: an element is marked only where its text is the cell's, and where the table that it stands in agrees with the report in
the other cells of the same block better than any other table of the page; else nothing is marked.
"""

from __future__ import annotations

import json
import sqlite3

import lxml.etree

from archive.website.asking import Rows
from parsers.normalize import squeeze
from parsers.readers.html import lay_out

MARK = "gongkai-cell"
"""The id that the marked element bears."""
_ENOUGH = 0.8
"""The share of a block's cells that must stand where the report has them."""

Place = tuple[int, int]


def mark_cell(root: lxml.etree._Element, cells: Rows, key: str) -> bool:
    """Mark the element of the cell `key` (`table/row/column`); tell whether it was found."""
    wanted = next((c for c in cells if f"{c['table']}/{c['row']}/{c['column']}" == key), None)
    if wanted is None:
        return False
    block = json.loads(wanted["where"])["block"]
    places = {_place(c): squeeze(c["raw"]) for c in cells if json.loads(c["where"])["block"] == block}
    scored = []
    for table in root.iter("table"):
        if next(table.iterdescendants("table"), None) is None:
            score = _score(table, places)
            if score >= _ENOUGH * len(places):
                scored.append((score, table))
    scored.sort(key=lambda pair: -pair[0])
    if not scored or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        return False
    element = _element(scored[0][1], _place(wanted))
    if element is None or squeeze("".join(element.itertext())) != squeeze(wanted["raw"]):
        return False
    element.set("id", MARK)
    element.set("style", f"{element.get('style', '')};outline:4px solid #e08e00;background:#ffe58a")
    return True


def _place(cell: sqlite3.Row) -> Place:
    where = json.loads(cell["where"])
    return where["row"], where["column"]


def _score(table: lxml.etree._Element, places: dict[Place, str]) -> int:
    """Return how many of the cells stand in the table where the report has them."""
    grid = lay_out(table)
    texts = {
        (y, x): squeeze(cell.text)
        for y, row in enumerate(grid.rows)
        for cell in row
        for x in range(cell.column, cell.column + cell.colspan)
    }
    return sum(texts.get(place) == raw for place, raw in places.items())


def _element(table: lxml.etree._Element, place: Place) -> lxml.etree._Element | None:
    """Return the element that begins or covers a place of the laid out table, None where rows or cells were left out of it."""
    grid = lay_out(table)
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table"), None) is table]
    if len(rows) != len(grid.rows):
        return None
    cell = next((c for c in grid.rows[place[0]] if c.column <= place[1] < c.column + c.colspan), None)
    if cell is None:
        return None
    begun = [c for c in grid.rows[cell.row] if c.row == cell.row]
    elements = [e for e in rows[cell.row] if e.tag in ("td", "th")]
    return elements[begun.index(cell)] if len(elements) == len(begun) else None
