"""The list of 2014 to 2018 has columns of its own in the wide table; a local list, which has the same keys, has none."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
from release_proof import prove

from archive import Archive, SimulatedClock
from archive.decisions.corrections import correct
from archive.histories.versions import derive_versions
from archive.publication import ReleaseSummary, publish
from archive.publication.columns import wide_columns
from parsers.errors import UsageError
from parsers.model import Cell, Where
from parsers.templates import load_form

NATIONAL, LOCAL = "http://a.test/2016.html", "http://b.test/2016.html"
UNIT = "河南省平顶山市新华区政务服务局/2016"
OTHER = "河南省郑州市二七区政务服务中心/2016"


def listed(row: str, column: str = "value") -> tuple[str, str, str]:
    return ("statistics", row, column)


@pytest.fixture(scope="module")
def archive(samples: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """A report with the list of 2014 and one with a local list, both with every row of their form, and corrections of both."""
    changed = {
        listed("requests_fax"): {"state": "blank", "value": None, "raw": ""},
        listed("requests_web"): {"state": "dash", "value": None, "raw": "—"},
        listed("requests_letter"): {"state": "text", "value": None, "raw": "见附件", "trust": "inferred"},
        listed("replies_total"): {"state": "undecidable", "value": None, "raw": "2 11", "trust": None},
        listed("request_fees_wan_yuan"): {"value": "0.0350", "raw": "0.0350"},
        listed("meetings"): None,
    }
    names = ("平顶山市新华区政务服务局", 2016, "410402", "河南省平顶山市新华区")
    national = samples.report(*names, forms={"statistics": "statistics-2014"}, changed=changed)
    more = (
        Cell("statistics", "unmatched.1", "value", "value", 4, "4", "stated", Where(2, 90, 1), "批次", "接待来访"),
        Cell("statistics", "requests_received", "cumulative", "value", 99, "99", "stated", Where(2, 91, 1)),
    )
    local = samples.report(
        "郑州市二七区政务服务中心", 2016, "410103", "河南省郑州市二七区", forms={"statistics": "local"}
    )
    reports = {NATIONAL: replace(national, cells=(*national.cells, *more)), LOCAL: local}
    path = tmp_path_factory.mktemp("lists")
    with Archive.open(path, SimulatedClock(samples.DAY), create=True) as made:
        for url, report in reports.items():
            samples.capture(made, url, samples.DAY, report.title.encode(), "ok", "report")
            samples.keep(made, url, report.title.encode(), report)
        derive_versions(made, 1)
        for name in (UNIT, OTHER):
            correct(made, name, "statistics/disclosed_total/value", "7", why="笔误", author="李")
        correct(made, UNIT, "statistics/request_fees_wan_yuan/value", "3.50", why="单位为元", author="李")
        derive_versions(made, 1)
        yield made


@pytest.fixture(scope="module")
def release(archive: Archive, samples: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> ReleaseSummary:
    return publish(archive, tmp_path_factory.mktemp("releases"), at=samples.DAY)


def rows(release: ReleaseSummary, name: str) -> dict[str, dict[str, str]]:
    with (release.path / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["source_url"]: row for row in csv.DictReader(file)}


def test_every_cell_of_the_list_is_the_archive_s_in_every_file(archive: Archive, release: ReleaseSummary) -> None:
    proved = prove(archive.path, release.path)
    assert len(proved) == 14 and proved["wide.dta"] > 2 * 2 * len(load_form("statistics", "statistics-2014").rows)


def test_a_row_of_the_list_has_its_figure_state_and_trust(release: ReleaseSummary, samples: ModuleType) -> None:
    wide, state, trust = (rows(release, name)[NATIONAL] for name in ("wide", "wide_state", "wide_trust"))
    assert wide["stat_received_value"] == str(samples.figure(listed("requests_received")))
    assert (wide["stat_fees_wan_yuan_value"], trust["stat_fees_wan_yuan_value"]) == ("0.0350", "s")
    told = {
        name: (wide[name], state[name], trust[name])
        for name in wide
        if name.startswith("stat_rec") or name == "stat_replies_value"
    }
    assert told["stat_received_fax_value"] == ("", "a", "s")
    assert told["stat_received_web_value"] == ("", "b", "s")
    assert told["stat_received_letter_value"] == ("", "e", "i")
    assert told["stat_replies_value"] == ("", "d", "u")
    assert (state["stat_meetings_value"], trust["stat_meetings_value"]) == ("c", "")


def test_a_local_list_never_stands_in_columns_that_mean_something_else(release: ReleaseSummary) -> None:
    wide, state = rows(release, "wide")[LOCAL], rows(release, "wide_state")[LOCAL]
    own = [column.name for column in wide_columns() if column.cell and column.cell[0] == "statistics"]
    assert len(own) == 2 * 3 * len(load_form("statistics", "statistics-2014").rows)
    assert {wide[name] for name in own} == {""}
    assert {state[name] for name in own} == {"c", ""} and state["stat_disclosed_value"] == "c"
    assert int(wide["stat_cells_stated"]) > 0, "the counts say that there is more in long"


def test_rows_that_only_one_report_knows_stay_in_the_long_table(release: ReleaseSummary) -> None:
    with (release.path / "long.csv").open(encoding="utf-8-sig", newline="") as file:
        found = {(r["row"], r["column"]): r["value"] for r in csv.DictReader(file) if r["source_url"] == NATIONAL}
    assert found["unmatched.1", "value"] == "4"


def test_figures_of_the_period_and_cumulative_ones_have_columns_of_their_own(release: ReleaseSummary) -> None:
    wide, state = rows(release, "wide")[NATIONAL], rows(release, "wide_state")[NATIONAL]
    assert (wide["stat_received_cum"], wide["stat_received_per"]) == ("99", "")
    assert (state["stat_received_cum"], state["stat_received_per"]) == ("", "c")
    assert wide["stat_received_value"] not in ("", "99")
    _, meta = pyreadstat.read_dta(release.path / "wide.dta", metadataonly=True, output_format="dict")
    assert meta.column_names_to_labels["stat_received_cum"] == "收到申请数（件）：累计"


def test_a_correction_of_the_list_stands_beside_what_was_printed(release: ReleaseSummary, samples: ModuleType) -> None:
    wide, trust = rows(release, "wide"), rows(release, "wide_trust")
    printed = str(samples.figure(listed("disclosed_total")))
    assert (wide[NATIONAL]["stat_disclosed_value"], wide[NATIONAL]["stat_disclosed_value_c"]) == (printed, "7")
    assert (wide[NATIONAL]["stat_fees_wan_yuan_value_c"], trust[NATIONAL]["stat_disclosed_value_c"]) == ("3.50", "c")
    assert (wide[LOCAL]["stat_disclosed_value"], wide[LOCAL]["stat_disclosed_value_c"]) == ("", "")


def test_a_count_of_the_list_is_not_corrected_to_a_part_of_one(archive: Archive) -> None:
    with pytest.raises(UsageError):
        correct(archive, UNIT, "statistics/requests_received/value", "3.5", why="笔误", author="李")


def test_columns_of_the_list_are_labelled_in_both_languages_with_their_unit(release: ReleaseSummary) -> None:
    schema = pq.read_schema(release.path / "wide.parquet")
    fees, review, suit = (
        schema.field(f"stat_{n}_value") for n in ("fees_wan_yuan", "review_corrected", "suit_corrected")
    )
    assert fees.type == pa.float64() and review.type == pa.int64()
    assert fees.metadata[b"zh"].decode() == "依申请公开信息收取的费用（万元）：统计数"
    assert fees.metadata[b"en"].decode() == "Fees charged for requests (10,000 yuan): Value"
    assert review.metadata[b"en"].startswith(b"Administrative reviews / ")
    assert suit.metadata[b"en"].startswith(b"Administrative suits / ")
    _, meta = pyreadstat.read_dta(release.path / "wide.dta", metadataonly=True, output_format="dict")
    assert meta.column_names_to_labels["stat_received_value"] == "收到申请数（件）：统计数"


@pytest.mark.parametrize("form", ["statistics-2014", "local"])
def test_an_english_label_of_a_list_is_words_and_no_key(form: str) -> None:
    for row in load_form("statistics", form).rows:
        assert row.en[0].isupper() and "_" not in row.en, row.key


def test_the_codebook_says_that_local_lists_are_in_the_long_table_alone(release: ReleaseSummary) -> None:
    text = Path(release.path / "codebook.md").read_text("utf-8")
    assert "`stat_received_value`" in text and "form statistics-2014" in text
    assert "unmatched.N" in text and "form_statistics" in text
