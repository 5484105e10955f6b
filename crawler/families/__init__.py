"""One module per CMS family: how lists page, what they total, what articles attach. Pure functions."""

from __future__ import annotations

from crawler.families import jcms, trs, ucap
from crawler.families.listing import Entry, Family, ListPage, Page, PageRequest

FAMILIES: dict[str, Family] = {family.name: family for family in (trs.FAMILY, jcms.FAMILY, ucap.FAMILY)}


def detect(page: Page) -> str | None:
    """Return the name of the family that `page` shows, or None where none, or more than one, fits."""
    fitting = [family.name for family in FAMILIES.values() if family.detect(page)]
    return fitting[0] if len(fitting) == 1 else None


__all__ = ["FAMILIES", "Entry", "Family", "ListPage", "Page", "PageRequest", "detect"]
