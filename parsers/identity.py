"""Whose report it is, on which year, of which place, and when it was published: each from several places, with evidence.

Guarantees: the report year is the title's, never the publication year; a place that the evidence does not settle stays
open with a finding; what was printed is kept beside what was made of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from parsers.dates import lateness, published_on
from parsers.describing import describe_pairs
from parsers.model import Document, Finding, Grid, Paragraph, Region
from parsers.normalize import plain
from parsers.places import Place, all_places, leading_places, mentioned_above, related
from parsers.templates import finding
from parsers.titles import BODY_NAME, YEAR, titles_of

_SOURCE = re.compile(r"(?:信息来源|发布机构|发布单位|来源|作者)[:：]\s*([\u4e00-\u9fff（）()]{4,40})")


@dataclass(frozen=True, slots=True)
class Identity:
    """Title, issuer, year, place and date of a report, each None where it could not be read."""

    title: str | None = None
    title_raw: str | None = None
    title_blocks: tuple[int, ...] = ()
    issuer: str | None = None
    issuer_raw: str | None = None
    report_year: int | None = None
    region: Region | None = None
    published: str | None = None
    findings: tuple[Finding, ...] = ()


def identify(document: Document, declared: Mapping[str, str]) -> Identity:
    """Read the identity of a report from its Document; `declared` may hold the portal's `place` and `unit`."""
    findings: list[Finding] = []
    body = "\n".join(b.text for b in document.blocks if isinstance(b, Paragraph))
    text = plain(body)
    titles = list(titles_of(document))
    if not titles:
        published = published_on(document)
        return Identity(published=published, findings=(finding("year_missing"),))
    best = next((t for t in titles if t.year and t.issuer_raw), None) or next((t for t in titles if t.year), titles[0])
    year = best.year
    for other in titles:
        if year and other.year and other.year != year:
            findings.append(finding("year_conflict", title=year, source=other.source, other=other.year))
            break
    if year is None:
        year = _year_from_text(text)
        findings.append(finding("year_from_text", year=year) if year else finding("year_missing"))
    issuer_raw = best.issuer_raw or next((t.issuer_raw for t in titles if t.issuer_raw), "")
    issuer, completed = _issuer(plain(issuer_raw), text, document, declared)
    if completed:
        findings.append(finding("issuer_from_text"))
    if issuer is None:
        findings.append(finding("issuer_missing"))
    region, more = _region(issuer, completed, text, document, declared.get("place"))
    findings += more
    published = published_on(document)
    if published and year and issuer:
        findings += lateness(published, year, issuer)
    return Identity(
        title=plain(best.raw),
        title_raw=best.raw,
        title_blocks=best.blocks,
        issuer=issuer,
        issuer_raw=issuer_raw or None,
        report_year=year,
        region=region,
        published=published,
        findings=tuple(findings),
    )


def _year_from_text(text: str) -> int | None:
    """Return the year that the first sentences speak of: the first `YYYY年` that two mentions or 年度 confirm."""
    years = re.findall(rf"({YEAR})年", text[:3000])
    for year in years:
        if years.count(year) >= 2 or f"{year}年度" in text:
            return int(year)
    return int(years[0]) if years else None


def _issuer(printed: str, text: str, document: Document, declared: Mapping[str, str]) -> tuple[str | None, bool]:
    """Return (issuer, whether the text completed it): the title's body, with its place where the title names none."""
    if printed:
        places, length = leading_places(printed)
        if places and length == len(printed) and not printed.endswith("管委会"):
            return _publisher(text, document, declared) or printed, False
        if places:
            return printed, False
        longer = _completed(printed, text)
        return (longer, True) if longer else (printed, False)
    return _publisher(text, document, declared), False


