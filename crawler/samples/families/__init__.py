"""The CMS families as the sample portals play them, after portals.md section 1; one module and one line each."""

from __future__ import annotations

from crawler.samples.families import (
    epoint,
    generic,
    gkmlpt,
    ilist,
    jcms,
    jpaas,
    longxun,
    nfcms,
    scripted,
    single,
    trs,
    trs_fujian,
    truecms,
    ucap,
    ucap_json,
    vsb,
)
from crawler.samples.families.family import SampleFamily

FAMILIES: dict[str, SampleFamily] = {
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
        scripted.FAMILY,
        single.FAMILY,
    )
}

__all__ = ["FAMILIES", "SampleFamily"]
