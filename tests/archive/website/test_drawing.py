"""The form is drawn as it is printed: rectangular, every cell once, and nothing that is not in the document."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from archive.website.drawing import Drawn, DrawnTable, draw
from parsers.templates import FORMS, STATISTICS_FORMS, TABLES, load_form


def make_rows(table: str, keys: list[tuple[str, str]]) -> list[sqlite3.Row]:
    """Return rows of the release's table `cell`."""
    db = sqlite3.connect(":memory:")
    db.row_factory = sqlite3.Row
    db.execute('CREATE TABLE cell ("table", "row", "column", state, value, raw, trust, "where", unit, label)')
    db.executemany(
        "INSERT INTO cell VALUES (?, ?, ?, 'value', 1, '1', 'verified', '{}', NULL, NULL)", [(table, *k) for k in keys]
    )
    found = db.execute("SELECT * FROM cell").fetchall()
    db.close()
    return found


def all_keys(table: str, name: str) -> list[tuple[str, str]]:
    form = load_form(table, name)
    return [(row.key, column.key) for row in form.rows for column in form.columns_of(row)]


def figures(drawn: DrawnTable) -> list[Any]:
    inside = [box.figure for row in drawn.body for box in row if box.figure]
    return [*inside, *drawn.beside]


def width(rows: tuple[tuple[Drawn, ...], ...]) -> set[int]:
    """Return the widths of the rows once spans are laid out; one width for a rectangle."""
    covered: dict[tuple[int, int], None] = {}
    for y, row in enumerate(rows):
        x = 0
        for box in row:
            while (y, x) in covered:
                x += 1
            for dy in range(box.rowspan):
                for dx in range(box.colspan):
                    assert (y + dy, x + dx) not in covered, "two boxes in one place"
                    covered[y + dy, x + dx] = None
    return {sum(1 for cy, _ in covered if cy == y) for y in range(len(rows))}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("table", "name"), [(t, f) for t in TABLES for f in FORMS[t]])
def test_a_form_is_a_rectangle_with_each_cell_once(table: str, name: str, language: str) -> None:
    keys = all_keys(table, name)
    drawn = draw(table, name, make_rows(table, keys), (), language)
    assert [f.key for f in figures(drawn)] == [f"{table}/{row}/{column}" for row, column in keys]
    assert all(f.state == "value" for f in figures(drawn)) and not drawn.beside
    assert len(width((*drawn.head, *drawn.body))) == 1


def test_a_row_that_is_not_there_is_drawn_as_absent() -> None:
    keys = [key for key in all_keys("requests", "2021") if key[0] != "other_handling.other"]
    drawn = draw("requests", "2021", make_rows("requests", keys), (), "zh")
    absent = {f.key.split("/")[1] for f in figures(drawn) if f.state == "absent"}
    assert absent == {"other_handling.other"}


def test_a_cell_that_the_form_has_no_place_for_is_listed_beside_it() -> None:
    keys = [*all_keys("requests", "2019"), ("other_handling.other", "total"), ("new_received", "legal_person_subtotal")]
    drawn = draw("requests", "2019", make_rows("requests", keys), (), "zh")
    assert {f.key for f in drawn.beside} == {
        "requests/other_handling.other/total",
        "requests/new_received/legal_person_subtotal",
    }
    assert len(figures(drawn)) == len(keys)


@pytest.mark.parametrize("form", ["local", None, "statistics-2014"])
def test_a_table_of_no_known_form_loses_no_cell(form: str | None) -> None:
    drawn = draw("requests", form, make_rows("requests", [("a", "b"), ("c", "d")]), (), "en")
    assert len(drawn.beside) == 2 and not drawn.body


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", STATISTICS_FORMS)
def test_a_list_before_2019_is_drawn_in_the_order_of_its_form_with_its_units(name: str, language: str) -> None:
    keys = all_keys("statistics", name)
    drawn = draw("statistics", name, make_rows("statistics", keys), (), language)
    assert [f.key for f in figures(drawn)] == [f"statistics/{row}/{column}" for row, column in keys]
    assert not drawn.beside and len(width((*drawn.head, *drawn.body))) == 1
    units = {box.text for row in drawn.body for box in row if box.kind == "unit"}
    assert units == {row.unit or "" for row in load_form("statistics", name).rows}


def test_what_a_list_lacks_is_absent_and_what_its_form_does_not_know_keeps_its_own_label() -> None:
    rows = make_rows("statistics", [("unmatched.1", "value"), ("requests_received", "value")])
    labelled = sqlite3.connect(":memory:")
    labelled.row_factory = sqlite3.Row
    (unmatched,) = labelled.execute(
        """SELECT 'statistics' AS "table", 'unmatched.1' AS "row", 'value' AS "column", 'value' AS state, 1 AS value,
           '1' AS raw, 'stated' AS trust, '{}' AS "where", '份' AS unit, '接待来访' AS label"""
    )
    drawn = draw("statistics", "statistics-2014", [unmatched, *rows[1:]], (), "zh")
    assert {f.key for f in figures(drawn) if f.state == "value"} == {
        "statistics/requests_received/value",
        "statistics/unmatched.1/value",
    }
    (beside,) = drawn.beside
    assert beside.row_label == "接待来访"
    assert len([f for f in figures(drawn) if f.state == "absent"]) == len(all_keys("statistics", "statistics-2014")) - 1
    local = draw("statistics", "local", rows[1:], (), "zh")
    assert all(f.state != "absent" for f in figures(local)), "lists of places differ: what is not there is not missing"
