"""Scores what a reader says of documents whose figures are known, and says where it falls short of what is wanted.

The reader is handed in as a callable from bytes to the JSON object of `gongkai parse`. A wrong figure, a wrong state or a
cell that the document does not have, offered as verified or stated, is silent: the worst there is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from tests.corpus.document import Key, Truth
from tests.corpus.make import Sample
from tests.corpus.quirks import QUIRKS
from tests.corpus.renderers import FORMATS
from tests.corpus.sums import contested

Read = Callable[[bytes], dict[str, Any]]
SURE = ("verified", "stated")
# Neither right nor wrong: the form has no such column, a reader may keep it under this name (domain.md 1a)
_TOLERATED = "legal_person_subtotal"


@dataclass(frozen=True, slots=True)
class Miss:
    """A cell that was read otherwise than it stands."""

    sample: Sample
    key: Key
    truth: Truth | None
    read: Mapping[str, Any] | None

    def __str__(self) -> str:
        said = "absent" if self.truth is None else f"{self.truth.state} {self.truth.value}"
        got = "absent" if self.read is None else f"{self.read['state']} {self.read['value']} ({self.read['trust']})"
        recipe = self.sample.recipe
        return f"{recipe.format} {recipe.form} {'+'.join(recipe.quirks)} #{recipe.seed}: {'/'.join(self.key)}: {said} read as {got}"


@dataclass(slots=True, repr=False)
class Tally:
    """Counts of cells: silent, wrong but marked, right and sure, right but marked; and of documents."""

    documents: int = 0
    unread: int = 0
    silent: int = 0
    wrong_marked: int = 0
    right_sure: int = 0
    right_marked: int = 0
    intact: int = 0
    intact_right: int = 0
    intact_sure: int = 0
    rightly_disputed: int = 0
    falsely_disputed: int = 0
    identity: Counter[str] = field(default_factory=Counter)
    states: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def cells(self) -> int:
        """Return how many cells were compared."""
        return self.silent + self.wrong_marked + self.right_sure + self.right_marked

    @property
    def right(self) -> float:
        """Return the share of cells read right."""
        return (self.right_sure + self.right_marked) / self.cells if self.cells else 0.0

    @property
    def right_intact(self) -> float:
        """Return the share of cells read right in documents whose quirks took nothing away."""
        return self.intact_right / self.intact if self.intact else 1.0

    @property
    def sure(self) -> float:
        """Return the share of right cells that were offered as sure, where the quirk took nothing away.

        Cells in a sum that does not hold as printed are left out: to be sure of them would be the fault.
        """
        assured = self.intact_right - self.rightly_disputed
        return self.intact_sure / assured if assured else 1.0

    @property
    def bound(self) -> float:
        """Return the upper bound (95 %) of the silent share when none was seen: the rule of three."""
        return 3 / self.cells if self.cells else 1.0


@dataclass(slots=True, repr=False)
class Result:
    """Tallies by group of formats, by quirk, by format; and every cell that was read wrong."""

    groups: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    quirks: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    formats: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    silent: list[Miss] = field(default_factory=list)
    marked: list[Miss] = field(default_factory=list)
    disputed: list[Miss] = field(default_factory=list)


def _same(truth: Truth, read: Mapping[str, Any]) -> bool:
    if truth.state != read["state"]:
        return False
    if truth.state != "value":
        return True
    if isinstance(truth.value, int):
        return type(read["value"]) is int and read["value"] == truth.value
    try:
        return Decimal(str(read["value"])) == Decimal(str(truth.value))
    except InvalidOperation:
        return False


def score(samples: Iterable[Sample], read: Read) -> Result:
    """Read every sample and count."""
    result = Result()
    for sample in samples:
        said = read(sample.body)
        tallies = [
            result.groups[FORMATS[sample.recipe.format].group],
            result.formats[sample.recipe.format],
            *(result.quirks[name] for name in sample.recipe.quirks),
        ]
        for tally in tallies:
            tally.documents += 1
            tally.unread += said["verdict"] != "report"
        _score_identity(sample, said, tallies)
        _score_cells(sample, said, tallies, result)
    return result


def _score_identity(sample: Sample, said: Mapping[str, Any], tallies: list[Tally]) -> None:
    truth = sample.manuscript
    region = said["region"] or {}
    right = {
        "title": said["title"] == truth.title,
        "issuer": said["issuer"] == truth.issuer,
        "year": said["report_year"] == truth.year,
        "place": region.get("code") == truth.place,
        "script": said["script"] == truth.script,
    }
    for tally in tallies:
        tally.identity.update(name for name, good in right.items() if good)


def _score_cells(sample: Sample, said: Mapping[str, Any], tallies: list[Tally], result: Result) -> None:
    truth = sample.manuscript.truth
    read = {(c["table"], c["row"], c["column"]): c for c in said["cells"]}
    quirks = [QUIRKS[name] for name in sample.recipe.quirks]
    intact = not any(q.destroys for q in quirks)
    in_doubt = contested(truth, sample.recipe.form)
    for key in sorted(truth.keys() | read.keys() | sample.manuscript.absent):
        true, got = truth.get(key), read.get(key)
        pair = (true.state if true else "absent", got["state"] if got else "absent")
        for tally in tallies:
            tally.states[pair] += 1
        if (true is None and got is None) or key[2] == _TOLERATED:
            continue
        sure = got is not None and got["trust"] in SURE
        right = true is not None and got is not None and _same(true, got)
        disputed = got is not None and got["trust"] == "disputed"
        falsely = disputed and intact and key not in in_doubt
        miss = Miss(sample, key, true, got)
        if falsely:
            result.disputed.append(miss)
        if not right:
            (result.silent if sure else result.marked).append(miss)
        for tally in tallies:
            tally.silent += sure and not right
            tally.wrong_marked += not sure and not right
            tally.right_sure += sure and right
            tally.right_marked += right and not sure
            tally.intact += intact
            tally.intact_right += right and intact
            tally.intact_sure += right and sure and intact
            tally.rightly_disputed += right and disputed and intact and not falsely
            tally.falsely_disputed += falsely


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a group of formats must reach: share of cells read right, share of right cells that are sure."""

    right: float
    sure: float


