"""What goes wrong in real reports, each by name, as a small change of an abstract report (domain.md 3, portals.md 3).

Each module holds one kind; a document has at most one quirk of a kind, applied in the order of `PARTS`.
"""

from __future__ import annotations

from tests.corpus.quirks import columns, damage, labels, lists, pages, rows, script, states, sums
from tests.corpus.quirks.registry import QUIRKS, Quirk

PARTS: tuple[str, ...] = tuple(
    module.__name__.rpartition(".")[2] for module in (states, sums, lists, labels, rows, columns, pages, damage, script)
)

__all__ = ["PARTS", "QUIRKS", "Quirk"]
