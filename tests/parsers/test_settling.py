"""Open rows: the sums choose between readings, and only between them; what they leave is undecidable."""

from __future__ import annotations

from parsers.model import Where
from parsers.normalize import Figure, read_figure
from parsers.reading import OpenRow, Reading, TableReading
from parsers.settling import settle
from parsers.templates import load_form

COLUMNS = [c.key for c in load_form("requests", "2019").columns]


def choice(*cells: str) -> dict[str, Reading]:
    return {
        column: Reading(read_figure(text), text, Where(0, 0, i), by_label=False)
        for i, (column, text) in enumerate(zip(COLUMNS, cells, strict=True))
    }


def table(*open_rows: OpenRow, zeros: bool = True) -> TableReading:
    """Return table three of 2019 with rows of zeros, save those that are open."""
    reading = TableReading("requests", "2019", open_rows=list(open_rows))
    for row in load_form("requests", "2019").rows if zeros else ():
        if all(o.row != row.key for o in open_rows):
            reading.cells |= {(row.key, c): r for c, r in choice(*"0000000").items()}
    return reading


def settled(reading: TableReading, row: str) -> list[Figure]:
    settle(reading)
    assert not reading.open_rows
    return [reading.cells[row, c].figure for c in COLUMNS]


def test_a_dash_adds_nothing_where_a_stroke_may_be_a_dash_or_a_one() -> None:
    row = OpenRow("granted", (choice("1", "0", "0", "0", "0", "0", "0"), choice("/", "0", "0", "0", "0", "0", "0")))
    assert [f.state for f in settled(table(row), "granted")] == ["dash", *["value"] * 6]


def test_a_total_that_may_be_a_dash_is_left_to_the_columns() -> None:
    strokes = (choice("/", "0", "0", "0", "0", "0", "/"), choice("1", "0", "0", "0", "0", "0", "1"))
    assert [f.state for f in settled(table(OpenRow("granted", strokes)), "granted")][::6] == ["dash", "dash"]
    undecided = settled(table(OpenRow("granted", strokes), zeros=False), "granted")
    assert [f.state for f in undecided] == ["undecidable", *["value"] * 5, "undecidable"], "no column to ask"


def test_what_one_rule_chooses_tells_the_other() -> None:
    """A3 knows of total_processed alone, and A2 of new_received through it."""
    readings = (choice("11", "0", "0", "0", "0", "0", "11"), choice("1", "10", "0", "0", "0", "0", "11"))
    granted = OpenRow("granted", (choice("1", "10", "0", "0", "0", "0", "11"),))
    reading = table(OpenRow("new_received", readings), OpenRow("total_processed", readings), granted)
    assert [f.value for f in settled(reading, "new_received")] == [1, 10, 0, 0, 0, 0, 11]


def test_a_column_that_no_choice_satisfies_chooses_nothing_and_the_others_still_do() -> None:
    fixed = [OpenRow(row, (choice("5", "10", "0", "0", "0", "0", "15"),)) for row in ("granted", "new_received")]
    readings = (choice("11", "0", "0", "0", "0", "0", "11"), choice("1", "10", "0", "0", "0", "0", "11"))
    figures = settled(table(OpenRow("total_processed", readings), *fixed), "total_processed")
    assert [f.value for f in figures] == [1, 10, 0, 0, 0, 0, 11], "10 businesses hold, whatever natural persons are"


def test_sums_in_too_many_ways_choose_nothing() -> None:
    many = [choice(*(str(n * 10**i) for i in range(6)), str(n * 111111)) for n in range(1, 1200)]
    rows = [OpenRow(r.key, tuple(many)) for r in load_form("requests", "2019").rows if r.key.startswith("denied.")]
    figures = settled(table(*rows), "denied.state_secret")
    assert {f.state for f in figures} == {"undecidable"}
