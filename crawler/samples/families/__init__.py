"""The CMS families as the sample portals play them, after portals.md section 1; one module and one line each."""

from __future__ import annotations

from crawler.samples.families import gkmlpt, jcms, jpaas, nfcms, trs, trs_fujian, truecms, ucap
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
    )
}

__all__ = ["FAMILIES", "SampleFamily"]
