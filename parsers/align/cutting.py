"""Cuts figures that lost their borders: every way that the writing of numbers and the sums beside them admit, bounded.

Guarantees: no count is written with a leading zero; a sign begins a figure; a unit, a remark in brackets and a blank end
one; a dash or a word is a cell of its own. Where a run of columns adds up, the ways that satisfy its sum are found
without walking through the others; where any is found, only such ways are returned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parsers.normalize import DASHES, NONE_WORDS, comparable
from parsers.templates import Kind

_MOST = 2_000
"""More ways than this are as good as none: nothing will choose among them."""
_STEPS = 250_000
"""Cells tried for one row: seven figures of seven digits need 110,000, a twentieth of a second."""
_LONGEST = 160
_DIGITS = 9
_NUMBER: dict[Kind, re.Pattern[str]] = {
    "count": re.compile(r"[1-9]\d{0,2}(?:,\d{3})+|\d+"),
    "signed": re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)"),
    "yuan": re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"),
    "wan_yuan": re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"),
}
_BEHIND = re.compile(r"(?:万元|亿元|元|件|条|项|个|次|宗|份|人次|人)?(?:\([^()\d][^()]*\))?")
_LEADING_ZERO = re.compile(r"[+-]?0\d")
_NEGATIVE = re.compile(r"-[1-9]\d*")
_WORD = re.compile(r"[^\d\s]+")
_NONE = re.compile("|".join(sorted(NONE_WORDS, key=len, reverse=True)))

Way = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """Columns side by side: how their figures are written, and which is the sum of the others.

    What stands in `foreign` columns is in no sum, and they may be blank; in those of `remarks` no figure stands.
    """

    kinds: tuple[Kind, ...]
    total: int | None = None
    foreign: frozenset[int] = frozenset()
    remarks: frozenset[int] = frozenset()


def counts(columns: int) -> tuple[Kind, ...]:
    """Return the kinds of so many columns of counts."""
    kind: Kind = "count"
    return (kind,) * columns


@dataclass(frozen=True, slots=True)
class Cut:
    """The ways to cut a text, for each run those that a way for the whole text contains; `summed`: all sums hold."""

    ways: tuple[tuple[Way, ...], ...]
    summed: bool


@dataclass(frozen=True, slots=True)
class _Walk:
    """How many columns of a run to walk through, where to stop, and how many cells are to follow."""

    columns: int
    stop: int
    after: int


@dataclass(slots=True)
class Allowance:
    """How many cells may be tried for all rows of a table: no table takes longer than two seconds."""

    left: int = 2_000_000


class _TooMany(Exception):
    """More ways, or more steps to them, than are worth walking."""


def cut_figures(
    text: str, runs: Sequence[Run], *, blanks: bool = False, allowance: Allowance | None = None
) -> Cut | None:
    """Return the ways to cut `text`; None where there are too many, no ways at all where it cannot be cut.

    White space ends figures where that is possible at all. With `blanks` a cell may have nothing printed in it.
    """
    if len(text) > _LONGEST:
        return None
    pieces = re.sub(r"\s+", " ", text.strip())
    texts = [pieces] if " " not in pieces else [pieces, comparable(text)]
    adding = any(run.total is not None for run in runs)
    allowed = allowance or Allowance()
    for summed in (True, False) if adding else (False,):
        for plain in texts:
            cutter = _Cutter(plain, runs, blanks, summed, min(_STEPS, allowed.left))
            try:
                ways = cutter.cut()
            except _TooMany:
                return None
            finally:
                allowed.left -= cutter.steps
            if ways:
                return Cut(ways, summed)
    return Cut(tuple(() for _ in runs), summed=False)


class _Cutter:
    """One search: the text, and how many steps it has taken."""

    def __init__(self, text: str, runs: Sequence[Run], blanks: bool, summed: bool, most: int) -> None:
        self.text, self.runs, self.blanks, self.summed, self.most = text, runs, blanks, summed, most
        self.steps = 0
        self.known: dict[tuple[int, Kind], list[tuple[int, str, int | None]]] = {}

    def cut(self) -> tuple[tuple[Way, ...], ...]:
        """Return for each run its ways within a way for the whole text; () where there is none."""
        found: list[list[tuple[int, int, Way]]] = []
        starts = {0}
        for number, run in enumerate(self.runs):
            after = sum(len(r.kinds) for r in self.runs[number + 1 :])
            ways = [(s, e, w) for s in sorted(starts) for e, w in self._run(run, s, after)]
            found.append(ways)
            starts = {end for _, end, _ in ways}
        ends = {len(self.text)}
        out: list[tuple[Way, ...]] = []
        for ways in reversed(found):
            kept = [w for w in ways if w[1] in ends]
            ends = {start for start, _, _ in kept}
            out.append(tuple(dict.fromkeys(way for _, _, way in kept)))
        return tuple(reversed(out)) if all(out) else ()

    def _run(self, run: Run, start: int, after: int) -> Iterator[tuple[int, Way]]:
        """Yield (end, way) for one run that begins at `start`, while `after` cells are to follow it."""
        for found, choice in enumerate(self._choices(run, start, after), 1):
            if found > _MOST:
                raise _TooMany
            yield choice

    def _choices(self, run: Run, start: int, after: int) -> Iterator[tuple[int, Way]]:
        everything, columns = len(self.text), len(run.kinds)
        total = run.total if self.summed and not after else None
        if total is None or not run.foreign.issuperset(range(total + 1, columns)):
            yield from self._walk(run, _Walk(columns, everything, after), start, 0, 0, None)
            return
        for at in range(start, everything):  # no part is behind the sum: begin with it, there is less to walk through
            for end, cell, number in self._cells(at, run.kinds[total], blank=False):
                if number is None or not cell:
                    continue
                tails = [
                    t
                    for e, t in self._walk(run, _Walk(columns, everything, 0), end, total + 1, 0, 0)
                    if e == everything
                ]
                if not tails:
                    continue
                for stop, way in self._walk(run, _Walk(total, at, 0), start, 0, 0, number):
                    if stop == at:
                        yield from ((everything, (*way, cell, *tail)) for tail in tails)

    def _walk(
        self, run: Run, walk: _Walk, at: int, index: int, parts: int, total: int | None
    ) -> Iterator[tuple[int, Way]]:
        """Yield (end, cells) from column `index` on; `parts` is the sum so far, `total` the sum where it is known."""
        adding = self.summed and run.total is not None
        left, rest = walk.columns - index, walk.stop - at
        if not left:
            if not adding or parts == total:
                yield at, ()
            return
        foreign = sum(index <= i < walk.columns for i in run.foreign)
        if not self.blanks and rest < left - foreign + walk.after:
            return
        exact = (
            adding
            and not walk.after
            and not foreign
            and (run.total is None or run.total < index or run.total >= walk.columns)
        )
        if exact and total is not None and self._hopeless(at, walk.stop, left, total - parts):
            return
        for end, cell, number in self._cells(at, run.kinds[index], blank=self.blanks or index in run.foreign):
            self.steps += 1
            if self.steps > self.most:
                raise _TooMany
            now, known = parts, total
            if end > walk.stop or (index in run.remarks and number is not None and cell):
                continue
            if adding and index not in run.foreign:
                if number is None:
                    continue
                if index == run.total:
                    if not cell or number < parts:
                        continue
                    known = number
                else:
                    now = parts + number
                    if known is not None and now > known:
                        continue
            for stopped, tail in self._walk(run, walk, end, index + 1, now, known):
                yield stopped, (cell, *tail)

    def _hopeless(self, at: int, stop: int, left: int, wanted: int) -> bool:
        """Tell whether the digits up to `stop` are too many or too few for `left` figures that make `wanted`."""
        rest = stop - at
        if not self.text[at:stop].isdigit():
            return False
        if rest > left * len(str(wanted)):
            return True
        if self.blanks:
            return bool(wanted >= 10**rest)
        if left == 1:
            return int(self.text[at:stop]) != wanted
        # one of them has at least so many digits, and none has more than the others leave it
        least = -(-rest // left)
        return bool(wanted >= left * 10 ** (rest - left + 1) or (least > 1 and wanted < 10 ** (least - 1)))

    def _cells(self, at: int, kind: Kind, *, blank: bool) -> list[tuple[int, str, int | None]]:
        """Return (end, text, number) for each cell that may stand here; a dash and a blank add nothing, a word no number."""
        known = self.known.get((at, kind))
        if known is None:
            known = self.known[at, kind] = list(self._read(at, kind))
        return [(at, "", 0), *known] if blank else known

    def _read(self, at: int, kind: Kind) -> Iterator[tuple[int, str, int | None]]:
        text = self.text
        if at >= len(text):
            return
        number = _NUMBER[kind].match(text, at)
        if number:
            yield from self._numbers(at, number, kind)
        negative = _NEGATIVE.match(text, at) if kind == "count" and not self.summed else None
        if negative:  # no figure of the form, and so no number
            yield from ((e, c, None) for e, c, _ in self._numbers(at, negative, "signed"))
        if text[at] in DASHES:
            for length in (1, 2):
                if text[at : at + length] == text[at] * length:
                    yield self._skip(at + length), text[at : at + length], 0
            return
        if number or text[at].isdigit():
            return
        none = _NONE.match(text, at)
        word = none or _WORD.match(text, at)
        if word:
            yield self._skip(word.end()), word[0], 0 if none else None

    def _numbers(self, at: int, match: re.Match[str], kind: Kind) -> Iterator[tuple[int, str, int | None]]:
        """Yield the beginnings of a match that are numbers, each with the unit and the remark behind it."""
        text, whole = self.text, match[0]
        for length in range(1, len(whole) + 1):
            part, end = whole[:length], at + length
            if _LEADING_ZERO.match(part) or length > _DIGITS + 4:
                break
            if not _NUMBER[kind].fullmatch(part) or text[end : end + 1] in (".", ","):
                continue
            behind = _BEHIND.match(text, end)
            end = behind.end() if behind else end
            plain = part.replace(",", "")
            yield self._skip(end), text[at:end], int(plain) if plain.isdigit() else None

    def _skip(self, at: int) -> int:
        """Return the place behind a blank."""
        return at + 1 if self.text[at : at + 1] == " " else at
