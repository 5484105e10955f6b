"""Finds texts that may be like one another among all there are, by sketches (MinHash) that are kept.

Guarantees: the sketches of a reading, of its whole narrative and of each section that is long enough, are made once and together;
what is found here is a candidate and nothing more, to be compared exactly; whether two texts are candidates of each other depends
on these two alone.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from archive.store import digest

if TYPE_CHECKING:
    from datasketch import LeanMinHash

Piece = tuple[str, str]
"""A text: its reading, and which part of that it is (`narrative`, `section.5`)."""

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


def keep_sketches(
    db: sqlite3.Connection,
    readings: Mapping[str, tuple[str, ...]],
    load: Callable[[str], Mapping[str, Sequence[str]]],
) -> dict[Piece, LeanMinHash]:
    """Return the sketches of readings, kept ones and new ones, and drop all others; texts without a sentence have none.

    `readings` are given with what their texts depend on, `load` returns a reading's texts: the narrative first, then its sections.
    """
    methods = {on: f"{_METHOD}/{digest(*on)}" for on in set(readings.values())}
    kept = dict(db.execute("SELECT reading_id, min(method) FROM narrative_sketch GROUP BY reading_id").fetchall())
    other = [
        (reading,)
        for reading, method in kept.items()
        if reading not in readings or method != methods[readings[reading]]
    ]
    db.executemany("DELETE FROM narrative_sketch WHERE reading_id = ?", other)
    if not readings:
        return {}
    from datasketch import LeanMinHash, MinHash

    empty = MinHash(_PERMUTATIONS, hashfunc=zlib.crc32, scheme="affine32")
    made = []
    for reading in sorted(readings.keys() - (kept.keys() - {row[0] for row in other})):
        for within, sentences in load(reading).items():
            pieces = shingles(sentences)
            sketch = empty.copy()
            sketch.update_batch(sorted(pieces))
            lean = LeanMinHash(sketch)
            data = bytearray(lean.bytesize())
            lean.serialize(data)
            made.append((reading, within, methods[readings[reading]], len(pieces), bytes(data)))
    db.executemany("INSERT INTO narrative_sketch VALUES (?, ?, ?, ?, ?)", made)
    found = {
        (reading, within): sketch
        for reading, within, sketch in db.execute(
            "SELECT reading_id, within, sketch FROM narrative_sketch WHERE shingles > 0"
        )
    }
    order = {reading: place for place, reading in enumerate(readings)}
    return {piece: LeanMinHash.deserialize(found[piece]) for piece in sorted(found, key=lambda p: (order[p[0]], p[1]))}
