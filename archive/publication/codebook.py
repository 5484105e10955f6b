"""Writes the codebook and the README of a release from the forms themselves, in Chinese and English.

Guarantees: every column of the wide files is explained, because both are made from the same templates.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from parsers.templates import FORMS, TABLES, Form, load_form, rules


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the codebook: its key, the letter of the trust twin, and what it means in both languages."""

    key: str
    letter: str
    zh: str
    en: str
    about_zh: str
    about_en: str


@cache
def terms(kind: str) -> tuple[Term, ...]:
    """Return the terms of a kind: "state", "trust", "status", "kind" (of versions), "rule", "outcome"."""
    if kind == "rule":
        return tuple(Term(r.id, "", r.zh, r.en, r.about_zh, r.about_en) for r in rules())
    data = tomllib.loads(files("archive.publication").joinpath("terms.toml").read_text("utf-8"))
    return tuple(
        Term(key, entry.get("letter", ""), entry["zh"], entry["en"], entry["about_zh"], entry["about_en"])
        for key, entry in data[kind].items()
    )


def codebook(date: str, notice: str, parser_version: int | None) -> str:
    """Return the codebook of the release of `date` as Markdown."""
    return "\n".join(_codebook(date, notice, parser_version)) + "\n"


def _codebook(date: str, notice: str, parser_version: int | None) -> Iterator[str]:
    yield f"# 编码手册 / Codebook — {date}"
    yield ""
    if notice:
        yield f"**{notice}**"
        yield ""
    yield f"解析器版本 / parser version: {parser_version if parser_version is not None else '—'}"
    yield ""
    yield files("archive.publication").joinpath("codebook.md").read_text("utf-8").rstrip()
    for kind, zh, en in (
        ("state", "单元格状态", "States of a cell"),
        ("trust", "可信等级", "Levels of trust"),
        ("status", "检查结果", "Outcomes of a check"),
        ("rule", "检查规则", "Rules"),
        ("kind", "版本类型", "Kinds of version"),
    ):
        yield ""
        yield f"## {zh} / {en}"
        yield ""
        yield from _terms(kind)
    for table in TABLES:
        for name in FORMS[table]:
            yield ""
            yield from _form(load_form(table, name))


def _terms(kind: str) -> Iterator[str]:
    yield "| key | 字母 letter | 中文 | English |"
    yield "| --- | --- | --- | --- |"
    for term in terms(kind):
        letter = f"`{term.letter}`" if term.letter else ""
        yield f"| `{term.key}` | {letter} | **{term.zh}** {term.about_zh} | **{term.en}**: {term.about_en} |"


def _form(form: Form) -> Iterator[str]:
    yield f"## `{form.table}`, form {form.form}: {form.zh} / {form.en}"
    yield ""
    yield "| column | 列 | English |"
    yield "| --- | --- | --- |"
    for column in form.columns:
        over = f"{column.group} / " if column.group else ""
        yield f"| `{column.key}` | {over}{column.zh} | {column.en} |"
    yield ""
    yield "| row | 行 | English | columns |"
    yield "| --- | --- | --- | --- |"
    groups = {group.key: group for group in form.groups}
    for row in form.rows:
        over_zh = over_en = ""
        if row.group:
            over_zh, over_en = f"{groups[row.group].zh} / ", f"{groups[row.group].en} / "
        elif row.block is not None:
            over_zh = f"{form.blocks[row.block].clause} / "
        columns = "all" if row.block is None else " ".join(f"`{c.key}`" for c in form.columns_of(row))
        yield f"| `{row.key}` | {over_zh}{row.zh} | {over_en}{row.en} | {columns} |"


def readme(date: str, notice: str, names: tuple[str, ...]) -> str:
    """Return the README of the release of `date`, which lists the files `names`."""
    text = files("archive.publication").joinpath("readme.txt").read_text("utf-8")
    described = [line for line in text.splitlines() if not line.startswith("* ") or line[2:].split()[0] in names]
    head = [f"政府信息公开工作年度报告数据 / Annual reports on government information disclosure, {date}", ""]
    return "\n".join([*head, *([notice, ""] if notice else []), *described]) + "\n"
