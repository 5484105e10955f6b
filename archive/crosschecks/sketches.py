"""Finds texts that may be like one another among all there are, by sketches (MinHash) that are kept.

Guarantees: the sketches of a reading, of its whole narrative and of each section that is long enough, are made once and together;
what is found here is a candidate and nothing more, to be compared exactly; whether two texts are candidates of each other depends
on these two alone.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from archive.keys import digest

if TYPE_CHECKING:
    from datasketch import LeanMinHash, MinHash

Piece = tuple[str, str]
"""A text: its reading, and which part of that it is (`narrative`, `section.5`)."""

SketchRow = tuple[str, str, str, int, bytes]
"""A row of `narrative_sketch`: reading, which part of it, how it was made, number of shingles, the sketch."""

_PERMUTATIONS = 128
_SHINGLE = 5
_FACTOR = 0x9E3779B97F4A7C15
_METHOD = f"minhash/affine32/{_PERMUTATIONS}/{_SHINGLE}/2"
"""Names how a sketch was made, with a hash of what else it depends on: one made otherwise is made again. The last number is
narrative.toml's: whoever changes what that file sets aside changes it."""


def shingles(sentences: Sequence[str]) -> set[bytes]:
    """Return the runs of five characters of a text, sentence by sentence."""
    return {
        sentence[i : i + _SHINGLE].encode()
        for sentence in sentences
        for i in range(max(1, len(sentence) - _SHINGLE + 1))
    }


class Candidates:
    """Which texts may be like one, of those given by their sketches: they agree in all `rows` numbers of a band of them (LSH).

    Bands are sorted as a whole: datasketch's own index takes a second for ten thousand sketches, whatever is looked for.
    """

    def __init__(self, sketches: Mapping[Piece, LeanMinHash], *, above: float, rows: int) -> None:
        self._pieces = list(sketches)
        self._places = {piece: place for place, piece in enumerate(self._pieces)}
        self._by_reading: dict[str, list[Piece]] = defaultdict(list)
        for piece in self._pieces:
            self._by_reading[piece[0]].append(piece)
        self._above = above
        if not sketches:
            return
        import numpy

        self._numpy: Any = numpy
        self._values: Any = numpy.stack([sketch.hashvalues for sketch in sketches.values()])
        bands = _PERMUTATIONS // rows
        parts = self._values[:, : bands * rows].reshape(-1, bands, rows).astype(numpy.uint64)
        # two bands that make one key without agreeing only add a candidate
        keys = (parts * numpy.array([_FACTOR**i % 2**64 for i in range(rows)], dtype=numpy.uint64)).sum(axis=2).T
        self._order: Any = keys.argsort(axis=1, kind="stable")
        ranked = numpy.take_along_axis(keys, self._order, axis=1)
        self._from: Any = [row.searchsorted(own, "left") for row, own in zip(ranked, keys, strict=True)]
        self._to: Any = [row.searchsorted(own, "right") for row, own in zip(ranked, keys, strict=True)]

    def of_reading(self, reading: str | None) -> Sequence[Piece]:
        """Return the texts of a reading."""
        return () if reading is None else self._by_reading.get(reading, ())

    def of(self, piece: Piece) -> list[tuple[Piece, float]]:
        """Return the texts that may be like one with how like their sketches are (Jaccard), the likest first."""
        own = self._places.get(piece)
        if own is None:
            return []
        bands = zip(self._order, self._from, self._to, strict=True)
        places = self._numpy.unique(
            self._numpy.concatenate([order[low[own] : high[own]] for order, low, high in bands])
        )
        places = places[places != own]
        alike = (self._values[places] == self._values[own]).mean(axis=1)
        order = self._numpy.lexsort((places, -alike))
        return [(self._pieces[places[at]], float(alike[at])) for at in order if alike[at] >= self._above]


def method_of(depends_on: tuple[str, ...]) -> str:
    """Return how a sketch is made, with what else the text that it is of depends on."""
    return f"{_METHOD}/{digest(*depends_on)}"


def drop_others(db: sqlite3.Connection, methods: Mapping[str, str]) -> list[str]:
    """Drop the sketches of other readings than the given ones, and those made otherwise; return the readings without any."""
    kept = dict(db.execute("SELECT reading_id, min(method) FROM narrative_sketch GROUP BY reading_id").fetchall())
    other = [reading for reading, method in kept.items() if methods.get(reading) != method]
    db.executemany("DELETE FROM narrative_sketch WHERE reading_id = ?", [(reading,) for reading in other])
    return sorted(methods.keys() - (kept.keys() - set(other)))


def sketch(reading: str, method: str, texts: Mapping[str, Sequence[str]]) -> list[SketchRow]:
    """Return the sketches of a reading's texts, each given by its sentences."""
    from datasketch import LeanMinHash

    rows = []
    for within, sentences in texts.items():
        pieces = shingles(sentences)
        made = _empty().copy()
        made.update_batch(sorted(pieces))
        lean = LeanMinHash(made)
        data = bytearray(lean.bytesize())
        lean.serialize(data)
        rows.append((reading, within, method, len(pieces), bytes(data)))
    return rows


@cache
def _empty() -> MinHash:
    from datasketch import MinHash

    return MinHash(_PERMUTATIONS, hashfunc=zlib.crc32, scheme="affine32")


def keep_sketches(db: sqlite3.Connection, rows: Sequence[SketchRow]) -> None:
    """Write down sketches."""
    db.executemany("INSERT INTO narrative_sketch VALUES (?, ?, ?, ?, ?)", rows)


def load_sketches(db: sqlite3.Connection, readings: Iterable[str]) -> dict[Piece, LeanMinHash]:
    """Return the kept sketches in the order of `readings`; texts without a sentence have none."""
    found = {
        (reading, within): sketch
        for reading, within, sketch in db.execute(
            "SELECT reading_id, within, sketch FROM narrative_sketch WHERE shingles > 0"
        )
    }
    if not found:
        return {}
    from datasketch import LeanMinHash

    order = {reading: place for place, reading in enumerate(readings)}
    return {piece: LeanMinHash.deserialize(found[piece]) for piece in sorted(found, key=lambda p: (order[p[0]], p[1]))}
