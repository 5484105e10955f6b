"""Which places a reader means who writes a name or a code: 平顶山市, 河南, 平顶山新华区, 洪泽县, 410400.

Guarantees: all places that the words may mean are given, in the order of their codes, each once and under today's code; a name that is
borne today goes before one that was, a name in full before one without its last word (河南); of the latter a province goes before others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from archive.register.places import PlaceName, above, all_codes, current_code, line_of, name_in
from parsers.normalize import comparable

Names = frozenset[str]
_LONGEST = 60
"""More characters than a province, a city and a county have together."""


def places_meant(text: str) -> tuple[str, ...]:
    """Return the codes of the places that `text` names, none where it names none."""
    if len(text) == 6 and text.isascii() and text.isdigit():
        code = current_code(text)
        return (code,) if name_in(code) is not None else ()
    if len(text) > _LONGEST:
        return ()
    wanted = comparable("".join(text.split()))
    for names in (_borne(), _once_borne(), _stems()):
        found = sorted(code for code, own in names.items() if _is_called(code, own, wanted))
        if found:
            provinces = [code for code in found if code.endswith("0000")] if names is _stems() else []
            return tuple(provinces or found)
    return ()


def _is_called(code: str, own: Names, text: str) -> bool:
    """Tell whether `text` is a name of the place, or one with names of places above before it."""
    return any(
        text == name or (text.endswith(name) and any(_is_called(c, _any(c), text[: -len(name)]) for c in above(code)))
        for name in own
    )


def _any(code: str) -> Names:
    return _borne().get(code, frozenset()) | _once_borne().get(code, frozenset()) | _stems().get(code, frozenset())


def _by_code(names: Callable[[PlaceName], Iterable[str]]) -> dict[str, Names]:
    return {
        code: frozenset(name for borne in line_of(code) for name in names(borne))
        for code in dict.fromkeys(map(current_code, all_codes()))
    }


@cache
def _borne() -> dict[str, Names]:
    """Return the names of places in force today, in full and in short."""
    return _by_code(lambda name: name.spellings if name.until is None else ())


@cache
def _once_borne() -> dict[str, Names]:
    return _by_code(lambda name: name.spellings)


@cache
def _stems() -> dict[str, Names]:
    return _by_code(lambda name: (name.stem, comparable(name.stem)))
