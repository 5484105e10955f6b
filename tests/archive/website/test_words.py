"""Every word of the site is there in both languages, and every template asks for words that exist."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest

from archive.labels import FORMS_OF, finding_in_words, scope_label
from archive.publication.codebook import terms
from archive.website.words import finding_name, within_name, word
from parsers.templates import finding, load_form

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


@pytest.mark.parametrize(("kind", "group"), [("level", "level"), ("unit_kind", "kind"), ("scope", "scope")])
def test_the_site_calls_a_key_what_the_codebook_calls_it(kind: str, group: str) -> None:
    assert {term.key: {"zh": term.zh, "en": term.en} for term in terms(kind)} == WORDS[group]


def test_a_check_is_said_to_be_about_what_its_form_calls_it() -> None:
    assert scope_label("A2", "natural_person", "zh") == "自然人"
    assert scope_label("A1", "new_received", "en") == load_form("requests", "2021").row("new_received").en
    assert scope_label("B1", "review", "zh") == "行政复议"
    assert scope_label("C2", "normative_documents.in_force", "zh") == "行政规范性文件 · 现行有效件数"
    assert scope_label("F1", "denied.total", "en").startswith("(3) ") and "suit" not in scope_label(
        "F1", "suit.total", "zh"
    )
    assert scope_label("A2", "no_such", "zh") == "no_such"


def test_no_rule_between_reports_is_said_to_be_about_a_key() -> None:
    """What the rules' own data say they are about; a key stays a key only where no form has it."""
    rules = files("archive.crosschecks").joinpath("rules.toml").read_text("utf-8")
    growth = tomllib.loads(files("archive.crosschecks").joinpath("growth.toml").read_text("utf-8"))
    abouts = {q["within"] for q in growth["quantity"] if q["within"]} | {"narrative", "figures", "section.2"}
    abouts |= {cell for rule in tomllib.loads(rules).values() for cell in rule.get("cells", ())}
    assert "administrative_fees.amount_wan_yuan" in abouts and len(abouts) > 12
    for language in ("zh", "en"):
        assert not [a for a in abouts if re.search(r"_|^\w+\.\w+$", within_name("C4", a, language))]
    assert within_name("D1", "section.2", "en") == "section 2" and within_name("E2", "", "zh") == ""


@pytest.mark.parametrize(
    ("code", "details", "zh", "en"),
    [
        (
            "annotated_cell",
            {"cell": "requests/granted/total", "raw": "3（见 total）"},
            "（一）予以公开 · 总计 的数字附有说明：3（见 total）",
            "(1) Granted · Total holds a figure with a remark: 3（见 total）",
        ),
        (
            "sum_fails",
            {"rule": "B1", "scope": "review", "left": 3, "right": 0},
            "行政复议 不满足 B1：3 与 0",
            "B1 fails for Administrative review: 3 against 0",
        ),
        (
            "number_format",
            {"cell": "rules.issued", "raw": "1.5"},
            "规章 · 本年制发件数：1.5 不符合 C3（件数为非负整数，金额至多四位小数）",
            None,
        ),
        (
            "narrative_disagrees",
            {"said": "9", "words": "the total of requests", "table": "review.total = 5"},
            None,
            "the text says 9 (the total of requests), the table Administrative review · Total = 5",
        ),
        (
            "rows_missing",
            {"table": "requests", "found": 1, "expected": 3, "missing": "granted, carried_out"},
            "收到和处理政府信息公开申请情况 只有 3 行中的 1 行；缺：（一）予以公开, 四、结转下年度继续办理",
            None,
        ),
        (
            "unmatched_row",
            {"table": "no_such", "label": "total"},
            "no_such 中有一行的标签不在任何表式内，其数字未采用：total",
            None,
        ),
    ],
)
def test_the_message_of_a_finding_is_told_in_words_and_what_was_printed_stays(
    code: str, details: dict[str, object], zh: str | None, en: str | None
) -> None:
    made = finding(code, **details)
    assert zh is None or finding_in_words(code, made.message_zh, "zh") == zh
    assert en is None or finding_in_words(code, made.message, "en") == en


def test_a_message_of_another_parser_is_shown_as_it_is() -> None:
    assert finding_in_words("sum_fails", "requests/granted/total fails", "en") == "requests/granted/total fails"
    assert finding_in_words("no_such_code", "requests", "zh") == "requests"


def test_every_gap_that_is_filled_with_keys_is_known() -> None:
    """A message of every finding with the keys of a cell in its gaps has none of them left."""
    parsers = tomllib.loads(files("parsers.templates").joinpath("findings.toml").read_text("utf-8"))
    given = {"cell": "requests/carried_in/natural_person", "table": "requests", "row": "carried_in", "column": "natural_person",
             "scope": "carried_in.natural_person", "missing": "carried_in"}  # fmt: skip
    assert given["table"] in FORMS_OF
    for code, entry in parsers.items():
        gaps = {name: given.get(name, "7") for text in (entry["zh"], entry["en"]) for name in PLACE.findall(text)}
        for language, message in (("en", finding(code, **gaps).message), ("zh", finding(code, **gaps).message_zh)):
            told = finding_in_words(code, message, language)
            assert "carried_in" not in told and "natural_person" not in told, (code, told)
