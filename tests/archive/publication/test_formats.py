"""Every format of a release says what the archive says, to readers that are not ours."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from pathlib import Path
from types import ModuleType

import frictionless
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
from release_proof import prove

from archive import Archive
from archive.publication import ReleaseError, ReleaseSummary
from archive.publication.columns import CODED, Field, Table, wide_columns, wide_tables
from archive.publication.stata import write_dta
from archive.publication.writing import open_table

NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")


def wide(release: ReleaseSummary, name: str = "wide") -> dict[str, dict[str, str]]:
    with (release.path / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["source_url"]: row for row in csv.DictReader(file)}


def test_every_cell_of_every_file_is_the_archive_s(archive: Archive, release: ReleaseSummary) -> None:
    proved = prove(archive.path, release.path)
    assert min(proved.values()) > 900 and len(proved) == 14


def test_a_proof_finds_a_figure_that_is_not_the_archive_s(
    samples: ModuleType, release: ReleaseSummary, tmp_path: Path
) -> None:
    with samples.make_archive(tmp_path) as other:
        other.db.execute(
            "UPDATE cell SET value = value + 1 WHERE \"row\" = 'denied.duplicate' OR \"row\" = 'carried_out'"
        )
        with pytest.raises(AssertionError, match="carried_out"):
            prove(other.path, release.path)


def test_the_names_of_columns_are_fit_for_stata_and_used_once() -> None:
    names = [column.name for column in wide_columns()]
    assert len(set(names)) == len(names) < 2048  # what Stata/BE can hold
    assert all(NAME.fullmatch(name) for name in names)
    assert {"t3_denied_secret_np", "t2_rules_made", "t4_suit_review_corrected", "t3_other_handling_tot"} <= set(names)
    assert max(len(column.zh) for column in wide_columns()) <= 80  # a label of Stata's


def test_table_two_of_two_forms_shares_decisions_and_no_other_column() -> None:
    cells = [column.cell for column in wide_columns() if column.role == "cell"]
    assert len(cells) == len(set(cells)) == 226 + 3 * 58
    of_licensing = [c for c in cells if c and c[:2] == ("proactive_disclosure", "administrative_licensing")]
    assert {c[2] for c in of_licensing} == {"decisions", "prior_items", "change"}


def test_a_measure_stands_only_where_all_its_inputs_are_figures(release: ReleaseSummary, samples: ModuleType) -> None:
    rows, trusts = wide(release), wide(release, "wide_trust")
    whole, disputed = "http://a.test/2021.html", "http://a.test/2023.html"
    granted = samples.figure(samples.request("granted", "total")) + samples.figure(
        samples.request("granted_partial", "total")
    )
    processed = samples.figure(samples.request("total_processed", "total"))
    assert float(rows[whole]["grant_rate"]) == granted / processed
    assert (rows[disputed]["grant_rate"], trusts[disputed]["grant_rate"]) == ("", "")
    assert trusts[whole]["grant_rate"] == "v"
    # new_received is disputed there, and what is made with it bears that
    assert trusts[disputed]["carry_over_share"] == "d" and rows[disputed]["carry_over_share"] != ""


def test_a_measure_that_rests_on_a_correction_has_a_column_beside_the_printed_one(
    release: ReleaseSummary, samples: ModuleType
) -> None:
    row = wide(release)["http://a.test/2023.html"]
    out, carried = (samples.figure(samples.request(r, "total")) for r in ("carried_out", "carried_in"))
    assert float(row["carry_over_share"]) == out / (9 + carried)
    assert float(row["carry_over_share_c"]) == out / (7 + carried)
    assert row["petition_share_c"] == ""


def test_the_sum_of_other_handling_is_one_row_of_2019_and_three_of_2021(
    release: ReleaseSummary, samples: ModuleType
) -> None:
    rows = wide(release)
    old, new = rows["http://b.test/2020.html"], rows["http://b.test/2023.html"]
    assert old["t3_other_sub_np"] == old["t3_other_handling_np"] != ""
    parts = ("other_handling.no_correction", "other_handling.fee_unpaid", "other_handling.other")
    assert int(new["t3_other_sub_np"]) == sum(samples.figure(samples.request(p, "natural_person")) for p in parts)


def test_the_data_package_describes_every_csv_so_that_frictionless_finds_no_fault(release: ReleaseSummary) -> None:
    package = frictionless.Package(release.path / "datapackage.json")
    report = package.validate()
    assert report.valid, report.flatten(["name", "type", "note"])[:5]
    assert {r.path for r in package.resources} == {p.name for p in release.path.glob("*.csv")}


def test_citation_and_metadata_name_the_day_the_licence_and_every_table(release: ReleaseSummary) -> None:
    citation = (release.path / "CITATION.cff").read_text("utf-8")
    assert "date-released: 2026-03-01" in citation and "license: CC-BY-4.0" in citation
    tables = {p.name for p in release.path.iterdir() if p.suffix in (".csv", ".parquet", ".jsonl", ".dta", ".db")}
    dataset = json.loads((release.path / "dataset.jsonld").read_text("utf-8"))
    assert dataset["@type"] == "Dataset" and {d["name"] for d in dataset["distribution"]} == tables
    catalogue = json.loads((release.path / "dcat.jsonld").read_text("utf-8"))
    assert {d["dct:title"] for d in catalogue["dcat:distribution"]} == tables


def made(tmp_path: Path, columns: dict[str, tuple[str, list[object]]]) -> tuple[Path, Table]:
    """Return a .dta of columns (type, values)."""
    table = Table("made", "表", "table", tuple(Field(n, t, n, n) for n, (t, _) in columns.items()), ())  # type: ignore[arg-type]
    with open_table([tmp_path / "made.parquet"], table) as files:
        files.write_rows(list(zip(*(values for _, values in columns.values()), strict=True)))
    write_dta(tmp_path / "made.dta", table, tmp_path / "made.parquet", on=date(2026, 3, 1))
    return tmp_path / "made.dta", table


def test_figures_come_back_from_stata_at_the_ends_of_each_type(tmp_path: Path) -> None:
    ends = {
        "byte": [-127, 100, None],
        "int": [-32767, 32740, None],
        "just_int": [-128, 101, None],
        "long": [-2147483647, 2147483620, None],
        "double": [2147483621, 2**53, None],
        "empty": [None, None, None],
    }
    path, _ = made(tmp_path, {name: ("integer", values) for name, values in ends.items()})
    columns, meta = pyreadstat.read_dta(path, output_format="dict")
    assert {name: list(column) for name, column in columns.items()} == ends
    types = meta.readstat_variable_types
    assert [types[n] for n in ends] == ["int8", "int16", "int16", "int32", "double", "int8"]


def test_a_key_that_stata_is_given_as_a_number_is_labelled_and_told_in_the_codebook(release: ReleaseSummary) -> None:
    rows = {row["report_id"]: row for row in wide(release).values()}
    codebook = (release.path / "codebook.md").read_text("utf-8")
    for name in ("wide", "wide_trust"):
        columns, meta = pyreadstat.read_dta(release.path / f"{name}.dta", output_format="dict")
        for field in CODED:
            assert meta.readstat_variable_types[field] == "int8"
            labels = meta.variable_value_labels[field]
            for report, number in zip(columns["report_id"], columns[field], strict=True):
                key = rows[report][field]
                told = [line for line in codebook.splitlines() if line.startswith(f"| `{key}` | `{number:.0f}` |")]
                assert any(f"**{labels[number]}**" in line for line in told) if key else number != number, (field, key)


def test_a_key_without_a_number_is_an_error_and_never_another_key(tmp_path: Path) -> None:
    table = Table("made", "表", "table", (Field("level", "key", "层级", "level"),), ())
    with open_table([tmp_path / "made.parquet"], table) as files:
        files.write_rows([["county"], [None], ["moon"]])
    with pytest.raises(ReleaseError, match="moon"):
        write_dta(
            tmp_path / "made.dta", table, tmp_path / "made.parquet", on=date(2026, 3, 1), coded={"level": {"county": 4}}
        )


def test_letters_of_trust_stay_letters_and_the_file_says_in_chinese_what_they_mean(release: ReleaseSummary) -> None:
    columns, meta = pyreadstat.read_dta(release.path / "wide_trust.dta", output_format="dict")
    assert meta.file_label == "可信等级：v 已核验，s 照录，i 推定，d 存疑，u 无法判定，c 已更正；空为缺失"
    assert set(columns["t3_new_received_tot"]) <= set("vsidu") | {""} and "v" in columns["t3_granted_tot"]
    assert meta.column_names_to_labels["t3_granted_tot"] == "可信等级：三、本年度办理结果 / （一）予以公开：总计"
    body = (release.path / "wide_trust.dta").read_bytes()
    for letter, name in {"v": "已核验", "s": "照录", "i": "推定", "d": "存疑", "u": "无法判定", "c": "已更正"}.items():
        assert f"{letter} {name} / ".encode() in body, letter


def test_no_label_of_stata_is_half_in_english(release: ReleaseSummary) -> None:
    _, meta = pyreadstat.read_dta(release.path / "wide.dta", metadataonly=True, output_format="dict")
    labels = meta.column_names_to_labels
    assert labels["t3_cells_verified"] == "第三表（收到和处理政府信息公开申请情况）中“已核验”的单元格数"
    assert labels["stat_cells_undecidable"] == "2019 年前统计表（政府信息公开情况统计表）中“无法判定”的单元格数"
    kept = re.compile(r"GB/T|UTC|statistics-2014|local")  # a standard, a clock, two keys that stay keys
    assert not [label for label in labels.values() if re.search("[A-Za-z]", kept.sub("", label))]


def test_long_and_empty_strings_come_back_from_stata_whole(tmp_path: Path) -> None:
    texts = ["", "文" * 3000, None, "a\n\"'", "末"]
    path, _ = made(
        tmp_path,
        {"n": ("integer", [1, 2, 3, 4, 5]), "long": ("text", texts), "short": ("text", ["", "中文", None, "b", "c"])},
    )
    columns, _ = pyreadstat.read_dta(path, output_format="dict")
    assert columns["long"] == ["", "文" * 3000, "", "a\n\"'", "末"] and columns["short"] == ["", "中文", "", "b", "c"]
    assert [p.name for p in sorted(tmp_path.iterdir())] == ["made.dta", "made.parquet"]


def test_a_figure_that_a_format_cannot_hold_is_an_error_and_never_another_figure(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError):
        made(tmp_path, {"number": ("number", [2**53 + 1])})
    with pytest.raises(ReleaseError):
        made(tmp_path, {"integer": ("integer", [2**53 + 1])})


def test_parquet_keeps_counts_as_integers_and_tells_what_each_column_is(release: ReleaseSummary) -> None:
    schema = pq.read_schema(release.path / "wide.parquet")
    assert (
        schema.field("t3_denied_secret_np").type == pa.int64() and schema.field("t2_fees_wan_yuan").type == pa.float64()
    )
    assert schema.field("t3_denied_secret_np").metadata[b"en"].decode().endswith("State secrets: Natural persons")
    assert len(schema) == len(wide_tables()[0].fields)
