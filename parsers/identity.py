"""Whose report it is, on which year, of which place, and when it was published: each from several places, with evidence.

Guarantees: the report year is the title's, never the publication year; a place that the evidence does not settle stays
open with a finding; what was printed is kept beside what was made of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from parsers.model import Document, Finding, Grid, Paragraph, Region
from parsers.normalize import comparable, squeeze, to_simplified
from parsers.places import Place, all_places, leading_places, mentioned_above, related
from parsers.readers.html import describe_pairs
from parsers.sections import heading_number
from parsers.templates import finding

_NUMERALS = str.maketrans("〇○零Ｏ一二三四五六七八九０１２３４５６７８９", "0000123456789" + "0123456789")
_YEAR = r"(?:19|20)\d{2}"
_TITLE = re.compile(
    r"^(?P<head>.*?)(?:政府)?信息公开(?:工作)?(?:情况)?(?:年度)?(?:工作)?(?:情况)?(?:的)?(?:报告|年报)(?P<rest>.{0,20})$"
)
_TITLE_YEAR = re.compile(rf"(?:关于)?({_YEAR}|[〇○零一二三四五六七八九]{{4}})年(?:度)?的?|(?<!\d)({_YEAR})(?:度|$)")
_TITLE_LABEL = re.compile(r"^(?:名称|标题|题名):?")
_BODY_NAME = re.compile(
    r"(局|委|委员会|办|办公室|办公厅|厅|府|中心|院|会|处|所|站|队|镇|乡|街道|办事处|公司|署|部|管委会|馆|行|学校|大学|支队|总队|集团|联社|社)$"
)
_NAME_EDGES = re.compile(r"^(?:关于|年度|[《(\-\s])+|(?:年度|的|[》)\-\s])+$")
_ENDS_A_TITLE_LINE = re.compile(r"[。；;，,！!？?：:]")
_PUBLISHED = re.compile(
    r"(?:发布|公布|公开|成文|生成|发文)?(?:日期|时间)[:：]?\s*((?:19|20)\d{2}\s*[-年./]\s*\d{1,2}\s*[-月./]\s*\d{1,2})"
)
_DATE = re.compile(r"((?:19|20)\d{2})[-年./](\d{1,2})[-月./](\d{1,2})")
_SOURCE = re.compile(r"(?:信息来源|发布机构|发布单位|来源|作者)[:：]\s*([\u4e00-\u9fff（）()]{4,40})")
_NO_TITLE = ("通知", "的函", "要点", "指南", "制度", "目录", ".doc", ".pdf", "有效", "废止")
"""Words behind a title that make it something else: a letter about the report, or a line of a page's information table."""
_HEAD = 40
"""How many blocks before the first section are searched for the title, from the section backwards."""


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


@dataclass(frozen=True, slots=True)
class _Title:
    raw: str
    issuer_raw: str
    year: int | None
    blocks: tuple[int, ...]
    source: str


def plain(text: str) -> str:
    """Return text Simplified and without white space: the form in which titles and names are kept."""
    return squeeze(to_simplified(text))


def is_report_title(text: str) -> bool:
    """Tell whether `text` reads as the title of an annual report on information disclosure."""
    return _match_title(text) is not None


@dataclass(frozen=True, slots=True)
class NamedReport:
    """What a title says by itself: the body as printed (Simplified), which may be "", and the report year."""

    issuer: str
    year: int | None


def read_title(text: str) -> NamedReport | None:
    """Return what the title of an annual report names, or None where `text` is no such title."""
    match = _match_title(text)
    return None if match is None else NamedReport(*_name_and_year(match["head"]))


def _match_title(text: str) -> re.Match[str] | None:
    text = _TITLE_LABEL.sub("", comparable(text))
    if len(text) > 120 or _ENDS_A_TITLE_LINE.search(text):
        return None
    match = _TITLE.match(text)
    if match is None or any(w in match["rest"] for w in _NO_TITLE):
        return None
    return match if "工作要点" not in text else None


def identify(document: Document, declared: Mapping[str, str]) -> Identity:
    """Read the identity of a report from its Document; `declared` may hold the portal's `place` and `unit`."""
    findings: list[Finding] = []
    body = "\n".join(b.text for b in document.blocks if isinstance(b, Paragraph))
    text = plain(body)
    titles = list(_titles(document))
    if not titles:
        published = _published(document)
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
    published = _published(document)
    if published and year and issuer:
        findings += _lateness(published, year, issuer)
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


# -- title --------------------------------------------------------------------------------------------------------------


def _titles(document: Document) -> Iterator[_Title]:
    """Yield what reads as the report's title: the body's own, then the page's metadata."""
    first = next(
        (
            i
            for i, b in enumerate(document.blocks)
            if isinstance(b, Grid) or (isinstance(b, Paragraph) and heading_number(b.text) is not None)
        ),
        len(document.blocks),
    )
    if first == 0:
        first = min(_HEAD, len(document.blocks))
    paragraphs = [(i, b.text) for i, b in enumerate(document.blocks[: max(first, 1)]) if isinstance(b, Paragraph)]
    for place in range(len(paragraphs) - 1, max(-1, len(paragraphs) - 1 - _HEAD), -1):
        index, text = paragraphs[place]
        joined = _join_title(paragraphs, place)
        if joined is not None:
            yield joined
            continue
        match = _match_title(text)
        if match:
            yield _title(_TITLE_LABEL.sub("", text.strip()).strip(), match, (index,), "body")
    for name in ("ArticleTitle", "Heading", "Title"):
        value = document.metadata.get(name)
        if not value:
            continue
        for part in (value, *re.split(r"[_|\-–—]", value)):
            match = _match_title(part)
            if match:
                yield _title(part.strip(), match, (), name)
                break


