"""The words of a release and what its codebook says, from the forms and the tables themselves, in Chinese and English.

Guarantees: every column of every file is explained, because both are made from the same data.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from archive.crosschecks.rules import cross_rules
from parsers.templates import rules


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the codebook: its key, its letter in the twins of the wide table, and what it means in both languages.

    `number` is what stands for it in Stata's files; it never changes its meaning from one release to the next.
    """

    key: str
    letter: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    number: int | None = None


VOCABULARIES = (
    ("state", "单元格状态", "States of a cell"),
    ("trust", "可信等级", "Levels of trust"),
    ("status", "检查结果", "Outcomes of a check"),
    ("rule", "检查规则（一份报告之内）", "Rules within a report"),
    ("cross_rule", "检查规则（年度、机关、文件之间）", "Rules across years, bodies and documents"),
    ("kind", "版本类型", "Kinds of version"),
    ("level", "层级", "Levels of government"),
    ("unit_kind", "机关类型", "Kinds of body"),
    ("scope", "统计范围", "What a report speaks for"),
    ("report_state", "报告现状", "States of a report"),
)
"""Kinds of terms, with what each is called."""


@cache
def terms(kind: str) -> tuple[Term, ...]:
    """Return the terms of a kind of VOCABULARIES."""
    if kind == "rule":
        return tuple(Term(r.id, "", r.zh, r.en, r.about_zh, r.about_en) for r in rules())
    if kind == "cross_rule":
        return tuple(Term(r.id, "", r.zh, r.en, r.about_zh, r.about_en) for r in cross_rules().values())
    return tuple(
        Term(
            key,
            entry.get("letter", ""),
            entry["zh"],
            entry["en"],
            entry["about_zh"],
            entry["about_en"],
            entry.get("number"),
        )
        for key, entry in _data("terms.toml")[kind].items()
    )


@cache
def crosswalk() -> tuple[dict[str, str], ...]:
    """Return what may be compared between generations of the forms (crosswalk.toml)."""
    return tuple(_data("crosswalk.toml")["concept"])


@cache
def about() -> dict[str, Any]:
    """Return what a release says of itself (about.toml)."""
    return _data("about.toml")


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(files("archive.publication").joinpath(name).read_text("utf-8"))
