"""Every word of the site is there in both languages, and every template asks for words that exist."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest

from archive.labels import scope_label
from archive.publication.codebook import terms
from archive.website.words import finding_name, word
from parsers.templates import load_form

WORDS = tomllib.loads(files("archive.website").joinpath("words.toml").read_text("utf-8"))
PLACE = re.compile(r"\{(\w+)\}")


def test_each_word_is_in_both_languages_with_the_same_places() -> None:
    for group, entries in WORDS.items():
        for key, entry in entries.items():
            assert set(entry) == {"zh", "en"} and all(entry.values()), (group, key)
            assert set(PLACE.findall(entry["zh"])) == set(PLACE.findall(entry["en"])), (group, key)


def test_templates_ask_only_for_words_that_exist() -> None:
    folder = files("archive.website").joinpath("templates", "gongkai")
    for template in folder.iterdir():
        for key in re.findall(r"\bt\('([\w.]+)'", template.read_text("utf-8")):
            if not key.endswith("."):
                assert word(key, "zh"), (template.name, key)


def test_a_missing_word_is_an_error() -> None:
    with pytest.raises(KeyError):
        word("no.such", "en")


def test_every_finding_has_a_name_of_its_own_without_gaps() -> None:
    parsers = tomllib.loads(files("parsers.templates").joinpath("findings.toml").read_text("utf-8"))
    codes = {*parsers, "documents_disagree"}
    for language in ("zh", "en"):
        names = [finding_name(code, language) for code in sorted(codes)]
        assert len(set(names)) == len(codes) and not codes & set(names)
        assert not [name for name in names if "…" in name or "{" in name or len(name) > 48]


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("trust", {"verified", "stated", "inferred", "disputed"}),
        ("state", {"value", "blank", "dash", "text", "undecidable", "absent"}),
        ("status", {"pass", "pass_blank_as_zero", "fail", "not_assessable"}),
        ("kind", {"first", "content", "technical", "withdrawn"}),
    ],
)
def test_the_terms_are_those_of_the_contract(kind: str, keys: set[str]) -> None:
    assert {term.key for term in terms(kind)} == keys


def test_a_check_is_said_to_be_about_what_its_form_calls_it() -> None:
    assert scope_label("A2", "natural_person", "zh") == "自然人"
    assert scope_label("A1", "new_received", "en") == load_form("requests", "2021").row("new_received").en
    assert scope_label("B1", "review", "zh") == "行政复议"
    assert scope_label("C2", "normative_documents.in_force", "zh") == "行政规范性文件 · 现行有效件数"
    assert scope_label("A2", "no_such", "zh") == "no_such"
