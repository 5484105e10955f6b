"""The query language: words, "phrases", prefixes, AND, OR, NOT, brackets and filters (docs/search.md).

Guarantees: every character of a query counts or is refused; a query that cannot be understood is an error that says what is
wrong and at which character, never a search for something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from archive.search.text import Tokens, phrase_tokens
from archive.selection import FILTERS, Selection, parse_selection
from parsers.errors import UsageError

LONGEST = 1000
"""Characters of a query; a longer one is no question of a person."""
_DEEPEST = 20
"""Brackets within brackets."""


class QueryError(UsageError):
    """Raised where a query cannot be understood; says what is wrong and where."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that stand side by side; with `is_prefix` the last is the beginning of a word."""

    tokens: Tokens
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A word of SELECT: what the report is, not what it says."""

    selection: Selection


@dataclass(frozen=True, slots=True)
class Not:
    """What must not hold."""

    part: Node


@dataclass(frozen=True, slots=True)
class And:
    """What must hold together; without parts, everything."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Of which one must hold."""

    parts: tuple[Node, ...]


Node = Phrase | Filter | Not | And | Or


@dataclass(frozen=True, slots=True)
class _Lexeme:
    kind: str
    """`(`, `)`, `AND`, `OR`, `NOT`, `phrase`, `word` or `end`."""
    text: str
    at: int
    is_prefix: bool = False


_QUOTES = {'"': '"', "“": "”", "”": "”"}
_OPERATORS = ("AND", "OR", "NOT")
_WORD = re.compile(r"""[^\s"“”()]+""")
_WIDE = {"（": "(", "）": ")"}
_FILTER = re.compile(r"([A-Za-z_]+)[=＝](.*)", re.DOTALL)


def parse_query(query: str) -> Node:
    """Return what `query` asks for; raises QueryError."""
    if len(query) > LONGEST:
        _fail(LONGEST, f"the query is longer than {LONGEST} characters", f"查询超过 {LONGEST} 字")
    return _Parser(_lexemes(query)).whole()


def _fail(at: int, en: str, zh: str) -> NoReturn:
    raise QueryError(f"query, character {at + 1}: {en}", f"查询第 {at + 1} 字：{zh}")


def _lexemes(query: str) -> list[_Lexeme]:
    out: list[_Lexeme] = []
    at = 0
    while at < len(query):
        character = query[at]
        if character.isspace():
            at += 1
        elif character in "()" or character in _WIDE:
            out.append(_Lexeme(_WIDE.get(character, character), character, at))
            at += 1
        elif character in _QUOTES:
            end = next((i for i in range(at + 1, len(query)) if query[i] in (_QUOTES[character], '"')), -1)
            if end < 0:
                _fail(at, "this quotation mark is not closed", "引号没有配对")
            is_prefix = query[end + 1 : end + 2] in ("*", "＊")
            out.append(_Lexeme("phrase", query[at + 1 : end], at, is_prefix))
            at = end + 1 + is_prefix
        elif character == "-" and re.match(r"-[\w\"“(（]", query[at:]):
            out.append(_Lexeme("NOT", "-", at))
            at += 1
        else:
            word = _word(query, at)
            operator = word.upper() if word.upper() in _OPERATORS else "word"
            out.append(_Lexeme(operator, word, at))
            at += len(word)
    out.append(_Lexeme("end", "", len(query)))
    return out


def _word(query: str, at: int) -> str:
    """Return the word at `at`; a wide bracket inside it is text (第二十条第（一）项), one at its edge a bracket."""
    match = _WORD.match(query, at)
    assert match is not None
    word = match[0]
    for operator in _OPERATORS:
        if word[: len(operator)].upper() == operator and word[len(operator) : len(operator) + 1] in _WIDE:
            return word[: len(operator)]
    depth = 0
    for number, character in enumerate(word):
        if character == "（":
            depth += 1
        elif character == "）":
            depth -= 1
            if depth < 0:  # it closes one that was opened before the word
                return word[:number]
    return word


class _Parser:
    """Reads lexemes one by one: or, and, not, then what stands alone."""

    def __init__(self, lexemes: list[_Lexeme]) -> None:
        self._lexemes = lexemes
        self._at = 0
        self._depth = 0

    @property
    def _next(self) -> _Lexeme:
        return self._lexemes[self._at]

    def _take(self) -> _Lexeme:
        lexeme = self._next
        self._at += 1
        return lexeme

    def whole(self) -> Node:
        if self._next.kind == "end":
            return And(())
        node = self._either()
        if self._next.kind == ")":
            _fail(self._next.at, "this bracket was never opened", "括号没有配对")
        return node

    def _either(self) -> Node:
        parts = [self._all()]
        while self._next.kind == "OR":
            self._take()
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self) -> Node:
        parts = [self._one()]
        while self._next.kind not in ("end", ")", "OR"):
            if self._next.kind == "AND":
                self._take()
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _one(self) -> Node:
        lexeme = self._take()
        if lexeme.kind == "NOT":
            return Not(self._one())
        if lexeme.kind == "(":
            return self._bracket(lexeme)
        if lexeme.kind == "word":
            return _read_word(lexeme)
        if lexeme.kind == "phrase":
            return _phrase(lexeme, lexeme.text, lexeme.is_prefix)
        if lexeme.kind == "end":
            _fail(lexeme.at, "a word is missing at the end", "末尾缺少词语")
        _fail(lexeme.at, f"a word is missing before {lexeme.text!r}", f"“{lexeme.text}”之前缺少词语")

    def _bracket(self, opening: _Lexeme) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            _fail(opening.at, f"brackets are nested deeper than {_DEEPEST}", f"括号嵌套超过 {_DEEPEST} 层")
        node = self._either()
        if self._next.kind != ")":
            _fail(
                opening.at,
                "this bracket is not closed (put text that holds brackets in quotation marks)",
                "括号没有配对（含括号的文字请放在引号中）",
            )
        self._take()
        self._depth -= 1
        return node


def _read_word(lexeme: _Lexeme) -> Node:
    text = lexeme.text
    if match := _FILTER.fullmatch(text):
        return _filter(lexeme, match[1].lower(), match[2])
    is_prefix = text.endswith(("*", "＊"))
    return _phrase(lexeme, text[:-1] if is_prefix else text, is_prefix)


def _filter(lexeme: _Lexeme, key: str, value: str) -> Filter:
    if key not in FILTERS:
        _fail(
            lexeme.at,
            f"there is no filter {key!r}: take one of {', '.join(FILTERS)}, or put the text in quotation marks",
            f"没有“{key}”这一筛选：可用 {'、'.join(FILTERS)}；若为文字请放在引号中",
        )
    try:
        return Filter(parse_selection([f"{key}={value}"]))
    except UsageError as error:
        _fail(lexeme.at, error.en, error.zh)


def _phrase(lexeme: _Lexeme, text: str, is_prefix: bool) -> Node:
    ways = phrase_tokens(text)
    if not ways:
        _fail(
            lexeme.at,
            f"{lexeme.text!r} holds neither a character nor a figure to look for",
            f"“{lexeme.text}”中没有可查的文字或数字",
        )
    if lexeme.kind == "word" and ("*" in text or "＊" in text):
        _fail(lexeme.at, "an asterisk stands at the end of a word only", "星号只能放在词尾")
    phrases = tuple(Phrase(tokens, is_prefix) for tokens in ways)
    return phrases[0] if len(phrases) == 1 else Or(phrases)
