"""What a line recogniser's probabilities say: the likeliest text, and every figure that is nearly as likely.

Guarantees: a figure is the sum over all ways to spell it, not the one best path; figures come best first, each with its
share of what the frames leave for figures and everything else together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

BLANK = ""
"""The label of a frame without a character."""
_BEAM = 24


@dataclass(frozen=True, slots=True)
class Spelling:
    """A figure that frames may spell and its probability, from 0 to 1."""

    text: str
    probability: float


def figures(frames: Iterable[Mapping[str, float]]) -> list[Spelling]:
    """Return the texts that frames may spell, best first, by prefix search.

    `frames` gives for each frame the probability of each admitted character and of BLANK; what is missing to 1 is the
    probability of a character that is not admitted, and is lost to every text.
    """
    beam: dict[str, tuple[float, float]] = {"": (1.0, 0.0)}  # text -> (ended by a blank, by its last character)
    for frame in frames:
        blank = frame.get(BLANK, 0.0)
        following: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for text, (ended, open_) in beam.items():
            following[text][0] += (ended + open_) * blank
            for character, probability in frame.items():
                if character == BLANK:
                    continue
                if text.endswith(character):
                    following[text][1] += open_ * probability
                    following[text + character][1] += ended * probability
                else:
                    following[text + character][1] += (ended + open_) * probability
        best = sorted(following.items(), key=lambda item: (-sum(item[1]), item[0]))[:_BEAM]
        beam = {text: (ended, open_) for text, (ended, open_) in best}
    spelled = [Spelling(text, ended + open_) for text, (ended, open_) in beam.items()]
    return sorted(spelled, key=lambda s: (-s.probability, s.text))


def doubted(spellings: Sequence[Spelling], read: str, sure: float, faint: float) -> tuple[str, ...]:
    """Return the figures other than `read` that stay admissible, best first; none where `read` is sure.

    `read` is sure where its probability is at least `sure` and no other figure has more than `faint`.
    """
    own = sum(s.probability for s in spellings if s.text == read)
    others = [s for s in spellings if s.text and s.text != read and any(c.isdigit() for c in s.text)]
    rivals = [s.text for s in others if s.probability > faint]
    if own >= sure and not rivals:
        return ()
    return tuple(rivals or [s.text for s in others[:_OFFERED]])[:_OFFERED]


_OFFERED = 6
"""Other readings kept for a cell: arithmetic chooses among few, and a seventh was never the right one."""
