"""How long the whole reading of a file takes, against other tools on the same bytes in the same run.

Medians of at least nine, CPU and children's time included where a tool starts a program. The HTML page is a Word-pasted sample
report of 190 KB; the PDF is that page printed by Chromium; the DOC is made from it by LibreOffice. Run by `make bench`.
"""

from __future__ import annotations

import io
import logging
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
import trafilatura

from parsers import read_report
from tests.benchmarks.page import word_pasted_page

ROUNDS = 9
CHROMIUM = "/usr/bin/chromium"


def median_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median time of a call in milliseconds, after one to warm up."""
    work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


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


def row(name: str, taken: float, ours: float) -> None:
    """Print one line of the table."""
    print(f"| {name} | {taken:.1f} | {ours / taken:.2f} x | {taken / ours:.1f} x |")


def main() -> None:
    """Print the tables."""
    warnings.simplefilter("ignore")
    logging.disable(logging.ERROR)
    page = word_pasted_page()
    text = page.decode("utf-8", "replace")
    head = "| what | ms | ours / theirs | theirs / ours |\n| --- | --- | --- | --- |"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"HTML, {len(page) / 1000:.0f} KB, {len(read_report(page).cells)} cells\n\n{head}")
        ours = median_ms(lambda: read_report(page))
        row("read_report", ours, ours)
        row("trafilatura.extract", median_ms(lambda: trafilatura.extract(text)), ours)
        row("pandas.read_html", median_ms(lambda: pandas.read_html(io.StringIO(text))), ours)
        row(
            "lxml parse alone",
            median_ms(lambda: lxml.etree.HTML(page, lxml.etree.HTMLParser(encoding="utf-8", huge_tree=True))),
            ours,
        )

        pdf = printed(page, folder)
        print(f"\nPDF, {len(pdf) / 1000:.0f} KB, {len(read_report(pdf).cells)} cells\n\n{head}")
        ours = median_ms(lambda: read_report(pdf))
        row("read_report", ours, ours)
        row("pdfplumber extract_tables", median_ms(lambda: plumbed(pdf)), ours)

        source = folder / "page.html"
        source.write_bytes(page)
        doc = convert(source, "doc:MS Word 97", folder)
        body = doc.read_bytes()
        print(f"\nDOC, {len(body) / 1000:.0f} KB, {len(read_report(body).cells)} cells\n\n{head}")
        ours = median_ms(lambda: read_report(body))
        row("read_report", ours, ours)
        row("LibreOffice to docx", median_ms(lambda: convert(doc, "docx", folder)), ours)


if __name__ == "__main__":
    main()
