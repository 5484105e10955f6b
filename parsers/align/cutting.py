"""Cuts digits that lost their borders into figures: every way that the writing of numbers admits, bounded.

No count is written with a leading zero; a sign begins a figure, a blank ends one. Where columns add up, the ways that satisfy the
sum are found without walking through the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from parsers.normalize import comparable
from parsers.templates import Kind

_MOST = 2000
"""More ways than this are as good as none: the row is undecidable."""
_LONGEST = 9
_FORMS: dict[Kind, re.Pattern[str]] = {
    "count": re.compile(r"0|[1-9]\d*"),
    "signed": re.compile(r"[+-]?(?:0|[1-9]\d*)"),
    "yuan": re.compile(r"(?:0|[1-9]\d*)(?:\.\d+)?(?:元|万元)?"),
    "wan_yuan": re.compile(r"(?:0|[1-9]\d*)(?:\.\d+)?(?:元|万元)?"),
}


def cut_figures(text: str, kinds: Sequence[Kind], blocks: Sequence[int] = ()) -> list[tuple[str, ...]]:
    """Return the ways to cut `text` into len(kinds) figures; [] where there is none or where they are too many.

    `blocks` are the sizes of the runs whose last figure is the sum of the others: if any way satisfies all sums, only such
    ways are returned. Blanks end figures where that is possible at all.
    """
    pieces = re.sub(r"\s+", " ", text).strip().split(" ")
    whole = comparable(text)
    for runs in ([comparable(p) for p in pieces], [whole]):
        if blocks:
            summed = _bounded(_summed(runs, blocks))
            if summed:
                return summed
        ways = _bounded(_plain_cuts(runs, tuple(kinds)))
        if ways or len(runs) == 1:
            return ways
    return []


def _bounded(ways: Iterator[tuple[str, ...]]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for way in ways:
        found.append(way)
        if len(found) > _MOST:
            return []
    return found


def _plain_cuts(runs: Sequence[str], kinds: tuple[Kind, ...]) -> Iterator[tuple[str, ...]]:
    """Yield every cut, figures left to right; a run's end ends a figure."""
    if not runs or not kinds:
        if not runs and not kinds:
            yield ()
        return
    run, pattern = runs[0], _FORMS[kinds[0]]
    if len(runs) > len(kinds):
        return
    for length in range(1, len(run) + 1):
        if not pattern.fullmatch(run[:length]):
            continue
        left = run[length:]
        rest = [left, *runs[1:]] if left else runs[1:]
        if len(rest) > len(kinds) - 1 or sum(map(len, rest)) < len(kinds) - 1:
            continue
        for tail in _plain_cuts(rest, kinds[1:]):
            yield (run[:length], *tail)


def _summed(runs: Sequence[str], blocks: Sequence[int]) -> Iterator[tuple[str, ...]]:
    """Yield the cuts in which each block's last figure is the sum of the others."""
    if not blocks:
        if not runs:
            yield ()
        return
    for figures, rest in _block(runs, blocks[0], 0, ()):
        for tail in _summed(rest, blocks[1:]):
            yield figures + tail


def _block(
    runs: Sequence[str], size: int, total: int, done: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Sequence[str]]]:
    """Yield (figures, what is left) for one block; `total` is the sum of the figures `done`."""
    if not runs:
        return
    run = runs[0]
    if len(done) == size - 1:
        wanted = str(total)
        if run.startswith(wanted):
            left = run[len(wanted) :]
            yield (*done, wanted), [left, *runs[1:]] if left else list(runs[1:])
        return
    longest = 1 if run[0] == "0" else min(len(run), _LONGEST)
    for length in range(1, longest + 1):
        part = run[:length]
        if not part.isdigit():
            return
        left = run[length:]
        rest = [left, *runs[1:]] if left else list(runs[1:])
        if sum(map(len, rest)) < size - 1 - len(done):
            return
        yield from _block(rest, size, total + int(part), (*done, part))
