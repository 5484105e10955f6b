"""The same report as a file: one writer for each format, in nothing but Python.

Every writer prints a manuscript, so that a file has the figures, the spans and the quirks of the page. Left out are
binary DOC and scans: they need programs (LibreOffice, a renderer with fonts) that the demo's machine may not have.
Files are deterministic: the same manuscript gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from crawler.samples.formats.archived import write_zip
from crawler.samples.formats.docx import write_docx
from crawler.samples.formats.mhtml import write_mhtml
from crawler.samples.formats.ofd import write_ofd
from crawler.samples.formats.pdf import write_pdf
from crawler.samples.formats.xlsx import write_xlsx
from crawler.samples.manuscript import Manuscript


@dataclass(frozen=True, slots=True)
class FileFormat:
    """How files of a format are named, announced and written."""

    suffix: str
    content_type: str
    write: Callable[[Manuscript], bytes]


_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
FORMATS: Final[dict[str, FileFormat]] = {
    "docx": FileFormat(".docx", f"{_OFFICE}.wordprocessingml.document", write_docx),
    "xlsx": FileFormat(".xlsx", f"{_OFFICE}.spreadsheetml.sheet", write_xlsx),
    "pdf": FileFormat(".pdf", "application/pdf", write_pdf),
    "ofd": FileFormat(".ofd", "application/ofd", write_ofd),
    "mhtml": FileFormat(".mht", "multipart/related", write_mhtml),
    "zip": FileFormat(".zip", "application/zip", write_zip),
}
