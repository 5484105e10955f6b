"""When a report was published, by the page, and when it was due.

Guarantees: a date that no calendar has is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from parsers.describing import describe_pairs
from parsers.model import Document, Finding, Grid
from parsers.normalize import NUMERALS, comparable
from parsers.sections import heading_number
from parsers.templates import finding

_PUBLISHED = re.compile(
    r"(?:发布|公布|公开|成文|生成|发文)?(?:日期|时间)[:：]?\s*((?:19|20)\d{2}\s*[-年./]\s*\d{1,2}\s*[-月./]\s*\d{1,2})"
)
_DATE = re.compile(r"((?:19|20)\d{2})[-年./](\d{1,2})[-月./](\d{1,2})")


def parse_date(text: str) -> str | None:
    """Return the first date in `text` as YYYY-MM-DD, or None; 二〇二五年一月 and full-width digits are understood."""
    match = _DATE.search(comparable(text).translate(NUMERALS) if "年" in text else comparable(text))
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        return None


def published_on(document: Document) -> str | None:
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


def lateness(published: str, year: int, issuer: str) -> Iterator[Finding]:
    """Compare with the statutory date: departments 31 January, governments 31 March of the next year (domain.md 1)."""
    due = due_date(year, issuer)
    if published > due.isoformat():
        yield finding("late_publication", published=published, due=due.isoformat())
