"""The pages that benchmarks read and serve: sample reports of 190 KB, as pasted out of Word."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from crawler.samples import World

_SIZE = 190_000


def word_pasted_page() -> bytes:
    """Return the largest article page of the default sample world, filled up to 190 KB as Word does: with styles."""
    return _pasted(max(_pages(World()), key=len))


def word_pasted_pages(number: int) -> Iterator[bytes]:
    """Yield so many reports, each of another body or year with a text of its own, filled up in the same way."""
    yield from map(_pasted, islice(_pages(World(units=number // 3)), number))


def _pages(world: World) -> Iterator[bytes]:
    for portal in world.portals:
        if portal.family != "trs":  # that portal's pages are GB18030, which lxml alone would not read
            for report in portal.reports_at(1):
                page = portal.answer("GET", "/" + report.url.split("/", 3)[3], {}, 1).body
                if b"<td" in page:  # some are PDF
                    yield page


def _pasted(page: bytes) -> bytes:
    page = page.replace(b"<td", b'<td class="MsoNormal" style="mso-border-alt:solid windowtext .5pt;mso-yfti-cnfc:0"')
    rule = b"p.MsoNormal{mso-style-parent:'';margin:0cm;mso-pagination:widow-orphan}\n"
    style = b"<style>" + rule * (max(0, _SIZE - len(page)) // len(rule)) + b"</style>"
    return page.replace(b"</body>", style + b"</body>", 1)
