"""The one way in: bytes and what is known of their address to a Report.

Total and pure: any bytes give a Report with a verdict; the same bytes give the same Report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from parsers.align import align
from parsers.checks import grade
from parsers.classify import is_spam_mirror, recognise_challenge, recognise_other
from parsers.consistency import further_notes, power_to_make_rules, text_notes
from parsers.errors import UnreadableError
from parsers.formats import read_document
from parsers.identity import identify, with_url
from parsers.layout import table_rows
from parsers.model import PARSER_VERSION, Cell, Check, Document, Finding, Paragraph, Report
from parsers.narrative import check_narrative
from parsers.normalize import is_traditional
from parsers.sections import split_sections
from parsers.settling import settle
from parsers.templates import TABLES, finding

_BY_OCR = frozenset(("image", "pdf-ocr"))
MAX_BYTES = 64 * 1024 * 1024


def read_report(
    body: bytes,
    *,
    url: str | None = None,
    headers: Sequence[tuple[str, str]] | Mapping[str, str] | None = None,
    declared: Mapping[str, str] | None = None,
) -> Report:
    """Read `body` into a Report.

    `url` is the address it came from, `headers` the HTTP headers received, `declared` what the portal's declaration
    says: `place` (GB/T 2260 code) and `unit` (the body's full name). Nothing is fetched.
    """
    pairs = tuple(headers.items()) if isinstance(headers, Mapping) else tuple(headers or ())
    if not body.strip():
        return Report("empty", PARSER_VERSION)
    if len(body) > MAX_BYTES:
        return too_large(len(body))
    challenge = recognise_challenge(body, None, pairs)
    if challenge:
        return Report("challenge", PARSER_VERSION)
    try:
        document = read_document(body, pairs)
    except UnreadableError as error:
        found = Finding("unreadable", "error", error.en, error.zh)
        return Report("unreadable", PARSER_VERSION, findings=(found,))
    if document is None:
        return Report("other", PARSER_VERSION)
    if not document.blocks and any(f.code == "ocr_missing" for f in document.findings):
        return Report("unreadable", PARSER_VERSION, findings=document.findings, format=document.format)
    return interpret(with_url(document, url), declared or {})


def too_large(size: int) -> Report:
    """Return the verdict on a file of `size` bytes, which is more than MAX_BYTES."""
    found = finding("too_large", size=size // 2**20, limit=MAX_BYTES // 2**20)
    return Report("unreadable", PARSER_VERSION, findings=(found,))


def interpret(document: Document, declared: Mapping[str, str]) -> Report:
    """Make a Report of what a reader saw."""
    identity = identify(document, declared)
    sections = split_sections(document, identity.title_blocks)
    cells: list[Cell] = []
    checks: list[Check] = []
    findings: list[Finding] = [*document.findings, *identity.findings, *sections.findings]
    forms: dict[str, str] = {}
    rows, passed_over = table_rows(document)
    findings += passed_over
    readings = {r.table: r for r in align(rows)}
    for table in (*TABLES, "statistics"):
        reading = readings.get(table)
        if reading is None:
            continue
        settle(reading)
        table_cells, table_checks, more = grade(reading)
        if table_cells and reading.form:
            forms[table] = reading.form
        cells += table_cells
        checks += table_checks
        findings += [*reading.findings, *more]
    verdict = recognise_other(document, identity.title is not None, len(sections.sections), len(cells))
    spam = (finding("spam_mirror"),) if is_spam_mirror(document) else ()
    if spam:
        verdict = "other"
    if verdict != "report":
        return Report(
            verdict,
            PARSER_VERSION,
            title=identity.title,
            title_raw=identity.title_raw,
            published=identity.published,
            findings=(*spam, *document.findings),
            format=document.format,
            encoding=document.encoding,
        )
    findings += further_notes(cells, checks, forms)
    if document.format in _BY_OCR:
        # a word where a figure belongs may be the recogniser's, not the report's
        cells = [replace(c, trust="inferred") if c.state == "text" else c for c in cells]
    statements, more = check_narrative(sections.sections, cells)
    checks += statements
    findings += more
    code = identity.region.code if identity.region else None
    findings += power_to_make_rules(cells, identity.issuer, code)
    findings += text_notes(sections.sections, sections.preface, identity.report_year)
    if "statistics" not in forms:
        findings += [finding("table_missing", table=table) for table in TABLES if table not in forms]
    for table, form in forms.items():
        if form == "2019" and identity.report_year is not None and identity.report_year >= 2021:
            findings.append(finding("template_mixed", table=table, year=identity.report_year))
    prose = "".join(b.text for b in document.blocks if isinstance(b, Paragraph))
    return Report(
        "report",
        PARSER_VERSION,
        title=identity.title,
        title_raw=identity.title_raw,
        issuer=identity.issuer,
        issuer_raw=identity.issuer_raw,
        report_year=identity.report_year,
        region=identity.region,
        published=identity.published,
        script="Hant" if is_traditional(prose) else "Hans",
        forms=forms,
        sections=sections.sections,
        preface=sections.preface,
        cells=tuple(cells),
        checks=tuple(checks),
        findings=tuple(findings),
        format=document.format,
        encoding=document.encoding,
    )
