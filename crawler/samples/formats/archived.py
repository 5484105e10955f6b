"""ZIP: the report as a DOCX, packed for the download with its own name."""

from __future__ import annotations

from crawler.samples.formats.docx import write_docx
from crawler.samples.formats.package import package
from crawler.samples.manuscript import Manuscript


def write_zip(manuscript: Manuscript) -> bytes:
    """Write a ZIP that holds the report as a DOCX."""
    return package({f"{''.join(manuscript.title)}.docx": write_docx(manuscript)})
