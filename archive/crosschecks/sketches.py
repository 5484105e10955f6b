"""Finds narratives that may be like one another among all there are, by sketches (MinHash) that are kept.

Guarantees: a sketch is made once for a reading; what is found here is a candidate and nothing more, to be compared exactly; whether
two readings are candidates of each other depends on these two alone.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from archive.crosschecks.narrative import Narrative
from archive.store import digest

if TYPE_CHECKING:
    from datasketch import LeanMinHash

_PERMUTATIONS = 128
_SHINGLE = 5
_METHOD = f"minhash/affine32/{_PERMUTATIONS}/{_SHINGLE}/1"
"""Names how a sketch was made, with a hash of the names taken away: one made otherwise is made again. The last number is
narrative.toml's: whoever changes that file changes it."""


def shingles(narrative: Narrative) -> set[bytes]:
    """Return the runs of five characters of a narrative, sentence by sentence."""
    return {
        sentence[i : i + _SHINGLE].encode()
        for sentence in narrative.sentences
        for i in range(max(1, len(sentence) - _SHINGLE + 1))
    }


class Candidates:
    """Which readings may be like one, of those given with the names taken away from each; `load` returns a narrative."""

    def __init__(
        self,
        db: sqlite3.Connection,
        readings: Mapping[str, tuple[str, ...]],
        load: Callable[[str], Narrative],
        *,
        above: float,
    ) -> None:
        self._sketches: dict[str, LeanMinHash] = {}
        if not readings:
            return
        import numpy
        from datasketch import MinHashLSH  # a second to import (scipy): not for every command

        sketches = _sketches(db, readings, load)
        self._readings = list(sketches)
        self._places = {reading: place for place, reading in enumerate(self._readings)}
        self._sketches = sketches
        self._numpy: Any = numpy
        self._values: Any = numpy.stack([sketch.hashvalues for sketch in sketches.values()]) if sketches else None
        self._above = above
        self._index = MinHashLSH(threshold=above, num_perm=_PERMUTATIONS, weights=(0.2, 0.8))
        with self._index.insertion_session() as session:
            for reading, sketch in sketches.items():
                session.insert(self._places[reading], sketch, check_duplication=False)

    def of(self, reading: str) -> list[tuple[str, float]]:
        """Return the readings that may be like one with how like their sketches are (Jaccard), the likest first."""
        own = self._sketches.get(reading)
        if own is None:
            return []
        places = self._numpy.array(sorted(set(self._index.query(own)) - {self._places[reading]}), dtype=int)
        alike = (self._values[places] == own.hashvalues).mean(axis=1)
        order = self._numpy.lexsort((places, -alike))
        return [(self._readings[places[at]], float(alike[at])) for at in order if alike[at] >= self._above]


def _sketches(
    db: sqlite3.Connection, readings: Mapping[str, tuple[str, ...]], load: Callable[[str], Narrative]
) -> dict[str, LeanMinHash]:
    """Return the sketches of readings, kept ones and new ones; narratives without a sentence have none."""
    from datasketch import LeanMinHash, MinHash

    methods = {names: f"{_METHOD}/{digest(*names)}" for names in set(readings.values())}
    known = {
        (reading, method): LeanMinHash.deserialize(sketch) if shingled else None
        for reading, method, shingled, sketch in db.execute("SELECT * FROM narrative_sketch")
    }
    made = []
    empty = MinHash(_PERMUTATIONS, hashfunc=zlib.crc32, scheme="affine32")
    for reading, names in readings.items():
        if (reading, methods[names]) in known:
            continue
        pieces = shingles(load(reading))
        sketch = empty.copy()
        sketch.update_batch(sorted(pieces))
        lean = LeanMinHash(sketch)
        data = bytearray(lean.bytesize())
        lean.serialize(data)
        made.append((reading, methods[names], len(pieces), bytes(data)))
        known[reading, methods[names]] = lean if pieces else None
    db.executemany("INSERT OR REPLACE INTO narrative_sketch VALUES (?, ?, ?, ?)", made)
    found = ((reading, known[reading, methods[names]]) for reading, names in readings.items())
    return {reading: sketch for reading, sketch in found if sketch is not None}
