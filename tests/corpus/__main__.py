"""`python -m tests.corpus`: make a corpus, read it, print the tables, and keep them in docs/accuracy.md."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from parsers import read_report
from tests.corpus.make import Recipe, draw_recipes, make
from tests.corpus.plan import DOCUMENTS, DOUBLED, WANTED, full
from tests.corpus.score import score, shortfalls, to_markdown

ROOT = Path(__file__).resolve().parent.parent.parent
_ABOUT = """# Accuracy

What the reader makes of reports whose every figure is known. `tests/corpus/` makes them from the official forms and from
what is seen in real reports; it shares no code and no data with the reader. `make accuracy` writes this page again.

*Silent*: a wrong figure, a wrong state, or a cell that the document does not have, offered as `verified` or `stated`.
*Wrong, marked*: read wrong, and said so (inferred, disputed, undecidable, or left out). *Destroys*: the quirk takes
information away, so that nobody could be sure; such documents do not count for the share of sure cells.
"""


def _read(body: bytes) -> dict[str, Any]:
    return read_report(body).to_json()


def _commit() -> str:
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    dirty = subprocess.run(
        ["git", "status", "--porcelain", "parsers"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return found.stdout.strip() + (" with changes in parsers/" if dirty.stdout.strip() else "")


def main() -> int:
    """Run the gate on a large corpus; returns 1 where anything falls short."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "accuracy.md")
    parser.add_argument(
        "--show", nargs=4, metavar=("FORMAT", "FORM", "QUIRKS", "SEED"), help="write one document to standard output"
    )
    arguments = parser.parse_args()
    if arguments.show:
        name, form, quirks, seed = arguments.show
        sys.stdout.buffer.write(make([Recipe(name, form, tuple(quirks.split("+")), int(seed))])[0].body)
        return 0
    recipes = draw_recipes(full(arguments.documents), arguments.seed, doubled=DOUBLED)
    result = score(make(recipes), _read)
    short = shortfalls(result, WANTED)
    silent = Counter("+".join(miss.sample.recipe.quirks) for miss in result.silent)
    examples = {"+".join(miss.sample.recipe.quirks): str(miss) for miss in result.silent}
    lines = [line for line in short if not line.startswith(("silent: ", "disputed, "))]
    lines += [f"{count} silent, the last: {examples[quirks]}" for quirks, count in silent.most_common(60)]
    listed = "\n".join(f"- {line}" for line in lines) or "Nothing."
    text = "\n".join(
        [
            _ABOUT,
            f"{len(recipes)} documents, seed {arguments.seed}, commit {_commit()}, "
            f"{sum(t.cells for t in result.groups.values())} cells.",
            "",
            to_markdown(result),
            f"## What falls short ({len(short)})",
            "",
            listed,
            "",
        ]
    )
    print(text)
    arguments.out.write_text(text, encoding="utf-8")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