def shortfalls(result: Result, wanted: Mapping[str, Wanted]) -> list[str]:
    """Return in words all that is not as it should be: silent cells, false disputes, rates below the wanted ones."""
    out = [f"silent: {miss}" for miss in result.silent]
    out += [f"disputed, though its sums hold: {miss}" for miss in result.disputed]
    for group, tally in result.groups.items():
        if group not in wanted:
            continue
        if tally.right_intact < wanted[group].right:
            out.append(f"{group}: {tally.right_intact:.4%} of cells read right, {wanted[group].right:.2%} wanted")
        if tally.sure < wanted[group].sure:
            out.append(f"{group}: {tally.sure:.4%} of right cells sure, {wanted[group].sure:.2%} wanted")
    return out


# -- tables ----------------------------------------------------------------------------------------

_STATES = ("value", "blank", "dash", "text", "undecidable", "absent")


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return [*lines, *("| " + " | ".join(str(c) for c in row) + " |" for row in rows)]


def to_markdown(result: Result) -> str:
    """Return the tables that the docs keep: by format, identity, by quirk, and states confused."""
    formats = [
        (
            name,
            t.documents,
            t.cells,
            t.silent,
            f"{t.bound:.1e}" if not t.silent else "-",
            t.wrong_marked,
            t.right_sure,
            t.right_marked,
            t.rightly_disputed,
            f"{t.right:.3%}",
            f"{t.right_intact:.3%}",
            f"{t.sure:.3%}",
            t.falsely_disputed,
        )
        for name, t in sorted(result.groups.items())
    ]
    names = ("title", "issuer", "year", "place", "script")
    identity = [
        (name, t.documents, *(f"{t.identity[n] / t.documents:.1%}" for n in names), t.unread)
        for name, t in sorted(result.groups.items())
    ]
    quirks = [
        (name, "yes" if QUIRKS[name].destroys else "", t.documents, t.silent, f"{t.right:.2%}", f"{t.sure:.2%}")
        for name, t in sorted(result.quirks.items())
    ]
    confusion = [
        (name, state, *(t.states[state, got] for got in _STATES))
        for name, t in sorted(result.groups.items())
        for state in _STATES
        if any(t.states[state, got] for got in _STATES)
    ]
    head = (
        "format",
        "documents",
        "cells",
        "silent",
        "bound 3/n",
        "wrong, marked",
        "right, sure",
        "right, marked",
        "of these rightly disputed",
    )
    return "\n".join(
        [
            "## By format",
            "",
            *_table(
                (*head, "read right", "read right, nothing destroyed", "sure of right", "falsely disputed"), formats
            ),
            "",
            "## Identity",
            "",
            *_table(("format", "documents", *names, "not read as a report"), identity),
            "",
            "## By quirk",
            "",
            *_table(("quirk", "destroys", "documents", "silent", "read right", "sure of right"), quirks),
            "",
            "## States: what stands there (left) and what was read",
            "",
            *_table(("format", "printed", *_STATES), confusion),
            "",
        ]
    )
