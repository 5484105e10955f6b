"""Search finds what is in the text, from one character upwards, in either script, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import Archive, SimulatedClock, schema
from archive.histories.versions import derive_versions
from archive.imports import import_files
from archive.reading.readings import read_captures
from archive.search import search
from parsers import PARSER_VERSION


@pytest.fixture(scope="module")
def searchable(tmp_path_factory: pytest.TempPathFactory, seeds: list[Path]) -> Archive:
    path = tmp_path_factory.mktemp("search")
    archive = Archive.open(path, SimulatedClock(datetime(2025, 1, 1, tzinfo=UTC)), create=True)
    import_files(archive, seeds)
    read_captures(archive)
    return archive


def titles(archive: Archive, query: str) -> set[str]:
    return {hit.unit for hit in search(archive.db, query, 1000).hits}


@pytest.mark.parametrize("query", ["新榮區", "新荣区", "好差评 大同市", "顆粒度", "颗粒度", "榮"])
def test_the_traditional_capture_is_found_in_both_scripts(searchable: Archive, query: str) -> None:
    assert titles(searchable, query) == {"山西省大同市新荣区政务服务中心"}


def test_two_characters_find_as_well_as_four(searchable: Archive) -> None:
    assert len(titles(searchable, "公开")) == 5
    assert len(titles(searchable, "行政复议")) == 5


def test_search_agrees_with_a_plain_look_at_the_text(searchable: Archive) -> None:
    """For every stretch of 1 to 4 characters of a section, the reports found are those whose text holds it."""
    from parsers.normalize import to_simplified

    texts: dict[str, str] = {}
    for row in searchable.db.execute(
        """SELECT u.name, r.title, r.issuer, r.preface, group_concat(s.heading || char(10) || s.text, char(10)) FROM reading r
           JOIN section s ON s.reading_id = r.id JOIN search_entry e ON e.reading_id = r.id
           JOIN report p ON p.id = e.report_id JOIN unit u ON u.id = p.unit_id GROUP BY r.id"""
    ):
        texts[row[0]] = to_simplified("\n".join(filter(None, row)))
    source = next(iter(texts.values()))
    words = {source[i : i + n] for n in (1, 2, 3, 4) for i in range(0, 900, 7)}
    words = {w for w in words if all("\u4e00" <= c <= "\u9fff" for c in w)}
    assert len(words) > 100
    for word in words:
        assert titles(searchable, word) == {name for name, text in texts.items() if word in text}, word


def test_a_query_that_finds_nothing_is_no_error(searchable: Archive) -> None:
    assert search(searchable.db, "绝无此词").hits == ()


def test_a_snippet_shows_where_it_was_found(searchable: Archive) -> None:
    (hit,) = search(searchable.db, "颗粒度").hits
    assert "顆粒度" in hit.snippet


def test_an_index_that_a_new_schema_emptied_says_so_and_is_filled_by_the_next_derivation(
    tmp_path: Path, seeds: list[Path]
) -> None:
    with Archive.open(tmp_path, SimulatedClock(datetime(2025, 1, 1, tzinfo=UTC)), create=True) as archive:
        import_files(archive, seeds)
        read_captures(archive)
        before = search(archive.db, "公开", 100)
        step = Path(schema.__file__).with_name("archive") / "m007_histories.sql"
        for statement in step.read_text("utf-8").split(";\n"):
            if statement.lstrip().startswith(("INSERT", "DELETE", "-- the index")):
                archive.db.execute(statement)
        emptied = search(archive.db, "公开", 100)
        assert (emptied.total, emptied.stale) == (0, 5)
        derive_versions(archive, PARSER_VERSION)
        assert search(archive.db, "公开", 100) == before
