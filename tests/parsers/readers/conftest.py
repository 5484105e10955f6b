"""Sample reports as office documents: LibreOffice writes them from the samples' own HTML, once a session."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from crawler.samples import SampleReport, World
from crawler.samples.markup import article_body
from crawler.samples.report import compose

from .ofd_writer import write_ofd


@dataclass(frozen=True)
class OfficeSamples:
    """Reports with what they look like in each format, by suffix."""

    reports: tuple[SampleReport, ...]
    bodies: Mapping[str, tuple[bytes, ...]]


def page_of(report: SampleReport) -> str:
    """Return a report as a saved page; every cell has its whole border, as a word processor would draw it."""
    body = article_body(compose(report.plan), report.plan.seed).replace("border-left:none;", "")
    title = "" if report.title_printed in body else f"<p>{report.title_printed}</p>"
    return f'<html><head><meta charset="utf-8"></head><body>{title}{body}</body></html>'


def convert(
    sources: Sequence[Path], suffix: str, folder: Path, profile: Path, reader: str | None = None
) -> tuple[bytes, ...]:
    """Convert files with LibreOffice to `suffix`, or `suffix:filter`; a profile of its own lets it run beside others."""
    command = ["soffice", "--headless", f"-env:UserInstallation={profile.as_uri()}"]
    if reader is not None:
        command.append(f"--infilter={reader}")
    command += ["--convert-to", suffix, "--outdir", str(folder), *map(str, sources)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return tuple((folder / f"{source.stem}.{suffix.split(':')[0]}").read_bytes() for source in sources)


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> OfficeSamples:
    """Return a dozen reports of both forms, most with quirks as DOCX, DOC, XLSX, XLS, ODS, PDF and OFD."""
    if os.environ.get("OFFICE") == "0":
        pytest.skip("OFFICE=0 leaves out what needs LibreOffice")
    if shutil.which("soffice") is None:
        pytest.fail("LibreOffice (soffice) is not installed: see packages.txt, or leave it out by OFFICE=0")
    folder = tmp_path_factory.mktemp("office")
    reports = World(seed=5, units=4, years=(2019, 2021, 2022)).reports
    pages = []
    for number, report in enumerate(reports):
        page = folder / f"{number:03}.html"
        page.write_text(page_of(report), encoding="utf-8")
        pages.append(page)
    profile = folder / "profile"
    documents = convert(pages, "docx:MS Word 2007 XML", folder, profile, "HTML (StarWriter)")
    texts = [page.with_suffix(".docx") for page in pages]
    sheets = convert(pages, "xlsx", folder, profile, "calc_HTML_WebQuery")
    books = [page.with_suffix(".xlsx") for page in pages]
    pdfs = convert(texts, "pdf", folder, profile)
    bodies = {
        "docx": documents,
        "doc": convert(texts, "doc", folder, profile),
        "xlsx": sheets,
        "xls": convert(books, "xls", folder, profile),
        "ods": convert(books, "ods", folder, profile),
        "pdf": pdfs,
        "ofd": tuple(map(write_ofd, pdfs)),
    }
    return OfficeSamples(reports, bodies)
