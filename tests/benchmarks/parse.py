"""How long the whole reading of a page takes, against other tools on the same bytes in the same run.

Medians of at least nine; the page is a Word-pasted sample report of about 190 KB. Run by `make bench`.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import lxml.etree
import pypdfium2  # noqa: F401  loaded before anything is timed
import trafilatura

from crawler.samples import World
from parsers import read_report

ROUNDS = 15


def word_pasted_page() -> bytes:
    """Return the largest article page of the default sample world, filled up to 190 KB as Word does: with styles."""
    world = World()
    pages = [
        portal.answer("GET", "/" + report.url.split("/", 3)[3], {}, 1).body
        for portal in world.portals
        for report in portal.reports_at(1)
    ]
    page = max(pages, key=len).replace(
        b"<td", b'<td class="MsoNormal" style="mso-border-alt:solid windowtext .5pt;mso-yfti-cnfc:0"'
    )
    missing = max(0, 190_000 - len(page))
    style = (
        b"<style>"
        + b"p.MsoNormal{mso-style-parent:'';margin:0cm;mso-pagination:widow-orphan}\n" * (missing // 71)
        + b"</style>"
    )
    return page.replace(b"</body>", style + b"</body>", 1)


def median_ms(work: Callable[[], object]) -> float:
    """Return the median time of a call in milliseconds, after one to warm up."""
    work()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def main() -> None:
    """Print the table."""
    page = word_pasted_page()
    text = page.decode("utf-8", "replace")
    ours = median_ms(lambda: read_report(page))
    others = {
        "trafilatura.extract": median_ms(lambda: trafilatura.extract(text)),
        "lxml parse alone": median_ms(lambda: lxml.etree.HTML(page, lxml.etree.HTMLParser(encoding="utf-8"))),
    }
    print(f"page: {len(page) / 1000:.0f} KB, cells: {len(read_report(page).cells)}, rounds: {ROUNDS}\n")
    print("| what | ms | read_report takes |")
    print("| --- | --- | --- |")
    print(f"| read_report | {ours:.1f} | |")
    for name, taken in others.items():
        print(f"| {name} | {taken:.1f} | {ours / taken:.2f} x |")


if __name__ == "__main__":
    main()
