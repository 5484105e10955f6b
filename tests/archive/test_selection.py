"""What the words of a SELECT take, and what is said of a word that is none."""

from __future__ import annotations

import pytest

from archive import Archive
from archive.selection import Selection, parse_selection
from parsers.errors import UsageError


@pytest.fixture
def filed(archive: Archive) -> Archive:
    """Return an archive with five reports of three bodies in two provinces, and one of a body of no place."""
    with archive.transaction():
        for unit, place, level in (
            ("a", "410400", "city"),
            ("b", "410000", "province"),
            ("c", "350128", "county"),
            ("d", None, None),
        ):
            archive.db.execute(
                "INSERT INTO unit (id, name, place_code, place_name, level) VALUES (?, ?, ?, ?, ?)",
                (unit, f"{unit}局", place, "", level),
            )
        for key, unit, year, portal in (
            ("a22", "a", 2022, "henan-pds"),
            ("a23", "a", 2023, "henan-pds"),
            ("b23", "b", 2023, "henan"),
            ("c19", "c", 2019, "pingtan"),
            ("c23", "c", 2023, None),
            ("d20", "d", 2020, None),
        ):
            archive.db.execute("INSERT INTO report VALUES (?, ?, ?, 'unknown', NULL)", (key, unit, year))
            archive.db.execute("INSERT INTO document VALUES (?, ?, ?, ?, 0)", (key, f"http://{key}", key, portal))
    return archive


@pytest.mark.parametrize(
    ("words", "taken"),
    [
        ("", "a22 a23 b23 c19 c23 d20"),
        ("henan", "b23"),
        ("portal=henan*", "a22 a23 b23"),
        ("henan pingtan", "b23 c19"),
        ("place=410000", "a22 a23 b23"),
        ("place=410400 and year=2023", "a23"),
        ("place=000000", "d20"),
        ("year=2019-2022", "a22 c19 d20"),
        ("level=county and year=2023", "c23"),
        ("unit=a局", "a22 a23"),
        ("trust=disputed", ""),
    ],
)
def test_words_narrow_and_a_place_takes_in_what_lies_in_it(filed: Archive, words: str, taken: str) -> None:
    query, values = parse_selection(words.split()).reports()
    assert sorted(r[0] for r in filed.db.execute(query, values)) == taken.split()


@pytest.mark.parametrize(
    "word", ["colour=red", "year=23", "year=2023-2019", "place=41", "level=planet", "trust=good", "unit="]
)
def test_a_word_that_is_none_is_named_and_never_ignored(word: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_selection([word])
    assert word.split("=")[0] in error.value.en


def test_two_years_contradict_each_other() -> None:
    with pytest.raises(UsageError):
        parse_selection(["year=2020", "year=2021"])


def test_nothing_said_is_everything() -> None:
    assert parse_selection([]).is_everything
    assert parse_selection([]) == Selection()
