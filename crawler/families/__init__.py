"""One module per CMS family: how lists page, what they total, what articles attach. Pure functions."""

from __future__ import annotations

from crawler.families import (
    epoint,
    generic,
    gkmlpt,
    ilist,
    jcms,
    jpaas,
    longxun,
    nfcms,
    single,
    trs,
    trs_fujian,
    truecms,
    ucap,
    ucap_json,
    vsb,
    wayback,
)
from crawler.families.listing import Entry, Family, ListPage, Page, PageRequest

FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        trs.FAMILY,
        trs_fujian.FAMILY,
        nfcms.FAMILY,
        gkmlpt.FAMILY,
        jcms.FAMILY,
        jpaas.FAMILY,
        truecms.FAMILY,
        ucap.FAMILY,
        ucap_json.FAMILY,
        vsb.FAMILY,
        longxun.FAMILY,
        epoint.FAMILY,
        ilist.FAMILY,
        generic.FAMILY,
        single.FAMILY,
        wayback.FAMILY,
    )
}


def detect(page: Page) -> str | None:
    """Return the name of the family that `page` shows, or None where more than one fits.

    `generic` is what remains for a list of reports that shows no family's marks.
    """
    fitting = [name for name, family in FAMILIES.items() if name != generic.FAMILY.name and family.detect(page)]
    if not fitting and generic.FAMILY.detect(page):
        return generic.FAMILY.name
    return fitting[0] if len(fitting) == 1 else None


__all__ = ["FAMILIES", "Entry", "Family", "ListPage", "Page", "PageRequest", "detect"]
