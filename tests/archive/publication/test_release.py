"""A release is immutable, deterministic and whole."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from archive import Archive
from archive.publication import ReleaseError, ReleaseSummary, publish, resolve_release
from archive.publication.release import STEPS
from parsers.errors import NotFoundError, UsageError

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def dump(folder: Path) -> list[str]:
    """Return the rows of gongkai.db but for its date."""
    with closing(sqlite3.connect(folder / "gongkai.db")) as db:
        return [line.replace(folder.name, "DATE") for line in db.iterdump() if "sqlite_" not in line]


def test_the_same_archive_and_day_give_the_same_bytes(
    archive: Archive, release: ReleaseSummary, tmp_path: Path
) -> None:
    again = publish(archive, tmp_path, at=DAY)
    assert contents(again.path) == contents(release.path)


def test_an_archive_made_again_gives_the_same_bytes(
    samples: ModuleType, release: ReleaseSummary, tmp_path: Path
) -> None:
    with samples.make_archive(tmp_path / "archive") as made:
        again = publish(made, tmp_path / "releases", at=DAY)
    assert contents(again.path) == contents(release.path)


def test_a_large_release_is_written_by_two_processes_to_the_same_bytes(
    archive: Archive, release: ReleaseSummary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.publication.release.LARGE", 0)
    assert contents(publish(archive, tmp_path, at=DAY).path) == contents(release.path)


def test_another_day_changes_nothing_but_the_date(archive: Archive, release: ReleaseSummary, tmp_path: Path) -> None:
    later = publish(archive, tmp_path, at=DAY.replace(day=2))
    assert later.name == "2026-03-02"
    there = contents(later.path)
    for name, body in contents(release.path).items():
        if name.endswith(".dta"):
            assert there[name] == body.replace(b"01 Mar 2026 00:00", b"02 Mar 2026 00:00"), name
        elif name == "gongkai.db":
            assert dump(later.path) == dump(release.path)
        elif name in ("manifest.json", "datapackage.json", "dataset.jsonld", "dcat.jsonld"):  # hashes of the two above
            assert json.loads(there[name]).keys() == json.loads(body).keys()
        else:
            assert there[name] == body.replace(b"2026-03-01", b"2026-03-02"), name


def test_a_release_names_the_address_it_was_given_in_every_document_for_machines(
    archive: Archive, release: ReleaseSummary, tmp_path: Path
) -> None:
    url = "https://data.example.org/gongkai/2026-03-01"
    made = publish(archive, tmp_path / "a", at=DAY, url=f"{url}/").path
    assert contents(publish(archive, tmp_path / "b", at=DAY, url=url).path) == contents(made)
    package, dataset, catalogue, manifest = (
        json.loads((made / name).read_text("utf-8"))
        for name in ("datapackage.json", "dataset.jsonld", "dcat.jsonld", "manifest.json")
    )
    assert f'\nurl: "{url}"\n' in (made / "CITATION.cff").read_text("utf-8")
    assert package["id"] == package["homepage"] == dataset["url"] == dataset["identifier"] == manifest["url"] == url
    assert catalogue["@id"] == catalogue["dct:identifier"] == catalogue["dcat:landingPage"]["@id"] == url
    assert {d["contentUrl"] for d in dataset["distribution"]} == {f"{url}/{d['name']}" for d in dataset["distribution"]}
    assert {d["dcat:downloadURL"]["@id"] for d in catalogue["dcat:distribution"]} == {
        f"{url}/{d['dct:title']}" for d in catalogue["dcat:distribution"]
    }
    differ = {name for name, body in contents(made).items() if body != contents(release.path)[name]}
    assert differ == {"CITATION.cff", "datapackage.json", "dataset.jsonld", "dcat.jsonld", "manifest.json"}
    assert "example.org" not in "".join((release.path / name).read_text("utf-8") for name in differ)


def test_a_doi_names_a_release_and_none_of_its_files(archive: Archive, tmp_path: Path) -> None:
    made = publish(archive, tmp_path, at=DAY, url="https://doi.org/10.5281/zenodo.1").path
    assert '\ndoi: "10.5281/zenodo.1"\n' in (made / "CITATION.cff").read_text("utf-8")
    dataset = json.loads((made / "dataset.jsonld").read_text("utf-8"))
    assert dataset["identifier"] == "https://doi.org/10.5281/zenodo.1"
    assert {d["contentUrl"] for d in dataset["distribution"]} == {d["name"] for d in dataset["distribution"]}


@pytest.mark.parametrize(
    "url", ["", "release", "ftp://a.test/r", "https://", "https://a.test/?r=1", "https://a.test/公开", "http://[a"]
)
def test_what_is_no_address_is_refused_before_anything_is_written(archive: Archive, tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError):
        publish(archive, tmp_path / "out", at=DAY, url=url)
    assert not (tmp_path / "out").exists()


def test_another_address_makes_another_release_of_the_day(archive: Archive, tmp_path: Path) -> None:
    names = [publish(archive, tmp_path, at=DAY, url=url).name for url in (None, "http://a.test/r", "http://a.test/r")]
    assert names == ["2026-03-01", "2026-03-01.2", "2026-03-01.2"]


def test_a_release_that_says_the_same_is_kept(archive: Archive, tmp_path: Path) -> None:
    first = publish(archive, tmp_path, at=DAY)
    before = first.path.stat().st_mtime_ns
    second = publish(archive, tmp_path, at=DAY.replace(hour=5))
    assert (first.new, second.new) == (True, False)
    assert second.path == first.path and second.path.stat().st_mtime_ns == before


def test_a_release_that_differs_never_overwrites_one_of_the_same_day(samples: ModuleType, tmp_path: Path) -> None:
    with samples.make_archive(tmp_path / "archive") as made:
        first = publish(made, tmp_path / "out", at=DAY)
        kept = contents(first.path)
        url = "http://a.test/2023.html"
        samples.capture(made, url, DAY, samples.body_of(url, 9), "ok", "report")
        samples.keep(
            made, url, samples.body_of(url, 9), samples.report("平顶山市新华区政务服务局", 2023, "410402", "x")
        )
        samples.derive_versions(made, 2)
        second = publish(made, tmp_path / "out", at=DAY)
    assert (second.name, second.new) == ("2026-03-01.2", True)
    assert contents(first.path) == kept
    assert resolve_release(tmp_path / "out") == second.path


def test_the_day_is_the_one_in_china(archive: Archive, tmp_path: Path) -> None:
    assert publish(archive, tmp_path, at=datetime(2026, 3, 1, 16, 30, tzinfo=UTC)).date == "2026-03-02"


def test_the_manifest_names_every_file_with_its_hash(release: ReleaseSummary) -> None:
    manifest = json.loads((release.path / "manifest.json").read_text("utf-8"))
    assert {f["name"] for f in manifest["files"]} | {"manifest.json"} == {p.name for p in release.path.iterdir()}
    for file in manifest["files"]:
        assert file["zh"] and file["en"]
        body = (release.path / file["name"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())
    assert manifest["counts"] == {
        "units": 4,
        "reports": 6,
        "withdrawn": 1,
        "versions": 9,
        "cells": release.counts.cells,
    }
    assert manifest["sample_data"] is False


def test_progress_is_told_of_every_step(archive: Archive, tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    publish(archive, tmp_path, at=DAY, progress=lambda *step: told.append(step))
    assert [step[:2] for step in told] == [(n, STEPS) for n in range(STEPS + 1)]


def test_sample_data_is_marked_in_every_file_that_people_read(samples: ModuleType, tmp_path: Path) -> None:
    with samples.make_archive(tmp_path / "archive", sample=True) as made:
        marked = publish(made, tmp_path / "out", at=DAY)
    read = {p.name: p.read_text("utf-8") for p in marked.path.iterdir() if p.suffix not in (".db", ".dta", ".parquet")}
    tables = ("wide", "wide_trust", "wide_state", "long")
    documents = {name for name in read if "." in name and Path(name).suffix not in (".csv", ".jsonl")}
    for name in documents | {f"{table}.{kind}" for table in tables for kind in ("csv", "jsonl")}:
        assert "sample data / 样本数据" in read[name], name
    for line in read["long.csv"].splitlines()[1:]:
        assert line.endswith("sample data / 样本数据")


def test_an_empty_archive_gives_an_empty_release(samples: ModuleType, tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive", samples.SimulatedClock(DAY), create=True) as empty:
        made = publish(empty, tmp_path / "out", at=DAY)
    assert (made.counts.reports, made.counts.cells, made.counts.parser_version) == (0, 0, None)


def test_a_release_that_disagrees_with_the_archive_is_not_published(samples: ModuleType, tmp_path: Path) -> None:
    with samples.make_archive(tmp_path / "archive") as made:
        good = publish(made, tmp_path / "out", at=DAY)
        made.bodies.execute("DELETE FROM body")
        with pytest.raises(ReleaseError):
            publish(made, tmp_path / "out", at=DAY.replace(day=2))
    assert resolve_release(tmp_path / "out") == good.path
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["2026-03-01", "latest"]


def test_what_a_killed_run_left_is_cleared(archive: Archive, release: ReleaseSummary, tmp_path: Path) -> None:
    shutil.copytree(release.path, tmp_path / ".unfinished")
    publish(archive, tmp_path, at=DAY)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["2026-03-01", "latest"]


def test_a_folder_without_a_release_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        resolve_release(tmp_path)
