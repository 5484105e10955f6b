"""How many documents of which format, and what is wanted of each group."""

from __future__ import annotations

from tests.corpus.renderers import FORMATS
from tests.corpus.score import Wanted

# What the accuracy gate wants, by group of formats
WANTED: dict[str, Wanted] = {
    "HTML": Wanted(0.999, 0.99),
    "text": Wanted(0.999, 0.99),
    "DOCX": Wanted(0.999, 0.99),
    "XLSX": Wanted(0.999, 0.99),
    "PDF": Wanted(0.995, 0.95),
    "DOC": Wanted(0.995, 0.95),
    "OFD": Wanted(0.995, 0.95),
    "OCR": Wanted(0.97, 0.0),
    "glued text": Wanted(0.95, 0.0),
}

# The full run: every quirk in at least 30 documents, a share of them with a second quirk
DOCUMENTS, DOUBLED, LEAST = 2700, 0.3, 30

# Share of the full run by format; scans are slow to read (seconds a page)
_SHARES: dict[str, float] = {
    "html-clean": 0.1,
    "html-word": 0.12,
    "html-wps": 0.1,
    "text-tabs": 0.08,
    "text-tabs-wide": 0.07,
    "text-cells": 0.07,
    "text-pipes": 0.07,
    "text-markdown": 0.05,
    "text-glued": 0.05,
    "pdf-chromium": 0.07,
    "pdf-office": 0.06,
    "docx": 0.05,
    "doc": 0.05,
    "xlsx": 0.033,
    "ofd": 0.03,
    "scan": 0.007,
}


def full(documents: int) -> list[tuple[str, int]]:
    """Return (format, how many) of the full run."""
    assert _SHARES.keys() == FORMATS.keys()
    return [(name, max(1, round(documents * share))) for name, share in _SHARES.items()]


# The fixed sample
SAMPLE: tuple[tuple[str, int], ...] = (
    ("html-clean", 35),
    ("html-word", 50),
    ("html-wps", 35),
    ("text-tabs", 25),
    ("text-tabs-wide", 18),
    ("text-cells", 18),
    ("text-pipes", 18),
    ("text-markdown", 10),
    ("text-glued", 10),
    ("pdf-chromium", 24),
    ("pdf-office", 16),
    ("docx", 16),
    ("doc", 16),
    ("xlsx", 8),
    ("ofd", 8),
    ("scan", 4),
)
