"""How long the cross-checks take: 300 bodies with 14 reports each, all at once, then one report touched.

Once with a text of its own in each report, and once with half of each year's sentences everybody's, when each text is like 300 others;
in three sections, each long enough to be looked for by itself.
"""

from __future__ import annotations

import random
import resource
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from made_archive import FORM_2014, FORM_2019, FORM_2021, Maker, prose

from archive import Archive, SimulatedClock
from archive.crosschecks import check_across
from archive.histories.versions import derive_versions
from archive.register.places import all_codes, full_name_in, name_in
from parsers import PARSER_VERSION

BUREAUS = (
    "教育局",
    "财政局",
    "民政局",
    "司法局",
    "水利局",
    "审计局",
    "统计局",
    "交通运输局",
    "卫生健康委员会",
    "应急管理局",
)
YEARS = range(2012, 2026)


def fill(make: Maker, shared: int) -> int:
    """Put in the reports of 30 counties, the government and nine bureaus each; `shared` of 24 sentences are everybody's."""
    draw = random.Random(20)
    counties = [code for code in all_codes() if not code.endswith("00") and (name_in(code) or "").endswith("县")][:30]
    count = 0
    for code in counties:
        for name in ("人民政府", *BUREAUS[:9]):
            for year in YEARS:
                forms = FORM_2014 if year < 2019 else FORM_2019 if year < 2021 else FORM_2021
                new = draw.randrange(60)
                figures = (
                    {"requests_received.value": new}
                    if year < 2019
                    else {"new_received.total": new, "new_received.natural_person": new, "total_processed.total": new}
                )
                common, own = prose(year, shared), prose(draw.randrange(10**9), 24 - shared)
                text = {
                    number: "。".join([*common[part::3], *own[part::3]]) + "。" for part, number in enumerate((1, 2, 5))
                }
                make.put(
                    year, figures, issuer=f"{name_in(code)}{name}", place=(code, full_name_in(code)), forms=forms, text=text
                )  # fmt: skip
                count += 1
    return count


def timed(label: str, what: object) -> None:
    """Print what a call takes, by the clock and of the processor."""
    began, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    result = what()  # type: ignore[operator]
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    print(f"{label:<28} {time.perf_counter() - began:7.2f} s  {cpu:7.2f} s of CPU  {result}")


def main() -> None:
    """Measure and print."""
    for shared in (0, 12):
        print(f"{shared} of 24 sentences shared")
        measure(shared)


def measure(shared: int) -> None:
    """Measure with so many sentences shared."""
    with tempfile.TemporaryDirectory() as folder:
        clock = SimulatedClock(datetime(2026, 4, 10, tzinfo=UTC))
        with Archive.open(Path(folder), clock, create=True) as archive:
            archive.db.execute("PRAGMA synchronous = OFF")
            archive.bodies.execute("PRAGMA synchronous = OFF")
            make = Maker(archive)
            timed("reports made", lambda: fill(make, shared))
            timed("versions derived", lambda: derive_versions(archive, PARSER_VERSION))
            timed("all cross-checks", lambda: check_across(archive))
            timed("nothing touched", lambda: check_across(archive))
            archive.db.execute("INSERT INTO stale_cross_check SELECT unit_id, report_year FROM report LIMIT 1")
            timed("one report touched", lambda: check_across(archive))
            timed("all again", lambda: check_across(archive, stale_only=False))
            rows, size = archive.db.execute(
                "SELECT count(*), sum(length(evidence) + length(message) + length(message_zh)) FROM cross_check"
            ).fetchone()
            print(f"{rows} outcomes, {size / 1e6:.0f} MB of evidence and messages")


if __name__ == "__main__":
    main()
