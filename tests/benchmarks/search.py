"""Times queries on an archive of many reports: `python -m tests.benchmarks.search [--reports 20000]`.

Narratives are those of the sample portals under the names of real places; cells are left out, for search does not look at them.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from archive import Archive, Capture, SimulatedClock
from archive.histories.versions import derive_versions
from archive.reading.readings import store_reading
from archive.register.places import all_codes, current_code, full_name_in
from archive.search import search
from crawler.samples import World
from crawler.samples.report import compose
from parsers import PARSER_VERSION
from parsers.model import Region, Report, Section

AT = datetime(2025, 4, 10, tzinfo=UTC)
QUERIES = (
    "训", "公", "微信", "公开", "开放日", "三审三校", "融媒体中心", "政府信息公开条例", "202*", "2023年", "財務 OR 水利局",
    "微信 图书馆 -培训", '"“政府开放日”活动"', "place=410000 公开 year=2020-2022", "level=city NOT 微信", "绝无此词",
)  # fmt: skip


def reports(number: int) -> Iterator[Report]:
    """Yield readings of bodies of real places over seven years."""
    texts = [compose(report.plan, 0) for report in World(plant={}, units=60).reports]
    codes = [code for code in all_codes() if current_code(code) == code]
    for i in range(number):
        text, code = texts[i % len(texts)], codes[i // 7 % len(codes)]
        body = ("财政局", "水利局", "教育局")[i // 7 // len(codes) % 3]
        name, year = full_name_in(code) + body, 2018 + i % 7
        yield Report(
            "report",
            PARSER_VERSION,
            title=f"{name}{year}年政府信息公开工作年度报告",
            issuer=name,
            report_year=year,
            region=Region(code, full_name_in(code), ("title",)),
            preface="\n".join(text.preface),
            forms={"requests": "2021" if year > 2020 else "2019"},
            format="html",
            sections=tuple(Section(n, s.heading, "\n".join(s.paragraphs)) for n, s in enumerate(text.sections, 1)),
        )


def fill(archive: Archive, made: Iterable[tuple[bytes, Report]]) -> None:
    """Keep readings with the bytes they stand for, as a crawl would, and derive what follows from them."""
    for n, (body, report) in enumerate(made):
        url = f"http://www.example.gov.cn/{n}"
        if n % 1000 == 0:
            archive.db.execute("COMMIT") if archive.db.in_transaction else None
            archive.db.execute("BEGIN")
        archive.record_capture(Capture(url, AT, "report", "ok", 200, body=body))
        store_reading(archive.db, archive.put_body(body), url, report)
    archive.db.execute("COMMIT")
    derive_versions(archive, PARSER_VERSION)


def main() -> None:
    """Fill an archive, then print each query with the median of five times."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--reports", type=int, default=20_000)
    number = options.parse_args().reports
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive"
        with Archive.open(path, SimulatedClock(AT), create=True, sample=False) as archive:
            began = time.perf_counter()
            fill(archive, ((f"{n}".encode(), report) for n, report in enumerate(reports(number))))
            print(f"{number} reports filed and indexed in {time.perf_counter() - began:.0f} s")
            (size,) = archive.db.execute("SELECT sum(length(block)) FROM search_data").fetchone()
            print(f"index: {size / 2**20:.0f} MB")
            print(f"{'ms':>7} {'CPU ms':>7} {'found':>7}  query")
            for query in QUERIES:
                times, cpu = [], []
                for _ in range(5):
                    began, began_cpu = time.perf_counter(), time.process_time()
                    answer = search(archive.db, query)
                    times.append(time.perf_counter() - began)
                    cpu.append(time.process_time() - began_cpu)
                wall, own = (sorted(measured)[2] * 1000 for measured in (times, cpu))
                print(f"{wall:7.1f} {own:7.1f} {answer.total:7}  {query}")


if __name__ == "__main__":
    main()