def _completed(name: str, text: str) -> str | None:
    """Return the longest form of `name` in the text that begins with a place, or None."""
    best: str | None = None
    for match in re.finditer(re.escape(name), text):
        before = text[max(0, match.start() - 24) : match.start()]
        for start in range(len(before)):
            places, length = leading_places(before[start:])
            if places and start + length == len(before):
                candidate = before[start:] + name
                if best is None or len(candidate) > len(best):
                    best = candidate
                break
    return best


def _publisher(text: str, document: Document, declared: Mapping[str, str]) -> str | None:
    """Return the body that metadata, an information table, the text or the declaration names as publisher."""
    if declared.get("unit"):
        return plain(declared["unit"])
    for value in _publisher_names(document):
        name = plain(value)
        if BODY_NAME.search(name) and len(name) <= 40:
            return name
    match = _SOURCE.search(text[:2000])
    return match[1] if match and BODY_NAME.search(match[1]) else None


def _publisher_names(document: Document) -> Iterator[str]:
    if "ContentSource" in document.metadata:
        yield document.metadata["ContentSource"]
    for block in document.blocks:
        if isinstance(block, Grid):
            for name, value in describe_pairs(block):
                if name in ("发布机构", "发布单位", "公开机构", "信息来源"):
                    yield value


def _region(
    issuer: str | None, completed: bool, text: str, document: Document, declared: str | None
) -> tuple[Region | None, list[Finding]]:
    """Find the place of the issuer: its own name first, then what text, site and declaration say of the candidates."""
    findings: list[Finding] = []
    candidates, length = leading_places(issuer) if issuer else ((), 0)
    evidence = ["text" if completed else "title"] if candidates else []
    site = plain(document.metadata.get("SiteName", ""))
    if len(candidates) > 1:
        named = (issuer or "")[:length]
        kept = _narrow(candidates, text + site, declared)
        if len(kept) != 1:
            codes = ", ".join(p.code for p in candidates)
            return None, [finding("region_ambiguous", name=named, codes=codes)]
        candidates = kept
        evidence.append("declared" if declared and related(declared, kept[0].code) else "text")
    if not candidates and declared and declared in all_places():
        candidates, evidence = (all_places()[declared],), ["declared"]
    if not candidates:
        return None, [finding("region_missing")]
    place = candidates[0]
    if declared and not related(declared, place.code):
        findings.append(finding("region_conflict", text=place.full_name, declared=declared))
    elif declared and "declared" not in evidence:
        evidence.append("declared")
    if mentioned_above(place, text) and "text" not in evidence:
        evidence.append("text")
    for name, code in _site_codes(document):
        if related(code, place.code):
            evidence.append(name)
        elif not declared:
            findings.append(finding("region_conflict_site", text=place.full_name, source=name, place=code))
    return Region(place.code, place.full_name, tuple(evidence)), findings


def _site_codes(document: Document) -> Iterator[tuple[str, str]]:
    """Yield (source, code) for what else the page says of its place: site code, site name, publisher.

    A site code's first six digits are its owner's place on most sites and not on all (平潭 3590000001): one that is no
    place's code says nothing.
    """
    code = document.metadata.get("SiteIDCode", "")[:6]
    if code in all_places():
        yield "SiteIDCode", code
    for name in ("SiteName", "ContentSource"):
        places, _ = leading_places(plain(document.metadata.get(name, "")))
        if len(places) == 1:
            yield name, places[0].code


def _narrow(candidates: tuple[Place, ...], text: str, declared: str | None) -> tuple[Place, ...]:
    """Keep the candidates that the declaration contains, else those whose city or province the text names most."""
    if declared:
        inside = tuple(p for p in candidates if related(declared, p.code))
        if inside:
            return inside
    scores = {p: mentioned_above(p, text) for p in candidates}
    most = max(scores.values())
    return tuple(p for p in candidates if scores[p] == most) if most else candidates


def with_url(document: Document, url: str | None) -> Document:
    """Return the Document with its address among the metadata, where it names none itself."""
    if url is None or "Url" in document.metadata:
        return document
    return replace(document, metadata={**document.metadata, "Url": url})
