"""Manuscripts as files, each made by the program that people make such files with; a missing program is an error.

Chromium prints PDF, LibreOffice writes DOCX, DOC, XLSX and its own PDF, many files in one call; OFD and scans are made
from Chromium's PDF.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.corpus.captures import CAPTURES
from tests.corpus.document import Manuscript
from tests.corpus.drawn import to_ofd, to_scan
from tests.corpus.markup import FLAVOURS, to_html
from tests.corpus.quirks.registry import ANY_FORM, TABLED


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: the families of quirks it can carry, the group it is counted under, the quirks it cannot,
    and the forms it is made of."""

    families: frozenset[str]
    group: str
    without: frozenset[str] = frozenset()
    forms: frozenset[str] = ANY_FORM


# Captures that fill short rows up print a blank at the end where a cell was missing: nothing tells it from a blank cell
_MISSING = frozenset(("cell_missing_in_a_row", "cell_missing_in_review", "cell_missing_in_table_two", "figures_joined"))
_FILLED = {
    "text-markdown": _MISSING,
    "text-pipes": frozenset(("cell_missing_in_table_two",)),
    "text-tabs-wide": frozenset(("cell_missing_in_table_two",)),
}
_HTML, _TEXT, _PAGES = frozenset(("html",)), frozenset(("text",)), frozenset(("pages",))
_DRAWN = _PAGES | {"drawn"}
# A spreadsheet program takes 12/15 for a date and 1,234 or -12 for numbers: what it prints is no longer the quirk
_SHEET = frozenset(("two_figures_in_a_cell", "full_width_minus", "signed_changes", "split_digits"))

FORMATS: dict[str, Format] = {
    **{f"html-{flavour}": Format(_HTML, "HTML") for flavour in FLAVOURS},
    **{name: Format(_TEXT, "text", _FILLED.get(name, frozenset())) for name in CAPTURES if name != "text-glued"},
    # Seen of the forms since 2019 alone; a list's code and two numbers glued together have no sum that could part them
    "text-glued": Format(_TEXT, "glued text", forms=TABLED),
    "pdf-chromium": Format(_DRAWN, "PDF"),
    "pdf-office": Format(_DRAWN, "PDF"),
    "docx": Format(_PAGES, "DOCX"),
    "doc": Format(_PAGES, "DOC"),
    "xlsx": Format(_PAGES, "XLSX", _SHEET),
    "ofd": Format(_DRAWN, "OFD"),
    "scan": Format(_DRAWN, "OCR"),
}

CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# LibreOffice sets Word's own markup wider than the sheet, and a spreadsheet's columns by the widths it finds
_PRINTED = ("clean", "wps")
# (input filter, output filter) of LibreOffice
_OFFICE = {
    "pdf-office": ("HTML (StarWriter)", "pdf:writer_pdf_Export"),
    "docx": ("HTML (StarWriter)", "docx:MS Word 2007 XML"),
    "doc": ("HTML (StarWriter)", "doc:MS Word 97"),
    "xlsx": ("HTML (StarCalc)", "xlsx:Calc MS Excel 2007 XML"),
}


def render(name: str, manuscripts: Sequence[Manuscript], seeds: Sequence[int]) -> list[bytes]:
    """Return the files of `manuscripts` in format `name`; raises RuntimeError where the program for it is missing."""
    if name in CAPTURES:
        return [CAPTURES[name](m).encode() for m in manuscripts]
    if name.startswith("html-"):
        flavour = name.removeprefix("html-")
        return [to_html(m, flavour).encode() for m in manuscripts]
    flavours = [_PRINTED[seed % 2] if name != "xlsx" else "clean" for seed in seeds]
    pages = [to_html(m, flavour) for m, flavour in zip(manuscripts, flavours, strict=True)]
    if name in _OFFICE:
        return convert(pages, *_OFFICE[name])
    printed = print_pages(pages)
    if name == "ofd":
        return [to_ofd(pdf) for pdf in printed]
    if name == "scan":
        return [to_scan(pdf, seed) for pdf, seed in zip(printed, seeds, strict=True)]
    return printed


def print_pages(pages: Sequence[str]) -> list[bytes]:
    """Print pages to PDF with Chromium."""
    program = shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(program).exists():
        raise RuntimeError("chromium is missing: the corpus would be smaller than it says")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM))
        page = browser.new_page(java_script_enabled=False)
        printed = []
        for html in pages:
            page.set_content(html, wait_until="load")
            printed.append(page.pdf(prefer_css_page_size=True))
        browser.close()
    return printed


def convert(pages: Sequence[str], read_as: str, write_as: str) -> list[bytes]:
    """Convert HTML with LibreOffice, all files in one call."""
    program = shutil.which("soffice") or "/usr/bin/soffice"
    if not Path(program).exists():
        raise RuntimeError("soffice is missing: the corpus would be smaller than it says")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = []
        for number, html in enumerate(pages):
            source = folder / f"{number:05d}.html"
            source.write_text(html, encoding="utf-8")
            sources.append(str(source))
        suffix = write_as.partition(":")[0]
        subprocess.run(
            [
                program,
                "--headless",
                "--norestore",
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                f"--infilter={read_as}",
                "--convert-to",
                write_as,
                "--outdir",
                str(folder / "out"),
                *sources,
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60 + 8 * len(pages),
        )
        out = [folder / "out" / f"{number:05d}.{suffix}" for number in range(len(pages))]
        missing = [path.name for path in out if not path.exists()]
        if missing:
            raise RuntimeError(f"soffice made no {', '.join(missing[:5])}")
        return [path.read_bytes() for path in out]
