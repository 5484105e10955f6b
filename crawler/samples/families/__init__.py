"""The CMS families as the sample portals play them, after portals.md section 1; one module and one line each."""

from __future__ import annotations

from crawler.samples.families import jcms, trs, ucap
from crawler.samples.families.family import SampleFamily

FAMILIES: dict[str, SampleFamily] = {
    family.name: family
    for family in (
        trs.FAMILY,
        jcms.FAMILY,
        ucap.FAMILY,
    )
}

__all__ = ["FAMILIES", "SampleFamily"]
