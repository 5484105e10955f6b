"""What happens to a sample portal between its first simulated day and the thirtieth."""

from __future__ import annotations

from typing import Final

from crawler.samples.families import trs
from crawler.samples.pages import Answer, Column, home, missing
from crawler.samples.places import Site

CHANGE_DAY: Final = 30
"""The simulated day from which every change is seen; before it the world is as on day 1, after it as on day
30.
"""

CHANGES: Final[dict[str, str]] = {
    "edited": "two cells of table four change, every sum still right, the narrative follows",
    "reworded": "the narrative alone changes",
    "withdrawn": "the page answers 404 and is gone from its list",
    "soft_404": "the page answers 200 and does not exist (it says so, refreshes, or is the home page)",
    "moved": "a new address with the same content, the old one answers 404",
    "challenge": "a bot challenge in place of the page (521, 412, or 200 with a script)",
    "replaced_by_pdf": "the page's address answers with a PDF of the same figures",
    "republished": "counter and session id change, text and figures do not",
    "new": "a report that was not there before",
}

UNREADABLE: Final = frozenset({"withdrawn", "soft_404", "challenge"})
"""Changes after which the page no longer carries its report."""


def soft_404(site: Site, columns: tuple[Column, ...]) -> str:
    """Return what a removed page shows with status 200: TRS refreshes, JCMS says so, ucap shows its home
    page.
    """
    return {"trs": trs.REMOVED, "jcms": missing(site), "ucap": home(site, columns)}[site.family]


def challenge(site: Site) -> Answer:
    """Return the challenge of the portal's protection, after portals.md 1.10; each wants a browser that
    runs scripts.
    """
    return _CHALLENGES[site.family]


_CHALLENGES: Final = {
    "trs": Answer(
        b"<script>document.cookie=('_')+('_')+('jsl_clearance_s=')+(1)+('|-1|')+('sample')+(';Max-age=3600;path=/');"
        b"location.href=location.pathname+location.search</script>",
        status=521,
        headers=(("Set-Cookie", "__jsluid_s=0123456789abcdef; path=/; HttpOnly"),),
    ),
    "jcms": Answer(
        b'<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"/>'
        b"<meta content=\"sample\" r='m'><script r='m'>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=12345;"
        b'$_ts.cd="sample";'
        b"</script><script src=\"/4QbVtADbnLVIc/c.FxJzG50F.js\" r='m'></script></head><body></body></html>",
        status=412,
        headers=(("Set-Cookie", "FSSBBIl1UgzbN7N80S=sample; Path=/; HttpOnly"),),
    ),
    "ucap": Answer(
        b"<html><script>var arg1='0123456789ABCDEF0123456789ABCDEF01234567';function setCookie(name,value){"
        b"document.cookie=name+'='+value+';max-age=3600;path=/';document.location.reload();}"
        b"setCookie('acw_sc__v2',arg1.split('').reverse().join(''));</script></html>",
        headers=(("Set-Cookie", "acw_tc=sample;path=/;HttpOnly;Max-Age=1800"),),
    ),
}
