"""`python -m tests.decade`: make a world, put it into an archive, and print what the archive found of what was planted."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.decade.proof import unseen
from tests.decade.run import archived
from tests.decade.score import score_world, summary, to_markdown
from tests.decade.world import make_world

ROOT = Path(__file__).resolve().parent.parent.parent
_ABOUT = """# A simulated decade

What the archive finds in a world whose every event is known: bodies in three levels with their reports of 2012-2025, renamed and merged in
the reforms, in four forms, with figures mistyped and copied, texts reused and pasted, reports changed, withdrawn, dated back and never
published; and beside each event a near miss that must not be reported. `tests/decade/` makes it and knows nothing of the archive's rules;
`make decade` writes this page again. *Unplanted, borne out*: nobody planted it, and a program of its own over the generator's figures
(`tests/decade/proof.py`) shows that it is so: a mistyped figure is wrong in the sums above it, too.
"""


def main() -> int:
    """Run the simulation; returns 1 where anything falls short, or where what was planted cannot be seen in the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.decade", description=__doc__)
    parser.add_argument("--units", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--archive", type=Path, help="keep the archive in this folder; one that is there is scored as it is"
    )
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    world = make_world(arguments.seed, arguments.units)
    invisible = unseen(world)
    for line in invisible:
        print(line, file=sys.stderr)
    with (
        tempfile.TemporaryDirectory() as folder,
        archived(world, arguments.archive or Path(folder), workers=arguments.workers) as archive,
    ):
        scores = score_world(archive, world)
    made = ", ".join(f"{count} {what}" for what, count in summary(world).items())
    text = f"{_ABOUT}\nSeed {arguments.seed}: {made}.\n\n{to_markdown(scores)}"
    print(text)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")
    return 1 if invisible or any(s.falls_short for s in scores) else 0


if __name__ == "__main__":
    sys.exit(main())