def _join_title(paragraphs: list[tuple[int, str]], place: int) -> _Title | None:
    """Join a title that stands on two or three lines: the body's name, the year, the words."""
    index, text = paragraphs[place]
    match = _match_title(text)
    if match is None or _name_and_year(match["head"])[0]:
        return None
    lines, blocks = [text.strip()], [index]
    for back in range(place - 1, max(-1, place - 3), -1):
        above = comparable(paragraphs[back][1])
        if not above or len(above) > 36 or _ENDS_A_TITLE_LINE.search(above) or heading_number(paragraphs[back][1]):
            break
        lines.insert(0, paragraphs[back][1].strip())
        blocks.insert(0, paragraphs[back][0])
        joined = "".join(lines)
        match = _match_title(joined)
        if match and _BODY_NAME.search(_name_and_year(match["head"])[0]):
            return _title(joined, match, tuple(blocks), "body")
    return None


def _title(raw: str, match: re.Match[str], blocks: tuple[int, ...], source: str) -> _Title:
    """Take issuer and year from a matched title; the issuer as printed is found back in `raw`."""
    name, year = _name_and_year(match["head"])
    return _Title(squeeze(raw), _printed(name, raw), year, blocks, source)


def _name_and_year(head: str) -> tuple[str, int | None]:
    """Split what stands before 政府信息公开 in a title into the body's name and the year, in either order."""
    years = list(_TITLE_YEAR.finditer(head))
    if not years:
        return _NAME_EDGES.sub("", head), None
    last = years[-1]
    year = int((last[1] or last[2]).translate(_NUMERALS))
    return _NAME_EDGES.sub("", head[: last.start()] + head[last.end() :]), year


def _printed(name: str, raw: str) -> str:
    """Return `name` in the characters of `raw` (the conversion to Simplified keeps the length)."""
    compact = squeeze(raw)
    at = to_simplified(compact).find(name)
    return compact[at : at + len(name)] if name and at >= 0 else name


def _year_from_text(text: str) -> int | None:
    """Return the year that the first sentences speak of: the first `YYYY年` that two mentions or 年度 confirm."""
    years = re.findall(rf"({_YEAR})年", text[:3000])
    for year in years:
        if years.count(year) >= 2 or f"{year}年度" in text:
            return int(year)
    return int(years[0]) if years else None


# -- issuer and place ---------------------------------------------------------------------------------------------------


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
        if _BODY_NAME.search(name) and len(name) <= 40:
            return name
    match = _SOURCE.search(text[:2000])
    return match[1] if match and _BODY_NAME.search(match[1]) else None


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


# -- dates --------------------------------------------------------------------------------------------------------------


def parse_date(text: str) -> str | None:
    """Return the first date in `text` as YYYY-MM-DD, or None; 二〇二五年一月 and full-width digits are understood."""
    match = _DATE.search(comparable(text).translate(_NUMERALS) if "年" in text else comparable(text))
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        return None


def _published(document: Document) -> str | None:
    """Return the publication date: the PubDate tag, a labelled date before the report, or the CMS address (tYYYYMMDD_)."""
    value = document.metadata.get("PubDate")
    if value and (found := parse_date(value)):
        return found
    for block in document.blocks:
        if isinstance(block, Grid):
            for name, text in describe_pairs(block):
                if name in ("发布日期", "公开日期", "发布时间", "公开时间") and (found := parse_date(text)):
                    return found
        elif heading_number(block.text) is not None:
            break
        elif match := _PUBLISHED.search(block.text):
            return parse_date(match[1])
    match = re.search(r"/t((?:19|20)\d{2})(\d{2})(\d{2})_\d+\.s?html?$", document.metadata.get("Url", ""))
    return parse_date("-".join(match.groups())) if match else None


def due_date(year: int, issuer: str) -> date:
    """Return the day by which a body must have published its report on a year (domain.md 1; Regulations, article 49)."""
    government = re.search(r"人民政府$|管委会$|管理委员会$", issuer)
    return date(year + 1, 3, 31) if year < 2019 or government else date(year + 1, 1, 31)


def _lateness(published: str, year: int, issuer: str) -> Iterator[Finding]:
    """Compare with the statutory date: departments 31 January, governments 31 March of the next year (domain.md 1)."""
    due = due_date(year, issuer)
    if published > due.isoformat():
        yield finding("late_publication", published=published, due=due.isoformat())


def with_url(document: Document, url: str | None) -> Document:
    """Return the Document with its address among the metadata, where it names none itself."""
    if url is None or "Url" in document.metadata:
        return document
    return replace(document, metadata={**document.metadata, "Url": url})
