"""Which form each table of a body's report has, and which bodies leave cells blank: a matter of the body and the year."""

from __future__ import annotations

import zlib

from tests.corpus.forms import PROACTIVE, REQUESTS, REVIEW
from tests.corpus.lists import STATISTICS
from tests.decade.bodies import Body


def _share(body: Body, what: str) -> float:
    """Return a number from 0 to 1 that is the body's own."""
    return zlib.crc32(f"{what}/{body.key}".encode()) / 2**32


def forms_of(body: Body, year: int) -> dict[str, str]:
    """Return the form of each table: lists before 2019, 格式（试行） to 2020 (a few bodies to 2021), the form of 2021 since.

    One body in eight goes on with the rows of 2019 in table three for three years.
    """
    if year < 2014:
        return {STATISTICS: "local"}
    if year < 2019:
        return {STATISTICS: "statistics-2014"}
    old = year < 2021 or (year == 2021 and _share(body, "late") < 0.06)
    rows = "2019" if old or (year <= 2023 and _share(body, "rows") < 0.12) else "2021"
    return {PROACTIVE: "2019" if old else "2021", REQUESTS: rows, REVIEW: "2021"}


def prints_blanks(body: Body) -> bool:
    """Tell whether a body leaves the columns of organisations blank (沭阳县发展和改革局 2023)."""
    return body.kind in ("department", "town") and _share(body, "blank") < 0.05


def style_of(body: Body) -> int:
    """Return the kind of page that the body's site makes, 0 to 5; all bodies of a place share a site."""
    return zlib.crc32(body.place.code.encode()) % 6
