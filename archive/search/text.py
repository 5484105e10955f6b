"""Text as it is searched: folded character by character into tokens, the same for the index, queries and snippets.

Guarantees: folding keeps every character's place, so what is found is shown as printed; a stretch of ideographs is found
wherever it stands, and never across punctuation, a line's end or from one field into the next; digits and Latin letters are
found as whole words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from parsers.normalize import to_simplified

Tokens = tuple[str, ...]

STOP = "\ue000"
"""A private-use character: FTS5's unicode61 takes it for a token (category Co), and no folded text holds it."""

# 〇 and 々 are written like ideographs; ① (一) ㈠ stand for themselves: joined to a figure they would change it
_SINGLE = (
    "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\u2460-\u24ff\u2776-\u2793\u3220-\u32b0"
)
_BLANKS = r" \t\u00a0\u3000"
_MARKS = rf"(?:[^\w{_BLANKS}]|_)+"
_LETTER = rf"[^\W_{_SINGLE}]"
_IDEOGRAPH = re.compile(f"[{_SINGLE}]")
_BREAK = re.compile(_MARKS)
_BLANK = re.compile(f"[{_BLANKS}]")
_TOKEN = re.compile(f"([{_SINGLE}])|({_LETTER}+)|({_MARKS})")

# characters that OpenCC turns by the word they stand in alone (答覆, 瞭解, 藉由): a query that cuts the word does not tell
_BY_WORD = {ord(one): other for one, other in {"覆": "复", "瞭": "了", "藉": "借"}.items()}


@cache
def _table() -> dict[int, str]:
    """Map each character to the one it is searched as: Simplified, half width, lower case."""
    blocks = (range(0x3400, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x2A6E0))
    characters = [chr(code) for block in blocks for code in block]
    simple = to_simplified("\n".join(characters)).split("\n")
    table = {ord(one): other for one, other in zip(characters, simple, strict=True) if one != other}
    table |= {code: chr(code - 0xFEE0).lower() for code in range(0xFF01, 0xFF5F)}
    return table | {code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}


class _Apart(dict[int, str]):
    """What each character becomes where ideographs stand apart; str.translate asks for those there are."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        self[code] = f" {character} " if _IDEOGRAPH.match(character) else character
        return self[code]


_APART = _Apart()


def fold(text: str) -> str:
    """Return `text` as it is searched; its length stays."""
    simple = to_simplified(text)
    return (simple if len(simple) == len(text) else text).translate(_table())


def index_text(*fields: str | None) -> str:
    """Return fields as the index holds them: tokens between blanks, a stop wherever no phrase may run on."""
    text = _BLANK.sub(" ", fold("\n".join(field for field in fields if field)))
    return _BREAK.sub(f" {STOP} ", text).translate(_APART)


def phrase_tokens(text: str) -> tuple[Tokens, ...]:
    """Return the tokens that stand for `text` in a query, stops at its ends left out; several where it may be read in more ways.

    A word is turned into Simplified whole, as texts are, and character by character, for it may be a part of a word.
    """
    ways = [fold(text), text.translate(_table())]
    if len(text.strip()) > 1:
        ways.append(text.translate(_BY_WORD).translate(_table()))
    return tuple(dict.fromkeys(tokens for way in ways if (tokens := _trimmed(way))))


def _trimmed(text: str) -> Tokens:
    tokens = [STOP if match[3] else match[0] for match in _TOKEN.finditer(text)]
    while tokens and tokens[0] == STOP:
        tokens.pop(0)
    while tokens and tokens[-1] == STOP:
        tokens.pop()
    return tuple(tokens)


Wanted = Sequence[tuple[Tokens, bool]]
"""What is looked for in a text: phrases, and whether the last token of each is the beginning of a word."""


@lru_cache
def _pattern(phrase: Tokens, is_prefix: bool) -> re.Pattern[str]:
    """Return what finds a phrase in folded text, as the index does."""
    parts = []
    for token in phrase:
        if token == STOP:
            parts.append(_MARKS)
        elif _IDEOGRAPH.match(token):
            parts.append(token)
        else:
            parts.append(rf"(?<!{_LETTER}){re.escape(token)}(?!{_LETTER})")
    if is_prefix and parts[-1].endswith(")"):
        parts[-1] = parts[-1].removesuffix(rf"(?!{_LETTER})") + rf"{_LETTER}*"
    return re.compile(f"[{_BLANKS}]*".join(parts))


def occurrences(text: str, wanted: Wanted) -> list[tuple[int, int]]:
    """Return the (start, end) of each place in `text` where one of the phrases stands, in order."""
    folded = fold(text)
    return sorted(match.span() for phrase in wanted for match in _pattern(*phrase).finditer(folded))


def snippet(texts: Iterable[str], wanted: Wanted, around: int = 30) -> str:
    """Return the text around the first phrase found, white space folded; where none is, the beginning of the first text."""
    opening = ""
    for text in texts:
        plain = " ".join(text.split("\n")).strip()
        opening = opening or plain
        for start, end in occurrences(text, wanted)[:1]:
            before, after = (" ".join(part.split()) for part in (text[:start], text[end:]))
            middle = " ".join(text[start:end].split())
            left = ("…" if len(before) > around else "") + before[-around:] if before else ""
            right = after[:around] + ("…" if len(after) > around else "")
            return left + middle + right
    return " ".join(opening.split())[: 2 * around]


def pieces(text: str, wanted: Wanted) -> tuple[tuple[str, bool], ...]:
    """Cut `text` at what is looked for: (piece, whether it is found)."""
    marked = [False] * len(text)
    for start, end in occurrences(text, wanted):
        marked[start:end] = [True] * (end - start)
    cut: list[tuple[str, bool]] = []
    for character, hit in zip(text, marked, strict=True):
        if cut and cut[-1][1] == hit:
            cut[-1] = (cut[-1][0] + character, hit)
        else:
            cut.append((character, hit))
    return tuple(cut)
