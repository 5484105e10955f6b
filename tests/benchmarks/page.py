"""The page that benchmarks read and serve: a sample report of 190 KB, as pasted out of Word."""

from __future__ import annotations

from crawler.samples import World


def word_pasted_page() -> bytes:
    """Return the largest article page of the default sample world, filled up to 190 KB as Word does: with styles."""
    world = World()
    pages = [
        portal.answer("GET", "/" + report.url.split("/", 3)[3], {}, 1).body
        for portal in world.portals
        if portal.family != "trs"  # that portal's pages are GB18030, which lxml alone would not read
        for report in portal.reports_at(1)
    ]
    page = max(pages, key=len)
    page = page.replace(b"<td", b'<td class="MsoNormal" style="mso-border-alt:solid windowtext .5pt;mso-yfti-cnfc:0"')
    rule = b"p.MsoNormal{mso-style-parent:'';margin:0cm;mso-pagination:widow-orphan}\n"
    style = b"<style>" + rule * (max(0, 190_000 - len(page)) // len(rule)) + b"</style>"
    return page.replace(b"</body>", style + b"</body>", 1)
