"""How long the whole reading of a file takes, against other tools on the same bytes in the same run.

Medians of nine, taken in turns. The HTML page is a Word-pasted sample report of 190 KB; the PDF is that page printed by
Chromium; the DOC is made from it by LibreOffice; the scan is a report of the accuracy corpus. Run by `make bench`.
"""

from __future__ import annotations

import io
import logging
import resource
import statistics
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import lxml.etree
import pandas
import pdfplumber
import pypdfium2
import trafilatura

from parsers import read_report
from parsers.align import align
from parsers.checks import grade
from parsers.formats import read_document
from parsers.identity import identify
from parsers.layout import table_rows
from parsers.narrative import check_narrative
from parsers.sections import split_sections
from parsers.settling import settle
from tests.benchmarks.page import word_pasted_page
from tests.corpus.make import Recipe, make

ROUNDS = 9
CHROMIUM = "/usr/bin/chromium"


Work = Callable[[], object]


def medians_ms(works: dict[str, Work], rounds: int = ROUNDS) -> dict[str, tuple[float, float]]:
    """Return each work's median (time, CPU time) in milliseconds; they take turns, so that a busy machine slows all alike."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for turn in range(rounds + 1):
        for name, work in works.items():
            start, spent = time.perf_counter(), _cpu()
            work()
            if turn:  # the first warms up
                times[name].append(((time.perf_counter() - start) * 1000, (_cpu() - spent) * 1000))
    return {
        name: (statistics.median(t for t, _ in all_), statistics.median(c for _, c in all_))
        for name, all_ in times.items()
    }


def _cpu() -> float:
    """Return the seconds of CPU that this process and the programs it started have used."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(u.ru_utime + u.ru_stime for u in used)


def compare(title: str, works: dict[str, Work], rounds: int = ROUNDS) -> None:
    """Print a table; the first of `works` is ours."""
    found = medians_ms(works, rounds)
    ours, cpu = next(iter(found.values()))
    print(
        f"\n{title}\n\n| what | ms | CPU ms | ours / theirs | theirs / ours | in CPU time |\n| --- | --- | --- | --- | --- | --- |"
    )
    for name, (taken, theirs) in found.items():
        print(
            f"| {name} | {taken:.1f} | {theirs:.1f} | {ours / taken:.2f} x | {taken / ours:.1f} x | {cpu / theirs:.2f} x |"
        )


def spent(title: str, body: bytes) -> None:
    """Print what a reading's time is spent on, in parts of the whole."""
    found = medians_ms(stages(body))
    whole = found["whole"][1]
    print(f"\nWhat the time is spent on: {title}\n\n| step | CPU ms | of the whole |\n| --- | --- | --- |")
    for name, (_, cpu) in found.items():
        print(f"| {name} | {cpu:.1f} | {cpu / whole:.0%} |")


def stages(body: bytes) -> dict[str, Work]:
    """Return the steps of a reading, each on what the one before it made."""
    document = read_document(body)
    assert document is not None
    titles = identify(document, {}).title_blocks
    rows, _ = table_rows(document)
    sections = split_sections(document, titles).sections
    cells = read_report(body).cells
    return {
        "whole": lambda: read_report(body),
        "bytes to Document": lambda: read_document(body),
        "identity": lambda: identify(document, {}),
        "sections": lambda: split_sections(document, titles),
        "rows to tables": lambda: table_rows(document),
        "cells and their sums": lambda: [(settle(reading), grade(reading)) for reading in align(rows)],
        "narrative against tables": lambda: check_narrative(sections, cells),
    }


def printed(page: bytes, folder: Path) -> bytes:
    """Return the page as Chromium prints it."""
    source, target = folder / "page.html", folder / "page.pdf"
    source.write_bytes(page)
    subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={target}", source.as_uri()],
        check=True, capture_output=True,
    )  # fmt: skip
    return target.read_bytes()


def convert(source: Path, kind: str, folder: Path) -> Path:
    """Convert a file by LibreOffice."""
    profile = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    subprocess.run(
        ["soffice", "--headless", profile, "--convert-to", kind, "--outdir", str(folder), str(source)],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder / f"{source.stem}.{kind.split(':')[0]}"


def plumbed(pdf: bytes) -> list[object]:
    """Return the tables that pdfplumber finds."""
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return [page.extract_tables() for page in document.pages]


def main() -> None:
    """Print the tables."""
    warnings.simplefilter("ignore")
    logging.disable(logging.ERROR)
    page = word_pasted_page()
    text = page.decode("utf-8", "replace")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        html = lxml.etree.HTMLParser(encoding="utf-8", huge_tree=True)
        compare(
            f"HTML, {len(page) / 1000:.0f} KB, {len(read_report(page).cells)} cells",
            {
                "read_report": lambda: read_report(page),
                "trafilatura.extract": lambda: trafilatura.extract(text),
                "pandas.read_html": lambda: pandas.read_html(io.StringIO(text)),
                "lxml parse alone": lambda: lxml.etree.HTML(page, html),
            },
        )
        spent("HTML", page)
        pdf = printed(page, folder)
        compare(
            f"PDF, {len(pdf) / 1000:.0f} KB, {len(read_report(pdf).cells)} cells",
            {"read_report": lambda: read_report(pdf), "pdfplumber extract_tables": lambda: plumbed(pdf)},
        )
        spent("PDF", pdf)
        source = folder / "page.html"
        source.write_bytes(page)
        doc = convert(source, "doc:MS Word 97", folder)
        body = doc.read_bytes()
        compare(
            f"DOC, {len(body) / 1000:.0f} KB, {len(read_report(body).cells)} cells",
            {"read_report": lambda: read_report(body), "LibreOffice to docx": lambda: convert(doc, "docx", folder)},
        )
    scan = make([Recipe("scan", "2021", (), 1)])[0].body
    pages = len(pypdfium2.PdfDocument(scan))
    taken, cpu = (ms / pages / 1000 for ms in medians_ms({"scan": lambda: read_report(scan)}, 3)["scan"])
    print(f"\nOCR of a scan at 150 dpi: {pages} pages, {taken:.1f} s a page, {cpu:.1f} s of CPU (median of 3)")


if __name__ == "__main__":
    main()
