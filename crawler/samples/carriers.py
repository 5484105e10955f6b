"""Reports that stand in a file and not on a page: which format carries them, and how a reader of the list gets there.

Their address is the file's, for that is the document that carries the report.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Carrier:
    """The file's format, and whether the list links a cover letter that attaches it or the bare file."""

    format: str
    letter: bool


CARRIERS: Final[dict[str, Carrier]] = {
    "cover_letter": Carrier("docx", letter=True),
    "cover_letter_ofd": Carrier("ofd", letter=True),
    "cover_letter_zip": Carrier("zip", letter=True),
    "listed_pdf": Carrier("pdf", letter=False),
    "listed_mhtml": Carrier("mhtml", letter=False),
}
"""By the name of the quirk. An MHTML is always linked by the list: portals do not attach saved pages."""


def carrier_of(quirks: Sequence[str]) -> Carrier | None:
    """Return what carries a report with these quirks; None for a report on a page of its own."""
    return next((CARRIERS[name] for name in quirks if name in CARRIERS), None)
