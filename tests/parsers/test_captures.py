"""Tables that came as text: columns that the form lacks, rows without ends, and cells that a capture lost or filled up."""

from __future__ import annotations

import pytest

from parsers import read_report
from tests.corpus.make import Recipe, make
from tests.corpus.score import Result, score

STYLES = ("text-tabs", "text-tabs-wide", "text-cells", "text-pipes", "text-markdown")
STRANGE = (
    "organisations_subtotal", "remark_column", "remark_column_with_figures", "serial_column", "serial_column_behind_labels",
)  # fmt: skip


def read(style: str, *quirks: str, form: str = "2021", seeds: tuple[int, ...] = (1, 2, 3)) -> Result:
    samples = make([Recipe(style, form, quirks, seed) for seed in seeds])
    return score(samples, lambda body: read_report(body).to_json())


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("quirk", STRANGE)
def test_columns_that_the_form_lacks_leave_the_others_their_names(style: str, quirk: str) -> None:
    result = read(style, quirk)
    assert not result.silent
    assert not result.marked
    assert result.formats[style].sure == 1.0


@pytest.mark.parametrize(
    "quirk",
    ["page_break", "page_break_header_again", "page_break_labels_lost", "group_repeated", "empty_rows", "blank_review"],
)
def test_cells_without_row_ends_are_cut_into_rows_where_a_page_broke_or_a_row_is_empty(quirk: str) -> None:
    result = read("text-pipes", quirk, seeds=(7, 8, 9))
    assert not result.silent
    assert not result.marked


@pytest.mark.parametrize("style", STYLES)
def test_blocks_of_table_four_in_another_order_go_by_their_names(style: str) -> None:
    result = read(style, "review_blocks_exchanged")
    assert not result.silent
    assert not result.marked


@pytest.mark.parametrize("style", ["text-tabs-wide", "text-pipes"])
def test_a_row_that_shows_its_first_and_its_last_column_is_whole_though_blanks_stand_between(style: str) -> None:
    assert read(style, "blank_organisations").formats[style].sure > 0.9


def test_a_blank_behind_a_label_is_the_first_columns_where_no_label_has_a_filler_behind_it() -> None:
    assert read("text-pipes", "blank_natural_person").formats["text-pipes"].sure > 0.98


@pytest.mark.parametrize(
    ("style", "form", "quirks", "seed"),
    [
        # a row that lost a cell was filled up at its end: as many cells as names, and none of them in its place
        ("text-tabs-wide", "2021", ("column_missing", "cell_missing_in_a_row"), 3643203299),
        ("text-tabs", "2019", ("plain", "cell_missing_in_table_two"), 2064075772),
        ("text-tabs", "2019", ("cell_missing_in_table_two",), 7),
        ("text-tabs-wide", "mixed", ("blank_natural_person", "cell_missing_in_a_row"), 1866258362),
        # a header names a column that no row has
        ("text-tabs", "2019", ("remark_column_with_figures", "total_first"), 236281130),
        # a row of blanks that lost one and was filled up
        ("text-pipes", "2019", ("blank_totals", "cell_missing_in_a_row"), 2152022831),
        # the name of a column is damaged: other rows show a figure more than there are names
        ("text-tabs-wide", "2021", ("header_cell_damaged", "cell_missing_in_a_row"), 1219074214),
        ("text-pipes", "mixed", ("header_cell_damaged", "figures_joined"), 3325200152),
        # an empty cell before figures that end in a blank: one column to the right, or a blank first column
        ("text-markdown", "2019", ("blank_totals", "empty_cell_before_figures"), 3357048666),
        ("text-tabs", "mixed", ("blank_all_zeros", "cell_missing_in_a_row"), 4099474118),
    ],
)
def test_a_row_whose_cells_may_stand_otherwise_is_not_sure(
    style: str, form: str, quirks: tuple[str, ...], seed: int
) -> None:
    result = read(style, *quirks, form=form, seeds=(seed,))
    assert not result.silent, "\n".join(map(str, result.silent))
